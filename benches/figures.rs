//! How fast and how small the whole program is, beside the commands that it stands for: run by `benches/run`.
//!
//! Everything is timed as a process from outside, in turn with what it is compared with, so that a machine that is busy
//! is busy for both. The middle value of each is shown; nothing fails because of a figure.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "it is no part of the program")]
#![expect(unsafe_code, reason = "only wait4 tells what memory one process took, and std has no word for it")]

#[path = "figures/collection.rs"]
mod collection;
#[path = "figures/errors.rs"]
mod errors;
#[path = "figures/search.rs"]
mod search;

use std::error::Error;
use std::ffi::{c_int, c_long};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

type Res<T> = Result<T, Box<dyn Error>>;

/// Lines that the talkative build prints.
const LINES: usize = 1_000_000;
/// Lines of the log that is only read.
const LOG_LINES: u32 = 500_000;
/// Generations of the long list.
const GENERATIONS: usize = 200;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let Some(program) = arguments.next() else {
        println!("Usage: benches/run, or give me the path of a release binary of ask-nix.");
        return;
    };
    if let Err(error) = measure(Path::new(&program)) {
        println!("The measurement could not be finished: {error}");
    }
}

fn measure(program: &Path) -> Res<()> {
    let bench = Bench { program: program.canonicalize()?, directory: temporary()? };
    println!("{:52} {:>11} {:>11} {:>10}   target", "", "ask-nix", "beside", "");
    bench.small()?;
    bench.errors()?;
    bench.search()?;
    match nix_directory() {
        None => println!("No Nix on PATH, and ASK_NIX_TEST_NIX names none: the rest was left out."),
        Some(nix) => bench.machine(&nix)?,
    }
    bench.clean();
    Ok(())
}

struct Bench {
    program: PathBuf,
    directory: PathBuf,
}

/// One run of a process.
#[derive(Clone, Copy, Default)]
struct Run {
    millis: f64,
    /// Processor time, with that of the programs it ran, in milliseconds.
    work: f64,
    /// In MiB.
    peak: f64,
}

/// What a comparison came to.
struct Pair {
    ours: Run,
    beside: Run,
    /// The middle of the differences, pair by pair.
    more: f64,
    /// The same of the processor time, which says more while the machine is busy.
    more_work: f64,
    /// The middle of the ratios, theirs to ours.
    times: f64,
}

impl Bench {
    /// What needs no Nix.
    fn small(&self) -> Res<()> {
        for words in [&["--version"][..], &["hello"], &["recognize", "update my system"]] {
            let home = self.directory.join("home");
            let ours = || {
                let mut command = Command::new(&self.program);
                command.args(words).env("HOME", &home).env_remove("XDG_STATE_HOME").env_remove("XDG_CONFIG_HOME");
                Ok(command)
            };
            let pair = pair(60, &mut |_| ours(), &mut |_| Ok(Command::new("true")), false)?;
            let title = format!("ask-nix {}, beside true", words.join(" "));
            row(&title, &pair, &format!("{:+.1} ms", pair.more), "at most +4 ms", pair.more <= 4.0);
            memory(&pair, 15.0);
        }
        Ok(())
    }

    /// What is done on a demo machine.
    fn machine(&self, nix: &Path) -> Res<()> {
        let root = self.directory.join("machine");
        let path = format!("{}:{}", nix.display(), std::env::var("PATH")?);
        let ask = |words: &[&str]| {
            let mut command = Command::new(&self.program);
            command.env("PATH", &path).arg(format!("--demo={}", root.display())).args(words);
            command
        };
        finished(ask(&["list", "generations"]).stdout(Stdio::null()).stderr(Stdio::null()))?;
        let there = Environment::of(&root, &path)?;
        self.search_beside_nix(&there, &root)?;
        self.apply(&root, &there, &ask)?;
        Self::generations(&root, &there, &ask)?;
        self.log(&root, &path)?;
        self.talkative(&root, &there, &ask)
    }

