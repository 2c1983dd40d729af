//! What is read natively is what Nix itself says.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests say what is wrong and what they skip")]

use std::path::{Path, PathBuf};

use ask_nix::nix::database::{Database, Mode};
use ask_nix::nix::disk_usage::{self, DiskUsage};
use ask_nix::nix::garbage::Forecast;
use ask_nix::nix::profile::Profile;
use ask_nix::nix::{closure::Graph, comparison, garbage, generation, path_info, version};

use crate::fixture_machine::FixtureMachine;
use crate::machine::Machine as _;
use crate::real_nix::RealNix;

fn entries(graph: &Graph) -> Vec<(String, u64)> {
    let mut entries: Vec<_> = graph.entries(&graph.all()).into_iter().map(|entry| (entry.path, entry.bytes)).collect();
    entries.sort();
    entries
}

#[test]
fn generations_are_those_that_nix_lists() {
    let Some(nix) = RealNix::find() else { return };
    let systems = [nix.build("1", "1.0"), nix.build("2", "1.0"), nix.build("3", "1.1")];
    for at in 0..12 {
        nix.set(&systems[at % 3]);
    }
    let profile = nix.profile.display().to_string();
    nix.run("nix-env", &["--profile", &profile, "--delete-generations", "2", "5"]);
    nix.run("nix-env", &["--profile", &profile, "--switch-generation", "7"]);
    let listed = nix.run("nix-env", &["--profile", &profile, "--list-generations"]);
    let listed: Vec<(u64, bool)> = listed
        .lines()
        .map(|line| (line.split_whitespace().next().unwrap().parse().unwrap(), line.contains("(current)")))
        .collect();
    let read = Profile::read(&nix.machine, &nix.profile).unwrap();
    assert_eq!(read.generations.iter().map(|g| (g.number, g.current)).collect::<Vec<_>>(), listed);
    let first = read.get(1).unwrap();
    assert_eq!(first.store_path, systems[0]);
    assert_eq!(first.nixos_version.as_deref(), Some("25.11.1"));
    assert_eq!(first.kernel.as_deref(), Some("6.12.58"));
    assert_eq!(first.configuration_revision.as_deref(), Some("rev1"));
    assert_eq!(read.previous().unwrap().number, 6);
    assert_eq!(generation::numbers(&nix.machine, &nix.profile).unwrap().1, Some(7));
}

#[test]
fn closures_and_their_comparison_agree_with_nix() {
    let Some(nix) = RealNix::find() else { return };
    let (old, new) = (nix.build("1", "1.0"), nix.build("2", "1.1"));
    let database = Database::open(&nix.machine, &nix.state).unwrap();
    let native = database.reachable(&[&old]).unwrap();
    let (exit, told) = nix.machine.capture(&path_info::command(&[&old])).unwrap();
    assert!(exit.success());
    assert_eq!(entries(&native), entries(&path_info::parse(&told).unwrap()));
    let size = nix.run("nix", &["path-info", "-S", &old]);
    let size: u64 = size.split_whitespace().next_back().unwrap().parse().unwrap();
    assert_eq!(native.sum(&native.closure_of(&old).unwrap()), size);
    let whole = database.whole().unwrap();
    let listed = nix.run("nix-store", &["--query", "--referrers", &entries(&native)[0].0]);
    let listed: Vec<&str> = listed.lines().filter(|line| *line != entries(&native)[0].0).collect();
    let mut referrers = database.referrers(&entries(&native)[0].0).unwrap();
    referrers.sort();
    assert_eq!(referrers.len(), listed.len());
    assert!(whole.graph.len() > native.len(), "derivations are in the whole");

    let difference = comparison::compare(&nix.machine, &nix.state, &old, &new).unwrap();
    let told = serde_json::to_value(&difference).unwrap();
    let expected = serde_json::json!([
        {"name": "nixos-system-demo", "from": "25.11.1", "to": "25.11.2"},
        {"name": "tool", "from": "1.0", "to": "1.1"},
    ]);
    assert_eq!((&told["changed"], &told["added"]), (&expected, &serde_json::json!([])));
    assert_eq!(difference.files_changed, 1, "etc");
    let by_nix = comparison::compare(&nix.machine, Path::new("/nowhere"), &old, &new).unwrap();
    assert_eq!(by_nix, difference);
    let gone = nix.store.join("gone").display().to_string();
    assert!(matches!(
        comparison::compare(&nix.machine, &nix.state, &old, &gone),
        Err(path_info::Error::UnknownPath(_))
    ));
}

