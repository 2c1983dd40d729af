//! Plans, outcomes and lessons as text for people: short, plain, and clear without colour.

use std::fmt::Write as _;

use super::palette::Palette;
use super::words::seconds;
use crate::execute::journal::shell_words;
use crate::outcome::Answer;
use crate::reply::{Failure, Outcome, PlanView, Repair, Reply, Status};
use crate::teach::Lesson;

/// How text is set.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Colours.
    pub palette: Palette,
    /// Columns of the terminal; text is wrapped a little before them.
    pub width: usize,
    /// Whether the commands of a plan are shown.
    pub commands: bool,
}

/// Lines longer than this are hard to read, however wide the screen is.
const COMFORTABLE: usize = 100;
/// Last lines of a failed build that are shown; the log file has them all.
const TAIL: usize = 10;

impl Layout {
    /// A paragraph wrapped, each line indented.
    pub fn paragraph(self, text: &str, indent: &str) -> String {
        self.hanging(text, indent, indent)
    }

    /// The same with another indent for the first line: its number in a list.
    fn hanging(self, text: &str, first: &str, indent: &str) -> String {
        let width = self.width.clamp(20, COMFORTABLE);
        let options = textwrap::Options::new(width)
            .initial_indent(first)
            .subsequent_indent(indent)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options)
    }
}

/// A plan, as it is agreed to or previewed.
pub fn plan(plan: &PlanView, layout: Layout) -> String {
    let palette = layout.palette;
    let mut text = palette.bold(&layout.paragraph(&plan.title, "")) + "\n";
    for (number, step) in plan.steps.iter().enumerate() {
        let root = if step.root { palette.odd(" (as root)") } else { String::new() };
        let title = layout.hanging(&step.title, &format!("{:>3}. ", number + 1), "     ");
        let _ = writeln!(text, "{title}{root}");
        if let Some(path) = step.path.as_ref().filter(|_| layout.commands) {
            let _ = writeln!(text, "     {}", palette.dim(path));
        }
        if let Some(diff) = &step.diff {
            text.push_str(&coloured_diff(diff, palette));
        }
        // Never wrapped: it must be possible to copy it.
        if let Some(command) = step.command.as_ref().filter(|_| layout.commands) {
            let _ = writeln!(text, "     {}", palette.code(&shell_words(command)));
        }
    }
    for note in &plan.notes {
        let _ = writeln!(text, "{}", layout.paragraph(note, "  "));
    }
    if let Some(undo) = &plan.undo {
        let _ = writeln!(text, "  To take it back: {}", palette.code(undo));
    } else if plan.risk == "destroys" {
        let _ = writeln!(text, "  {}", palette.bad("This cannot be taken back."));
    }
    text
}

pub(super) fn coloured_diff(diff: &str, palette: Palette) -> String {
    let mut text = String::new();
    for line in diff.lines() {
        let shown = match line.as_bytes().first() {
            Some(b'+') => palette.good(line),
            Some(b'-') => palette.bad(line),
            _ => palette.dim(line),
        };
        let _ = writeln!(text, "     {shown}");
    }
    text
}

/// What came of a request, beside the answers that were shown on the way.
pub fn outcome(reply: &Reply, layout: Layout) -> String {
    let outcome = &reply.outcome;
    let palette = layout.palette;
    let mut text = String::new();
    match outcome.status {
        Status::Planned => {
            if let Some(view) = &reply.plan {
                text.push_str(&plan(view, Layout { commands: true, ..layout }));
                let _ = writeln!(text, "{}", palette.dim("Nothing was done: this is only the plan."));
            }
        }
        Status::Done => {
            // What was diagnosed stands below under the same words.
            let explained = outcome.error.as_ref().map(|error| &error.message);
            if let Some(message) = outcome.message.as_ref().filter(|message| Some(*message) != explained) {
                let _ = writeln!(text, "{}", layout.paragraph(message, ""));
            }
            let only_built = reply.recognition.as_ref().is_some_and(|recognition| recognition.intent == "build_system");
            let built = outcome.answers.iter().rev().find_map(|answer| match answer {
                Answer::Built { system } => Some(system),
                _ => None,
            });
            if let Some(system) = built.filter(|_| only_built) {
                let _ = writeln!(text, "Built: {system}");
            }
            let changed = reply.plan.as_ref().is_some_and(|plan| plan.risk != "reads");
            // By the time that this is shown, what goes on after a repair has said how it ended.
            let goes_on = reply.recognition.as_ref().is_some_and(|recognition| recognition.intent == "repair_last")
                && !reply.then.is_empty();
            if changed && !goes_on {
                let _ = writeln!(text, "{}", palette.good(&format!("Done in {}.", seconds(outcome.seconds))));
            }
        }
        Status::Question => {
            let _ = writeln!(text, "{}", layout.paragraph(outcome.message.as_deref().unwrap_or_default(), ""));
            for (number, choice) in outcome.choices.iter().enumerate() {
                let _ = writeln!(text, "  {}. {choice}", number + 1);
            }
        }
        Status::NotUnderstood | Status::Declined => {
            let _ =
                writeln!(text, "{}", layout.paragraph(outcome.message.as_deref().unwrap_or("Nothing was done."), ""));
        }
        Status::Refused | Status::Failed => {}
    }
    if let Some(error) = &outcome.error {
        text.push_str(&failure(error, outcome, layout));
    }
    for put_back in &outcome.put_back {
        let _ = writeln!(text, "{}", palette.dim(&format!("Put back: {put_back}.")));
    }
    if let Some(state) = &outcome.state {
        let _ = writeln!(text, "{}", layout.paragraph(state, ""));
    }
    text
}

