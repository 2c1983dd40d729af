//! What people search, and what they must find among the first three.

use super::{Index, Kind};

/// A search, and what of the first three one must be.
const PACKAGES: &[(&str, &[&str])] = &[
    ("firefox", &["firefox"]),
    ("firefx", &["firefox"]),
    ("fire fox", &["firefox"]),
    ("edit photos", &["gimp", "darktable", "rawtherapee", "digikam"]),
    ("photo editor", &["gimp", "darktable"]),
    ("image editor", &["gimp", "krita", "pinta"]),
    ("photoshop", &["gimp", "krita"]),
    ("something like photoshop", &["gimp", "krita"]),
    ("excel replacement", &["libreoffice", "onlyoffice-desktopeditors", "gnumeric"]),
    ("spreadsheet", &["gnumeric", "libreoffice"]),
    ("word", &["libreoffice", "onlyoffice-desktopeditors", "abiword"]),
    ("powerpoint alternative", &["libreoffice", "onlyoffice-desktopeditors"]),
    ("markdown editor", &["typora", "zettlr", "kdePackages.ghostwriter"]),
    ("video editor", &["kdePackages.kdenlive", "shotcut", "openshot-qt", "davinci-resolve"]),
    ("cut videos", &["kdePackages.kdenlive", "shotcut", "losslesscut-bin", "openshot-qt", "avidemux"]),
    ("premiere", &["kdePackages.kdenlive", "shotcut", "davinci-resolve", "openshot-qt"]),
    ("video player", &["vlc", "mpv", "celluloid", "kdePackages.dragon", "smplayer"]),
    ("vlc", &["vlc"]),
    ("watch movies", &["vlc", "mpv", "stremio", "jellyfin-media-player", "popcorntime", "celluloid"]),
    ("music player", &["rhythmbox", "clementine", "audacious", "amarok", "strawberry", "lollypop", "amberol"]),
    ("spotify", &["spotify"]),
    ("itunes", &["rhythmbox", "clementine", "strawberry", "amarok"]),
    ("record audio", &["audacity", "ardour", "gnome-sound-recorder"]),
    ("screen recorder", &["obs-studio", "simplescreenrecorder", "kooha", "wf-recorder", "gpu-screen-recorder"]),
    ("screenshot", &["flameshot", "kdePackages.spectacle", "gnome-screenshot", "grim", "shutter", "ksnip"]),
    ("take screenshots", &["flameshot", "kdePackages.spectacle", "gnome-screenshot", "grim", "ksnip"]),
    ("web browser", &["firefox", "chromium", "brave", "google-chrome", "librewolf", "epiphany", "vivaldi"]),
    ("chrome", &["google-chrome", "chromium"]),
    ("vs code", &["vscode", "vscodium"]),
    ("visual studio code", &["vscode", "vscodium"]),
    ("text editor", &["vim", "nano", "gnome-text-editor", "kdePackages.kate", "emacs", "geany", "micro", "neovim"]),
    ("notepad++", &["notepadqq", "notepad-next", "kdePackages.kate", "geany"]),
    ("email client", &["thunderbird", "evolution", "geary", "kdePackages.kmail"]),
    ("outlook", &["thunderbird", "evolution"]),
    ("password manager", &["keepassxc", "bitwarden-desktop", "pass", "_1password-gui"]),
    ("bitwarden", &["bitwarden-desktop", "bitwarden-cli"]),
    ("torrent client", &["qbittorrent", "transmission_4-gtk", "deluge", "ktorrent", "kdePackages.ktorrent"]),
    ("utorrent", &["qbittorrent", "transmission_4-gtk", "deluge"]),
    ("process monitor", &["htop", "btop", "bottom", "atop", "glances"]),
    ("task manager", &["mission-center", "htop", "btop", "gnome-system-monitor", "resources"]),
    ("dig", &["dnsutils", "bind", "dig", "dogdns"]),
    ("ripgrep", &["ripgrep"]),
    ("rg", &["ripgrep"]),
    ("search in files", &["ripgrep", "silver-searcher", "ack", "gnugrep", "fd", "ugrep", "recoll"]),
    ("pdf reader", &["evince", "kdePackages.okular", "zathura", "mupdf", "papers", "xreader"]),
    ("acrobat", &["evince", "kdePackages.okular", "papers", "xournalpp", "masterpdfeditor", "pdfarranger"]),
    ("ebook reader", &["foliate", "calibre", "koreader", "fbreader"]),
    ("kindle", &["calibre", "foliate"]),
    ("teamviewer", &["teamviewer", "rustdesk", "anydesk"]),
    ("remote desktop", &["remmina", "rustdesk", "anydesk", "freerdp", "teamviewer", "gnome-remote-desktop"]),
    ("discord", &["discord"]),
    (
        "whatsapp",
        &["whatsapp-for-linux", "zapzap", "ferdium", "wasistlos", "whatsapp-electron", "karere", "signal-desktop"],
    ),
    ("zoom", &["zoom-us"]),
    ("3d modelling", &["blender", "freecad", "openscad"]),
    ("blender", &["blender"]),
    ("autocad", &["freecad", "librecad", "qcad"]),
    ("illustrator", &["inkscape"]),
    ("vector graphics", &["inkscape"]),
    ("inkscpae", &["inkscape"]),
    ("virtual machine", &["virt-manager", "virtualbox", "qemu", "gnome-boxes"]),
    ("backup", &["restic", "borgbackup", "deja-dup", "duplicity", "pika-backup", "timeshift", "vorta"]),
    ("partition editor", &["gparted", "kdePackages.partitionmanager", "gnome-disk-utility"]),
    ("git", &["git"]),
    ("git gui", &["git", "gitg", "git-cola", "gitkraken", "lazygit", "gittyup", "sourcegit", "github-desktop"]),
    ("python", &["python3", "python313", "python312", "python314"]),
    ("nodejs", &["nodejs", "nodejs_22", "nodejs_24", "nodejs_20"]),
    ("java", &["jdk", "openjdk", "jdk21", "temurin-bin", "jre", "jdk17"]),
    ("rust compiler", &["rustc", "rustup", "cargo"]),
    ("steam", &["steam"]),
    (
        "play windows games",
        &["lutris", "steam", "heroic", "bottles", "wine", "wineWowPackages.stable", "protonplus", "umu-launcher"],
    ),
    ("minecraft", &["prismlauncher", "minecraft"]),
    ("download youtube videos", &["yt-dlp", "parabolic", "youtube-dl", "media-downloader"]),
    ("convert video", &["handbrake", "ffmpeg", "ffmpeg-full"]),
    ("burn cd", &["brasero", "kdePackages.k3b", "xfburn"]),
    ("unzip", &["unzip"]),
    ("winrar", &["rar", "unrar", "peazip", "file-roller", "kdePackages.ark", "p7zip"]),
    ("money", &["gnucash", "homebank", "kmymoney", "kdePackages.kmymoney", "skrooge"]),
    (
        "note taking",
        &["obsidian", "joplin-desktop", "logseq", "standardnotes", "qownnotes", "xournalpp", "zim", "gnome-notes"],
    ),
    ("libre ofice", &["libreoffice", "libreoffice-fresh", "libreoffice-qt"]),
    ("terminal multiplexer", &["tmux", "zellij", "screen"]),
    ("file manager", &["nautilus", "kdePackages.dolphin", "nemo", "xfce.thunar", "pcmanfm", "ranger", "yazi", "mc"]),
    ("weather", &["gnome-weather", "wthrr", "wttrbar", "kdePackages.kweather", "weather"]),
    ("calculator", &["gnome-calculator", "kdePackages.kcalc", "qalculate-gtk", "bc", "speedcrunch"]),
    ("jq", &["jq"]),
    ("docker", &["docker"]),
    ("neofetch", &["fastfetch", "neofetch", "hyfetch"]),
    ("prog to edit sound", &["audacity", "tenacity"]),
];

