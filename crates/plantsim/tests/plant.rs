//! What the plant is made of, that it repeats itself, and that its messages say what its tags promise.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::read;
use plantsim::{FaultKind, HISTORY_STEP_SECS, Plant, Publication, TagRef, history};

const SECOND: i64 = 1_000_000;

/// 2026-11-03 09:20 UTC.
const START: i64 = 1_793_697_600 * SECOND;

/// Some minutes of a plant's life with faults, as bytes.
fn life(seed: u64) -> Vec<Publication> {
    let mut plant = Plant::new(seed, START);
    let mut heard = Vec::new();
    for tick in 1..=600 {
        match tick {
            50 => plant.set_speed(60),
            100 => FaultKind::ALL
                .into_iter()
                .for_each(|kind| plant.start_fault(kind)),
            400 => FaultKind::ALL.into_iter().for_each(|kind| plant.end_fault(kind)),
            _ => {}
        }
        plant.step(START + tick * SECOND / 4, &mut |publication| {
            heard.push(publication)
        });
    }
    heard
}

#[test]
fn the_same_seed_and_steps_give_the_same_bytes() {
    assert_eq!(life(5), life(5));
    assert_ne!(life(5), life(6));
}

/// Counters go on as fast as the rates say that are sent beside them, however fast the plant lives: what
/// is computed of both is true.
#[test]
fn counters_keep_the_pace_of_the_wall() {
    let mut plant = Plant::new(5, START);
    let mut counts: BTreeMap<(u32, String), (f64, f64)> = BTreeMap::new();
    let mut secs = 0;
    for speed in [1, 60] {
        plant.set_speed(speed);
        for _ in 0..600 {
            secs += 1;
            plant.step(START + secs * SECOND, &mut |publication| {
                for heard in read(&publication) {
                    let name = format!("{}/{}", heard.topic, heard.field);
                    let is_counter = ["energy", "good_count"]
                        .iter()
                        .any(|counter| name.trim_end_matches('/').ends_with(counter));
                    if let Some(value) = heard.value.as_f64().filter(|_| is_counter) {
                        let seen = counts.entry((speed, name)).or_insert((value, value));
                        seen.1 = seen.1.max(value);
                    }
                }
            });
        }
    }
    let mut compared = 0;
    for ((speed, name), (from, to)) in &counts {
        let Some((calm_from, calm_to)) = counts.get(&(1, name.clone())) else {
            continue;
        };
        if *speed == 60 && calm_to - calm_from > 20.0 {
            compared += 1;
            let times = (to - from) / (calm_to - calm_from);
            assert!(times < 3.0, "{name}: {times} times as fast");
        }
    }
    assert!(compared > 0, "{counts:?}");
}

#[test]
fn the_plant_has_the_size_and_the_shapes_it_promises() {
    let plant = Plant::new(1, START);
    let (tags, assets) = (plant.tags(), plant.assets());
    assert!((60..=110).contains(&assets.len()), "{} assets", assets.len());
    assert!(tags.len() >= 600, "{} points", tags.len());
    let paths: BTreeSet<&str> = assets.iter().map(|asset| asset.path.as_str()).collect();
    assert_eq!(paths.len(), assets.len());
    for asset in &assets {
        let parent = asset.path.rsplit_once('/').map(|(parent, _)| parent);
        assert!(
            parent.is_none_or(|parent| paths.contains(parent)),
            "{} has no parent",
            asset.path
        );
    }
    let names: BTreeSet<(&str, &str)> = tags
        .iter()
        .map(|tag| (tag.asset.as_str(), tag.point.as_str()))
        .collect();
    let addresses: BTreeSet<(&str, &str)> = tags
        .iter()
        .map(|tag| (tag.topic.as_str(), tag.field.as_str()))
        .collect();
    assert_eq!((names.len(), addresses.len()), (tags.len(), tags.len()));
    assert!(tags.iter().all(|tag| paths.contains(tag.asset.as_str())));
    assert!(tags.iter().any(|tag| tag.retained) && tags.iter().any(|tag| tag.period_millis == Some(900_000)));
}

