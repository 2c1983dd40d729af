//! From the files of a person's own words to what is looked for in a line, with every check that built-in data has to pass.
//! An error names file and line; what is right beside it still counts. Of a file that is no TOML nothing is used: half of a
//! sentence's slots would be another request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::super::line::Line;
use super::check::{accepted, datum, declared, intent, may_be_called};
use crate::catalogue;
use crate::catalogue::data::{Datum, Intent, Kind, Pattern, Rules, Step, Want};
use crate::catalogue::own_words::{OwnName, OwnPhrase, OwnWords, Written};
use crate::catalogue::pattern::{self, Part};
use crate::operation::slots::{HostName, Invalid, OptionPath, PackageName, ServiceName, UserName};

/// Longer files were not written by hand.
pub const LONGEST_FILE: u64 = 1 << 20;
/// A sentence is shorter.
const LONGEST: usize = 200;
/// More sentences and names than this are not taken from all files together.
const MOST: usize = 2000;
/// The numbers of words that the lexicon does not have begin here, far behind its own.
const OWN: u32 = 1 << 31;

/// Something that is wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub written: Written,
    /// What.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.written, self.message)
    }
}

/// Reads files: each a name, for messages, and its text. Gives what is right in them, and what is wrong.
pub fn read(files: &[(String, String)]) -> (OwnWords, Vec<Problem>) {
    let mut reader = Reader::default();
    let tables: Vec<_> = files.iter().map(|(file, text)| (file, text, DeTable::parse(text))).collect();
    // All words are known before the first sentence is read: none of them is a typing error.
    let tables: Vec<_> = tables
        .into_iter()
        .filter_map(|(file, text, parsed)| {
            reader.at = (file.clone(), lines(text));
            match parsed {
                Ok(table) => {
                    collect(&DeValue::Table(table.get_ref().clone()), &mut reader.words);
                    Some((file, text, table))
                }
                Err(error) => {
                    let place = error.span().unwrap_or(0..0);
                    reader.wrong(&place, format!("this is no TOML, so the file is not used: {}", error.message()));
                    None
                }
            }
        })
        .collect();
    reader.protected = Arc::new(OwnWords { words: reader.words.clone(), ..OwnWords::default() });
    for (file, text, table) in &tables {
        reader.at = ((*file).clone(), lines(text));
        reader.file(table.get_ref());
    }
    let own = OwnWords { words: reader.words, numbers: reader.numbers, phrases: reader.phrases, names: reader.names };
    (own, reader.problems)
}

/// Where each line of a text begins.
fn lines(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(place, _)| place + 1)).collect()
}

/// All words of a file, as lines are split into them.
fn collect(value: &DeValue<'_>, words: &mut BTreeSet<String>) {
    match value {
        DeValue::String(text) => words.extend(split(text)),
        DeValue::Array(list) => list.iter().for_each(|value| collect(value.get_ref(), words)),
        DeValue::Table(table) => {
            for (key, value) in table {
                words.extend(split(key.get_ref()));
                collect(value.get_ref(), words);
            }
        }
        _ => {}
    }
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| c.is_whitespace() || ",!?();\"|&<>[]{}".contains(c))
        .map(|word| word.trim_matches(|c: char| "'.:=*~-/#".contains(c)).to_lowercase())
        .filter(|word| !word.is_empty())
}

type Entry<'a, 'i> = (&'a Spanned<DeString<'i>>, &'a Spanned<DeValue<'i>>);

/// The entries of a table as they stand in the file.
fn ordered<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

type Spot = Range<usize>;

#[derive(Default)]
struct Reader {
    /// The file that is read, and where its lines begin.
    at: (String, Vec<usize>),
    words: BTreeSet<String>,
    protected: Arc<OwnWords>,
    numbers: BTreeMap<String, u32>,
    phrases: Vec<OwnPhrase>,
    names: Vec<OwnName>,
    problems: Vec<Problem>,
}

impl Reader {
    fn written(&self, spot: &Spot) -> Written {
        let line = self.at.1.partition_point(|begins| *begins <= spot.start).max(1);
        Written { file: self.at.0.clone(), line }
    }

    fn wrong(&mut self, spot: &Spot, message: impl Into<String>) {
        let written = self.written(spot);
        // A message may repeat what stands in the file, and goes to a terminal.
        let message = message.into().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.problems.push(Problem { written, message });
    }

