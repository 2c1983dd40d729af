//! The store as a graph: paths, their sizes, and which refers to which. Closures are sets of bits over it, so that
//! hundreds of them can be compared.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

/// The place of a path in a [`Graph`].
pub type Index = u32;

/// Store paths and their references; the whole store or the part that was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    paths: Vec<Arc<str>>,
    bytes: Vec<u64>,
    references: Vec<Vec<Index>>,
    index: HashMap<Arc<str>, Index>,
}

/// A set of paths of one graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathSet {
    words: Vec<u64>,
}

/// A path and its size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The store path.
    pub path: String,
    /// The size of its content as an archive, in bytes (`narSize` in Nix).
    pub bytes: u64,
}

impl Graph {
    /// Adds a path, or finds it. Its size is set when it is known.
    pub fn add(&mut self, path: &str, bytes: Option<u64>) -> Index {
        if let Some(&at) = self.index.get(path) {
            if let (Some(bytes), Some(known)) = (bytes, self.bytes.get_mut(at as usize)) {
                *known = bytes;
            }
            return at;
        }
        let at = Index::try_from(self.paths.len()).unwrap_or(Index::MAX);
        let path: Arc<str> = path.into();
        self.paths.push(path.clone());
        self.bytes.push(bytes.unwrap_or(0));
        self.references.push(Vec::new());
        self.index.insert(path, at);
        at
    }

    /// Notes that one path refers to another.
    pub fn refer(&mut self, from: Index, to: Index) {
        if let Some(references) = self.references.get_mut(from as usize) {
            references.push(to);
        }
    }

    /// The place of a store path, or of the store path that a file belongs to.
    pub fn find(&self, path: &str) -> Option<Index> {
        let mut path = path.trim_end_matches('/');
        loop {
            if let Some(&at) = self.index.get(path) {
                return Some(at);
            }
            path = path.rsplit_once('/')?.0;
        }
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The path at a place.
    pub fn path(&self, at: Index) -> &str {
        self.paths.get(at as usize).map_or("", |path| path)
    }

    /// The size of the path at a place, in bytes.
    pub fn bytes(&self, at: Index) -> u64 {
        self.bytes.get(at as usize).copied().unwrap_or(0)
    }

    /// What the path at a place refers to; itself may be among it.
    pub fn references(&self, at: Index) -> &[Index] {
        self.references.get(at as usize).map_or(&[], |references| references)
    }

    /// The paths that refer to this one, without itself.
    pub fn referrers(&self, to: Index) -> Vec<Index> {
        self.all().iter().filter(|&from| from != to && self.references(from).contains(&to)).collect()
    }

    /// Every path.
    pub fn all(&self) -> PathSet {
        let mut set = PathSet::default();
        for at in 0..self.paths.len() {
            set.insert(Index::try_from(at).unwrap_or(Index::MAX));
        }
        set
    }

    /// These paths and all that they need.
    pub fn closure(&self, roots: impl IntoIterator<Item = Index>) -> PathSet {
        let mut set = PathSet { words: vec![0; self.paths.len().div_ceil(64)] };
        let mut waiting: Vec<Index> = roots.into_iter().filter(|&root| set.insert(root)).collect();
        while let Some(at) = waiting.pop() {
            waiting.extend(self.references(at).iter().copied().filter(|&reference| set.insert(reference)));
        }
        set
    }

    /// The closure of a store path; `None` when the path is not in the graph.
    pub fn closure_of(&self, path: &str) -> Option<PathSet> {
        Some(self.closure([self.find(path)?]))
    }

    /// The sum of the sizes, in bytes.
    pub fn sum(&self, set: &PathSet) -> u64 {
        set.iter().map(|at| self.bytes(at)).fold(0, u64::saturating_add)
    }

    /// The paths of a set with their sizes.
    pub fn entries(&self, set: &PathSet) -> Vec<Entry> {
        set.iter().map(|at| Entry { path: self.path(at).to_owned(), bytes: self.bytes(at) }).collect()
    }
}

impl PathSet {
    /// Adds a path; whether it is new.
    pub fn insert(&mut self, at: Index) -> bool {
        let (word, bit) = (at as usize / 64, 1_u64 << (at % 64));
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let Some(word) = self.words.get_mut(word) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Whether a path is in it.
    pub fn contains(&self, at: Index) -> bool {
        self.words.get(at as usize / 64).is_some_and(|word| word & (1_u64 << (at % 64)) != 0)
    }

    /// How many paths are in it.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The paths, in the order of the graph.
    pub fn iter(&self) -> impl Iterator<Item = Index> + '_ {
        (0_u32..).zip(&self.words).flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// Adds all of another set.
    pub fn unite(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let theirs = other.words.iter().copied().chain(std::iter::repeat(0));
        Self { words: self.words.iter().zip(theirs).map(|(mine, theirs)| mine & !theirs).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closures_go_round_in_circles_without_harm() {
        let mut graph = Graph::default();
        let [a, b, c, d] = ["/s/a", "/s/b", "/s/c", "/s/d"].map(|path| graph.add(path, Some(10)));
        graph.refer(a, b);
        graph.refer(b, c);
        graph.refer(c, a);
        graph.refer(c, c);
        graph.refer(d, a);
        let closure = graph.closure_of("/s/a/bin/tool").unwrap();
        assert_eq!(closure.iter().collect::<Vec<_>>(), [a, b, c]);
        assert_eq!((closure.len(), graph.sum(&closure)), (3, 30));
        assert_eq!(graph.all().without(&closure).iter().collect::<Vec<_>>(), [d]);
        assert_eq!(graph.referrers(a), [c, d]);
        assert_eq!(graph.closure_of("/elsewhere"), None);
    }

    #[test]
    fn sets_grow_and_mix() {
        let mut set = PathSet::default();
        for at in [0, 63, 64, 700] {
            assert!(set.insert(at));
            assert!(!set.insert(at));
        }
        let mut other = PathSet::default();
        other.insert(63);
        assert_eq!(set.without(&other).iter().collect::<Vec<_>>(), [0, 64, 700]);
        other.unite(&set);
        assert_eq!(other, set);
        assert!(!set.contains(5000));
    }
}
