//! What Nix says that it is going to do: "these 5 derivations will be built:" and the indented paths after it, as
//! `nix-build --dry-run` prints them and every build logs them (`printMissing` in Nix's `src/libmain/shared.cc`).

use super::size::parse_size;

/// A system with more paths than this is counted, not listed.
const PATH_LIMIT: usize = 20_000;

/// The work to come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    /// Derivations that will be built, as full paths.
    pub builds: Vec<String>,
    /// Store paths that will be fetched from caches.
    pub fetches: Vec<String>,
    /// Paths that can neither be built nor fetched.
    pub unknown: Vec<String>,
    /// Bytes to download, as far as Nix said so; rounded by Nix.
    pub download_bytes: Option<u64>,
    /// Bytes that they take unpacked.
    pub unpacked_bytes: Option<u64>,
    /// How many builds Nix announced: lists are cut after many thousand.
    pub build_count: u64,
    /// How many fetches Nix announced.
    pub fetch_count: u64,
}

impl Planned {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.build_count == 0 && self.fetch_count == 0 && self.unknown.is_empty()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Section {
    #[default]
    None,
    Builds,
    Fetches,
    Unknown,
}

/// Collects [`Planned`] from lines.
#[derive(Debug, Default)]
pub(super) struct PlannedReader {
    pub(super) planned: Planned,
    section: Section,
}

impl PlannedReader {
    /// Whether the (clean) line belongs to an announcement.
    pub(super) fn read(&mut self, line: &str) -> bool {
        if self.section != Section::None
            && let Some(path) = line.strip_prefix("  ")
            && path.starts_with('/')
        {
            self.add(path);
            return true;
        }
        self.section = Section::None;
        let Some(header) = line.strip_suffix(':') else { return false };
        if header.ends_with("will be built") {
            self.section = Section::Builds;
            self.planned.build_count += announced(header);
        } else if let Some((header, sizes)) = header.split_once(" will be fetched") {
            self.section = Section::Fetches;
            self.planned.fetch_count += announced(header);
            self.add_sizes(sizes);
        } else if header.starts_with("don't know how to build these paths") {
            self.section = Section::Unknown;
        }
        self.section != Section::None
    }

    fn add(&mut self, path: &str) {
        let list = match self.section {
            Section::Builds => &mut self.planned.builds,
            Section::Fetches => &mut self.planned.fetches,
            Section::Unknown => &mut self.planned.unknown,
            Section::None => return,
        };
        if list.len() < PATH_LIMIT {
            list.push(path.to_owned());
        }
    }

    /// " (8.6 MiB download, 8.6 MiB unpacked)"
    fn add_sizes(&mut self, sizes: &str) {
        let sizes = sizes.trim().trim_start_matches('(').trim_end_matches(')');
        for size in sizes.split(", ") {
            if let Some(bytes) = size.strip_suffix(" download").and_then(parse_size) {
                *self.planned.download_bytes.get_or_insert(0) += bytes;
            } else if let Some(bytes) = size.strip_suffix(" unpacked").and_then(parse_size) {
                *self.planned.unpacked_bytes.get_or_insert(0) += bytes;
            }
        }
    }
}

/// The number in "these 5 derivations"; "this derivation" is one.
fn announced(header: &str) -> u64 {
    header.split_whitespace().nth(1).and_then(|word| word.parse::<u32>().ok()).map_or(1, u64::from)
}

#[cfg(test)]
mod tests {
    use super::PlannedReader;

    #[test]
    fn lists_and_sizes() {
        let mut reader = PlannedReader::default();
        let lines = [
            ("this derivation will be built:", true),
            ("  /nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-libbar-2.1.drv", true),
            ("these 2 paths will be fetched (8.6 MiB download, 1.5 KiB unpacked):", true),
            ("  /nix/store/5azi558381cq3jp95ds4m11iidyh4mxx-firefox-134.0", true),
            ("  /nix/store/jm72kwh78wli3d61ij9vzaxk4l64546j-hello-2.12.1", true),
            ("building", false),
            ("  /nix/store/jm72kwh78wli3d61ij9vzaxk4l64546j-hello-2.12.1", false),
            ("don't know how to build these paths (may be caused by read-only store access):", true),
            ("  /nix/store/jm72kwh78wli3d61ij9vzaxk4l64546j-hello-2.12.1", true),
        ];
        for (line, expected) in lines {
            assert_eq!(reader.read(line), expected, "{line}");
        }
        let planned = reader.planned;
        assert_eq!((planned.builds.len(), planned.fetches.len(), planned.unknown.len()), (1, 2, 1));
        assert_eq!((planned.build_count, planned.fetch_count), (1, 2));
        assert_eq!((planned.download_bytes, planned.unpacked_bytes), (Some(9_017_753), Some(1_536)));
    }
}
