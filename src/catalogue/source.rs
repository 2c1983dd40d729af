//! From the files of `intents/` to the packed catalogue, with every check that the data has to pass. Runs in `build.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::aligning;
use super::data::{Datum, Example, Intent, Kind, Packed, Pattern, Rules, Slot, Step, Want};
use super::learning;
use super::lexicon::{Lexicon, Sense, Table};
use super::lexicon_writer::Writer;
use super::names;
use super::pattern::{self, Part};
use super::utterances::{self, Utterance};
use crate::understand::line;
use crate::understand::pointing::ROLES;
use crate::understand::ranker::Ranker;

/// A file of `intents/` or `starter/`: its path, with `/`, and its text.
pub type File = (String, String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IntentFile {
    title: String,
    summary: String,
    #[serde(default)]
    changes: bool,
    #[serde(default)]
    slots: BTreeMap<String, SlotFile>,
    #[serde(default)]
    pattern: Vec<PatternFile>,
    #[serde(default)]
    command: Vec<PatternFile>,
    #[serde(default)]
    markers: Vec<String>,
    #[serde(default)]
    example: Vec<ExampleFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlotFile {
    kind: Kind,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    say: Vec<String>,
    #[serde(default)]
    loose: bool,
    #[serde(default)]
    whole: bool,
    weight: Option<f32>,
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    gives: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleFile {
    say: String,
    #[serde(default)]
    means: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    filler: Vec<String>,
    common: Vec<String>,
    ordinary: Vec<String>,
    people: Vec<String>,
    questions: Vec<String>,
    requests: Vec<String>,
    spelling: BTreeMap<String, String>,
    sets: BTreeMap<String, Vec<String>>,
    classes: BTreeMap<String, String>,
}

/// What `build.rs` writes.
pub struct Built {
    /// [`Packed`], packed.
    pub catalogue: Vec<u8>,
    /// What [`Lexicon`] reads.
    pub lexicon: Vec<u8>,
    /// What the ranker reads.
    pub ranker: Vec<u8>,
    /// What pointing reads.
    pub pointer: Vec<u8>,
    /// What tells requests apart.
    pub joiner: Vec<u8>,
    /// What chooses one of a few values: their names, and the weights.
    pub chooser: Vec<u8>,
}

/// Reads, checks and packs all files.
///
/// # Errors
/// Names the file and what is wrong in it.
pub fn build(files: &[File]) -> Result<Built, String> {
    let mut source = Source::default();
    let mut writer = Writer::default();
    let mut intents: Vec<(String, String, IntentFile)> = Vec::new();
    let mut said: Vec<Utterance> = Vec::new();
    for (path, text) in files {
        let fail = |error: &dyn std::fmt::Display| format!("{path}: {error}");
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["intents", "words.toml"] => source.words = Some(toml::from_str(text).map_err(|error| fail(&error))?),
            ["intents", "names", _] | ["starter", _, _] => {
                names::read(path, text, &mut writer).map_err(|error| fail(&error))?;
            }
            ["intents", "utterances", _] => said.extend(utterances::read(text).map_err(|error| fail(&error))?),
            ["intents", group, file] if file.rsplit('.').next() == Some("toml") => {
                let id = file.trim_end_matches(".toml");
                if intents.iter().any(|(_, other, _)| other == id) {
                    return Err(fail(&"there is another intent of this name"));
                }
                let file = toml::from_str(text).map_err(|error| fail(&error))?;
                intents.push(((*group).to_owned(), id.to_owned(), file));
            }
            _ => return Err(fail(&"is no file that is known here")),
        }
    }
    intents.sort_by(|a, b| a.1.cmp(&b.1));
    let words = source.words.take().ok_or("there is no intents/words.toml")?;
    source.spelling = words.spelling.iter().map(|(from, to)| (from.clone(), split(to))).collect();
    for (name, phrases) in &words.sets {
        let phrases = phrases.iter().map(|phrase| source.spelled(&split(phrase))).collect();
        source.named.insert(name.clone(), phrases);
    }
    source.words_of_patterns(&intents, &words, &mut writer)?;
    fill(&words, &said, &mut writer)?;
    let lexicon = writer.finish()?;
    let lexicon = (Lexicon::new(&lexicon).ok_or("the lexicon cannot be read back")?, &lexicon);
    let catalogue = source.pack(&intents, &words, &lexicon.0)?;
    let ids: Vec<&str> = intents.iter().map(|(_, id, _)| id.as_str()).collect();
    said.extend(intents.iter().flat_map(|(_, id, file)| {
        file.example.iter().filter(|example| !example.means.contains_key("then")).map(move |example| {
            let explain = example.means.get("mode").is_some_and(|mode| mode.as_str() == Some("explain"));
            Utterance::new(&example.say, id, explain)
        })
    }));
    let kinds = |file: &IntentFile| file.slots.iter().map(|(name, slot)| (name.clone(), slot.kind)).collect();
    let slots: aligning::Slots = intents.iter().map(|(_, id, file)| (id.clone(), kinds(file))).collect();
    let requests = || -> Result<_, String> {
        let ranker = utterances::learn(&said, &ids, &lexicon.0)?;
        let ready = Ranker::new(&ranker).ok_or("the ranker cannot be read back")?;
        let joiner = learning::learn_pointing(&aligning::joined(&said, &ids, &lexicon.0, &ready), 1, 0.05);
        Ok((ranker, joiner))
    };
    let values = || -> Result<_, String> {
        let pointer = learning::learn_pointing(&aligning::pointed(&said, &slots, &lexicon.0), ROLES.len(), 0.25);
        let (choices, samples) = aligning::chosen(&said, &slots, &lexicon.0);
        let chooser = learning::learn_pointing(&samples, choices.len(), 0.25);
        Ok((pointer, postcard::to_stdvec(&(choices, chooser)).map_err(|error| error.to_string())?))
    };
    // Neither needs the other.
    let (requests, values) = std::thread::scope(|scope| {
        let values = scope.spawn(values);
        (requests(), values.join().unwrap_or_else(|_| Err("the slots could not be learned".to_owned())))
    });
    let ((ranker, joiner), (pointer, chooser)) = (requests?, values?);
    Ok(Built { catalogue, lexicon: lexicon.1.clone(), ranker, pointer, joiner, chooser })
}

/// Puts the words that all intents share into the lexicon.
fn fill(words: &WordsFile, said: &[Utterance], writer: &mut Writer) -> Result<(), String> {
    for (class, phrases) in &words.classes {
        let class = writer.name(Table::Classes, class)?;
        for phrase in phrases.split(',').map(str::trim) {
            writer.phrase(phrase, Sense::Class(class));
            phrase.split(' ').filter(|word| word.len() >= 5 || phrase == *word).for_each(|word| writer.mendable(word));
        }
    }
    let lists = [(&words.filler, Sense::Filler), (&words.common, Sense::Common), (&words.people, Sense::Person)];
    for (list, sense) in lists {
        list.iter().flat_map(|line| line.split_whitespace()).for_each(|word| writer.phrase(word, sense));
    }
    words.ordinary.iter().flat_map(|line| line.split_whitespace()).for_each(|word| writer.ordinary(word));
    // What many people wrote is a word.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in said.iter().flat_map(|utterance| utterance.text.split(|c: char| !c.is_ascii_alphabetic())) {
        if word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            *counts.entry(word).or_default() += 1;
        }
    }
    for (word, count) in counts {
        // What many mistype is no word.
        if count >= 5 && !writer.knows(word) && !(count < 60 && writer.is_near(word)) {
            writer.phrase(word, Sense::Common);
            if count >= 20 {
                writer.mendable(word);
            }
        }
    }
    for (from, to) in &words.spelling {
        let place = writer.name(Table::Spellings, to)?;
        for word in split(to) {
            writer.phrase(&word, Sense::Word);
        }
        writer.phrase(from, Sense::Spelled(place));
    }
    Ok(())
}

