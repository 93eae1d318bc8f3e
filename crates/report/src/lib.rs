//! Findings to bytes: one module for each output format.
