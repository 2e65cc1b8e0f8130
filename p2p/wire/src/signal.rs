//! The signalling service's messages.
