//! Many points, long ranges, damaged files: bounded memory, quick starts, no panics.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::path::Path;
use std::time::Instant;

use store::{Durability, History, HistoryConfig};
use twin::{Flags, PointId, Quality, Reading, Span, Timestamp, Value};

const START: Timestamp = Timestamp::from_millis(1_750_000_000_000);

fn reading(second: i64, value: f64) -> Reading {
    let time = START + Span::from_secs(second);
    Reading {
        value: Some(Value::Number(value)),
        quality: Quality::Good,
        source_time: Some(time),
        arrival: time + Span::from_millis(12),
        flags: Flags::default(),
    }
}

/// Kilobytes of this process in memory; none where the system does not say.
fn resident_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn many_points_with_few_readings_are_light_and_open_quickly() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::open(dir.path(), HistoryConfig::default()).unwrap();
    let before = resident_kb();
    let points = 100_000;
    for second in 0..3 {
        for part in (1..=points).collect::<Vec<u32>>().chunks(10_000) {
            let batch: Vec<_> = part
                .iter()
                .map(|point| (PointId::new(*point), reading(second, f64::from(*point))))
                .collect();
            history.append(&batch, Durability::Buffered).unwrap();
        }
    }
    if let (Some(before), Some(after)) = (before, resident_kb()) {
        let bytes = after.saturating_sub(before) * 1_024 / u64::from(points);
        assert!(bytes < 700, "{bytes} bytes a point");
    }
    drop(history);
    let started = Instant::now();
    let history = History::open(dir.path(), HistoryConfig::default()).unwrap();
    let mut latest = 0;
    history
        .each_latest(|point, reading| {
            assert_eq!(reading.value, Some(Value::Number(f64::from(point.get()))));
            latest += 1;
        })
        .unwrap();
    assert_eq!(latest, points);
    // Generous: a debug build, on two cores that do other things too.
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn a_point_that_went_quiet_keeps_its_latest_after_its_log_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let config = HistoryConfig {
        log_bytes: 20_000,
        ..HistoryConfig::default()
    };
    let history = History::open(dir.path(), config.clone()).unwrap();
    let (quiet, busy) = (PointId::new(1), PointId::new(2));
    history
        .append(&[(quiet, reading(0, 42.0))], Durability::Synced)
        .unwrap();
    for second in 0..20_000 {
        if second % 100 == 0 {
            let batch: Vec<_> = (second..second + 100)
                .map(|second| (busy, reading(second, 1.0)))
                .collect();
            history.append(&batch, Durability::Buffered).unwrap();
        }
    }
    drop(history);
    let logged: u64 = std::fs::read_dir(dir.path().join("log"))
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!(logged < 40_000, "{logged} bytes of log");
    let history = History::open(dir.path(), config).unwrap();
    let mut latest = Vec::new();
    history
        .each_latest(|point, reading| latest.push((point, reading.value)))
        .unwrap();
    latest.sort_by_key(|(point, _)| *point);
    let number = |value| Some(Value::Number(value));
    assert_eq!(latest, [(quiet, number(42.0)), (busy, number(1.0))]);
    assert_eq!(
        history
            .at(quiet, START + Span::from_secs(9_999))
            .unwrap()
            .unwrap()
            .value,
        number(42.0)
    );
}

/// Writes over the middle of every file below `dir` that has this ending or lies in a folder of this name.
fn damage(dir: &Path, part: &str) -> usize {
    let mut damaged = 0;
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damaged += damage(&path, part);
        } else if path.to_string_lossy().contains(part) {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            for byte in bytes.iter_mut().skip(middle).take(64) {
                *byte ^= 0x5a;
            }
            std::fs::write(&path, bytes).unwrap();
            damaged += 1;
        }
    }
    damaged
}

#[test]
fn damaged_files_cost_readings_but_never_a_panic() {
    for part in [".log", "/tables/", ".jnl"] {
        let dir = tempfile::tempdir().unwrap();
        let config = HistoryConfig {
            log_bytes: 50_000,
            memtable_bytes: 60_000,
            ..HistoryConfig::default()
        };
        let history = History::open(dir.path(), config.clone()).unwrap();
        let point = PointId::new(1);
        for start in (0..40_000).step_by(500) {
            let batch: Vec<_> = (start..start + 500)
                .map(|second| (point, reading(second, (second as f64).sin())))
                .collect();
            history.append(&batch, Durability::Synced).unwrap();
        }
        drop(history);
        assert!(damage(dir.path(), part) > 0, "no file like {part}");
        // It opens or says why not; what it opens can be read as far as it goes.
        match History::open(dir.path(), config) {
            Ok(history) => {
                let to = START + Span::from_secs(100_000);
                if let Ok(series) = history.series(point, START, to, usize::MAX) {
                    assert!(series.is_sorted_by_key(Reading::time));
                }
                history
                    .append(&[(point, reading(50_000, 1.0))], Durability::Synced)
                    .unwrap();
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
