//! Times and sizes in words.

use std::time::Duration;

use crate::event::Count;

const UNITS: [(&str, u64); 5] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("bytes", 1)];

/// "0.4 s", "12 s", "1 min 05 s", "2 h 03 min".
pub(super) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("0.{} s", duration.subsec_millis() / 100),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A time from an event.
pub(super) fn seconds(seconds: f64) -> String {
    time(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// "12.3 of 80.0 MiB", or "12.3 MiB" when the whole is not known.
pub(super) fn transfer(bytes: Count) -> String {
    if bytes.expected <= bytes.done {
        return size(bytes.done);
    }
    let (name, unit) = unit(bytes.expected);
    format!("{} of {} {name}", tenths(bytes.done, unit), tenths(bytes.expected, unit))
}

/// "8.6 MiB"
pub(super) fn size(bytes: u64) -> String {
    let (name, unit) = unit(bytes);
    format!("{} {name}", tenths(bytes, unit))
}

fn unit(bytes: u64) -> (&'static str, u64) {
    UNITS.into_iter().find(|(_, unit)| bytes >= *unit).unwrap_or(("bytes", 1))
}

fn tenths(bytes: u64, unit: u64) -> String {
    if unit == 1 {
        return bytes.to_string();
    }
    let tenths = u128::from(bytes) * 10 / u128::from(unit);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// "3 of 12", or "3" when the whole is not known.
pub(super) fn count(count: Count) -> String {
    if count.expected > 0 { format!("{} of {}", count.done, count.expected) } else { count.done.to_string() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{size, time, transfer};
    use crate::event::Count;

    #[test]
    fn words() {
        assert_eq!(time(Duration::from_millis(470)), "0.4 s");
        assert_eq!(time(Duration::from_secs(65)), "1 min 05 s");
        assert_eq!(time(Duration::from_secs(7400)), "2 h 03 min");
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(9_017_753), "8.5 MiB");
        assert_eq!(transfer(Count { done: 1 << 20, expected: 80 << 20, failed: 0 }), "1.0 of 80.0 MiB");
        assert_eq!(transfer(Count { done: 7, expected: 0, failed: 0 }), "7 bytes");
    }
}
