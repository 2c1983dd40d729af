use super::*;

fn build_with(intent: &str) -> Result<source::Built, String> {
    let words = "filler = []\ncommon = []\nordinary = []\npeople = []\nquestions = []\nrequests = []\n[spelling]\n[sets]\nstore = [\"store\"]\n[classes]\n";
    source::build(&[("intents/words.toml".into(), words.into()), ("intents/system/x.toml".into(), intent.into())])
}

const GOOD: &str = "title = 'T'\nsummary = 'S'\n[slots]\nlimit = { kind = 'number' }\n[[pattern]]\nsay = [\"list (a|b c) [<store>] {limit}\"]\n[[example]]\nsay = 'list a 3'\nmeans = { limit = 3 }\n";

#[test]
fn the_embedded_catalogue_is_there() {
    assert!(intents().len() >= 78, "{}", intents().len());
    assert!(intents().is_sorted_by(|a, b| a.id < b.id));
    assert!(intent("update_system").is_some_and(|intent| intent.changes));
    assert!(intents().iter().all(|intent| !intent.title.is_empty() && !intent.summary.is_empty()));
    assert!(lexicon().find("firefox").is_some());
}

#[test]
fn a_file_becomes_patterns() {
    let built = build_with(GOOD).expect("good data");
    let packed: Packed<'_> = postcard::from_bytes(&built.catalogue).expect("what was packed");
    let rules: data::Rules = postcard::from_bytes(packed.intents[0].rules).expect("what was packed");
    assert_eq!(rules.patterns.len(), 1);
    assert_eq!(rules.patterns[0].steps.len(), 4);
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
        let error = build_with(&GOOD.replace(from, to)).err().expect(to);
        assert!(error.starts_with("intents/system/x.toml") && error.contains(message), "{error}");
    }
}