    fn file(&mut self, table: &DeTable<'_>) {
        for (key, value) in ordered(table) {
            let spot = key.span();
            let check: fn(String) -> Result<(), Invalid> = match key.get_ref().as_ref() {
                "phrase" => {
                    self.sentences(&spot, value);
                    continue;
                }
                "packages" => |name| PackageName::try_from(name).map(drop),
                "services" => |name| ServiceName::try_from(name).map(drop),
                "options" => |name| OptionPath::try_from(name).map(drop),
                "hosts" => |name| HostName::try_from(name).map(drop),
                "users" => |name| UserName::try_from(name).map(drop),
                other => {
                    let message = format!(
                        "'{other}' is no part of such a file; there are [[phrase]], [packages], [services], [options], \
                         [hosts] and [users]"
                    );
                    self.wrong(&spot, message);
                    continue;
                }
            };
            let Some(entries) = value.get_ref().as_table() else {
                self.wrong(&spot, "this is a table: name = [\"what you call it\"]");
                continue;
            };
            for (name, called) in ordered(entries) {
                self.name((name, called), matches!(key.get_ref().as_ref(), "hosts" | "users"), check);
            }
        }
    }

    fn full(&mut self, spot: &Spot) -> bool {
        let full = self.phrases.len() + self.names.len() >= MOST;
        if full {
            self.wrong(spot, format!("there are more than {MOST} sentences and names; this one is not used"));
        }
        full
    }

    /// The texts of a string or of a list of them, with their places.
    fn texts(&mut self, what: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Spot)>> {
        let one = |value: &Spanned<DeValue<'_>>| Some((value.get_ref().as_str()?.to_owned(), value.span()));
        let all: Option<Vec<_>> = match value.get_ref() {
            DeValue::Array(list) => list.iter().map(one).collect(),
            _ => one(value).map(|one| vec![one]),
        };
        match all {
            Some(all) if !all.is_empty() => Some(all),
            _ => {
                self.wrong(&value.span(), format!("{what} is a text in quotation marks, or a list of them"));
                None
            }
        }
    }

    fn name(&mut self, (name, called): Entry<'_, '_>, person: bool, check: fn(String) -> Result<(), Invalid>) {
        let real = name.get_ref().to_string();
        if let Err(invalid) = check(real.clone()) {
            return self.wrong(&name.span(), invalid.to_string());
        }
        let Some(texts) = self.texts("what something is called", called) else { return };
        for (text, spot) in texts {
            if self.full(&spot) {
                return;
            }
            let line = Line::read_with(catalogue::lexicon(), Some(Arc::clone(&self.protected)), &text);
            if let Err(why) = may_be_called(&line, &text) {
                self.wrong(&spot, why);
                continue;
            }
            let called: Vec<String> = line.tokens.into_iter().map(|token| token.text).collect();
            if let Some(other) = self.names.iter().find(|other| other.called == called) {
                let message = format!("\"{text}\" is {} already, in {}", other.name, other.written);
                self.wrong(&spot, message);
                continue;
            }
            let written = self.written(&spot);
            self.names.push(OwnName { called, name: real.clone(), person, written });
        }
    }

    fn sentences(&mut self, spot: &Spot, value: &Spanned<DeValue<'_>>) {
        let Some(list) = value.get_ref().as_array() else {
            return self.wrong(spot, "sentences begin with [[phrase]], in two brackets");
        };
        for entry in list {
            match entry.get_ref().as_table() {
                Some(table) => self.sentence(&entry.span(), table),
                None => self.wrong(&entry.span(), "sentences begin with [[phrase]], in two brackets"),
            }
        }
    }

