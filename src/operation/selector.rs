//! The path of a value, taken apart: `users.users."alice".shell`. What comes out is put into Nix code as string literals
//! and nothing else ([`literals`]).

pub use super::slots::path_names as parts;

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
