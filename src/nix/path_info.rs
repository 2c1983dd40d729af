//! Closures as `nix path-info` tells them, for when the database cannot be read; and the choice between the two.

use std::io;
use std::path::Path;

use serde_json::Value;

use crate::machine::{Command, Exit, Machine};
use crate::nix::closure::Graph;
use crate::nix::database::{self, Database};

/// Why neither way gave an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `nix` could not be started, after the database could not be read.
    #[error("{database}, and nix cannot be started: {start}")]
    NoNix {
        /// What was wrong with the database.
        database: String,
        /// What was wrong with the program.
        start: io::Error,
    },
    /// `nix` failed.
    #[error("{database}, and nix path-info failed")]
    Failed {
        /// What was wrong with the database.
        database: String,
        /// How `nix` ended.
        exit: Exit,
    },
    /// What `nix` printed is none of the shapes that are known.
    #[error("nix path-info printed something unknown")]
    Unreadable,
    /// The store does not have this path.
    #[error("{0} is not in the store")]
    UnknownPath(String),
}

/// These store paths and all that they need: from the database below `state`, else from `nix`.
///
/// # Errors
/// When neither can tell, or a path is not in the store.
pub fn closures<T: AsRef<str>>(machine: &impl Machine, state: &Path, paths: &[T]) -> Result<Graph, Error> {
    let graph = match Database::open(machine, state).and_then(|database| database.reachable(paths)) {
        Ok(graph) => graph,
        Err(error) => ask(machine, paths, &error)?,
    };
    match paths.iter().find(|path| graph.find(path.as_ref()).is_none()) {
        Some(missing) => Err(Error::UnknownPath(missing.as_ref().to_owned())),
        None => Ok(graph),
    }
}

/// The command that tells these paths and all that they need as JSON.
pub fn command<T: AsRef<str>>(paths: &[T]) -> Command {
    let mut command = Command::new("nix")
        .args(["--extra-experimental-features", "nix-command flakes", "path-info", "--json", "--recursive", "--"])
        .args(paths.iter().map(|path| path.as_ref().to_owned()));
    command.quiet = true;
    command
}

fn ask<T: AsRef<str>>(machine: &impl Machine, paths: &[T], error: &database::Error) -> Result<Graph, Error> {
    let (exit, output) =
        machine.capture(&command(paths)).map_err(|start| Error::NoNix { database: error.to_string(), start })?;
    if !exit.success() {
        return Err(Error::Failed { database: error.to_string(), exit });
    }
    parse(&output).ok_or(Error::Unreadable)
}

/// Reads any of the three shapes: a list of objects (Nix until 2.18, Lix), an object by path (2.19 and later), an object
/// with `info` by base name beside `storeDir` (format 2 and later, from 2.33).
pub fn parse(json: &[u8]) -> Option<Graph> {
    // Old versions print warnings before it when both streams are one.
    let start = json.iter().position(|byte| matches!(byte, b'{' | b'['))?;
    let value: Value = serde_json::from_slice(json.get(start..)?).ok()?;
    let mut graph = Graph::default();
    match &value {
        Value::Array(items) => {
            for item in items {
                insert(&mut graph, "", item.get("path")?.as_str()?, item);
            }
        }
        Value::Object(object) => {
            let store = object.get("storeDir").and_then(Value::as_str).unwrap_or("");
            let items = object.get("info").map_or(Some(object), Value::as_object)?;
            for (path, item) in items {
                insert(&mut graph, store, path, item);
            }
        }
        _ => return None,
    }
    Some(graph)
}

/// Paths that are not valid have `null` for information, or `valid` false.
fn insert(graph: &mut Graph, store: &str, path: &str, item: &Value) {
    if !item.is_object() || item.get("valid") == Some(&Value::Bool(false)) {
        return;
    }
    let full = |path: &str| {
        if path.starts_with('/') { path.to_owned() } else { format!("{}/{path}", store.trim_end_matches('/')) }
    };
    let at = graph.add(&full(path), item.get("narSize").and_then(Value::as_u64));
    let references = item.get("references").and_then(Value::as_array).into_iter().flatten();
    for reference in references.filter_map(Value::as_str) {
        let to = graph.add(&full(reference), None);
        graph.refer(at, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nix::fixture_machine::FixtureMachine;

    #[test]
    fn all_shapes_say_the_same() {
        let list = r#"[{"path":"/s/a","narSize":1,"references":["/s/b"]},{"path":"/s/b","narSize":2,"references":[]}]"#;
        let by_path = r#"warning: x
            {"/s/a":{"narSize":1,"references":["/s/b"]},"/s/b":{"narSize":2,"references":[]},"/s/c":null}"#;
        let by_name = r#"{"version":2,"storeDir":"/s",
            "info":{"a":{"narSize":1,"references":["b"]},"b":{"narSize":2,"references":[]}}}"#;
        let expected = parse(list.as_bytes()).unwrap();
        assert_eq!(expected.sum(&expected.closure_of("/s/a").unwrap()), 3);
        assert_eq!(parse(by_path.as_bytes()).unwrap(), expected);
        assert_eq!(parse(by_name.as_bytes()).unwrap(), expected);
        for nonsense in ["", "error", "[1]", "7", "{\"info\":3}"] {
            assert_eq!(parse(nonsense.as_bytes()), None, "{nonsense}");
        }
    }

    #[test]
    fn nix_is_asked_when_there_is_no_database() {
        let mut machine = FixtureMachine::new("/nowhere");
        let nowhere = Path::new("/nowhere");
        assert!(matches!(closures(&machine, nowhere, &["/s/a"]), Err(Error::NoNix { .. })));
        machine.answers.push(("path-info", r#"{"/s/a":{"narSize":1,"references":[]}}"#.to_owned()));
        assert_eq!(closures(&machine, nowhere, &["/s/a"]).unwrap().len(), 1);
        assert!(matches!(closures(&machine, nowhere, &["/s/b"]), Err(Error::UnknownPath(path)) if path == "/s/b"));
    }
}
