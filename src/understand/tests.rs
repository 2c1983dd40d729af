use super::*;

#[test]
fn longest_input_is_refused_at_once() {
    let query = Query::new("update ".repeat(10_000));
    assert_eq!(Recognizer::new().recognize(&query, &Context::default()).intent, OUT_OF_SCOPE);
}

#[test]
#[ignore]
fn dump() {
    let packed = catalogue::packed();
    for line in std::io::stdin().lines() {
        let text: String = serde_json::from_str(&line.unwrap()).unwrap();
        let line = line::Line::read(packed, &text);
        let words: Vec<String> = line.tokens.iter().map(|t| match t.word { Some(w) => packed.words[usize::from(w)].text.clone(), None => t.text.clone() }).collect();
        println!("DUMP {}", words.join(" "));
    }
}
