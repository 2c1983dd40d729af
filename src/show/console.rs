//! The person at a terminal, or nobody in a pipe: the frontends of the command line.

use std::io::{self, IsTerminal as _, Write as _};

use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use super::display::Display;
use super::human::{Layout, plan};
use super::palette::Palette;
use super::{answers, json};
use crate::event::Event;
use crate::execute::{Consent, Frontend};
use crate::machine::host::{clock, signals};
use crate::outcome::Answer;
use crate::plan::{Plan, Question};
use crate::reply::{PlanView, Reply};

/// How much is printed, and in which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text for people.
    Human {
        /// 0 for little, 1 for the usual, more for more.
        verbosity: u8,
    },
    /// One JSON object.
    Json,
    /// JSON events, then the reply.
    Events,
}

/// Standard output and error, and whoever is behind them.
pub struct Console {
    form: Form,
    layout: Layout,
    /// Colours of standard error, which may go elsewhere than standard output.
    talk: Palette,
    progress: Display,
    stopped: bool,
    /// Whether more can be said after an answer.
    converses: bool,
    /// What was said in place of yes or no.
    said_instead: Option<String>,
}

impl Console {
    /// The console of this process.
    pub fn new(form: Form, layout: Layout, talk: Palette, dumb: bool) -> Self {
        let progress = match form {
            Form::Human { verbosity } => Display::for_standard_error(talk.colour, verbosity, dumb),
            Form::Json | Form::Events => Display::None,
        };
        Self { form, layout, talk, progress, stopped: false, converses: false, said_instead: None }
    }

    /// How text is laid out now: a window may have got narrower since the last answer.
    /// How text is set on the terminal as it is now.
    pub fn layout(&self) -> Layout {
        match rustix::termios::tcgetwinsize(std::io::stdout()) {
            Ok(size) if size.ws_col > 0 => Layout { width: size.ws_col.into(), ..self.layout },
            _ => self.layout,
        }
    }

    /// From here on it is a conversation: who says something else when asked for yes or no has said no for now, and what
    /// was said comes next.
    pub fn converse(&mut self) {
        self.converses = true;
    }

    /// What was said in place of yes or no.
    pub fn take_said_instead(&mut self) -> Option<String> {
        self.said_instead.take()
    }

    /// Whether replies are for people.
    pub fn human(&self) -> bool {
        matches!(self.form, Form::Human { .. })
    }

    /// Prints a reply, without the answers that were shown on the way.
    pub fn reply(&mut self, reply: &Reply) {
        match self.form {
            Form::Human { verbosity } => {
                self.out(&super::human::outcome(reply, self.layout()));
                if verbosity > 0 {
                    for lesson in &reply.lessons {
                        let said = reply.outcome.error.as_ref().map(|error| error.message.trim());
                        self.out(&super::human::lesson(lesson, said, self.layout()));
                    }
                }
                if let Some(repair) = &reply.outcome.repair {
                    let offered = self.present() && reply.to_repair().is_some();
                    self.out(&super::human::repair(repair, offered, self.layout()));
                }
                for then in &reply.then {
                    self.out("\n");
                    self.reply(then);
                }
            }
            Form::Json => self.out(&(json::reply(reply) + "\n")),
            Form::Events => {
                self.out(&(json::line(&serde_json::json!({ "event": "reply", "reply": reply })) + "\n"));
            }
        }
    }

    /// Prints data.
    pub fn out(&self, text: &str) {
        // A reader that went away has seen enough.
        let _ = io::stdout().lock().write_all(text.as_bytes());
        let _ = io::stdout().lock().flush();
    }

    /// Prints talk.
    pub fn say(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    fn read_line(&mut self, prompt: &str) -> Option<String> {
        self.progress.suspend();
        let mut editor = DefaultEditor::new().ok()?;
        match editor.readline(prompt) {
            Ok(line) => Some(line.trim().to_owned()),
            Err(ReadlineError::Interrupted) => {
                self.stopped = true;
                None
            }
            Err(_) => None,
        }
    }
}

impl Frontend for Console {
    fn event(&mut self, event: &Event) {
        match self.form {
            Form::Human { .. } => self.progress.event(event),
            Form::Events => self.out(&(json::line(event) + "\n")),
            Form::Json => {}
        }
    }

    fn tick(&mut self) {
        self.progress.tick();
    }

    fn answer(&mut self, answer: &Answer) {
        if let Form::Human { verbosity } = self.form {
            // Where a system was built matters to people only when that was all they asked for; the outcome says it then.
            if verbosity < 2 && matches!(answer, Answer::Built { .. }) {
                return;
            }
            self.progress.suspend();
            self.out(&answers::answer(answer, self.layout(), clock::zone()));
        }
    }

    fn prose(&mut self, text: &str) {
        if self.human() {
            self.progress.suspend();
            self.out(text);
        }
    }

    fn show_plan(&mut self, shown: &Plan) {
        if let Form::Human { verbosity } = self.form
            && verbosity > 0
        {
            self.say(&plan(&PlanView::from(shown), Layout { palette: self.talk, ..self.layout() }));
        }
    }

    fn consent(&mut self, question: &str) -> Consent {
        if !self.present() {
            return Consent::No;
        }
        for _ in 0..3 {
            let Some(line) = self.read_line(&format!("{question} [y/N] ")) else { return Consent::No };
            match line.to_lowercase().trim_end_matches(['!', '.']) {
                "y" | "yes" | "do it" | "go ahead" | "ok" | "okay" | "sure" | "yes please" | "yep" | "yeah" => {
                    return Consent::Yes;
                }
                "" | "n" | "no" | "nope" | "cancel" | "stop" | "never mind" | "leave it" | "don't" => {
                    return Consent::No;
                }
                // "Is that safe?", "no, the other one": a request of its own, and no yes.
                other if self.converses && (other.contains(' ') || other.ends_with('?')) => {
                    self.said_instead = Some(line);
                    return Consent::No;
                }
                _ => self.say("Please answer yes or no.\n"),
            }
        }
        Consent::No
    }

    fn ask(&mut self, question: &Question) -> Option<String> {
        if !self.present() {
            return None;
        }
        self.say(&format!("{}\n", question.text));
        for (number, choice) in question.choices.iter().enumerate() {
            self.say(&format!("  {}. {choice}\n", number + 1));
        }
        let line = self.read_line("> ").filter(|line| !line.is_empty())?;
        let chosen = line.parse::<usize>().ok().and_then(|number| question.choices.get(number.checked_sub(1)?));
        Some(chosen.cloned().unwrap_or(line))
    }

    fn present(&self) -> bool {
        self.human() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn lend_terminal(&mut self) -> bool {
        self.progress.suspend();
        self.present() && io::stdout().is_terminal()
    }

    fn stopped(&mut self) -> bool {
        self.stopped |= signals::received().is_some();
        self.stopped
    }

    fn working(&mut self, yes: bool) {
        signals::working(yes);
        self.stopped = false;
        if !yes {
            self.progress.finish();
        }
    }
}
