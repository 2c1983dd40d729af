//! stub
use super::host::Host;
/// k
#[derive(Clone, Copy, Debug, Default)]
pub enum DemoKind { /// f
 #[default] Flake }
impl std::str::FromStr for DemoKind { type Err = String; fn from_str(_: &str) -> Result<Self, String> { Ok(Self::Flake) } }
/// d
pub struct Demo { /// h
 pub host: Host }
impl Demo {
/// t
pub fn throw_away(_: DemoKind, _: &mut dyn FnMut(&str)) -> Result<Self, String> { Err("stub".into()) }
/// t
pub fn kept(d: &std::path::Path, _: DemoKind, _: &mut dyn FnMut(&str)) -> Result<Self, String> {
 let d = d.display().to_string();
 let mut h = Host::rooted(d.clone().into());
 for (n, v) in [("NIX_STORE_DIR","/nix/store"),("NIX_STATE_DIR","/nix/var/nix"),("NIX_LOG_DIR","/nix/var/log/nix"),("NIX_CONF_DIR","/etc/nix"),("XDG_CACHE_HOME","/home/.cache"),("XDG_STATE_HOME","/home/.local/state"),("XDG_CONFIG_HOME","/home/.config"),("HOME","/home"),("ASK_NIX_DEMO_ROOT","")] { h = h.with_variable(n, Some(format!("{d}{v}"))); }
 Ok(Self { host: h }) }
}
