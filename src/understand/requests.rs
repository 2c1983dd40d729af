//! Several requests in one line: "update, then clean up".

use std::cell::OnceCell;
use std::sync::LazyLock;

use super::features::intent_hash;
use super::joints::{Joint, joints, likeliest, likely, seen};
use super::line::{Line, Shape, Token, negates};
use super::ranker::Ranker;
use super::ranking::{best, follows, nothing, ranker};
use super::senses;
use super::{Context, caution, context};
use crate::catalogue;
use crate::catalogue::data::Packed;
use crate::catalogue::lexicon::{Sense, Table};
use crate::numerals;
use crate::recognition::{Alternative, OUT_OF_SCOPE, Recognition, Request, Slots};

/// A line is taken apart so often.
const DEEPEST: u8 = 3;
/// A greeting that is at least this sure is none of the request.
const SURE: f32 = 0.5;
/// How much must speak for a joint; what stands on both sides must be understood as well, so it may be a little less than
/// what speaks against it.
const REAL: f32 = -0.5;
/// How much, when the first part is a command that the line as a whole is not understood as.
const LOST: f32 = -1.5;
/// How much, when the second part has no verb.
const SURE_WITHOUT_VERB: f32 = 0.5;
/// How sure a reading must be to stand against what else a part of a line may be.
const CERTAIN: f32 = 0.9;
/// Each of two requests must be this sure.
const LEAST: f32 = 0.5;

/// Understands a line of one or more requests.
pub(super) fn recognize(packed: &'static Packed<'static>, line: &Line, before: &Context) -> Recognition {
    let asked = match caution::without_refused(line) {
        Some(rest) if rest.tokens.len() < 3 && rest.tokens.iter().all(|token| token.filler) => return nothing(0.9),
        Some(rest) => rest,
        None => line.clone(),
    };
    caution::take(&asked, before, split(packed, &asked, before, DEEPEST))
}

/// What is a part of the first request anyway: who updates also rebuilds.
const INCLUDED: [(&str, &str); 20] = [
    ("update_flake", "apply_configuration"),
    ("update_flake", "boot_configuration"),
    ("manage_channel", "update_system"),
    ("manage_channel", "apply_configuration"),
    ("build_system", "boot_configuration"),
    ("create_dev_shell", "create_dev_shell"),
    ("update_system", "apply_configuration"),
    ("update_system", "build_system"),
    ("update_system", "boot_configuration"),
    ("update_system", "update_system"),
    ("upgrade_release", "apply_configuration"),
    ("upgrade_release", "update_system"),
    ("apply_configuration", "build_system"),
    ("apply_configuration", "apply_configuration"),
    ("add_user", "add_user_to_group"),
    ("add_user", "add_user"),
    ("dry_run", "dry_run"),
    ("collect_garbage", "collect_garbage"),
    ("deploy_host", "apply_configuration"),
    ("check_updates", "check_updates"),
];

/// What a request means behind one that speaks of something of the same kind: "apply my home configuration, then list its
/// generations". By the group or the id of the first.
const COUNTERPARTS: [(&str, &str, &str); 6] = [
    ("home", "list_generations", "home_generations"),
    ("home", "rollback_system", "home_rollback"),
    ("home", "apply_configuration", "home_apply"),
    ("flakes", "update_system", "update_flake"),
    ("flakes", "validate_config", "check_flake"),
    ("list_generations", "collect_garbage", "delete_generations"),
];

fn counterpart(first: &str, second: &Recognition, line: &Line) -> Option<&'static str> {
    let group = catalogue::intent(first)?.group;
    let fits = |(of, from, _): &&(&str, &str, &str)| (*of == group || *of == first) && *from == second.intent;
    let (of, _, to) = COUNTERPARTS.iter().find(fits)?;
    let has = |words: &[&str]| line.tokens.iter().any(|token| words.contains(&token.text.as_str()));
    let same_thing = match *of {
        // To clean up behind a list is to clean up, unless an age says of what.
        "list_generations" => second.slots.contains_key("older_than"),
        "flakes" => has(&["it", "its", "them"]),
        _ => !has(&["system", "nixos", "machine", "computer"]),
    };
    same_thing.then_some(*to)
}

/// Intents that are about any words, so that an "and" among them joins nothing.
const ANY_WORDS: [&str; 5] = ["search_package", "search_option", "generate_config", "explain_error", "explain_concept"];

fn split(packed: &'static Packed<'static>, line: &Line, before: &Context, depth: u8) -> Recognition {
    let (whole, _) = best(packed, line, before);
    split_read(packed, line, before, depth, whole)
}

