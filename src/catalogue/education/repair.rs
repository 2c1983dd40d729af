//! What mends an error, as the head of its lesson names it.

use serde::{Deserialize, Serialize};

/// The repair of an error.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repair {
    /// What is done.
    pub action: Action,
    /// The names without which it cannot be offered.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// What is done to mend an error. The plan is made of it and of the names in the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Tell Git about the file `path`, so that a flake sees it.
    TrackFile,
    /// Allow the unfree package `name`, and no other.
    AllowUnfree,
    /// Allow the insecure `package`, and no other version.
    AllowInsecure,
    /// Of two definitions of `attribute` in one set, in `line` and line `value` of `file`, keep one; of two lists, both.
    KeepOne,
    /// Write `replacement`, or the one name that is near, instead of `option`.
    RenameOption,
    /// Write `replacement`, or the one name that is near, instead of `attribute`, `variable` or `name`; or take `variable` as
    /// an argument.
    MendName,
    /// Write the value of `option` in the `type` that it has.
    FitType,
    /// Put one definition of `option` above the others.
    RaisePriority,
    /// Write the semicolon, quote or bracket that was forgotten at `line` of `file` or shortly before.
    Close,
    /// Delete from the store what nothing needs.
    FreeSpace,
    /// Repair damaged paths of the store.
    RepairStore,
    /// Turn `feature` of Nix on.
    EnableFeature,
    /// Let the daemon trust `user`, or whoever asks.
    TrustUser,
    /// Put the file `path` aside.
    MoveAside,
    /// Ask again for the machine whose name is near to `host`.
    OtherHost,
    /// Ask again for the package whose name is near to `package`.
    OtherPackage,
}
