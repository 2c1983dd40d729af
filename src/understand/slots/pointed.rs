//! Values of slots where learned weights point at them ([`crate::understand::pointing`]): the words are chosen by how
//! people say such things, and read by the same rules as everywhere.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::LazyLock;

use serde_json::Value;

use super::{names, people, texts};
use crate::catalogue;
use crate::catalogue::data::Kind;
use crate::understand::features::intent_hash;
use crate::understand::line::{Line, Shape, Token};
use crate::understand::pointing::{Surroundings, role};
use crate::understand::ranker::Ranker;

/// A line in the eyes of an intent. Nothing is computed before the first slot asks.
pub(super) struct Pointer<'a> {
    line: &'a Line,
    intent: &'a str,
    scores: OnceCell<Vec<Vec<f32>>>,
}

fn weights() -> Option<Ranker<'static>> {
    static LEARNED: LazyLock<Option<Ranker<'static>>> = LazyLock::new(|| Ranker::new(catalogue::POINTER));
    *LEARNED
}

impl<'a> Pointer<'a> {
    pub(super) fn new(line: &'a Line, intent: &'a str) -> Self {
        Self { line, intent, scores: OnceCell::new() }
    }

    /// How much speaks for each word being a part of such a value; above 0 it is likelier than not.
    fn scores(&self, kind: Kind) -> Option<Vec<f32>> {
        let role = role(kind)?;
        let scores = self.scores.get_or_init(|| weights().map_or_else(Vec::new, |weights| self.all_scores(&weights)));
        Some(scores.iter().map(|scores| scores.get(role).copied().unwrap_or(f32::NEG_INFINITY)).collect())
    }

    fn all_scores(&self, weights: &Ranker<'_>) -> Vec<Vec<f32>> {
        let (line, all) = (self.line, |features: Vec<u32>| features.into_iter().map(|hash| (hash, 1.0)));
        // Most is the same for every intent that looks at the line.
        let (surroundings, of_words) = line.pointed.get_or_init(|| {
            let lexicon = catalogue::lexicon();
            let surroundings = Surroundings::new(lexicon, line, line.spans(lexicon));
            let words = 0..line.tokens.len();
            let sums = words.map(|place| weights.sums(all(surroundings.of_word(line, place)))).collect();
            (surroundings, sums)
        });
        let intent = intent_hash(self.intent);
        let mut scores = of_words.clone();
        for (place, sums) in scores.iter_mut().enumerate() {
            weights.add(sums, surroundings.of_intent(line, place, intent).into_iter().map(|hash| (hash, 1.0)));
        }
        scores
    }

