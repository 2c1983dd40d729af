use super::*;

#[test]
fn longest_input_is_refused_at_once() {
    let query = Query::new("update ".repeat(10_000));
    assert_eq!(Recognizer::new().recognize(&query, &Context::default()).intent, OUT_OF_SCOPE);
}
