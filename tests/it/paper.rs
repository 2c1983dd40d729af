//! What displays write on in tests.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use ask_nix::show::progress::Screen;
use unicode_width::UnicodeWidthStr;

/// As much of a terminal as the display needs: rows that wrap, a cursor, and the widest row ever written.
#[derive(Clone, Debug)]
pub(crate) struct Paper(Arc<Mutex<Sheet>>);

#[derive(Debug)]
pub(crate) struct Sheet {
    columns: usize,
    rows: Vec<String>,
    cursor: usize,
    pub(crate) widest: usize,
    pub(crate) written: usize,
}

impl Sheet {
    fn row(&mut self) -> &mut String {
        while self.rows.len() <= self.cursor {
            self.rows.push(String::new());
        }
        &mut self.rows[self.cursor]
    }

    /// Rows are only ever written from their beginning, so the first letter empties them.
    pub(crate) fn write(&mut self, text: &str) {
        self.written += text.len();
        let mut characters = text.chars().peekable();
        let mut fresh = true;
        while let Some(character) = characters.next() {
            match character {
                '\r' => fresh = true,
                '\n' => {
                    if fresh {
                        self.row().clear();
                    }
                    self.cursor += 1;
                    fresh = true;
                }
                '\u{1b}' => {
                    characters.next();
                    let mut number = String::new();
                    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                        number.push(digit);
                    }
                    match characters.next() {
                        Some('A') => self.cursor -= number.parse::<usize>().unwrap_or(1),
                        Some('J') => {
                            self.rows.truncate(self.cursor);
                            fresh = true;
                        }
                        Some('K' | 'm') => {}
                        other => panic!("unknown sequence {other:?}"),
                    }
                }
                letter => {
                    if fresh {
                        self.row().clear();
                        fresh = false;
                    }
                    if self.row().width() >= self.columns {
                        self.cursor += 1;
                        self.row().clear();
                    }
                    self.row().push(letter);
                    self.widest = self.widest.max(self.row().width());
                }
            }
        }
    }

    /// Wraps what is there, as terminals do.
    pub(crate) fn resize(&mut self, columns: usize) {
        let rows = std::mem::take(&mut self.rows);
        self.columns = columns;
        for row in rows {
            let letters: Vec<char> = row.chars().collect();
            self.rows.extend(letters.chunks(columns).map(|letters| letters.iter().collect::<String>()));
        }
        self.cursor = self.rows.len();
    }
}

impl Paper {
    pub(crate) fn new(columns: usize) -> Self {
        Self(Arc::new(Mutex::new(Sheet { columns, rows: Vec::new(), cursor: 0, widest: 0, written: 0 })))
    }

    pub(crate) fn with<T>(&self, action: impl FnOnce(&mut Sheet) -> T) -> T {
        action(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn frame(&self) -> String {
        self.with(|sheet| sheet.rows.join("\n").trim_end().to_owned())
    }
}

impl Screen for Paper {
    fn size(&self) -> (usize, usize) {
        (self.with(|sheet| sheet.columns), 24)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.with(|sheet| sheet.write(text));
        Ok(())
    }
}

/// A sink that can be read.
#[derive(Clone, Default)]
pub(crate) struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
