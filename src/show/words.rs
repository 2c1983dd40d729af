//! Numbers in words: sizes, times, counts.

/// A size in the units that Nix and `df -h` use: `1.4 GiB`.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let mut value = count as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A difference of sizes: `12.0 MiB more`, `1.0 KiB less`.
pub fn byte_difference(difference: i64) -> String {
    match difference {
        0 => "the same size".to_owned(),
        more if more > 0 => format!("{} more", bytes(more.unsigned_abs())),
        less => format!("{} less", bytes(less.unsigned_abs())),
    }
}

/// How long something took: `0.4 s`, `1 min 12 s`.
pub fn seconds(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive time, rounded")]
    let whole = seconds.round() as u64;
    match (whole / 3600, whole / 60 % 60, whole % 60) {
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// `1 path`, `2 paths`.
pub fn count(number: usize, thing: &str) -> String {
    match (number, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{byte_difference, bytes, count, seconds};

    #[test]
    fn sizes() {
        for (count, words) in
            [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_575, "1.0 MiB"), (u64::MAX, "16.0 EiB")]
        {
            assert_eq!(bytes(count), words);
        }
        assert_eq!(byte_difference(-2048), "2.0 KiB less");
        assert_eq!(byte_difference(i64::MIN), "8.0 EiB less");
    }

    #[test]
    fn times_and_counts() {
        assert_eq!(seconds(0.42), "0.4 s");
        assert_eq!(seconds(72.0), "1 min 12 s");
        assert_eq!(seconds(7_260.0), "2 h 1 min");
        assert_eq!((count(1, "path"), count(2, "entry")), ("1 path".to_owned(), "2 entries".to_owned()));
    }
}
