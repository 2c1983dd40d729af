//! From live activities to what a person sees of them.

use std::time::Duration;

use super::activity::{Activities, Activity};
use super::kind::ActivityKind;
use crate::event::{Count, Running, RunningKind};

/// A snapshot names so many; the counts tell of the rest.
const RUNNING_LIMIT: usize = 100;
/// Nesting in real streams is three deep. A stream may lie in a circle.
const DEPTH_LIMIT: usize = 10;

/// What kind of visible work an activity is, if it is one.
fn visible(activity: &Activity) -> Option<RunningKind> {
    match activity.kind {
        ActivityKind::Build | ActivityKind::BuildWaiting => Some(RunningKind::Build),
        ActivityKind::Substitute | ActivityKind::CopyPath => Some(RunningKind::Copy),
        ActivityKind::FileTransfer => (!is_cache_talk(&activity.subject)).then_some(RunningKind::Download),
        ActivityKind::FetchTree | ActivityKind::FetchToStore => Some(RunningKind::Download),
        ActivityKind::OptimiseStore | ActivityKind::VerifyPaths | ActivityKind::PostBuildHook => {
            Some(RunningKind::Other)
        }
        ActivityKind::Other(_) => (!activity.text.is_empty()).then_some(RunningKind::Other),
        ActivityKind::Unknown
        | ActivityKind::Realise
        | ActivityKind::CopyPaths
        | ActivityKind::Builds
        | ActivityKind::QueryPathInfo => None,
    }
}

/// How an activity is called.
pub(super) fn label(activity: &Activity) -> String {
    match activity.kind {
        ActivityKind::OptimiseStore => "linking equal files".to_owned(),
        ActivityKind::VerifyPaths => "checking store paths".to_owned(),
        ActivityKind::PostBuildHook => format!("post-build hook of {}", activity.name),
        // The text of an input says more than a name: "fetching Git repository '…'".
        ActivityKind::FetchTree | ActivityKind::FetchToStore | ActivityKind::Other(_) if !activity.text.is_empty() => {
            activity.text.clone()
        }
        _ if activity.name.is_empty() => activity.text.clone(),
        _ => activity.name.clone(),
    }
}

/// Requests of Nix to a cache, which are part of asking or copying. Nix before 2.9 does not tell of what they are part.
fn is_cache_talk(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let ending = |ending: &str| path.len() > ending.len() && path.ends_with(ending);
    ending(".narinfo") || ending("/nix-cache-info") || path.contains("/nar/")
}

/// What runs, longest-running first.
pub(super) fn running(activities: &Activities, now: Duration) -> Vec<Running> {
    let mut shown: Vec<(u64, &Activity, RunningKind)> = activities
        .iter()
        .filter_map(|(id, activity)| visible(activity).map(|kind| (id, activity, kind)))
        .filter(|(_, activity, _)| !inside_visible(activities, activity))
        .collect();
    shown.sort_by_key(|(id, activity, _)| (activity.since, *id));
    shown.truncate(RUNNING_LIMIT);
    shown.into_iter().map(|(id, activity, kind)| describe(activities, id, activity, kind, now)).collect()
}

/// What kind of work ended with an activity that has just been removed; waiting is no work, nor are parts of work.
pub(super) fn ended(activities: &Activities, activity: &Activity) -> Option<RunningKind> {
    let counts = !matches!(activity.kind, ActivityKind::BuildWaiting | ActivityKind::Other(_));
    visible(activity).filter(|_| counts && !inside_visible(activities, activity))
}

/// Whether this is only a part of something that is shown: the copying of a substitution, its download.
fn inside_visible(activities: &Activities, activity: &Activity) -> bool {
    if activity.kind == ActivityKind::CopyPath && activity.parent.is_none() {
        // Before 2.9: the substitution of the same path.
        return activities
            .iter()
            .any(|(_, other)| other.kind == ActivityKind::Substitute && other.subject == activity.subject);
    }
    let mut parent = activity.parent;
    for _ in 0..DEPTH_LIMIT {
        let Some(above) = parent.and_then(|id| activities.get(id)) else { return false };
        if visible(above).is_some() || above.kind == ActivityKind::QueryPathInfo {
            return true;
        }
        parent = above.parent;
    }
    false
}

fn describe(activities: &Activities, id: u64, activity: &Activity, kind: RunningKind, now: Duration) -> Running {
    let mut bytes = None;
    let mut waiting = (activity.kind == ActivityKind::BuildWaiting).then(|| activity.text.clone());
    match kind {
        RunningKind::Copy | RunningKind::Download => bytes = transferred(activities, id, activity),
        RunningKind::Build => {
            let inner = activities
                .iter()
                .find(|(_, other)| other.kind == ActivityKind::BuildWaiting && other.parent == Some(id));
            waiting = waiting.or_else(|| inner.map(|(_, other)| other.text.clone()));
        }
        RunningKind::Other => {}
    }
    Running {
        kind,
        name: label(activity),
        phase: activity.phase.clone(),
        seconds: now.saturating_sub(activity.since).as_secs_f64(),
        bytes,
        host: activity.host.clone(),
        waiting,
    }
}

/// Bytes of a copy: its own, or those of its parts, where more is expected.
fn transferred(activities: &Activities, id: u64, activity: &Activity) -> Option<Count> {
    let is_part = |other_id: u64, other: &Activity| {
        other_id == id
            || other.parent.is_some_and(|parent| {
                parent == id || activities.get(parent).is_some_and(|above| above.parent == Some(id))
            })
            || (other.kind == ActivityKind::CopyPath && other.parent.is_none() && other.subject == activity.subject)
    };
    let is_transfer = |other: &Activity| matches!(other.kind, ActivityKind::CopyPath | ActivityKind::FileTransfer);
    activities
        .iter()
        .filter(|(other_id, other)| is_transfer(other) && is_part(*other_id, other) && other.counts.expected > 0)
        .map(|(_, other)| Count { done: other.counts.done, expected: other.counts.expected, failed: 0 })
        .max_by_key(|count| (count.done, count.expected))
}

/// What Nix says that it is doing when nothing visible runs: the newest text.
pub(super) fn saying(activities: &Activities, asked: u64) -> Option<String> {
    let asking = activities.iter().filter(|(_, activity)| activity.kind == ActivityKind::QueryPathInfo);
    if let Some((_, query)) = asking.max_by_key(|(id, _)| *id) {
        let host = query.host.as_deref().unwrap_or("the caches");
        let host = host.split_once("://").map_or(host, |(_, host)| host).trim_end_matches('/');
        let paths = if asked == 1 { "path" } else { "paths" };
        return Some(format!("asking {host} about {asked} {paths}"));
    }
    activities
        .iter()
        .filter(|(_, activity)| matches!(activity.kind, ActivityKind::Unknown | ActivityKind::FetchTree))
        .filter(|(_, activity)| !activity.text.is_empty())
        .max_by_key(|(id, activity)| (activity.since, *id))
        .map(|(_, activity)| activity.text.clone())
}
