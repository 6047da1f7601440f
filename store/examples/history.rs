//! How quick the history is here: `cargo run --release -p store --example history [directory]`.
//!
//! Appends as a server does (a sync for every batch), then asks what pages ask. The directory should be on
//! the disk in question; without one it is a temporary one.

#![allow(clippy::print_stdout, reason = "a measurement")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use store::{Durability, History, HistoryConfig, HistoryError};
use twin::{Flags, PointId, Quality, Reading, Span, Timestamp, Value};

const START: Timestamp = Timestamp::from_millis(1_750_000_000_000);
/// Times each question is asked.
const ROUNDS: usize = 15;
const YEAR_SECS: i64 = 365 * 86_400;

/// A sensor's reading: stamped every second, two decimals, arriving with some jitter.
fn reading(point: u32, second: i64) -> (PointId, Reading) {
    let time = START + Span::from_secs(second);
    let wave = (second as f64 / 900.0 + f64::from(point)).sin() * 20.0;
    let noise = (second.wrapping_mul(7_919) % 41) as f64 / 100.0;
    let reading = Reading {
        value: Some(Value::Number(((50.0 + wave + noise) * 100.0).round() / 100.0)),
        quality: Quality::Good,
        source_time: Some(time),
        arrival: time + Span::from_micros(4_000 + second.wrapping_mul(104_729) % 3_000),
        flags: Flags::default(),
    };
    (PointId::new(point), reading)
}

fn config() -> HistoryConfig {
    HistoryConfig {
        keep_days: 400,
        keep_bytes: 8 << 30,
        ..HistoryConfig::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = std::env::args()
        .nth(1)
        .map_or_else(std::env::temp_dir, PathBuf::from);
    let root = root.join(format!("gemba-history-{}", std::process::id()));
    let measured = measure(&root);
    std::fs::remove_dir_all(&root)?;
    measured
}

fn measure(root: &Path) -> Result<(), Box<dyn Error>> {
    sync_floor(root)?;
    append(&root.join("500"), 500, 500, Durability::Synced)?;
    append(&root.join("5000"), 5_000, 500, Durability::Synced)?;
    append(&root.join("100000"), 100_000, 500, Durability::Synced)?;
    append(&root.join("buffered"), 5_000, 500, Durability::Buffered)?;
    append(&root.join("single"), 500, 1, Durability::Synced)?;
    year(&root.join("year"))
}

/// What one fdatasync of 8 kB costs here: the floor under every commit.
fn sync_floor(root: &Path) -> Result<(), Box<dyn Error>> {
    use std::io::Write;
    std::fs::create_dir_all(root)?;
    let mut file = std::fs::File::create(root.join("floor"))?;
    let started = Instant::now();
    for _ in 0..500 {
        file.write_all(&[7; 8_192])?;
        file.sync_data()?;
    }
    println!(
        "floor: write 8 kB + fdatasync {:.2} ms",
        millis(started.elapsed()) / 500.0
    );
    Ok(())
}

fn append(dir: &Path, points: u32, batch: usize, durability: Durability) -> Result<(), Box<dyn Error>> {
    let history = History::open(dir, config())?;
    let before = resident_mb();
    let batches = if batch == 1 { 2_000 } else { 2_000_000 / batch };
    let mut readings = (0_i64..).flat_map(|second| (1..=points).map(move |point| reading(point, second)));
    let mut slowest = Duration::ZERO;
    let mut spent = Duration::ZERO;
    let cpu = cpu_secs();
    for _ in 0..batches {
        let batch: Vec<_> = readings.by_ref().take(batch).collect();
        let started = Instant::now();
        history.append(&batch, durability)?;
        let took = started.elapsed();
        slowest = slowest.max(took);
        spent += took;
    }
    let count = (batches * batch) as f64;
    println!(
        "append {points} points, {batch} a batch, {durability:?}: {:.0} readings/s, mean {:.2} ms, slowest {:.0} ms, \
         {:.1} bytes a reading on disk, {:.0} MB more memory, CPU {:.2} s per 1,000,000",
        count / spent.as_secs_f64(),
        millis(spent) / batches as f64,
        millis(slowest),
        history.size_bytes() as f64 / count,
        resident_mb() - before,
        (cpu_secs() - cpu) * 1e6 / count,
    );
    drop(history);
    let started = Instant::now();
    let history = History::open(dir, config())?;
    let opened = started.elapsed();
    let mut latest = 0;
    history.each_latest(|_, _| latest += 1)?;
    println!(
        "  open again {:.0} ms, latest of {latest} points {:.0} ms",
        millis(opened),
        millis(started.elapsed() - opened)
    );
    Ok(())
}

fn year(dir: &Path) -> Result<(), Box<dyn Error>> {
    let history = History::open(dir, config())?;
    let mut second = 0;
    let started = Instant::now();
    while second < YEAR_SECS {
        let batch: Vec<_> = (second..second + 10_000)
            .map(|second| reading(1, second))
            .collect();
        history.append(&batch, Durability::Buffered)?;
        second += 10_000;
    }
    println!(
        "a year of 1 Hz: {second} readings in {:.1} s, {:.2} bytes each on disk, {:.0} MB in memory",
        started.elapsed().as_secs_f64(),
        history.size_bytes() as f64 / second as f64,
        resident_mb(),
    );
    let end = START + Span::from_secs(second);
    let point = PointId::new(1);
    let before = |span: i64| end - Span::from_secs(span);
    time("1,000 px over the year", || {
        history
            .extremes(point, START, end, 1_000)
            .map(|found| found.len())
    })?;
    time("1,000 px over 30 days", || {
        history
            .extremes(point, before(30 * 86_400), end, 1_000)
            .map(|found| found.len())
    })?;
    time("30 points over 8 h", || {
        history
            .extremes(point, before(8 * 3_600), end, 30)
            .map(|found| found.len())
    })?;
    time("readings of the last hour", || {
        history
            .series(point, before(3_600), end, 10_000)
            .map(|found| found.len())
    })?;
    time("readings of a day", || {
        history
            .series(point, before(86_400), end, 100_000)
            .map(|found| found.len())
    })?;
    time("count of the year", || {
        history.count(point, START, end).map(|count| count as usize)
    })?;
    time("value half a year ago", || {
        history
            .at(point, before(YEAR_SECS / 2))
            .map(|found| found.map_or(0, |_| 1))
    })?;
    Ok(())
}

fn time(what: &str, work: impl Fn() -> Result<usize, HistoryError>) -> Result<(), HistoryError> {
    let mut times = Vec::new();
    let mut found = 0;
    let cpu = cpu_secs();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        found = work()?;
        times.push(started.elapsed());
    }
    let cpu = (cpu_secs() - cpu) * 1e3 / ROUNDS as f64;
    let first = times.first().copied().unwrap_or_default();
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!(
        "  {what}: {found} in {:.1} ms (first time {:.1} ms, CPU {cpu:.0} ms)",
        millis(median),
        millis(first)
    );
    Ok(())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Resident memory; 0 where the system does not say.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|number| number.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1_024.0
}

/// Processor time of this process; 0 where the system does not say.
fn cpu_secs() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: f64 = stat
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}