const OPTIONS: &[(&str, &[&str])] = &[
    ("bluetooth", &["hardware.bluetooth.enable"]),
    ("firewall", &["networking.firewall.enable"]),
    ("hostname", &["networking.hostName"]),
    ("time zone", &["time.timeZone"]),
    ("open ports", &["networking.firewall.allowedTCPPorts", "services.openssh.openFirewall"]),
    ("allowedTCPPorts", &["networking.firewall.allowedTCPPorts"]),
    ("ssh password login", &["services.openssh.settings.PasswordAuthentication"]),
    ("keyboard layout", &["console.keyMap", "services.xserver.xkb.layout"]),
    ("automatic login", &["services.displayManager.autoLogin.enable"]),
    ("garbage collection", &["nix.gc.automatic"]),
    ("clean tmp on boot", &["boot.tmp.cleanOnBoot"]),
    ("steam", &["programs.steam.enable"]),
    ("gnome", &["services.desktopManager.gnome.enable"]),
    ("docker", &["virtualisation.docker.enable"]),
    ("unfree packages", &["nixpkgs.config.allowUnfree"]),
    ("printing", &["services.printing.enable"]),
    ("kernel", &["boot.kernelPackages"]),
    ("default shell", &["users.defaultUserShell", "users.users.<name>.shell"]),
    ("ipv6", &["networking.enableIPv6"]),
    ("fonts", &["fonts.packages"]),
];

fn first(index: &Index, query: &str, kind: Kind, most: usize) -> Vec<String> {
    let found = index.search(query, kind, most).unwrap().found;
    found.into_iter().map(|found| found.entry.name).collect()
}

#[test]
fn the_obvious_is_among_the_first_three() {
    let index = Index::of_starter().unwrap();
    let mut wrong = Vec::new();
    for (table, kind) in [(PACKAGES, Kind::Package), (OPTIONS, Kind::Option)] {
        for (query, wanted) in table {
            let found = first(&index, query, kind, 5);
            if !found.iter().take(3).any(|name| wanted.contains(&name.as_str())) {
                wrong.push(format!("{query:?}: {found:?}, wanted {wanted:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), PACKAGES.len() + OPTIONS.len(), wrong.join("\n"));
}

#[test]
fn names_come_first() {
    let index = Index::of_starter().unwrap();
    let mut wrong = Vec::new();
    for entry in super::starter::entries().iter().filter(|entry| entry.kind == Kind::Package) {
        let found = first(&index, &entry.name, Kind::Package, 3);
        if !found.contains(&entry.name) {
            wrong.push(format!("{}: {found:?}", entry.name));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn anything_can_be_searched() {
    let index = Index::of_starter().unwrap();
    let long = "x".repeat(5000);
    for query in [
        "",
        " ",
        "\"",
        "'; drop table entry; --",
        "a* OR b",
        "NEAR(",
        "日本語",
        "-",
        "^",
        ":",
        "{name}:x",
        "%",
        &long,
        "\u{0}",
    ] {
        for kind in [Kind::Package, Kind::Option, Kind::Service] {
            index.search(query, kind, 5).unwrap_or_else(|error| panic!("{query:?}: {error}"));
        }
    }
}

#[test]
fn a_word_that_nothing_has_finds_nothing() {
    let index = Index::of_starter().unwrap();
    assert_eq!(first(&index, "xyzzyplughfrotz", Kind::Package, 5), [] as [String; 0]);
}
