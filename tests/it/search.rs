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
    let reply = demo.done(&["list my packages called gitt"]);
    assert_eq!(reply["outcome"]["data"]["nearest"], serde_json::json!(["git"]), "{reply:#}");
    let reply = demo.done(&["is libreoffice installed"]);
    assert_eq!(reply["outcome"]["data"]["packages"], serde_json::json!([]));
    assert_eq!(reply["outcome"]["data"]["needed_by_others"], false);
}

#[test]
fn what_is_installed_is_told_without_the_database_too() {
    let Some(demo) = Demo::new("flake") else { return };
    let by_database = demo.done(&["what do I have installed"]);
    let schema = demo.at("/nix/var/nix/db/schema");
    std::fs::set_permissions(&schema, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::write(&schema, "99").unwrap();
    let by_links = demo.done(&["what do I have installed"]);
    let told = |reply: &Value| {
        let packages = reply["outcome"]["data"]["packages"].as_array().unwrap().clone();
        let one = |one: &Value| (one["name"].to_string(), one["since_generation"].as_u64());
        packages.iter().map(one).collect::<Vec<_>>()
    };
    let (more, less) = (told(&by_database), told(&by_links));
    assert!(less.len() * 10 >= more.len() * 7 && less.iter().all(|one| more.contains(one)), "{more:?}\n{less:?}");
}

#[test]
fn packages_of_a_home_have_their_generation() {
    let Some(demo) = Demo::new("home") else { return };
    let reply = demo.done(&["what do I have installed"]);
    let packages = reply["outcome"]["data"]["packages"].as_array().unwrap();
    let home: Vec<_> = packages.iter().filter(|one| one["scope"] == "home").collect();
    assert!(!home.is_empty() && home.iter().all(|one| one["since_generation"].is_u64()), "{reply:#}");
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
    assert!(text.contains("of the 29") && text.contains("index update"), "{text}");
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

#[test]
fn what_a_channel_publishes_is_fetched_when_allowed() {
    let Some(demo) = Demo::new("channels") else { return };
    let packages = br#"{"version":2,"packages":{"cowsay":{"name":"cowsay-2.12","pname":"cowsay","version":"2.12","system":"x86_64-linux","meta":{"description":"Greets people","license":{"spdxId":"GPL-3.0-or-later"},"homepage":"https://example.org/hello"}}}}"#;
    let options = br#"{"services.greeter.enable":{"type":"boolean","description":"Whether to greet.","default":{"_type":"literalExpression","text":"false"}}}"#;
    let server = Server::start(vec![("/packages.json.br", stored(packages)), ("/options.json.br", options.to_vec())]);
    demo.write("/root/.nix-channels", &format!("{} nixos\n", server.address));
    demo.write("/home/.nix-channels", &format!("{} nixos\n", server.address));
    let planned = demo.reply(&["--dry-run", "index", "update", "--download"]);
    assert!(planned.to_string().contains("/packages.json.br"), "{planned:#}");
    let offline = demo.reply(&["--offline", "--dry-run", "index", "update", "--download"]);
    assert!(!offline.to_string().contains(".json.br"), "{offline:#}");
    assert!(!demo.reply(&["--dry-run", "index", "update"]).to_string().contains(".json.br"), "only when asked");
    let updated = demo.done(&["index", "update", "--download"]);
    let stamp = &updated["outcome"]["data"]["index"];
    assert_eq!((stamp["packages_here"].as_u64(), stamp["options_here"].as_u64()), (Some(1), Some(1)), "{stamp:#}");
    let reply = demo.done(&["what is the licence of cowsay"]);
    assert_eq!(reply["outcome"]["data"]["package"]["license"], "GPL-3.0-or-later", "{reply:#}");
    let reply = demo.done(&["explain services.greeter.enable"]);
    assert_eq!(reply["outcome"]["data"]["option"]["default"], "false", "{reply:#}");

    // A page in the place of the list: said, and the index stays.
    let before = std::fs::read(demo.at(INDEX)).unwrap();
    drop(server);
    let server = Server::start(vec![("/packages.json.br", b"<html>moved</html>".to_vec())]);
    demo.write("/root/.nix-channels", &format!("{} nixos\n", server.address));
    demo.write("/home/.nix-channels", &format!("{} nixos\n", server.address));
    let failed = demo.reply(&["index", "update", "--download"]);
    assert_eq!(failed["outcome"]["status"], "failed", "{failed:#}");
    assert_eq!(before, std::fs::read(demo.at(INDEX)).unwrap(), "the old index is still there");
}

#[test]
fn a_list_that_lies_in_the_channel_is_read_and_nothing_evaluated() {
    let Some(demo) = Demo::new("channels") else { return };
    let channel = demo.at("/nix/var/nix/profiles/per-user/root/channels/nixos");
    let real = std::fs::canonicalize(&channel).unwrap();
    let copy = demo.at("/channel");
    copied(&real, &copy);
    std::fs::write(copy.join("packages.json.br"), br#"{"packages":{"cowsay":{"pname":"cowsay","version":"9.9"}}}"#)
        .unwrap();
    let links = channel.parent().unwrap().to_owned();
    let environment = demo.at("/environment");
    std::fs::create_dir(&environment).unwrap();
    std::os::unix::fs::symlink(&copy, environment.join("nixos")).unwrap();
    std::fs::remove_file(&links).unwrap();
    std::os::unix::fs::symlink(&environment, &links).unwrap();
    let updated = demo.done(&["index", "update"]);
    assert_eq!(updated["outcome"]["data"]["index"]["packages_here"], 1, "{updated:#}");
    let reply = demo.done(&["which version of cowsay is available"]);
    assert_eq!(reply["outcome"]["data"]["package"]["version"], "9.9", "{reply:#}");
}

fn copied(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &place);
        } else {
            std::fs::write(&place, std::fs::read(&path).unwrap()).unwrap();
        }
    }
}

