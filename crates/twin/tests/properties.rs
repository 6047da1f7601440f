//! Whatever happens in whatever order: the books are right, every change is told, and the same inputs
//! make the same plant. The checks after each step are those of the shared plant.

#[path = "support/plant.rs"]
mod plant;

use plant::{BROKER, Plant, at, leaf, message, number, secs};
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

use twin::{
    AssetId, Description, Flags, Freshness, Input, Leaf, Limits, Message, ModelAsset, ModelPart, ModelPoint,
    Origin, PointId, PointSettings, Quality, Reading, SourceId, Span, Target, Twin, TwinConfig, Value,
    freshness::freshness,
};

const TOPICS: [&str; 8] = [
    "a/p1/x",
    "a/p1/y",
    "a/p10/x",
    "a/p2/online",
    "b/dev/state",
    "b/dev",
    "umh/v1/c/l/_raw/v/n",
    "lone",
];

/// One step: a while passes, then something happens.
#[derive(Clone, Debug)]
struct Step {
    wait_millis: i64,
    event: Event,
}

#[derive(Clone, Debug)]
enum Event {
    Say {
        topic: usize,
        source: u32,
        value: Option<i32>,
        stamp: Option<i64>,
        retained: bool,
        bad: bool,
        object: bool,
    },
    Available {
        topic: usize,
        is_available: bool,
    },
    Lost(u32),
    Connected(u32),
    Added(u32),
    Set {
        point: u32,
        expected: Option<i64>,
        high: Option<i32>,
        name: Option<String>,
    },
    Describe {
        topic: usize,
        expected: Option<i64>,
    },
    NameAsset {
        asset: u32,
        name: Option<String>,
    },
    /// Each asset: its parent among those before it, its tag, whether it computes something.
    Model(Vec<ModelledAsset>),
    /// Where something is proposed.
    Ignore {
        asset: u32,
        ignored: bool,
    },
    Tick,
    ClockBack(i64),
}

type ModelledAsset = (usize, Option<usize>, Option<usize>, bool);

fn event() -> impl Strategy<Value = Event> {
    let say = (
        0..TOPICS.len(),
        1..3_u32,
        prop::option::weighted(0.9, -5..5),
        prop::option::of(-40_000..12_000_i64),
    );
    let how = (
        prop::bool::weighted(0.15),
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.2),
    );
    let say = (say, how).prop_map(
        |((topic, source, value, stamp), (retained, bad, object))| Event::Say {
            topic,
            source,
            value,
            stamp,
            retained,
            bad,
            object,
        },
    );
    let name = || prop::option::of("[A-Za-zé0-9 ]{0,6}");
    prop_oneof![
        20 => say,
        2 => (0..TOPICS.len(), any::<bool>()).prop_map(|(topic, is_available)| Event::Available { topic, is_available }),
        1 => (1..3_u32).prop_map(Event::Lost),
        2 => (1..3_u32).prop_map(Event::Connected),
        1 => (1..3_u32).prop_map(Event::Added),
        2 => (0..9_u32, prop::option::of(0..100_i64), prop::option::of(-3..3), name())
            .prop_map(|(point, expected, high, name)| Event::Set { point, expected, high, name }),
        1 => (0..TOPICS.len(), prop::option::of(0..100_i64))
            .prop_map(|(topic, expected)| Event::Describe { topic, expected }),
        1 => (0..6_u32, name()).prop_map(|(asset, name)| Event::NameAsset { asset, name }),
        2 => vec((0..5_usize, prop::option::of(0..4_usize), prop::option::of(0..TOPICS.len()), any::<bool>()), 0..5)
            .prop_map(Event::Model),
        2 => (0..6_u32, any::<bool>()).prop_map(|(asset, ignored)| Event::Ignore { asset, ignored }),
        3 => Just(Event::Tick),
        1 => (0..100_000_i64).prop_map(Event::ClockBack),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Mostly one topic again and again at a steady pace, so that intervals are learned.
    let wait = prop_oneof![6 => Just(1_000_i64), 2 => 0..300_i64, 2 => 0..60_000_i64];
    vec(
        (wait, event()).prop_map(|(wait_millis, event)| Step { wait_millis, event }),
        1..120,
    )
}

