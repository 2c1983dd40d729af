//! The subcommands that are about ask-nix itself.

use std::io::{self, Write as _};
use std::process::ExitCode;

use serde::Deserialize;

use crate::cli::{Internal, Tool};
use crate::machine::Machine;
use crate::machine::host::Host;
use crate::query::Query;
use crate::recognition::{OUT_OF_SCOPE, Recognition};
use crate::reply::Reply;
use crate::session::Session;
use crate::show::console::Console;
use crate::show::json;
use crate::understand::{Context, Recognizer};

/// Runs a subcommand that needs no machine; none for the others.
pub(super) fn run(tool: &Tool) -> Option<ExitCode> {
    let mut out = io::stdout().lock();
    let done = match tool {
        Tool::Schema => {
            let schema = schemars::schema_for!(Reply);
            writeln!(out, "{}", serde_json::to_string_pretty(&schema).unwrap_or_default())
        }
        Tool::Completions { shell } => {
            // It panics when it cannot write, so it writes where it always can.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut super::definition(), "ask-nix", &mut script);
            out.write_all(&script)
        }
        Tool::Man => clap_mangen::Man::new(super::definition()).render(&mut out),
        Tool::Internal { step } => {
            let machine = Host::here();
            match step {
                Internal::Write { from, to } => machine.read(from).and_then(|text| machine.write(to, &text)),
                Internal::Remove { path } => machine.remove(path),
            }
        }
        Tool::Index { .. } | Tool::Recognize { .. } | Tool::ExplainError => return None,
    };
    Some(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            super::talk(&format!("{error}\n"));
            ExitCode::FAILURE
        }
    })
}

/// A line of standard input that brings its conversation along.
#[derive(Deserialize)]
struct WithContext {
    query: String,
    #[serde(default)]
    context: Vec<String>,
}

/// `ask-nix recognize`: a query in, what is understood out, nothing touched.
pub(super) fn recognize<M: Machine>(
    words: &[String],
    (as_json, verbose): (bool, bool),
    session: &Session<M>,
    console: &Console,
) -> ExitCode {
    let print = |text: &str, context: &[String]| {
        let query = Query::new(text);
        let mut so_far = Context::default();
        for earlier in context {
            let understood = session.recognize(&Query::new(earlier), &so_far);
            so_far.previous.push(understood);
        }
        // Whoever says yes or no after something answers it.
        so_far.plan_open = !so_far.previous.is_empty();
        let recognition = session.recognize(&query, &so_far);
        console.out(&if as_json { line(query.text(), &recognition) } else { in_words(&recognition) });
        if verbose && !as_json {
            for words in session.own_evidence(&query, &recognition) {
                console.out(&format!("  {words}\n"));
            }
            for (weight, words) in Recognizer::new().evidence(&query, &so_far, &recognition.intent).iter().take(8) {
                console.out(&format!("  {weight:+.2} {words}\n"));
            }
        }
        recognition.intent != OUT_OF_SCOPE
    };
    if !words.is_empty() {
        let understood = print(&words.join(" "), &[]);
        return if understood { ExitCode::SUCCESS } else { ExitCode::from(3) };
    }
    for line in super::lines(io::stdin().lock()) {
        match serde_json::from_str::<WithContext>(&line) {
            Ok(with) => print(&with.query, &with.context),
            Err(_) => print(&line, &[]),
        };
    }
    ExitCode::SUCCESS
}

fn line(query: &str, recognition: &Recognition) -> String {
    let mut value = serde_json::json!({ "query": query });
    if let (Some(object), Ok(serde_json::Value::Object(fields))) =
        (value.as_object_mut(), serde_json::to_value(recognition))
    {
        object.extend(fields);
    }
    json::line(&value) + "\n"
}

fn in_words(recognition: &Recognition) -> String {
    use std::fmt::Write as _;
    let slots = serde_json::to_string(&recognition.slots).unwrap_or_default();
    let mode = match recognition.mode {
        crate::recognition::Mode::Do => "",
        crate::recognition::Mode::Explain => " (explain)",
    };
    let mut text = format!("{}{mode} {slots} {:.2}\n", recognition.intent, recognition.confidence);
    for then in &recognition.then {
        let slots = serde_json::to_string(&then.slots).unwrap_or_default();
        let _ = writeln!(text, "  then {} {slots}", then.intent);
    }
    for other in &recognition.alternatives {
        let _ = writeln!(text, "  or {} {:.2}", other.intent, other.confidence);
    }
    text
}
