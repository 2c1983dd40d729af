//! What the person sees.

pub mod progress;
