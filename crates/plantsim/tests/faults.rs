//! Each fault shows within a minute at 60×, on the tags the ground truth names, and goes when mended.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Heard, read};
use plantsim::{FaultKind, FaultState, Plant, Publication, TagSpec};

const SECOND: i64 = 1_000_000;

/// 2026-11-03 09:20 UTC: both sites at work.
const START: i64 = 1_793_697_600 * SECOND;

type Key = (String, String);

/// A plant that is listened to.
struct Listener {
    plant: Plant,
    now: i64,
    tags: BTreeMap<Key, TagSpec>,
    /// Everything since it was last asked for: when it was delivered, and what.
    heard: Vec<(i64, Heard)>,
}

impl Listener {
    fn new() -> Self {
        let mut plant = Plant::new(3, START);
        plant.set_speed(60);
        let tags = plant
            .tags()
            .into_iter()
            .map(|tag| ((tag.topic.clone(), tag.field.clone()), tag))
            .collect();
        Self {
            plant,
            now: START,
            tags,
            heard: Vec::new(),
        }
    }

    /// Lets `secs` of wall time pass and gives what was heard in it.
    fn listen(&mut self, secs: i64) -> Vec<(i64, Heard)> {
        for _ in 0..secs * 4 {
            self.now += SECOND / 4;
            let (now, heard) = (self.now, &mut self.heard);
            self.plant.step(now, &mut |publication: Publication| {
                heard.extend(read(&publication).into_iter().map(|one| (now, one)));
            });
        }
        std::mem::take(&mut self.heard)
    }

    fn state(&self, kind: FaultKind) -> FaultState {
        self.plant
            .faults()
            .into_iter()
            .find(|fault| fault.kind == kind)
            .expect("every kind has a state")
    }

    /// Of these values, the tags beyond a limit.
    fn crossed(&self, heard: &[(i64, Heard)]) -> BTreeSet<Key> {
        heard
            .iter()
            .map(|(_, one)| (one, (one.topic.clone(), one.field.clone())))
            .filter(|(one, key)| {
                one.value
                    .as_f64()
                    .is_some_and(|value| self.tags[key].limits.crossed(value))
            })
            .map(|(_, key)| key)
            .collect()
    }
}

fn keys(state: &FaultState) -> BTreeSet<Key> {
    state
        .affected
        .iter()
        .map(|tag| (tag.topic.clone(), tag.field.clone()))
        .collect()
}

/// The fault crosses a limit on at least `symptoms` of its tags within a minute, and on no other tag.
#[track_caller]
fn check_crosses(kind: FaultKind, symptoms: usize) {
    let mut listener = Listener::new();
    let before = listener.listen(20);
    assert!(listener.crossed(&before).is_empty(), "healthy before {kind:?}");
    listener.plant.start_fault(kind);
    assert!(listener.state(kind).active);
    let during = listener.listen(60);
    let crossed = listener.crossed(&during);
    let truth = keys(&listener.state(kind));
    assert!(
        crossed.intersection(&truth).count() >= symptoms,
        "{kind:?} shows on {crossed:#?}"
    );
    listener.plant.end_fault(kind);
    listener.listen(75);
    let after = listener.listen(15);
    let left = listener.crossed(&after);
    assert!(left.is_empty(), "{kind:?} still shows on {left:#?}");
    assert!(listener.state(kind).progress.abs() < 1e-9);
}

#[test]
fn wear_of_pumps_shows() {
    check_crosses(FaultKind::BearingWear, 2);
    check_crosses(FaultKind::ImpellerWear, 3);
    check_crosses(FaultKind::Cavitation, 2);
}

#[test]
fn faults_of_the_dosing_pump_show() {
    check_crosses(FaultKind::AirLock, 3);
    check_crosses(FaultKind::ValveLeak, 2);
}

#[test]
fn fouling_shows() {
    check_crosses(FaultKind::MembraneFouling, 2);
    check_crosses(FaultKind::FilterClogging, 2);
    check_crosses(FaultKind::ExchangerFouling, 2);
}

#[test]
fn faults_of_control_and_measurement_show() {
    check_crosses(FaultKind::StuckValve, 2);
    check_crosses(FaultKind::DriftingSensor, 1);
}

/// What a visitor of the demo sees: the plant at its own speed, one fault hastened.
#[test]
fn a_hastened_fault_shows_within_a_minute_in_a_plant_at_its_own_speed() {
    for kind in FaultKind::ALL.into_iter().filter(|kind| !kind.is_of_data()) {
        let mut listener = Listener::new();
        listener.plant.set_speed(1);
        let before = listener.listen(20);
        assert!(listener.crossed(&before).is_empty(), "healthy before {kind:?}");
        listener.plant.start_fault_at(kind, 60);
        let during = listener.listen(60);
        let crossed = listener.crossed(&during);
        let truth = keys(&listener.state(kind));
        assert!(!crossed.is_disjoint(&truth), "{kind:?} shows on {crossed:#?}");
    }
}

