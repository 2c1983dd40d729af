//! A line as tokens: cleaned, split, spelled out, with clauses, negations and the end of what can be trusted.

mod pieces;

use std::cell::OnceCell;
use std::sync::Arc;

use pieces::{Piece, clean, dotted, joined, pieces};

use super::pointing::Surroundings;
use super::repair;
use super::scores::Sum;
use super::senses::{self, Span};
use crate::catalogue::lexicon::{Lexicon, Sense, Table};
use crate::catalogue::own_words::OwnWords;
use crate::numerals;

/// More tokens than this are not looked at: nobody says them, and every table stays small.
pub(crate) const MOST: usize = 120;
/// No name that somebody spells has more letters.
const MOST_LETTERS: usize = 16;

/// A word of the line.
#[expect(clippy::struct_excessive_bools, reason = "what is known of a word, each by itself")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Token {
    /// The word as patterns see it: lower-case, spelled out, mended.
    pub text: String,
    /// The word with the capital letters that it was typed with.
    pub raw: String,
    /// Its number in the lexicon, also when only its stem is there.
    pub known: Option<u32>,
    /// What it looks like.
    pub shape: Shape,
    /// Whether it says nothing by itself.
    pub filler: bool,
    /// Which clause it stands in.
    pub clause: u8,
    /// The token that negates it.
    pub negated: Option<usize>,
    /// What was typed, when a typing error was mended.
    pub typed: Option<String>,
    /// Whether a shell would end the command before this token.
    pub after_shell: bool,
    /// Whether it stood in quotation marks.
    pub quoted: bool,
    /// Whether it is one of the person's own words or names, and so as it should be.
    pub own: bool,
    /// What its parts say for each intent, once it was scored.
    pub parts: OnceCell<Arc<Sum>>,
}

impl Token {
    /// The word without any mending: names are no typing errors.
    pub(crate) fn as_typed(&self) -> &str {
        self.typed.as_deref().unwrap_or(&self.text)
    }
}

/// What a token looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A word, known or not.
    #[default]
    Word,
    /// Digits.
    Number,
    /// `25.11`
    Release,
    /// `services.openssh.enable`
    Path,
    /// `https://...`, `github:...`
    Address,
    /// `192.0.2.7`, `root@box`
    Host,
    /// `-S`, `--flake`
    Flag,
    /// `/etc/nixos`, `./x`, `.#web`
    File,
}

/// The whole line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// Its words.
    pub tokens: Vec<Token>,
    /// Whether shell syntax was cut off; what stood behind it is not acted on.
    pub cut: bool,
    /// Whether it has a question mark.
    pub asks: bool,
    /// Whether it ends with one.
    pub ends_asking: bool,
    /// What was taken out of it, since it is not to be done.
    pub refused: Vec<Token>,
    /// What its phrases can mean, once somebody asked.
    spans: OnceCell<Vec<Span>>,
    /// What its words say for each intent, once it was scored.
    pub said: OnceCell<Sum>,
    /// What each of its words looks like where it stands, once a slot was looked for.
    pub pointed: OnceCell<(Surroundings, Vec<Vec<f32>>)>,
    /// What speaks for each value that is one of a few, once a slot was to be chosen.
    pub chosen: OnceCell<Vec<f32>>,
    /// The person's own words, with which it was read.
    pub own: Option<Arc<OwnWords>>,
}

impl Line {
    pub(crate) fn read(lexicon: &Lexicon<'_>, text: &str) -> Self {
        Self::read_with(lexicon, None, text)
    }

