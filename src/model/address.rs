//! Where a model server listens: every form of `OLLAMA_HOST`, as Ollama itself reads it (`envconfig/config.go`, `Host`, and
//! its tests), and the forms that people give for LM Studio and others.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of a model server: everything before the paths of its dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Whether it is https.
    pub secure: bool,
    /// A name, or an IP address without brackets.
    pub host: String,
    /// The port, never 0.
    pub port: u16,
    /// What stands before the dialect's own paths: empty, or `/` and words.
    pub path: String,
}

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no address of a model server: {why}")]
pub struct BadAddress {
    /// The text, shortened.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// What stands in for a port that is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custom {
    /// Ollama's: 11434, but 80 behind `http://` and 443 behind `https://`; a bare `ollama.com` is https.
    Ollama,
    /// LM Studio's: 1234, and 443 behind `https://`.
    LmStudio,
    /// That of any URL: 80 and 443.
    Url,
}

impl Custom {
    fn port(self, scheme: Option<&str>) -> u16 {
        match (self, scheme) {
            (_, Some("https")) => 443,
            (Self::Ollama, None) => 11434,
            (Self::LmStudio, _) => 1234,
            (Self::Ollama | Self::Url, _) => 80,
        }
    }
}

/// Longer texts are not addresses.
const LONGEST: usize = 300;

impl Address {
    /// Reads an address. Spaces and quotes around it are taken away, a bad port is the usual one, and an address that means
    /// "all of this computer" to a server means this computer to us.
    ///
    /// # Errors
    /// When the scheme is neither http nor https, when it holds a user or password, or characters that no host has.
    pub fn parse(text: &str, custom: Custom) -> Result<Self, BadAddress> {
        let text = text.trim().trim_matches(['"', '\'']).trim();
        let bad = |why| BadAddress { text: text.chars().filter(|c| !c.is_control()).take(60).collect(), why };
        if text.len() > LONGEST {
            return Err(bad("it is too long"));
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        if scheme.as_deref().is_some_and(|scheme| !matches!(scheme, "http" | "https")) {
            return Err(bad("it must begin with http:// or https://"));
        }
        let cloud = custom == Custom::Ollama && scheme.is_none() && rest == "ollama.com";
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if authority.contains('@') {
            return Err(bad("a user or a password in it would be shown and written down"));
        }
        let usual = custom.port(if cloud { Some("https") } else { scheme.as_deref() });
        let (host, port) = host_and_port(authority).ok_or(bad("its host is not one"))?;
        let port = port.and_then(|port| port.parse().ok()).filter(|port| *port != 0).unwrap_or(usual);
        let path = below(path).ok_or(bad("its path holds characters that no server needs"))?;
        Ok(Self { secure: cloud || scheme.as_deref() == Some("https"), host: reachable(host), port, path })
    }

    /// The IP address, when the host is one and no name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// The address of a path of the dialect, which begins with `/`.
    pub fn at(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        let brackets = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{}{}{}:{}{}", brackets.0, self.host, brackets.1, self.port, self.path)
    }
}

/// Host and port of `host`, `host:port`, `:port`, `::1`, `[::1]` and `[::1]:port`. None when the host cannot be one.
fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        (host, after.strip_prefix(':').or(if after.is_empty() { None } else { Some("") }))
    } else if authority.parse::<Ipv6Addr>().is_ok() {
        (authority, None)
    } else {
        match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let valid = host.parse::<IpAddr>().is_ok() || host.len() <= 253 && !host.starts_with('-') && host.chars().all(name);
    valid.then_some((host, port))
}

/// A client cannot go to "every address of this computer", which is what servers are told to listen on.
fn reachable(host: &str) -> String {
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => "127.0.0.1".to_owned(),
        Ok(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => "::1".to_owned(),
        Ok(ip) => ip.to_string(),
        Err(_) if host.is_empty() => "127.0.0.1".to_owned(),
        Err(_) => host.to_ascii_lowercase(),
    }
}

/// The path below which the dialect's own paths are. People add `/v1` or `/api` by habit: one is taken away.
fn below(path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    let path = ["v1", "api"]
        .iter()
        .find_map(|habit| path.strip_suffix(habit).filter(|rest| rest.is_empty() || rest.ends_with('/')))
        .unwrap_or(path)
        .trim_end_matches('/');
    if path.is_empty() {
        return Some(String::new());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    let part = |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().all(plain);
    path.split('/').all(part).then(|| format!("/{path}"))
}

/// How far away an IP address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Distance {
    /// This computer.
    Here,
    /// A private network: RFC 1918, unique local and link-local addresses.
    Near,
    /// Anywhere else.
    Far,
}

