//! Which reading of a request is the best, and how sure it is: what was learned from utterances, the patterns of the
//! likeliest intents, and whether what they need was said, weighed together.

use std::sync::{LazyLock, OnceLock};

use serde_json::Value;

use super::features::{self, Feature};
use super::line::{Line, Shape};
use super::matching::{Hits, Mask, Match, command, content, fit, introduces};
use super::mood::Mood;
use super::ranker::{Ranker, chances};
use super::{Context, context, own_words, scores, slots};
use crate::catalogue;
use crate::catalogue::data::{Datum, Intent, Kind, Packed, Pattern, Rules};
use crate::catalogue::lexicon::{Sense, Table};
use crate::recognition::{Alternative, By, Mode, OUT_OF_SCOPE, Recognition, Slots};

/// How many intents are looked at closely.
const CANDIDATES: usize = 4;
/// Scores are divided by this before they are chances: learned weights are surer of what they saw than of what is new.
const SOFTNESS: f32 = 0.95;
/// What a pattern that takes the whole request adds to a score.
const PATTERN: f32 = 3.0;
/// What a slot that must be there and is not takes from a score.
const MISSING: f32 = 1.2;
/// What is added to the score of what is none of ours: weights were learned with gaps, which favours what has a name.
const OUTSIDE: f32 = 1.0;
/// What a word of daily life takes from the score of everything that is ours.
const EVERYDAY: f32 = 2.2;
/// What another device takes from the score of everything that changes this one.
const ELSEWHERE: f32 = 3.0;
/// How sure a reading must be that changes something; below, it is only an alternative.
const ENOUGH_TO_CHANGE: f32 = 0.32;
/// How sure, when something that it needs was not said.
const ENOUGH_TO_ASK: f32 = 0.34;
/// How sure any other reading must be.
const ENOUGH: f32 = 0.2;
/// When it is likelier than this that nothing is to be changed, nothing is.
const RISK: f32 = 0.24;
/// Alternatives below this are noise.
const WORTH_SAYING: f32 = 0.08;
/// How sure the command of another system makes.
const COMMAND: f32 = 0.97;

/// A reading of a request.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// The intent.
    pub intent: &'static Intent<'static>,
    /// Its slots.
    pub slots: Slots,
    /// Asked for or asked about.
    pub mode: Mode,
    /// From 0 to 1.
    pub confidence: f32,
    /// The tokens that a pattern took.
    pub mask: Mask,
    /// Whether slots that it needs are missing.
    pub lacks: bool,
}

/// What a line means when a pattern of this intent takes all of it, whatever else it could mean.
pub(super) fn said_whole(packed: &'static Packed<'static>, line: &Line, id: &str) -> Option<Recognition> {
    let place = packed.intents.iter().position(|intent| intent.id == id)?;
    let (intent, rules) = (&packed.intents[place], rules(place));
    let (hits, all) = (Hits::new(rules, line), content(line, Mask::MAX));
    let taken = |pattern: &'static Pattern| {
        let found = fit(line, &hits, &intent.slots, pattern).filter(|_| pattern.whole)?;
        let taken = content(line, found.mask);
        (taken + 0.5 >= all).then_some((taken, pattern))
    };
    // Of two that take as much, the one that only asks.
    let better = |a: &(f32, &Pattern), b: &(f32, &Pattern)| a.0.total_cmp(&b.0).then(a.1.explain.cmp(&b.1.explain));
    let (_, pattern) = rules.patterns.iter().filter_map(taken).max_by(better)?;
    Some(Recognition {
        intent: intent.id.to_owned(),
        mode: if pattern.explain { Mode::Explain } else { Mode::Do },
        confidence: COMMAND,
        by: By::Context,
        ..Recognition::default()
    })
}

/// What cannot be acted on.
pub(super) fn nothing(confidence: f32) -> Recognition {
    Recognition { intent: OUT_OF_SCOPE.to_owned(), confidence, ..Recognition::default() }
}

/// The rules of an intent, unpacked at the first use.
fn rules(place: usize) -> &'static Rules {
    static RULES: LazyLock<Vec<OnceLock<Rules>>> =
        LazyLock::new(|| catalogue::intents().iter().map(|_| OnceLock::new()).collect());
    static NONE: Rules = Rules { sets: Vec::new(), patterns: Vec::new(), commands: Vec::new() };
    let unpack = || postcard::from_bytes(catalogue::intents()[place].rules).unwrap_or_default();
    RULES.get(place).map_or(&NONE, |rules| rules.get_or_init(unpack))
}

