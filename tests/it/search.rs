//! Finding packages, options and commands, and the index behind it, with the real program on demo machines.

#![expect(clippy::disallowed_methods, reason = "tests read and damage files")]
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use serde_json::Value;

use crate::demo::Demo;
use crate::previews::lines;

const INDEX: &str = "/home/.cache/ask-nix/index/index.bin";

fn names<'a>(reply: &'a Value, list: &str, field: &str) -> Vec<&'a str> {
    let items = reply["outcome"]["data"][list].as_array().unwrap_or_else(|| panic!("{list}: {reply:#}"));
    items.iter().filter_map(|item| item[field].as_str()).collect()
}

fn found<'a>(reply: &'a Value, attribute: &str) -> &'a Value {
    let packages = reply["outcome"]["data"]["packages"].as_array().unwrap();
    packages.iter().find(|one| one["attribute"] == attribute).unwrap_or_else(|| panic!("{attribute}: {reply:#}"))
}

#[test]
fn packages_are_found_before_anything_was_set_up() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(true);
    let reply = demo.done(&["is there something like photoshop"]);
    assert_eq!(reply["recognition"]["intent"], "search_package");
    assert_eq!(reply["plan"]["risk"], "reads");
    assert!(names(&reply, "packages", "attribute").iter().take(3).any(|name| *name == "gimp"), "{reply:#}");
    let index = &reply["outcome"]["data"]["index"];
    assert_eq!((index["from"].as_str(), index["state"].as_str()), (Some("starter"), Some("new")));
    // What is installed is marked, with its version; what is not is not.
    let reply = demo.done(&["search for a text editor"]);
    assert_eq!(found(&reply, "vim")["installed"], true);
    assert!(found(&reply, "vim")["version"].as_str().unwrap().starts_with("9.1"));
    assert_eq!(found(&reply, "emacs")["installed"], false);
    assert_eq!(reply["outcome"]["data"]["index"]["state"], "ready", "the index stays");
    // Options stand beside, and a dry run answers what only reads.
    let reply = demo.done(&["--dry-run", "search steam"]);
    assert_eq!(names(&reply, "packages", "attribute")[0], "steam");
    assert_eq!(names(&reply, "options", "option")[0], "programs.steam.enable");
    assert_eq!(before, demo.fingerprint(true), "searching touches nothing but the cache");
}

#[test]
fn options_are_found_and_explained() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.done(&["search options for bluetooth"]);
    assert_eq!(names(&reply, "options", "option")[0], "hardware.bluetooth.enable");
    let reply = demo.done(&["explain networking.firewall.allowedTCPPorts"]);
    let option = &reply["outcome"]["data"]["option"];
    assert_eq!(option["name"], "networking.firewall.allowedTCPPorts");
    assert!(option["type"].as_str().unwrap().contains("list of"), "{option:#}");
    let reply = demo.done(&["what does services.openssh.enable do"]);
    assert_eq!(reply["outcome"]["data"]["option"]["ports"], serde_json::json!([22]));
    let reply = demo.done(&["what does services.openssh.enabled do"]);
    let data = &reply["outcome"]["data"];
    let near = data["option"]["name"].as_str().or_else(|| data["nearest"][0].as_str());
    assert_eq!(near, Some("services.openssh.enable"), "{reply:#}");
}

#[test]
fn packages_and_commands_are_told_about() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.done(&["tell me about ripgrep"]);
    let package = &reply["outcome"]["data"]["package"];
    assert_eq!((package["attribute"].as_str(), &package["commands"]), (Some("ripgrep"), &serde_json::json!(["rg"])));
    let reply = demo.done(&["which package provides dig"]);
    assert!(names(&reply, "packages", "attribute").contains(&"dnsutils"), "{reply:#}");
    let reply = demo.done(&["command not found: vim"]);
    assert!(reply["outcome"]["data"]["here"].as_str().unwrap().starts_with("vim 9.1"), "{reply:#}");
    let reply = demo.done(&["where does libGL.so.1 come from"]);
    assert_eq!(names(&reply, "packages", "attribute"), ["libGL"]);
}

