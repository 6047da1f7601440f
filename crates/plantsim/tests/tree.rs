//! The plant as the twin finds it: the tree reads as drawn, every tag is known, a healthy day needs nobody.

use std::collections::{BTreeMap, BTreeSet};

use plantsim::{FaultKind, Plant};
use twin::{
    Description, Freshness, Input, Message, NeedKind, PointSettings, SourceId, Span, Timestamp, Twin,
    TwinConfig,
};

const SECOND: i64 = 1_000_000;

/// 2026-11-03 09:20 UTC.
const START: i64 = 1_793_697_600 * SECOND;

const SOURCE: SourceId = SourceId::new(1);

/// A twin that hears a plant over nothing at all.
struct Hearing {
    plant: Plant,
    twin: Twin,
    now: i64,
}

impl Hearing {
    fn new(described: bool) -> Self {
        let plant = Plant::new(11, START);
        let mut twin = Twin::new(TwinConfig::default());
        let start = Timestamp::from_micros(START);
        twin.handle(
            start,
            Input::SourceAdded {
                source: SOURCE,
                name: "broker".into(),
            },
        );
        if described {
            twin.handle(start, Input::Describe(descriptions(&plant)));
        }
        twin.handle(
            start,
            Input::SourceConnected {
                source: SOURCE,
                is_continued: false,
            },
        );
        Self {
            plant,
            twin,
            now: START,
        }
    }

    fn listen(&mut self, secs: i64) {
        for _ in 0..secs * 2 {
            self.now += SECOND / 2;
            let arrival = Timestamp::from_micros(self.now);
            let mut messages = Vec::new();
            self.plant.step(self.now, &mut |publication| {
                let limits = decode::Limits::default();
                let decoded = decode::decode(
                    &publication.topic,
                    &publication.payload,
                    arrival,
                    &limits,
                    &decode::Utc,
                );
                assert!(
                    decoded.problems.is_empty(),
                    "{}: {:?}",
                    publication.topic,
                    decoded.problems
                );
                messages.push(Message {
                    source: SOURCE,
                    topic: publication.topic.into(),
                    arrival,
                    retained: false,
                    qos: publication.qos,
                    leaves: decoded.leaves,
                    availability: decoded.availability,
                });
            });
            self.twin.handle(arrival, Input::Messages(messages));
        }
    }

    fn needs(&self) -> Vec<String> {
        let (needs, _) = self.twin.needs(1_000);
        needs
            .into_iter()
            .map(|need| {
                let asset = need.asset.map(|asset| self.twin.path(asset)).unwrap_or_default();
                match need.kind {
                    NeedKind::Limit { point, .. } => {
                        format!(
                            "{asset}: {}",
                            self.twin.point(point).map_or("", |point| &*point.name)
                        )
                    }
                    other => format!("{asset}: {other:?}"),
                }
            })
            .collect()
    }
}

fn descriptions(plant: &Plant) -> Vec<Description> {
    let tags = plant.tags().into_iter().map(|tag| Description::Tag {
        source: None,
        topic: tag.topic.as_str().into(),
        field: tag.field.as_str().into(),
        settings: PointSettings {
            name: Some(tag.name.as_str().into()),
            unit: Some(tag.unit.unwrap_or_default().into()),
            expected: tag
                .period_millis
                .map(|millis| Span::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))),
            normal: tag.normal,
            limits: twin::Limits {
                low_low: tag.limits.low_low,
                low: tag.limits.low,
                high: tag.limits.high,
                high_high: tag.limits.high_high,
            },
            range: tag.range,
            decimals: Some(tag.decimals),
            ..PointSettings::default()
        },
    });
    let assets = plant.assets().into_iter().map(|asset| Description::Asset {
        levels: asset.path.into(),
        name: asset.name.into(),
    });
    tags.chain(assets).collect()
}

#[test]
fn the_tree_is_the_plant_whatever_the_payload_shape() {
    let mut hearing = Hearing::new(true);
    hearing.listen(4);
    let (twin, plant) = (&hearing.twin, &hearing.plant);
    let found: BTreeMap<String, &str> = twin
        .assets()
        .map(|asset| (twin.path(asset.id), &*asset.name))
        .collect();
    let drawn: Vec<(String, String)> = plant
        .assets()
        .into_iter()
        .map(|asset| (asset.path, asset.name))
        .collect();
    for (path, name) in &drawn {
        assert_eq!(found.get(path), Some(&name.as_str()), "{path}");
    }
    assert_eq!(found.len(), drawn.len());
    let points: BTreeSet<(String, String)> = twin
        .points()
        .map(|point| (twin.path(point.asset), point.name.to_string()))
        .collect();
    let tags: BTreeSet<(String, String)> = plant
        .tags()
        .into_iter()
        .map(|tag| (tag.asset, tag.name))
        .collect();
    assert_eq!(points, tags);
}

