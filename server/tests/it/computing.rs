//! Readings that come together: what windows make of them, and what of it is in history.

use std::sync::RwLock;

use server::computing::Computing;
use server::model::placing;
use server::model::shelf::LoadedModel;
use twin::{
    Input, Leaf, Message, PointId, Quality, Reading, SourceId, Span, Timestamp, Twin, TwinConfig, Value,
};

const SOURCE: SourceId = SourceId::new(1);
/// A full hour.
const START: Timestamp = Timestamp::from_millis(1_790_000_400_000 - 1_790_000_400_000 % 3_600_000);
const MODEL: &str = r#"
[types.kettle.properties]
temp = { kind = "measurement", topic = "k/temp" }
boils = { kind = "computed", formula = "gte(temp, 100)" }
samples = { kind = "computed", formula = "count(temp)", window = "1h" }
most = { kind = "computed", formula = "max(temp)", window = "1h" }
count = { kind = "computed", formula = "sum(boils)", window = "1h" }
[assets.k]
type = "kettle"
"#;

fn loaded() -> LoadedModel {
    let file = model::File {
        path: "m.toml",
        text: MODEL,
    };
    let checked = model::check_files(&[file], &formula::NoZones);
    assert!(checked.is_ok(), "{}", checked.render());
    LoadedModel {
        version: 1,
        about: None,
        files: Vec::new(),
        model: checked.model,
        resolved: checked.resolved,
        problems: Vec::new(),
    }
}

fn message(secs: i64, value: f64, arrival: Timestamp) -> Message {
    let leaf = Leaf {
        value: Some(Value::Number(value)),
        time: Some(START + Span::from_secs(secs)),
        ..Leaf::default()
    };
    Message {
        source: SOURCE,
        topic: "k/temp".into(),
        arrival,
        retained: false,
        qos: 1,
        leaves: vec![leaf],
        availability: None,
    }
}

struct Plant {
    twin: Twin,
    computing: Computing,
    /// What history keeps.
    stored: Vec<(PointId, Reading)>,
}

impl Plant {
    fn new() -> Self {
        let (loaded, mut twin) = (loaded(), Twin::new(TwinConfig::default()));
        let name = "broker".into();
        twin.handle(START, Input::SourceAdded { source: SOURCE, name });
        let (source, is_continued) = (SOURCE, false);
        twin.handle(START, Input::SourceConnected { source, is_continued });
        for part in placing::parts(&loaded.model, &loaded.resolved, START) {
            twin.handle(START, Input::Model(part));
        }
        let mut computing = Computing::new(&loaded, START);
        let twin = RwLock::new(twin);
        computing.meet(&twin);
        computing.begin(&twin, START);
        Self {
            twin: twin.into_inner().unwrap(),
            computing,
            stored: Vec::new(),
        }
    }

    fn handle(&mut self, now: Timestamp, input: Input) {
        let outputs = self.twin.handle(now, input);
        self.computing.follow(&self.twin, &outputs);
        self.stored.extend(outputs.stored);
        let computed = self.computing.settle(now, false);
        self.stored
            .extend(self.twin.handle(now, Input::Computed(computed)).stored);
    }

    fn point(&self, property: &str) -> PointId {
        let asset = self.twin.modelled("k").unwrap();
        self.twin.property(asset, property).unwrap()
    }

    fn value(&self, property: &str) -> Option<f64> {
        self.twin
            .reading(self.point(property))?
            .value
            .as_ref()?
            .as_number()
    }
}

#[test]
fn all_readings_of_a_slice_reach_windows_and_history() {
    // Two slices; in the second one comes after a newer one.
    let slices: [&[(i64, f64)]; 2] = [
        &[(10, 20.0), (11, 101.0), (12, 20.0), (13, 102.0), (14, 30.0)],
        &[(16, 99.0), (15, 250.0), (17, 100.0)],
    ];
    let mut plant = Plant::new();
    for slice in slices {
        let now = START + Span::from_secs(slice.last().unwrap().0 + 1);
        let messages = slice.iter().map(|(secs, value)| message(*secs, *value, now));
        plant.handle(now, Input::Messages(messages.collect()));
    }
    let boils = plant.point("boils");
    let of_boils = plant.stored.iter().filter(|(point, _)| *point == boils);
    let of_boils: Vec<(i64, Option<f64>)> = of_boils
        .map(|(_, reading)| {
            assert_eq!(reading.quality, Quality::Good);
            let secs = reading.time().since(START).micros() / 1_000_000;
            (secs, reading.value.as_ref().and_then(Value::as_number))
        })
        .collect();
    let expect = [
        (10, 0.0),
        (11, 1.0),
        (12, 0.0),
        (13, 1.0),
        (14, 0.0),
        (16, 0.0),
        (17, 1.0),
    ];
    assert_eq!(of_boils, expect.map(|(secs, value)| (secs, Some(value))));
    plant.handle(START + Span::from_secs(3_601), Input::Tick);
    for (property, value) in [("samples", 8.0), ("most", 250.0), ("count", 3.0)] {
        assert_eq!(plant.value(property), Some(value), "{property}");
    }
}