#[test]
fn a_flat_sensor_repeats_itself_and_recovers() {
    let mut listener = Listener::new();
    let values = |heard: &[(i64, Heard)], key: &Key| -> BTreeSet<String> {
        heard
            .iter()
            .filter(|(_, one)| one.topic == key.0 && one.field == key.1)
            .map(|(_, one)| one.value.to_string())
            .collect()
    };
    let key = keys(&listener.state(FaultKind::FlatSensor))
        .into_iter()
        .next()
        .unwrap();
    let before = listener.listen(20);
    assert!(values(&before, &key).len() > 3);
    listener.plant.start_fault(FaultKind::FlatSensor);
    let during = listener.listen(30);
    assert_eq!(values(&during, &key).len(), 1);
    listener.plant.end_fault(FaultKind::FlatSensor);
    let after = listener.listen(20);
    assert!(values(&after, &key).len() > 3);
}

#[test]
fn a_dropped_sensor_is_silent_and_speaks_again() {
    let mut listener = Listener::new();
    let key = keys(&listener.state(FaultKind::DroppedSensor))
        .into_iter()
        .next()
        .unwrap();
    let spoke = |heard: &[(i64, Heard)]| {
        heard
            .iter()
            .any(|(_, one)| one.topic == key.0 && one.field == key.1)
    };
    let before = listener.listen(10);
    listener.plant.start_fault(FaultKind::DroppedSensor);
    let during = listener.listen(30);
    listener.plant.end_fault(FaultKind::DroppedSensor);
    let after = listener.listen(10);
    assert_eq!(
        [spoke(&before), spoke(&during), spoke(&after)],
        [true, false, true]
    );
}

#[test]
fn a_late_gateway_delivers_old_values_out_of_order_and_all_of_them() {
    let mut listener = Listener::new();
    let truth = keys(&listener.state(FaultKind::LateGateway));
    // (delivered, measured) in milliseconds of one tag each message carries.
    let times = |heard: &[(i64, Heard)]| -> Vec<(i64, i64)> {
        heard
            .iter()
            .filter(|(_, one)| one.field == "filling-line-1.output")
            .map(|(at, one)| (at / 1_000, one.stamp_millis.unwrap()))
            .collect()
    };
    assert!(truth.iter().any(|(_, field)| field == "filling-line-1.output"));
    let before = times(&listener.listen(20));
    assert!(before.iter().all(|(at, stamp)| at - stamp < 1_000), "{before:?}");
    listener.plant.start_fault(FaultKind::LateGateway);
    let during = times(&listener.listen(100));
    assert!(during.iter().any(|(at, stamp)| at - stamp > 30_000), "{during:?}");
    assert!(
        during.windows(2).any(|pair| pair[1].1 < pair[0].1),
        "in order: {during:?}"
    );
    listener.plant.end_fault(FaultKind::LateGateway);
    let after = times(&listener.listen(10));
    let stamps: BTreeSet<i64> = before
        .iter()
        .chain(&during)
        .chain(&after)
        .map(|(_, stamp)| *stamp)
        .collect();
    let (first, last) = (stamps.first().unwrap(), stamps.last().unwrap());
    assert_eq!(stamps.len() as i64, (last - first) / 2_000 + 1, "none is lost");
    assert!(after.last().is_some_and(|(at, stamp)| at - stamp < 2_500));
}

#[test]
fn a_cut_site_is_silent_and_catches_up_with_original_times() {
    let mut listener = Listener::new();
    let rotterdam = |heard: &[(i64, Heard)]| -> Vec<(i64, Heard)> {
        heard
            .iter()
            .filter(|(_, one)| one.topic.starts_with("norvia/rotterdam"))
            .cloned()
            .collect()
    };
    let lyon = |heard: &[(i64, Heard)]| heard.iter().any(|(_, one)| one.topic.starts_with("norvia/lyon"));
    let before = listener.listen(10);
    assert!(!rotterdam(&before).is_empty() && lyon(&before));
    listener.plant.start_fault(FaultKind::CutNetwork);
    let cut_at = listener.now / 1_000;
    let during = listener.listen(30);
    assert!(rotterdam(&during).is_empty() && lyon(&during));
    listener.plant.end_fault(FaultKind::CutNetwork);
    let back_at = listener.now / 1_000;
    let after = rotterdam(&listener.listen(30));
    let kept: Vec<&(i64, Heard)> = after
        .iter()
        .filter(|(_, one)| {
            one.stamp_millis
                .is_some_and(|stamp| stamp > cut_at && stamp < back_at)
        })
        .collect();
    let tags: BTreeSet<(&str, &str)> = kept
        .iter()
        .map(|(_, one)| (one.topic.as_str(), one.field.as_str()))
        .collect();
    assert!(tags.len() > 200, "{} tags catch up", tags.len());
    assert!(
        kept.iter().all(|(at, _)| at / 1_000 <= back_at + 20_000),
        "within twenty seconds"
    );
}
