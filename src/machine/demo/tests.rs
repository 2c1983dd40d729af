use std::os::unix::ffi::OsStringExt as _;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::*;

fn nothing(_: &str) {}

fn without_nix() -> Host {
    Host::here().with_variable("PATH", Some("/nonexistent".to_owned()))
}

fn kept(directory: &Path) -> DemoError {
    Demo::kept_from(&without_nix(), directory, DemoKind::Flake, &mut nothing).map(|demo| demo.kind).unwrap_err()
}

#[test]
fn kinds_have_names() {
    for kind in DemoKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    let wrong = "flakes".parse::<DemoKind>().unwrap_err();
    assert_eq!(wrong.to_string(), "`flakes` is no kind of demo machine; there are flake, channels, home and hosts");
    assert_eq!(DemoKind::default(), DemoKind::Flake);
}

#[test]
fn refuses_paths_that_cannot_be_written_everywhere() {
    let place = tempfile::tempdir().unwrap();
    for name in ["with space", "it's", "a\"b", "a#b", "a:b", "a=b", "ü", "a%20", "$x"] {
        let path = place.path().join(name);
        assert!(matches!(kept(&path), DemoError::Path { .. }), "{name}");
        assert!(!path.exists(), "{name} must not be made");
    }
    let bytes = std::ffi::OsString::from_vec(vec![b'a', 0xff]);
    assert!(matches!(kept(&place.path().join(bytes)), DemoError::Path { .. }));
    // A harmless name that leads to another.
    fs::create_dir(place.path().join("a b")).unwrap();
    std::os::unix::fs::symlink("a b", place.path().join("link")).unwrap();
    assert!(matches!(kept(&place.path().join("link")), DemoError::Path { .. }));
    assert!(matches!(kept(Path::new("/")), DemoError::Path { .. }));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test makes its files itself")]
fn refuses_what_is_no_demo() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("thesis.txt"), "years of work").unwrap();
    assert!(matches!(kept(place.path()), DemoError::NoDemo { .. }));
    assert_eq!(fs::read_to_string(place.path().join("thesis.txt")).unwrap(), "years of work");
    assert!(matches!(kept(&place.path().join("thesis.txt")), DemoError::Directory { .. }));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test makes its files itself")]
fn refuses_a_machine_that_was_moved_or_is_being_made() {
    let place = tempfile::tempdir().unwrap();
    let mark = place.path().join(MARK);
    fs::write(&mark, "home\n/elsewhere/demo\n").unwrap();
    assert!(matches!(kept(place.path()), DemoError::Moved { made, .. } if made == Path::new("/elsewhere/demo")));
    fs::write(&mark, "").unwrap();
    let lock = Host::here().lock(&mark).unwrap();
    assert!(matches!(kept(place.path()), DemoError::Busy { .. }));
    drop(lock);
    assert!(matches!(kept(place.path()), DemoError::NoNix));
}

#[test]
fn says_that_nix_is_missing() {
    let wrong = Demo::throw_away_from(&without_nix(), DemoKind::Flake, &mut nothing).unwrap_err();
    assert!(matches!(wrong, DemoError::NoNix));
}

#[test]
fn three_generations_are_on_three_days() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    // By day, just after midnight, and on the days after the clocks changed.
    for now in [
        "2026-01-20T15:00:00+01:00",
        "2026-01-20T00:00:02+01:00",
        "2026-03-30T00:10:00+02:00",
        "2026-10-26T00:10:00+01:00",
    ] {
        let now = now.parse::<Timestamp>().unwrap().to_zoned(zone.clone());
        let days = make::dates(&now).map(|second| {
            let moment = Timestamp::from_second(second).unwrap().to_zoned(zone.clone());
            assert!(moment <= now);
            (now.date() - moment.date()).get_days()
        });
        assert_eq!(days, [10, 1, 0], "{now}");
    }
    let now = Zoned::now();
    assert!(make::dates(&now)[2] <= now.timestamp().as_second());
}

#[test]
fn removes_what_is_read_only() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().to_owned();
    fs::create_dir_all(path.join("store/package/bin")).unwrap();
    for name in ["store/package/bin", "store/package"] {
        fs::set_permissions(path.join(name), fs::Permissions::from_mode(0o555)).unwrap();
    }
    drop(ThrowAway(place));
    assert!(!path.exists());
}
