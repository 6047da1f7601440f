//! What was acknowledged is there after `kill -9`, and a full disk heals by itself.
//!
//! Each test runs this binary again as a child, which is one of the ignored tests below.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "children speak by it, and a skipped test says so"
)]
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{Batch, Durability, History, HistoryConfig, Writer, WriterConfig, WriterState};
use twin::{Flags, PointId, Quality, Reading, Timestamp, Value};

const DIR: &str = "GEMBA_TEST_DIR";
const POINTS: u64 = 40;

/// The reading with this number; every number is another reading.
fn reading(number: u64) -> (PointId, Reading) {
    let time = Timestamp::from_millis(1_750_000_000_000 + number as i64);
    let reading = Reading {
        value: Some(Value::Number(number as f64)),
        quality: Quality::Good,
        source_time: Some(time),
        arrival: time,
        flags: Flags::default(),
    };
    (PointId::new(1 + (number % POINTS) as u32), reading)
}

fn numbers(history: &History) -> Vec<u64> {
    let (from, to) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let mut numbers = Vec::new();
    for point in 1..=POINTS {
        let series = history
            .series(PointId::new(point as u32), from, to, usize::MAX)
            .unwrap();
        numbers.extend(series.into_iter().map(|reading| match reading.value {
            Some(Value::Number(number)) => number as u64,
            other => panic!("{other:?}"),
        }));
    }
    numbers.sort_unstable();
    numbers
}

fn busy() -> HistoryConfig {
    // Heads are folded, generations begun and tables flushed all the time.
    HistoryConfig {
        log_bytes: 40_000,
        keep_bytes: 16_000_000,
        memtable_bytes: 100_000,
        ..HistoryConfig::default()
    }
}

fn dir() -> PathBuf {
    std::env::var_os(DIR).expect("run by another test").into()
}

fn this_test(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"]);
    command
}