fn split(phrase: &str) -> Vec<String> {
    phrase.split_whitespace().map(str::to_owned).collect()
}

type Phrases = Vec<Vec<String>>;

#[derive(Default)]
struct Source {
    words: Option<WordsFile>,
    named: BTreeMap<String, Phrases>,
    spelling: BTreeMap<String, Vec<String>>,
}

impl Source {
    /// A phrase as lines are spelled before anything is looked for in them.
    fn spelled(&self, phrase: &[String]) -> Vec<String> {
        phrase.iter().flat_map(|word| self.spelling.get(word).cloned().unwrap_or_else(|| vec![word.clone()])).collect()
    }

    /// Puts every word that a pattern asks for into the lexicon.
    fn words_of_patterns(
        &self,
        intents: &[(String, String, IntentFile)],
        words: &WordsFile,
        writer: &mut Writer,
    ) -> Result<(), String> {
        let mut learn = |said: &str| -> Result<(), String> {
            for part in pattern::parse(said)?.into_iter().flatten() {
                if let Part::Phrases { phrases, .. } = part {
                    for word in phrases.iter().flat_map(|phrase| self.spelled(phrase)) {
                        writer.phrase(&word, Sense::Word);
                        writer.mendable(&word);
                    }
                }
            }
            Ok(())
        };
        for (group, id, file) in intents {
            let fail = |error: String| format!("intents/{group}/{id}.toml: {error}");
            for said in file.pattern.iter().chain(&file.command).flat_map(|pattern| &pattern.say) {
                learn(said).map_err(|error| fail(format!("'{said}': {error}")))?;
            }
        }
        for said in words.questions.iter().chain(&words.requests) {
            learn(said).map_err(|error| format!("intents/words.toml: '{said}': {error}"))?;
        }
        for word in self.named.values().flatten().flatten() {
            writer.phrase(word, Sense::Word);
            writer.mendable(word);
        }
        Ok(())
    }

