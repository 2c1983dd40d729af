//! From the command line to a session: settings, machine, frontend; then one answer, many, or a conversation.

mod tool;

use std::io::{BufRead as _, IsTerminal as _, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::cli::{Arguments, IndexWork, Lessons, Tool, When, YesTo};
use crate::exchange::exchange;
use crate::machine::Machine as _;
use crate::machine::demo::{Demo, DemoError};
use crate::machine::facts::Choices;
use crate::machine::host::{Host, signals};
use crate::model::choice::Choice as ModelChoice;
use crate::nix::command::Tools;
use crate::query::{LONGEST, Query};
use crate::reply::Reply;
use crate::session::{Given, Options, Session, Yes};
use crate::settings::{Settings, own_words};
use crate::show::console::{Console, Form};
use crate::show::human::Layout;
use crate::show::palette::Palette;
use crate::teach::Level;

/// Wrong usage.
const USAGE: u8 = 2;
/// Stopped by the person or a signal.
const INTERRUPTED: u8 = 130;
/// Text from standard input that is explained: more than this is cut, at the front, since errors stand at the end.
const LONGEST_LOG: u64 = 256 << 20;

/// The program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return wrong_usage(&error),
    };
    if let Err(error) = signals::listen() {
        return fail(&arguments, &format!("Signals cannot be handled: {error}."));
    }
    if let Some(code) = arguments.command.as_ref().and_then(tool::run) {
        return code;
    }
    // The demo's directory lives as long as this value.
    let (machine, _demo) = match machine(&arguments) {
        Ok(machine) => machine,
        Err(error) => {
            let failed = fail(&arguments, &error.to_string());
            let stopped = matches!(error, NoMachine::Demo(DemoError::Interrupted));
            return if stopped { ExitCode::from(INTERRUPTED) } else { failed };
        }
    };
    let settings = match Settings::read(&machine) {
        Ok(settings) => settings,
        Err(error) => return fail(&arguments, &error.to_string()),
    };
    let mut console = console(&arguments, &settings);
    let (model, warnings) = model(&arguments, &settings);
    for warning in warnings {
        talk(&format!("warning: {warning}\n"));
    }
    // They are the person's, not the machine's: a demo has them too, beside those of its own home.
    let own_words = own_words::gather(&[&Host::here(), &machine]);
    for problem in &own_words.problems {
        talk(&format!("warning: {problem}\n"));
    }
    let options = Options { model, own_words, ..options(&arguments, &settings) };
    let mut session = Session::new(machine, options);
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return fail(&arguments, "The runtime could not be started.");
    };
    runtime.block_on(answer_all(&arguments, &mut session, &mut console))
}

async fn answer_all(arguments: &Arguments, session: &mut Session<Host>, console: &mut Console) -> ExitCode {
    match &arguments.command {
        Some(Tool::Recognize { words }) => {
            return tool::recognize(words, (arguments.json, arguments.verbose > 0), session, console);
        }
        Some(Tool::Index { what, download }) => {
            let update = (*what == IndexWork::Update).then_some(*download || session.options.download);
            let reply = session.index(update, console).await;
            console.reply(&reply);
            return ExitCode::from(reply.exit_code());
        }
        Some(Tool::ExplainError) => {
            session.options.given_text = Some(standard_input());
            let reply = session.answer(&Query::new("explain this error"), console).await;
            console.reply(&reply);
            return ExitCode::from(reply.exit_code());
        }
        _ => {}
    }
    if !arguments.words.is_empty() {
        let query = Query::from_words(&arguments.words);
        // Only these words look at standard input; everything else must be safe in loops and cron.
        let explains = session.recognize(&query, &crate::understand::Context::default()).intent == "explain_error";
        if explains && !std::io::stdin().is_terminal() {
            session.options.given_text = Some(standard_input()).filter(|given| !given.is_empty());
        }
        return ExitCode::from(exchange(&query, session, console).await);
    }
    if console.human() && std::io::stdin().is_terminal() {
        return crate::repl::converse(session, console).await;
    }
    let mut code = 0;
    for line in lines(std::io::stdin().lock()) {
        if !line.trim().is_empty() {
            code = code.max(exchange(&Query::new(line), session, console).await);
        }
    }
    ExitCode::from(code)
}

