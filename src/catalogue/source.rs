//! From the files of `intents/` to the packed catalogue, with every check that the data has to pass. Runs in `build.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::data::{Datum, Entry, Example, Intent, Kind, Packed, Pattern, Slot, Step, Want, Weight, Word};
use super::pattern::{self, Part};

/// A file of `intents/`: its path below that directory, with `/`, and its text.
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
    elsewhere: Vec<String>,
    common: Vec<String>,
    questions: Vec<String>,
    requests: Vec<String>,
    spelling: BTreeMap<String, String>,
    sets: BTreeMap<String, Vec<String>>,
}

/// Reads, checks and packs all files.
///
/// # Errors
/// Names the file and what is wrong in it.
pub fn pack(files: &[File]) -> Result<Packed, String> {
    let mut builder = Builder::default();
    let words: WordsFile = files
        .iter()
        .find(|(path, _)| path == "words.toml")
        .ok_or("there is no words.toml".to_owned())
        .and_then(|(path, text)| toml::from_str(text).map_err(|error| format!("{path}: {error}")))?;
    builder.spelling = words.spelling.iter().map(|(from, to)| (from.clone(), split(to))).collect();
    for (name, phrases) in &words.sets {
        for phrase in phrases {
            let phrase = builder.spelled(&split(phrase));
            builder.named.entry(name.clone()).or_default().push(phrase);
        }
    }
    let mut packed = Packed::default();
    for (path, text) in files {
        let fail = |error: &dyn std::fmt::Display| format!("{path}: {error}");
        match path.strip_suffix(".toml").map(|path| path.split('/').collect::<Vec<_>>()).as_deref() {
            Some(["words"]) => {}
            Some(["names", "concepts"]) => {
                let concepts: BTreeMap<String, Vec<String>> = toml::from_str(text).map_err(|error| fail(&error))?;
                packed.concepts = concepts
                    .into_iter()
                    .map(|(id, said)| (id, said.iter().map(|phrase| builder.spelled(&split(phrase))).collect()))
                    .collect();
            }
            Some([group, id]) => {
                let file: IntentFile = toml::from_str(text).map_err(|error| fail(&error))?;
                if packed.intents.iter().any(|intent| intent.id == *id) {
                    return Err(fail(&"there is another intent of this name"));
                }
                packed.intents.push(builder.intent(group, id, file).map_err(|error| fail(&error))?);
            }
            _ => return Err(fail(&"is neither words.toml nor names/<names>.toml nor <group>/<intent>.toml")),
        }
    }
    let ids: BTreeSet<&str> = packed.intents.iter().map(|intent| intent.id.as_str()).collect();
    for intent in &packed.intents {
        if let Some(unknown) =
            intent.examples.iter().flat_map(|example| &example.then).find(|id| !ids.contains(id.as_str()))
        {
            return Err(format!("{}/{}.toml: 'then' names '{unknown}', which is no intent", intent.group, intent.id));
        }
    }
    for (openings, into) in [(&words.questions, &mut packed.questions), (&words.requests, &mut packed.requests)] {
        for opening in openings {
            let patterns =
                builder.patterns(&[], opening).map_err(|error| format!("words.toml: '{opening}': {error}"))?;
            into.extend(patterns.into_iter().map(|steps| Pattern {
                steps,
                loose: false,
                whole: false,
                weight: 1.0,
                explain: false,
                gives: Vec::new(),
            }));
        }
    }
    packed.intents.sort_by(|a, b| a.id.cmp(&b.id));
    packed.spelling = words.spelling.iter().map(|(from, to)| (from.clone(), split(to))).collect();
    builder.finish(&mut packed, &words);
    Ok(packed)
}

fn split(phrase: &str) -> Vec<String> {
    phrase.split_whitespace().map(str::to_owned).collect()
}

#[derive(Default)]
struct Builder {
    named: BTreeMap<String, Vec<Vec<String>>>,
    sets: BTreeMap<Vec<Vec<String>>, u16>,
    spelling: BTreeMap<String, Vec<String>>,
}

impl Builder {
    /// A phrase as lines are spelled before anything is looked for in them.
    fn spelled(&self, phrase: &[String]) -> Vec<String> {
        phrase.iter().flat_map(|word| self.spelling.get(word).cloned().unwrap_or_else(|| vec![word.clone()])).collect()
    }

