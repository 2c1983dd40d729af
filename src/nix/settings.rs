//! The files of a configuration, and what they set where: read as text, without evaluating anything.

use std::path::{Path, PathBuf};

use rnix::ast::{Attr, AttrSet, Expr, HasEntry as _};
use rowan::ast::AstNode as _;
use serde::Serialize;

use crate::machine::{Kind, Machine};

/// No configuration has more files; beyond, something was followed that is none.
const MOST_FILES: usize = 500;
/// No file of a configuration is larger.
const LARGEST: u64 = 4 << 20;

/// A file of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// A part of a file that sets something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The file.
    pub file: PathBuf,
    /// The line that it begins at, from 1.
    pub line: usize,
    /// What it sets: `networking.hostName`.
    pub path: String,
    /// How it is written.
    pub text: String,
}

/// A place where a file is not Nix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in the words of the parser.
    pub message: String,
}

/// The files that can be reached from one by the paths that stand in them: `./hardware-configuration.nix`, `./hosts`. The
/// first one comes first. What lies in the store belongs to nobody here and is left out.
pub fn files(machine: &impl Machine, entry: &Path) -> Vec<File> {
    let mut found: Vec<File> = Vec::new();
    let mut waiting = vec![entry.to_owned()];
    while let Some(path) = waiting.pop() {
        let Some(path) = file_at(machine, &path) else { continue };
        if found.len() == MOST_FILES || found.iter().any(|file| file.path == path) {
            continue;
        }
        let Some(text) = machine.read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else { continue };
        let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
        let named = paths(&text);
        waiting.extend(named.iter().rev().map(|named| normal(&directory.join(named))));
        found.push(File { path, text });
    }
    found
}

/// A Nix file, or that of a directory.
fn file_at(machine: &impl Machine, path: &Path) -> Option<PathBuf> {
    let real = machine.resolve(path).ok()?;
    let status = machine.status(&real).ok()?;
    let (file, status) = if status.kind == Kind::Directory {
        let file = machine.resolve(&real.join("default.nix")).ok()?;
        let status = machine.status(&file).ok()?;
        (file, status)
    } else {
        (real, status)
    };
    let nix = file.extension().is_some_and(|extension| extension == "nix");
    let own = !file.starts_with(machine.at("/nix/store"));
    (nix && own && status.kind == Kind::File && status.bytes <= LARGEST).then_some(file)
}

/// Relative paths of a text, without those that are put together.
fn paths(text: &str) -> Vec<String> {
    let root = rnix::Root::parse(text).syntax();
    let relative = |text: &str| text.starts_with("./") || text.starts_with("../");
    root.descendants_with_tokens()
        .filter_map(rnix::NodeOrToken::into_token)
        .filter(|token| format!("{:?}", token.kind()).contains("PATH"))
        .map(|token| token.text().to_owned())
        .filter(|text| relative(text) && !text.contains("${"))
        .collect()
}

/// The path without `.` and `..`; links are looked at when it is read.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                result.pop();
            }
            std::path::Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}

/// Where a file cannot be read as Nix; the first place of each.
pub fn broken(files: &[File]) -> Vec<Broken> {
    let of = |file: &File| {
        let parsed = rnix::Root::parse(&file.text);
        let error = parsed.errors().first()?;
        let message = error.to_string();
        // The parser says where as "at 12..13".
        let offset = message.rsplit(' ').find_map(|word| word.split("..").next()?.parse::<usize>().ok());
        let line = line_of(&file.text, offset.unwrap_or(file.text.len()));
        Some(Broken { file: file.path.clone(), line, message })
    };
    files.iter().filter_map(of).collect()
}

