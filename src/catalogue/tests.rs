use super::*;

fn pack_with(intent: &str) -> Result<Packed, String> {
    let words = "filler = []\nelsewhere = []\ncommon = []\nquestions = []\nrequests = []\n[spelling]\n[sets]\nstore = [\"store\"]\n";
    source::pack(&[("words.toml".into(), words.into()), ("system/x.toml".into(), intent.into())])
}

const GOOD: &str = "title = 'T'\nsummary = 'S'\n[slots]\nlimit = { kind = 'number' }\n[[pattern]]\nsay = [\"list (a|b c) [<store>] {limit}\"]\n[[example]]\nsay = 'list a 3'\nmeans = { limit = 3 }\n";

#[test]
fn the_embedded_catalogue_is_there() {
    assert!(intents().len() >= 30, "{}", intents().len());
    assert!(intents().is_sorted_by(|a, b| a.id < b.id));
    assert!(intent("update_system").is_some_and(|intent| intent.changes));
    assert!(intents().iter().all(|intent| !intent.title.is_empty() && !intent.summary.is_empty()));
}

#[test]
fn a_file_becomes_patterns() {
    let packed = pack_with(GOOD).expect("good data");
    assert_eq!(packed.intents[0].patterns.len(), 1);
    assert_eq!(packed.intents[0].patterns[0].steps.len(), 4);
}

#[test]
fn wrong_data_is_named() {
    for (from, to, message) in [
        ("(a|b c)", "(a|b c", "not closed"),
        ("{limit}\"", "{other}\"", "'other' is no slot"),
        ("<store>", "<stoer>", "no set 'stoer'"),
        ("title", "titel", "unknown field"),
        ("means = { limit", "means = { limits", "'limits' is no slot"),
    ] {
        let error = pack_with(&GOOD.replace(from, to)).expect_err(to);
        assert!(error.starts_with("system/x.toml") && error.contains(message), "{error}");
    }
}
