//! The conversation: a prompt, a history, completion, and work that Ctrl-C stops without ending the conversation.

use std::process::ExitCode;

use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use crate::catalogue;
use crate::exchange::exchange;
use crate::machine::Machine;
use crate::machine::facts::state_directory;
use crate::query::Query;
use crate::session::Session;
use crate::show::console::Console;

/// So many lines are remembered.
const REMEMBERED: usize = 1000;
/// Ways to leave.
const FAREWELLS: [&str; 6] = ["exit", "quit", "bye", "goodbye", ":q", "logout"];

/// Talks until the person leaves.
pub async fn converse<M: Machine>(session: &mut Session<M>, console: &mut Console) -> ExitCode {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .max_history_size(REMEMBERED)
        .map(rustyline::config::Builder::build);
    let Ok(config) = config else { return ExitCode::FAILURE };
    let mut editor: Editor<Words, DefaultHistory> = match Editor::with_config(config) {
        Ok(editor) => editor,
        Err(error) => {
            console.say(&format!("The conversation could not be started: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    editor.set_helper(Some(Words::new()));
    let history = state_directory(session.machine()).join("conversation");
    // The first conversation has no history, and one that cannot be read is no reason not to talk.
    let _ = editor.load_history(&history);
    console.say("What do you want from this machine? Say \"help\" to see what is possible, \"exit\" to leave.\n");
    loop {
        match editor.readline("ask-nix> ") {
            Ok(line) => {
                let line = line.trim();
                if line.is_empty() {
                    continue;
                }
                let _ = editor.add_history_entry(line);
                // Made by the person alone readable, then extended line by line, so that nothing is lost in a crash.
                let _ = session.machine().append(&history, b"");
                let _ = editor.append_history(&history);
                if FAREWELLS.contains(&line.to_lowercase().trim_end_matches(['!', '.'])) {
                    break;
                }
                exchange(&Query::new(line), session, console).await;
                console.say("\n");
            }
            Err(ReadlineError::Interrupted) => console.say("Say \"exit\" or press Ctrl-D to leave.\n"),
            Err(_) => break,
        }
    }
    ExitCode::SUCCESS
}

/// Completes what was begun with sentences that ask-nix understands.
struct Words {
    sentences: Vec<String>,
}

impl Words {
    fn new() -> Self {
        let examples =
            catalogue::intents().iter().flat_map(|intent| intent.examples().into_iter().map(|example| example.say));
        let mut sentences: Vec<String> = examples.collect();
        sentences.sort();
        sentences.dedup();
        Self { sentences }
    }
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, position: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let begun = line.get(..position).unwrap_or(line).to_lowercase();
        // Whole words from where the person is: the next one is what Tab should bring.
        let start = begun.rfind(' ').map_or(0, |space| space + 1);
        let mut next: Vec<&str> = self
            .sentences
            .iter()
            .filter(|sentence| sentence.to_lowercase().starts_with(&begun))
            .filter_map(|sentence| sentence.get(start..)?.split(' ').next())
            .collect();
        next.sort_unstable();
        next.dedup();
        let pair = |word: &str| Pair { display: word.to_owned(), replacement: format!("{word} ") };
        Ok((start, next.into_iter().map(pair).collect()))
    }
}

impl Hinter for Words {
    type Hint = String;
}
impl Highlighter for Words {}
impl Validator for Words {}
impl Helper for Words {}