#[test]
fn what_is_installed_is_listed_with_its_generation() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.done(&["what do I have installed"]);
    let packages = reply["outcome"]["data"]["packages"].as_array().unwrap();
    let one = |name: &str| packages.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("{name}"));
    assert_eq!(
        (one("firefox")["since_generation"].as_u64(), one("bash")["since_generation"].as_u64()),
        (Some(3), Some(1))
    );
    assert_eq!(one("firefox")["scope"], "system");
    assert_eq!(
        (one("thunderbird")["scope"].as_str(), one("thunderbird")["user"].as_str()),
        (Some("user"), Some("alice"))
    );
    assert!(!packages.iter().any(|one| one["name"] == "openssl"), "what others need is not installed by itself");
    let reply = demo.done(&["is git installed"]);
    assert_eq!(names(&reply, "packages", "name"), ["git"]);
    let reply = demo.done(&["is openssl installed"]);
    assert_eq!(reply["outcome"]["data"]["needed_by_others"], true);
    let reply = demo.done(&["is libreoffice installed"]);
    assert_eq!(reply["outcome"]["data"]["packages"], serde_json::json!([]));
    assert_eq!(reply["outcome"]["data"]["needed_by_others"], false);
}

#[test]
fn what_needs_a_package_is_told_by_the_shortest_way() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.done(&["why is openssl on my system"]);
    let chains = reply["outcome"]["data"]["chains"].as_array().unwrap();
    assert!(!chains.is_empty() && chains.len() <= 5, "{reply:#}");
    for chain in chains {
        let paths = chain["store_paths"].as_array().unwrap();
        assert!(paths.last().unwrap().as_str().unwrap().contains("-openssl-"), "{chain:#}");
        assert_eq!(paths[0].as_str().map(std::path::PathBuf::from), Some(demo.running()));
    }
    let steps = |chain: &Value| chain["names"].as_array().unwrap().len();
    assert!(chains.windows(2).all(|pair| steps(&pair[0]) <= steps(&pair[1])));
    let reply = demo.done(&["why is blender on my system"]);
    assert_eq!(reply["outcome"]["data"]["here"], serde_json::json!([]));
}

#[test]
fn the_machines_own_packages_and_options_come_in_when_asked() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let status = demo.done(&["index"]);
        assert_eq!(status["outcome"]["data"]["index"]["state"], Value::Null, "there is none yet, and none is made");
        assert!(!demo.at(INDEX).exists());
        let planned = demo.reply(&["--dry-run", "index", "update"]);
        assert_eq!(planned["outcome"]["status"], "planned", "{planned:#}");
        assert!(!demo.at(INDEX).exists(), "a dry run writes nothing");
        let updated = demo.done(&["index", "update"]);
        assert_eq!(updated["recognition"], Value::Null);
        let stamp = &updated["outcome"]["data"]["index"];
        assert!(stamp["packages_here"].as_u64() > Some(80) && stamp["options_here"].as_u64() > Some(200), "{stamp:#}");
        let left: Vec<_> = std::fs::read_dir(demo.at(INDEX).parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "nothing is left beside the index: {left:?}");
        let reply = demo.done(&["search for cowsay"]);
        let cow = found(&reply, "cowsay");
        assert_eq!((cow["version"].as_str(), cow["available"].as_bool()), (Some("3.8.4"), Some(true)), "{cow:#}");
        let reply = demo.done(&["which version of emacs is available"]);
        assert_eq!(reply["outcome"]["data"]["package"]["version"], "30.2");
        // Only the machine's configuration knows the modules of its collection.
        let reply = demo.done(&["explain environment.etc"]);
        let below = reply["outcome"]["data"]["below"].as_array().unwrap();
        assert!(below.iter().any(|name| name.as_str().unwrap().ends_with(".source")), "{reply:#}");
        let text = demo.run(&["--lessons", "off", "search for cowsay"]).out;
        assert!(text.contains("cowsay") && !text.contains("index update"), "{text}");
    }
}

