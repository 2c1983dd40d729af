//! A collection of packages and options of the size of the real one, made up: what `nix search --json` and the expression
//! for options would print. Words are as unevenly common as in real descriptions, and some 150,000 differ.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

/// Packages of the collection, and options of its configuration.
pub(super) const PACKAGES: usize = 120_000;
pub(super) const OPTIONS: usize = 20_000;

/// What everybody knows, so that searches find what people search.
const KNOWN: &[(&str, &str)] = &[
    ("firefox", "Web browser built from Firefox source tree"),
    ("gimp", "GNU Image Manipulation Program"),
    ("libreoffice", "Comprehensive, professional-quality productivity suite"),
    ("ripgrep", "Utility that combines the usability of The Silver Searcher with the raw speed of grep"),
    ("darktable", "Virtual lighttable and darkroom for photographers"),
    ("kdePackages.kdenlive", "Free and open source video editor"),
];
const SETS: [&str; 9] = [
    "python313Packages.",
    "python312Packages.",
    "haskellPackages.",
    "perlPackages.",
    "rubyPackages.",
    "ocamlPackages.",
    "emacsPackages.",
    "vimPlugins.",
    "gnomeExtensions.",
];
const COMMON: [&str; 40] = [
    "library",
    "for",
    "the",
    "and",
    "tool",
    "command",
    "line",
    "client",
    "a",
    "of",
    "to",
    "interface",
    "data",
    "file",
    "image",
    "video",
    "photo",
    "editor",
    "server",
    "network",
    "web",
    "simple",
    "fast",
    "python",
    "rust",
    "implementation",
    "format",
    "viewer",
    "manager",
    "password",
    "music",
    "player",
    "text",
    "terminal",
    "desktop",
    "game",
    "backup",
    "system",
    "monitor",
    "utilities",
];
const SYLLABLES: [&str; 48] = [
    "ba", "co", "de", "fi", "gra", "hy", "in", "ja", "ko", "lu", "me", "no", "op", "pi", "qua", "ri", "so", "tra",
    "un", "vi", "wa", "xe", "yo", "zi", "bel", "cor", "dan", "fex", "gor", "hal", "ist", "jun", "kel", "lim", "mar",
    "nim", "ord", "pol", "ros", "sim", "ton", "ux", "ver", "wen", "xan", "yar", "zen", "log",
];

/// Chance that is the same every time.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new() -> Self {
        Self(0x5eed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or_default()
    }

    /// A word of a number: low numbers are common words, high ones long and rare.
    fn word(&mut self) -> String {
        // The square of the square: most words are among few.
        let part = f64::from(u32::try_from(self.below(1 << 16)).unwrap_or(0)) / f64::from(1 << 16);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of a word")]
        let mut number = (part.powi(4) * 170_000.0) as usize;
        if let Some(word) = COMMON.get(number) {
            return (*word).to_owned();
        }
        let mut word = String::new();
        while number > 0 {
            word.push_str(SYLLABLES[number % SYLLABLES.len()]);
            number /= SYLLABLES.len();
        }
        word
    }

    fn words(&mut self, count: usize, between: &str) -> String {
        let words: Vec<String> = (0..count).map(|_| self.word()).collect();
        words.join(between)
    }
}

/// Writes what Nix would print about the packages.
pub(super) fn packages(path: &Path) -> io::Result<()> {
    let mut chance = Chance::new();
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    write!(file, "{{")?;
    for number in 0..PACKAGES {
        let (name, description) = if let Some((name, description)) = KNOWN.get(number) {
            ((*name).to_owned(), (*description).to_owned())
        } else {
            let set = if chance.below(10) < 6 { chance.one(&SETS) } else { "" };
            let length = 1 + chance.below(3);
            let name = format!("{set}{}{}", chance.words(length, "-"), chance.below(PACKAGES));
            let length = 4 + chance.below(9);
            (name, chance.words(length, " "))
        };
        let last = name.rsplit('.').next().unwrap_or(&name);
        let comma = if number == 0 { "" } else { "," };
        write!(
            file,
            r#"{comma}"legacyPackages.x86_64-linux.{name}":{{"description":"{description}","pname":"{last}","version":"{}.{}"}}"#,
            chance.below(30),
            chance.below(100)
        )?;
    }
    writeln!(file, "}}")?;
    file.flush()
}

/// Writes what Nix would print about the options.
pub(super) fn options(path: &Path) -> io::Result<()> {
    let mut chance = Chance::new();
    let mut file = io::BufWriter::new(std::fs::File::create(path)?);
    write!(file, "[")?;
    for number in 0..OPTIONS {
        let mut name = format!("services.{}", chance.word());
        for _ in 0..=chance.below(3) {
            let _ = write!(name, ".{}", chance.word());
        }
        let length = 12 + chance.below(40);
        let comma = if number == 0 { "" } else { "," };
        write!(
            file,
            r#"{comma}{{"name":"{name}{number}","type":"null or string","description":"{}","default":"null","example":"\"{}\""}}"#,
            chance.words(length, " "),
            chance.word()
        )?;
    }
    writeln!(file, "]")?;
    file.flush()
}
