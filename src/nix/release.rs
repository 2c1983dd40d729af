//! Addresses that name a release: which input NixOS comes from, and what its address becomes with another release.

/// Endings of archives that stand behind the name of a branch.
const ARCHIVES: [&str; 5] = [".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".zip"];

/// The input that NixOS comes from: the one named `nixpkgs` or `nixos`, else the first whose address says so.
pub fn nixos_input<'a>(inputs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    let inputs: Vec<_> = inputs.into_iter().collect();
    let named = |wanted: &str| inputs.iter().find(|(name, _)| *name == wanted);
    let addressed = || {
        inputs.iter().find(|(_, url)| {
            let url = url.to_ascii_lowercase();
            url.contains("nixos/nixpkgs") || tokens(&url).any(|(_, token)| is_nixos_branch(bare(token)))
        })
    };
    named("nixpkgs").or_else(|| named("nixos")).or_else(addressed).map(|(name, _)| *name)
}

/// The address of nixpkgs with another branch: a flake reference, the address of a channel, or a local copy of one.
/// `None` when the address names no branch and none can be added.
pub fn with_release(url: &str, branch: &str) -> Option<String> {
    replace(url, branch, is_nixos_branch).or_else(|| append(url, branch))
}

/// The branch that the address names: `nixos-25.11`.
pub fn branch_of(url: &str) -> Option<&str> {
    tokens(url).map(|(_, token)| bare(token)).filter(|token| is_nixos_branch(token)).last()
}

/// The address of something that is released along with NixOS, for a branch of NixOS: home-manager's `release-25.11` goes
/// with `nixos-25.11`, its `master` with `nixos-unstable`. `None` when nothing is to be changed.
pub fn companion_release(url: &str, branch: &str) -> Option<String> {
    let number = release_number(branch);
    let home_manager = url.contains("home-manager");
    let target = number.map_or_else(|| "master".to_owned(), |number| format!("release-{number}"));
    let is_release = |token: &str| token.strip_prefix("release-").is_some_and(|rest| release_number(rest).is_some());
    let changed =
        replace(url, &target, |token| is_release(token) || (home_manager && token == "master")).or_else(|| {
            // Without a branch it is the default one, which is for unstable.
            if home_manager && number.is_some() { append(url, &target) } else { None }
        })?;
    (changed != url).then_some(changed)
}

