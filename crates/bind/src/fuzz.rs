//! The body of the fuzz target `bind`, run by the tests and by `cargo fuzz` for long.

use std::sync::LazyLock;

use decode::{Limits, Utc};
use formula::NoZones;
use twin::{Timestamp, Value};

use crate::{Incoming, Rule, Rules, World, preset_file, presets};

/// Every preset on topics of its own, and rules that look everywhere.
static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let preset = |name: &str| Rule {
        preset: Some(name.into()),
        filter: Some(format!("{name}/+asset/#tag").into()),
        ..Rule::default()
    };
    let mut rules: Vec<(&str, Rule)> = presets().keys().map(|name| (*name, preset(name))).collect();
    let deep = r#"
        filter = "deep/+asset/#"
        foreach = ["$..*"]
        flatten = true
        let = { a = "@.a", b = "$..b", c = "$[?@.x > 1]" }
        parts = { text = "{key1}", like = "+x.#y" }
        when = ["a != 3", "!$.never", "coalesce(value, 0) != 7"]
        asset = "{asset}-{x}"
        property = "{path}.{key}.{y}"
        value = ["@.value", "@"]
        time = { path = ["@.t", "{key1}"], zone = "+02:00", back = "if(b > 0, b, 0)" }
        quality = { path = ["@.q"] }
        unit = { path = ["@.u", "bar"] }
        null_if = [-1, "none"]
        scale = 2.0
        offset = 1.0
    "#;
    rules.extend(toml::from_str(deep).map(|rule| ("deep", rule)));
    Rules::compile(rules.iter().map(|(name, rule)| (*name, rule)), &NoZones).0
});

/// Applies every preset to the bytes as a payload, and reads them as a rule; asserts what must hold
/// of any bytes.
///
/// # Panics
/// When a promise of this crate does not hold.
pub fn body(data: &[u8]) {
    let pick = |at: usize| usize::from(data.get(at).copied().unwrap_or_default());
    let tight = Limits {
        payload_bytes: 1 << 16,
        depth: pick(0) % 40,
        leaves: pick(1) % 64,
    };
    let names = presets().keys().copied().chain(["deep"]);
    for (at, name) in names.enumerate() {
        let limits = if at % 2 == pick(2) % 2 {
            tight
        } else {
            Limits::default()
        };
        payload(name, data, &limits);
    }
    if let Ok(text) = std::str::from_utf8(data) {
        rule(text);
    }
    assert!(preset_file("umh").is_some());
}

fn payload(name: &str, data: &[u8], limits: &Limits) {
    let topic = format!("{name}/pump/_raw/tag");
    let message = Incoming {
        source: "any",
        topic: &topic,
        payload: data,
        retained: false,
        arrival: Timestamp::from_millis(1_767_323_045_678),
    };
    let world = World {
        limits,
        zone: &Utc,
        zones: &NoZones,
        explain: true,
    };
    let applied = RULES.apply(message, world);
    assert_eq!(
        applied,
        RULES.apply(message, world),
        "the same bytes, another answer"
    );
    let Some(applied) = applied else { return };
    assert!(applied.leaves.len() <= limits.leaves, "more leaves than allowed");
    assert!(applied.misses.len() <= 100, "more misses than allowed");
    for leaf in &applied.leaves {
        assert_eq!(crate::asset_key(&leaf.asset).as_deref(), Some(&*leaf.asset));
        assert_eq!(
            crate::property_path(&leaf.property).as_deref(),
            Some(&*leaf.property)
        );
        assert!(leaf.tag.1.len() <= 1_024, "a path without bound");
        match &leaf.value {
            Some(Value::Number(number)) => assert!(number.is_finite(), "a number that is none"),
            Some(Value::Text(text)) => assert!(text.len() <= 4_096, "a text without bound"),
            Some(Value::Bool(_)) | None => {}
        }
    }
    for miss in &applied.misses {
        assert!(miss.to_string().len() <= 2_048, "words without bound: {miss}");
    }
}

/// Any text as a rule: it is read or refused, and what is read can be applied.
fn rule(text: &str) {
    let Ok(rule) = toml::from_str::<Rule>(text) else {
        return;
    };
    let (rules, told) = Rules::compile([("any", &rule)], &NoZones);
    assert!(
        rules.is_empty()
            || told
                .iter()
                .all(|found| found.problem.severity == formula::Severity::Warning)
    );
    let message = Incoming {
        source: "any",
        topic: "a/b/c",
        payload: br#"{"a":[{"id":"x.y","v":1,"t":1767323045678}],"b":{"c":"d"}}"#,
        retained: true,
        arrival: Timestamp::from_millis(0),
    };
    let limits = Limits::default();
    let world = World {
        limits: &limits,
        zone: &Utc,
        zones: &NoZones,
        explain: true,
    };
    let applied = rules.apply(message, world);
    assert!(applied.is_none_or(|applied| applied.leaves.len() <= limits.leaves));
}
