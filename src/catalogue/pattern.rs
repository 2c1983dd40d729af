//! The small language of patterns: `(roll back|go back) [to] <generation> {generation}`.
//!
//! Words stand for themselves; `(a|b c)` is one of several; `[x|y]` may be left out; `<name>` is a set of
//! `intents/words.toml`; `{name}` is a slot; `..` lets up to a few words pass. Parsing flattens: what is made of words
//! only becomes a set, alternatives with slots become patterns of their own.

/// Brackets in brackets in brackets: deeper than this nobody means it.
const DEEPEST: u8 = 8;
/// A pattern with more alternatives than this is several patterns.
const MOST: usize = 512;

/// A part of a pattern before sets and slots have numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// One of these phrases.
    Phrases {
        /// Each a list of words.
        phrases: Vec<Vec<String>>,
        /// Named sets whose phrases count as well.
        sets: Vec<String>,
        /// Whether it may be left out.
        optional: bool,
    },
    /// A slot.
    Slot {
        /// Its name.
        name: String,
        /// Whether it may be left out.
        optional: bool,
    },
    /// Any few words.
    Gap,
}

enum Tree {
    Word(String),
    Set(String),
    Slot(String),
    Gap,
    Any { branches: Vec<Vec<Tree>>, optional: bool },
}

/// Reads a pattern and flattens it.
///
/// # Errors
/// Says what is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Vec<Part>>, String> {
    let mut rest = text.chars().peekable();
    let mut branches = sequence(&mut rest, None, 0)?;
    match branches.pop() {
        Some(only) if branches.is_empty() => flatten(&only),
        _ => Err("'|' outside of brackets".to_owned()),
    }
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn sequence(rest: &mut Characters<'_>, end: Option<char>, depth: u8) -> Result<Vec<Vec<Tree>>, String> {
    if depth > DEEPEST {
        return Err("there are too many brackets in brackets".to_owned());
    }
    let mut branches = vec![Vec::new()];
    loop {
        let Some(character) = rest.next() else {
            return if end.is_none() { Ok(branches) } else { Err("a bracket is not closed".to_owned()) };
        };
        let tree = match character {
            _ if Some(character) == end => return Ok(branches),
            ' ' => continue,
            '|' => {
                branches.push(Vec::new());
                continue;
            }
            '(' => Tree::Any { branches: sequence(rest, Some(')'), depth + 1)?, optional: false },
            '[' => Tree::Any { branches: sequence(rest, Some(']'), depth + 1)?, optional: true },
            '{' => Tree::Slot(name(rest, '}')?),
            '<' => Tree::Set(name(rest, '>')?),
            ')' | ']' | '}' | '>' => return Err(format!("'{character}' closes nothing")),
            _ => {
                let mut word = String::from(character);
                while let Some(&next) = rest.peek() {
                    if " |()[]{}<>".contains(next) {
                        break;
                    }
                    word.push(next);
                    rest.next();
                }
                if word == ".." { Tree::Gap } else { Tree::Word(word) }
            }
        };
        if let Some(branch) = branches.last_mut() {
            branch.push(tree);
        }
    }
}

fn name(rest: &mut Characters<'_>, end: char) -> Result<String, String> {
    let mut name = String::new();
    for character in rest.by_ref() {
        if character == end {
            return Ok(name);
        }
        name.push(character);
    }
    Err(format!("no '{end}' after '{name}'"))
}

/// The words of a branch, when it is made of words only.
fn words(branch: &[Tree]) -> Option<Vec<String>> {
    branch.iter().map(|tree| if let Tree::Word(word) = tree { Some(word.clone()) } else { None }).collect()
}

fn flatten(sequence: &[Tree]) -> Result<Vec<Vec<Part>>, String> {
    let mut all = vec![Vec::new()];
    for tree in sequence {
        let choices: Vec<Vec<Part>> = match tree {
            Tree::Gap => vec![vec![Part::Gap]],
            Tree::Word(word) => vec![vec![phrases(vec![vec![word.clone()]], Vec::new(), false)]],
            Tree::Set(set) => vec![vec![phrases(Vec::new(), vec![set.clone()], false)]],
            Tree::Slot(name) => vec![vec![Part::Slot { name: name.clone(), optional: false }]],
            Tree::Any { branches, optional } => choices(branches, *optional)?,
        };
        if all.len() * choices.len() > MOST {
            return Err("it has too many alternatives".to_owned());
        }
        all = all
            .iter()
            .flat_map(|before: &Vec<Part>| {
                choices.iter().map(move |choice| before.iter().chain(choice).cloned().collect())
            })
            .collect();
    }
    Ok(all)
}

fn choices(branches: &[Vec<Tree>], optional: bool) -> Result<Vec<Vec<Part>>, String> {
    let (mut said, mut sets, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for branch in branches {
        match branch.as_slice() {
            [Tree::Set(set)] => sets.push(set.clone()),
            [Tree::Slot(name)] => others.push(vec![Part::Slot { name: name.clone(), optional }]),
            _ => match words(branch) {
                Some(phrase) => said.push(phrase),
                None => others.extend(flatten(branch)?),
            },
        }
    }
    // An optional part that is more than words or one slot is the pattern without it, beside the pattern with it.
    if optional && others.iter().any(|parts| parts.len() > 1) {
        others.push(Vec::new());
    }
    if !said.is_empty() || !sets.is_empty() {
        others.push(vec![phrases(said, sets, optional)]);
    }
    Ok(others)
}

fn phrases(phrases: Vec<Vec<String>>, sets: Vec<String>, optional: bool) -> Part {
    Part::Phrases { phrases, sets, optional }
}
