//! The addresses of inputs in the text of `flake.nix`: finding them, and changing one without touching anything else.

use rnix::SyntaxNode;
use rnix::ast::{self, AttrpathValue, Entry, Expr, HasEntry as _, InterpolPart};
use rowan::TextRange;
use rowan::ast::AstNode as _;

/// Why the address of an input cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no Nix.
    #[error("the file has a syntax error: {0}")]
    Syntax(String),
    /// The file is no flake.
    #[error("the file is not a set of attributes, as a flake must be")]
    NoSet,
    /// The input has no address in this file.
    #[error("the file gives no address for the input '{0}'")]
    NotFound(String),
    /// The address is given more than once.
    #[error("the file gives more than one address for the input '{0}'")]
    Several(String),
    /// The address is put together.
    #[error("the address of the input '{0}' is not a plain text")]
    NotPlain(String),
    /// The new address cannot stand in a text as it is.
    #[error("'{0}' is not an address")]
    BadUrl(String),
}

/// An input and its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Its address, where it is a plain text.
    pub url: Option<String>,
    range: TextRange,
}

/// The inputs that have an address in this file, in the order of the file.
///
/// # Errors
/// When the text is no Nix or no flake.
pub fn inputs(text: &str) -> Result<Vec<Input>, Error> {
    let parse = rnix::Root::parse(text);
    if let Some(error) = parse.errors().first() {
        return Err(Error::Syntax(error.to_string()));
    }
    let Some(Expr::AttrSet(set)) = parse.tree().expr().map(peel) else { return Err(Error::NoSet) };
    let mut inputs = Vec::new();
    collect(&set, &mut Vec::new(), &mut inputs);
    Ok(inputs)
}

/// The text with another address for an input. Nothing else changes, not a byte.
///
/// # Errors
/// When the input has no address here, or one that is not a plain text.
pub fn set_input_url(text: &str, input: &str, new_url: &str) -> Result<String, Error> {
    let bad = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '"' | '\\' | '$' | '\'');
    if new_url.is_empty() || new_url.contains(bad) {
        return Err(Error::BadUrl(new_url.to_owned()));
    }
    let found: Vec<Input> = inputs(text)?.into_iter().filter(|found| found.name == input).collect();
    let [found] = found.as_slice() else {
        let name = input.to_owned();
        return Err(if found.is_empty() { Error::NotFound(name) } else { Error::Several(name) });
    };
    if found.url.is_none() {
        return Err(Error::NotPlain(input.to_owned()));
    }
    let (start, end) = (usize::from(found.range.start()), usize::from(found.range.end()));
    let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else {
        return Err(Error::NotPlain(input.to_owned()));
    };
    let changed = format!("{before}\"{new_url}\"{after}");
    let holds = inputs(&changed)?.iter().any(|now| now.name == input && now.url.as_deref() == Some(new_url));
    if holds { Ok(changed) } else { Err(Error::NotPlain(input.to_owned())) }
}

/// Parentheses mean nothing.
fn peel(expression: Expr) -> Expr {
    let mut expression = expression;
    while let Expr::Paren(paren) = &expression {
        match paren.expr() {
            Some(inner) => expression = inner,
            None => break,
        }
    }
    expression
}

/// Walks sets below `inputs.<name>.url`, however the path is cut into dots and braces.
fn collect(set: &ast::AttrSet, above: &mut Vec<String>, inputs: &mut Vec<Input>) {
    for entry in set.entries() {
        let Entry::AttrpathValue(entry) = entry else { continue };
        let Some(mut path) = segments(&entry) else { continue };
        let depth = above.len();
        above.append(&mut path);
        if above.first().is_some_and(|first| first == "inputs")
            && let Some(value) = entry.value()
        {
            match (above.as_slice(), peel(value.clone())) {
                ([_, name, url], _) if url == "url" => {
                    inputs.push(Input { name: name.clone(), url: plain(&value), range: value.syntax().text_range() });
                }
                ([_] | [_, _], Expr::AttrSet(inner)) => collect(&inner, above, inputs),
                _ => {}
            }
        }
        above.truncate(depth);
    }
}

/// The names in `a.b."c"`; none where one of them is computed.
fn segments(entry: &AttrpathValue) -> Option<Vec<String>> {
    entry
        .attrpath()?
        .attrs()
        .map(|attribute| match attribute {
            ast::Attr::Ident(name) => Some(name.to_string()),
            ast::Attr::Str(text) => literal(&text),
            ast::Attr::Dynamic(_) => None,
        })
        .collect()
}

