//! The person's clock.

use std::path::Path;
use std::sync::OnceLock;

use jiff::Zoned;
use jiff::tz::TimeZone;

/// The zone of this computer, also when another machine is looked at: it is the person who reads the time.
pub fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| local(Path::new("/etc/localtime")).unwrap_or_else(TimeZone::system))
}

/// The time in this zone.
pub fn now() -> Zoned {
    jiff::Timestamp::now().to_zoned(zone().clone())
}

/// Reads the one zone that most machines are set to. To look a zone up by name, all zones are listed first, and that takes
/// longer than everything else that a short answer needs.
#[expect(clippy::disallowed_methods, reason = "the zone is this computer's, whichever machine is looked at")]
fn local(path: &Path) -> Option<TimeZone> {
    if std::env::var_os("TZ").is_some() {
        return None;
    }
    TimeZone::tzif("local", &std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn what_is_no_zone_is_left_to_the_library() {
        assert!(local(std::path::Path::new("/proc/self/status")).is_none());
        assert!(local(std::path::Path::new("/does/not/exist")).is_none());
    }
}
