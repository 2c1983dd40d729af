//! The configuration as text: its files, what they set, where they cannot be read.

use std::path::Path;

use super::edit::Trouble;
use super::probe::{configuration, trouble};
use crate::machine::Machine;
use crate::machine::facts::Facts;
use crate::nix::settings::{self, File};
use crate::outcome::Answer;

/// The files of the configuration that are the person's own.
pub(super) fn own_files(machine: &impl Machine, facts: &Facts) -> Vec<File> {
    configuration(machine, facts).0.map(|entry| settings::files(machine, &entry)).unwrap_or_default()
}

/// The whole configuration, or the parts about a topic.
pub(super) fn settings(topic: Option<&str>, machine: &impl Machine, facts: &Facts) -> Result<Answer, Trouble> {
    let files = readable(machine, facts)?;
    let Some(topic) = topic else { return Ok(Answer::Configuration { files }) };
    // "print configuration.nix" names a file.
    let named = |file: &File| file.path.file_name().is_some_and(|name| name == Path::new(topic).as_os_str());
    if files.iter().any(named) {
        return Ok(Answer::Configuration { files: files.into_iter().filter(named).collect() });
    }
    let known = crate::catalogue::starter::service(topic).map(|service| service.option);
    let option = known.as_deref().map(|option| option.trim_end_matches(".enable"));
    let mut settings = option.map(|option| settings::about(&files, option)).unwrap_or_default();
    if settings.is_empty() {
        settings = settings::about(&files, topic);
    }
    Ok(Answer::Settings { topic: topic.to_owned(), settings })
}

/// Reads all files, and tells where they are not Nix.
pub(super) fn syntax(machine: &impl Machine, facts: &Facts) -> Result<Answer, Trouble> {
    let files = readable(machine, facts)?;
    let broken = settings::broken(&files);
    Ok(Answer::Syntax { files: files.into_iter().map(|file| file.path).collect(), broken })
}

fn readable(machine: &impl Machine, facts: &Facts) -> Result<Vec<File>, Trouble> {
    let files = own_files(machine, facts);
    if files.is_empty() {
        return Err(trouble("None of the configuration's files could be read here.".to_owned()));
    }
    Ok(files)
}

/// What differs between a file and what was made to take its place.
pub(super) fn rewritten(
    path: &Path,
    before: Option<&str>,
    after: &Path,
    machine: &impl Machine,
) -> Result<Answer, Trouble> {
    let made = machine.read(after).and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other));
    let made =
        made.map_err(|error| Trouble::from_io(format!("{} could not be read: {error}.", after.display()), &error))?;
    let name = path.display().to_string();
    let diff = match before {
        Some(before) if before == made => String::new(),
        before => similar::TextDiff::from_lines(before.unwrap_or_default(), &made)
            .unified_diff()
            .header(&name, &name)
            .to_string(),
    };
    Ok(Answer::Rewritten { rewritten: name, diff })
}