    fn apply(&self, root: &Path, there: &Environment, ask: &dyn Fn(&[&str]) -> Command) -> Res<()> {
        let link = self.directory.join("by-hand");
        let by_hand = format!(
            "nix build {} --out-link {link} && nix-env -p {root}/nix/var/nix/profiles/system --set {link} \
             && {link}/bin/switch-to-configuration switch",
            system(root),
            link = link.display(),
            root = root.display(),
        );
        let ours = &mut |_| Ok(ask(&["--yes", "--json", "apply my changes"]));
        let pair = pair(9, ours, &mut |_| Ok(there.shell(&by_hand)), false)?;
        let title = "apply my changes (none), beside the same by hand";
        row(title, &pair, &format!("{:+.1} ms", pair.more), "at most +25 ms", pair.more <= 25.0);
        Ok(())
    }

    fn generations(root: &Path, there: &Environment, ask: &dyn Fn(&[&str]) -> Command) -> Res<()> {
        let profile = root.join("nix/var/nix/profiles/system");
        let mut systems = Vec::new();
        for number in 1..=3 {
            systems.push(std::fs::read_link(profile.with_file_name(format!("system-{number}-link")))?);
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
        for (number, system) in (4..=GENERATIONS).zip(systems.iter().cycle()) {
            let link = profile.with_file_name(format!("system-{number}-link"));
            std::os::unix::fs::symlink(system, &link)?;
            let made = now - 86_400 * u64::try_from(GENERATIONS - number)?;
            finished(Command::new("touch").args(["-h", "-d", &format!("@{made}")]).arg(link))?;
        }
        let theirs = || {
            let mut command = there.command("nix-env");
            command.args(["--list-generations", "-p"]).arg(&profile);
            Ok(command)
        };
        let pair = pair(40, &mut |_| Ok(ask(&["list", "generations"])), &mut |_| theirs(), false)?;
        let title = format!("list {GENERATIONS} generations, beside nix-env");
        row(&title, &pair, &format!("{:.1} times", pair.times), "at least 4 times faster", pair.times >= 4.0);
        memory(&pair, 15.0);
        Ok(())
    }

    /// A log that costs nothing to make: what reading it costs.
    fn log(&self, root: &Path, path: &str) -> Res<()> {
        let directory = self.directory.join("fake");
        std::fs::create_dir_all(&directory)?;
        let file = directory.join("log");
        let mut log = std::io::BufWriter::new(std::fs::File::create(&file)?);
        writeln!(
            log,
            r#"@nix {{"action":"start","fields":["/nix/store/dzjr76a3xl05dzasz37b0xfns176ijhg-unit-1.drv","",1,1],"id":320255973457921,"level":3,"parent":0,"text":"building","type":105}}"#
        )?;
        for number in 0..LOG_LINES {
            writeln!(
                log,
                r#"@nix {{"action":"result","fields":["[{number}/{LOG_LINES}] cc -O2 -c src/unit_{number}.c"],"id":320255973457921,"type":101}}"#
            )?;
        }
        log.into_inner()?.sync_all()?;
        let fake = directory.join("nix");
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && echo 'nix (Nix) 2.31.0' && exit\nexec cat {} >&2\n",
            file.display()
        );
        std::fs::write(&fake, script)?;
        std::fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        let ours = || {
            let mut command = Command::new(&self.program);
            command.env("PATH", format!("{}:{path}", directory.display()));
            command.arg(format!("--demo={}", root.display())).args(["--quiet", "just build the system"]);
            Ok(command)
        };
        let beside = || Ok(shell(&format!("cat {} | cat >/dev/null", file.display())));
        let pair = pair(7, &mut |_| ours(), &mut |_| beside(), true)?;
        let rate = f64::from(LOG_LINES) / (pair.more / 1000.0);
        row("a log read and kept, beside cat", &pair, &format!("{rate:.0}/s"), "at least 300000 lines/s", rate >= 3e5);
        memory(&pair, 60.0);
        Ok(())
    }

