//! What a TARGET argument names.
