//! How many readings a second one core takes in, and what a point costs in memory.
//!
//! `cargo run --release -p twin --example throughput -- [assets] [points per asset] [rounds]`

#![allow(
    clippy::disallowed_methods,
    reason = "an example measures with the wall clock and reads /proc"
)]
#![allow(clippy::print_stdout, reason = "an example talks to its user")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use twin::{Input, Leaf, Message, Quality, SourceId, Timestamp, Twin, TwinConfig, Value};

const SLICE: usize = 500;

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().unwrap_or(0));
    let assets = arguments.next().unwrap_or(10_000);
    let per_asset = arguments.next().unwrap_or(10);
    let rounds: i64 = i64::try_from(arguments.next().unwrap_or(20)).unwrap_or(20);
    let points = assets * per_asset;

    let topics: Vec<Arc<str>> = (0..assets).map(topic).collect();
    let before = resident_bytes();
    let mut twin = Twin::new(TwinConfig {
        max_points: 2 * points,
        max_assets: 3 * assets + 1_000,
        ..TwinConfig::default()
    });
    let start = Stopwatch::start();
    round(&mut twin, &topics, per_asset, 0);
    let elapsed = start.elapsed();
    println!(
        "discover {points} points at {} assets: {elapsed:.2?}",
        twin.asset_count()
    );

    let mut readings = 0;
    let mut worst = 0.0_f64;
    let mut spent = 0.0;
    for second in 1..rounds {
        let (took, slowest) = round(&mut twin, &topics, per_asset, second);
        // The first rounds still make room for what is learned.
        if second > 12 || rounds <= 12 {
            spent += took;
            readings += points;
            worst = worst.max(slowest);
        }
    }
    println!(
        "{readings} readings: {:.0} a second; slowest slice of {SLICE}: {:.2} ms",
        readings as f64 / spent,
        worst * 1e3
    );
    let bytes = resident_bytes().saturating_sub(before);
    println!(
        "memory: {} MB, {} bytes a point",
        bytes / 1_000_000,
        bytes / points.max(1)
    );
    println!("{:?}", twin.plant_summary());

    let index = twin.search_index();
    for query in ["pump", "line77", "speed line7 cell3", "nothing at all", "a"] {
        let start = Stopwatch::start();
        let hits = index.search(query, 30);
        println!("search {query:?}: {} hits in {:.2?}", hits.len(), start.elapsed());
    }
    let now = Timestamp::from_millis((1_700_000_000 + rounds) * 1_000);
    for (what, input) in [
        ("source lost", Input::SourceLost(SourceId::new(1))),
        (
            "source back",
            Input::SourceConnected {
                source: SourceId::new(1),
                is_continued: false,
            },
        ),
    ] {
        let (mut input, mut changes) = (Some(input), 0);
        let (mut all, mut slowest) = (0.0, 0.0_f64);
        while let Some(next) = input.take() {
            let start = Stopwatch::start();
            let out = twin.handle(now, next);
            let secs = start.elapsed().as_secs_f64();
            all += secs;
            slowest = slowest.max(secs);
            changes += out.changes.len();
            input = out.wake.filter(|wake| *wake <= now).map(|_| Input::Tick);
        }
        println!(
            "{what}: {changes} changes in {:.1} ms, the slowest slice {:.2} ms",
            all * 1e3,
            slowest * 1e3
        );
    }
    let mut at = now;
    let (mut slowest, mut changes, mut calls) = (0.0_f64, 0, 0);
    for _ in 0..60_000 {
        let start = Stopwatch::start();
        let out = twin.handle(at, Input::Tick);
        slowest = slowest.max(start.elapsed().as_secs_f64());
        changes += out.changes.len();
        calls += 1;
        match out.wake {
            Some(wake) => at = wake,
            None => break,
        }
    }
    println!(
        "all fall silent: {changes} changes in {calls} calls, the slowest {:.2} ms",
        slowest * 1e3
    );
}

/// Time this process was on a core, where Linux tells; a busy machine does not blur it.
struct Stopwatch(Option<u64>, Instant);

impl Stopwatch {
    fn start() -> Self {
        Self(on_core_nanos(), Instant::now())
    }

    fn elapsed(&self) -> Duration {
        match (self.0, on_core_nanos()) {
            (Some(before), Some(now)) => Duration::from_nanos(now - before),
            _ => self.1.elapsed(),
        }
    }
}

fn on_core_nanos() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()?
        .split_whitespace()
        .next()?
        .parse()
        .ok()
}

fn topic(number: usize) -> Arc<str> {
    let (line, cell) = (number / 100 % 100, number % 100);
    format!(
        "acme/site{}/line{line}/cell{cell}/machine{number}",
        number / 10_000
    )
    .into()
}

/// Every point once; seconds within `handle`, and the slowest call.
fn round(twin: &mut Twin, topics: &[Arc<str>], per_asset: usize, second: i64) -> (f64, f64) {
    let (mut spent, mut slowest) = (0.0, 0.0_f64);
    let now = Timestamp::from_millis((1_700_000_000 + second) * 1_000);
    for slice in topics.chunks((SLICE / per_asset).max(1)) {
        let messages = slice
            .iter()
            .map(|topic| message(topic, per_asset, now, second))
            .collect();
        let start = Stopwatch::start();
        let out = twin.handle(now, Input::Messages(messages));
        let took = start.elapsed().as_secs_f64();
        spent += took;
        slowest = slowest.max(took);
        drop(out);
    }
    (spent, slowest)
}

fn message(topic: &Arc<str>, per_asset: usize, now: Timestamp, second: i64) -> Message {
    let leaf = |n: usize| Leaf {
        field: field(n).into(),
        value: Some(Value::Number(second as f64 + n as f64 / 10.0)),
        time: Some(now),
        quality: Quality::Good,
        unit: None,
        asset: None,
        target: None,
        scaled: None,
    };
    Message {
        source: SourceId::new(1),
        topic: topic.clone(),
        arrival: now,
        retained: false,
        qos: 1,
        leaves: (0..per_asset).map(leaf).collect(),
        availability: None,
    }
}

fn field(n: usize) -> String {
    match n {
        0 => "pump_speed_rpm".to_owned(),
        1 => "bearing_temp_C".to_owned(),
        _ => format!("values.channel{n}"),
    }
}

/// Resident memory of this process, from /proc.
fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok())
        .unwrap_or(0)
        * 4_096
}
