//! The writer: what it hands back is durable, in order, and it lives through a disk that says no.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{Batch, Committed, Durability, History, HistoryConfig, Writer, WriterConfig, WriterState};
use tokio::sync::mpsc::Receiver;
use twin::{Flags, PointId, Quality, Reading, Timestamp, Value};

const NOW: Timestamp = Timestamp::from_millis(1_750_000_000_000);

fn reading(second: u32) -> (PointId, Reading) {
    let time = Timestamp::from_millis(1_750_000_000_000 + i64::from(second) * 1_000);
    let reading = Reading {
        value: Some(Value::Number(f64::from(second))),
        quality: Quality::Good,
        source_time: Some(time),
        arrival: time,
        flags: Flags::default(),
    };
    (PointId::new(1 + second % 3), reading)
}

fn config(capacity: usize) -> WriterConfig {
    WriterConfig {
        capacity,
        clock: Arc::new(|| NOW),
    }
}

fn received(committed: &mut Receiver<Committed<u32>>, count: usize) -> Vec<u32> {
    let mut tokens = Vec::new();
    while tokens.len() < count {
        tokens.extend(committed.blocking_recv().expect("a completion").tokens);
    }
    tokens
}

fn count(history: &History) -> u64 {
    let (from, to) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    (1..=3)
        .map(|point| history.count(PointId::new(point), from, to).unwrap())
        .sum()
}

#[test]
fn hands_back_every_token_in_order_once_durable() {
    let dir = tempfile::tempdir().unwrap();
    let history = Arc::new(History::open(dir.path(), HistoryConfig::default()).unwrap());
    let (writer, mut committed) = Writer::start(Arc::clone(&history), config(2_000)).unwrap();
    for second in 0..1_000 {
        writer
            .try_submit(Batch {
                readings: vec![reading(second)],
                tokens: vec![second],
            })
            .unwrap();
    }
    assert_eq!(received(&mut committed, 1_000), (0..1_000).collect::<Vec<_>>());
    assert_eq!(writer.depth(), 0);
    writer.stop().unwrap();
    assert_eq!(count(&history), 1_000);
}

#[test]
fn writes_what_is_queued_before_it_stops() {
    let dir = tempfile::tempdir().unwrap();
    let history = Arc::new(History::open(dir.path(), HistoryConfig::default()).unwrap());
    let (writer, committed) = Writer::<u32>::start(Arc::clone(&history), config(2_000)).unwrap();
    // Nobody listens, nothing is to be acknowledged.
    drop(committed);
    for second in 0..500 {
        writer
            .try_submit(Batch {
                readings: vec![reading(second)],
                tokens: vec![],
            })
            .unwrap();
    }
    writer.stop().unwrap();
    assert_eq!(count(&history), 500);
}

#[test]
fn says_when_it_cannot_write_and_recovers_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let history = Arc::new(History::open(dir.path(), HistoryConfig::default()).unwrap());
    // The log has no segment yet, so the first write must make one: here it cannot, whoever runs the test.
    let log = dir.path().join("log");
    std::fs::remove_dir(&log).unwrap();
    let (writer, mut committed) = Writer::start(Arc::clone(&history), config(4)).unwrap();
    let mut state = writer.state();
    let mut refused = None;
    for second in 0..20 {
        let batch = Batch {
            readings: vec![reading(second)],
            tokens: vec![second],
        };
        if let Err(batch) = writer.try_submit(batch) {
            refused = Some((second, batch.tokens));
            break;
        }
    }
    let (submitted, tokens) = refused.expect("the queue fills");
    assert_eq!(tokens, [submitted]);
    let deadline = Instant::now() + Duration::from_secs(20);
    let failing = loop {
        if let WriterState::Failing { since, reason } = state.borrow_and_update().clone() {
            break (since, reason);
        }
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    };
    assert_eq!(failing.0, NOW);
    assert!(failing.1.contains("log"), "{}", failing.1);
    assert!(committed.try_recv().is_err(), "nothing is durable yet");
    assert_eq!(count(&history), 0);
    std::fs::create_dir(&log).unwrap();
    assert_eq!(
        received(&mut committed, submitted as usize),
        (0..submitted).collect::<Vec<_>>()
    );
    assert_eq!(*state.borrow_and_update(), WriterState::Writing);
    writer.stop().unwrap();
    drop(history);
    let history = History::open(dir.path(), HistoryConfig::default()).unwrap();
    assert_eq!(count(&history), u64::from(submitted));
}

#[test]
fn gives_up_on_a_dead_disk_when_told_to_stop() {
    let dir = tempfile::tempdir().unwrap();
    let history = Arc::new(History::open(dir.path(), HistoryConfig::default()).unwrap());
    std::fs::remove_dir(dir.path().join("log")).unwrap();
    let (writer, mut committed) = Writer::start(Arc::clone(&history), config(4)).unwrap();
    writer
        .try_submit(Batch {
            readings: vec![reading(1)],
            tokens: vec![1],
        })
        .unwrap();
    assert!(writer.stop().is_err());
    assert!(committed.blocking_recv().is_none());
    assert!(history.append(&[reading(2)], Durability::Synced).is_err());
}
