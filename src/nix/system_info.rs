//! stub
use serde::Serialize;
/// x
#[derive(Clone, Debug, Serialize)]
pub struct SystemInfo { /// x
 pub title: String }
/// x
pub fn read(_: &impl crate::machine::Machine, (): &()) -> SystemInfo { SystemInfo{title: String::new()} }