#[test]
fn an_index_that_is_older_than_the_machine_says_so() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["index", "update"]);
    let lock = demo.read("/etc/nixos/flake.lock");
    demo.write("/etc/nixos/flake.lock", &lock.replace("1763121600", "1763221600"));
    let reply = demo.done(&["search for cowsay"]);
    assert_eq!(reply["outcome"]["data"]["index"]["stale"], true, "{reply:#}");
    let text = demo.run(&["--lessons", "off", "search for cowsay"]).out;
    assert!(text.contains("newer packages than the index"), "{text}");
}

#[test]
fn a_damaged_index_is_made_again() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["search for cowsay"]);
    let whole = std::fs::read(demo.at(INDEX)).unwrap();
    let mut holes = whole.clone();
    for byte in &mut holes[8192..] {
        *byte = 0xa5;
    }
    for damage in [b"this is no database".to_vec(), Vec::new(), whole[..whole.len() / 3].to_vec(), holes] {
        std::fs::write(demo.at(INDEX), &damage).unwrap();
        let reply = demo.done(&["search for cowsay"]);
        assert_eq!(names(&reply, "packages", "attribute")[0], "cowsay", "{reply:#}");
        assert_eq!(reply["outcome"]["data"]["index"]["state"], "damaged");
        assert_eq!(demo.done(&["search for cowsay"])["outcome"]["data"]["index"]["state"], "ready");
    }
    std::fs::write(demo.at(INDEX), b"no database").unwrap();
    assert_eq!(demo.done(&["index"])["outcome"]["data"]["index"]["state"], "damaged", "looking repairs nothing");
}

#[test]
fn nothing_found_is_told_apart_from_no_index() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.done(&["search for xyzzyplughfrotz"]);
    assert_eq!(reply["outcome"]["data"]["packages"], serde_json::json!([]));
    assert!(reply["outcome"]["data"]["index"]["packages"].as_u64() > Some(1500));
    let text = demo.run(&["--lessons", "off", "search for xyzzyplughfrotz"]).out;
    assert!(text.contains("of the 19") && text.contains("index update"), "{text}");
}

#[test]
fn an_update_that_was_stopped_goes_on_and_a_failed_one_leaves_the_index() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["index", "update"]);
    let before = std::fs::read(demo.at(INDEX)).unwrap();
    // The options cannot be evaluated: the packages that were read stay for the next time.
    let path = "/etc/nixos/configuration.nix";
    let good = demo.read(path);
    demo.write(path, "{ this is no Nix");
    let failed = demo.reply(&["index", "update"]);
    assert_eq!(failed["outcome"]["status"], "failed", "{failed:#}");
    assert_eq!(before, std::fs::read(demo.at(INDEX)).unwrap(), "the old index is still there");
    let part = demo.at("/home/.cache/ask-nix/index/packages.part");
    assert!(part.exists(), "what was read is kept");
    demo.write(path, &good);
    demo.done(&["index", "update"]);
    assert!(!part.exists());
}

#[test]
fn narrow_terminals_get_lines_that_fit() {
    let Some(demo) = Demo::new("flake") else { return };
    // Without a terminal the width is 80.
    for query in ["search for a photo editor", "tell me about vscode", "search options for firewall", "index"] {
        let said = demo.run(&["--lessons", "off", query]);
        for line in said.out.lines().filter(|line| !line.contains('/')) {
            assert!(line.chars().count() <= 80, "{query}: {line}");
        }
    }
}

#[test]
fn what_is_only_described_is_searched_and_then_chosen() {
    let Some(demo) = Demo::new("flake") else { return };
    let said = lines(&demo, &["--dry-run"], &["install a web browser", "the second one"].map(str::to_owned));
    assert_eq!(said[0]["recognition"]["intent"], "install_package");
    assert_eq!((&said[0]["outcome"]["status"], said[0]["outcome"]["question"].is_string()), (&"question".into(), true));
    let found = said[0]["outcome"]["data"]["packages"].as_array().unwrap();
    assert!(found.len() > 1, "{}", said[0]);
    assert_eq!(said[1]["recognition"]["intent"], "install_package", "{}", said[1]);
    assert_eq!(said[1]["recognition"]["slots"]["packages"], serde_json::json!([found[1]["attribute"]]));
    assert_eq!(said[0]["plan"]["risk"], "reads", "nothing is installed that nobody chose");
}