/// The parts of files that set what a topic names: an option or the set that it lies in; else whatever says it.
pub fn about(files: &[File], topic: &str) -> Vec<Setting> {
    let topic = topic.trim().to_lowercase();
    let wanted: Vec<&str> = topic.split('.').collect();
    let exact = search(files, &|path| begins(path, &wanted));
    if !exact.is_empty() {
        return exact;
    }
    let words: Vec<String> = topic.split([' ', '-', '_', '.']).filter(|word| word.len() > 1).map(singular).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let says = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let named = search(files, &|path| says(&path.join(".")));
    if !named.is_empty() {
        return named;
    }
    let mut all = search(files, &|path| path.len() > 1);
    all.retain(|setting| says(&setting.text));
    all
}

/// The definitions of exactly one option, and of what lies in it.
pub fn definitions(files: &[File], option: &[String]) -> Vec<Setting> {
    let wanted: Vec<String> = option.iter().map(|name| name.to_lowercase()).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    search(files, &|path| begins(path, &wanted) && path.len() == wanted.len())
}

fn singular(word: &str) -> String {
    let short = word.strip_suffix('s').filter(|short| short.len() > 3);
    short.unwrap_or(word).to_owned()
}

/// Whether a path begins with the wanted names, at the top or behind the set that all of its kind lie in.
fn begins(path: &[String], wanted: &[&str]) -> bool {
    let lower: Vec<String> = path.iter().map(|name| name.to_lowercase()).collect();
    let at = |start: usize| {
        lower.len() >= start + wanted.len() && lower[start..].iter().zip(wanted).all(|(name, wanted)| name == wanted)
    };
    let skipped = usize::from(lower.first().is_some_and(|first| {
        matches!(first.as_str(), "services" | "programs" | "networking" | "hardware" | "virtualisation" | "environment")
    }));
    at(0) || (wanted.len() == 1 && at(skipped))
}

type Wanted<'a> = &'a dyn Fn(&[String]) -> bool;

fn search(files: &[File], wanted: Wanted<'_>) -> Vec<Setting> {
    let mut found = Vec::new();
    for file in files {
        let root = rnix::Root::parse(&file.text).tree();
        let mut walk = Walk { file, wanted, found: &mut found };
        if let Some(expression) = root.expr() {
            walk.value(&expression, &[]);
        }
    }
    found
}

/// The way through the definitions of one file.
struct Walk<'a> {
    file: &'a File,
    wanted: Wanted<'a>,
    found: &'a mut Vec<Setting>,
}

impl Walk<'_> {
    /// Definitions in a value: those of a set, of what a function gives, and of the sets that `mkIf` and the like are
    /// given.
    fn value(&mut self, expression: &Expr, path: &[String]) {
        match expression {
            Expr::AttrSet(set) => self.set(set, path),
            Expr::Lambda(lambda) => self.inner(lambda.body(), path),
            Expr::Paren(paren) => self.inner(paren.expr(), path),
            Expr::LetIn(let_in) => self.inner(let_in.body(), path),
            Expr::With(with) => self.inner(with.body(), path),
            Expr::Assert(assert) => self.inner(assert.body(), path),
            Expr::Apply(apply) => {
                self.inner(apply.lambda(), path);
                self.inner(apply.argument(), path);
            }
            Expr::List(list) => list.items().for_each(|item| self.value(&item, path)),
            _ => {}
        }
    }

    fn inner(&mut self, expression: Option<Expr>, path: &[String]) {
        if let Some(expression) = expression {
            self.value(&expression, path);
        }
    }

    fn set(&mut self, set: &AttrSet, above: &[String]) {
        for entry in set.attrpath_values() {
            let Some(names) = entry.attrpath().and_then(|path| path.attrs().map(|attr| name(&attr)).collect()) else {
                continue;
            };
            let names: Vec<String> = names;
            let mut path = above.to_vec();
            path.extend(names);
            // A module may say `config = { … }`; a flake holds modules in a list.
            if path.first().is_some_and(|first| first == "config") {
                path.remove(0);
            }
            if !path.is_empty() && (self.wanted)(&path) {
                let range = entry.syntax().text_range();
                let start = usize::from(range.start());
                self.found.push(Setting {
                    file: self.file.path.clone(),
                    line: line_of(&self.file.text, start),
                    path: crate::operation::selector::shown(&path),
                    text: aligned(&self.file.text, start, &entry.syntax().to_string()),
                });
            } else if path.last().is_some_and(|last| last == "modules" || last == "outputs") {
                self.inner(entry.value(), &[]);
            } else {
                self.inner(entry.value(), &path);
            }
        }
    }
}

