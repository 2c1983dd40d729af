//! One line of the log. Everything is borrowed from the line where JSON allows it, and every value is taken as it comes:
//! a string where a number was expected is not an error but a missing number.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::kind::{ActivityKind, ResultKind};

/// Traces are cut here; what matters is at their beginning, which is the innermost call.
const FRAME_LIMIT: usize = 100;

/// What one line says.
#[derive(Debug)]
pub enum Message<'a> {
    /// An activity begins.
    Start {
        /// Its number, unique among all processes: `(pid << 32) + n`.
        id: u64,
        /// The activity that it is part of; missing before Nix 2.9.
        parent: Option<u64>,
        /// What it does.
        kind: ActivityKind,
        /// In words; often empty.
        text: Cow<'a, str>,
        /// What it is about.
        fields: Fields<'a>,
    },
    /// An activity ends.
    Stop {
        /// Its number.
        id: u64,
    },
    /// An activity says something.
    Result {
        /// The activity.
        id: u64,
        /// What it says.
        kind: ResultKind,
        /// The values.
        fields: Fields<'a>,
    },
    /// A message for people.
    Note(Box<Note<'a>>),
    /// An action of a later Nix, or something without one. Its text, when it has any.
    Other(Cow<'a, str>),
    /// Not of the structured log at all: other programs, broken lines.
    Plain(&'a str),
}

/// A message of Nix (`action` `msg`).
#[derive(Debug, Default)]
pub struct Note<'a> {
    /// 0 error, 1 warning, 2 notice, 3 info, 4 talkative, 5 chatty, 6 debug, 7 vomit.
    pub level: u64,
    /// The whole text, with colours and source excerpts.
    pub text: Cow<'a, str>,
    /// The bare message, when this is an error or warning with structure.
    pub raw: Option<Cow<'a, str>>,
    /// Where: "path:line:column", "«string»:1:31", or, before 2.9, the source text itself.
    pub file: Option<Cow<'a, str>>,
    /// The line there.
    pub line: Option<u64>,
    /// The column there.
    pub column: Option<u64>,
    /// What led there, innermost first; with `--show-trace`.
    pub trace: Vec<Note<'a>>,
}

impl<'a> Message<'a> {
    /// Reads a line. Everything is a message.
    pub fn parse(line: &'a str) -> Self {
        let Some(json) = line.strip_prefix("@nix ") else { return Self::Plain(line) };
        if let Some(said) = Self::build_log_line(json) {
            return said;
        }
        // Not an object: an array or a number would be read as an empty record.
        if !json.trim_start().starts_with('{') {
            return Self::Plain(line);
        }
        let Ok(record) = serde_json::from_str::<Record<'_>>(json) else { return Self::Plain(line) };
        match (record.action.text().unwrap_or_default(), record.id.number()) {
            ("start", Some(id)) => Self::Start {
                id,
                parent: record.parent.number().filter(|&parent| parent != 0),
                kind: record.kind.number().unwrap_or_default().into(),
                text: record.text.into_text().unwrap_or_default(),
                fields: record.fields,
            },
            ("stop", Some(id)) => Self::Stop { id },
            ("result", Some(id)) => {
                Self::Result { id, kind: record.kind.number().unwrap_or_default().into(), fields: record.fields }
            }
            ("msg", _) => Self::Note(Box::new(record.into_note())),
            _ => Self::Other(record.message.into_text().or(record.text.into_text()).unwrap_or_default()),
        }
    }

    /// What builders print, as Nix writes it down to the byte and nothing else: nearly all of a long log, which is read at
    /// the cost of the build.
    fn build_log_line(json: &'a str) -> Option<Self> {
        let rest = json.strip_prefix(r#"{"action":"result","fields":[""#)?;
        let end = memchr::memchr2(b'"', b'\\', rest.as_bytes())?;
        let (text, rest) = rest.split_at(end);
        let id = rest.strip_prefix(r#""],"id":"#)?.strip_suffix(r#","type":101}"#)?;
        // JSON has no bare control characters, and no numbers with a sign or a zero in front.
        let proper = id.starts_with(|digit: char| digit.is_ascii_digit() && digit != '0');
        if !proper || text.bytes().any(|byte| byte < 0x20) {
            return None;
        }
        let fields = Fields([Field::Text(Cow::Borrowed(text)), Field::Other, Field::Other, Field::Other]);
        Some(Self::Result { id: id.parse().ok()?, kind: ResultKind::BuildLogLine, fields })
    }
}

/// A value of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<'a> {
    /// A whole number. Ids exceed what a floating point number holds.
    Number(u64),
    /// A string.
    Text(Cow<'a, str>),
    /// Null, or something unexpected.
    #[default]
    Other,
}

impl<'a> Field<'a> {
    fn number(&self) -> Option<u64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn into_text(self) -> Option<Cow<'a, str>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The values of an activity or result: the first four, no known type has more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields<'a>([Field<'a>; 4]);

impl Fields<'_> {
    /// The number at a place.
    pub fn number(&self, index: usize) -> Option<u64> {
        self.0.get(index).and_then(Field::number)
    }

    /// The string at a place.
    pub fn text(&self, index: usize) -> Option<&str> {
        self.0.get(index).and_then(Field::text)
    }
}

/// All keys of all actions; also those of a frame of a trace.
#[derive(Default)]
struct Record<'a> {
    action: Field<'a>,
    id: Field<'a>,
    parent: Field<'a>,
    kind: Field<'a>,
    text: Field<'a>,
    fields: Fields<'a>,
    level: Field<'a>,
    message: Field<'a>,
    raw: Field<'a>,
    file: Field<'a>,
    line: Field<'a>,
    column: Field<'a>,
    trace: Vec<Note<'a>>,
}

impl<'a> Record<'a> {
    fn into_note(self) -> Note<'a> {
        Note {
            // A message of no level is worth showing.
            level: self.level.number().unwrap_or(3),
            text: self.message.into_text().unwrap_or_default(),
            raw: self.raw.into_text(),
            file: self.file.into_text(),
            line: self.line.number(),
            column: self.column.number(),
            trace: self.trace,
        }
    }
}

/// Answers for JSON that is of no interest, the same for all visitors here.
macro_rules! tolerate {
    () => {
        tolerate!(scalars);
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
    (scalars) => {
        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("anything")
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
    (sequence) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            while sequence.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field<'de>;
    tolerate!(scalars);
    tolerate!(sequence);
    tolerate!(map);

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Field::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Borrowed(text)))
    }
}

impl<'de> Deserialize<'de> for Field<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;
    tolerate!();
    tolerate!(map);

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        for slot in &mut fields.0 {
            match sequence.next_element()? {
                Some(field) => *slot = field,
                None => return Ok(fields),
            }
        }
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(fields)
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldsVisitor)
    }
}

