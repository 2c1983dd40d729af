//! The configuration is changed, built, activated, and taken back: packages, services, ports, users, settings.

use serde_json::{Value, json};

use crate::edit_session::{Editing, FILE};

#[test]
fn packages_come_and_go_and_come_back_byte_for_byte() {
    for kind in ["flake", "channels"] {
        let Some(machine) = Editing::new(kind) else { return };
        let demo = &machine.demo;
        let before = demo.read(FILE);
        let slots = json!({"packages": ["ripgrep", "jq"]});
        assert_eq!(
            machine.done("install ripgrep and jq", "install_package", slots.clone()),
            ["+    ripgrep", "+    jq"]
        );
        assert!(demo.at("/run/current-system/sw/bin/rg").exists(), "{kind}");
        let installed = demo.read(FILE);
        let generation = demo.generation();

        let again = machine.ask("install ripgrep and jq", "install_package", slots);
        assert_eq!(again["outcome"]["status"], "done", "{again:#}");
        assert!(again["outcome"]["message"].as_str().unwrap().contains("there already"), "{again:#}");
        assert_eq!((demo.read(FILE), demo.generation()), (installed, generation));

        let slots = json!({"packages": ["htop"]});
        assert_eq!(machine.done("uninstall htop", "remove_package", slots), ["-    htop"]);
        assert!(!demo.at("/run/current-system/sw/bin/htop").exists(), "{kind}");
        demo.done(&["--yes", "undo"]);
        demo.done(&["--yes", "undo"]);
        assert_eq!(demo.read(FILE), before, "{kind}");
        assert!(!demo.at("/run/current-system/sw/bin/rg").exists(), "{kind}");
    }
}

#[test]
fn a_build_that_fails_puts_the_file_back() {
    let Some(machine) = Editing::new("flake") else { return };
    for (package, step, id) in [
        ("broken-build", "Build the new system", "builder-failed"),
        ("bad-hash", "Build the new system", "hash-mismatch"),
        ("nosuchthing", "Evaluate the edited configuration", "package-not-found"),
    ] {
        let slots = json!({"packages": [package]});
        let reply = machine.not_done(&format!("install {package}"), "install_package", slots);
        assert_eq!(reply["outcome"]["status"], "failed", "{reply:#}");
        let failed = reply["outcome"]["error"]["step"].as_u64().unwrap();
        let index = usize::try_from(failed).unwrap() - 1;
        assert_eq!(reply["plan"]["steps"][index]["title"], step, "{reply:#}");
        assert_eq!(reply["outcome"]["error"]["id"], id, "{reply:#}");
        assert_eq!(reply["outcome"]["put_back"], json!(["Put configuration.nix back as it was"]));
    }
}

#[test]
fn whoever_declines_after_the_build_has_the_old_file() {
    let Some(machine) = Editing::new("flake") else { return };
    let before = (machine.demo.read(FILE), machine.demo.generation());
    let slots = json!({"packages": ["ripgrep"]});
    for agrees in [vec![false], vec![true, false]] {
        let reply = machine.answered("install ripgrep", "install_package", slots.clone(), agrees);
        assert_eq!(reply["outcome"]["status"], "declined", "{reply:#}");
        assert_eq!((machine.demo.read(FILE), machine.demo.generation()), before);
    }
    let reply = machine.planned("install ripgrep", "install_package", slots);
    assert_eq!(reply["outcome"]["status"], "planned");
    assert!(reply["plan"]["steps"][0]["diff"].as_str().unwrap().contains("\n+    ripgrep\n"), "{reply:#}");
    assert_eq!(reply["plan"]["title"], "Install ripgrep for everyone on this machine");
    assert_eq!((machine.demo.read(FILE), machine.demo.generation()), before);
}

#[test]
fn undo_leaves_a_file_alone_that_was_changed_since() {
    let Some(machine) = Editing::new("flake") else { return };
    let demo = &machine.demo;
    machine.done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    demo.configure("# the editor", "# my editor");
    let mine = demo.read(FILE);
    let reply = demo.reply(&["--yes", "undo"]);
    assert_eq!(reply["outcome"]["error"]["id"], "file-changed", "{reply:#}");
    assert_eq!(demo.read(FILE), mine);
}

