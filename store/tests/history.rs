//! History against a plain list in memory: whatever is appended, in whatever order, is found once.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use store::{Bucket, Durability, History, HistoryConfig, Sample};
use twin::{Flags, PointId, Quality, Reading, Span, Timestamp, Value};

const START: i64 = 1_750_000_000_000_000;

fn small() -> HistoryConfig {
    // So that heads are folded into blocks, and generations begun, within a test.
    HistoryConfig {
        log_bytes: 4_000,
        keep_bytes: 200_000,
        ..HistoryConfig::default()
    }
}

fn number(second: f64, value: f64) -> Reading {
    let time = Timestamp::from_micros(START + (second * 1e6) as i64);
    Reading {
        value: Some(Value::Number(value)),
        quality: Quality::Good,
        source_time: Some(time),
        arrival: time + Span::from_millis(20),
        flags: Flags::default(),
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_micros(START + second * 1_000_000)
}

/// The same, kept as a plain list.
#[derive(Default)]
struct Model(BTreeMap<PointId, Vec<Reading>>);

impl Model {
    fn append(&mut self, batch: &[(PointId, Reading)]) {
        for (point, reading) in batch {
            let readings = self.0.entry(*point).or_default();
            let same = |other: &Reading| {
                other.time() == reading.time()
                    && other.source_time == reading.source_time
                    && other.value == reading.value
            };
            if !readings.iter().any(same) {
                readings.push(reading.clone());
            }
        }
    }

    fn series(&self, point: PointId, from: Timestamp, to: Timestamp) -> Vec<Reading> {
        let mut readings = self.0.get(&point).cloned().unwrap_or_default();
        readings.retain(|reading| reading.time() >= from && reading.time() < to);
        readings.sort_by_key(|reading| (reading.time(), reading.arrival));
        readings
    }

    fn extremes(
        &self,
        point: PointId,
        from: Timestamp,
        to: Timestamp,
        buckets: usize,
    ) -> Vec<Option<Bucket>> {
        let edge = |index: usize| {
            let width = i128::from(to.micros()) - i128::from(from.micros());
            Timestamp::from_micros(
                (i128::from(from.micros()) + width * index as i128 / buckets as i128) as i64,
            )
        };
        let bucket = |index: usize| {
            let readings = self.series(point, edge(index), edge(index + 1));
            let samples: Vec<Sample> = readings
                .iter()
                .filter(|reading| reading.quality != Quality::Bad)
                .filter_map(|reading| {
                    Some(Sample {
                        time: reading.time(),
                        value: reading.value.as_ref()?.as_number()?,
                    })
                })
                .collect();
            let mut bucket = Bucket {
                min: *samples.first()?,
                max: *samples.first()?,
                first: *samples.first()?,
                last: *samples.last()?,
                count: samples.len() as u64,
                unusable: (readings.len() - samples.len()) as u64,
            };
            for sample in samples {
                if sample.value < bucket.min.value {
                    bucket.min = sample;
                }
                if sample.value > bucket.max.value {
                    bucket.max = sample;
                }
            }
            Some(bucket)
        };
        (0..buckets).map(bucket).collect()
    }
}

fn compare(
    history: &History,
    model: &Model,
    from: i64,
    to: i64,
    buckets: usize,
) -> Result<(), TestCaseError> {
    let (from, to) = (at(from), at(to));
    let mut latest = BTreeMap::new();
    history
        .each_latest(|point, reading| assert!(latest.insert(point, reading).is_none()))
        .unwrap();
    prop_assert_eq!(latest.len(), model.0.len());
    for point in model.0.keys().copied() {
        let expected = model.series(point, from, to);
        let found = history.series(point, from, to, usize::MAX).unwrap();
        prop_assert_eq!(&found, &expected);
        prop_assert_eq!(
            &history.series(point, from, to, 3).unwrap(),
            &expected[..expected.len().min(3)]
        );
        prop_assert_eq!(history.count(point, from, to).unwrap(), expected.len() as u64);
        prop_assert_eq!(
            history.extremes(point, from, to, buckets).unwrap(),
            model.extremes(point, from, to, buckets)
        );
        let all = model.series(
            point,
            Timestamp::from_micros(i64::MIN),
            Timestamp::from_micros(i64::MAX),
        );
        let before = all
            .iter()
            .rfind(|reading| reading.time() <= to)
            .map(Reading::time);
        prop_assert_eq!(
            history.at(point, to).unwrap().map(|reading| reading.time()),
            before
        );
        prop_assert_eq!(latest[&point].time(), all.last().unwrap().time());
    }
    Ok(())
}

#[derive(Clone, Debug)]
enum Step {
    Append(Vec<(PointId, Reading)>),
    Reopen,
}

fn any_step() -> impl Strategy<Value = Step> {
    let value = prop_oneof![
        6 => (-500_i64..500).prop_map(|tenths| Some(Value::Number(tenths as f64 / 10.0))),
        1 => any::<bool>().prop_map(|on| Some(Value::Bool(on))),
        1 => "[ab]{1,9}".prop_map(|text| Some(Value::Text(text.into()))),
        1 => Just(None),
    ];
    // Few times, so that readings meet; some far off, so that blocks must be cut.
    let second = prop_oneof![8 => 0_i64..400, 1 => -40_000_i64..40_000, 1 => 8_000_000_i64..8_000_100];
    let entry = (1_u32..4, value, second, 0_u8..10, any::<bool>()).prop_map(
        |(point, value, second, quality, has_source)| {
            let time = at(second);
            let reading = Reading {
                value,
                quality: if quality == 0 { Quality::Bad } else { Quality::Good },
                source_time: has_source.then_some(time),
                arrival: time,
                flags: Flags::default(),
            };
            (PointId::new(point), reading)
        },
    );
    prop_oneof![
        12 => proptest::collection::vec(entry, 1..80).prop_map(Step::Append),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, max_shrink_iters: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn finds_what_a_list_would(
        steps in proptest::collection::vec(any_step(), 1..50),
        from in -45_000_i64..450,
        length in 1_i64..50_000,
        buckets in 1_usize..60,
    ) {
        // Many opens and syncs: in memory where that can be, since no disk is tested here.
        let memory = Path::new("/dev/shm");
        let dir = if memory.exists() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let mut history = History::open(dir.path(), small()).unwrap();
        let mut model = Model::default();
        let mut arrivals = 0;
        for step in steps {
            match step {
                Step::Append(mut batch) => {
                    // No two arrive at the same moment, so that order is defined.
                    for (_, reading) in &mut batch {
                        arrivals += 1;
                        reading.arrival = reading.arrival + Span::from_micros(arrivals);
                    }
                    history.append(&batch, Durability::Buffered).unwrap();
                    model.append(&batch);
                }
                Step::Reopen => {
                    drop(history);
                    history = History::open(dir.path(), small()).unwrap();
                }
            }
        }
        compare(&history, &model, from, from + length, buckets)?;
        compare(&history, &model, 0, 400, buckets)?;
        drop(history);
        let history = History::open(dir.path(), small()).unwrap();
        compare(&history, &model, -50_000, 9_000_000, buckets)?;
    }
}

#[test]
fn a_reading_delivered_again_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::open(dir.path(), small()).unwrap();
    let point = PointId::new(1);
    let batch: Vec<_> = (0..2_000)
        .map(|second| (point, number(f64::from(second), f64::from(second % 7))))
        .collect();
    for part in batch.chunks(100) {
        history.append(part, Durability::Synced).unwrap();
    }
    // As after a crash: the broker sends again, later, and from its retained store.
    let again: Vec<_> = batch
        .iter()
        .map(|(point, reading)| {
            let mut reading = reading.clone();
            reading.arrival = reading.arrival + Span::from_secs(3_600);
            reading.flags = Flags::RETAINED;
            (*point, reading)
        })
        .collect();
    history.append(&again, Durability::Synced).unwrap();
    assert_eq!(history.count(point, at(0), at(2_000)).unwrap(), 2_000);
    let series = history.series(point, at(0), at(2_000), usize::MAX).unwrap();
    assert_eq!(
        series,
        batch.into_iter().map(|(_, reading)| reading).collect::<Vec<_>>()
    );
}

#[test]
fn two_values_under_one_stamp_both_stay() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::open(dir.path(), small()).unwrap();
    let point = PointId::new(1);
    // A source that stamps whole seconds and sends ten times in each.
    let batch: Vec<_> = (0..1_000)
        .map(|tenth| (point, number(f64::from(tenth / 10), f64::from(tenth))))
        .collect();
    history.append(&batch, Durability::Synced).unwrap();
    assert_eq!(history.count(point, at(0), at(100)).unwrap(), 1_000);
    let peak = history.extremes(point, at(0), at(100), 1).unwrap()[0]
        .unwrap()
        .max;
    assert_eq!(
        peak,
        Sample {
            time: at(99),
            value: 999.0
        }
    );
}