    /// Reads a line of somebody who has words of their own, which are no typing errors.
    pub(crate) fn read_with(lexicon: &Lexicon<'_>, own: Option<Arc<OwnWords>>, text: &str) -> Self {
        let mut line = Self { own, ..Self::default() };
        let (mut clause, mut after_shell) = (0, false);
        let mut text = clean(text);
        line.ends_asking = text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '?').ends_with('?');
        // `, cowsay` is a command: the program that is called so is named comma.
        if let Some(program) = text.trim_start().strip_prefix(", ") {
            text = format!("comma {program}");
        }
        for piece in dotted(lexicon, joined(lexicon, pieces(&text, &mut line))) {
            if line.tokens.len() >= MOST {
                break;
            }
            match piece {
                Piece::Break => clause = (clause + 1).min(u8::MAX - 1),
                Piece::Shell => {
                    clause = (clause + 1).min(u8::MAX - 1);
                    after_shell = true;
                }
                Piece::Word(raw) | Piece::Quoted(raw) if raw.is_empty() => {}
                Piece::Word(ref raw) | Piece::Quoted(ref raw) => {
                    let first = line.tokens.len();
                    spell(lexicon, line.own.as_deref(), raw, &mut line.tokens);
                    line.tokens.truncate(MOST);
                    for token in &mut line.tokens[first.min(MOST)..] {
                        token.clause = clause;
                        token.after_shell = std::mem::take(&mut after_shell);
                        token.quoted = matches!(piece, Piece::Quoted(_));
                        token.own = line.own.as_ref().is_some_and(|own| own.words.contains(&token.text));
                    }
                }
            }
        }
        // "Please please please" says no more than "please"; "eighty eighty" does.
        let said_again = |next: &mut Token, token: &mut Token| {
            next.text == token.text
                && next.shape == Shape::Word
                && !next.after_shell
                && !numerals::is_number(&next.text)
        };
        line.tokens.dedup_by(said_again);
        line.negate();
        line
    }

    /// All that the line's phrases can mean, by their place.
    pub(crate) fn spans(&self, lexicon: &Lexicon<'_>) -> &[Span] {
        self.spans.get_or_init(|| senses::spans(lexicon, self))
    }

    /// A part of the line as a line of its own.
    pub(crate) fn part(&self, range: std::ops::Range<usize>) -> Self {
        let tokens = self.tokens.get(range.clone()).unwrap_or_default().to_vec();
        let within = |span: &&Span| range.start <= span.start && span.end() <= range.end;
        // What was looked up for the whole need not be looked up again.
        let spans = self.spans.get().map_or_else(OnceCell::new, |spans| {
            let shifted = |span: &Span| Span { start: span.start - range.start, ..*span };
            OnceCell::from(spans.iter().filter(within).map(shifted).collect::<Vec<_>>())
        });
        Self { cut: false, spans, ..self.with(tokens) }
    }

    /// The line with these tokens in place of its own.
    pub(crate) fn with(&self, tokens: Vec<Token>) -> Self {
        let (cut, asks, ends_asking) = (self.cut, self.asks, self.ends_asking);
        let (refused, own) = (self.refused.clone(), self.own.clone());
        let mut line = Self { tokens, cut, asks, ends_asking, refused, own, ..Self::default() };
        line.negate();
        line
    }

    /// Marks what a "not" governs: to the end of its clause, or to a word that turns back ("but", "just", "only").
    fn negate(&mut self) {
        let mut by: Option<(usize, u8)> = None;
        for place in 0..self.tokens.len() {
            let clause = self.tokens[place].clause;
            // "Before I update, show me what would change" asks for no update either.
            let later = self.tokens[place].text == "before"
                && self.tokens.get(place + 1).is_some_and(|next| matches!(next.text.as_str(), "i" | "we" | "you"));
            if negates(&self.tokens[place].text) || later {
                by = Some((place, clause));
                self.tokens[place].negated = None;
                continue;
            }
            let turns =
                matches!(self.tokens[place].text.as_str(), "but" | "just" | "only" | "simply" | "rather" | "until");
            if turns || by.is_some_and(|(_, negated)| negated != clause) {
                by = None;
            }
            self.tokens[place].negated = by.map(|(place, _)| place);
        }
    }
}

/// Whether this word turns what follows into its opposite.
pub(crate) fn negates(word: &str) -> bool {
    matches!(word, "not" | "no" | "never" | "without")
}

/// What a word looks like.
pub(crate) fn shape(text: &str) -> Shape {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(text) {
        return Shape::Number;
    }
    if text.starts_with('-') {
        return Shape::Flag;
    }
    let schemes = ["https://", "http://", "github:", "gitlab:", "sourcehut:", "git+", "ssh://", "flake:"];
    if schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return Shape::Address;
    }
    if text.starts_with(['/', '~']) || text.starts_with("./") || text.starts_with("../") || text.starts_with(".#") {
        return Shape::File;
    }
    if let Some((year, month)) = text.split_once('.')
        && year.len() == 2
        && month.len() == 2
        && digits(year)
        && digits(month)
    {
        return Shape::Release;
    }
    let address = text.split('.').count() == 4 && text.split('.').all(|part| digits(part) && part.len() <= 3);
    if address || text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty()) {
        return Shape::Host;
    }
    let parts = || text.split('.');
    if parts().count() >= 2
        && parts().all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_\"'".contains(&byte))
        })
        && parts().next().is_some_and(|part| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
        && text.rsplit('.').next() != Some("nix")
    {
        return Shape::Path;
    }
    Shape::Word
}

