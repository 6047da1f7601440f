//! Any bytes, any rule: an answer, bounded.

use std::time::Instant;

use bind::fuzz::body;
use proptest::prelude::*;

use crate::figures::{apply, preset, rule};

/// Pieces of messages, so that what is made of them gets far.
const PIECES: [&str; 34] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"values\"",
    "\"value\"",
    "\"v\"",
    "\"t\"",
    "\"q\"",
    "\"id\"",
    "\"a.b.c\"",
    "\"params\"",
    "\"method\"",
    "\"NotifyStatus\"",
    "\"Messages\"",
    "\"Payload\"",
    "\"timestamp\"",
    "\"Time\"",
    "1767323045678",
    "1e999",
    "NaN",
    "-1",
    "0",
    "true",
    "null",
    "\"x\"",
    "\"\\ud800\"",
    "\"é\"",
    "\"\"",
    " ",
    "\"2021-10-31T02:30:00\"",
    "\"timestamp_ms\"",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes(data in prop::collection::vec(any::<u8>(), 0..300)) {
        body(&data);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..60)) {
        body(pieces.concat().as_bytes());
    }

    #[test]
    fn any_json(json in json()) {
        body(json.as_bytes());
    }

    #[test]
    fn any_rule(keys in prop::collection::vec((
        prop::sample::select(vec![
            "filter", "split_at", "asset", "property", "unit", "preset", "source", "flatten", "scale",
        ]),
        "[a-z/+#{}$@.\\[\\]*?_]{0,12}|true|1.5",
    ), 0..8), lists in prop::collection::vec((
        prop::sample::select(vec!["foreach", "when", "value", "without"]),
        "[$@]([.][a-z*]|\\[[0-9*:?@,'a]{1,5}\\]|[.]{2}[a-z*]){0,4}|[a-z0-9 =<>'()]{0,10}",
    ), 0..5)) {
        let plain = |text: &str| if matches!(text, "true" | "1.5") { text.to_owned() } else { format!("{text:?}") };
        let mut text: String = keys.iter().map(|(key, value)| format!("{key} = {}\n", plain(value))).collect();
        text.extend(lists.iter().map(|(key, value)| format!("{key} = [{value:?}]\n")));
        body(text.as_bytes());
    }
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| format!("{number:e}")),
        "[a-zA-Z.:é]{0,6}".prop_map(|text| format!("{text:?}")),
        Just("null".to_owned()),
        Just("1767323045678".to_owned()),
    ];
    let name = prop::sample::select(vec![
        "a",
        "x",
        "value",
        "values",
        "v",
        "id",
        "t",
        "ts",
        "q",
        "timestamp",
        "params",
        "Messages",
        "Payload",
        "Time",
    ]);
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                let members: Vec<String> = members
                    .iter()
                    .map(|(key, value)| format!("{key:?}:{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Messages of up to a megabyte made to hurt, met by a rule that looks everywhere.
#[test]
fn hostile_messages_take_no_time() {
    const SIZE: usize = 1 << 20;
    let big = "x".repeat(SIZE - 200_000);
    let many: String = (0..9_000)
        .map(|n| format!("{{\"id\":\"a.b.{n}\",\"v\":1}},"))
        .collect();
    let many = many.trim_end_matches(',');
    let messages = [
        "[".repeat(SIZE),
        format!("[{}1]", "1,".repeat(SIZE / 2 - 10)),
        format!("{{\"{big}\":[{many}]}}"),
        format!("{{\"a\":\"{}\",\"values\":[{many}]}}", "1".repeat(SIZE - 400_000)),
        format!("{{\"values\":[{}1]}}", "[1],".repeat(60_000)),
        format!("{}1{}", "{\"a\":[".repeat(15), "]}".repeat(15)),
        big.clone(),
    ];
    let greedy = rule(
        r#"
        filter = "t"
        foreach = ["$.*", "@..*"]
        flatten = true
        let = { a = "$.a", b = "$..v", c = "@1..v", d = "@[?@.v]" }
        when = ["coalesce(a, 1) != 0", "coalesce(b, 1) != 0", "coalesce(c, 1) != 0", "coalesce(d, 1) != 0"]
        asset = "x"
        property = "{path}.{key1}"
        value = ["@.v", "$.a", "@"]
        time = { path = ["$.a", "@1"] }
        quality = { path = ["$.a"] }
        unit = { path = ["$.a"] }
        null_if = [3, "x"]
        "#,
    );
    for rules in [&greedy, &preset("kepware", "filter = \"t\"")] {
        for message in &messages {
            let start = Instant::now();
            let applied = apply(rules, "t", message.as_bytes(), false);
            let took = start.elapsed();
            assert!(took.as_secs() < 10, "{took:?} for {} bytes", message.len());
            assert!(applied.is_none_or(|applied| applied.leaves.len() <= 10_000));
        }
    }
}

#[test]
fn the_corpus_is_answered() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/bind");
    let mut count = 0;
    for file in std::fs::read_dir(corpus).unwrap() {
        body(&std::fs::read(file.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count >= 20, "{count} files in the corpus");
}