/// A name that stands there as it is; none for one that is computed.
fn name(attribute: &Attr) -> Option<String> {
    match attribute {
        Attr::Ident(identifier) => Some(identifier.to_string()),
        Attr::Str(text) => {
            let text = text.to_string();
            let inside = text.strip_prefix('"')?.strip_suffix('"')?;
            (!inside.contains(['$', '\\'])).then(|| inside.to_owned())
        }
        Attr::Dynamic(_) => None,
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count() + 1
}

/// The piece of text without the space that all of its lines begin with.
fn aligned(text: &str, start: usize, piece: &str) -> String {
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line_start..start];
    if !indent.chars().all(char::is_whitespace) {
        return piece.to_owned();
    }
    let lines: Vec<&str> = piece.lines().map(|line| line.strip_prefix(indent).unwrap_or(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Vec<File> {
        vec![File { path: PathBuf::from("/etc/nixos/configuration.nix"), text: text.to_owned() }]
    }

    const TEXT: &str = "{ config, lib, pkgs, ... }:\n{\n  imports = [ ./a.nix ../b/c.nix ];\n  networking.hostName = \"demo\";\n  services = {\n    openssh = {\n      enable = true;\n    };\n  };\n  config = lib.mkIf true {\n    time.timeZone = \"UTC\";\n  };\n  environment.systemPackages = with pkgs; [ vim firefox ];\n}\n";

    #[test]
    fn parts_are_found_by_topic() {
        let found = |topic: &str| {
            about(&file(TEXT), topic).into_iter().map(|setting| (setting.line, setting.path)).collect::<Vec<_>>()
        };
        assert_eq!(found("networking"), [(4, "networking.hostName".to_owned())]);
        assert_eq!(found("openssh"), [(6, "services.openssh".to_owned())]);
        assert_eq!(found("services.openssh.enable"), [(7, "services.openssh.enable".to_owned())]);
        assert_eq!(found("time"), [(11, "time.timeZone".to_owned())]);
        assert_eq!(found("timezone"), [(11, "time.timeZone".to_owned())]);
        assert_eq!(found("firefox"), [(13, "environment.systemPackages".to_owned())]);
        assert_eq!(found("packages"), [(13, "environment.systemPackages".to_owned())]);
        assert!(found("bluetooth").is_empty() && found("").is_empty());
    }

    #[test]
    fn a_part_is_written_as_it_stands() {
        let found = about(&file(TEXT), "openssh");
        assert_eq!(found[0].text, "openssh = {\n  enable = true;\n};");
    }

    #[test]
    fn definitions_are_exact() {
        let names = ["networking", "hostName"].map(str::to_owned);
        assert_eq!(definitions(&file(TEXT), &names).len(), 1);
        assert!(definitions(&file(TEXT), &names[..1]).is_empty());
    }

    #[test]
    fn paths_of_a_text_are_read() {
        assert_eq!(paths(TEXT), ["./a.nix", "../b/c.nix"]);
        assert!(paths("# ./no.nix\n\"./no.nix\"").is_empty());
        assert_eq!(normal(Path::new("/etc/nixos/./a/../b.nix")), Path::new("/etc/nixos/b.nix"));
    }

    #[test]
    fn what_is_no_nix_is_told() {
        let broken = broken(&file("{\n  a = 1\n  b = 2;\n}\n"));
        assert_eq!(broken.len(), 1);
        assert!(broken[0].line >= 2, "{broken:?}");
    }
}
