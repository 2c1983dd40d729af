//! Questions to the tables: candidates by name, by words and by parts of names, and whole entries.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::store::range;
use super::{Entry, Error, Index, Kind};

/// So many candidates are taken of each way to find them.
const MOST: i64 = 80;

impl Index {
    /// Entries that a text means as a whole, with the weight of that.
    pub(super) fn named(&self, text: &str, kind: Kind) -> Result<Vec<(i64, i64)>, Error> {
        let (first, _) = range(kind, true);
        let (_, last) = range(kind, false);
        let mut rows = self.connection.prepare_cached(
            "select id, weight from alias where text = ?1 and id between ?2 and ?3 order by weight desc, id limit ?4",
        )?;
        let found = rows.query_map(params![text, first, last, MOST], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Entries whose names begin like this, the known ones first.
    pub(super) fn beginning(&self, text: &str, kind: Kind) -> Result<BTreeSet<i64>, Error> {
        let mut rows = self.connection.prepare_cached(
            "select id from alias where text >= ?1 and text < ?1 || char(1114111) and id between ?2 and ?3 \
             order by length(text) limit ?4",
        )?;
        let mut found = BTreeSet::new();
        for known in [true, false] {
            let (first, last) = range(kind, known);
            let ids = rows.query_map(params![text, first, last, MOST / 2], |row| row.get(0))?;
            for id in ids {
                found.insert(id?);
            }
        }
        Ok(found)
    }

    /// Entries with this part anywhere in a name. Reads all names, so it comes last.
    pub(super) fn with_part(&self, text: &str, kind: Kind) -> Result<BTreeSet<i64>, Error> {
        let (first, _) = range(kind, true);
        let (_, last) = range(kind, false);
        let mut rows = self.connection.prepare_cached(
            "select id from alias where instr(text, ?1) and id between ?2 and ?3 order by length(text) limit ?4",
        )?;
        let found = rows.query_map(params![text, first, last, MOST], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Entries that a query of words finds, the best-known and the others.
    pub(super) fn matching(&self, query: &str, kind: Kind) -> Result<BTreeSet<i64>, Error> {
        let mut rows = self.connection.prepare_cached(
            "select rowid from words where words match ?1 and rowid between ?2 and ?3 \
             order by bm25(words, 10.0, 8.0, 7.0, 4.0) limit ?4",
        )?;
        let mut found = BTreeSet::new();
        for known in [true, false] {
            let (first, last) = range(kind, known);
            for id in rows.query_map(params![query, first, last, MOST], |row| row.get(0))? {
                found.insert(id?);
            }
        }
        Ok(found)
    }

    /// How many entries have such a word, or one that begins like it. Very many are not counted to the end.
    pub(super) fn times(&self, query: &str) -> Result<u32, Error> {
        let mut rows = self
            .connection
            .prepare_cached("select count(*) from (select 1 from words where words match ?1 limit 2000)")?;
        Ok(rows.query_row([query], |row| row.get(0))?)
    }

    /// The entry of this number.
    pub(super) fn entry(&self, id: i64) -> Result<Option<Entry>, Error> {
        let mut rows = self.connection.prepare_cached("select kind, name, data from entry where id = ?1")?;
        let read =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, u8>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
        let Some((kind, name, data)) = rows.query_row([id], read).optional()? else { return Ok(None) };
        Ok(Some(restored(kind, name, &data)))
    }

    /// The entry of exactly this name, else of this name in other letters or with other separators.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn get(&self, kind: Kind, name: &str) -> Result<Option<Entry>, Error> {
        let mut rows = self.connection.prepare_cached("select id from entry where name = ?1 and kind = ?2")?;
        let exact: Option<i64> = rows.query_row(params![name, kind.number()], |row| row.get(0)).optional()?;
        if let Some(id) = exact {
            return self.entry(id);
        }
        let near = self.named(&super::words::squashed(name), kind)?;
        match near.into_iter().find(|(_, weight)| *weight >= super::build::weight::CALLED) {
            Some((id, _)) => self.entry(id),
            None => Ok(None),
        }
    }

    /// The packages that bring a command.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn providers(&self, command: &str) -> Result<Vec<String>, Error> {
        let mut rows =
            self.connection.prepare_cached("select package from program where name = ?1 order by package")?;
        let found = rows.query_map([command], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// Commands whose names differ by little, the nearest first.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn near_commands(&self, command: &str) -> Result<Vec<String>, Error> {
        let first: String = command.chars().take(1).collect();
        let mut rows = self
            .connection
            .prepare_cached("select distinct name from program where name >= ?1 and name < ?1 || char(1114111)")?;
        let names = rows.query_map([first], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok(super::repair::nearest(command, names.iter().map(String::as_str), 3))
    }

    /// The options below a path, such as all of `services.openssh`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn below(&self, path: &str, most: usize) -> Result<Vec<String>, Error> {
        let start = format!("{}.", path.trim_end_matches('.'));
        let mut rows = self.connection.prepare_cached(
            "select name from entry where name >= ?1 and name < ?1 || char(1114111) and kind = ?2 order by name limit ?3",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = rows.query_map(params![start, Kind::Option.number(), most], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The option of this path, where names that stand for any name (`<name>`, `*`) fit every one.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn option(&self, path: &str) -> Result<Option<Entry>, Error> {
        if let Some(entry) = self.get(Kind::Option, path)? {
            return Ok(Some(entry));
        }
        let parts: Vec<&str> = path.split('.').collect();
        // The first name is never one that stands for others.
        let Some(first) = parts.first().filter(|_| parts.len() > 2) else { return Ok(None) };
        let fits = |name: &str| {
            let pattern: Vec<&str> = name.split('.').collect();
            let same = |(wanted, given): (&&str, &&str)| wanted == given || *wanted == "*" || wanted.starts_with('<');
            pattern.len() == parts.len() && pattern.iter().zip(&parts).all(same)
        };
        let names = self.below(first, usize::MAX)?;
        let found = names.iter().find(|name| name.contains(['*', '<']) && fits(name));
        found.map_or(Ok(None), |name| self.get(Kind::Option, name))
    }
}

fn restored(kind: u8, name: String, data: &str) -> Entry {
    let kind = match kind {
        0 => Kind::Package,
        1 => Kind::Option,
        _ => Kind::Service,
    };
    Entry { kind, name, ..serde_json::from_str(data).unwrap_or_default() }
}