#[test]
#[ignore = "the child of nothing_acknowledged_is_lost_by_kill_9"]
fn child_appends_until_killed() {
    let history = History::open(&dir(), busy()).unwrap();
    let mut next = numbers(&history).last().map_or(0, |last| last + 1);
    println!("\nopen");
    while next < u64::MAX {
        let size = 1 + next % 97;
        let batch: Vec<_> = (next..next + size).map(reading).collect();
        history.append(&batch, Durability::Synced).unwrap();
        next += size;
        println!("acknowledged {next}");
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..10_u64 {
        let mut child = this_test("child_appends_until_killed")
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Killed after another number of commits each time, in the middle of whatever it does then.
        let mut commits = 0;
        for line in lines {
            let line = line.unwrap();
            if let Some(number) = line.strip_prefix("acknowledged ") {
                acknowledged = number.parse::<u64>().unwrap();
                commits += 1;
                if commits == 10 + round * 37 % 200 {
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        assert!(commits > 0, "round {round}: the child did not get to append");
        let history = History::open(dir.path(), busy()).unwrap();
        let found = numbers(&history);
        // One commit may have been durable without its line being written.
        assert!(
            found.len() as u64 >= acknowledged,
            "round {round}: {} of {acknowledged}",
            found.len()
        );
        assert!(
            found.iter().copied().eq(0..found.len() as u64),
            "round {round}: lost or doubled"
        );
    }
}

/// A file that takes what is free on the disk, but for `rest` bytes.
fn fill(path: &Path, rest: usize) {
    let mut ballast = std::fs::File::create(path).unwrap();
    let mut written = 0;
    while let Ok(now) = ballast.write(&[1; 65_536]) {
        written += now as u64;
    }
    ballast.set_len(written.saturating_sub(rest as u64)).unwrap();
}

#[test]
#[ignore = "the child of a_full_disk_heals_by_itself"]
fn child_fills_its_disk() {
    let dir = dir();
    let config = HistoryConfig {
        log_bytes: 400_000,
        memtable_bytes: 200_000,
        ..HistoryConfig::default()
    };
    let history = Arc::new(History::open(&dir.join("history"), config.clone()).unwrap());
    let clock = Arc::new(|| Timestamp::from_millis(1));
    let (writer, mut committed) =
        Writer::start(Arc::clone(&history), WriterConfig { capacity: 8, clock }).unwrap();
    let (mut submitted, mut acknowledged) = (0_u64, 0_u64);
    let deadline = Instant::now() + Duration::from_secs(100);
    let submit = |submitted: &mut u64| {
        let readings = (*submitted..*submitted + 500).map(reading).collect();
        let accepted = writer
            .try_submit(Batch {
                readings,
                tokens: vec![*submitted + 500],
            })
            .is_ok();
        *submitted += if accepted { 500 } else { 0 };
        std::thread::yield_now();
        assert!(Instant::now() < deadline, "took too long");
    };
    // Less and less room: the log alone fails, or the block store fails first.
    for rest in [0, 150_000, 400_000] {
        let goal = acknowledged + 30_000;
        while acknowledged < goal {
            submit(&mut submitted);
            while let Ok(done) = committed.try_recv() {
                acknowledged = done.tokens.into_iter().max().unwrap_or(acknowledged);
            }
        }
        let ballast = dir.join("ballast");
        fill(&ballast, rest);
        while *writer.state().borrow() == WriterState::Writing {
            submit(&mut submitted);
            while let Ok(done) = committed.try_recv() {
                acknowledged = done.tokens.into_iter().max().unwrap_or(acknowledged);
            }
        }
        println!("\nfull with {rest} bytes left: {:?}", writer.state().borrow());
        // It stays readable, and what is acknowledged is there.
        if let Ok(count) = history.count(
            reading(0).0,
            Timestamp::from_micros(0),
            Timestamp::from_micros(i64::MAX),
        ) {
            assert!(count >= acknowledged / POINTS, "{count} of {acknowledged}");
        }
        std::fs::remove_file(&ballast).unwrap();
        while acknowledged < submitted {
            let done = committed.blocking_recv().unwrap();
            acknowledged = done.tokens.into_iter().max().unwrap_or(acknowledged);
        }
        assert_eq!(*writer.state().borrow(), WriterState::Writing);
    }
    writer.stop().unwrap();
    drop(history);
    let history = History::open(&dir.join("history"), config).unwrap();
    assert!(numbers(&history).into_iter().eq(0..submitted), "lost or doubled");
    println!("\nhealed with {submitted} readings");
}

#[test]
fn a_full_disk_heals_by_itself() {
    // A small disk of its own, which only a private mount gives; where that is not allowed, this test says so.
    // First everything on one disk, then the log on another, so that only the block store fails.
    for log_apart in [false, true] {
        check_full_disk(log_apart);
    }
}

fn check_full_disk(log_apart: bool) {
    let dir = tempfile::tempdir().unwrap();
    let child = this_test("child_fills_its_disk");
    let mut words = vec![child.get_program().to_owned()];
    words.extend(child.get_args().map(std::ffi::OsStr::to_owned));
    let script = if log_apart {
        "mount -t tmpfs -o size=96m none \"$GEMBA_TEST_DIR\" && mkdir -p \"$GEMBA_TEST_DIR/history/log\" \
         && mount -t tmpfs -o size=8m none \"$GEMBA_TEST_DIR/history/log\" || exit 77; exec \"$@\""
    } else {
        "mount -t tmpfs -o size=96m none \"$GEMBA_TEST_DIR\" || exit 77; exec \"$@\""
    };
    let output = Command::new("unshare")
        .args(["--mount", "--map-root-user", "sh", "-c", script, "sh"])
        .args(words)
        .env(DIR, dir.path())
        .output();
    let Ok(output) = output.map(|output| (output.status.code(), output)) else {
        eprintln!("skipped: there is no unshare here");
        return;
    };
    let (code, output) = output;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    if code == Some(77) || said.contains("unshare failed") || said.contains("Operation not permitted") {
        eprintln!("skipped: private mounts are not allowed here: {said}");
        return;
    }
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("healed with"), "{said}");
    println!("{said}");
}
