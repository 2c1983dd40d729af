//! Checks the data in `intents/` and packs it, so that the program starts without parsing anything; and lists the files of
//! `demo/` and `starter/`, so that they are in the program.

// Data that is wrong ends the build with a message that names the file.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::exit,
    clippy::print_stderr
)]
#![allow(missing_docs, unreachable_pub, dead_code)]

use std::path::{Path, PathBuf};

#[path = "src/catalogue"]
mod catalogue {
    pub mod aligning;
    pub mod data;
    pub mod learning;
    pub mod lexicon;
    pub mod lexicon_writer;
    pub mod names;
    pub mod own_words;
    pub mod pattern;
    pub mod source;
    pub mod utterances;
}

// Training reads an utterance as the program will read it.
#[path = "src/numerals.rs"]
mod numerals;
#[path = "src/understand"]
mod understand {
    pub mod features;
    pub mod joints;
    pub mod line;
    pub mod pointing;
    pub mod ranker;
    pub mod repair;
    pub mod scores;
    pub mod senses;
}

fn main() {
    if let Err(error) = run() {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

/// Puts the unwinder, which only the message of a crash needs, into the program. As a library of its own it is loaded by
/// each run, and asks the processor what it can do in a way that costs a tenth of a millisecond in a virtual machine. A
/// compiler that does not have it as an archive links as ever.
fn link_unwinder(directory: &Path) -> std::io::Result<()> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let gnu = variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    // It answers with the bare name when there is none.
    let archive = || {
        let answer = std::process::Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?;
        let path = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
        (path.is_absolute() && path.is_file()).then_some(path)
    };
    if gnu && variable("HOST") == variable("TARGET") && archive().is_some() {
        std::fs::create_dir_all(directory)?;
        // What the linker takes for the library is a script for it, as it is in GCC's own directory (ld(1), GROUP).
        std::fs::write(directory.join("libgcc_s.so"), "GROUP ( -lgcc_eh -lgcc -lc )\n")?;
        println!("cargo::rustc-link-search=native={}", directory.display());
    }
    Ok(())
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/catalogue");
    for name in ["features", "joints", "line", "pointing", "ranker", "repair", "scores", "senses"] {
        println!("cargo::rerun-if-changed=src/understand/{name}.rs");
    }
    println!("cargo::rerun-if-changed=src/understand/line");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    let data = |name: &str| Path::new(name).extension().is_some_and(|kind| kind == "toml" || kind == "jsonl");
    let mut files = Vec::new();
    for directory in ["intents", "starter"] {
        collect(&root.join(directory), &format!("{directory}/"), &data, &mut files)?;
    }
    files.sort();
    let built = catalogue::source::build(&files)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let parts = [
        ("catalogue", built.catalogue),
        ("lexicon", built.lexicon),
        ("ranker", built.ranker),
        ("pointer", built.pointer),
        ("joiner", built.joiner),
        ("chooser", built.chooser),
    ];
    for (name, bytes) in parts {
        std::fs::write(out.join(format!("{name}.bin")), bytes).map_err(|error| error.to_string())?;
    }
    for folder in ["demo", "starter"] {
        let list = listed(&root.join(folder), folder)?;
        std::fs::write(out.join(format!("{folder}.rs")), list).map_err(|error| error.to_string())?;
    }
    link_unwinder(&out.join("link")).map_err(|error| error.to_string())?;
    // FNV-1a of the tables, so that an index that was made of older ones is known as such.
    let bytes = files.iter().filter(|(name, _)| name.starts_with("starter/")).flat_map(|(_, text)| text.bytes());
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    println!("cargo::rustc-env=ASK_NIX_STARTER={hash:016x}");
    Ok(())
}

/// The files below folders of a directory as one expression. What lies in the directory itself is for those who work on it.
fn listed(directory: &Path, folder: &str) -> Result<String, String> {
    let mut files = Vec::new();
    collect(directory, "", &|name| name.contains('/'), &mut files)?;
    files.sort();
    let line = |(name, _): &(String, String)| {
        let path = format!("/{folder}/{name}");
        format!("    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), {path:?}))),\n")
    };
    Ok(format!("&[\n{}]\n", files.iter().map(line).collect::<String>()))
}

/// The wanted files in and below a directory: their names seen from it, and their text.
fn collect(
    directory: &Path,
    below: &str,
    wanted: &dyn Fn(&str) -> bool,
    files: &mut Vec<(String, String)>,
) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", directory.display());
    println!("cargo::rerun-if-changed={}", directory.display());
    for entry in std::fs::read_dir(directory).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), wanted, files)?;
        } else if wanted(&name) {
            println!("cargo::rerun-if-changed={}", entry.path().display());
            files.push((name, std::fs::read_to_string(entry.path()).map_err(fail)?));
        }
    }
    Ok(())
}