#[test]
fn unfree_packages_are_allowed_only_when_one_is_wanted() {
    let Some(machine) = Editing::new("flake") else { return };
    let lines = machine.done("install vscode", "install_package", json!({"packages": ["vscode"]}));
    let predicate = |names: &str| {
        format!("  nixpkgs.config.allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [ {names} ];")
    };
    assert_eq!(lines, ["+    vscode".to_owned(), format!("+{}", predicate("\"vscode\"")), "+".to_owned()]);
    // Each needs its own permission.
    let lines = machine.done("install discord", "install_package", json!({"packages": ["discord"]}));
    let more = [format!("-{}", predicate("\"vscode\"")), format!("+{}", predicate("\"vscode\" \"discord\""))];
    assert_eq!(lines, [vec!["+    discord".to_owned()], more.to_vec()].concat());
    let reply = machine.planned("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert!(!reply["plan"]["steps"].to_string().contains("+  nixpkgs.config"), "{reply:#}");
    // Some things are more than a package.
    let lines = machine.done("install steam", "install_package", json!({"packages": ["steam"]}));
    assert!(lines.contains(&"+  programs.steam.enable = true;".to_owned()), "{lines:?}");
    assert_eq!(machine.evaluated("programs.steam.enable"), json!(true));
    let removed = machine.done("uninstall steam", "remove_package", json!({"packages": ["steam"]}));
    assert_eq!(removed, ["-  programs.steam.enable = true;", "+  programs.steam.enable = false;"]);
}

#[test]
fn packages_for_one_person() {
    let Some(machine) = Editing::new("flake") else { return };
    let slots = json!({"packages": ["gimp"], "scope": "user"});
    let reply = machine.ask("install gimp for me only", "install_package", slots);
    assert_eq!(reply["plan"]["title"], "Install gimp for alice", "{reply:#}");
    assert!(machine.demo.read(FILE).contains("      thunderbird\n      gimp\n    ];"), "{}", machine.demo.read(FILE));
    let again = machine.ask("install gimp", "install_package", json!({"packages": ["gimp"]}));
    assert!(again["outcome"]["message"].as_str().unwrap().contains("of alice"), "{again:#}");
    assert_eq!(machine.done("uninstall gimp", "remove_package", json!({"packages": ["gimp"]})), ["-      gimp"]);
}

#[test]
fn what_is_not_installed_is_not_removed() {
    let Some(machine) = Editing::new("flake") else { return };
    let reply = machine.not_done("uninstall htpo", "remove_package", json!({"packages": ["htpo"]}));
    assert_eq!(reply["outcome"]["error"]["id"], "package-not-installed", "{reply:#}");
    assert_eq!(reply["outcome"]["error"]["bindings"]["nearest"], json!(["htop"]), "{reply:#}");
}

#[test]
fn services_with_what_they_need() {
    let Some(machine) = Editing::new("channels") else { return };
    let lines = machine.done("enable nginx", "enable_service", json!({"service": "nginx"}));
    assert!(lines.contains(&"+  services.nginx.enable = true;".to_owned()), "{lines:?}");
    assert!(lines.contains(&"+  networking.firewall.allowedTCPPorts = [ 80 443 ];".to_owned()), "{lines:?}");
    assert_eq!(machine.demo.read("/run/systemd-demo/nginx.service").trim(), "active");
    let again = machine.ask("enable nginx", "enable_service", json!({"service": "nginx"}));
    assert!(again["outcome"]["message"].as_str().unwrap().contains("already"), "{again:#}");
    let reply = machine.planned("enable postgresql", "enable_service", json!({"service": "postgresql"}));
    assert!(reply["plan"]["notes"].to_string().contains("port 5432, which the firewall keeps closed"), "{reply:#}");

    let lines = machine.done("disable openssh", "disable_service", json!({"service": "openssh"}));
    assert_eq!(lines, ["-  services.openssh.enable = true;", "+  services.openssh.enable = false;"]);
    let off = machine.ask("disable fail2ban", "disable_service", json!({"service": "fail2ban"}));
    assert!(off["outcome"]["message"].as_str().unwrap().contains("is off"), "{off:#}");
    let reply = machine.not_done("enable nosuchservice", "enable_service", json!({"service": "nosuchservice"}));
    assert_eq!(reply["outcome"]["error"]["id"], "option-does-not-exist", "{reply:#}");
}

#[test]
fn ports() {
    let Some(machine) = Editing::new("flake") else { return };
    let lines = machine.done("open port 8080", "open_port", json!({"ports": [8080]}));
    let allowed = |list: &str| format!("  networking.firewall.allowedTCPPorts = {list};");
    assert_eq!(lines, [format!("-{}", allowed("[ 80 ]")), format!("+{}", allowed("[ 80 8080 ]"))]);
    let udp = machine.done("open udp port 51820", "open_port", json!({"ports": [51820], "protocol": "udp"}));
    assert_eq!(udp, ["+  networking.firewall.allowedUDPPorts = [ 51820 ];"]);
    let lines = machine.done("close port 80", "close_port", json!({"ports": [80]}));
    assert_eq!(lines, [format!("-{}", allowed("[ 80 8080 ]")), format!("+{}", allowed("[ 8080 ]"))]);
    // What a service opens by itself is closed where it opens it.
    let lines = machine.done("close port 22", "close_port", json!({"ports": [22]}));
    assert_eq!(lines, ["+  services.openssh.openFirewall = false;"]);
    assert_eq!(machine.evaluated("networking.firewall.allowedTCPPorts"), json!([8080]));
    let nothing = machine.ask("close port 9", "close_port", json!({"ports": [9]}));
    assert_eq!(nothing["outcome"]["status"], "done", "{nothing:#}");
    assert_eq!(nothing["plan"], Value::Null);
    for ports in [json!([0]), json!([65536]), json!(["80; rm"])] {
        let reply = machine.ask("open port", "open_port", json!({"ports": ports}));
        assert_eq!(reply["outcome"]["status"], "question", "{reply:#}");
    }
}

#[test]
fn accounts_and_groups() {
    let Some(machine) = Editing::new("flake") else { return };
    let before = machine.demo.read(FILE);
    let lines = machine.done("create a user called erika", "add_user", json!({"user": "erika", "groups": ["wheel"]}));
    let wanted =
        ["+  users.users.erika = {", "+    isNormalUser = true;", "+    extraGroups = [ \"wheel\" ];", "+  };", "+"];
    assert_eq!(lines, wanted);
    let lines =
        machine.done("put erika in docker", "add_user_to_group", json!({"user": "erika", "groups": ["docker"]}));
    assert_eq!(lines, ["-    extraGroups = [ \"wheel\" ];", "+    extraGroups = [ \"wheel\" \"docker\" ];"]);
    assert!(machine.demo.read("/run/current-system/etc/passwd").contains("erika:x:"), "the account is there");
    let again = machine.ask("create a user called erika", "add_user", json!({"user": "erika"}));
    assert!(again["outcome"]["message"].as_str().unwrap().contains("already"), "{again:#}");

    let plan = machine.planned("delete user erika", "remove_user", json!({"user": "erika"}));
    assert_eq!(plan["plan"]["risk"], "destroys", "{plan:#}");
    machine.done("delete user erika", "remove_user", json!({"user": "erika"}));
    assert_eq!(machine.demo.read(FILE), before);
    let reply = machine.not_done("delete user erica", "remove_user", json!({"user": "alicee"}));
    assert_eq!(reply["outcome"]["error"]["id"], "user-missing", "{reply:#}");
    assert_eq!(reply["outcome"]["error"]["bindings"]["nearest"], json!(["alice"]));
    for user in ["", "Alice", "a b", "a\"; b", "-x", "../x"] {
        let reply = machine.ask("create a user", "add_user", json!({"user": user}));
        assert_eq!(reply["outcome"]["status"], "question", "{user}: {reply:#}");
    }
}

#[test]
fn settings_have_types() {
    let Some(machine) = Editing::new("flake") else { return };
    let set = |option: &str, value: Value| json!({"option": option, "value": value});
    let lines = machine.done("set the time zone", "set_option", set("time.timezone", json!("Asia/Tokyo")));
    assert_eq!(lines, ["-  time.timeZone = \"Europe/Berlin\";", "+  time.timeZone = \"Asia/Tokyo\";"]);
    assert_eq!(machine.evaluated("time.timeZone"), json!("Asia/Tokyo"));
    let lines = machine.done("clean tmp", "set_option", set("boot.tmp.cleanOnBoot", json!("true")));
    assert_eq!(lines, ["+  boot.tmp.cleanOnBoot = true;"]);
    let lines = machine.done("name it", "set_option", set("networking.hostName", json!("atlas")));
    assert_eq!(lines.len(), 2);
    assert!(lines[1].ends_with("\"atlas\"; # Define your hostname."), "{lines:?}");
    machine.demo.done(&["--yes", "undo"]);

    let nothing = machine.ask("set it", "set_option", set("time.timeZone", json!("Asia/Tokyo")));
    assert!(nothing["outcome"]["message"].as_str().unwrap().contains("already"), "{nothing:#}");
    let reply = machine.not_done("set it", "set_option", set("boot.tmp.cleanOnBoot", json!("maybe")));
    assert_eq!(reply["outcome"]["error"]["id"], "option-wrong-type", "{reply:#}");
    let reply = machine.not_done("set it", "set_option", set("services.opensh.enable", json!(true)));
    assert_eq!(reply["outcome"]["error"]["id"], "option-does-not-exist", "{reply:#}");
    // The module system finds what the table does not know.
    let reply = machine.not_done("set it", "set_option", set("networking.domain", json!([1])));
    assert_eq!(reply["outcome"]["error"]["id"], "option-wrong-type", "{reply:#}");
    // Text stays text.
    let evil = "\"; boot.evil = true; x = \"${builtins.abort \"no\"}\n";
    machine.done("set it", "set_option", set("networking.extraHosts", json!(evil)));
    assert!(machine.evaluated("networking.extraHosts").as_str().unwrap().starts_with(evil));
    for option in ["a.b = 1; c", "networking.${x}", "a", "", "(abort 1).x"] {
        let reply = machine.ask("set it", "set_option", set(option, json!(1)));
        assert!(["question", "failed"].contains(&reply["outcome"]["status"].as_str().unwrap()), "{option}: {reply:#}");
    }
}

#[test]
fn what_is_missing_is_asked_for() {
    let Some(machine) = Editing::new("flake") else { return };
    for (intent, slots) in [
        ("install_package", json!({"packages": []})),
        ("install_package", json!({})),
        ("open_port", json!({"ports": []})),
        ("add_user_to_group", json!({"groups": []})),
        ("set_option", json!({"option": "time.timeZone"})),
    ] {
        let reply = machine.ask("something", intent, slots);
        assert_eq!(reply["outcome"]["status"], "question", "{intent}: {reply:#}");
    }
    // The only account is the one that is meant.
    let reply = machine.planned("let me use docker", "add_user_to_group", json!({"groups": ["docker"]}));
    assert_eq!(reply["plan"]["title"], "Put alice into the group docker", "{reply:#}");
}

#[test]
fn one_package_is_not_updated_and_this_is_said() {
    let Some(machine) = Editing::new("flake") else { return };
    let before = machine.demo.fingerprint(true);
    let reply = machine.ask("update only firefox", "update_package", json!({"package": "firefox"}));
    assert_eq!(reply["outcome"]["status"], "question", "{reply:#}");
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("cannot be updated by itself"), "{reply:#}");
    assert_eq!(reply["outcome"]["choices"], json!(["everything", "only this one"]), "{reply:#}");
    // In a flake a second nixpkgs is an input, and that is left to the person, with the lines.
    let only = json!({"package": "firefox", "way": "newer"});
    let reply = machine.ask("update only firefox", "update_package", only);
    assert_eq!(reply["outcome"]["error"]["id"], "edit-by-hand", "{reply:#}");
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("inputs.nixpkgs-unstable.url"), "{reply:#}");
    let mut after = machine.demo.fingerprint(true);
    after.retain(|line| before.contains(line));
    assert_eq!(after, before);
}

