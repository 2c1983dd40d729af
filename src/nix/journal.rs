//! What services said, from the journal of systemd: the lines that matter first.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::machine::{Command, Machine};
use crate::nix::log::clean;

/// So many lines are looked at.
const READ: usize = 1000;
/// So many errors are told.
const ERRORS: usize = 12;
/// So many lines of the end are told.
const END: usize = 12;
/// A line is cut to this length.
const LINE: usize = 500;
/// The priority of errors and what is worse.
const ERROR: u8 = 3;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// When it was said.
    pub at: Option<Timestamp>,
    /// Who said it: a unit or a program.
    pub from: String,
    /// From 0, an emergency, to 7, for those who look for errors.
    pub priority: u8,
    /// What was said.
    pub text: String,
    /// How often, one after another or among the errors.
    pub times: usize,
}

/// What matters of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The newest errors, oldest first, each once.
    pub errors: Vec<Line>,
    /// The last lines, oldest first.
    pub end: Vec<Line>,
    /// How many lines were looked at.
    pub lines_read: usize,
}

impl Digest {
    /// Whether there was nothing to read.
    pub fn is_empty(&self) -> bool {
        self.lines_read == 0
    }
}

/// The command that reads the journal of units; of all of them, what is worth a warning since the machine was started.
pub fn command(units: &[String]) -> Command {
    let command =
        Command::new("journalctl").args(["--no-pager", "--quiet", "--output=json", &format!("--lines={READ}")]);
    let command = command.arg("--output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,UNIT,SYSLOG_IDENTIFIER");
    let command = if units.is_empty() {
        command.args(["--boot", "--priority=warning"])
    } else {
        command.args(units.iter().map(|unit| format!("--unit={unit}")))
    };
    Command { quiet: true, ..command }
}

/// Reads the journal; none when journalctl does not answer.
pub fn read(machine: &impl Machine, units: &[String]) -> Option<Digest> {
    let (exit, output) = machine.capture(&command(units)).ok()?;
    // Where there is no such entry some versions end with status 1.
    (exit.success() || output.is_empty()).then(|| digest(&lines(&output)))
}

/// The lines of `--output=json`; what is no JSON is left out.
fn lines(output: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(output);
    text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).filter_map(|entry| line(&entry)).collect()
}

fn line(entry: &Value) -> Option<Line> {
    let message = match entry.get("MESSAGE")? {
        Value::String(text) => text.clone(),
        // What is no text comes as numbers, one for each byte.
        Value::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => return None,
    };
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let from = ["SYSLOG_IDENTIFIER", "UNIT", "_SYSTEMD_UNIT"].into_iter().map(text).find(|name| !name.is_empty());
    let at = text("__REALTIME_TIMESTAMP").parse().ok().and_then(|time| Timestamp::from_microsecond(time).ok());
    let said =
        message.lines().take(20).map(|line| clean(line, LINE).trim_end().to_owned()).collect::<Vec<_>>().join("\n    ");
    Some(Line {
        at,
        from: clean(from.unwrap_or_default(), 60).into_owned(),
        priority: text("PRIORITY").parse().unwrap_or(6),
        text: said,
        times: 1,
    })
}

/// What matters: errors, newest kept, each once; then the end.
fn digest(lines: &[Line]) -> Digest {
    let mut errors: Vec<Line> = Vec::new();
    for line in lines.iter().rev().filter(|line| matters(line)) {
        if let Some(known) = errors.iter_mut().find(|known| same(known, line)) {
            known.times += 1;
        } else if errors.len() < ERRORS {
            errors.push(line.clone());
        }
    }
    errors.reverse();
    let mut end: Vec<Line> = Vec::new();
    for line in lines.iter().rev() {
        let full = end.len() == END;
        match end.last_mut() {
            Some(last) if last.text == line.text && last.from == line.from => last.times += 1,
            _ if full => break,
            _ => end.push(line.clone()),
        }
    }
    end.reverse();
    Digest { errors, end, lines_read: lines.len() }
}

/// Whether a line tells of something that went wrong. Many programs say everything with the same priority, so their words
/// count as well.
fn matters(line: &Line) -> bool {
    const WORDS: [&str; 16] = [
        "error",
        "fatal",
        "panic",
        "failed",
        "failure",
        "cannot",
        "can't",
        "denied",
        "refused",
        "emerg",
        "segfault",
        "traceback",
        "exception",
        "unable",
        "not found",
        "no such",
    ];
    // "0 errors" and "no error" are good news.
    const GOOD: [&str; 4] = ["0 error", "no error", "without error", "error: 0"];
    if line.priority <= ERROR {
        return true;
    }
    let text = line.text.to_lowercase();
    line.priority < 7 && WORDS.iter().any(|word| text.contains(word)) && !GOOD.iter().any(|word| text.contains(word))
}

/// Whether two lines say the same but for numbers: a process's, a port's, a time.
fn same(one: &Line, other: &Line) -> bool {
    let bare = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    one.from == other.from && bare(&one.text) == bare(&other.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: u64, priority: u8, text: &str) -> String {
        serde_json::json!({
            "__REALTIME_TIMESTAMP": format!("{}", second * 1_000_000),
            "PRIORITY": priority.to_string(),
            "SYSLOG_IDENTIFIER": "nginx",
            "MESSAGE": text,
        })
        .to_string()
            + "\n"
    }

    #[test]
    fn errors_come_first_and_once() {
        let mut text = String::new();
        for second in 0..50 {
            text += &entry(second, 6, &format!("request {second}"));
            text += &entry(second, 3, &format!("[{second}] bind() to 0.0.0.0:80 failed"));
        }
        text += &entry(60, 6, "configuration file not found");
        text += &entry(61, 6, "finished with 0 errors");
        text += "no json\n";
        let digest = digest(&lines(text.as_bytes()));
        assert_eq!(digest.errors.len(), 2, "{digest:#?}");
        assert_eq!((digest.errors[0].times, digest.errors[0].priority), (50, 3));
        assert_eq!(digest.errors[1].text, "configuration file not found");
        assert_eq!(digest.end.len(), END);
        assert_eq!(digest.end[END - 1].text, "finished with 0 errors");
        assert_eq!(digest.lines_read, 102);
    }

    #[test]
    fn escapes_and_bytes_become_text() {
        let bytes: Vec<u8> = b"\x1b[31mred\x1b[0m \x07alarm".to_vec();
        let text = serde_json::json!({ "MESSAGE": bytes, "PRIORITY": "4" }).to_string();
        let digest = digest(&lines(text.as_bytes()));
        assert!(!digest.end[0].text.contains('\u{1b}') && !digest.end[0].text.contains('\u{7}'), "{digest:?}");
        assert!(digest.end[0].text.starts_with("red"));
        assert!(lines(b"{\"MESSAGE\":null}\n[]\n").is_empty());
    }

    #[test]
    fn the_command_is_bounded_and_names_units_as_values() {
        let all = command(&[]).vector();
        assert!(all.contains(&"--lines=1000".to_owned()) && all.contains(&"--boot".to_owned()));
        let one = command(&["sshd.service".to_owned()]).vector();
        assert_eq!(one.last().unwrap(), "--unit=sshd.service");
    }
}