fn failure(error: &Failure, outcome: &Outcome, layout: Layout) -> String {
    let palette = layout.palette;
    let mut text = String::new();
    let word = if outcome.status == Status::Refused { "not done:" } else { "error:" };
    let _ = writeln!(text, "{} {}", palette.bad(word), layout.paragraph(error.message.trim(), "").trim_start());
    if !error.root_cause.is_empty() && error.root_cause.trim() != error.message.trim() {
        let _ = writeln!(text, "{}", layout.paragraph(error.root_cause.trim(), "  "));
    }
    let from = error.log_tail.len().saturating_sub(TAIL);
    if outcome.status == Status::Failed && !error.log_tail.is_empty() {
        let _ = writeln!(text, "{}", palette.dim("  The last lines of the log:"));
        for line in &error.log_tail[from..] {
            let _ = writeln!(text, "{}", palette.dim(&format!("  | {line}")));
        }
    }
    if let Some(file) = &error.log_file {
        let _ = writeln!(text, "{}", palette.dim(&format!("  The whole log: {file}")));
    }
    text
}

/// The repair of an error, and how it is asked for; where it is offered right after this, only that there is one.
pub fn repair(repair: &Repair, offered: bool, layout: Layout) -> String {
    let palette = layout.palette;
    if offered {
        return format!("\n{}\n", palette.bold("This can be repaired."));
    }
    let mut text = format!("\n{}\n", palette.bold(&format!("This can be repaired: {}", repair.title)));
    for (number, choice) in repair.choices.iter().enumerate() {
        let _ = writeln!(text, "  {}. {choice}", number + 1);
    }
    let _ = writeln!(text, "  To have it done: {}", palette.code(&format!("ask-nix \"{}\"", repair.query)));
    text
}

/// A lesson. Its title is left out where the same was said right above.
pub fn lesson(lesson: &Lesson, said: Option<&str>, layout: Layout) -> String {
    let palette = layout.palette;
    let mut text = "\n".to_owned();
    if said != Some(lesson.title.as_str()) {
        let _ = writeln!(text, "{}", palette.bold(&lesson.title));
    }
    for part in [&lesson.what, &lesson.why] {
        text.push_str(&markdown(part, layout));
    }
    if !lesson.fix.is_empty() {
        let _ = writeln!(text, "{}", palette.bold("What you can do"));
        for fix in &lesson.fix {
            text.push_str(&markdown(fix, layout));
        }
    }
    if let Some(command) = &lesson.command {
        let _ = writeln!(text, "{}", palette.dim("  The commands behind it:"));
        for line in command.lines() {
            let _ = writeln!(text, "    {}", palette.code(line));
        }
    }
    text.push_str(&markdown(&lesson.next, layout));
    if let Some((first, rest)) = lesson.learn.split_first() {
        let _ = writeln!(text, "{}", palette.dim(&format!("  To learn more: ask-nix explain {first}")));
        if !rest.is_empty() {
            let also = layout.paragraph(&format!("Beside it: {}", rest.join(", ")), "  ");
            let _ = writeln!(text, "{}", palette.dim(&also));
        }
    }
    text
}

/// The light Markdown of lessons: paragraphs and lists wrapped, fenced blocks as they are.
fn markdown(source: &str, layout: Layout) -> String {
    let mut text = String::new();
    let mut paragraph = String::new();
    let mut fenced = false;
    let flush = |paragraph: &mut String, text: &mut String| {
        if !paragraph.is_empty() {
            let item = paragraph.starts_with("- ") || paragraph.starts_with(|c: char| c.is_ascii_digit());
            let indent = if item { "    " } else { "  " };
            let set = layout.paragraph(paragraph, indent);
            let set = if item { format!("  {}", &set.trim_start()) } else { set };
            text.push_str(&set);
            text.push('\n');
            paragraph.clear();
        }
    };
    for line in source.lines() {
        if line.trim_start().starts_with("```") {
            flush(&mut paragraph, &mut text);
            fenced = !fenced;
        } else if fenced {
            let _ = writeln!(text, "    {}", layout.palette.code(line));
        } else if line.trim().is_empty() {
            flush(&mut paragraph, &mut text);
        } else {
            if line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit()) {
                flush(&mut paragraph, &mut text);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(&mut paragraph, &mut text);
    text
}