#[test]
fn the_forecast_is_what_collecting_frees() {
    for settings in ["", "keep-derivations = false\n", "keep-outputs = true\n"] {
        let Some(nix) = RealNix::find() else { return };
        nix.append_settings(settings);
        for (number, tool) in [("1", "1.0"), ("2", "1.0"), ("3", "1.1")] {
            nix.set(&nix.build(number, tool));
        }
        nix.build("4", "2.0");
        let profile = nix.profile.display().to_string();
        let deleted: Vec<PathBuf> =
            [1, 2].map(|number| generation::link_of(&nix.machine, &nix.profile, number)).to_vec();
        let forecast: Forecast = garbage::read(&nix.machine, &nix.state, &deleted, 3).unwrap();
        let before = usage(&nix);
        assert!(forecast.paths > 0 && forecast.bytes > 0);
        nix.run("nix-env", &["--profile", &profile, "--delete-generations", "1", "2"]);
        let dead = nix.run("nix-store", &["--gc", "--print-dead"]);
        assert_eq!(forecast.paths, dead.lines().filter(|line| line.starts_with('/')).count(), "{settings}");
        nix.run("nix-store", &["--gc"]);
        let after = usage(&nix);
        assert_eq!(before.store_bytes - after.store_bytes, forecast.bytes, "{settings}");
        assert_eq!((after.store_paths, after.store_bytes), (forecast.kept_paths, forecast.kept_bytes));
        assert_eq!(forecast.holders.len(), 1);
        assert!(forecast.holders[0].links[0].ends_with("system-3-link"));
    }
}

fn usage(nix: &RealNix) -> DiskUsage {
    let generations = generation::read(&nix.machine, &nix.profile).unwrap();
    disk_usage::read(&nix.machine, &nix.state, &nix.store, &generations, 3).unwrap()
}

#[test]
fn disk_usage_adds_up() {
    let Some(nix) = RealNix::find() else { return };
    nix.set(&nix.build("1", "1.0"));
    nix.set(&nix.build("2", "1.1"));
    let usage = usage(&nix);
    assert_eq!(usage.by_generation.iter().map(|g| g.number).collect::<Vec<_>>(), [1, 2]);
    assert!(usage.by_generation.iter().all(|g| g.unique_bytes > 100_000 && g.unique_bytes < 300_000));
    assert_eq!(usage.largest[0].name, "library");
    assert_eq!(usage.largest[1].versions, ["1.0", "1.1"]);
    assert!(usage.space.unwrap().total > 0);
}

#[test]
fn the_version_is_what_nix_says() {
    let Some(nix) = RealNix::find() else { return };
    let told = nix.run("nix", &["--version"]);
    assert_eq!(version::native(&nix.machine).unwrap().text, told.trim());
}

/// Whoever is not root may not create the shared memory beside the database.
#[test]
#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "the test starts itself as another user")]
fn the_database_is_read_by_everybody() {
    use std::os::unix::process::CommandExt as _;
    if !rustix::process::geteuid().is_root() {
        eprintln!("SKIPPED: only root can become another user");
        return;
    }
    let Some(nix) = RealNix::find() else { return };
    let path = nix.build("1", "1.0");
    nix.open_to_all();
    let as_nobody = |expected: &str| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "native_reading::reads_as_nobody", "--ignored", "--nocapture"])
            .env("ASK_NIX_TEST_STATE", &nix.state)
            .env("ASK_NIX_TEST_PATH", &path)
            .current_dir("/")
            .uid(65534)
            .gid(65534)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(expected), "{text}");
    };
    // Newer versions of Nix leave the log and the shared memory behind, empty, so that everybody can read.
    as_nobody(", 5 paths");
    for ending in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(nix.state.join(format!("db/db.sqlite{ending}")));
    }
    as_nobody("opened Immutable, 5 paths");
    // Somebody has it open and has written: the log must be read too.
    let writer = rusqlite::Connection::open(nix.state.join("db/db.sqlite")).unwrap();
    let add = "insert into ValidPaths (path, hash, registrationTime, narSize) values ('/x', 'h', 1, 1); \
               insert into Refs select p.id, x.id from ValidPaths p, ValidPaths x where x.path = '/x' and p.path like '%-nixos-system-%.1'";
    writer.execute_batch(add).unwrap();
    as_nobody("opened ReadOnly, 6 paths");
}

#[test]
#[ignore = "started by the test above, as another user"]
#[expect(clippy::disallowed_methods, reason = "the test above says where to read")]
fn reads_as_nobody() {
    let state = std::env::var("ASK_NIX_TEST_STATE").unwrap();
    let path = std::env::var("ASK_NIX_TEST_PATH").unwrap();
    let database = Database::open(&FixtureMachine::new("/"), Path::new(&state)).unwrap();
    assert!(matches!(database.mode(), Mode::ReadOnly | Mode::Immutable));
    eprintln!("opened {:?}, {} paths", database.mode(), database.reachable(&[path]).unwrap().len());
}