/// Why there is no machine to work on.
#[derive(Debug, thiserror::Error)]
enum NoMachine {
    #[error("The demo machine could not be made: {0}.")]
    Demo(#[from] DemoError),
    #[error("{0} cannot be used as a root: {1}.")]
    Root(PathBuf, std::io::Error),
}

fn machine(arguments: &Arguments) -> Result<(Host, Option<Demo>), NoMachine> {
    if let Some(directory) = &arguments.demo {
        let talks = !arguments.json && arguments.quiet == 0;
        let mut tell = |text: &str| {
            if talks {
                talk(&format!("{text}\n"));
            }
        };
        let demo = if directory.as_os_str().is_empty() {
            Demo::throw_away(arguments.demo_kind, &mut tell)
        } else {
            Demo::kept(directory, arguments.demo_kind, &mut tell)
        }?;
        return Ok((demo.host.clone(), Some(demo)));
    }
    match &arguments.root {
        None => Ok((Host::here(), None)),
        Some(root) => match root.canonicalize() {
            Ok(root) => Ok((Host::mounted(root), None)),
            Err(error) => Err(NoMachine::Root(root.clone(), error)),
        },
    }
}

/// Options come before environment variables, these before the settings file, and what is built in comes last.
fn options(arguments: &Arguments, settings: &Settings) -> Options {
    let here = Host::here();
    let demo = arguments.demo.is_some();
    // A demo has a configuration of its own; the person's must not leak into it.
    let variable = |name: &str| if demo { None } else { here.variable(name) };
    let flake = arguments.flake.clone().or_else(|| {
        if arguments.file.is_some() { None } else { variable("ASK_NIX_FLAKE").or_else(|| variable("NH_FLAKE")) }
    });
    let file = arguments.file.clone().or_else(|| variable("NIXOS_CONFIG").map(Into::into).filter(|_| flake.is_none()));
    let nothing_named = flake.is_none() && file.is_none();
    let lessons = match (arguments.lessons, settings.lessons.as_deref()) {
        (Some(Lessons::Full), _) | (None, Some("full")) => Level::Full,
        (Some(Lessons::Off), _) | (None, Some("off")) => Level::Off,
        _ => Level::Brief,
    };
    Options {
        dry_run: arguments.dry_run,
        yes: match arguments.yes {
            None => Yes::Ask,
            Some(YesTo::Changes) => Yes::Changes,
            Some(YesTo::Destroy) => Yes::Destroys,
        },
        lessons,
        choices: Choices {
            flake: flake.or_else(|| settings.flake.clone().filter(|_| nothing_named)),
            file: file.or_else(|| settings.file.clone().filter(|_| nothing_named)),
            host: arguments.host.clone().or_else(|| settings.host.clone()).map(Into::into),
            specialisation: arguments
                .specialisation
                .clone()
                .or_else(|| settings.specialisation.clone())
                .map(Into::into),
            profile: arguments.profile.clone(),
        },
        tools: Tools { passed_on: arguments.passed_on.clone(), offline: arguments.offline },
        model: ModelChoice::default(),
        own_words: own_words::Own::default(),
        given_text: None,
        download: settings.index.download,
    }
}

/// What was chosen about the model, and what in it makes no sense. It is the person's, not the machine's: also beside a
/// demo, their own variables count.
fn model(arguments: &Arguments, settings: &Settings) -> (ModelChoice, Vec<String>) {
    let here = Host::here();
    ModelChoice::gather(arguments.model.as_ref(), &settings.model, &|name| here.variable(name))
}

fn console(arguments: &Arguments, settings: &Settings) -> Console {
    let form = match (arguments.json, arguments.events) {
        (true, true) => Form::Events,
        (true, false) => Form::Json,
        (false, _) => Form::Human { verbosity: (1 + arguments.verbose).saturating_sub(arguments.quiet) },
    };
    let when = arguments.color.unwrap_or(match settings.color.as_deref() {
        Some("always") => When::Always,
        Some("never") => When::Never,
        _ => When::Auto,
    });
    let layout = Layout {
        palette: Palette { colour: colour(when, std::io::stdout().is_terminal()) },
        width: 80,
        commands: arguments.verbose > 0,
    };
    let dumb = Host::here().variable("TERM").is_none_or(|term| term == "dumb");
    Console::new(form, layout, Palette { colour: colour(when, std::io::stderr().is_terminal()) }, dumb)
}

/// `NO_COLOR` and `CLICOLOR_FORCE` as their authors define them: set to anything but nothing.
fn colour(when: When, terminal: bool) -> bool {
    let here = Host::here();
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if here.variable("NO_COLOR").is_some() => false,
        When::Auto if here.variable("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        When::Auto => terminal && here.variable("TERM").as_deref() != Some("dumb"),
    }
}

/// The lines of a stream, whatever bytes they are. What is longer than any request can be is cut just behind that length,
/// so that it is refused as too long without having been kept.
fn lines(mut reader: impl std::io::BufRead) -> impl Iterator<Item = String> {
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        let limit = 2 * LONGEST as u64;
        // A stream that cannot be read is at its end.
        if (&mut reader).take(limit).read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        if line.last() != Some(&b'\n') {
            reader.skip_until(b'\n').ok()?;
        }
        Some(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned())
    })
}

fn standard_input() -> Given {
    // The lock keeps a buffer of its own, which is small.
    Given::read(std::io::BufReader::with_capacity(64 << 10, std::io::stdin().lock()).take(LONGEST_LOG))
}

fn talk(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Something is wrong before anything was asked.
fn fail(arguments: &Arguments, message: &str) -> ExitCode {
    if arguments.json {
        let words = arguments.words.join(" ");
        let mut reply = Reply::wrong_usage(&words, message);
        reply.outcome.status = crate::reply::Status::Failed;
        Console::new(Form::Json, plain(), Palette::default(), true).reply(&reply);
    } else {
        talk(&format!("error: {message}\n"));
    }
    ExitCode::FAILURE
}

fn plain() -> Layout {
    Layout { palette: Palette::default(), width: 80, commands: false }
}

fn wrong_usage(error: &clap::Error) -> ExitCode {
    // --help and --version come this way too, and are no errors.
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|argument| argument == "--json") {
        let message = error.to_string();
        let reply = Reply::wrong_usage("", message.lines().next().unwrap_or_default().trim_start_matches("error: "));
        Console::new(Form::Json, plain(), Palette::default(), true).reply(&reply);
    } else {
        let _ = error.print();
    }
    ExitCode::from(USAGE)
}

/// The command line's definition, for completions and the man page.
pub(crate) fn definition() -> clap::Command {
    Arguments::command()
}
