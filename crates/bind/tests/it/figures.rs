//! What the tests share: a rule as TOML, a message, and what comes of it, a line a value:
//! `asset property = value unit @time-in-ms quality`.

use bind::{Applied, Bound, Incoming, Rule, Rules, World};
use decode::{Limits, LocalZone};
use formula::Zones;
use twin::{Quality, Timestamp, Value};

/// 2026-01-02T03:04:05.678Z
pub const ARRIVAL: Timestamp = Timestamp::from_millis(1_767_323_045_678);

/// The plant's clocks: two hours east of UTC, all year.
pub struct East;

impl LocalZone for East {
    fn utc_offset_secs(&self, _wall: Timestamp) -> i32 {
        7_200
    }
}

/// One region, with the summer time of 2021.
pub struct Paris;

impl Zones for Paris {
    fn offset_at(&self, region: &str, utc_secs: i64) -> Option<i32> {
        self.offset_of_wall(region, utc_secs + 3_600)
    }

    fn offset_of_wall(&self, region: &str, wall_secs: i64) -> Option<i32> {
        // 28 March 02:00 to 31 October 03:00; what is there twice in autumn is taken first.
        let summer = (1_616_896_800..1_635_649_200).contains(&wall_secs);
        (region == "Europe/Paris").then_some(if summer { 7_200 } else { 3_600 })
    }
}

/// One rule.
#[track_caller]
pub fn rule(text: &str) -> Rules {
    let rule: Rule = toml::from_str(text).unwrap();
    let (rules, told) = Rules::compile([("test", &rule)], &Paris);
    assert_eq!(told, [], "{text}");
    rules
}

/// A preset by its name, with other keys.
#[track_caller]
pub fn preset(name: &str, keys: &str) -> Rules {
    rule(&format!("preset = \"{name}\"\n{keys}"))
}

/// What rules make of a message, if they are for its topic.
pub fn apply(rules: &Rules, topic: &str, payload: &[u8], retained: bool) -> Option<Applied> {
    let limits = Limits::default();
    let message = Incoming {
        source: "plant",
        topic,
        payload,
        retained,
        arrival: ARRIVAL,
    };
    let world = World {
        limits: &limits,
        zone: &East,
        zones: &Paris,
        explain: true,
    };
    rules.apply(message, world)
}

/// A value as a line.
pub fn line(leaf: &Bound) -> String {
    let value = match &leaf.value {
        None => "none".to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(on)) => on.to_string(),
        Some(Value::Text(text)) => format!("'{text}'"),
    };
    let mut line = format!("{} {} = {value}", leaf.asset, leaf.property);
    if let Some(unit) = &leaf.unit {
        line += &format!(" {unit}");
    }
    if let Some(time) = leaf.time {
        line += &format!(" @{}", time.micros() as f64 / 1_000.0);
    }
    match leaf.quality {
        Quality::Good => {}
        Quality::Uncertain => line += " uncertain",
        Quality::Bad => line += " bad",
    }
    line
}

/// Checks the values of a message, and that nothing of it failed.
#[track_caller]
pub fn check(rules: &Rules, topic: &str, payload: &str, expect: &[&str]) {
    let applied = apply(rules, topic, payload.as_bytes(), false).expect("a rule for the topic");
    let mut lines: Vec<String> = applied.leaves.iter().map(line).collect();
    lines.sort();
    let mut expect = expect.to_vec();
    expect.sort_unstable();
    assert_eq!(lines, expect, "{payload}\n{:#?}", applied.misses);
    let failed = applied.misses.iter().find(|miss| miss.reason.is_failure());
    assert_eq!(failed, None, "{payload}");
}

/// Checks the values of a message, and what is said of the rest.
#[track_caller]
pub fn check_misses(rules: &Rules, topic: &str, payload: &str, expect: &[&str], misses: &[&str]) {
    let applied = apply(rules, topic, payload.as_bytes(), false).expect("a rule for the topic");
    let lines: Vec<String> = applied.leaves.iter().map(line).collect();
    assert_eq!(lines, expect, "{:#?}", applied.misses);
    let told: Vec<String> = applied.misses.iter().map(ToString::to_string).collect();
    assert_eq!(told, misses);
}
