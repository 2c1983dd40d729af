//! Figures on labelled queries, where they are there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ask_nix::catalogue;
use ask_nix::query::Query;
use ask_nix::recognition::{Mode, OUT_OF_SCOPE};
use ask_nix::understand::{Context, Recognizer};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Row {
    query: String,
    intent: Vec<String>,
    #[serde(default)]
    slots: BTreeMap<String, Value>,
    #[serde(default = "ask")]
    mode: Mode,
    #[serde(default)]
    then: Vec<String>,
    #[serde(default)]
    context: Vec<String>,
}

fn ask() -> Mode {
    Mode::Do
}

/// The labelled queries beside the repository, or none.
#[expect(clippy::disallowed_methods, reason = "a test reads its data")]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn rows(name: &str) -> Option<Vec<Row>> {
    let shared = std::env::var_os("ASK_NIX_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(shared.join("data").join(name)) else {
        eprintln!("SKIPPED: {name} is not at {}; set ASK_NIX_SHARED", shared.display());
        return None;
    };
    Some(
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}")))
            .collect(),
    )
}

#[derive(Default)]
struct Figures {
    known: usize,
    right: usize,
    slotted: usize,
    slots_right: usize,
    modes_right: usize,
    several: usize,
    then_right: usize,
    out: usize,
    out_right: usize,
    wrong_actions: Vec<String>,
    acted: usize,
    by_intent: BTreeMap<String, (usize, usize)>,
    misses: Vec<String>,
}

fn percent(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let percent = 100.0 * part as f64 / whole.max(1) as f64;
    percent
}

fn same(want: &Value, got: &Value) -> bool {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_lowercase);
    let all = |value: &Value| -> BTreeSet<String> {
        value.as_array().map_or_else(|| BTreeSet::from([text(value)]), |list| list.iter().map(text).collect())
    };
    all(want) == all(got)
}

fn measure(rows: &[Row]) -> Figures {
    let recognizer = Recognizer::new();
    let mut figures = Figures::default();
    for row in rows {
        let mut context = Context::default();
        for said in &row.context {
            let before = recognizer.recognize(&Query::new(said), &context);
            context.previous.push(before);
            context.plan_open = true;
        }
        let got = recognizer.recognize(&Query::new(&row.query), &context);
        let changes = |id: &str| catalogue::intent(id).is_some_and(|intent| intent.changes);
        let asked = |id: &str| row.intent.iter().chain(&row.then).any(|intent| intent == id);
        let acts = std::iter::once((got.intent.as_str(), got.mode))
            .chain(got.then.iter().map(|then| (then.intent.as_str(), then.mode)));
        for (id, mode) in acts {
            let only_asked = row.mode == Mode::Explain && id == got.intent;
            if changes(id) && mode == Mode::Do && (!asked(id) || only_asked) {
                figures.wrong_actions.push(format!("{:?}: {id} ({})", row.query, got.confidence));
                figures.acted += usize::from(got.confidence >= 0.75);
            }
        }
        let first = &row.intent[0];
        let ours = row.intent.iter().any(|id| id != OUT_OF_SCOPE && catalogue::intent(id).is_some());
        let right = row.intent.contains(&got.intent);
        if first == OUT_OF_SCOPE || !ours {
            figures.out += 1;
            let fine = right || got.intent == OUT_OF_SCOPE;
            figures.out_right += usize::from(fine);
            if !fine {
                figures
                    .misses
                    .push(format!("OUT {:?} {:?}: {} ({})", row.query, row.intent, got.intent, got.confidence));
            }
            continue;
        }
        figures.known += 1;
        figures.right += usize::from(right);
        let of_intent = figures.by_intent.entry(first.clone()).or_default();
        of_intent.0 += 1;
        of_intent.1 += usize::from(right);
        figures.modes_right += usize::from(got.mode == row.mode);
        if !right {
            let guess = got.alternatives.first().map(|guess| (&guess.intent, guess.confidence));
            figures.misses.push(format!("{first} {:?}: {} ({}) {guess:?}", row.query, got.intent, got.confidence));
        } else if got.mode != row.mode {
            figures.misses.push(format!("MODE {first} {:?}: {:?}", row.query, got.mode));
        }
        if !row.slots.is_empty() && got.intent == *first {
            figures.slotted += 1;
            let fine = row.slots.iter().all(|(name, want)| got.slots.get(name).is_some_and(|got| same(want, got)));
            figures.slots_right += usize::from(fine);
            if !fine {
                figures.misses.push(format!("SLOTS {first} {:?}: want {:?} got {:?}", row.query, row.slots, got.slots));
            }
        }
        if !row.then.is_empty() && row.then.iter().all(|id| catalogue::intent(id).is_some()) {
            figures.several += 1;
            let then: Vec<&String> = got.then.iter().map(|then| &then.intent).collect();
            let fine = then == row.then.iter().collect::<Vec<_>>();
            figures.then_right += usize::from(fine);
            if !fine {
                figures.misses.push(format!("THEN {first} {:?}: want {:?} got {then:?}", row.query, row.then));
            }
        }
    }
    figures
}