/// How long reading takes, on a store of the size of a small desktop. Run by hand, with `--release`.
#[test]
#[ignore = "measures, and checks nothing"]
#[expect(clippy::disallowed_methods, reason = "the test makes the machine that it reads")]
fn measures() {
    let directory = tempfile::tempdir().unwrap();
    let machine = FixtureMachine::new(directory.path());
    let profiles = machine.at("/nix/var/nix/profiles");
    let state = machine.at("/nix/var/nix");
    let link = |target: &str, path: PathBuf| std::os::unix::fs::symlink(target, path).unwrap();
    for path in
        ["/nix/var/nix/profiles", "/nix/var/nix/db", "/nix/store/modules/lib/modules/6.12.58", "/nix/store/sw/bin"]
    {
        std::fs::create_dir_all(machine.at(path)).unwrap();
    }
    std::fs::write(machine.at("/nix/var/nix/db/schema"), "10").unwrap();
    let database = rusqlite::Connection::open(state.join("db/db.sqlite")).unwrap();
    let schema = "create table ValidPaths (id integer primary key, path text unique, narSize integer, deriver text); \
                  create table Refs (referrer integer, reference integer, primary key (referrer, reference)); \
                  create index a on Refs (referrer); create index b on Refs (reference); \
                  create table DerivationOutputs (drv integer, id text, path text); begin";
    database.execute_batch(schema).unwrap();
    for number in 0..6000_i64 {
        let path = format!("/nix/store/{number:032}-package{number}-{}.0", number % 7);
        database.execute("insert into ValidPaths values (?1, ?2, 1000, null)", (number, path)).unwrap();
        for step in 1..=9 {
            let reference = (number * 31 + step * step * 17) % 6000;
            database.execute("insert or ignore into Refs values (?1, ?2)", (number, reference)).unwrap();
        }
    }
    for number in 1..=200_i64 {
        let name = format!("/nix/store/{number:031}s-nixos-system-demo-25.11.{number}");
        database.execute("insert into ValidPaths values (?1, ?2, 1000, null)", (10_000 + number, &name)).unwrap();
        database
            .execute("insert into Refs select ?1, id from ValidPaths where id = ?2", (10_000 + number, number))
            .unwrap();
        let system = machine.at(&name);
        std::fs::create_dir_all(system.join("specialisation")).unwrap();
        std::fs::write(system.join("nixos-version"), format!("25.11.{number}")).unwrap();
        link("/nix/store/modules", system.join("kernel-modules"));
        link("/nix/store/sw", system.join("sw"));
        link(&name, profiles.join(format!("system-{number}-link")));
    }
    database.execute_batch("commit").unwrap();
    link("system-200-link", profiles.join("system"));
    let timed = |what: &str, work: &dyn Fn() -> usize| {
        let best = (0..5)
            .map(|_| {
                let start = std::time::Instant::now();
                let size = work();
                (start.elapsed(), size)
            })
            .min()
            .unwrap();
        eprintln!("{what}: {:.2} ms, {}", best.0.as_secs_f64() * 1000.0, best.1);
    };
    let profile = profiles.join("system");
    timed("generations read", &|| generation::read(&machine, &profile).unwrap().len());
    timed("generations counted", &|| generation::numbers(&machine, &profile).unwrap().0.len());
    let paths = [1, 200].map(|n| format!("/nix/store/{n:031}s-nixos-system-demo-25.11.{n}"));
    timed("closure read", &|| Database::open(&machine, &state).unwrap().reachable(&paths[..1]).unwrap().len());
    timed("closures compared", &|| comparison::compare(&machine, &state, &paths[0], &paths[1]).unwrap().rebuilt);
    timed("store read", &|| Database::open(&machine, &state).unwrap().whole().unwrap().graph.len());
    let generations = generation::read(&machine, &profile).unwrap();
    let store = Database::open(&machine, &state).unwrap().whole().unwrap();
    timed("disk usage of 200 generations", &|| DiskUsage::of(&store.graph, &generations, 10).by_generation.len());
    let roots: Vec<garbage::Root> = generations
        .iter()
        .map(|g| garbage::Root { link: format!("/p/system-{}-link", g.number), path: g.store_path.clone() })
        .collect();
    timed("forecast over 200 roots", &|| Forecast::of(&store, &roots, &[], garbage::Keep::default(), 5).kept_paths);
}