    fn pack(
        &self,
        files: &[(String, String, IntentFile)],
        words: &WordsFile,
        lexicon: &Lexicon<'_>,
    ) -> Result<Vec<u8>, String> {
        let ids: BTreeSet<&str> = files.iter().map(|(_, id, _)| id.as_str()).collect();
        let mut parts: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        let mut programs = BTreeSet::new();
        for ((group, id, file), place) in files.iter().zip(0_u8..) {
            let fail = |error: String| format!("intents/{group}/{id}.toml: {error}");
            let rules = self.rules(file, lexicon).map_err(fail)?;
            for first in rules.commands.iter().filter_map(|pattern| pattern.steps.first()) {
                if let Want::Set(set) = first.want {
                    let firsts = rules.sets[usize::from(set)].iter().filter_map(|phrase| phrase.first());
                    programs.extend(firsts.map(|word| (*word, place)));
                }
            }
            let examples = examples(file, &ids).map_err(fail)?;
            let pack = |error: postcard::Error| fail(error.to_string());
            parts.push((postcard::to_stdvec(&rules).map_err(pack)?, postcard::to_stdvec(&examples).map_err(pack)?));
        }
        let mut openings = Vec::new();
        for list in [&words.questions, &words.requests] {
            let file = PatternFile {
                say: list.clone(),
                loose: false,
                whole: false,
                weight: None,
                mode: None,
                gives: BTreeMap::new(),
            };
            let mut rules = Rules::default();
            rules.patterns = self.patterns(&[], std::slice::from_ref(&file), &mut rules.sets, lexicon)?;
            openings.push(rules);
        }
        let openings = postcard::to_stdvec(&openings).map_err(|error| error.to_string())?;
        let intents = files
            .iter()
            .zip(&parts)
            .map(|((group, id, file), (rules, examples))| Intent {
                id,
                group,
                title: &file.title,
                summary: &file.summary,
                changes: file.changes,
                slots: slots(file),
                markers: file.markers.iter().map(String::as_str).collect(),
                rules,
                examples,
            })
            .collect();
        let packed = Packed { intents, openings: &openings, programs: programs.into_iter().collect() };
        postcard::to_stdvec(&packed).map_err(|error| error.to_string())
    }

    fn rules(&self, file: &IntentFile, lexicon: &Lexicon<'_>) -> Result<Rules, String> {
        let slots = slots(file);
        let mut sets = Vec::new();
        let patterns = self.patterns(&slots, &file.pattern, &mut sets, lexicon)?;
        let mut commands = self.patterns(&slots, &file.command, &mut sets, lexicon)?;
        // A wording that stands for itself is as precise as a command.
        let fixed = |pattern: &&Pattern| {
            let first = pattern.steps.first();
            let set = first.is_some_and(|step| matches!(step.want, Want::Set(_)) && !step.optional);
            pattern.whole && !pattern.loose && set && !pattern.steps.iter().any(|step| step.want == Want::Gap)
        };
        commands.extend(patterns.iter().filter(fixed).cloned().collect::<Vec<_>>());
        Ok(Rules { sets, patterns, commands })
    }