    /// The value of a slot of this kind. None when nothing is pointed at.
    pub(super) fn value(&self, kind: Kind) -> Option<Value> {
        let scores = self.scores(kind)?;
        let tokens = &self.line.tokens;
        let places: Vec<usize> = (0..tokens.len()).filter(|&place| scores[place] > 0.0).collect();
        let best = places.iter().copied().max_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        let each = |read: &dyn Fn(&Token) -> Option<String>| -> Option<Vec<String>> {
            let mut found: Vec<String> = Vec::new();
            for value in places.iter().filter_map(|&place| read(&tokens[place])) {
                if !found.contains(&value) {
                    found.push(value);
                }
            }
            (!found.is_empty()).then_some(found)
        };
        match kind {
            Kind::Packages => self.packages(&scores).map(Value::from),
            Kind::Package => self.packages(&scores)?.into_iter().next().map(Value::from),
            Kind::Service => {
                names::service(&tokens[self.beginning(best?, names::known_service)..]).map(|(_, name)| name.into())
            }
            Kind::User => people::account(&tokens[best?]).map(Value::from),
            Kind::Host => people::host(&tokens[best?]).map(Value::from),
            Kind::Hosts => self.hosts(&places).map(Value::from),
            Kind::Name => {
                // "Subscribe to nixos-unstable as unstable": what it is to be called.
                let called = |place: &usize| {
                    let before = place.checked_sub(1).map_or("", |before| tokens[before].text.as_str());
                    matches!(before, "as" | "called" | "named") && super::name(&tokens[*place]).is_some()
                };
                let place = best.map(|best| (0..tokens.len()).find(called).unwrap_or(best))?;
                super::name(&tokens[place]).map(Value::from)
            }
            Kind::Groups => self.groups(&places).map(Value::from),
            Kind::Program => texts::program(&tokens[best?]).map(Value::from),
            Kind::Cache => texts::cache(&tokens[best?]).map(Value::from),
            Kind::Attribute => texts::attribute(&tokens[best?]).or_else(|| plain(&tokens[best?])).map(Value::from),
            Kind::Inputs => self.inputs(&places).map(Value::from),
            Kind::Arguments => self.arguments(&places).map(Value::from),
            Kind::Secret => self
                .stretch(&places, "-")
                .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)))
                .map(Value::from),
            Kind::Query | Kind::Part => self.stretch(&places, " ").map(Value::from),
            Kind::Label => self.label(&places).map(Value::from),
            Kind::Filter => self.stretch(&places, " ").map(|filter| texts::one_of_them(&filter).into()),
            Kind::Description => self.description(&places).map(Value::from),
            Kind::Stack => {
                let found = each(&|token| names::stack(std::slice::from_ref(token)).map(|(_, name)| name.to_owned()));
                found.map(Value::from)
            }
            Kind::Language => {
                places.iter().find_map(|&place| names::stack(&tokens[place..])).map(|(_, name)| name.into())
            }
            _ => None,
        }
    }

    /// The words that are pointed at.
    pub(super) fn words(&self, kind: Kind) -> Vec<Token> {
        let scores = self.scores(kind).unwrap_or_default();
        self.line.tokens.iter().zip(scores).filter(|(_, score)| *score > 0.0).map(|(token, _)| token.clone()).collect()
    }

    /// The first word of the name that a word belongs to.
    fn beginning(&self, place: usize, known: impl Fn(&[Token]) -> Option<(usize, &'static str)>) -> usize {
        let within =
            |start: &usize| known(&self.line.tokens[*start..]).is_some_and(|(length, _)| start + length > place);
        (place.saturating_sub(3)..place).find(within).unwrap_or(place)
    }

    fn packages(&self, scores: &[f32]) -> Option<Vec<String>> {
        let tokens = &self.line.tokens;
        let mut found: Vec<String> = Vec::new();
        let mut end = 0;
        // "Not chromium, ungoogled-chromium".
        let pointed = |place: usize| scores.get(place).is_some_and(|score| *score > 0.0);
        let wanted = (0..tokens.len()).any(|place| pointed(place) && tokens[place].negated.is_none());
        for place in (0..tokens.len()).filter(|&place| pointed(place)) {
            if place < end || wanted && tokens[place].negated.is_some() {
                continue;
            }
            let start = self.beginning(place, names::known_package).max(end);
            let Some((length, name)) = names::package(&tokens[start..]) else { continue };
            end = start + length;
            if !found.contains(&name) {
                found.push(name);
            }
        }
        if !found.is_empty() {
            found.extend(self.rest_of_list(end).into_iter().filter(|name| !found.contains(name)).collect::<Vec<_>>());
        }
        (!found.is_empty()).then_some(found)
    }

    /// What nobody knows and is listed behind a package: "samtools, bwa and fastqc". Without the "and" it is no list.
    fn rest_of_list(&self, end: usize) -> Vec<String> {
        let tokens = &self.line.tokens;
        let (mut names, mut joined, mut place) = (Vec::new(), false, end);
        while let Some(token) = tokens.get(place) {
            let listed = joined || tokens[place - 1].clause != token.clause;
            if matches!(token.text.as_str(), "and" | "plus") {
                joined = true;
            } else if listed && token.known.is_none() && people::unspoken(token) {
                names.extend(names::package(&tokens[place..]).map(|(_, name)| name));
                if joined {
                    return names;
                }
            } else {
                break;
            }
            place += 1;
        }
        Vec::new()
    }

    /// Hosts by their names. What has an article describes one: "the nas in the basement, its name is hoard".
    fn hosts(&self, places: &[usize]) -> Option<Vec<String>> {
        let tokens = &self.line.tokens;
        let described = |place: &usize| {
            place.checked_sub(1).is_some_and(|place| matches!(tokens[place].text.as_str(), "the" | "my" | "our" | "a"))
        };
        let named: Vec<usize> = places.iter().copied().filter(|place| !described(place)).collect();
        let places = if named.is_empty() { places } else { named.as_slice() };
        let mut found: Vec<String> = Vec::new();
        for &place in places {
            // "The whole fleet".
            let all = matches!(tokens[place].text.as_str(), "all" | "every" | "everything" | "whole" | "fleet");
            let host = if all { Some("all".to_owned()) } else { people::host(&tokens[place]) };
            found.extend(host.filter(|host| !found.contains(host)));
        }
        if found.iter().any(|host| host == "all") {
            found = vec!["all".to_owned()];
        }
        (!found.is_empty()).then_some(found)
    }

    /// Whether a word is one of these, or stands beside one in a list: "docker and this".
    fn listed(&self, places: &[usize], place: usize) -> bool {
        let other = |step: isize| {
            let (between, other) = (place.checked_add_signed(step)?, place.checked_add_signed(2 * step)?);
            (self.line.tokens.get(between)?.text == "and").then_some(other)
        };
        places.contains(&place) || [other(-1), other(1)].into_iter().flatten().any(|place| places.contains(&place))
    }

    /// Inputs of a flake, with those that are listed beside them.
    fn inputs(&self, places: &[usize]) -> Option<Vec<String>> {
        let named = |token: &Token| token.text == "nixpkgs" || people::unspoken(token);
        let mut found: Vec<String> = Vec::new();
        for (place, token) in self.line.tokens.iter().enumerate() {
            if places.contains(&place) || named(token) && self.listed(places, place) {
                found.extend(plain(token).filter(|input| !found.contains(input)));
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// What a program is to be given: the words that are pointed at and those that continue them, the options behind its
    /// name, and what is called its text. What stands in quotation marks is one.
    fn arguments(&self, places: &[usize]) -> Option<Vec<String>> {
        let tokens = &self.line.tokens;
        let of_program = self.scores(Kind::Package).unwrap_or_default();
        let likeliest = |(_, a): &(usize, f32), (_, b): &(usize, f32)| a.total_cmp(b);
        let program = of_program.into_iter().enumerate().filter(|(_, score)| *score > 0.0).max_by(likeliest);
        let program = program.map_or(tokens.len(), |(place, _)| place);
        let mut given = vec![false; tokens.len()];
        for (place, token) in tokens.iter().enumerate() {
            let before =
                place.checked_sub(1).map(|before| &tokens[before]).filter(|before| before.clause == token.clause);
            let introduced = before.is_some_and(|before| {
                place > program + 1
                    && matches!(before.text.as_str(), "word" | "words" | "text" | "argument" | "arguments")
            });
            let goes_on = before.is_some() && given[place - 1] && people::unspoken(token);
            let option = place > program && token.shape == Shape::Flag && token.text != "--";
            given[place] = places.contains(&place) || introduced || goes_on || option;
        }
        let mut found: Vec<String> = Vec::new();
        let words: Vec<(&Token, bool)> = tokens.iter().zip(given).collect();
        for run in words.chunk_by(|(a, _), (b, _)| a.quoted && b.quoted) {
            let said: Option<Vec<String>> = run.iter().map(|(token, _)| argument(token)).collect();
            found.extend(said.filter(|_| run.iter().any(|(_, given)| *given)).map(|said| said.join(" ")));
        }
        (!found.is_empty()).then_some(found)
    }

    /// Groups, with those that are listed beside them: "needs sudo and docker".
    fn groups(&self, places: &[usize]) -> Option<Vec<String>> {
        let tokens = &self.line.tokens;
        let mut found: Vec<String> = Vec::new();
        for (place, token) in tokens.iter().enumerate() {
            let named = || people::is_group(token) && token.negated.is_none() && self.listed(places, place);
            // "In audio, never in wheel".
            let refused = token.negated.is_some() && places.iter().any(|place| tokens[*place].negated.is_none());
            if (places.contains(&place) && !refused || named())
                && let Some((_, mut group)) = people::groups(std::slice::from_ref(token))
            {
                found.extend(group.pop().filter(|group| !found.contains(group)));
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// What stands from the first of these words to the last, with the commas between, without the word for what it is.
    fn description(&self, places: &[usize]) -> Option<String> {
        let tokens = self.line.tokens.get(*places.first()?..=*places.last()?)?;
        texts::listed(&texts::without_configuration(tokens))
    }

    /// From the first of these words to the last of the longest run, with at most two others between.
    fn longest_run(places: &[usize]) -> Option<Range<usize>> {
        let run = places.chunk_by(|a, b| b - a <= 3).max_by_key(|run| run.len())?;
        Some(*run.first()?..*run.last()? + 1)
    }

    /// What stands there.
    fn stretch(&self, places: &[usize], between: &str) -> Option<String> {
        let tokens = self.line.tokens.get(Self::longest_run(places)?)?;
        let said: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        let said = said.join(between);
        texts::is_clean(&said).then_some(said)
    }

    /// What something is called: all that stands in the same quotation marks, or on to the end of the clause; as it was
    /// typed.
    fn label(&self, places: &[usize]) -> Option<String> {
        let tokens = &self.line.tokens;
        let run = Self::longest_run(places)?;
        let clause = tokens[run.start].clause;
        let quoted = tokens[run.clone()].iter().any(|token| token.quoted);
        let goes_on = |token: &&Token| {
            let ends = matches!(
                token.text.as_str(),
                "and" | "then" | "so" | "please" | "because" | "before" | "after" | "but"
            );
            if quoted { token.quoted } else { token.clause == clause && !ends }
        };
        // "As pre concert": it begins behind the word that gives the name.
        let names = |token: &Token| {
            matches!(token.text.as_str(), "as" | "called" | "named" | "name" | "label" | "labelled" | "tag" | "it")
        };
        let before = tokens[..run.start].iter().rev().take_while(|token| token.clause == clause).take(3);
        let named = before.clone().position(names).unwrap_or(0);
        let in_quotes = before.take_while(|token| token.quoted).count();
        let start = run.start - if quoted { in_quotes } else { named };
        let end = run.end + tokens[run.end..].iter().take_while(goes_on).count();
        texts::as_typed(&tokens[start..end])
    }
}

/// A name that stands for itself.
fn plain(token: &Token) -> Option<String> {
    let text = token.as_typed();
    let plain = !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        && !text.contains("..");
    (plain && !token.filler && token.shape != Shape::Flag).then(|| text.to_owned())
}

/// A word for the program that is run.
fn argument(token: &Token) -> Option<String> {
    let clean = token.raw.chars().all(|c| c.is_alphanumeric() || "-_.:/=,+@%".contains(c)) && !token.raw.contains("..");
    clean.then(|| token.raw.clone())
}
