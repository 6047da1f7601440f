//! A model takes over a running plant: things take their places, formulas compute, nothing is lost.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use server::clock::{Clock as _, SystemClock};
use server::config::Config;
use server::config::layer::{Layers, Origin};
use server::core::Core;
use server::engine::{Batch, EngineInput};
use server::model::{Applied, Content, Proposal};
use server::running::Running;
use store::{DataDir, ModelFile, ModelOrigin};
use tokio_util::sync::CancellationToken;
use twin::{Freshness, Leaf, Message, PointId, Quality, SourceId, Span, Timestamp, Value};

use crate::support::{Hand, until};

const SOURCE: SourceId = SourceId::new(1);

const MODEL: &str = r#"
[types.pump.properties]
flow = { kind = "measurement", unit = "m3/h", topic = "acme/{asset}/flow", expected = "10s" }
power = { kind = "measurement", unit = "kW", topic = "acme/{asset}/power", expected = "10s" }
specific_energy = { kind = "computed", unit = "kW.h/m3", formula = "power / flow" }
state = { kind = "state", states = [{ name = "running", when = "flow > 1", counts_as = "running" }, { name = "stopped" }] }
mean_flow = { kind = "computed", unit = "m3/h", formula = "avg(flow)", window = "1m", coverage = 0.25 }

[types.station.inputs]
flows = { through = "has_part", property = "flow" }
[types.station.properties]
total = { kind = "computed", unit = "m3/h", formula = "sum(flows)" }
partial = { kind = "computed", unit = "m3/h", formula = "sum(flows)", coverage = 0.5 }

[assets.hall]
type = "station"
[assets.p-1]
type = "pump"
relations.part_of = "hall"
[assets.p-2]
type = "pump"
relations.part_of = "hall"
"#;

/// The whole server but HTTP, on a clock of ours.
pub struct Plant {
    pub running: Running,
    pub stop: CancellationToken,
    hand: Arc<Hand>,
}

impl Plant {
    pub async fn start(dir: &Path, at: Timestamp) -> Self {
        let data = DataDir::open(&dir.join("data")).unwrap();
        let mut layers = Layers::default();
        layers.set("data.dir", &data.root().display().to_string(), Origin::Default);
        let config = Config::from_layers(&layers).unwrap();
        let hand = Arc::new(Hand::at(at));
        let mut core = Core::open(&config, &data).await.unwrap();
        core.clock = hand.clone();
        let stop = CancellationToken::new();
        let running = Running::start(&config, core, None, "test".to_owned(), &stop).unwrap();
        running.take_model().await.unwrap();
        let plant = Self { running, stop, hand };
        let name = "broker".into();
        plant
            .tell(EngineInput::SourceAdded { source: SOURCE, name })
            .await;
        plant
            .tell(EngineInput::SourceConnected {
                source: SOURCE,
                is_continued: false,
            })
            .await;
        plant
    }

    pub async fn tell(&self, input: EngineInput) {
        self.running.backend.engine.send(input).await.unwrap();
    }

    async fn say(&self, values: &[(&str, f64)]) {
        let now = self.hand.now();
        let message = |(topic, value): &(&str, f64)| Message {
            source: SOURCE,
            topic: (*topic).into(),
            arrival: now,
            retained: false,
            qos: 1,
            leaves: vec![Leaf {
                value: Some(Value::Number(*value)),
                ..Leaf::default()
            }],
            availability: None,
        };
        self.tell(EngineInput::Batch(Batch {
            source: SOURCE,
            messages: values.iter().map(message).collect(),
            acks: Vec::new(),
            view_only: false,
        }))
        .await;
    }

    fn go(&self, secs: i64) {
        self.hand.go(Span::from_secs(secs));
    }

    async fn apply(&self, text: &str) -> Applied {
        let proposal = Proposal {
            base: None,
            content: Content::Files(vec![ModelFile {
                path: "plant.toml".to_owned(),
                text: text.to_owned(),
            }]),
            author: "test".to_owned(),
            comment: String::new(),
            origin: ModelOrigin::Files,
        };
        self.running.model.apply(proposal).await.unwrap()
    }

