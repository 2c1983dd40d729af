//! Secrets taken out of a text before a model sees it, also one on this computer: what was sent may be logged there.

use std::sync::LazyLock;

use regex::Regex;

/// What looks like a secret, and what stands before it and stays.
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Whole blocks of keys.
        r"(?s)()-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)",
        r"()AGE-SECRET-KEY-1[0-9A-Z]{20,}",
        // Tokens that name their kind.
        r"()\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|sk-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})",
        // User and password of an address.
        r"([a-z][a-z0-9+.-]*://)[^\s/@]+@",
        // A header, and what is called a secret.
        r"(?i)(\b(?:bearer|basic)\s+)[A-Za-z0-9+/=._~-]{8,}",
        r#"(?i)(access-tokens\s*=\s*)[^\n"]+"#,
        r#"(?i)(\b[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|private[_-]?key)[\w-]*["']?\s*[:=]\s*["']?)[^\s"',;}]{3,}"#,
        // What a person types after the word itself.
        r"(?i)(\b(?:password|passphrase|passwort)\s+(?:is\s+|to\s+)?)[^\s]*[0-9!@#$%^&*][^\s]*",
    ]
    .iter()
    // Each is tested below; one that could not be read would be left out.
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// The text without what looks like a secret.
pub(super) fn redacted(text: &str) -> String {
    let mut text = text.to_owned();
    for pattern in SECRETS.iter() {
        if pattern.is_match(&text) {
            text = pattern.replace_all(&text, "${1}[hidden]").into_owned();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{SECRETS, redacted};

    #[test]
    fn secrets_do_not_leave() {
        assert_eq!(SECRETS.len(), 8);
        for (text, sent) in [
            ("access-tokens = github.com=ghp_0123456789abcdefghij", "access-tokens = [hidden]"),
            ("fetch https://ada:hunter2@example.org/x", "fetch https://[hidden]example.org/x"),
            ("my token is glpat-abcdefghij0123456789", "my token is [hidden]"),
            ("password = \"hunter2\"", "password = \"[hidden]\""),
            ("services.x.apiKey: abcdef", "services.x.apiKey: [hidden]"),
            ("set the password to hunter2!", "set the password to [hidden]"),
            ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer [hidden]"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\nrest", "[hidden]\nrest"),
            ("-----BEGIN PRIVATE KEY-----\nAAAA", "[hidden]"),
            ("AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQ", "[hidden]"),
        ] {
            assert_eq!(redacted(text), sent);
        }
    }

    #[test]
    fn what_is_none_stays() {
        for text in [
            "update my system",
            "roll back to generation 42",
            "how do I change my password",
            "error: attribute 'neovimm' missing at /etc/nixos/configuration.nix:12:5",
            "services.openssh.settings.PasswordAuthentication is on",
        ] {
            assert_eq!(redacted(text), text);
        }
    }
}
