//! Values as Nix writes them: from typed data to text, and back where a text is plain data.

use std::fmt::Write as _;

use rnix::ast::{self, Expr, HasEntry as _, InterpolPart, LiteralKind, UnaryOpKind};
use rowan::ast::AstNode as _;

use super::path::{AttributePath, attribute, dotted};

/// A value that an option can have.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true`, `false`.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Value>),
    /// Names with values, in this order.
    Set(Vec<(AttributePath, Value)>),
    /// A package: its path below `pkgs`.
    Package(AttributePath),
    /// Nix that this program makes, or that stood elsewhere in the file; never the words of a person.
    Code(String),
    /// A file, as it is written from the file that names it: `./web-server.nix`.
    File(String),
    /// A function of a package that is true for those of these names.
    Predicate(Vec<String>),
}

/// Text between quotes, with everything escaped that would mean something there.
pub fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '$' if rest.peek() == Some(&'{') => result.push_str("\\$"),
            c => result.push(c),
        }
    }
    result.push('"');
    result
}

impl Value {
    /// The value of a JSON text; none for objects whose keys cannot be attribute names.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        Some(match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Truth(*truth),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Number(whole),
                None => Self::Decimal(number.as_f64().filter(|decimal| decimal.is_finite())?),
            },
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from_json).collect::<Option<_>>()?),
            serde_json::Value::Object(entries) => {
                let entry = |(name, value): (&String, &serde_json::Value)| {
                    (!name.is_empty()).then_some(())?;
                    Some((AttributePath::new([name.clone()]), Self::from_json(value)?))
                };
                Self::Set(entries.iter().map(entry).collect::<Option<_>>()?)
            }
        })
    }

    /// The value as JSON, the way that Nix prints it; none where a package is in it.
    pub fn to_json(&self) -> Option<serde_json::Value> {
        Some(match self {
            Self::Null => serde_json::Value::Null,
            Self::Truth(truth) => (*truth).into(),
            Self::Number(number) => (*number).into(),
            Self::Decimal(decimal) => (*decimal).into(),
            Self::Text(text) => text.as_str().into(),
            Self::List(items) => serde_json::Value::Array(items.iter().map(Self::to_json).collect::<Option<_>>()?),
            Self::Set(_) | Self::Package(_) | Self::File(_) | Self::Predicate(_) | Self::Code(_) => return None,
        })
    }

    /// The value that a piece of Nix is, when it is plain data.
    pub fn parse(text: &str) -> Option<Self> {
        let parse = rnix::Root::parse(text);
        if parse.errors().is_empty() { Self::read(&parse.tree().expr()?) } else { None }
    }

    /// The value of an expression, when it is plain data.
    pub(super) fn read(expression: &Expr) -> Option<Self> {
        Some(match super::scope::peel(expression.clone()) {
            Expr::Ident(name) => match name.syntax().text().to_string().as_str() {
                "true" => Self::Truth(true),
                "false" => Self::Truth(false),
                "null" => Self::Null,
                _ => return None,
            },
            Expr::Literal(literal) => match literal.kind() {
                LiteralKind::Integer(number) => Self::Number(number.value().ok()?),
                LiteralKind::Float(number) => Self::Decimal(number.value().ok()?),
                LiteralKind::Uri(_) => Self::Text(literal.syntax().text().to_string()),
            },
            Expr::UnaryOp(operation) if operation.operator()? == UnaryOpKind::Negate => {
                match Self::read(&operation.expr()?)? {
                    Self::Number(number) => Self::Number(number.checked_neg()?),
                    Self::Decimal(decimal) => Self::Decimal(-decimal),
                    _ => return None,
                }
            }
            Expr::Str(text) => Self::Text(literal(&text)?),
            Expr::List(list) => Self::List(list.items().map(|item| Self::read(&item)).collect::<Option<_>>()?),
            Expr::AttrSet(set) if set.rec_token().is_none() && set.inherits().next().is_none() => {
                let entry = |entry: ast::AttrpathValue| {
                    let names = super::scope::plain_names(&entry.attrpath()?)?;
                    Some((AttributePath::new(names), Self::read(&entry.value()?)?))
                };
                Self::Set(set.attrpath_values().map(entry).collect::<Option<_>>()?)
            }
            Expr::Select(select) => {
                let (base, rest) = (select.expr()?, super::scope::plain_names(&select.attrpath()?)?);
                let package = base.syntax().text() == "pkgs" && select.default_expr().is_none();
                package.then(|| Self::Package(AttributePath::new(rest)))?
            }
            Expr::PathRel(path) => match path.parts().as_slice() {
                [InterpolPart::Literal(text)] => Self::File(text.text().to_owned()),
                _ => return None,
            },
            Expr::Lambda(lambda) => {
                let names = super::list::of_predicate(&lambda)?.items().map(|item| match Self::read(&item)? {
                    Self::Text(name) => Some(name),
                    _ => None,
                });
                Self::Predicate(names.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// The name that must be known where the value stands: `pkgs` for packages, `lib` for a predicate.
    fn needed(&self) -> Option<&'static str> {
        match self {
            Self::Package(_) => Some("pkgs"),
            Self::Predicate(_) => Some("lib"),
            Self::List(items) => items.iter().find_map(Self::needed),
            Self::Set(entries) => entries.iter().find_map(|(_, value)| value.needed()),
            _ => None,
        }
    }

    /// Whether an expression says this value.
    pub(super) fn is(&self, expression: &Expr) -> bool {
        match self {
            Self::Code(text) => expression.syntax().text() == text.as_str(),
            plain => Self::read(expression).as_ref() == Some(plain),
        }
    }

    /// The arguments of a module that the value needs where it stands.
    pub(super) fn needs(&self) -> Vec<&'static str> {
        match self {
            Self::Code(text) => ["pkgs", "lib"].into_iter().filter(|name| text.contains(&format!("{name}."))).collect(),
            plain => plain.needed().into_iter().collect(),
        }
    }

    /// The value as Nix, at this indentation. Sets with more than one entry are spread over lines.
    pub(super) fn written(&self, style: &Style<'_>) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Truth(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            // A whole number must keep its point, or it becomes another type.
            Self::Decimal(decimal) if decimal.fract() == 0.0 => format!("{decimal:.1}"),
            Self::Decimal(decimal) => decimal.to_string(),
            Self::Text(text) => quoted(text),
            Self::List(items) if items.is_empty() => "[ ]".to_owned(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.as_item(style)).collect();
                format!("[ {} ]", items.join(" "))
            }
            Self::Set(entries) if entries.is_empty() => "{ }".to_owned(),
            Self::Set(entries) => {
                let inner = Style { indentation: &format!("{}{}", style.indentation, style.step), ..*style };
                let mut text = "{".to_owned();
                for (path, value) in entries {
                    let _ = write!(text, "{}{}{path} = {};", style.newline, inner.indentation, value.written(&inner));
                }
                let _ = write!(text, "{}{}}}", style.newline, style.indentation);
                text
            }
            Self::Package(path) => format!("pkgs.{}", dotted(path.names())),
            Self::Code(text) => text.clone(),
            Self::File(path) => path.clone(),
            Self::Predicate(names) => {
                let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
                format!("pkg: builtins.elem (lib.getName pkg) [ {} ]", names.join(" "))
            }
        }
    }

    /// The value as an item of a list on one line.
    pub fn in_list(&self) -> String {
        self.as_item(&Style::PLAIN)
    }

    /// As an item of a list, where a sign would be read as an operator.
    pub(super) fn as_item(&self, style: &Style<'_>) -> String {
        let text = self.written(style);
        let several = text.starts_with('-') || matches!(self, Self::Predicate(_));
        if several { format!("({text})") } else { text }
    }
}

/// How the neighbourhood is written.
#[derive(Clone, Copy)]
pub(super) struct Style<'a> {
    pub newline: &'a str,
    pub indentation: &'a str,
    pub step: &'a str,
}

impl Style<'_> {
    /// For what stands on one line, or nowhere in particular.
    pub(super) const PLAIN: Style<'static> = Style { newline: "\n", indentation: "", step: "  " };
}

/// The text of a string without anything computed in it.
pub(super) fn literal(text: &ast::Str) -> Option<String> {
    text.normalized_parts()
        .into_iter()
        .map(|part| match part {
            InterpolPart::Literal(text) => Some(text),
            InterpolPart::Interpolation(_) => None,
        })
        .collect()
}

/// `path = value;` as one would write it by hand.
pub fn by_hand(path: &AttributePath, value: &Value) -> String {
    let names: Vec<String> = path.names().iter().map(|name| attribute(name)).collect();
    format!("{} = {};", names.join("."), value.written(&Style::PLAIN))
}