    fn point(&self, asset: &str, property: &str) -> Option<PointId> {
        let twin = self.running.backend.twin.read().unwrap();
        twin.property(twin.modelled(asset)?, property)
    }

    /// A value as a number or a text; none where there is none.
    fn value(&self, asset: &str, property: &str) -> Option<String> {
        let point = self.point(asset, property)?;
        let twin = self.running.backend.twin.read().unwrap();
        match twin.reading(point)?.value.clone()? {
            Value::Number(number) => Some(number.to_string()),
            Value::Text(text) => Some(text.to_string()),
            Value::Bool(on) => Some(on.to_string()),
        }
    }

    async fn is(&self, asset: &str, property: &str, expect: Option<&str>) {
        until(&format!("{asset} {property} {expect:?}"), async || {
            (self.value(asset, property).as_deref() == expect).then_some(())
        })
        .await;
    }

    fn coverage(&self, asset: &str, property: &str) -> (u32, u32) {
        let twin = self.running.backend.twin.read().unwrap();
        let computing = self.running.backend.computing.read().unwrap();
        let point = twin.property(twin.modelled(asset).unwrap(), property).unwrap();
        let coverage = computing.as_ref().unwrap().coverage(&twin, point).unwrap();
        (coverage.fresh, coverage.all)
    }

