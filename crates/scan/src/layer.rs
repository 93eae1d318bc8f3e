//! From the stored bytes of a layer to what its files say.