#[derive(Default)]
struct Trace<'a>(Vec<Note<'a>>);

struct TraceVisitor;

impl<'de> Visitor<'de> for TraceVisitor {
    type Value = Trace<'de>;
    tolerate!();
    tolerate!(map);

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut frames = Vec::new();
        while frames.len() < FRAME_LIMIT {
            match sequence.next_element::<Record<'de>>()? {
                Some(frame) => frames.push(frame.into_note()),
                None => return Ok(Trace(frames)),
            }
        }
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Trace(frames))
    }
}

impl<'de> Deserialize<'de> for Trace<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TraceVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record<'de>;
    tolerate!();
    tolerate!(sequence);

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut record = Record::default();
        while let Some(key) = map.next_key::<Field<'de>>()? {
            match key.text().unwrap_or_default() {
                "action" => record.action = map.next_value()?,
                "id" => record.id = map.next_value()?,
                "type" => record.kind = map.next_value()?,
                "fields" => record.fields = map.next_value()?,
                "text" => record.text = map.next_value()?,
                "parent" => record.parent = map.next_value()?,
                "level" => record.level = map.next_value()?,
                "msg" => record.message = map.next_value()?,
                "raw_msg" => record.raw = map.next_value()?,
                "file" => record.file = map.next_value()?,
                "line" => record.line = map.next_value()?,
                "column" => record.column = map.next_value()?,
                "trace" => record.trace = map.next_value::<Trace<'de>>()?.0,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(record)
    }
}

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn what_builders_print_is_read_as_any_other_line() {
        let line = |text: &str, id: &str| format!(r#"{{"action":"result","fields":["{text}"],"id":{id},"type":101}}"#);
        for (line, short) in [
            (line("[1/2] cc -c ä.c", "320255973457921"), true),
            (line("", "1"), true),
            (line(r"a \u001b[1mbold\u001b[0m", "1"), false),
            (line("a\u{1}b", "1"), false),
            (line(r#"one","two"#, "1"), false),
            (line("x", "01"), false),
            (line("x", "-1"), false),
            (line("x", "99999999999999999999999"), false),
            (line("x", r#"1,"more":2"#), false),
            (line(r"cut short \", "1"), false),
        ] {
            assert_eq!(Message::build_log_line(&line).is_some(), short, "{line}");
            // A space more, and the JSON is read in the general way.
            let general = format!("@nix {}", line.replacen('{', "{ ", 1));
            let (read, general) = (format!("@nix {line}"), general.as_str());
            let shown = |line: &str| match Message::parse(line) {
                Message::Plain(_) => "plain".to_owned(),
                message => format!("{message:?}"),
            };
            assert_eq!(shown(&read), shown(general));
        }
    }
}
