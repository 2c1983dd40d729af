//! What people ask for that is none of our matters: `education/outside.toml`, a sentence for each topic and the nearest
//! thing that can be asked for. Parsed when somebody asked for such a thing, not before.

use serde::Deserialize;

const TOPICS: &str = include_str!("../../../education/outside.toml");

/// A topic that is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The words by which it is known, after commas.
    about: String,
    /// One sentence about it.
    pub say: String,
    /// What can be asked for instead, nearest first.
    pub ask: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    topic: Vec<Topic>,
}

fn topics() -> Vec<Topic> {
    toml::from_str::<File>(TOPICS).map(|file| file.topic).unwrap_or_default()
}

/// The topic of a line, if it has one: the one whose longest words stand in it.
pub fn topic(line: &str) -> Option<Topic> {
    let words: Vec<String> = line
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let line = format!(" {} ", words.join(" "));
    let longest = |topic: &Topic| {
        let stands = |words: &&str| line.contains(&format!(" {words} "));
        topic.about.split(", ").filter(stands).map(str::len).max()
    };
    topics()
        .into_iter()
        .filter_map(|topic| Some((longest(&topic)?, topic)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, topic)| topic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use crate::recognition::OUT_OF_SCOPE;
    use crate::understand::{Context, Recognizer};

    #[test]
    fn what_is_offered_instead_is_understood() {
        assert!(topics().len() > 10, "the file is read");
        for ask in topics().iter().flat_map(|topic| &topic.ask) {
            let recognition = Recognizer::new().recognize(&Query::new(ask), &Context::default());
            assert_ne!(recognition.intent, OUT_OF_SCOPE, "{ask}");
        }
    }

    #[test]
    fn the_longest_words_choose() {
        let says = |line: &str| topic(line).map(|topic| topic.say).unwrap_or_default();
        assert!(says("please reboot my Windows 11 box").contains("this machine"));
        assert!(says("Reboot!").contains("systemctl reboot"));
        assert!(says("change the wallpaper").contains("desktop"));
        assert_eq!(says("colourless green ideas"), "");
    }
}
