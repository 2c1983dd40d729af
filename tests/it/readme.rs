//! What the README and the map say is so: commands are understood as the words beside them promise, files are there.

#![expect(clippy::disallowed_methods, reason = "tests read files")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ask_nix::catalogue;
use ask_nix::cli::{Arguments, Tool};
use ask_nix::query::Query;
use ask_nix::recognition::{OUT_OF_SCOPE, Recognition};
use ask_nix::understand::{Context, Recognizer};
use clap::Parser as _;

const TEXTS: [&str; 3] = ["README.md", "docs/architecture.md", "CHANGELOG.md"];

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The block of TOML that has this in it.
fn toml_block<'a>(text: &'a str, has: &str) -> &'a str {
    let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.into_iter().find(|block| block.contains(has)).unwrap_or_else(|| panic!("no block has {has}"))
}

/// As somebody is understood who has the README's own words.
fn recognize(text: &str) -> Recognition {
    let file = ("mine.toml".to_owned(), toml_block(&read("README.md"), "[[phrase]]").to_owned());
    let (own, problems) = ask_nix::understand::own_words::read::read(&[file]);
    assert_eq!(problems, []);
    Recognizer::new().with_own_words(&Arc::new(own)).recognize(&Query::new(text), &Context::default())
}

/// What stands between backticks in running text, outside of blocks.
fn code(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

/// The lines of `console` blocks that a person types.
fn typed(text: &str) -> Vec<String> {
    let blocks = text.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

/// A command line as a shell would split it, as far as the README goes: quotes, and no more.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in line.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The command lines of ask-nix in a text: those in blocks, and those within sentences; the last of a pipe.
fn commands(text: &str) -> Vec<Vec<String>> {
    let lines = typed(text).into_iter().chain(code(text));
    let ours = lines.filter_map(|line| {
        let mut words = words(line.rsplit(" | ").next()?);
        let first = words.first_mut()?;
        if first == "demo/run" {
            "ask-nix".clone_into(first);
        }
        // `ask-nix completions SHELL` and `ask-nix --demo=DIR` leave something to fill in.
        let to_fill = |word: &String| {
            word.rsplit('=').next().is_some_and(|word| word.len() > 1 && word.chars().all(char::is_uppercase))
        };
        (words.first().is_some_and(|first| first == "ask-nix") && !words.iter().any(to_fill)).then_some(words)
    });
    ours.collect()
}

#[test]
fn every_command_is_one_and_is_understood() {
    let mut seen = 0;
    for text in TEXTS {
        for command in commands(&read(text)) {
            seen += 1;
            let arguments = match Arguments::try_parse_from(&command) {
                Ok(arguments) => arguments,
                // --help and --version end here too.
                Err(error) if !error.use_stderr() => continue,
                Err(error) => panic!("{text}: {command:?}: {error}"),
            };
            let words = match &arguments.command {
                Some(Tool::Recognize { words }) => words,
                _ => &arguments.words,
            };
            if !words.is_empty() {
                let query = Query::from_words(words);
                let intent = recognize(query.text()).intent;
                assert_ne!(intent, OUT_OF_SCOPE, "{text}: {command:?}");
            }
        }
    }
    assert!(seen > 10, "only {seen} commands were found");
}

#[test]
fn the_table_says_what_each_phrase_means_and_leaves_nothing_out() {
    let readme = read("README.md");
    let mut missing: Vec<_> = catalogue::intents().iter().filter(|intent| intent.group == "system").collect();
    for line in readme.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let (title, phrases) = (cells[1], cells[2]);
        let Some(place) = missing.iter().position(|intent| intent.title == title) else { continue };
        let intent = missing.remove(place);
        for phrase in code(phrases) {
            let got = recognize(&phrase);
            assert_eq!(got.intent, intent.id, "{phrase:?} in the row {title:?}");
        }
    }
    let missing: Vec<_> = missing.iter().map(|intent| &intent.title).collect();
    assert!(missing.is_empty(), "not in the README: {missing:?}");
}

#[test]
fn files_that_are_named_are_there() {
    let here: Vec<String> = std::fs::read_dir(project(""))
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name != "target")
        .collect();
    for text in TEXTS {
        let content = read(text);
        let links = content.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let links = links.filter(|link| !link.contains("://")).map(|link| {
            let directory = Path::new(text).parent().unwrap();
            directory.join(link.split('#').next().unwrap_or_default()).display().to_string()
        });
        let named = code(&content).into_iter().filter(|code| {
            let first = code.split('/').next().unwrap_or_default();
            let file = code.contains('/') || code.contains('.');
            file && here.iter().any(|name| name == first) && !code.contains(['<', '*', ' ', '{'])
        });
        for path in links.chain(named) {
            assert!(project(&path).exists(), "{text} names {path}");
        }
    }
}

#[test]
fn environment_variables_and_settings_are_those_that_are_read() {
    let mut sources = String::new();
    for file in [
        "src/cli.rs",
        "src/run.rs",
        "src/settings.rs",
        "src/machine/facts.rs",
        "src/model/choice.rs",
        "src/show/console.rs",
    ] {
        sources += &read(file);
    }
    let readme = read("README.md");
    let upper = |word: &str| {
        word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !word.starts_with("XDG_")
    };
    for name in code(&readme).iter().filter(|name| upper(name)) {
        let tests = name.starts_with("ASK_NIX_TEST");
        assert!(tests || sources.contains(&format!("\"{name}\"")), "{name} is read nowhere");
    }
    let settings = toml_block(&readme, "[model]");
    toml::from_str::<ask_nix::settings::Settings>(settings).unwrap();
}