/// Of the tags with a normal range, those a page wants first are discovered first.
#[test]
fn telling_tags_come_first() {
    let mut hearing = Hearing::new(true);
    hearing.listen(4);
    let twin = &hearing.twin;
    let check = |path: &str, expect: [&str; 2]| {
        let asset = twin
            .by_path(&format!("norvia/{path}"))
            .unwrap_or_else(|| panic!("{path}"));
        let points = twin.points_of(asset).iter().filter_map(|id| twin.point(*id));
        let mut telling: Vec<_> = points.filter(|point| point.normal().is_some()).collect();
        telling.sort_by_key(|point| point.id);
        let names: Vec<&str> = telling.into_iter().map(|point| &*point.name).take(2).collect();
        assert_eq!(names, expect, "{path}");
    };
    check("lyon", ["Output", "Power"]);
    check("lyon/utilities/water-system", ["Permeate flow", "In spec"]);
    check(
        "lyon/utilities/water-system/softener-sf-01",
        ["Hardness", "Salt level"],
    );
    check(
        "lyon/utilities/water-system/reverse-osmosis-ro-01",
        ["Salt passage", "Recovery"],
    );
    check(
        "lyon/utilities/water-system/dosing-skid-ds-01",
        ["Antiscalant", "Tank level"],
    );
    check(
        "lyon/utilities/water-system/loop-lp-01",
        ["Return temperature", "Velocity"],
    );
    check("lyon/filling-line-1", ["OEE", "Output"]);
    check("lyon/filling-line-2", ["OEE", "Output"]);
    check("lyon/filling-line-2/filler", ["Fill volume", "Bowl level"]);
    check("rotterdam/utilities/cooling", ["Duty", "In spec"]);
    check(
        "rotterdam/utilities/cooling/pump-14",
        ["Discharge pressure", "Vibration, drive end"],
    );
    check(
        "rotterdam/utilities/cooling/exchanger-hx-03",
        ["Pressure drop", "Approach"],
    );
    check("rotterdam/utilities/compressed-air", ["Pressure", "Leakage"]);
}

#[test]
fn a_healthy_plant_needs_nobody_and_all_of_it_is_live() {
    let mut hearing = Hearing::new(true);
    hearing.listen(20 * 60);
    assert_eq!(hearing.needs(), Vec::<String>::new());
    let sleepy: Vec<&str> = hearing
        .twin
        .points()
        .filter(|point| hearing.twin.freshness(point.id) != Freshness::Live)
        .map(|point| &*point.topic)
        .collect();
    assert_eq!(sleepy, Vec::<&str>::new());
}

#[test]
fn without_a_description_it_is_live_as_well() {
    let mut hearing = Hearing::new(false);
    hearing.listen(3 * 60);
    assert_eq!(hearing.needs(), Vec::<String>::new());
    let names: Vec<String> = hearing
        .twin
        .assets()
        .map(|asset| asset.name.to_string())
        .collect();
    assert!(
        names.iter().any(|name| name == "reverse-osmosis-ro-01"),
        "{names:?}"
    );
}

#[test]
fn a_dropped_sensor_is_missed_and_a_late_gateway_is_late() {
    let mut hearing = Hearing::new(true);
    hearing.listen(30);
    hearing.plant.start_fault(FaultKind::DroppedSensor);
    hearing.plant.start_fault(FaultKind::LateGateway);
    hearing.listen(60);
    let needs = hearing.needs();
    assert!(
        needs.iter().any(|need| need.contains("loop-lp-01: Silent")),
        "{needs:?}"
    );
    let late = |hearing: &Hearing| {
        let line = hearing.twin.by_path("norvia/lyon/filling-line-1");
        hearing.twin.summary(line.expect("the line")).late
    };
    // Its newest values are half a minute old at most: overdue, and nobody is called for that.
    assert!(late(&hearing) > 0);
    hearing.plant.end_fault(FaultKind::DroppedSensor);
    hearing.plant.end_fault(FaultKind::LateGateway);
    hearing.listen(20);
    assert_eq!(hearing.needs(), Vec::<String>::new());
    assert_eq!(late(&hearing), 0);
}
