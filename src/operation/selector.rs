//! The path of a value, taken apart: `users.users."alice".shell`. What comes out is put into Nix code as string literals
//! and nothing else ([`literals`]).

/// No option lies deeper.
const DEEPEST: usize = 20;
/// No name of an option is longer.
const LONGEST: usize = 200;

/// The names of a path; none where the text could be anything but a path. Names between quotes may hold what means nothing
/// to Nix inside of a string.
pub fn parts(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let (name, quoted, after) = if let Some(inside) = rest.strip_prefix('"') {
            inside.split_once('"').map(|(name, after)| (name, true, after))?
        } else {
            let (name, after) = rest.split_at(rest.find('.').unwrap_or(rest.len()));
            (name, false, after)
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\'' | '+');
        let harmless = |c: char| !c.is_control() && !matches!(c, '\\' | '$' | '`' | '"');
        let good = if quoted { name.chars().all(harmless) } else { !name.is_empty() && name.chars().all(plain) };
        if !good || name.len() > LONGEST || names.len() == DEEPEST {
            return None;
        }
        names.push(name.to_owned());
        match after.strip_prefix('.') {
            Some(more) => rest = more,
            None => return after.is_empty().then_some(names),
        }
    }
}

/// The names as a path is written: quoted where they have to be.
pub fn shown(names: &[String]) -> String {
    let plain = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '\''))
    };
    let words: Vec<String> =
        names.iter().map(|name| if plain(name) { name.clone() } else { format!("\"{name}\"") }).collect();
    words.join(".")
}

/// The names as the strings of a list in Nix. They are escaped although [`parts`] lets nothing in that would need it.
pub fn literals(names: &[String]) -> String {
    let literal = |name: &String| {
        let escaped = name.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
        format!("\"{escaped}\"")
    };
    names.iter().map(literal).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let names = |text: &str| parts(text).unwrap();
        assert_eq!(names("networking.hostName"), ["networking", "hostName"]);
        assert_eq!(names("a.\"b.c d\".e"), ["a", "b.c d", "e"]);
        assert_eq!(shown(&names("a.\"b.c d\".e")), "a.\"b.c d\".e");
        assert_eq!(literals(&names("a.\"b c\"")), "\"a\" \"b c\"");
    }

    #[test]
    fn nothing_else_is_a_path() {
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a b",
            "a.${b}",
            "a.\"${b}\"",
            "a;b",
            "a.\"b",
            "a.\"b\"c",
            "a.\"\\\"",
            "(import ./x)",
            "a\n",
            "--help;",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }

    #[test]
    fn whatever_is_there_stays_a_string() {
        assert_eq!(literals(&["\"; ${x} \\".to_owned()]), "\"\\\"; \\${x} \\\\\"");
    }
}