fn plain(value: &Expr) -> Option<String> {
    match value {
        Expr::Str(text) => literal(text),
        // An address without quotes, as Nix once wanted them.
        Expr::Literal(literal) if matches!(literal.kind(), ast::LiteralKind::Uri(_)) => Some(text_of(literal.syntax())),
        _ => None,
    }
}

fn literal(text: &ast::Str) -> Option<String> {
    text.normalized_parts()
        .into_iter()
        .map(|part| match part {
            InterpolPart::Literal(text) => Some(text),
            InterpolPart::Interpolation(_) => None,
        })
        .collect()
}

fn text_of(node: &SyntaxNode) -> String {
    node.text().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "github:NixOS/nixpkgs/nixos-25.05";
    const NEW: &str = "github:NixOS/nixpkgs/nixos-25.11";

    #[test]
    fn every_way_of_writing_it() {
        for text in [
            r#"{ inputs.nixpkgs.url = "OLD"; outputs = _: { }; }"#,
            "{\r\n  inputs = {\r\n    # keep\r\n    nixpkgs.url = \"OLD\"; # this\r\n  };\r\n}",
            r#"{ inputs = { nixpkgs = { url = "OLD"; flake = false; }; }; }"#,
            r#"{ inputs.nixpkgs = { url = "OLD"; }; }"#,
            r#"{ "inputs"."nixpkgs".url = "OLD"; }"#,
            r#"{ inputs = ({ nixpkgs.url = "OLD"; hm.inputs.nixpkgs.url = "x:y"; }); }"#,
            r#"{ inputs.nixpkgs.url = "OLD"; inputs.hm = { url = "github:a/hm"; inputs.nixpkgs.follows = "nixpkgs"; }; }"#,
        ] {
            let before = text.replace("OLD", OLD);
            assert_eq!(set_input_url(&before, "nixpkgs", NEW).unwrap(), text.replace("OLD", NEW));
        }
        let bare = "{ inputs.nixpkgs.url = github:NixOS/nixpkgs; }";
        assert_eq!(set_input_url(bare, "nixpkgs", NEW).unwrap(), format!("{{ inputs.nixpkgs.url = \"{NEW}\"; }}"));
        let indented = "{ inputs.nixpkgs.url = ''x:y''; }";
        assert_eq!(set_input_url(indented, "nixpkgs", NEW).unwrap(), format!("{{ inputs.nixpkgs.url = \"{NEW}\"; }}"));
    }

    #[test]
    fn refuses_what_it_cannot_change_safely() {
        let error = |text: &str| set_input_url(text, "nixpkgs", NEW).unwrap_err();
        let name = || "nixpkgs".to_owned();
        assert_eq!(error("{ outputs = { nixpkgs, ... }: { }; }"), Error::NotFound(name()));
        assert_eq!(error(r#"{ inputs.nixpkgs.follows = "x"; }"#), Error::NotFound(name()));
        assert_eq!(error(r#"{ inputs.nixpkgs.url = "github:a/${b}"; }"#), Error::NotPlain(name()));
        assert_eq!(error("{ inputs.nixpkgs.url = import ./url.nix; }"), Error::NotPlain(name()));
        assert_eq!(error(r#"{ inputs.nixpkgs.url = "a:b" + ""; }"#), Error::NotPlain(name()));
        assert_eq!(error(r#"{ inputs.nixpkgs.url = "a:b"; inputs.nixpkgs.url = "a:c"; }"#), Error::Several(name()));
        assert_eq!(error("x: { }"), Error::NoSet);
        assert!(matches!(error("{ inputs = "), Error::Syntax(_)));
        let text = r#"{ inputs.nixpkgs.url = "a:b"; }"#;
        for bad in ["", "a\"b", "a${b}", "a b", "a\\b", "a\nb"] {
            assert_eq!(set_input_url(text, "nixpkgs", bad), Err(Error::BadUrl(bad.to_owned())));
        }
    }

    #[test]
    fn lists_the_inputs() {
        let text = r#"{ inputs = { a.url = "x:a"; b = { url = "x:${c}"; }; d.follows = "a"; inherit e; ${f}.url = "g:h"; }; }"#;
        let found = inputs(text).unwrap();
        let told: Vec<_> = found.iter().map(|input| (input.name.as_str(), input.url.as_deref())).collect();
        assert_eq!(told, [("a", Some("x:a")), ("b", None)]);
    }
}
