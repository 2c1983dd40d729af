//! Finds the lessons that a text could be about, without parsing them, by the words under `contains` of every pattern. A
//! lesson is parsed and its patterns are compiled when one of its words was seen. The automaton for long logs is built
//! when a log turns out to be long.

use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::catalogue::education::format::{self, Bind, ErrorLesson, Match, On};
use crate::catalogue::education::{Education, Kind};

/// All error lessons, ready to be asked.
pub(super) struct Index {
    slots: Vec<Slot>,
    words: Vec<Word>,
    /// The words of what is sought in plain lines and logs, in one automaton.
    line_words: OnceLock<Option<AhoCorasick>>,
    lines: AtomicUsize,
}

/// So many lines are searched word by word; building the automaton takes as long as that.
const FEW_LINES: usize = 200;

/// A word that a pattern asks for.
struct Word {
    text: String,
    slot: usize,
    number: usize,
    on: On,
}

struct Slot {
    id: String,
    text: Cow<'static, str>,
    entry: OnceLock<Option<Entry>>,
}

/// A parsed lesson with its patterns.
pub(super) struct Entry {
    pub(super) lesson: ErrorLesson,
    patterns: Vec<OnceLock<Option<Regex>>>,
    binds: Vec<OnceLock<Option<Regex>>>,
}

impl Index {
    pub(super) fn new(education: &Education) -> Self {
        let mut slots = Vec::new();
        let mut words = Vec::new();
        for id in education.ids(Kind::Error) {
            let Some(text) = education.text(Kind::Error, &id) else { continue };
            for (number, (contains, on)) in skim(&text).into_iter().enumerate() {
                words.extend(contains.into_iter().map(|text| Word { text, slot: slots.len(), number, on }));
            }
            slots.push(Slot { id, text, entry: OnceLock::new() });
        }
        Self { slots, words, line_words: OnceLock::new(), lines: AtomicUsize::new(0) }
    }

    /// The number of the word for which some lesson could be about this plain line.
    pub(super) fn asks_for(&self, line: &str) -> Option<usize> {
        let sought = || self.words.iter().filter(|word| matches!(word.on, On::Text | On::Log));
        if self.lines.fetch_add(1, Ordering::Relaxed) < FEW_LINES {
            return sought().position(|word| line.contains(&word.text));
        }
        let build = || AhoCorasick::new(sought().map(|word| &word.text)).ok();
        let words = self.line_words.get_or_init(build).as_ref()?;
        words.find(line).map(|found| found.pattern().as_usize())
    }

    /// The lessons and the numbers of their patterns that a text could match, in the order of the ids.
    pub(super) fn candidates(&self, text: &str, on: On) -> Vec<(&Entry, usize)> {
        let seen = self.words.iter().filter(|word| word.on == on && text.contains(&word.text));
        let mut wanted: Vec<(usize, usize)> = seen.map(|word| (word.slot, word.number)).collect();
        wanted.dedup();
        wanted.into_iter().filter_map(|(slot, number)| Some((self.slots.get(slot)?.entry()?, number))).collect()
    }

    /// A lesson by its id.
    pub(super) fn entry(&self, id: &str) -> Option<&Entry> {
        let at = self.slots.binary_search_by(|slot| slot.id.as_str().cmp(id)).ok()?;
        self.slots.get(at)?.entry()
    }
}

impl Slot {
    fn entry(&self) -> Option<&Entry> {
        let parse = || {
            let lesson = format::error(&self.id, &self.text).ok()?;
            let patterns = lesson.head.matches.iter().map(|_| OnceLock::new()).collect();
            let binds = lesson.head.bind.iter().map(|_| OnceLock::new()).collect();
            Some(Entry { lesson, patterns, binds })
        };
        self.entry.get_or_init(parse).as_ref()
    }
}

impl Entry {
    /// One of its matches, with the compiled pattern.
    pub(super) fn pattern(&self, number: usize) -> Option<(&Match, &Regex)> {
        let rule = self.lesson.head.matches.get(number)?;
        let regex = self.patterns.get(number)?.get_or_init(|| compile(&rule.pattern).ok()).as_ref()?;
        Some((rule, regex))
    }

    /// What it reads from around the error.
    pub(super) fn binds(&self) -> impl Iterator<Item = (&Bind, &Regex)> {
        self.lesson.head.bind.iter().zip(&self.binds).filter_map(|(bind, regex)| {
            let regex = regex.get_or_init(|| compile(&bind.pattern).ok()).as_ref()?;
            Some((bind, regex))
        })
    }
}

/// Compiles a pattern: `«name»` stands for a name between quotes of any kind, `«»` for one that is not kept.
///
/// # Errors
/// When it is no regular expression.
pub fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    const OPEN: &str = "[`'\"‘“]";
    const CLOSE: &str = "['\"’”]";
    let mut out = String::from("(?m)");
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('«') {
        let (name, after) = after.split_once('»').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(OPEN);
        if name.is_empty() {
            out.push_str("[^\\n]*?");
        } else {
            out.push_str("(?<");
            out.push_str(name);
            out.push_str(">[^\\n]+?)");
        }
        out.push_str(CLOSE);
        rest = after;
    }
    out.push_str(rest);
    Regex::new(&out)
}

/// `contains` and `on` of every `[[match]]`, read from the text of the file without parsing all of its TOML.
pub fn skim(text: &str) -> Vec<(Vec<String>, On)> {
    let Some((head, _)) = format::split(text) else { return Vec::new() };
    let mut found: Vec<(Vec<String>, On)> = Vec::new();
    for line in head.lines() {
        if line == "[[match]]" {
            found.push((Vec::new(), On::Message));
        } else if let Some(last) = found.last_mut() {
            if let Some(list) = line.strip_prefix("contains = [") {
                last.0 = strings(list);
            } else if let Some(on) = line.strip_prefix("on = ") {
                last.1 = match on.trim().trim_matches('"') {
                    "warning" => On::Warning,
                    "log" => On::Log,
                    "text" => On::Text,
                    "trace" => On::Trace,
                    _ => On::Message,
                };
            } else if line.starts_with("[[") {
                break;
            }
        }
    }
    found
}

/// The strings of a TOML array on one line.
fn strings(list: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = list;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = if rest.get(start..=start) == Some("'") { '\'' } else { '"' };
        let mut word = String::new();
        let mut escaped = false;
        let mut end = rest.len();
        for (at, letter) in rest.char_indices().skip_while(|(at, _)| *at <= start) {
            match letter {
                _ if escaped => {
                    word.push(letter);
                    escaped = false;
                }
                '\\' if quote == '"' => escaped = true,
                _ if letter == quote => {
                    end = at + 1;
                    break;
                }
                _ => word.push(letter),
            }
        }
        found.push(word);
        rest = rest.get(end..).unwrap_or_default();
    }
    found
}
