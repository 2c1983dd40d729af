//! What Nix is doing now, and the sums over it. Sums follow `progress-bar.cc`: what is done is what ended and what the
//! live activities say; what is expected is the same sum or what was announced (`SetExpected`), whichever is more.

use std::collections::HashMap;
use std::time::Duration;

use super::kind::ActivityKind;
use super::message::Fields;
use super::text::{Tail, clean};
use super::{derivation_name, store_path_name};
use crate::event::Count;

/// No real Nix runs so many things at once; a stream without `stop` must not eat memory.
const LIVE_LIMIT: usize = 10_000;
/// Kinds that are summed up; later kinds beyond this are not.
const KIND_LIMIT: usize = 64;
const SUBJECT_LIMIT: usize = 1024;

/// One activity.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) kind: ActivityKind,
    pub(super) parent: Option<u64>,
    /// In Nix's words, or the last thing that it said about itself.
    pub(super) text: String,
    /// The derivation, store path or address.
    pub(super) subject: String,
    /// Its name, as people say it.
    pub(super) name: String,
    /// The other side: a cache, a builder.
    pub(super) host: Option<String>,
    pub(super) since: Duration,
    pub(super) counts: Counts,
    pub(super) phase: Option<String>,
    /// The last lines of a build.
    pub(super) tail: Tail,
    /// What it announced for other kinds.
    announced: HashMap<ActivityKind, u64>,
}

/// A `Progress` result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) done: u64,
    pub(super) expected: u64,
    pub(super) running: u64,
    pub(super) failed: u64,
}

impl Activity {
    pub(super) fn new(
        kind: ActivityKind,
        parent: Option<u64>,
        text: &str,
        fields: &Fields<'_>,
        since: Duration,
    ) -> Self {
        let subject = clean(fields.text(0).unwrap_or_default(), SUBJECT_LIMIT).into_owned();
        let text = clean(text, SUBJECT_LIMIT).into_owned();
        let named = if subject.is_empty() { quoted(&text).unwrap_or_default() } else { &subject };
        let name = match kind {
            ActivityKind::Build | ActivityKind::PostBuildHook | ActivityKind::BuildWaiting => derivation_name(named),
            _ => store_path_name(named),
        }
        .to_owned();
        let host = match kind {
            ActivityKind::Build | ActivityKind::Substitute | ActivityKind::QueryPathInfo | ActivityKind::CopyPath => {
                fields.text(1).filter(|host| !is_local(host)).map(|host| clean(host, SUBJECT_LIMIT).into_owned())
            }
            _ => None,
        };
        Self {
            kind,
            parent,
            text,
            subject,
            name,
            host,
            since,
            counts: Counts::default(),
            phase: None,
            tail: Tail::default(),
            announced: HashMap::new(),
        }
    }
}

/// The first quoted part of a text.
fn quoted(text: &str) -> Option<&str> {
    text.split(['\'', '"', '‘', '’']).nth(1)
}

/// Names of this machine's own store, of several versions.
fn is_local(store: &str) -> bool {
    matches!(store, "" | "local" | "local://" | "unix" | "unix://" | "daemon" | "auto")
}

#[derive(Debug, Default)]
struct Total {
    done: u64,
    failed: u64,
    announced: u64,
}

/// All live activities, and what the ended ones left.
#[derive(Debug, Default)]
pub(super) struct Activities {
    live: HashMap<u64, Activity>,
    totals: HashMap<ActivityKind, Total>,
}

impl Activities {
    pub(super) fn start(&mut self, id: u64, activity: Activity) {
        if self.live.len() < LIVE_LIMIT {
            self.live.insert(id, activity);
        }
    }

    pub(super) fn stop(&mut self, id: u64) -> Option<Activity> {
        let activity = self.live.remove(&id)?;
        if let Some(total) = self.total(activity.kind) {
            total.done = total.done.saturating_add(activity.counts.done);
            total.failed = total.failed.saturating_add(activity.counts.failed);
        }
        for (&kind, &amount) in &activity.announced {
            if let Some(total) = self.totals.get_mut(&kind) {
                total.announced = total.announced.saturating_sub(amount);
            }
        }
        Some(activity)
    }

    pub(super) fn get(&self, id: u64) -> Option<&Activity> {
        self.live.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Activity> {
        self.live.get_mut(&id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Activity)> {
        self.live.iter().map(|(&id, activity)| (id, activity))
    }

    /// Whether one of this kind is live.
    pub(super) fn any(&self, kind: ActivityKind) -> bool {
        self.live.values().any(|activity| activity.kind == kind)
    }

    /// A `Progress` result; gives how many more have failed.
    pub(super) fn progress(&mut self, id: u64, fields: &Fields<'_>) -> u64 {
        let Some(activity) = self.live.get_mut(&id) else { return 0 };
        let number = |index| fields.number(index).unwrap_or_default();
        let before = activity.counts.failed;
        activity.counts = Counts { done: number(0), expected: number(1), running: number(2), failed: number(3) };
        activity.counts.failed.saturating_sub(before)
    }

    /// A `SetExpected` result.
    pub(super) fn announce(&mut self, id: u64, fields: &Fields<'_>) {
        let (Some(kind), Some(amount)) = (fields.number(0).map(ActivityKind::from), fields.number(1)) else { return };
        let Some(activity) = self.live.get_mut(&id) else { return };
        if activity.announced.len() >= KIND_LIMIT {
            return;
        }
        let before = activity.announced.insert(kind, amount).unwrap_or_default();
        if let Some(total) = self.total(kind) {
            total.announced = total.announced.saturating_sub(before).saturating_add(amount);
        }
    }

    /// The sum over one kind.
    pub(super) fn sum(&self, kind: ActivityKind) -> Count {
        let total = self.totals.get(&kind);
        let mut done = total.map_or(0, |total| total.done);
        let mut failed = total.map_or(0, |total| total.failed);
        let mut expected = done;
        for activity in self.live.values().filter(|activity| activity.kind == kind) {
            done = done.saturating_add(activity.counts.done);
            expected = expected.saturating_add(activity.counts.expected);
            failed = failed.saturating_add(activity.counts.failed);
        }
        Count { done, expected: expected.max(total.map_or(0, |total| total.announced)), failed }
    }

    fn total(&mut self, kind: ActivityKind) -> Option<&mut Total> {
        if self.totals.len() >= KIND_LIMIT && !self.totals.contains_key(&kind) {
            return None;
        }
        Some(self.totals.entry(kind).or_default())
    }
}