fn input(plant: &Plant, event: &Event) -> Input {
    match event {
        Event::Say {
            topic,
            source,
            value,
            stamp,
            retained,
            bad,
            object,
        } => {
            let leaf = |field: &str| Leaf {
                time: stamp.map(|stamp| plant.now + Span::from_millis(stamp)),
                quality: if *bad { Quality::Bad } else { Quality::Good },
                ..leaf(field, value.and_then(|value| number(f64::from(value) / 2.0)))
            };
            let leaves = if *object {
                vec![leaf("u"), leaf("w.z_bar")]
            } else {
                vec![leaf("")]
            };
            let message = message(TOPICS[*topic], plant.now, leaves);
            Input::Messages(vec![Message {
                source: SourceId::new(*source),
                retained: *retained,
                ..message
            }])
        }
        Event::Available { topic, is_available } => {
            let leaves = vec![leaf("", Some(Value::Bool(*is_available)))];
            let message = message(TOPICS[*topic], plant.now, leaves);
            Input::Messages(vec![Message {
                availability: Some(*is_available),
                ..message
            }])
        }
        Event::Lost(source) => Input::SourceLost(SourceId::new(*source)),
        Event::Connected(source) => Input::SourceConnected {
            source: SourceId::new(*source),
            is_continued: false,
        },
        Event::Added(source) => Input::SourceAdded {
            source: SourceId::new(*source),
            name: format!("s{source}").into(),
        },
        Event::Set {
            point,
            expected,
            high,
            name,
        } => Input::SetPoint {
            point: PointId::new(*point),
            settings: PointSettings {
                name: name.as_deref().map(Into::into),
                expected: expected.map(secs),
                limits: Limits {
                    high: high.map(f64::from),
                    high_high: high.map(|high| f64::from(high) + 1.0),
                    ..Limits::default()
                },
                ..PointSettings::default()
            },
        },
        Event::Describe { topic, expected } => {
            let settings = PointSettings {
                expected: expected.map(secs),
                unit: Some("m".into()),
                ..PointSettings::default()
            };
            let tag = Description::Tag {
                source: None,
                topic: TOPICS[*topic].into(),
                field: Box::default(),
                settings,
            };
            let asset = Description::Asset {
                levels: "a/p1".into(),
                name: format!("P {topic}").into(),
            };
            Input::Describe(vec![tag, asset])
        }
        Event::NameAsset { asset, name } => Input::NameAsset {
            asset: AssetId::new(*asset),
            name: name.as_deref().map(Into::into),
        },
        Event::Ignore { asset, ignored } => Input::Ignore {
            asset: AssetId::new(*asset),
            ignored: *ignored,
        },
        Event::Model(_) | Event::Tick | Event::ClockBack(_) => Input::Tick,
    }
}

fn run(steps: &[Step], config: TwinConfig) -> Plant {
    let mut plant = Plant::with(config);
    for step in steps {
        plant.now = match step.event {
            Event::ClockBack(millis) => plant.now - Span::from_millis(millis),
            _ => plant.now + Span::from_millis(step.wait_millis),
        };
        let input = input(&plant, &step.event);
        plant.input(input);
        if let Event::Model(assets) = &step.event {
            take_over(&mut plant, assets);
        }
        check_freshness(&plant);
    }
    plant
}

/// Applies a model in its parts and lets its formulas come to something.
fn take_over(plant: &mut Plant, assets: &[ModelledAsset]) {
    plant.input(Input::Model(ModelPart::Begin));
    let mut seen: Vec<Arc<str>> = Vec::new();
    for (number, parent, tag, computes) in assets {
        let key: Arc<str> = format!("k{number}").into();
        if seen.contains(&key) {
            continue;
        }
        let tags: Vec<_> = tag
            .iter()
            .map(|tag| (Arc::from(TOPICS[*tag]), Box::default()))
            .collect();
        plant.input(Input::Model(ModelPart::Assets(vec![ModelAsset {
            key: key.clone(),
            parent: parent.and_then(|at| seen.get(at)).cloned(),
            name: (*number == 0).then(|| "Pump".into()),
            ty: "pump".into(),
            tags: tags.clone(),
        }])));
        seen.push(key.clone());
        let property = |property: &str, origin| ModelPoint {
            target: Target {
                asset: key.clone(),
                property: property.into(),
            },
            origin,
            settings: Arc::new(PointSettings {
                name: Some(property.into()),
                ..PointSettings::default()
            }),
        };
        let tags = tags
            .into_iter()
            .map(|(topic, field)| property("flow", Origin::Tag { topic, field }));
        let computed = computes.then(|| property("load", Origin::Computed));
        plant.input(Input::Model(ModelPart::Points(tags.chain(computed).collect())));
    }
    plant.input(Input::Model(ModelPart::End));
    let computed = plant.twin.points().filter(|point| point.is_computed());
    let readings = computed
        .map(|point| {
            (
                point.id,
                Reading {
                    value: number(1.0),
                    quality: Quality::Good,
                    source_time: Some(plant.now),
                    arrival: plant.now,
                    flags: Flags::default(),
                },
            )
        })
        .collect();
    plant.input(Input::Computed(readings));
}