/// The same of a line that was read as one request already.
fn split_read(
    packed: &'static Packed<'static>,
    line: &Line,
    before: &Context,
    depth: u8,
    mut whole: Recognition,
) -> Recognition {
    let mut joints = joints(line);
    // The rest of a line is looked at for each joint before it: all joints of all rests would be hundreds of readings.
    joints.truncate(if depth == DEEPEST { 8 } else { depth.into() });
    if depth == 0 || joints.is_empty() {
        return whole;
    }
    let clause = |joint: &Joint| {
        let next = joints.iter().map(|next| next.end_of_left).find(|end| *end > joint.start_of_right);
        joint.start_of_right..next.unwrap_or(line.tokens.len())
    };
    let another = joints.iter().filter(|joint| !joint.hard).find_map(|joint| {
        let clause = clause(joint);
        Some((only_a(&line.part(clause.clone()), Table::Services)?, joint.end_of_left..clause.end))
    });
    if whole.slots.contains_key("service")
        && let Some((service, place)) = another
        && let Some(several) = with_another(packed, line, before, depth, (place, service))
    {
        return several;
    }
    let one = ANY_WORDS.contains(&whole.intent.as_str()) && whole.confidence >= 0.9;
    let speaking = Speaking::new(line, before);
    for joint in &joints {
        let words = line.part(clause(joint));
        let left_line = line.part(0..joint.end_of_left);
        if !joint.hard && (one || goes_on(line, joint, &words, &left_line)) {
            continue;
        }
        let right_line = line.part(joint.start_of_right..line.tokens.len());
        // What tells nobody to do anything is hardly a request.
        let least = if context::has_verb(&right_line) { REAL } else { SURE_WITHOUT_VERB };
        let speaks = if joint.hard { f32::INFINITY } else { speaking.for_joint(joint, &left_line, &right_line) };
        if speaks <= least.min(LOST) {
            continue;
        }
        let (left, _) = best(packed, &left_line, before);
        // "Reload caddy, read me its log": read as one, the first of two commands would be lost.
        let supposes = left_line.tokens.iter().any(|token| matches!(token.text.as_str(), "if" | "how" | "what"));
        let lost = || left.confidence >= CERTAIN && left.intent != whole.intent && commands(&left_line) && !supposes;
        if speaks <= least && !lost() {
            continue;
        }
        // "Hi, install gimp" is one request.
        if left.intent == "small_talk" && left.confidence >= SURE && !joint.hard {
            return split(packed, &right_line, before, depth - 1);
        }
        // The first of two certain requests is not understood: nothing is done of the second either.
        if joint.hard
            && left.intent == OUT_OF_SCOPE
            && says_something(line, joint.end_of_left)
            && whole.intent != OUT_OF_SCOPE
        {
            // "Rasmus left on Friday; remove his account": a reason.
            if whole.confidence >= CERTAIN && !commands(&left_line) {
                continue;
            }
            let Recognition { intent, slots, confidence, .. } = whole;
            let alternatives = vec![Alternative { intent, slots, confidence }];
            return Recognition { alternatives, ..nothing(0.4) };
        }
        if left.intent == OUT_OF_SCOPE || left.intent == "cancel" || left.confidence < LEAST {
            continue;
        }
        if !joint.hard && is_reason(&left, &left_line) {
            continue;
        }
        let right = second(packed, joint, &left, &right_line, depth);
        // "Which driver am I on, nvidia or nouveau": who only looks at something says what is to be changed.
        let changed = caution::changes(&right.intent, &right.slots);
        if !joint.hard && changed && !caution::changes(&left.intent, &left.slots) && !context::has_verb(&right_line) {
            continue;
        }
        let known = right.intent != OUT_OF_SCOPE && right.confidence >= LEAST && right.intent != "small_talk";
        // "Update, and who won the match": what is certainly none of ours is left, and said to be.
        let none_of_ours = right.intent == OUT_OF_SCOPE && right.confidence >= CERTAIN;
        if !known && !joint.hard && !none_of_ours {
            continue;
        }
        let included = INCLUDED.contains(&(left.intent.as_str(), right.intent.as_str())) && !joint.shell;
        if known && (included && right.then.is_empty() || right.intent == left.intent && right.slots == left.slots) {
            continue;
        }
        // "Put NixOS on root@box, it will be called fenrir": more about the same.
        let more = right.intent == whole.intent && !right.slots.keys().any(|name| whole.slots.contains_key(name));
        if right.intent == left.intent && more && right.then.is_empty() && !context::has_verb(&right_line) {
            whole.slots.extend(right.slots);
            continue;
        }
        // "Add blender n krita, then delete gimp": one list goes on.
        let listed = right.intent == left.intent && right.slots.values().any(serde_json::Value::is_array);
        if !joint.hard && listed && !context::has_verb(&words) {
            continue;
        }
        let together = if known { left.confidence.min(right.confidence) } else { left.confidence - 0.2 };
        // What stands before it may be several as well.
        let mut left = split_read(packed, &left_line, before, depth - 1, left);
        let mut then = std::mem::take(&mut left.then);
        then.push(Request { intent: right.intent, slots: right.slots, mode: right.mode });
        then.extend(right.then);
        // The first joint that is real: what stands behind it is taken apart by itself.
        return Recognition { then, confidence: together.max(0.0), ..left };
    }
    if whole.intent.is_empty() { nothing(0.4) } else { whole }
}

