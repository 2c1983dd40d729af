//! Searching in a collection of the size of the real one: making the index, asking it as a new process, asking it again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::{Bench, Environment, Res, collection, finished, memory, pair, row, time};

/// Searches that differ in what they cost: a name, several words, words that everything has, a typing error, nothing.
const SEARCHES: [&str; 6] = [
    "firefox",
    "photo editor",
    "simple command line client for the network",
    "python library",
    "firefx",
    "xyzzyplughfrotz",
];

/// A machine that only has what an index is made of: a flake, and a `nix` that prints the collection.
pub(super) struct Machine {
    directory: PathBuf,
}

impl Machine {
    /// Makes it below a directory.
    pub(super) fn make(below: &Path) -> Res<Self> {
        let directory = below.join("collection");
        let (flake, bin) = (directory.join("flake"), directory.join("bin"));
        for made in [&flake, &bin, &directory.join("home")] {
            std::fs::create_dir_all(made)?;
        }
        collection::packages(&directory.join("packages.json"))?;
        collection::options(&directory.join("options.json"))?;
        std::fs::write(flake.join("flake.nix"), "{ outputs = _: { nixosConfigurations = { }; }; }\n")?;
        std::fs::write(
            flake.join("flake.lock"),
            r#"{"version":7,"root":"root","nodes":{"root":{"inputs":{"nixpkgs":"nixpkgs"}},"nixpkgs":{"locked":{"type":"github","owner":"NixOS","repo":"nixpkgs","rev":"0123456789abcdef0123456789abcdef01234567","lastModified":1763121600,"narHash":"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},"original":{"type":"github","owner":"NixOS","repo":"nixpkgs"}}}}"#,
        )?;
        let nix = bin.join("nix");
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in\n--version) echo 'nix (Nix) 2.31.0' ;;\n*' search '*|'search '*) exec cat {0}/packages.json ;;\n*) exec cat {0}/options.json ;;\nesac\n",
            directory.display()
        );
        std::fs::write(&nix, script)?;
        std::fs::set_permissions(&nix, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        Ok(Self { directory })
    }

    fn ask(&self, program: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{}:{path}", self.directory.join("bin").display()))
            .env("HOME", self.directory.join("home"))
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_STATE_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .arg(format!("--flake={}", self.directory.join("flake").display()))
            .args(["--host", "demo", "--lessons", "off"])
            .args(words);
        command
    }

    fn index(&self) -> Res<u64> {
        let directory = self.directory.join("home/.cache/ask-nix/index");
        let mut bytes = 0;
        for entry in std::fs::read_dir(directory)? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }
}

impl Bench {
    /// What needs no Nix.
    #[expect(clippy::cast_precision_loss, reason = "megabytes")]
    pub(super) fn search(&self) -> Res<()> {
        let machine = Machine::make(&self.directory)?;
        let mut best: Option<super::Run> = None;
        for _ in 0..3 {
            let run = time(machine.ask(&self.program, &["index", "update"]), true)?;
            best = Some(best.map_or(run, |best| if run.millis < best.millis { run } else { best }));
        }
        let made = best.unwrap_or_default();
        let size = machine.index()? as f64 / f64::from(1 << 20);
        let title = format!("an index of {} packages, {} options", collection::PACKAGES, collection::OPTIONS);
        let verdict = |holds: bool| if holds { "holds" } else { "MISSED" };
        println!("{title:52} {:>8.0} ms {:>24}   at most 10 s: {}", made.millis, "", verdict(made.millis <= 10_000.0));
        println!("{:52} {size:>7.1} MiB {:>24}   at most 60 MiB: {}", "  on disk", "", verdict(size <= 60.0));
        println!("{:52} {:>7.1} MiB", "  memory while it is made", made.peak);
        for words in SEARCHES {
            let query = format!("search for {words}");
            let ours = &mut |_| Ok(machine.ask(&self.program, &[&query]));
            let pair = pair(30, ours, &mut |_| Ok(Command::new("true")), false)?;
            row(&query, &pair, &format!("{:+.1} ms", pair.more), "at most +15 ms", pair.more <= 15.0);
            memory(&pair, 40.0);
        }
        self.again(&machine)
    }

    /// Many searches in one process, less one.
    fn again(&self, machine: &Machine) -> Res<()> {
        let lines = |count: usize| -> Res<f64> {
            let queries: String =
                (0..count).fold(String::new(), |all, at| all + "search for " + SEARCHES[at % SEARCHES.len()] + "\n");
            let file = self.directory.join("queries");
            std::fs::write(&file, queries)?;
            let mut command = machine.ask(&self.program, &["--json"]);
            command.stdin(std::fs::File::open(&file)?).stdout(std::process::Stdio::null());
            let started = Instant::now();
            command.status()?;
            Ok(started.elapsed().as_secs_f64() * 1000.0)
        };
        let count = SEARCHES.len() * 20;
        let many = (0..3).map(|_| lines(count + 1)).collect::<Res<Vec<f64>>>()?;
        let one = (0..3).map(|_| lines(1)).collect::<Res<Vec<f64>>>()?;
        let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
        #[expect(clippy::cast_precision_loss, reason = "a hundred")]
        let each = (least(&many) - least(&one)) / count as f64;
        let verdict = if each <= 3.0 { "holds" } else { "MISSED" };
        println!("{:52} {each:>8.1} ms {:>24}   at most 3 ms: {verdict}", "one more search in the same process", "");
        Ok(())
    }

    /// Beside `nix search`, which has a hundred packages to search where we have all of them.
    pub(super) fn search_beside_nix(&self, there: &Environment, root: &Path) -> Res<()> {
        let machine = Machine { directory: self.directory.join("collection") };
        let reference = format!("path:{}/etc/nixos", root.display());
        let theirs = || {
            let mut command = there.command("nix");
            command.args(["--extra-experimental-features", "nix-command flakes", "search", "--no-write-lock-file"]);
            command.args(["--inputs-from", &reference, "nixpkgs", "fire"]);
            Ok(command)
        };
        finished(theirs()?.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()))?;
        let ours = &mut |_| Ok(machine.ask(&self.program, &["search for firefox"]));
        let pair = pair(20, ours, &mut |_| theirs(), false)?;
        let title = "search of 120000, beside nix search of the demo's";
        row(title, &pair, &format!("{:.1} times", pair.times), "faster", pair.times >= 1.0);
        Ok(())
    }
}