pub(super) fn openings() -> &'static [Rules] {
    static OPENINGS: LazyLock<Vec<Rules>> =
        LazyLock::new(|| postcard::from_bytes(catalogue::packed().openings).unwrap_or_default());
    &OPENINGS
}

pub(super) fn ranker() -> Option<Ranker<'static>> {
    static LEARNED: LazyLock<Option<Ranker<'static>>> = LazyLock::new(|| Ranker::new(catalogue::RANKER));
    *LEARNED
}

/// The features of a line, as the ranker wants them.
pub(super) fn features_of(line: &Line, before: &Context) -> Vec<Feature> {
    let lexicon = catalogue::lexicon();
    features::features(lexicon, line, line.spans(lexicon), follows(before))
}

/// The intent of what was said before, as a feature.
pub(super) fn follows(before: &Context) -> Option<u32> {
    before.previous.last().map(|previous| features::intent_hash(&previous.intent))
}

/// The readings of a line as one request, best first.
pub(super) fn readings(packed: &'static Packed<'static>, line: &Line, before: &Context) -> Vec<Reading> {
    if line.tokens.is_empty() {
        return Vec::new();
    }
    if let Some(reading) = own_words::reading(packed, line).or_else(|| by_command(packed, line)) {
        return vec![reading];
    }
    if let Some(reading) = name_alone(packed, line).filter(|_| before.previous.is_empty()) {
        return vec![reading];
    }
    let Some(ranker) = ranker() else { return Vec::new() };
    let mut scores = scores::scores(catalogue::lexicon(), &ranker, line, follows(before));
    let asking = scores.get(packed.intents.len()).copied().unwrap_or_default();
    scores.truncate(packed.intents.len());
    for score in &mut scores {
        *score /= SOFTNESS;
    }
    let outside = packed.intents.iter().position(|intent| intent.id == OUT_OF_SCOPE);
    if let Some(outside) = outside {
        scores[outside] += OUTSIDE;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order.truncate(CANDIDATES);
    let best = order.first().map_or(0.0, |place| scores[*place]);
    order.retain(|place| scores[*place] > best - 4.5);

    let mood = Mood::of(openings(), line);
    let everyday = everyday(line);
    let elsewhere = elsewhere(line);
    order.extend(outside.filter(|place| (everyday > 0.0 || elsewhere) && !order.contains(place)));
    let mut candidates: Vec<(usize, Reading)> = Vec::new();
    for &place in &order {
        let (reading, gain) = closely(&packed.intents[place], rules(place), line, before, (&mood, asking));
        scores[place] += gain - EVERYDAY * everyday * ours(&packed.intents[place], &reading);
        if elsewhere && reading.intent.changes {
            scores[place] -= ELSEWHERE;
        }
        candidates.push((place, reading));
    }
    let chances = chances(&scores);
    for (place, reading) in &mut candidates {
        reading.confidence = chances[*place];
    }
    // How likely it is that nothing is to be changed.
    let harmless: f32 =
        packed.intents.iter().zip(&chances).filter(|(intent, _)| !intent.changes).map(|(_, chance)| chance).sum();
    let cautious = harmless > RISK;
    let changes = |reading: &Reading| reading.intent.changes && reading.mode == Mode::Do;
    let mut readings: Vec<Reading> = candidates.into_iter().map(|(_, reading)| reading).collect();
    if an_unknown_name(line) {
        readings.retain(|reading| !reading.intent.changes);
    }
    // "Do something": nothing is named that could be done.
    let lexicon = catalogue::lexicon();
    let telling =
        |sense: Sense| matches!(sense, Sense::Class(class) if lexicon.name(Table::Classes, class) != "question");
    let vague = || !line.spans(lexicon).iter().any(|span| telling(span.sense));
    if before.previous.is_empty() && line.tokens.iter().all(|token| token.filler) && vague() {
        readings.retain(|reading| !reading.intent.changes && !takes_any_words(reading.intent));
    }
    let changes = |reading: &Reading| cautious && changes(reading);
    readings.sort_by(|a, b| {
        (changes(a), b.confidence).partial_cmp(&(changes(b), a.confidence)).unwrap_or(std::cmp::Ordering::Equal)
    });
    readings
}

/// "Alice": one word that is a person or nothing we know tells nobody to change anything.
pub(super) fn an_unknown_name(line: &Line) -> bool {
    let ours = |sense: &Sense| !matches!(sense, Sense::Filler | Sense::Common | Sense::Word | Sense::Person);
    line.tokens.iter().filter(|token| !token.filler).count() <= 1
        && line.tokens.iter().all(|token| token.shape == Shape::Word)
        && !line.spans(catalogue::lexicon()).iter().any(|span| ours(&span.sense))
}

/// Whether an intent is about whatever somebody says.
fn takes_any_words(intent: &Intent<'_>) -> bool {
    intent.slots.iter().any(|slot| matches!(slot.kind, Kind::Query | Kind::Description))
}

/// How much words of daily life speak against a reading.
fn ours(intent: &Intent<'_>, reading: &Reading) -> f32 {
    let lexicon = catalogue::lexicon();
    // Whoever looks for something may look for it in any words.
    let any_words = takes_any_words(intent);
    let name = |text: &str| {
        lexicon.find(&text.to_lowercase()).is_some_and(|phrase| lexicon.senses(phrase).any(Sense::is_name))
    };
    let named = reading.slots.values().any(|value| match value {
        Value::String(text) => name(text),
        Value::Array(list) => list.iter().filter_map(Value::as_str).any(name),
        _ => false,
    });
    match intent.id {
        OUT_OF_SCOPE | "small_talk" | "explain_error" => 0.0,
        _ if any_words => 0.0,
        _ if named => 0.25,
        _ => 1.0,
    }
}

/// Whether a line is about a device that is not this machine: "uninstall an app on my iphone", but not "like on my iphone"
/// or "files from my phone".
fn elsewhere(line: &Line) -> bool {
    let lexicon = catalogue::lexicon();
    let device = |sense| match sense {
        Sense::Everyday(field) => matches!(lexicon.name(Table::Everyday, field), "phones" | "tv_and_gadgets"),
        _ => false,
    };
    let before = |place: usize| place.checked_sub(1).map_or("", |place| line.tokens[place].text.as_str());
    line.spans(lexicon).iter().filter(|span| device(span.sense)).any(|span| {
        let owned = matches!(before(span.start), "my" | "his" | "her" | "their" | "our");
        let led_by = before(span.start - usize::from(owned));
        let compared = line.tokens[..span.start].iter().any(|token| matches!(token.text.as_str(), "like" | "as"));
        let other = matches!(led_by, "from" | "to" | "with" | "for" | "by" | "via" | "and" | "of");
        (owned || led_by == "on") && !compared && !other
    })
}

/// How many words of daily life a line has, two at most; what is also a name of ours does not count.
fn everyday(line: &Line) -> f32 {
    let lexicon = catalogue::lexicon();
    let spans = line.spans(lexicon);
    let covered = |place: usize| {
        spans.iter().any(|span| {
            (span.start..span.end()).contains(&place) && (span.sense.is_name() || matches!(span.sense, Sense::Class(_)))
        })
    };
    let count = spans.iter().filter(|span| matches!(span.sense, Sense::Everyday(_)) && !covered(span.start)).count();
    match count {
        0 => 0.0,
        1 => 1.0,
        _ => 1.5,
    }
}

/// A line that is a command of Nix or of another system.
fn by_command(packed: &'static Packed<'static>, line: &Line) -> Option<Reading> {
    let first = line.tokens.iter().find(|token| !(introduces(token) || matches!(token.text.as_str(), "%" | "#")))?;
    let known = first.known?;
    if line.tokens.iter().skip(1).any(|token| token.after_shell) {
        return None;
    }
    let from = packed.programs.partition_point(|(word, _)| *word < known);
    let mut best: Option<(f32, Reading)> = None;
    for (_, place) in packed.programs[from..].iter().take_while(|(word, _)| *word == known) {
        let intent = &packed.intents[usize::from(*place)];
        let rules = rules(usize::from(*place));
        let hits = Hits::new(rules, line);
        for pattern in &rules.commands {
            let Some(found) = command(line, &hits, &intent.slots, pattern) else { continue };
            let weigh = |count: usize| f32::from(u8::try_from(count).unwrap_or(u8::MAX));
            let literal = weigh(pattern.steps.iter().filter(|step| !step.optional).count());
            let literal = literal + content(line, found.mask) * 0.1;
            // What a slot swallows says less than a word of the pattern.
            let literal = literal - weigh(found.slots.len()) * 0.5;
            let literal = literal + if pattern.steps.iter().any(|step| step.optional) { 0.0 } else { 0.05 };
            if best.as_ref().is_some_and(|(other, _)| *other >= literal) {
                continue;
            }
            let mut slots = gathered(intent, Some((pattern, &found)));
            slots::fill(intent, line, false, &mut slots);
            if lacks(intent, &slots) || unsafe_slots(&slots) {
                continue;
            }
            let reading = Reading {
                intent,
                slots,
                mode: if pattern.explain { Mode::Explain } else { Mode::Do },
                confidence: COMMAND,
                mask: found.mask,
                lacks: false,
            };
            best = Some((literal, reading));
        }
    }
    best.map(|(_, reading)| reading)
}

/// The name of a package and nothing else asks about it.
fn name_alone(packed: &'static Packed<'static>, line: &Line) -> Option<Reading> {
    let lexicon = catalogue::lexicon();
    let all = line.tokens.len();
    let package = |sense| matches!(sense, Sense::Package(_));
    let other = |sense| matches!(sense, Sense::Class(_) | Sense::Filler | Sense::Concept(_) | Sense::Everyday(_));
    let whole = || line.spans(lexicon).iter().filter(|span| span.start == 0 && span.length == all);
    if !whole().any(|span| package(span.sense))
        || whole().any(|span| other(span.sense))
        || line.tokens[0].negated.is_some()
    {
        return None;
    }
    let intent = packed.intents.iter().find(|intent| intent.id == "package_info")?;
    let mut slots = Slots::new();
    slots::fill(intent, line, false, &mut slots);
    let lacks = lacks(intent, &slots);
    (!lacks).then(|| Reading { intent, slots, mode: Mode::Do, confidence: COMMAND, mask: 0, lacks })
}

/// An intent looked at closely: its slots, its mode, and what patterns and slots add to its score.
fn closely(
    intent: &'static Intent<'static>,
    rules: &Rules,
    line: &Line,
    before: &Context,
    (mood, asking): (&Mood, f32),
) -> (Reading, f32) {
    let hits = Hits::new(rules, line);
    let all = content(line, Mask::MAX);
    let mut best: Option<(f32, &Pattern, Match)> = None;
    for pattern in &rules.patterns {
        let Some(found) = fit(line, &hits, &intent.slots, pattern) else { continue };
        let taken = content(line, found.mask);
        if pattern.whole && taken + 0.5 < all {
            continue;
        }
        let strength = pattern.weight * (taken / all.max(1.0)).min(1.0);
        if best.as_ref().is_none_or(|(other, ..)| strength > *other) {
            best = Some((strength, pattern, found));
        }
    }
    let pattern = best.as_ref().map(|(_, pattern, found)| (*pattern, found));
    let mask = pattern.map_or(0, |(_, found)| found.mask);
    let mut slots = gathered(intent, pattern);
    let read = pattern.is_some_and(|(_, found)| !found.slots.is_empty());
    slots::fill_by(intent, line, read, false, &mut slots);
    if !before.previous.is_empty() {
        context::borrow(intent, line, before, &mut slots);
    }
    let unsafe_text = unsafe_slots(&slots);
    if unsafe_text {
        slots.clear();
    }
    let lacks = lacks(intent, &slots);
    let mut gain = best.as_ref().map_or(0.0, |(strength, ..)| PATTERN * strength * strength);
    if lacks {
        gain -= MISSING;
    }
    if unsafe_text {
        gain -= 2.0 * MISSING;
    }
    let answers = intent.group == "conversation" && !intent.changes;
    // A check that repairs what it finds is no look any more.
    let changes = intent.changes || slots.get("repair") == Some(&Value::from(true));
    let asked = pattern.is_some_and(|(pattern, _)| pattern.explain) || mood.asks(line, mask, changes);
    let explain = !answers
        && if changes {
            mood.questions() && asking > -6.0 || asked && asking > -4.5 || asking > 0.0
        } else {
            asking > 0.5 || asked && asking > -0.5
        };
    let mode = if explain { Mode::Explain } else { Mode::Do };
    (Reading { intent, slots, mode, confidence: 0.0, mask, lacks }, gain)
}

/// The slots that a pattern gives and reads.
pub(super) fn gathered(intent: &Intent<'_>, pattern: Option<(&Pattern, &Match)>) -> Slots {
    let mut slots = Slots::new();
    let Some((pattern, found)) = pattern else { return slots };
    for (name, datum) in &pattern.gives {
        slots.insert(name.clone(), value(datum));
    }
    for (place, value) in &found.slots {
        let slot = &intent.slots[usize::from(*place)];
        if let (Some(Value::Array(list)), Value::Array(more)) = (slots.get_mut(slot.name), value) {
            list.extend(more.iter().cloned());
        } else {
            // Commands list what they want in one word or several: a text where a list is asked for.
            let list = matches!(slot.kind, Kind::Arguments) && value.is_string();
            let words = || value.as_str().unwrap_or_default().split(' ').collect::<Vec<_>>();
            slots.insert(slot.name.to_owned(), if list { Value::from(words()) } else { value.clone() });
        }
    }
    slots
}

pub(super) fn lacks(intent: &Intent<'_>, slots: &Slots) -> bool {
    intent.slots.iter().any(|slot| slot.required && !slots.contains_key(slot.name))
}

/// Shell syntax has no way into a slot: what is left of it here was part of a word.
pub(super) fn unsafe_slots(slots: &Slots) -> bool {
    let unsafe_text =
        |text: &str| text.chars().any(|c| c.is_control() || "`$;|<>&\"\\".contains(c)) || text.contains("..");
    slots.values().any(|value| match value {
        Value::String(text) => unsafe_text(text),
        Value::Array(list) => list.iter().any(|value| value.as_str().is_some_and(unsafe_text)),
        _ => false,
    })
}

/// The best reading of a line as one request, if it is sure enough, and the tokens that its pattern took.
pub(super) fn best(packed: &'static Packed<'static>, line: &Line, before: &Context) -> (Recognition, Mask) {
    let readings = readings(packed, line, before);
    let mut rest = readings.into_iter();
    let Some(first) = rest.next() else { return (nothing(0.4), 0) };
    let mut alternatives: Vec<Alternative> = rest
        .filter(|reading| reading.confidence >= WORTH_SAYING && reading.intent.id != OUT_OF_SCOPE && !reading.lacks)
        .take(3)
        .map(alternative)
        .collect();
    let changes = first.intent.changes && first.mode == Mode::Do;
    let enough = match () {
        // To ask for what is missing is only sensible when the rest is sure.
        () if changes && first.lacks => ENOUGH_TO_ASK,
        () if changes => ENOUGH_TO_CHANGE,
        () => ENOUGH,
    };
    let unsaid = changes && first.intent.id == "delete_generations" && so_many_oldest(line);
    if first.intent.id == OUT_OF_SCOPE || first.confidence < enough || unsaid {
        let confidence = if first.intent.id == OUT_OF_SCOPE { first.confidence } else { 0.4 };
        if unsaid {
            // They have numbers there, which can be said.
            let intent = "list_generations".to_owned();
            alternatives.insert(0, Alternative { intent, slots: Slots::default(), confidence: ENOUGH_TO_ASK });
        } else if first.confidence >= WORTH_SAYING && first.intent.id != OUT_OF_SCOPE && !first.lacks {
            alternatives.insert(0, alternative(first));
        }
        return (Recognition { alternatives, ..nothing(confidence) }, 0);
    }
    let mask = first.mask;
    let recognition = Recognition {
        intent: first.intent.id.to_owned(),
        slots: first.slots,
        mode: first.mode,
        confidence: first.confidence,
        alternatives,
        ..Recognition::default()
    };
    (recognition, mask)
}

/// "The three oldest", "the oldest one": which they are only the machine knows, and no slot says it. To read the number as
/// that of a generation, or to forget it, would delete others.
fn so_many_oldest(line: &Line) -> bool {
    let is_number = |place: Option<usize>| {
        place.is_some_and(|place| place < line.tokens.len() && slots::read(Kind::Number, line, place).is_some())
    };
    line.tokens.iter().enumerate().filter(|(_, token)| token.text == "oldest").any(|(place, _)| {
        let next = line.tokens.get(place + 1).map_or("", |token| token.text.as_str());
        matches!(next, "" | "generation" | "one") || is_number(place.checked_sub(1)) || is_number(Some(place + 1))
    })
}

fn alternative(reading: Reading) -> Alternative {
    Alternative { intent: reading.intent.id.to_owned(), slots: reading.slots, confidence: reading.confidence }
}

/// A value of the data files as a value of a recognition.
pub(super) fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Truth(truth) => Value::from(*truth),
        Datum::Number(number) => Value::from(*number),
        Datum::Text(text) => Value::from(text.as_str()),
        Datum::List(list) => Value::Array(list.iter().map(value).collect()),
    }
}