#[test]
fn a_stuck_clock_fills_neither_memory_nor_a_query() {
    let dir = tempfile::tempdir().unwrap();
    let history = History::open(dir.path(), HistoryConfig::default()).unwrap();
    let point = PointId::new(1);
    for part in 0..40 {
        let batch: Vec<_> = (0..5_000)
            .map(|index| (point, number(0.0, f64::from(part * 5_000 + index))))
            .collect();
        history.append(&batch, Durability::Buffered).unwrap();
    }
    assert_eq!(history.count(point, at(-1), at(1)).unwrap(), 200_000);
    assert_eq!(
        history.extremes(point, at(-1), at(1), 2).unwrap()[1]
            .unwrap()
            .max
            .value,
        199_999.0
    );
}

#[test]
fn retention_drops_the_oldest_by_age() {
    let dir = tempfile::tempdir().unwrap();
    let config = HistoryConfig {
        keep_days: 2,
        keep_bytes: 4_000_000,
        log_bytes: 4_000,
        ..HistoryConfig::default()
    };
    let history = History::open(dir.path(), config.clone()).unwrap();
    let point = PointId::new(1);
    let hour = 3_600;
    for start in 0..96 {
        let batch: Vec<_> = (0..hour)
            .map(|second| {
                (
                    point,
                    number(f64::from(start * hour + second), f64::from(second).sqrt()),
                )
            })
            .collect();
        history.append(&batch, Durability::Buffered).unwrap();
    }
    history.record_gap(at(10), at(20)).unwrap();
    history.record_gap(at(300_000), at(300_060)).unwrap();
    assert_eq!(history.reach(), Some(at(0)));
    let now = at(96 * i64::from(hour));
    history.enforce_retention(now).unwrap();
    let reach = history.reach().unwrap();
    let days = now.since(reach).secs() as f64 / 86_400.0;
    assert!((2.0..2.4).contains(&days), "reaches back {days} days");
    assert_eq!(history.gaps(at(0), now).unwrap(), [(at(300_000), at(300_060))]);
    let kept = history.count(point, at(0), now).unwrap();
    assert_eq!(kept as i64, now.since(reach).secs());
    drop(history);
    let history = History::open(dir.path(), config).unwrap();
    assert_eq!(history.reach(), Some(reach));
    assert_eq!(history.count(point, at(0), now).unwrap(), kept);
    // Everything in it is old by now; what was the latest stays known.
    history
        .enforce_retention(now + Span::from_secs(30 * 86_400))
        .unwrap();
    let mut latest = Vec::new();
    history
        .each_latest(|point, reading| latest.push((point, reading.time())))
        .unwrap();
    assert_eq!(latest, [(point, at(96 * i64::from(hour) - 1))]);
}

