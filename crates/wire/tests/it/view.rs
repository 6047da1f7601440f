//! A view: snapshot and deltas are the full state, the newest value wins, a structure change is never lost.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wire::message::{Summary, ViewDelta, ViewState};
use wire::page::PlantStatus;
use wire::reading::{Cadence, Quality, Reading, Value};
use wire::view::{Coverage, Present, View};

#[derive(Default)]
struct Plant {
    readings: BTreeMap<u32, Reading>,
    cadences: BTreeMap<u32, Cadence>,
    summaries: BTreeMap<u32, Summary>,
}

impl Present for Plant {
    fn reading(&self, point: u32) -> Option<Reading> {
        self.readings.get(&point).cloned()
    }

    fn cadence(&self, point: u32) -> Cadence {
        self.cadences.get(&point).copied().unwrap_or_default()
    }

    fn summary(&self, asset: u32) -> Summary {
        self.summaries.get(&asset).copied().unwrap_or_default()
    }

    fn plant(&self) -> PlantStatus {
        PlantStatus {
            assets: u32::try_from(self.readings.len()).unwrap(),
            ..PlantStatus::default()
        }
    }
}

fn reading(number: u32) -> Reading {
    Reading {
        value: Some(Value::Number(f64::from(number))),
        quality: Quality::Good,
        source_millis: None,
        arrival_millis: i64::from(number),
        flags: 0,
    }
}

fn apply(state: &mut ViewState, delta: ViewDelta) {
    for point in delta.joined {
        if state.points.iter().all(|known| known.point != point) {
            state.points.push(wire::message::PointState {
                point,
                cadence: Cadence::Learning,
                reading: None,
            });
        }
    }
    for (index, reading) in delta.readings {
        state.points[index as usize].reading = Some(reading);
    }
    for (index, cadence) in delta.cadences {
        state.points[index as usize].cadence = cadence;
    }
    for (index, summary) in delta.summaries {
        state.summaries[index as usize].1 = summary;
    }
    if let Some(plant) = delta.plant {
        state.plant = Some(plant);
    }
    if let Some(structure) = delta.structure {
        state.structure = structure;
    }
}

#[derive(Clone, Debug)]
enum Step {
    Reading(u32, u32),
    Cadence(u32, u64),
    Summary(u32, u32),
    Plant,
    Join,
    Drain,
    /// Somebody comes, in the middle of a window or not.
    Snapshot,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u32..12, any::<u32>()).prop_map(|(index, number)| Step::Reading(index, number)),
        1 => (0u32..12, any::<u64>()).prop_map(|(index, millis)| Step::Cadence(index, millis)),
        1 => (0u32..4, any::<u32>()).prop_map(|(index, count)| Step::Summary(index, count)),
        1 => Just(Step::Plant),
        1 => Just(Step::Join),
        3 => Just(Step::Drain),
        1 => Just(Step::Snapshot),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn snapshot_and_deltas_are_the_full_state(steps in proptest::collection::vec(step(), 1..120)) {
        let mut plant = Plant::default();
        let coverage =
            Coverage { points: vec![10, 11, 12, 13], assets: vec![1, 2, 3], plant: true, structure: 0 };
        let mut view = View::new(coverage, 0);
        let mut revision = 0;
        let mut watchers = vec![view.snapshot(&plant)];
        for step in steps.into_iter().chain([Step::Plant, Step::Drain]) {
            revision += 1;
            let points = view.coverage().points.clone();
            match step {
                Step::Reading(index, number) => {
                    let index = index % u32::try_from(points.len()).unwrap();
                    plant.readings.insert(points[index as usize], reading(number));
                    view.mark_reading(index);
                }
                Step::Cadence(index, millis) => {
                    let index = index % u32::try_from(points.len()).unwrap();
                    plant.cadences.insert(points[index as usize], Cadence::Learned(millis));
                    view.mark_cadence(index);
                }
                Step::Summary(index, count) => {
                    let asset = view.coverage().assets.get(index as usize).copied();
                    let summary = Summary { points: count, ..Summary::default() };
                    asset.map(|asset| plant.summaries.insert(asset, summary));
                    view.mark_summary(index);
                }
                Step::Plant => view.mark_plant(),
                Step::Join => {
                    let point = 14 + u32::try_from(revision).unwrap();
                    plant.readings.insert(point, reading(point));
                    view.join(point);
                    view.mark_structure(revision);
                }
                Step::Drain => {
                    let at = view.at();
                    if let Some((from, delta)) = view.drain(revision, &plant) {
                        prop_assert_eq!(from, at);
                        prop_assert_eq!(view.at(), revision);
                        for watcher in &mut watchers {
                            apply(watcher, delta.clone());
                        }
                    }
                    prop_assert!(!view.is_marked());
                }
                Step::Snapshot => watchers.push(view.snapshot(&plant)),
            }
        }
        let full = view.snapshot(&plant);
        for watcher in watchers {
            prop_assert_eq!(&watcher, &full);
        }
    }
}

#[test]
fn many_changes_between_two_frames_are_one_value_the_newest() {
    let mut plant = Plant::default();
    let mut view = View::new(
        Coverage {
            points: vec![7],
            ..Coverage::default()
        },
        0,
    );
    for number in 0..100 {
        plant.readings.insert(7, reading(number));
        view.mark_reading(0);
    }
    let (from, delta) = view.drain(100, &plant).unwrap();
    assert_eq!((from, delta.readings), (0, vec![(0, reading(99))]));
    assert_eq!(view.drain(101, &plant), None);
}

#[test]
fn marks_of_what_is_not_there_are_nothing() {
    let mut view = View::new(
        Coverage {
            points: vec![7],
            ..Coverage::default()
        },
        0,
    );
    view.mark_reading(1);
    view.mark_cadence(u32::MAX);
    view.mark_summary(0);
    view.mark_plant();
    assert!(!view.is_marked());
}