/// How far away an IP address is. IPv4 addresses in IPv6's clothes are what they are.
pub(super) fn distance(ip: IpAddr) -> Distance {
    match ip.to_canonical() {
        ip if ip.is_loopback() => Distance::Here,
        IpAddr::V4(ip) if ip.is_private() || ip.is_link_local() => Distance::Near,
        IpAddr::V6(ip) if ip.is_unique_local() || ip.is_unicast_link_local() => Distance::Near,
        _ => Distance::Far,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Address, Custom, Distance, distance};

    fn ollama(text: &str) -> String {
        Address::parse(text, Custom::Ollama).map_or_else(|error| error.why.to_owned(), |address| address.to_string())
    }

    #[test]
    fn every_form_of_ollama_host_is_read_as_ollama_reads_it() {
        for (text, means) in [
            ("", "http://127.0.0.1:11434"),
            ("1.2.3.4", "http://1.2.3.4:11434"),
            ("example.com", "http://example.com:11434"),
            ("1.2.3.4:1234", "http://1.2.3.4:1234"),
            ("example.com:1234", "http://example.com:1234"),
            (":1234", "http://127.0.0.1:1234"),
            ("::1", "http://[::1]:11434"),
            ("[::1]", "http://[::1]:11434"),
            ("[::1]:1337", "http://[::1]:1337"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]", "http://[::1]:11434"),
            (" \"1.2.3.4\" ", "http://1.2.3.4:11434"),
            (":66000", "http://127.0.0.1:11434"),
            (":-1", "http://127.0.0.1:11434"),
            (":0", "http://127.0.0.1:11434"),
            ("ollama.com", "https://ollama.com:443"),
            ("http://1.2.3.4", "http://1.2.3.4:80"),
            ("https://1.2.3.4", "https://1.2.3.4:443"),
            ("http://h:4321", "http://h:4321"),
            ("https://h:4321", "https://h:4321"),
            ("HTTP://Localhost:11434", "http://localhost:11434"),
            ("https://example.com/ollama", "https://example.com:443/ollama"),
            ("http://localhost:11434/", "http://localhost:11434"),
            ("http://localhost:11434/v1", "http://localhost:11434"),
            ("http://localhost:11434/ollama/api/", "http://localhost:11434/ollama"),
            ("example.com/", "http://example.com:11434"),
        ] {
            assert_eq!(ollama(text), means, "{text:?}");
        }
    }

    #[test]
    fn every_form_of_lmstudio_host_is_read() {
        for (text, means) in [
            ("", "http://127.0.0.1:1234"),
            ("localhost", "http://localhost:1234"),
            ("localhost:4321", "http://localhost:4321"),
            ("http://localhost:1234/v1", "http://localhost:1234"),
            ("http://localhost:1234/v1/", "http://localhost:1234"),
            ("http://localhost", "http://localhost:1234"),
            ("https://models.example", "https://models.example:443"),
        ] {
            assert_eq!(Address::parse(text, Custom::LmStudio).unwrap().to_string(), means, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "ftp://localhost",
            "http://user:secret@localhost",
            "user@localhost",
            "local host",
            "-oProxyCommand",
            "http://localhost/../../etc",
            "http://localhost/a?b",
            "http://localhost/a b",
            "[::1",
            "[nonsense]:1",
            "a\u{0}b",
            "http://[::1]x",
        ] {
            let got = Address::parse(text, Custom::Ollama);
            // A bad port is the usual one, as Ollama has it; everything else is an error.
            assert!(got.is_err() || text == "http://[::1]x", "{text:?}: {got:?}");
        }
        assert!(Address::parse(&"a".repeat(400), Custom::Url).is_err());
    }

    #[test]
    fn how_far_an_address_is() {
        for (ip, expected) in [
            ("127.0.0.1", Distance::Here),
            ("127.8.9.10", Distance::Here),
            ("::1", Distance::Here),
            ("::ffff:127.0.0.1", Distance::Here),
            ("192.168.1.2", Distance::Near),
            ("10.0.0.1", Distance::Near),
            ("fd00::1", Distance::Near),
            ("::ffff:8.8.8.8", Distance::Far),
            ("8.8.8.8", Distance::Far),
            ("0.0.0.0", Distance::Far),
            ("2001:db8::1", Distance::Far),
        ] {
            assert_eq!(distance(ip.parse().unwrap()), expected, "{ip}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_what_it_gives_is_read_again(text in "\\PC{0,40}|[a-z0-9:/.\\[\\]@ \"-]{0,40}") {
            for custom in [Custom::Ollama, Custom::LmStudio, Custom::Url] {
                if let Ok(address) = Address::parse(&text, custom) {
                    let shown = address.to_string();
                    prop_assert_eq!(Address::parse(&shown, custom).unwrap(), address, "{}", shown);
                }
            }
        }
    }
}
