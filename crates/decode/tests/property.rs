//! What holds of any bytes, held against serde_json and a corpus.

use decode::{Limits, Utc, decode, fuzz};
use proptest::prelude::*;
use twin::{Timestamp, Value};

const ARRIVAL: Timestamp = Timestamp::from_millis(1_767_323_045_678);

/// JSON with the keys that mean something, so that the rules meet each other.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        (1_500_000_000_i64..1_900_000_000_000_000_000).prop_map(Into::into),
        "[ -~]{0,12}".prop_map(Into::into),
        prop::sample::select(
            &[
                "GOOD",
                "2026-01-02T03:04:05Z",
                "ON",
                "21,5",
                "UNAVAILABLE",
                "1e999",
                "bar",
                "ua-data"
            ][..]
        )
        .prop_map(Into::into),
    ];
    let key = prop_oneof![
        3 => prop::sample::select(&["value", "v", "timestamp", "ts", "t", "Time", "quality", "q", "StatusCode", "unit", "id", "name", "values",
            "Payload", "Messages", "MessageType", "DataSetWriterName", "params", "method", "count", "frequency", "TempUnit", "Type", "Body",
            "1611082554"][..]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

fn number_of(payload: &str) -> Option<f64> {
    match decode("a/b", payload.as_bytes(), ARRIVAL, &Limits::default(), &Utc)
        .leaves
        .first()?
        .value
    {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        fuzz::body(&bytes);
    }

    #[test]
    fn any_text_like_json_is_answered(text in "[\\[\\]{}\",:0-9a-fntrul\\\\.eE+-]{0,64}") {
        fuzz::body(text.as_bytes());
    }

    #[test]
    fn any_json_is_answered_and_never_called_broken(json in json()) {
        let text = json.to_string();
        fuzz::body(text.as_bytes());
        let decoded = decode("a/b", text.as_bytes(), ARRIVAL, &Limits::default(), &Utc);
        prop_assert!(decoded.problems.iter().all(|problem| problem.reason != decode::Reason::BadJson), "{text}");
    }

    #[test]
    fn json_is_accepted_exactly_when_serde_json_accepts_it(text in "[{\\[][\\[\\]{}\",:0-9tfn .eE+\\-]{0,24}[}\\]]") {
        let ours = decode("a/b", text.as_bytes(), ARRIVAL, &Limits::default(), &Utc);
        let broken = ours.problems.iter().any(|problem| problem.reason == decode::Reason::BadJson);
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(_) => prop_assert!(!broken, "{text}"),
            // A number out of range costs a leaf here, not the message.
            Err(error) => prop_assert!(broken || error.to_string().contains("out of range"), "{text}"),
        }
    }

    #[test]
    fn a_finite_number_is_read_back_exactly(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
        let exact = |text: String| prop_assert_eq_bits(number_of(&text), number, &text);
        exact(format!("{{\"a\":{number:?}}}"))?;
        exact(format!("{{\"a\":{number:e}}}"))?;
        exact(format!("{number:?}"))?;
    }

    #[test]
    fn flat_objects_keep_every_key_and_value(members in prop::collection::btree_map("[f-z]{2,9}", any::<i32>(), 1..20)) {
        let text = serde_json::to_string(&members).unwrap();
        let decoded = decode("a/b", text.as_bytes(), ARRIVAL, &Limits::default(), &Utc);
        let read: Vec<(&str, Option<Value>)> = decoded.leaves.iter().map(|leaf| (leaf.field.as_ref(), leaf.value.clone())).collect();
        let meant: Vec<(&str, Option<Value>)> =
            members.iter().map(|(key, value)| (key.as_str(), Some(Value::Number(f64::from(*value))))).collect();
        // A drawn key may mean something ("unit"); then it is no reading.
        prop_assume!(read.len() == meant.len());
        prop_assert_eq!(read, meant);
    }
}

fn prop_assert_eq_bits(read: Option<f64>, meant: f64, text: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(read.map(f64::to_bits), Some(meant.to_bits()), "{}", text);
    Ok(())
}

#[test]
fn the_corpus_is_answered() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/decode");
    let mut files = 0;
    for entry in std::fs::read_dir(corpus).expect("the corpus is in the repository") {
        fuzz::body(&std::fs::read(entry.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files >= 20, "only {files} files in the corpus");
}