    fn patterns(
        &self,
        slots: &[Slot<'_>],
        files: &[PatternFile],
        sets: &mut Vec<Vec<Vec<u32>>>,
        lexicon: &Lexicon<'_>,
    ) -> Result<Vec<Pattern>, String> {
        let mut patterns = Vec::new();
        for group in files {
            let explain = match group.mode.as_deref() {
                None | Some("do") => false,
                Some("explain") => true,
                Some(other) => return Err(format!("mode '{other}' is neither 'do' nor 'explain'")),
            };
            let mut gives = Vec::new();
            for (name, value) in &group.gives {
                declared(slots, name)?;
                gives.push((name.clone(), datum(value)?));
            }
            for said in &group.say {
                for parts in pattern::parse(said)? {
                    let steps =
                        self.steps(slots, parts, sets, lexicon).map_err(|error| format!("'{said}': {error}"))?;
                    patterns.push(Pattern {
                        steps,
                        loose: group.loose,
                        whole: group.whole,
                        weight: group.weight.unwrap_or(if group.loose { 0.9 } else { 1.0 }),
                        explain,
                        gives: gives.clone(),
                    });
                }
            }
        }
        Ok(patterns)
    }

    fn steps(
        &self,
        slots: &[Slot<'_>],
        parts: Vec<Part>,
        sets: &mut Vec<Vec<Vec<u32>>>,
        lexicon: &Lexicon<'_>,
    ) -> Result<Vec<Step>, String> {
        let mut steps = Vec::new();
        for part in parts {
            steps.push(match part {
                Part::Gap => Step { want: Want::Gap, optional: true },
                Part::Slot { name, optional } => {
                    let place = declared(slots, &name)?;
                    Step { want: Want::Slot(u8::try_from(place).map_err(|_| "too many slots")?), optional }
                }
                Part::Phrases { phrases, sets: named, optional } => {
                    let mut all: Phrases = phrases.iter().map(|phrase| self.spelled(phrase)).collect();
                    for set in named {
                        all.extend(self.named.get(&set).ok_or(format!("there is no set '{set}'"))?.iter().cloned());
                    }
                    let number = |word: &String| line::find(lexicon, word).ok_or(format!("'{word}' got lost"));
                    let mut set: Vec<Vec<u32>> =
                        all.iter().map(|phrase| phrase.iter().map(number).collect()).collect::<Result<_, _>>()?;
                    set.sort();
                    set.dedup();
                    let place = sets.iter().position(|known| *known == set).unwrap_or_else(|| {
                        sets.push(set);
                        sets.len() - 1
                    });
                    Step { want: Want::Set(u16::try_from(place).map_err(|_| "too many sets")?), optional }
                }
            });
        }
        if steps.iter().all(|step| step.optional) {
            return Err("asks for nothing".to_owned());
        }
        Ok(steps)
    }
}

fn slots(file: &IntentFile) -> Vec<Slot<'_>> {
    file.slots.iter().map(|(name, slot)| Slot { name, kind: slot.kind, required: slot.required }).collect()
}

fn declared(slots: &[Slot<'_>], name: &str) -> Result<usize, String> {
    slots.iter().position(|slot| slot.name == name).ok_or(format!("'{name}' is no slot here"))
}

fn examples(file: &IntentFile, ids: &BTreeSet<&str>) -> Result<Vec<Example>, String> {
    let slots = slots(file);
    let mut examples = Vec::new();
    for example in &file.example {
        let (mut meant, mut explain, mut then) = (Vec::new(), false, Vec::new());
        for (name, value) in &example.means {
            match (name.as_str(), value) {
                ("mode", value) => explain = value.as_str() == Some("explain"),
                ("then", toml::Value::Array(list)) => {
                    for id in list.iter().filter_map(toml::Value::as_str) {
                        if !ids.contains(id) {
                            return Err(format!("'then' names '{id}', which is no intent"));
                        }
                        then.push(id.to_owned());
                    }
                }
                _ => {
                    declared(&slots, name)?;
                    meant.push((name.clone(), datum(value)?));
                }
            }
        }
        examples.push(Example { say: example.say.clone(), slots: meant, explain, then });
    }
    if examples.is_empty() { Err("has no example".to_owned()) } else { Ok(examples) }
}

fn datum(value: &toml::Value) -> Result<Datum, String> {
    Ok(match value {
        toml::Value::Boolean(truth) => Datum::Truth(*truth),
        toml::Value::Integer(number) => Datum::Number(*number),
        toml::Value::String(text) => Datum::Text(text.clone()),
        toml::Value::Array(values) => Datum::List(values.iter().map(datum).collect::<Result<_, _>>()?),
        other => return Err(format!("a slot holds no {}", other.type_str())),
    })
}