    /// One `[[phrase]]`. Whatever is wrong in what it means, none of its sentences counts.
    fn sentence(&mut self, spot: &Spot, table: &DeTable<'_>) {
        let (mut say, mut meant, mut slots, mut explain) = (None, None, None, false);
        for (key, value) in ordered(table) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("say", _) => say = Some(value),
                ("intent", DeValue::String(id)) => match intent(id) {
                    Ok(found) => meant = Some(found),
                    Err(why) => return self.wrong(&value.span(), why),
                },
                ("slots", DeValue::Table(table)) => slots = Some((value.span(), table)),
                ("mode", DeValue::String(mode)) if mode == "do" || mode == "explain" => explain = mode == "explain",
                ("intent", _) => {
                    return self.wrong(&value.span(), "intent is the name of an intent, in quotation marks");
                }
                ("slots", _) => return self.wrong(&value.span(), "slots is a table: { service = \"nginx\" }"),
                ("mode", _) => return self.wrong(&value.span(), "mode is \"do\" or \"explain\""),
                (other, _) => {
                    let why = format!("'{other}' is no part of a phrase; there are say, intent, slots and mode");
                    return self.wrong(&key.span(), why);
                }
            }
        }
        let (Some(say), Some((place, intent))) = (say, meant) else {
            let missing = if say.is_none() { "say, the sentence" } else { "intent, what it means" };
            return self.wrong(spot, format!("this phrase has no {missing}"));
        };
        let mut given: Vec<(String, Datum)> = Vec::new();
        for (name, value) in slots.iter().flat_map(|(_, table)| ordered(table)) {
            if let Err(why) = declared(intent, name.get_ref()) {
                return self.wrong(&name.span(), why);
            }
            match datum(value.get_ref()) {
                Ok(datum) => given.push((name.get_ref().to_string(), datum)),
                Err(why) => return self.wrong(&value.span(), why),
            }
        }
        let of_slots = slots.map_or_else(|| spot.clone(), |(spot, _)| spot);
        if let Err(why) = accepted(intent, &given) {
            return self.wrong(&of_slots, why);
        }
        for (text, spot) in self.texts("say", say).unwrap_or_default() {
            if self.full(&spot) {
                return;
            }
            if let Some(other) = self.phrases.iter().find(|other| other.say == text) {
                let message = format!("\"{text}\" has a meaning already, in {}", other.written);
                self.wrong(&spot, message);
                continue;
            }
            match self.rules(intent, &text, &given, explain) {
                Ok(rules) => {
                    let written = self.written(&spot);
                    self.phrases.push(OwnPhrase { say: text, intent: place, rules, written });
                }
                Err(why) => self.wrong(&spot, format!("\"{text}\": {why}")),
            }
        }
    }

    fn rules(
        &mut self,
        intent: &Intent<'_>,
        text: &str,
        given: &[(String, Datum)],
        explain: bool,
    ) -> Result<Rules, String> {
        if text.len() > LONGEST {
            return Err(format!("a sentence has at most {LONGEST} letters"));
        }
        let mut rules = Rules::default();
        for parts in pattern::parse(text)? {
            let steps = parts.into_iter().map(|part| self.step(intent, part, &mut rules.sets));
            let steps = steps.collect::<Result<Vec<_>, _>>()?;
            if !steps.iter().any(|step| matches!(step.want, Want::Set(_)) && !step.optional) {
                return Err("it has no word that must be said".to_owned());
            }
            let read = |place: usize| {
                steps.iter().any(|step| matches!(step.want, Want::Slot(slot) if usize::from(slot) == place))
            };
            let lacking = intent.slots.iter().enumerate().find(|(place, slot)| {
                slot.required && !read(*place) && !given.iter().any(|(name, _)| name == slot.name)
            });
            if let Some((_, slot)) = lacking {
                return Err(format!(
                    "{} needs '{slot}', which is neither in slots nor in the sentence, as {{{slot}}}",
                    intent.id,
                    slot = slot.name
                ));
            }
            rules.patterns.push(Pattern {
                steps,
                loose: false,
                whole: true,
                weight: 1.0,
                explain,
                gives: given.to_vec(),
            });
        }
        Ok(rules)
    }

    fn step(&mut self, intent: &Intent<'_>, part: Part, sets: &mut Vec<Vec<Vec<u32>>>) -> Result<Step, String> {
        match part {
            Part::Gap => Ok(Step { want: Want::Gap, optional: true }),
            Part::Slot { name, optional } => {
                let place = declared(intent, &name)?;
                if matches!(intent.slots[place].kind, Kind::Truth | Kind::Choice | Kind::Pasted) {
                    return Err(format!("'{name}' cannot be read from words; give it in slots"));
                }
                let place = u8::try_from(place).map_err(|_| "there are too many slots".to_owned())?;
                Ok(Step { want: Want::Slot(place), optional })
            }
            Part::Phrases { phrases, sets: named, optional } => {
                if let Some(set) = named.first() {
                    return Err(format!("<{set}> is for the program's own files; write the words, as (a|b)"));
                }
                let mut set = phrases.iter().map(|words| self.spelled(words)).collect::<Result<Vec<_>, _>>()?;
                set.sort();
                set.dedup();
                let place = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                    sets.push(set);
                    sets.len() - 1
                });
                let place = u16::try_from(place).map_err(|_| "it has too many parts".to_owned())?;
                Ok(Step { want: Want::Set(place), optional })
            }
        }
    }

    /// Words as lines are read, by their numbers.
    fn spelled(&mut self, words: &[String]) -> Result<Vec<u32>, String> {
        let words = words.join(" ");
        let line = Line::read_with(catalogue::lexicon(), Some(Arc::clone(&self.protected)), &words);
        if line.cut {
            return Err(format!("'{words}' is shell syntax, which is never understood"));
        }
        if line.tokens.is_empty() {
            return Err(format!("'{words}' has no word"));
        }
        let next = |numbers: &BTreeMap<String, u32>| u32::try_from(numbers.len()).map(|more| OWN.saturating_add(more));
        line.tokens
            .into_iter()
            .map(|token| {
                if let Some(number) = token.known {
                    Ok(number)
                } else {
                    let new = next(&self.numbers).map_err(|_| "there are too many words".to_owned())?;
                    Ok(*self.numbers.entry(token.text).or_insert(new))
                }
            })
            .collect()
    }
}
