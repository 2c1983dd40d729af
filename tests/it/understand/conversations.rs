//! What a line means after others: conversations as data. No terminal, no machine; the last line of each is what is looked at.

use ask_nix::query::Query;
use ask_nix::recognition::{Mode, Recognition};
use ask_nix::understand::{Context, Recognizer};
use serde_json::{Value, json};

/// What was said before, what was shown as a list, the line, and what it means: intent, mode, slots.
type Row = (&'static [&'static str], &'static [&'static str], &'static str, &'static str, &'static str, Value);

fn understood(before: &[&str], listed: &[&str], line: &str) -> Recognition {
    let recognizer = Recognizer::new();
    let mut context = Context::default();
    for earlier in before {
        let previous = recognizer.recognize(&Query::new(earlier), &context);
        context.plan_open = waits(&previous);
        context.previous.push(previous);
    }
    context.listed = listed.iter().map(|name| (*name).to_owned()).collect();
    recognizer.recognize(&Query::new(line), &context)
}

/// Whether a plan waits for a yes after this.
fn waits(previous: &Recognition) -> bool {
    ask_nix::catalogue::intent(&previous.intent).is_some_and(|intent| intent.changes)
}

const EDITORS: &[&str] = &["ghostwriter", "apostrophe", "marktext"];
const OPTIONS: &[&str] = &["hardware.bluetooth.enable", "services.blueman.enable"];
const GENERATIONS: &[&str] = &["41", "42", "43"];