/// Whether the words around a joint that is only possible are those of one request.
fn goes_on(line: &Line, joint: &Joint, words: &Line, left: &Line) -> bool {
    // "Uninstall chrome and zoom".
    let lists = only_a(words, Table::Packages).is_some();
    // "Don't update, show what would change".
    let first = left.tokens.iter().find(|token| !token.filler || negates(&token.text));
    let refuses = first.is_some_and(|token| negates(&token.text));
    let is_number = |token: &Token| token.shape == Shape::Number || numerals::is_number(&token.text);
    let counts = |place: usize| line.tokens.get(place).is_some_and(is_number);
    // "77 and 78".
    lists || refuses || counts(joint.end_of_left - 1) && counts(joint.start_of_right)
}

/// Whether what was understood of the words before a joint is only the reason for what stands behind it.
fn is_reason(left: &Recognition, line: &Line) -> bool {
    // "Screen is black since the update, show me the journal" tells nobody to change anything.
    let only_states = caution::changes(&left.intent, &left.slots) && states(line);
    // A complaint: "my system is broken, take me back".
    only_states || matches!(left.intent.as_str(), "system_health" | "explain_error")
}

/// What stands behind a joint, as the request that follows the first.
fn second(packed: &'static Packed<'static>, joint: &Joint, first: &Recognition, line: &Line, depth: u8) -> Recognition {
    // "Try httpie, then install it": the second speaks of what the first named.
    let named = Context { previous: vec![first.clone()], ..Context::default() };
    let (mut second, _) = best(packed, line, &named);
    // "Add leo to docker, then apply it": behind a request this agrees to nothing.
    if second.intent == "confirm" && says(line, "apply") {
        second = Recognition { intent: "apply_configuration".to_owned(), slots: Slots::default(), ..second };
    }
    if let Some(intent) = counterpart(&first.intent, &second, line).and_then(catalogue::intent) {
        intent.id.clone_into(&mut second.intent);
        second.slots.retain(|name, _| intent.slots.iter().any(|slot| slot.name == name));
    }
    // What stands behind a shell's sign and is no command that is known is not done. A sentence goes on with a small word.
    let in_prose = line.tokens.first().is_some_and(|token| token.filler && token.shape == Shape::Word);
    let foreign = joint.shell && !commands(line) && !(in_prose && second.confidence >= CERTAIN);
    // "Unzip this once, then never again."
    let never = line.tokens.first().is_some_and(|token| negates(&token.text));
    if foreign || never || second.intent == "confirm" || second.intent == "cancel" {
        return nothing(0.4);
    }
    split_read(packed, line, &named, depth - 1, second)
}

/// Whether one of the words is of this class.
fn says(words: &Line, class: &str) -> bool {
    let lexicon = catalogue::lexicon();
    let is = |span: &senses::Span| matches!(span.sense, Sense::Class(is) if lexicon.name(Table::Classes, is) == class);
    words.spans(lexicon).iter().any(is)
}

/// The service or package that a few words name and nothing else: "and printing as well".
fn only_a(words: &Line, table: Table) -> Option<&'static str> {
    let lexicon = catalogue::lexicon();
    let named = |span: &senses::Span| match (span.sense, table) {
        (Sense::Service(name), Table::Services) | (Sense::Package(name), Table::Packages) => {
            Some((span.start..span.end(), lexicon.name(table, name)))
        }
        _ => None,
    };
    let names: Vec<_> = words.spans(lexicon).iter().filter_map(named).collect();
    let (_, longest) = names.iter().max_by_key(|(place, _)| place.len())?;
    let mut tokens = words.tokens.iter().enumerate();
    let nothing_else = tokens.all(|(at, token)| token.filler || names.iter().any(|(place, _)| place.contains(&at)));
    nothing_else.then_some(*longest)
}