    fn intent(&mut self, group: &str, id: &str, file: IntentFile) -> Result<Intent, String> {
        let slots: Vec<Slot> = file
            .slots
            .into_iter()
            .map(|(name, slot)| Slot { name, kind: slot.kind, required: slot.required })
            .collect();
        let declared = |name: &str| {
            slots.iter().any(|slot| slot.name == name).then_some(()).ok_or(format!("'{name}' is no slot here"))
        };
        let mut patterns = Vec::new();
        for group in file.pattern {
            let explain = match group.mode.as_deref() {
                None | Some("do") => false,
                Some("explain") => true,
                Some(other) => return Err(format!("mode '{other}' is neither 'do' nor 'explain'")),
            };
            let mut gives = Vec::new();
            for (name, value) in group.gives {
                declared(&name)?;
                gives.push((name, datum(&value)?));
            }
            for said in &group.say {
                for steps in self.patterns(&slots, said).map_err(|error| format!("'{said}': {error}"))? {
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
        let mut examples = Vec::new();
        for example in file.example {
            let (mut meant, mut explain, mut then) = (Vec::new(), false, Vec::new());
            for (name, value) in &example.means {
                match (name.as_str(), value) {
                    ("mode", value) => explain = value.as_str() == Some("explain"),
                    ("then", toml::Value::Array(ids)) => {
                        then = ids.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
                    }
                    _ => {
                        declared(name)?;
                        meant.push((name.clone(), datum(value)?));
                    }
                }
            }
            examples.push(Example { say: example.say, slots: meant, explain, then });
        }
        if examples.is_empty() {
            return Err("has no example".to_owned());
        }
        Ok(Intent {
            id: id.to_owned(),
            group: group.to_owned(),
            title: file.title,
            summary: file.summary,
            changes: file.changes,
            slots,
            patterns,
            markers: file.markers,
            examples,
        })
    }

    fn patterns(&mut self, slots: &[Slot], said: &str) -> Result<Vec<Vec<Step>>, String> {
        let mut all = Vec::new();
        for parts in pattern::parse(said)? {
            let mut steps = Vec::new();
            for part in parts {
                steps.push(match part {
                    Part::Gap => Step { want: Want::Gap, optional: true },
                    Part::Slot { name, optional } => {
                        let place = slots.iter().position(|slot| slot.name == name);
                        let place = place.ok_or(format!("'{name}' is no slot here"))?;
                        Step { want: Want::Slot(u8::try_from(place).map_err(|_| "too many slots")?), optional }
                    }
                    Part::Phrases { mut phrases, sets, optional } => {
                        for phrase in &mut phrases {
                            *phrase = self.spelled(phrase);
                        }
                        for set in sets {
                            let named = self.named.get(&set).ok_or(format!("there is no set '{set}'"))?;
                            phrases.extend(named.iter().cloned());
                        }
                        Step { want: Want::Set(self.set(phrases)?), optional }
                    }
                });
            }
            if steps.iter().all(|step| step.optional) {
                return Err("asks for nothing".to_owned());
            }
            all.push(steps);
        }
        Ok(all)
    }

    fn set(&mut self, mut phrases: Vec<Vec<String>>) -> Result<u16, String> {
        phrases.sort();
        phrases.dedup();
        let next = u16::try_from(self.sets.len()).map_err(|_| "too many sets")?;
        Ok(*self.sets.entry(phrases).or_insert(next))
    }

    /// Numbers every word, and turns the sets round: which phrase belongs to which sets.
    fn finish(self, packed: &mut Packed, words: &WordsFile) {
        let mut weights: BTreeMap<&str, (Weight, bool)> = BTreeMap::new();
        for phrase in self.sets.keys().flatten() {
            for word in phrase {
                weights.insert(word, (Weight::Known, true));
            }
        }
        for word in packed.concepts.iter().flat_map(|(_, said)| said).flatten() {
            weights.insert(word, (Weight::Known, true));
        }
        let lists =
            [(&words.common, Weight::Common), (&words.filler, Weight::Filler), (&words.elsewhere, Weight::Elsewhere)];
        for (list, weight) in lists {
            for word in list.iter().flat_map(|line| line.split_whitespace()) {
                let known = weights.contains_key(word);
                if weight != Weight::Common || !known {
                    weights.insert(word, (weight, known && weight != Weight::Elsewhere));
                }
            }
        }
        let numbers: BTreeMap<&str, u16> = weights.keys().zip(0u16..).map(|(word, number)| (*word, number)).collect();
        let mut entries: BTreeMap<Vec<u16>, Vec<u16>> = BTreeMap::new();
        for (phrases, set) in &self.sets {
            for phrase in phrases {
                let phrase = phrase.iter().filter_map(|word| numbers.get(word.as_str()).copied()).collect();
                entries.entry(phrase).or_default().push(*set);
            }
        }
        for (words, sets) in entries {
            let [start, middle, end] = [0, words.len(), words.len() + sets.len()]
                .map(|length| u32::try_from(packed.numbers.len() + length).unwrap_or(u32::MAX));
            packed.numbers.extend(words.into_iter().chain(sets));
            packed.entries.push(Entry { start, sets: middle, end });
        }
        packed.sets = u16::try_from(self.sets.len()).unwrap_or(u16::MAX);
        packed.words = weights
            .iter()
            .map(|(word, (weight, repair))| Word {
                text: (*word).to_owned(),
                weight: *weight,
                repair: *repair && word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()),
            })
            .collect();
    }
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
