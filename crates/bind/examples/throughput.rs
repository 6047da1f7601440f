//! How fast messages are read with and without rules: `cargo run --release -p bind --example throughput`.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program for a shell that measures"
)]

use std::time::Instant;

use bind::{Incoming, Rule, Rules, World};
use decode::{Limits, Utc, decode};
use formula::NoZones;
use twin::Timestamp;

const ROUNDS: usize = 200_000;

fn main() {
    let kepware = r#"{"timestamp":1593698672213,"values":[{"id":"C1.D1.T1","v":1121,"q":true,"t":1593698671342},{"id":"C1.D1.T2","v":0,"q":true,"t":1593698671342}]}"#;
    let umh = r#"{"timestamp_ms":1733904005123,"value":42.5}"#;
    let none = Rules::default();
    let presets: Vec<(&str, Rule)> = bind::presets()
        .keys()
        .map(|name| {
            let preset = Rule {
                preset: Some((*name).into()),
                ..Rule::default()
            };
            (*name, preset)
        })
        .collect();
    let (all, _) = Rules::compile(presets.iter().map(|(name, rule)| (*name, rule)), &NoZones);
    let many: Vec<(String, Rule)> = (0..10_000)
        .map(|at| {
            let rule = Rule {
                filter: Some(format!("site{}/line{}/+asset/#tag", at % 100, at / 100).into()),
                asset: Some("{asset}".into()),
                property: Some("{tag}".into()),
                ..Rule::default()
            };
            (format!("rule-{at}"), rule)
        })
        .collect();
    let (many, _) = Rules::compile(many.iter().map(|(name, rule)| (name.as_str(), rule)), &NoZones);
    for (what, rules, topic, payload) in [
        ("plain value, no rules", &none, "acme/lyon/pump/flow", "24.7"),
        (
            "plain value, 13 rules of presets, none fits",
            &all,
            "acme/lyon/pump/flow",
            "24.7",
        ),
        (
            "plain value, 10,000 rules, none fits",
            &many,
            "acme/lyon/pump/flow",
            "24.7",
        ),
        (
            "plain value, 10,000 rules, one fits",
            &many,
            "site7/line42/pump/flow",
            "24.7",
        ),
        ("UMH, no rules", &none, "umh/v1/acme/lyon/_raw/flow", umh),
        ("UMH, by its preset", &all, "umh/v1/acme/lyon/_raw/flow", umh),
        ("Kepware of 2 tags, no rules", &none, "iotgateway", kepware),
        ("Kepware of 2 tags, by its preset", &all, "iotgateway", kepware),
    ] {
        let start = Instant::now();
        let mut leaves = 0;
        for _ in 0..ROUNDS {
            leaves += read(rules, topic, payload.as_bytes());
        }
        let micros = start.elapsed().as_secs_f64() * 1e6 / ROUNDS as f64;
        println!("{micros:8.2} µs a message  {what} ({} values)", leaves / ROUNDS);
    }
}

fn read(rules: &Rules, topic: &str, payload: &[u8]) -> usize {
    let limits = Limits::default();
    let arrival = Timestamp::from_millis(1_767_323_045_678);
    let message = Incoming {
        source: "plant",
        topic,
        payload,
        retained: false,
        arrival,
    };
    let world = World {
        limits: &limits,
        zone: &Utc,
        zones: &NoZones,
        explain: false,
    };
    match rules.apply(message, world) {
        Some(applied) if applied.is_taken() => applied.leaves.len(),
        _ => decode(topic, payload, arrival, &limits, &Utc).leaves.len(),
    }
}