#[test]
fn retention_drops_the_oldest_by_size() {
    let dir = tempfile::tempdir().unwrap();
    let config = HistoryConfig {
        keep_bytes: 1_000_000,
        log_bytes: 100_000,
        memtable_bytes: 64 << 10,
        ..HistoryConfig::default()
    };
    let history = History::open(dir.path(), config).unwrap();
    let point = PointId::new(1);
    let mut second = 0;
    for _ in 0..100 {
        let batch: Vec<_> = (0..5_000)
            .map(|_| {
                second += 1;
                (point, number(f64::from(second), f64::from(second).sin()))
            })
            .collect();
        history.append(&batch, Durability::Buffered).unwrap();
        history.enforce_retention(at(i64::from(second))).unwrap();
    }
    let kept = history.count(point, at(0), at(1_000_000)).unwrap();
    assert!((50_000..130_000).contains(&kept), "{kept} readings in 1 MB");
    let reach = history.reach().unwrap();
    assert_eq!(reach, at(i64::from(second) + 1 - kept as i64));
    // Blocks, log, and the block store's own journal, which is never smaller.
    assert!(
        history.size_bytes() < 20_000_000,
        "{} bytes",
        history.size_bytes()
    );
}

/// The largest file of a kind below `dir`.
fn largest(dir: &Path, is_kind: &dyn Fn(&str) -> bool) -> std::path::PathBuf {
    let mut found = Vec::new();
    let mut open = vec![dir.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                open.push(entry.path());
            } else if is_kind(&entry.path().display().to_string()) {
                found.push((metadata.len(), entry.path()));
            }
        }
    }
    found.into_iter().max().unwrap().1
}