/// `25.11` in `nixos-25.11-small`; `None` for unstable.
pub fn release_number(text: &str) -> Option<&str> {
    let rest = ["nixos-", "nixpkgs-", "release-"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let number = rest.get(..5)?;
    let digits = number.bytes().enumerate().all(|(at, b)| if at == 2 { b == b'.' } else { b.is_ascii_digit() });
    (digits && !rest[5..].starts_with(|c: char| c.is_ascii_digit())).then_some(number)
}

/// `nixos-25.11`, `nixos-unstable-small`, `nixpkgs-unstable`, `nixpkgs-25.11-darwin`, `release-25.11`.
fn is_nixos_branch(token: &str) -> bool {
    let rest = ["nixos-", "nixpkgs-"].iter().find_map(|prefix| token.strip_prefix(prefix));
    match rest {
        Some(rest) => {
            let word =
                rest.strip_prefix("unstable").or_else(|| rest.get(5..).filter(|_| release_number(rest).is_some()));
            word.is_some_and(|word| word.is_empty() || matches!(word, "-small" | "-darwin" | "-aarch64"))
        }
        None => token.strip_prefix("release-").is_some_and(|rest| rest.len() == 5 && release_number(rest).is_some()),
    }
}

/// The parts of an address between its separators, and where they start.
fn tokens(url: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    url.split(['/', '?', '&', '=', '#', ':']).map(move |token| {
        let at = start;
        start += token.len() + 1;
        (at, token)
    })
}

fn bare(token: &str) -> &str {
    ARCHIVES.iter().find_map(|ending| token.strip_suffix(ending)).unwrap_or(token)
}

/// Replaces the last part that is a branch; the ending of an archive stays.
fn replace(url: &str, branch: &str, is_branch: impl Fn(&str) -> bool) -> Option<String> {
    let (at, token) = tokens(url).filter(|(_, token)| is_branch(bare(token))).last()?;
    let end = at + bare(token).len();
    Some(format!("{}{branch}{}", url.get(..at)?, url.get(end..)?))
}

/// Adds the branch to a reference to a forge or registry that has none, or in place of a revision.
fn append(url: &str, branch: &str) -> Option<String> {
    let (path, query) = url.find(['?', '#']).map_or((url, ""), |at| url.split_at(at));
    if query.contains("rev=") || query.contains("ref=") {
        return None;
    }
    let (scheme, rest) = path.split_once(':').unwrap_or(("flake", path));
    let parts: Vec<&str> = rest.split('/').collect();
    let names = match scheme {
        "github" | "gitlab" | "sourcehut" => 2,
        "flake" if rest == path || path.starts_with("flake:") => 1,
        _ => return None,
    };
    if parts.iter().any(|part| part.is_empty()) {
        return None;
    }
    let revision = |text: &str| text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match parts.len().checked_sub(names)? {
        0 => Some(format!("{path}/{branch}{query}")),
        1 if parts.last().is_some_and(|last| revision(last) || matches!(*last, "master" | "main")) => {
            let (before, _) = path.rsplit_once('/')?;
            Some(format!("{before}/{branch}{query}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_with_a_release() {
        for (url, expected) in [
            ("github:NixOS/nixpkgs/nixos-25.05", "github:NixOS/nixpkgs/nixos-25.11"),
            ("github:NixOS/nixpkgs?ref=nixos-25.05&dir=x", "github:NixOS/nixpkgs?ref=nixos-25.11&dir=x"),
            ("github:NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-25.11"),
            ("github:NixOS/nixpkgs/master", "github:NixOS/nixpkgs/nixos-25.11"),
            ("nixpkgs", "nixpkgs/nixos-25.11"),
            ("flake:nixpkgs/nixos-unstable", "flake:nixpkgs/nixos-25.11"),
            ("nixpkgs/nixpkgs-unstable", "nixpkgs/nixos-25.11"),
            ("https://nixos.org/channels/nixos-25.05", "https://nixos.org/channels/nixos-25.11"),
            (
                "https://nixos.org/channels/nixos-25.05-small/nixexprs.tar.xz",
                "https://nixos.org/channels/nixos-25.11/nixexprs.tar.xz",
            ),
            (
                "https://channels.nixos.org/nixos-unstable/nixexprs.tar.xz",
                "https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz",
            ),
            (
                "https://github.com/NixOS/nixpkgs/archive/nixos-25.05.tar.gz",
                "https://github.com/NixOS/nixpkgs/archive/nixos-25.11.tar.gz",
            ),
            ("path:/srv/nixos-25.05", "path:/srv/nixos-25.11"),
            ("file:///srv/nixos-25.05/nixexprs.tar.xz", "file:///srv/nixos-25.11/nixexprs.tar.xz"),
            (
                "git+https://github.com/NixOS/nixpkgs?shallow=1&ref=nixos-25.05",
                "git+https://github.com/NixOS/nixpkgs?shallow=1&ref=nixos-25.11",
            ),
            ("github:NixOS/nixpkgs/0123456789012345678901234567890123456789", "github:NixOS/nixpkgs/nixos-25.11"),
        ] {
            assert_eq!(with_release(url, "nixos-25.11").as_deref(), Some(expected), "{url}");
        }
        for url in [
            "",
            "path:/src",
            "github:a",
            "github://",
            "github:a/b/c/d",
            "github:NixOS/nixpkgs?rev=abc",
            "https://x.org/y",
        ] {
            assert_eq!(with_release(url, "nixos-25.11"), None, "{url}");
        }
    }

    #[test]
    fn what_follows_along() {
        let hm = |url: &str, branch: &str| companion_release(url, branch);
        let bare = "github:nix-community/home-manager";
        let released = "github:nix-community/home-manager/release-25.05";
        assert_eq!(hm(released, "nixos-25.11").unwrap(), "github:nix-community/home-manager/release-25.11");
        assert_eq!(hm(released, "nixos-unstable").unwrap(), "github:nix-community/home-manager/master");
        assert_eq!(hm(bare, "nixos-25.11").unwrap(), "github:nix-community/home-manager/release-25.11");
        assert_eq!(hm(bare, "nixos-unstable"), None);
        let archive = "https://github.com/nix-community/home-manager/archive/master.tar.gz";
        assert_eq!(hm(archive, "nixos-25.11").unwrap(), archive.replace("master", "release-25.11"));
        assert_eq!(hm("github:x/stylix/release-25.05", "nixos-25.11-small").unwrap(), "github:x/stylix/release-25.11");
        assert_eq!(hm("github:x/other/master", "nixos-25.11"), None);
        assert_eq!(hm(released, "nixos-25.05"), None);
    }

    #[test]
    fn where_nixos_comes_from() {
        assert_eq!(nixos_input([("hm", "github:a/hm"), ("nixpkgs", "github:NixOS/nixpkgs")]), Some("nixpkgs"));
        assert_eq!(
            nixos_input([("hm", "github:a/hm"), ("stable", "github:NixOS/nixpkgs/nixos-25.11")]),
            Some("stable")
        );
        assert_eq!(nixos_input([("chan", "https://nixos.org/channels/nixos-25.11")]), Some("chan"));
        assert_eq!(nixos_input([("hm", "github:nix-community/home-manager")]), None);
        assert_eq!(branch_of("https://x/nixos-25.11-small/nixexprs.tar.xz"), Some("nixos-25.11-small"));
        assert_eq!(branch_of("github:NixOS/nixpkgs"), None);
        assert_eq!((release_number("nixos-25.11-small"), release_number("nixos-unstable")), (Some("25.11"), None));
        assert_eq!((release_number("25.111"), release_number("ä.11x")), (None, None));
    }
}
