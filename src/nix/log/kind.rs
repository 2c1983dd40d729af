//! Activity and result types: the numbers of Nix's `logging.hh`.

/// What an activity does (`ActivityType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActivityKind {
    /// Only its text says what it does.
    Unknown,
    /// A store path is copied: path, from, to.
    CopyPath,
    /// A file is downloaded: url.
    FileTransfer,
    /// Paths are built or substituted; the root of a build.
    Realise,
    /// Counts paths copied.
    CopyPaths,
    /// Counts builds.
    Builds,
    /// A derivation is built: path, machine.
    Build,
    /// Equal files are linked to each other.
    OptimiseStore,
    /// Store paths are checked.
    VerifyPaths,
    /// A store path is fetched from a cache: path, cache.
    Substitute,
    /// A cache is asked about a path: path, cache.
    QueryPathInfo,
    /// The post-build hook runs: derivation.
    PostBuildHook,
    /// A build waits for a lock, a build user, another derivation.
    BuildWaiting,
    /// An input is fetched.
    FetchTree,
    /// A source is copied or hashed (Nix 2.36).
    FetchToStore,
    /// Something that came later.
    Other(u64),
}

impl From<u64> for ActivityKind {
    fn from(number: u64) -> Self {
        match number {
            0 => Self::Unknown,
            100 => Self::CopyPath,
            101 => Self::FileTransfer,
            102 => Self::Realise,
            103 => Self::CopyPaths,
            104 => Self::Builds,
            105 => Self::Build,
            106 => Self::OptimiseStore,
            107 => Self::VerifyPaths,
            108 => Self::Substitute,
            109 => Self::QueryPathInfo,
            110 => Self::PostBuildHook,
            111 => Self::BuildWaiting,
            112 => Self::FetchTree,
            113 => Self::FetchToStore,
            other => Self::Other(other),
        }
    }
}

/// What a result says (`ResultType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultKind {
    /// Two files are one now: bytes, blocks.
    FileLinked,
    /// A line of a build's output.
    BuildLogLine,
    /// A path without a trusted signature.
    UntrustedPath,
    /// A path with the wrong content.
    CorruptedPath,
    /// A build's phase.
    SetPhase,
    /// Done, expected, running, failed.
    Progress,
    /// How much of another activity type is to come: type, amount.
    SetExpected,
    /// A line of the post-build hook.
    PostBuildLogLine,
    /// A line of git.
    FetchStatus,
    /// Something that came later.
    Other(u64),
}

impl From<u64> for ResultKind {
    fn from(number: u64) -> Self {
        match number {
            100 => Self::FileLinked,
            101 => Self::BuildLogLine,
            102 => Self::UntrustedPath,
            103 => Self::CorruptedPath,
            104 => Self::SetPhase,
            105 => Self::Progress,
            106 => Self::SetExpected,
            107 => Self::PostBuildLogLine,
            108 => Self::FetchStatus,
            other => Self::Other(other),
        }
    }
}