/// What a line asks for, also of another service than the one that the rest of it names: "enable ssh and printing".
fn with_another(
    packed: &'static Packed<'static>,
    line: &Line,
    before: &Context,
    depth: u8,
    (place, service): (std::ops::Range<usize>, &str),
) -> Option<Recognition> {
    let rest = line.tokens.iter().enumerate().filter(|(at, _)| !place.contains(at)).map(|(_, token)| token.clone());
    let rest = line.with(rest.collect());
    let mut first = split(packed, &rest, before, depth);
    // Names alone tell nobody to change anything.
    let changes = catalogue::intent(&first.intent).is_some_and(|intent| intent.changes);
    let untold = changes && only_a(&rest, Table::Services).is_some();
    if first.slots.get("service")?.as_str()? == service || untold {
        return None;
    }
    let mut slots = first.slots.clone();
    slots.insert("service".to_owned(), service.into());
    first.then.insert(0, Request { intent: first.intent.clone(), slots, mode: first.mode });
    Some(first)
}

/// What somebody can be told to do.
pub(super) const VERBS: [&str; 34] = [
    "install",
    "remove",
    "update",
    "rebuild",
    "apply",
    "build",
    "test",
    "run",
    "enable",
    "disable",
    "start",
    "stop",
    "restart",
    "search",
    "show",
    "edit",
    "check",
    "set",
    "explain",
    "rollback",
    "undo",
    "clean",
    "optimise",
    "repair",
    "compare",
    "deploy",
    "create",
    "open",
    "close",
    "rotate",
    "regenerate",
    "enter",
    "keep",
    "pack",
];

/// Whether a part of a line tells somebody to do something: it begins with a verb, after a few words that say nothing.
pub(super) fn commands(line: &Line) -> bool {
    let lexicon = catalogue::lexicon();
    let skipped = line.tokens.iter().take(5).take_while(|token| token.filler).count();
    // "If it works switch": the verb stands behind the condition.
    let conditional = line.tokens.first().is_some_and(|token| matches!(token.text.as_str(), "if" | "when" | "once"));
    let last = if conditional { skipped + 2 } else { skipped };
    line.spans(lexicon).iter().any(|span| match span.sense {
        Sense::Class(class) => {
            span.start <= last && span.end() > skipped && VERBS.contains(&lexicon.name(Table::Classes, class))
        }
        _ => false,
    }) || line.tokens.len() > skipped + 1
        && line.tokens.get(skipped).and_then(|token| token.known).is_some_and(|word| {
            catalogue::packed().programs.binary_search_by(|(program, _)| program.cmp(&word)).is_ok()
        })
}

/// Whether a part of a line only says how things are.
fn states(line: &Line) -> bool {
    let says = |token: &Token| matches!(token.text.as_str(), "is" | "are" | "was" | "were" | "been" | "has" | "since");
    !commands(line) && line.tokens.iter().any(says)
}

/// What speaks for the joints of a line.
struct Speaking<'a> {
    line: &'a Line,
    follows: Option<u32>,
    /// How likely each intent is for the whole line, once somebody asked.
    whole: OnceCell<Vec<f32>>,
}

impl<'a> Speaking<'a> {
    fn new(line: &'a Line, before: &Context) -> Self {
        Self { line, follows: follows(before), whole: OnceCell::new() }
    }

    /// What speaks for a joint with these parts on its sides; above 0 more than what speaks against it.
    fn for_joint(&self, joint: &Joint, left: &Line, right: &Line) -> f32 {
        static LEARNED: LazyLock<Option<Ranker<'static>>> = LazyLock::new(|| Ranker::new(catalogue::JOINER));
        let (Some(joiner), Some(ranker)) = (*LEARNED, ranker()) else { return f32::NEG_INFINITY };
        let lexicon = catalogue::lexicon();
        let intents = catalogue::intents();
        let likely = |part: &Line, follows: Option<u32>| likely(lexicon, &ranker, part, follows, intents.len());
        let whole = self.whole.get_or_init(|| likely(self.line, self.follows));
        let left = likely(left, self.follows);
        let right = likely(right, Some(intent_hash(intents[likeliest(&left).0].id)));
        let features = seen(lexicon, self.line, joint, (whole, &left, &right));
        joiner.sums(features.into_iter().map(|hash| (hash, 1.0))).first().copied().unwrap_or_default()
    }
}

/// Whether these first words are more than an introduction.
fn says_something(line: &Line, end: usize) -> bool {
    line.tokens[..end].iter().any(|token| !token.filler && token.shape != Shape::Flag)
}