#[test]
fn an_index_of_another_form_or_one_that_may_not_be_read_is_told_apart() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["search for cowsay"]);
    let whole = std::fs::read(demo.at(INDEX)).unwrap();
    let mut other = whole.clone();
    other[7] = 99;
    std::fs::write(demo.at(INDEX), &other).unwrap();
    let reply = demo.done(&["search for cowsay"]);
    assert_eq!(reply["outcome"]["data"]["index"]["state"], "old", "{reply:#}");
    // A directory in its place can neither be read nor replaced, whoever asks.
    std::fs::remove_file(demo.at(INDEX)).unwrap();
    std::fs::create_dir(demo.at(INDEX)).unwrap();
    let reply = demo.done(&["search for cowsay"]);
    assert_eq!(names(&reply, "packages", "attribute")[0], "cowsay", "{reply:#}");
    assert_eq!(reply["outcome"]["data"]["index"]["state"], "unreadable", "{reply:#}");
    // No room for it: it is made for this one answer.
    std::fs::remove_dir(demo.at(INDEX)).unwrap();
    let directory = demo.at(INDEX).parent().unwrap().to_owned();
    std::fs::remove_dir_all(&directory).unwrap();
    std::fs::write(&directory, b"in the way").unwrap();
    let reply = demo.done(&["search for cowsay"]);
    assert_eq!(names(&reply, "packages", "attribute")[0], "cowsay", "{reply:#}");
    let failed = demo.reply(&["index", "update"]);
    assert_eq!(failed["outcome"]["status"], "failed", "{failed:#}");
}

#[test]
fn two_at_once_both_answer_and_leave_one_whole_index() {
    let Some(demo) = Demo::new("flake") else { return };
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(|| demo.done(&["search for cowsay"]))).collect();
        for run in runs {
            assert_eq!(names(&run.join().unwrap(), "packages", "attribute")[0], "cowsay");
        }
    });
    assert_eq!(demo.done(&["index"])["outcome"]["data"]["index"]["state"], "ready");
    let left: Vec<_> = std::fs::read_dir(demo.at(INDEX).parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn hostile_words_are_only_words() {
    let Some(demo) = Demo::new("flake") else { return };
    for words in ["search for \" OR 1=1; --", "search for NEAR(a b)", "search for *", "search for \u{1b}]0;x\u{7}gimp"]
    {
        let reply = demo.reply(&[words]);
        assert!(reply["outcome"]["status"].is_string(), "{words:?}: {reply:#}");
        let text = demo.run(&["--lessons", "off", words]).out;
        assert!(!text.contains('\u{1b}'), "{words:?}: {text:?}");
    }
}

/// A brotli stream that holds its content as it is.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() - 1).unwrap();
    assert!(length < 1 << 16);
    // A window of 22 bits; not the last block; the length in four nibbles; not compressed.
    let head: u32 = 0b1011 | length << 7 | 1 << 23;
    let mut bytes = head.to_le_bytes()[..3].to_vec();
    bytes.extend(content);
    bytes.push(0b11);
    bytes
}

/// A web server on this computer that has a few files.
struct Server {
    address: String,
    stop: std::sync::Arc<std::sync::atomic::AtomicBool>,
}

impl Server {
    fn start(files: Vec<(&'static str, Vec<u8>)>) -> Self {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let stopped = stop.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                if stopped.load(std::sync::atomic::Ordering::Relaxed) {
                    return;
                }
                let Ok(mut connection) = connection else { continue };
                let mut request = [0; 4096];
                let read = connection.read(&mut request).unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).into_owned();
                let path = request.split_whitespace().nth(1).unwrap_or_default().to_owned();
                let found = files.iter().find(|(name, _)| *name == path);
                let (status, body) = found.map_or(("404 Not Found", &[][..]), |(_, body)| ("200 OK", body.as_slice()));
                let body = if request.starts_with("HEAD") { &[][..] } else { body };
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(body));
            }
        });
        Self { address, stop }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}