    fn talkative(&self, root: &Path, there: &Environment, ask: &dyn Fn(&[&str]) -> Command) -> Res<()> {
        let file = root.join("etc/nixos/configuration.nix");
        let before = std::fs::read_to_string(&file)?;
        // A number that was not there before makes a derivation that was not built before.
        let change = |number: usize| {
            let packages = format!("with pkgs; [ (chatty-build.override {{ lines = {}; }})", LINES + number);
            std::fs::write(&file, before.replacen("with pkgs; [", &packages, 1))
        };
        let link = self.directory.join("talkative");
        let build = format!("nix build {} --log-format internal-json -v --out-link {}", system(root), link.display());
        // A pipe slows Nix down whoever reads it: each line is a write that wakes the reader.
        let readers = [(">/dev/null 2>&1", "nix build, thrown away"), ("2>&1 | cat >/dev/null", "nix build | cat")];
        for (kind, (reader, title)) in readers.into_iter().enumerate() {
            let number = |run: usize, mine: usize| 100 * kind + 2 * run + mine;
            let ours = &mut |run: usize| {
                change(number(run, 0))?;
                Ok(ask(&["just build the system"]))
            };
            let theirs = &mut |run: usize| {
                change(number(run, 1))?;
                Ok(there.shell(&format!("{build} {reader}")))
            };
            let pair = pair(3, ours, theirs, true)?;
            let more = 100.0 * (1.0 / pair.times - 1.0);
            let title = format!("{LINES} lines of a build, beside {title}");
            row(&title, &pair, &format!("{more:+.1} %"), "at most +10 %", more <= 10.0);
            memory(&pair, 60.0);
        }
        std::fs::write(&file, before)?;
        Ok(())
    }

    /// The store of a demo machine is not writable, even for who made it.
    fn clean(&self) {
        let directory = self.directory.display();
        let _ = finished(&mut shell(&format!("chmod -R u+w {directory} && rm -rf {directory}")));
    }
}

/// The environment of the demo machine, read once: the script that makes it would be timed too.
struct Environment {
    variables: Vec<(String, String)>,
    path: String,
}

impl Environment {
    fn of(root: &Path, path: &str) -> Res<Self> {
        let output = Command::new(root.join("enter")).arg("env").env("PATH", path).output()?;
        let text = String::from_utf8(output.stdout)?;
        let variables: Vec<(String, String)> = text
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let found = variables.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
        Ok(Self { variables, path: found.unwrap_or_else(|| path.to_owned()) })
    }

    fn command(&self, program: &str) -> Command {
        // The program is looked up here: Command would look in our own PATH when the environment is cleared.
        let found =
            self.path.split(':').map(|directory| Path::new(directory).join(program)).find(|file| file.is_file());
        let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(program)));
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn shell(&self, script: &str) -> Command {
        let mut command = self.command("sh");
        command.args(["-c", script]);
        command
    }
}

/// The installable of the demo machine's system.
fn system(root: &Path) -> String {
    format!("{}/etc/nixos#nixosConfigurations.\"demo\".config.system.build.toplevel", root.display())
}

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

fn finished(command: &mut Command) -> Res<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}

/// A directory of our own, with a path that a demo machine may have.
fn temporary() -> Res<PathBuf> {
    let directory = std::env::temp_dir().join(format!("ask-nix-figures-{}", std::process::id()));
    std::fs::create_dir_all(directory.join("home"))?;
    Ok(directory.canonicalize()?)
}

/// `ASK_NIX_TEST_NIX`, or its `bin`, before PATH.
fn nix_directory() -> Option<PathBuf> {
    let named = std::env::var("ASK_NIX_TEST_NIX").ok().map(PathBuf::from);
    let path = std::env::var("PATH").unwrap_or_default();
    let named = named.iter().flat_map(|named| [named.clone(), named.join("bin")]);
    named.chain(std::env::split_paths(&path)).find(|directory| directory.join("nix").is_file())
}

