//! Sizes as Nix prints them: "8.6 MiB", "13.2 KiB", "-0.00 MiB".

const UNITS: [(&str, u64); 5] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("bytes", 1)];

/// The bytes of such a text. Negative sizes, which Nix prints when links cost more than they save, are none.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let unit = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    if let Some(negative) = number.strip_prefix('-') {
        return negative.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then_some(0);
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let whole: u64 = whole.parse().ok()?;
    let fraction = fraction.get(..fraction.len().min(6))?;
    let parts: u64 = fraction.parse().ok()?;
    let scale = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    // 128 bits: six digits of a tebibyte do not fit otherwise.
    let part = u128::from(parts) * u128::from(unit) / u128::from(scale);
    whole.checked_mul(unit)?.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_of_every_version() {
        assert_eq!(parse_size("8.6 MiB"), Some(9_017_753));
        assert_eq!(parse_size("8.58 MiB"), Some(8_996_782));
        assert_eq!(parse_size("0.00 MiB"), Some(0));
        assert_eq!(parse_size("13.2 KiB"), Some(13_516));
        assert_eq!(parse_size("-4.0 KiB"), Some(0));
        assert_eq!(parse_size("1 bytes"), Some(1));
        assert_eq!(parse_size("1.5 GiB"), Some(1_610_612_736));
        assert_eq!(parse_size("much"), None);
        assert_eq!(parse_size("99999999999999999999 TiB"), None);
        assert_eq!(parse_size("1.é MiB"), None);
    }
}
