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
use crate::catalogue::lexicon::Table;
use crate::catalogue::own_words::OwnWords;
use crate::exchange::exchange;
use crate::machine::Machine;
use crate::machine::facts::state_directory;
use crate::query::Query;
use crate::session::Session;
use crate::show::console::Console;

/// So many lines are remembered.
const REMEMBERED: usize = 1000;
/// Ways to clear the screen.
const CLEARS: [&str; 2] = ["clear", "cls"];
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
    editor.set_helper(Some(Words::new(&session.options.own_words.words)));
    let history = state_directory(session.machine()).join("conversation");
    // The first conversation has no history, and one that cannot be read is no reason not to talk.
    let _ = editor.load_history(&history);
    console.converse();
    let greeting = "What do you want from this machine? Say \"help\" to see what is possible, \"exit\" to leave.";
    console.say(&format!("{}\n", console.layout().paragraph(greeting, "")));
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
                // What clears a terminal means that here too, and no clearing of anything else.
                if CLEARS.contains(&line.to_lowercase().as_str()) {
                    let _ = editor.clear_screen();
                    continue;
                }
                exchange(&Query::new(line), session, console).await;
                console.say("\n");
                while let Some(line) = console.take_said_instead() {
                    let _ = editor.add_history_entry(&line);
                    exchange(&Query::new(line), session, console).await;
                    console.say("\n");
                }
            }
            Err(ReadlineError::Interrupted) => console.say("Say \"exit\" or press Ctrl-D to leave.\n"),
            Err(_) => break,
        }
    }
    ExitCode::SUCCESS
}

/// Completes what was begun with sentences that ask-nix understands, and with names of packages, services and options.
struct Words {
    sentences: Vec<String>,
    names: Vec<String>,
}

/// More names than this are no help.
const NAMES: usize = 60;

impl Words {
    fn new(own: &OwnWords) -> Self {
        let examples =
            catalogue::intents().iter().flat_map(|intent| intent.examples().into_iter().map(|example| example.say));
        // A sentence that leaves something open cannot be completed as it stands.
        let plain = |say: &&String| !say.contains(['(', '[', '{', '<', '|']) && !say.contains("..");
        let mut sentences: Vec<String> =
            examples.chain(own.phrases.iter().map(|phrase| &phrase.say).filter(plain).cloned()).collect();
        sentences.sort();
        sentences.dedup();
        let lexicon = catalogue::lexicon();
        let all = |table| lexicon.names(table).filter_map(|name| std::str::from_utf8(name).ok());
        // Options stand there behind the kind of their values.
        let options = all(Table::Settings).filter_map(|name| Some(name.split_once(' ')?.1));
        let names = all(Table::Packages).chain(all(Table::Services)).chain(options).map(str::to_owned);
        let mut names: Vec<String> = names.chain(own.names.iter().map(|name| name.name.clone())).collect();
        names.sort();
        names.dedup();
        Self { sentences, names }
    }

    /// The names that the last word of a line may begin; the first word is a verb.
    fn named<'a>(&'a self, begun: &str) -> impl Iterator<Item = &'a str> {
        let word = begun.rsplit_once(' ').map(|(_, word)| word.to_owned()).filter(|word| word.len() > 1);
        let fits = move |name: &&String| {
            let begins = |word: &String| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
            word.as_ref().is_some_and(begins)
        };
        self.names.iter().filter(fits).map(String::as_str).take(NAMES)
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
            .chain(self.named(&begun))
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