#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Row> {
    vec![
        // More of the same.
        (&["install firefox"], &[], "and htop too", "install_package", "do", json!({"packages": ["htop"]})),
        (&["install firefox"], &[], "vlc as well", "install_package", "do", json!({"packages": ["vlc"]})),
        (
            &["install firefox"],
            &[],
            "and also gimp and inkscape",
            "install_package",
            "do",
            json!({"packages": ["gimp", "inkscape"]}),
        ),
        (
            &["install firefox", "and htop"],
            &[],
            "plus ripgrep",
            "install_package",
            "do",
            json!({"packages": ["ripgrep"]}),
        ),
        (&["remove vlc"], &[], "and mpv too", "remove_package", "do", json!({"packages": ["mpv"]})),
        (&["remove vlc"], &[], "also gimp", "remove_package", "do", json!({"packages": ["gimp"]})),
        (&["open port 8080"], &[], "and 443", "open_port", "do", json!({"ports": [443]})),
        (&["close port 8080"], &[], "and 9090 too", "close_port", "do", json!({"ports": [9090]})),
        (&["is nginx running"], &[], "and sshd?", "service_status", "do", json!({"service": "openssh"})),
        (&["enable printing"], &[], "and bluetooth too", "enable_service", "do", json!({"service": "bluetooth"})),
        (&["disable docker"], &[], "podman too", "disable_service", "do", json!({"service": "podman"})),
        (&["explain flakes"], &[], "and channels?", "explain_concept", "do", json!({"topics": ["channel"]})),
        (
            &["explain flakes"],
            &[],
            "what about generations",
            "explain_concept",
            "do",
            json!({"topics": ["generation"]}),
        ),
        (&["try cowsay"], &[], "and lolcat too", "try_package", "do", json!({"packages": ["lolcat"]})),
        (&["tell me about ripgrep"], &[], "and fd?", "package_info", "do", json!({"package": "fd"})),
        (
            &["add alice to the docker group"],
            &[],
            "and wheel too",
            "add_user_to_group",
            "do",
            json!({"user": "alice", "groups": ["wheel"]}),
        ),
        (
            &["install firefox"],
            &[],
            "oh and gimp, inkscape",
            "install_package",
            "do",
            json!({"packages": ["gimp", "inkscape"]}),
        ),
        (&["is git installed"], &[], "and vlc?", "list_installed", "do", json!({"filter": "vlc"})),
        // Another value.
        (
            &["delete generations older than 30 days"],
            &[],
            "make it two weeks",
            "delete_generations",
            "do",
            json!({"older_than": "14d"}),
        ),
        (
            &["delete generations older than 3 days"],
            &[],
            "only 60 days instead",
            "delete_generations",
            "do",
            json!({"older_than": "60d"}),
        ),
        (&["list generations"], &[], "only the last three", "list_generations", "do", json!({"limit": 3})),
        (&["show me the last five generations"], &[], "make it ten", "list_generations", "do", json!({"limit": 10})),
        (&["go back to generation 42"], &[], "actually, 41", "rollback_system", "do", json!({"generation": 41})),
        (&["go back to generation 2"], &[], "no, I meant 1", "rollback_system", "do", json!({"generation": 1})),
        (
            &["what changed between 2 and 3"],
            &[],
            "and between 1 and 2",
            "compare_generations",
            "do",
            json!({"from": 1, "to": 2}),
        ),
        (
            &["upgrade to nixos 25.11"],
            &[],
            "make that unstable",
            "upgrade_release",
            "do",
            json!({"release": "unstable"}),
        ),
        (&["keep the last 5 generations"], &[], "make it 10", "delete_generations", "do", json!({"keep": 10})),
        // One of what was shown.
        (
            &["search for a markdown editor"],
            EDITORS,
            "the second one",
            "package_info",
            "do",
            json!({"package": "apostrophe"}),
        ),
        (
            &["search for a markdown editor"],
            EDITORS,
            "install the second one",
            "install_package",
            "do",
            json!({"packages": ["apostrophe"]}),
        ),
        (
            &["search for a markdown editor"],
            EDITORS,
            "install number 3",
            "install_package",
            "do",
            json!({"packages": ["marktext"]}),
        ),
        (
            &["search for a markdown editor"],
            EDITORS,
            "install the last one",
            "install_package",
            "do",
            json!({"packages": ["marktext"]}),
        ),
        (
            &["search for a markdown editor"],
            EDITORS,
            "tell me about the first one",
            "package_info",
            "do",
            json!({"package": "ghostwriter"}),
        ),
        (
            &["search for a markdown editor"],
            EDITORS,
            "try the third",
            "try_package",
            "do",
            json!({"packages": ["marktext"]}),
        ),
        (
            &["search for a markdown editor", "tell me about the first one"],
            EDITORS,
            "install the other one, the second",
            "install_package",
            "do",
            json!({"packages": ["apostrophe"]}),
        ),
        (
            &["install a markdown editor"],
            EDITORS,
            "the second one",
            "install_package",
            "do",
            json!({"packages": ["apostrophe"]}),
        ),
        (
            &["install a markdown editor"],
            EDITORS,
            "number 3",
            "install_package",
            "do",
            json!({"packages": ["marktext"]}),
        ),
        (&["install a markdown editor"], EDITORS, "3", "install_package", "do", json!({"packages": ["marktext"]})),
        (
            &["search options for bluetooth"],
            OPTIONS,
            "what does the second one do",
            "explain_option",
            "do",
            json!({"option": "services.blueman.enable"}),
        ),
        (
            &["list generations"],
            GENERATIONS,
            "go back to the second one",
            "rollback_system",
            "do",
            json!({"generation": 42}),
        ),
        (&["list generations"], GENERATIONS, "go back to 41", "rollback_system", "do", json!({"generation": 41})),
        (
            &["install a markdown editor"],
            EDITORS,
            "tell me about the second one",
            "package_info",
            "do",
            json!({"package": "apostrophe"}),
        ),
        (
            &["install ghostwriter"],
            &["kdePackages.ghostwriter", "marktext"],
            "no, the other one",
            "install_package",
            "do",
            json!({"packages": ["marktext"]}),
        ),
        // What was named stands for it.
        (&["tell me about ripgrep"], &[], "install it", "install_package", "do", json!({"packages": ["ripgrep"]})),
        (&["install ripgrep"], &[], "remove it again", "remove_package", "do", json!({"packages": ["ripgrep"]})),
        (
            &["tell me about ripgrep"],
            &[],
            "what is its licence",
            "package_info",
            "do",
            json!({"package": "ripgrep", "field": "license"}),
        ),
        (
            &["tell me about ripgrep", "what is its licence"],
            &[],
            "and its homepage",
            "package_info",
            "do",
            json!({"package": "ripgrep", "field": "homepage"}),
        ),
        (
            &["is nginx running"],
            &[],
            "restart it",
            "control_service",
            "do",
            json!({"service": "nginx", "action": "restart"}),
        ),
        (&["is nginx running"], &[], "stop it", "control_service", "do", json!({"service": "nginx", "action": "stop"})),
        (&["is nginx running"], &[], "enable it", "enable_service", "do", json!({"service": "nginx"})),
        (&["is nginx running"], &[], "disable it", "disable_service", "do", json!({"service": "nginx"})),
        (&["is nginx running"], &[], "show me its logs", "service_logs", "do", json!({"service": "nginx"})),
        (&["tell me about ripgrep"], &[], "is it installed?", "list_installed", "do", json!({"filter": "ripgrep"})),
        (
            &["install vlc", "search for ripgrep"],
            &["ripgrep"],
            "install it",
            "install_package",
            "do",
            json!({"packages": ["ripgrep"]}),
        ),
        (&["install vlc", "search for a markdown editor"], EDITORS, "install it", "install_package", "do", json!({})),
        (&["open port 8080"], &[], "close it again", "close_port", "do", json!({"ports": [8080]})),
        (
            &["add user bob"],
            &[],
            "add him to wheel",
            "add_user_to_group",
            "do",
            json!({"user": "bob", "groups": ["wheel"]}),
        ),
        (&["add user bob"], &[], "remove him", "remove_user", "do", json!({"user": "bob"})),
        // Yes, no, and back.
        (&["update my system"], &[], "yes", "confirm", "do", json!({})),
        (&["update my system"], &[], "do it", "confirm", "do", json!({})),
        (&["update my system"], &[], "go ahead then", "confirm", "do", json!({})),
        (&["update my system"], &[], "no", "cancel", "do", json!({})),
        (&["update my system"], &[], "not now", "cancel", "do", json!({})),
        (&["update my system", "yes"], &[], "undo that", "undo_last", "do", json!({})),
        (&["install firefox", "yes"], &[], "undo it", "undo_last", "do", json!({})),
        // What was asked for is asked about.
        (
            &["delete generations older than 3 days"],
            &[],
            "is that safe",
            "delete_generations",
            "explain",
            json!({"older_than": "3d"}),
        ),
        (
            &["go back to generation 41"],
            &[],
            "is that dangerous?",
            "rollback_system",
            "explain",
            json!({"generation": 41}),
        ),
        (&["update my system"], &[], "how long will that take", "update_system", "explain", json!({})),
        (&["update my system"], &[], "would that need a reboot?", "update_system", "explain", json!({})),
        (
            &["install firefox"],
            &[],
            "can it break something",
            "install_package",
            "explain",
            json!({"packages": ["firefox"]}),
        ),
        (
            &["install firefox"],
            &[],
            "how would I do that myself?",
            "install_package",
            "explain",
            json!({"packages": ["firefox"]}),
        ),
        (&["clean up my system"], &[], "can that be undone?", "collect_garbage", "explain", json!({})),
        // What stands for itself.
        (&["install firefox"], &[], "list generations", "list_generations", "do", json!({})),
        (&["install firefox"], &[], "no, remove firefox", "remove_package", "do", json!({"packages": ["firefox"]})),
        (&["install firefox"], &[], "and what changed in the last update", "compare_generations", "do", json!({})),
        (
            &["search for a markdown editor"],
            EDITORS,
            "search for a pdf reader",
            "search_package",
            "do",
            json!({"query": "pdf reader"}),
        ),
        (&["update my system"], &[], "why?", "explain_error", "do", json!({})),
        (&["install firefox"], &[], "thanks", "small_talk", "do", json!({})),
        (&["install firefox"], &[], "help", "help", "do", json!({})),
    ]
}