/// Runs two commands in turn, the first pair without counting it.
fn pair(
    runs: usize,
    ours: &mut dyn FnMut(usize) -> Res<Command>,
    beside: &mut dyn FnMut(usize) -> Res<Command>,
    watch: bool,
) -> Res<Pair> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for run in 0..=runs {
        first.push(time(ours(run)?, watch)?);
        second.push(time(beside(run)?, watch)?);
    }
    let (first, second) = (&first[1..], &second[1..]);
    let both = || first.iter().zip(second);
    let middle = |runs: &[Run]| Run {
        millis: median(runs.iter().map(|run| run.millis)),
        work: median(runs.iter().map(|run| run.work)),
        peak: runs.iter().fold(0.0, |most, run| f64::max(most, run.peak)),
    };
    Ok(Pair {
        ours: middle(first),
        beside: middle(second),
        more: median(both().map(|(a, b)| a.millis - b.millis)),
        more_work: median(both().map(|(a, b)| a.work - b.work)),
        times: median(both().map(|(a, b)| b.millis / a.millis)),
    })
}

/// Runs a command, its output thrown away. `watch` asks for the memory of this process alone while it runs: what `wait4`
/// says is the most of it and those that it started.
fn time(mut command: Command, watch: bool) -> Res<Run> {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let started = Instant::now();
    let child = command.spawn()?;
    let ended = if watch { watched(&child)? } else { wait(&child, 0)?.ok_or("it went away")? };
    let millis = started.elapsed().as_secs_f64() * 1000.0;
    if ended.status == 0 {
        Ok(Run { millis, work: ended.work, peak: ended.peak })
    } else {
        Err(format!("{command:?} ended with {}", ended.status).into())
    }
}

/// A process that has ended.
struct Ended {
    status: c_int,
    work: f64,
    peak: f64,
}

#[repr(C)]
struct Usage {
    /// Seconds and microseconds, of its own and of the kernel for it.
    times: [c_long; 4],
    max_rss_kib: c_long,
    rest: [c_long; 13],
}

unsafe extern "C" {
    fn wait4(pid: c_int, status: *mut c_int, options: c_int, usage: *mut Usage) -> c_int;
}

const WNOHANG: c_int = 1;

#[expect(clippy::cast_precision_loss, reason = "times and memory are small enough")]
fn wait(child: &Child, options: c_int) -> Res<Option<Ended>> {
    let mut status = 0;
    let mut usage = Usage { times: [0; 4], max_rss_kib: 0, rest: [0; 13] };
    // SAFETY: both places live as long as the call, and the second has the size of Linux's `struct rusage`.
    let waited = unsafe { wait4(c_int::try_from(child.id())?, &raw mut status, options, &raw mut usage) };
    match waited {
        0 => Ok(None),
        more if more > 0 => {
            let [own, own_micros, kernel, kernel_micros] = usage.times.map(|time| time as f64);
            let work = (own + kernel) * 1000.0 + (own_micros + kernel_micros) / 1000.0;
            Ok(Some(Ended { status, work, peak: usage.max_rss_kib as f64 / 1024.0 }))
        }
        _ => Err(std::io::Error::last_os_error().into()),
    }
}

fn watched(child: &Child) -> Res<Ended> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or_default() / 1024.0);
        if let Some(ended) = wait(child, WNOHANG)? {
            return Ok(Ended { peak, ..ended });
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn row(title: &str, pair: &Pair, figure: &str, target: &str, holds: bool) {
    let verdict = if holds { "holds" } else { "MISSED" };
    let Pair { ours, beside, more_work, .. } = pair;
    println!("{title:52} {:>8.1} ms {:>8.1} ms {figure:>10}   {target}: {verdict}", ours.millis, beside.millis);
    println!("{:52} {:>8.1} ms {:>8.1} ms {more_work:>+7.1} ms", "  processor time", ours.work, beside.work);
}

fn memory(pair: &Pair, most: f64) {
    let verdict = if pair.ours.peak <= most { "holds" } else { "MISSED" };
    let (ours, beside) = (pair.ours.peak, pair.beside.peak);
    println!("{:52} {ours:>7.1} MiB {beside:>7.1} MiB {:>10}   at most {most} MiB: {verdict}", "  memory", "");
}