#[test]
fn one_package_comes_from_a_newer_channel_when_that_is_wanted() {
    let Some(machine) = Editing::new("channels") else { return };
    let demo = &machine.demo;
    let before = demo.read(FILE);
    let only = || json!({"package": "firefox", "way": "newer"});
    let reply = machine.ask("update only firefox", "update_package", only());
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("Add another first"), "{reply:#}");
    let url = format!("file://{}", demo.at("/channels/nixos-unstable").display());
    let slots = json!({"action": "add", "channel": "unstable", "url": url});
    let reply = machine.ask("subscribe to nixos-unstable as unstable", "manage_channel", slots);
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    let version = || machine.evaluated("environment.systemPackages").to_string();
    let old = version();
    let reply = machine.ask("update only firefox", "update_package", only());
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    assert!(demo.read("/etc/nixos/newer-firefox.nix").contains("import <unstable>"));
    assert!(demo.read(FILE).contains("./newer-firefox.nix"));
    let new = version();
    assert_ne!(old, new, "firefox is another one, and in the system");
    assert_eq!(old.split("vim-").nth(1).map(|rest| &rest[..6]), new.split("vim-").nth(1).map(|rest| &rest[..6]));
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.read(FILE), before);
    assert!(!demo.at("/etc/nixos/newer-firefox.nix").exists());
}

#[test]
fn what_is_more_than_a_package_is_had_by_its_option() {
    let Some(machine) = Editing::new("flake") else { return };
    for (package, option) in
        [("docker", "virtualisation.docker.enable"), ("plasma6", "services.desktopManager.plasma6.enable")]
    {
        let reply = machine.planned(&format!("install {package}"), "install_package", json!({"packages": [package]}));
        let diff = reply["plan"]["steps"][0]["diff"].as_str().unwrap_or_else(|| panic!("{reply:#}"));
        assert!(diff.contains(&format!("+  {option} = true;")), "{package}: {diff}");
    }
    // A server is also a program, and which of them is wanted is not for us to say.
    let reply = machine.planned("install postgresql", "install_package", json!({"packages": ["postgresql"]}));
    assert!(reply["plan"]["notes"].to_string().contains("ask-nix \\\"enable postgresql\\\""), "{reply:#}");
}