#[test]
fn what_was_offered_is_chosen_by_its_place() {
    let reading = |intent: &str| Recognition { intent: intent.to_owned(), ..Recognition::default() };
    let both = vec![reading("disk_usage"), reading("list_generations")];
    let chosen = |offered: &[Recognition], line: &str| {
        let context = Context { offered: offered.to_vec(), ..Context::default() };
        Recognizer::new().recognize(&Query::new(line), &context).intent
    };
    for (line, intent) in [
        ("1", "disk_usage"),
        ("2", "list_generations"),
        ("the first one", "disk_usage"),
        ("the second", "list_generations"),
        ("number 2 please", "list_generations"),
        ("the last one", "list_generations"),
    ] {
        assert_eq!(chosen(&both, line), intent, "{line}");
    }
    assert_eq!(chosen(&both, "yes"), "confirm", "which of the two?");
    assert_eq!(chosen(&both[..1], "yes"), "disk_usage");
    assert_eq!(chosen(&both[..1], "no"), "cancel");
    assert_eq!(chosen(&both, "update my system"), "update_system");
}

#[test]
fn lines_mean_what_they_mean_after_others() {
    let rows = rows();
    assert!(rows.len() >= 60);
    let mut wrong = Vec::new();
    for (before, listed, line, intent, mode, slots) in &rows {
        let got = understood(before, listed, line);
        let got_mode = if got.mode == Mode::Explain { "explain" } else { "do" };
        if (got.intent.as_str(), got_mode, &json!(got.slots)) != (intent, mode, slots) {
            wrong.push(format!(
                "{before:?} {line:?}\n     wanted {intent} {mode} {slots}\n     got    {} {got_mode} {} ({:.2}, {:?})",
                got.intent,
                json!(got.slots),
                got.confidence,
                got.by
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