fn token(lexicon: &Lexicon<'_>, text: String, known: Option<u32>, raw: &str, typed: Option<String>) -> Token {
    let filler = known.is_some_and(|word| lexicon.senses(word).any(|sense| sense == Sense::Filler));
    Token { shape: shape(&text), raw: raw.to_owned(), text, known, filler, typed, ..Token::default() }
}

/// The number of a word, in the form it has or without its ending.
pub(crate) fn find(lexicon: &Lexicon<'_>, text: &str) -> Option<u32> {
    lexicon.find(text).or_else(|| stem(lexicon, text))
}

/// The number of a word without its ending.
fn stem(lexicon: &Lexicon<'_>, text: &str) -> Option<u32> {
    if text.len() < 4 || !text.is_ascii() {
        return None;
    }
    let known = |stem: &str| {
        let word = lexicon.find(stem)?;
        // "Gits" is no git: names do not bend.
        lexicon.senses(word).any(|sense| matches!(sense, Sense::Class(_) | Sense::Word)).then_some(word)
    };
    for ending in ["ing", "ed"] {
        if let Some(stem) = text.strip_suffix(ending).filter(|stem| stem.len() > 2) {
            let bytes = stem.as_bytes();
            let doubled = bytes.last() == bytes.get(bytes.len().wrapping_sub(2));
            let single = if doubled { known(&stem[..stem.len() - 1]) } else { None };
            return known(stem).or(single).or_else(|| known(&format!("{stem}e")));
        }
    }
    let plural = text.strip_suffix('s')?;
    lexicon.find(plural).or_else(|| known(plural.strip_suffix('e')?))
}

/// One typed word as the words it stands for.
fn spell(lexicon: &Lexicon<'_>, own: Option<&OwnWords>, raw: &str, tokens: &mut Vec<Token>) {
    let word = if raw.bytes().any(|byte| byte.is_ascii_uppercase()) || !raw.is_ascii() {
        raw.chars().flat_map(char::to_lowercase).collect()
    } else {
        raw.to_owned()
    };
    let exact = lexicon.find(&word);
    let known = exact.or_else(|| stem(lexicon, &word));
    let is_own = own.is_some_and(|own| own.words.contains(&word));
    let mut add = |text: &str, exact: Option<u32>, known: Option<u32>, typed: Option<&str>| {
        let typed = typed.map(str::to_owned);
        match exact.and_then(|exact| spelling(lexicon, exact)) {
            Some(spelled) => tokens.extend(
                spelled
                    .split(' ')
                    .map(|part| token(lexicon, part.to_owned(), find(lexicon, part), part, typed.clone())),
            ),
            None => tokens.push(token(lexicon, text.to_owned(), known, raw, typed)),
        }
    };
    if known.is_some() || is_own || shape(&word) != Shape::Word {
        return add(&word, exact, known, None);
    }
    let mut add = |text: &str, typed: Option<&str>| {
        add(text, lexicon.find(text), find(lexicon, text), typed);
    };
    // "88..91" is said as "88 to 91".
    if let Some((from, to)) = word.split_once("..")
        && [from, to].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return [from, "to", to].into_iter().for_each(|part| add(part, None));
    }
    // "everybody's" and the like: the word without its ending.
    if let Some(stem) = word.strip_suffix("'s") {
        return add(stem, None);
    }
    for keep in [1, 2] {
        let shorter = shorten(&word, keep);
        if shorter != word && find(lexicon, &shorter).is_some() {
            return add(&shorter, None);
        }
    }
    let mended = if lexicon.is_ordinary(&word) { None } else { repair::repair(lexicon, &word) };
    match mended {
        Some(mended) => mended.split(' ').for_each(|part| add(part, Some(&word))),
        None => add(&word, None),
    }
}

fn spelling<'a>(lexicon: &Lexicon<'a>, word: u32) -> Option<&'a str> {
    lexicon.senses(word).find_map(|sense| match sense {
        Sense::Spelled(place) => Some(lexicon.name(Table::Spellings, place)),
        _ => None,
    })
}

/// "updaaaate" is drawn out: runs of three and more letters become `keep`.
fn shorten(word: &str, keep: usize) -> String {
    let characters: Vec<char> = word.chars().collect();
    let mut short = String::with_capacity(word.len());
    for run in characters.chunk_by(|a, b| a == b) {
        let length = if run.len() >= 3 && run[0].is_alphabetic() { keep } else { run.len() };
        short.extend(run.iter().take(length));
    }
    short
}