    async fn end(self) {
        self.running.stop(self.stop, None).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn formulas_follow_the_plant_and_tell_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let start = SystemClock.now();
    let plant = Plant::start(dir.path(), start).await;
    plant
        .say(&[("acme/p-1/flow", 10.0), ("acme/p-1/power", 5.0)])
        .await;
    assert!(matches!(plant.apply(MODEL).await, Applied::New(_)));
    plant.is("p-1", "specific_energy", Some("0.5")).await;
    plant.is("p-1", "state", Some("running")).await;
    plant.is("hall", "total", None).await;
    plant.is("hall", "partial", Some("10")).await;
    assert_eq!(plant.coverage("hall", "partial"), (1, 2));

    // A pump that joins later finds its place.
    plant
        .say(&[("acme/p-2/flow", 4.0), ("acme/p-1/flow", 20.0)])
        .await;
    plant.is("hall", "total", Some("24")).await;
    plant.is("p-1", "specific_energy", Some("0.25")).await;
    assert_eq!(plant.coverage("hall", "total"), (2, 2));
    let partial = plant.point("hall", "partial").unwrap();
    let quality = |point| {
        plant
            .running
            .backend
            .twin
            .read()
            .unwrap()
            .reading(point)
            .unwrap()
            .quality
    };
    assert_eq!(quality(partial), Quality::Good);

    // One falls silent: the sum of all has no value, the one that may go on says that it is partial.
    plant.go(25);
    plant
        .say(&[("acme/p-1/flow", 0.5), ("acme/p-1/power", 1.0)])
        .await;
    plant.is("hall", "total", None).await;
    plant.is("hall", "partial", Some("0.5")).await;
    plant.is("p-1", "state", Some("stopped")).await;
    assert_eq!(quality(partial), Quality::Uncertain);
    plant.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_ids_and_windows_keep_their_past() {
    let dir = tempfile::tempdir().unwrap();
    // In the middle of a minute.
    let minute = 60_000_000;
    let start = Timestamp::from_micros(SystemClock.now().micros() / minute * minute + minute / 3);
    let plant = Plant::start(dir.path(), start).await;
    assert!(matches!(plant.apply(MODEL).await, Applied::New(_)));
    plant
        .say(&[("acme/p-1/flow", 10.0), ("acme/p-1/power", 5.0)])
        .await;
    plant.is("p-1", "specific_energy", Some("0.5")).await;
    let ids = ["flow", "specific_energy", "mean_flow"].map(|property| plant.point("p-1", property));
    assert!(ids.iter().all(Option::is_some));
    plant.end().await;

    let plant = Plant::start(dir.path(), start + Span::from_secs(10)).await;
    assert_eq!(
        ["flow", "specific_energy", "mean_flow"].map(|property| plant.point("p-1", property)),
        ids
    );
    plant
        .say(&[("acme/p-1/flow", 20.0), ("acme/p-1/power", 5.0)])
        .await;
    plant.is("p-1", "specific_energy", Some("0.25")).await;
    plant.go(40);
    plant.say(&[("acme/p-1/flow", 99.0)]).await;
    // Of the reading before the restart and the one after it.
    plant.is("p-1", "mean_flow", Some("15")).await;
    plant.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_comes_and_goes_under_load_within_two_seconds_and_nothing_is_lost() {
    const PUMPS: usize = 500;
    const ROUNDS: usize = 40;
    let dir = tempfile::tempdir().unwrap();
    let plant = Plant::start(dir.path(), SystemClock.now()).await;
    let topics: Vec<String> = (1..=PUMPS).map(|n| format!("acme/p-{n}/flow")).collect();
    let mut model = MODEL.to_owned();
    for n in 3..=PUMPS {
        model += &format!("[assets.p-{n}]\ntype = \"pump\"\nrelations.part_of = \"hall\"\n");
    }
    let mut slowest = 0.0_f32;
    for round in 0..ROUNDS {
        plant.go(1);
        let values: Vec<(&str, f64)> = topics.iter().map(|topic| (topic.as_str(), 2.0)).collect();
        plant.say(&values).await;
        if round % 10 == 5 {
            let began = Instant::now();
            let text = if round % 20 == 5 { model.as_str() } else { MODEL };
            assert!(matches!(plant.apply(text).await, Applied::New(_)));
            slowest = slowest.max(began.elapsed().as_secs_f32());
        }
    }
    let total = || {
        let twin = plant.running.backend.twin.read().unwrap();
        let of = |topic: &String| {
            let point = twin.points().find(|point| *point.topic == **topic).unwrap();
            (twin.counts(point.id).readings, twin.freshness(point.id))
        };
        topics.iter().map(of).collect::<Vec<_>>()
    };
    until("everything taken in", async || {
        total()
            .iter()
            .all(|(readings, _)| *readings == ROUNDS as u64)
            .then_some(())
    })
    .await;
    assert!(total().iter().all(|(_, freshness)| *freshness == Freshness::Live));
    // A bound against hanging; the time itself is for the bench.
    assert!(slowest < 20.0, "{slowest} s");
    plant.is("hall", "total", Some("4")).await;
    plant.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_address_leads_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let start = SystemClock.now();
    let plant = Plant::start(dir.path(), start).await;
    let path = |plant: &Plant, asset: &str| {
        let twin = plant.running.backend.twin.read().unwrap();
        twin.modelled(asset).map(|asset| twin.path(asset))
    };
    let leads_to = |plant: &Plant, path: &str| plant.running.backend.twin.read().unwrap().by_path(path);
    plant.say(&[("acme/p-1/flow", 10.0)]).await;
    let two_halls = format!("{MODEL}[assets.annex]\ntype = \"station\"\n");
    assert!(matches!(plant.apply(&two_halls).await, Applied::New(_)));
    until("the pump has its place", async || path(&plant, "p-1")).await;
    let old = path(&plant, "p-1").unwrap();
    let moved = two_halls.replacen("relations.part_of = \"hall\"", "relations.part_of = \"annex\"", 1);
    assert!(matches!(plant.apply(&moved).await, Applied::New(_)));
    until("the pump moved", async || {
        path(&plant, "p-1").filter(|now| *now != old)
    })
    .await;
    let pump = leads_to(&plant, &old);
    assert!(pump.is_some());
    plant.end().await;

    let plant = Plant::start(dir.path(), start).await;
    until("the pump is there again", async || path(&plant, "p-1")).await;
    assert_ne!(path(&plant, "p-1").unwrap(), old);
    assert_eq!(leads_to(&plant, &old), pump, "{old}");
    plant.end().await;
}