#[test]
fn damaged_blocks_are_set_aside_and_the_history_goes_on() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 3] = [
        ("a table that is gone", |dir| {
            std::fs::remove_file(largest(dir, &|path| path.contains("/tables/"))).unwrap();
        }),
        ("a table that is cut short", |dir| {
            let path = largest(dir, &|path| path.contains("/tables/"));
            std::fs::write(&path, &std::fs::read(&path).unwrap()[..10]).unwrap();
        }),
        ("a marker of another version", |dir| {
            std::fs::write(dir.join("version"), "FJL9").unwrap();
        }),
    ];
    let config = || HistoryConfig {
        log_bytes: 100_000,
        ..small()
    };
    for (what, harm) in harms {
        let dir = tempfile::tempdir().unwrap();
        let points: Vec<PointId> = (1..=40).map(PointId::new).collect();
        let mut second = 0;
        let mut commit = |history: &History| {
            let reading = number(f64::from(second), f64::from(second).sin());
            let batch: Vec<_> = points.iter().map(|point| (*point, reading.clone())).collect();
            history.append(&batch, Durability::Buffered).unwrap();
            second += 1;
        };
        // Opened often, so that there are tables besides the journal.
        for _ in 0..4 {
            let history = History::open(dir.path(), config()).unwrap();
            assert!(history.set_aside().is_empty());
            (0..200).for_each(|_| commit(&history));
        }
        harm(&dir.path().join("blocks"));
        let history = History::open(dir.path(), config()).unwrap_or_else(|error| panic!("{what}: {error}"));
        let aside = history.set_aside().to_vec();
        assert_eq!(aside, [dir.path().join("damaged-1")], "{what}");
        commit(&history);
        let found = |history: &History| {
            let (from, to) = (at(790), at(3_000));
            history.series(PointId::new(7), from, to, 100).unwrap().len()
        };
        assert!(found(&history) >= 1, "{what}");
        drop(history);
        let again = History::open(dir.path(), config()).unwrap();
        assert_eq!(
            again.set_aside(),
            aside,
            "{what}: told until somebody took it away"
        );
        assert!(found(&again) >= 1, "{what}");
    }
}