fn is_model(step: &Step) -> bool {
    matches!(step.event, Event::Model(_))
}

/// What is counted is what the rule says, at most one second ago.
fn check_freshness(plant: &Plant) {
    for point in plant
        .twin
        .points()
        .filter(|point| !plant.twin.is_ignored(point.id))
    {
        let Some(reading) = plant.twin.reading(point.id) else {
            continue;
        };
        let rule = |now| freshness(now, reading, plant.twin.cadence(point.id));
        let now = plant.twin.now();
        let counted = plant.twin.freshness(point.id);
        assert!(
            counted == rule(now) || counted == rule(now - secs(1)),
            "{counted:?}, {reading:?} at {now:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn the_books_are_right_and_every_change_is_told(steps in steps()) {
        run(&steps, TwinConfig::default());
        // The same where nearly everything that spoke once may be ignored.
        run(&steps, TwinConfig { max_one_shots: 0, one_shot_after: secs(2), ..TwinConfig::default() });
    }

    #[test]
    fn small_bounds_hold(steps in steps()) {
        let config = TwinConfig { max_points: 5, max_assets: 6, max_one_shots: 1, one_shot_after: secs(5), ..TwinConfig::default() };
        let steps: Vec<Step> = steps.into_iter().filter(|step| !is_model(step)).collect();
        let plant = run(&steps, config);
        prop_assert!(plant.twin.point_count() <= 5 && plant.twin.asset_count() <= 6);
    }

    #[test]
    fn the_same_inputs_make_the_same_plant(steps in steps()) {
        let plant = run(&steps, TwinConfig::default());
        let again = run(&steps, TwinConfig { seed: 0xfeed, ..TwinConfig::default() });
        prop_assert_eq!(plant.mirror, again.mirror);
        prop_assert_eq!(plant.stored, again.stored);
        prop_assert_eq!(plant.twin.revision(), again.twin.revision());
        prop_assert_eq!(plant.assets, again.assets);
        prop_assert_eq!(plant.points, again.points);
    }

    #[test]
    fn how_messages_are_sliced_does_not_matter(steps in steps()) {
        let says = steps.iter().filter(|step| matches!(step.event, Event::Say { .. } | Event::Available { .. }));
        let (mut whole, mut single) = (Plant::with(TwinConfig::default()), Plant::with(TwinConfig::default()));
        let mut all = Vec::new();
        for step in says {
            let Input::Messages(messages) = input(&whole, &step.event) else { continue };
            all.extend(messages.clone());
            single.input(Input::Messages(messages));
        }
        whole.input(Input::Messages(all));
        prop_assert_eq!(whole.stored, single.stored);
        prop_assert_eq!(whole.mirror, single.mirror);
    }

    #[test]
    fn a_restart_keeps_ids_and_shows_nothing_as_live(steps in steps()) {
        let steps: Vec<Step> = steps.into_iter().filter(|step| !is_model(step)).collect();
        let plant = run(&steps, TwinConfig::default());
        let paths = plant.paths();
        let next = plant.restarted(10_000_000.0, true);
        prop_assert_eq!(next.paths(), paths);
        let summary = next.twin.plant_summary();
        prop_assert_eq!(summary.offline, summary.points);
        for point in next.twin.points() {
            prop_assert_eq!(next.twin.freshness(point.id), Freshness::Offline);
        }
    }

    #[test]
    fn any_text_is_taken_without_harm(texts in vec((".{0,40}", ".{0,12}", prop::option::of(".{0,12}")), 1..40)) {
        let mut twin = Twin::new(TwinConfig::default());
        for (topic, field, asset) in &texts {
            let leaf = Leaf { asset: asset.as_deref().map(Into::into), unit: asset.as_deref().map(Into::into), ..leaf(field, number(1.0)) };
            twin.handle(at(0.0), Input::Messages(vec![Message { source: BROKER, ..message(topic, at(0.0), vec![leaf]) }]));
        }
        for asset in twin.assets() {
            prop_assert_eq!(twin.by_path(&twin.path(asset.id)), Some(asset.id));
        }
        for (topic, _, _) in &texts {
            let hits = twin.search(topic, 10);
            prop_assert!(hits.len() <= 10);
        }
    }
}