impl Figures {
    fn line(&self) -> String {
        format!(
            "intent {:.1} % of {}, slots {:.1} % of {}, mode {:.1} %, then {}/{}, out of scope {:.1} % of {}, wrong actions {} ({} sure)",
            percent(self.right, self.known),
            self.known,
            percent(self.slots_right, self.slotted),
            self.slotted,
            percent(self.modes_right, self.known),
            self.then_right,
            self.several,
            percent(self.out_right, self.out),
            self.out,
            self.wrong_actions.len(),
            self.acted
        )
    }
}

/// What people really say, as far as it is in the catalogue; and of all the rest, nothing is done.
#[test]
fn labelled_queries_are_understood() {
    let Some(rows) = rows("queries-dev.jsonl") else { return };
    let figures = measure(&rows);
    let line = figures.line();
    assert!(percent(figures.right, figures.known) >= 90.0, "{line}");
    assert!(percent(figures.slots_right, figures.slotted) >= 91.0, "{line}");
    assert!(percent(figures.modes_right, figures.known) >= 96.0, "{line}");
    assert!(percent(figures.out_right, figures.out) >= 86.0, "{line}");
    // The aim is none; who is asked to agree to one of these still can say no.
    assert!(figures.wrong_actions.len() <= 12, "{line}\n{}", figures.wrong_actions.join("\n"));
}

/// How long a warm recogniser takes for a line: a bound far above what it needs, so that only a mistake fails.
#[test]
fn a_line_takes_no_time() {
    let recognizer = Recognizer::new();
    let lines = ["update my system", "delete generations older than two weeks and then clean up", "install firefox"];
    let queries = lines.map(Query::new);
    let context = Context::default();
    for query in &queries {
        recognizer.recognize(query, &context);
    }
    let start = std::time::Instant::now();
    for _ in 0..50 {
        for query in &queries {
            recognizer.recognize(query, &context);
        }
    }
    let each = start.elapsed() / 150;
    assert!(each < std::time::Duration::from_millis(20), "{each:?}");
}

/// First line and the median of many: `cargo test --release --test it speed -- --ignored --nocapture`.
#[test]
#[ignore = "prints figures"]
#[expect(clippy::print_stdout, reason = "a report")]
fn speed() {
    let start = std::time::Instant::now();
    let recognizer = Recognizer::new();
    recognizer.recognize(&Query::new("update my system"), &Context::default());
    println!("first: {:?}", start.elapsed());
    let Some(rows) = rows("queries-dev.jsonl") else { return };
    let mut times: Vec<_> = rows
        .iter()
        .map(|row| {
            let query = Query::new(&row.query);
            let start = std::time::Instant::now();
            recognizer.recognize(&query, &Context::default());
            start.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "median {:?}, 95 % {:?}, worst {:?}",
        times[times.len() / 2],
        times[times.len() * 95 / 100],
        times[times.len() - 1]
    );
}

/// The report of one file: `cargo test --test it report -- --ignored --nocapture`, with `ASK_NIX_ROWS` for the file.
#[test]
#[ignore = "prints a report"]
#[expect(clippy::disallowed_methods, reason = "a test reads its environment")]
#[expect(clippy::print_stdout, reason = "a report")]
fn report() {
    let names = std::env::var("ASK_NIX_ROWS").unwrap_or_else(|_| "queries-dev.jsonl".to_owned());
    for name in names.split(',') {
        let Some(rows) = rows(name) else { return };
        let figures = measure(&rows);
        for miss in &figures.misses {
            println!("{miss}");
        }
        for wrong in &figures.wrong_actions {
            println!("WRONG ACTION {wrong}");
        }
        for (intent, (all, right)) in &figures.by_intent {
            println!("  {intent}: {right}/{all}");
        }
        println!("{name}: {}", figures.line());
    }
}
