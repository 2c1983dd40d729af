//! What the person sees: replies and plans as text, progress while work goes on. The same [`crate::reply::Reply`] is
//! printed as JSON for scripts.

pub mod answers;
pub mod console;
pub mod display;
pub mod human;
pub mod json;
pub mod palette;
pub mod progress;
pub mod words;
