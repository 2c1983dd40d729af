//! Errors that are explained: a short one, and logs of which one has to be found in much else.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::Command;

use super::{Bench, Res, memory, pair, row};

const SHORT: &str = "error: attribute 'firefx' missing\n\n       at /etc/nixos/configuration.nix:12:49:\n\n            12|   environment.systemPackages = [ pkgs.firefx ];\n              |                                                 ^\n       Did you mean firefox?\n";
const COMPILER: &str =
    "cc -O2 -Wall -c src/module/file_with_a_long_name.c -o build/module/file_with_a_long_name.o -Iinclude\n";
const FAILED: &str =
    "error: builder for '/nix/store/zbpg6gxj0id16v7wj5k120cgb7rap6y3-big-1.0.drv' failed with exit code 2\n";

impl Bench {
    /// What `explain-error` needs beside a program that does nothing, and beside one that only reads.
    pub(crate) fn errors(&self) -> Res<()> {
        let logs = self.directory.join("logs");
        std::fs::create_dir_all(&logs)?;
        let short = logs.join("short");
        std::fs::write(&short, SHORT)?;
        let pair_of = |runs: usize, log: &Path, beside: &[&str]| {
            let mut ours = |_| {
                let mut command = self.explain();
                command.stdin(File::open(log)?);
                Ok(command)
            };
            let mut other = |_| {
                let mut command = Command::new(beside[0]);
                command.args(&beside[1..]).stdin(File::open(log)?);
                Ok(command)
            };
            pair(runs, &mut ours, &mut other, false)
        };
        let hello = self.program.display().to_string();
        let pair = pair_of(60, &short, &[&hello, "--version"])?;
        let figure = format!("{:+.1} ms", pair.more_work);
        row("a short error, beside --version", &pair, &figure, "at most +2 ms of work", pair.more_work <= 2.0);
        for (title, megabytes, line) in [
            ("a log of 50 MB, beside cat", 50, COMPILER.to_owned()),
            ("a log of 100 MB, beside cat", 100, COMPILER.to_owned()),
            ("a line of 10 MB, beside cat", 10, "x".repeat(10_000_000)),
        ] {
            let log = logs.join("log");
            let mut file = BufWriter::new(File::create(&log)?);
            for _ in 0..megabytes * 1_000_000 / line.len() {
                file.write_all(line.as_bytes())?;
            }
            file.write_all(format!("\n{FAILED}").as_bytes())?;
            file.flush()?;
            let pair = pair_of(5, &log, &["cat"])?;
            let most = if megabytes > 50 { 2000.0 } else { 1000.0 };
            let target = format!("at most {most:.0} ms");
            row(title, &pair, &format!("{:.0} ms", pair.ours.millis), &target, pair.ours.millis <= most);
            memory(&pair, 60.0);
        }
        Ok(())
    }

    fn explain(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("explain-error")
            .env("HOME", self.directory.join("home"))
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CONFIG_HOME");
        command
    }
}