#[test]
fn every_tag_speaks_under_its_address_at_its_period() {
    let mut plant = Plant::new(1, START);
    let mut heard: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
    let mut shapes = BTreeSet::new();
    for tick in 1..=16 * 60 {
        plant.step(START + tick * SECOND, &mut |publication| {
            for one in read(&publication) {
                let text = String::from_utf8_lossy(&publication.payload);
                let shape = ["timestamp_ms", "\"quality\"", "\"id\"", "\"ts\"", "\"timestamp\""];
                shapes.insert(shape.iter().position(|mark| text.contains(mark)));
                if let Some(stamp) = one.stamp_millis {
                    assert_eq!(stamp * 1_000, publication.time_micros);
                }
                heard
                    .entry((one.topic, one.field))
                    .or_default()
                    .push(publication.time_micros);
            }
        });
    }
    assert_eq!(shapes.len(), 6, "five shapes with time and one without");
    let tags = plant.tags();
    assert_eq!(heard.len(), tags.len());
    for tag in tags {
        let times = &heard[&(tag.topic.clone(), tag.field.clone())];
        assert!(!times.is_empty());
        if let Some(millis) = tag.period_millis {
            let period = i64::try_from(millis).unwrap() * 1_000;
            assert!(
                times.windows(2).all(|pair| pair[1] - pair[0] == period),
                "{} {}",
                tag.topic,
                tag.field
            );
        }
    }
}

#[test]
fn history_goes_over_into_the_live_plant() {
    let (start, end) = (START - 3_600 * SECOND, START);
    let mut times = Vec::new();
    let mut past = history(9, start, end, &mut |at, publication| {
        assert_eq!(at, publication.time_micros);
        times.push(at);
    });
    assert!(times.iter().all(|at| (start..=end).contains(at)));
    assert!(times.len() > 3_600 / HISTORY_STEP_SECS as usize * 100);
    let resumed = Plant::resume(9, start, end);
    for at in 0..past.tags().len() {
        assert_eq!(past.truth_at(at).to_bits(), resumed.truth_at(at).to_bits());
    }
    let mut first = i64::MAX;
    past.step(end + 5 * SECOND, &mut |publication| {
        first = first.min(publication.time_micros)
    });
    assert!(first > end - 20 * SECOND);
}

#[test]
fn counters_of_a_resumed_plant_go_on_from_what_they_showed() {
    let told = |plant: &mut Plant, at: i64| {
        let counters = plant.counters();
        assert!(
            counters
                .iter()
                .any(|tag| tag.field.contains("good_count") || tag.topic.contains("good_count"))
        );
        plant.step(at, &mut |_| {});
        let tags = plant.tags();
        let place = |tag: &TagRef| tags.iter().position(|spec| TagRef::of(spec) == *tag);
        let shown = |tag: TagRef| place(&tag).map(|at| (tag, plant.truth_at(at)));
        counters.into_iter().filter_map(shown).collect::<Vec<_>>()
    };
    // Twenty minutes at sixty times the speed, then a restart.
    let mut plant = Plant::new(7, START);
    plant.set_speed(60);
    for minute in 1..20 {
        plant.step(START + minute * 60 * SECOND, &mut |_| {});
    }
    let end = START + 20 * 60 * SECOND;
    let before = told(&mut plant, end);
    let mut resumed = Plant::resume(7, START, end + 60 * SECOND);
    resumed.go_on_from(&before);
    let after = told(&mut resumed, end + 61 * SECOND);
    assert_eq!(before.len(), after.len());
    for ((tag, before), (_, after)) in before.iter().zip(&after) {
        assert!(after >= before, "{tag:?}: {after} after {before}");
        assert!(after - before < 2_000.0, "{tag:?}: {after} after {before}");
    }
}

#[test]
fn a_clock_that_steps_back_only_waits() {
    let mut plant = Plant::new(1, START);
    let mut count = 0;
    plant.step(START + 10 * SECOND, &mut |_| {});
    plant.step(START + 2 * SECOND, &mut |_| count += 1);
    assert_eq!(count, 0);
    plant.step(START + 12 * SECOND, &mut |_| count += 1);
    assert!(count > 100);
}

#[test]
fn what_is_said_once_is_said_again_after_a_new_connection() {
    let mut plant = Plant::new(1, START);
    let retained = |plant: &mut Plant, at: i64| {
        let mut topics = BTreeSet::new();
        plant.step(START + at * SECOND, &mut |publication| {
            if publication.retain {
                topics.insert(publication.topic);
            }
        });
        topics
    };
    let first = retained(&mut plant, 1);
    assert!(first.len() > 40);
    assert!(retained(&mut plant, 2).len() < 40);
    plant.announce("norvia/rotterdam");
    let again = retained(&mut plant, 3);
    assert!(
        first
            .iter()
            .filter(|topic| topic.starts_with("norvia/rotterdam"))
            .all(|topic| again.contains(topic))
    );
    assert!(!again.iter().all(|topic| topic.starts_with("norvia/lyon")));
}
