//! A plant on a virtual clock for scenario tests. After every input it checks what must always hold:
//! the counts are those of a recount, and whoever follows the announced changes knows everything.

#![allow(dead_code, reason = "each test uses the part it needs")]

use std::collections::{BTreeMap, BTreeSet};

use twin::{
    AssetId, AssetRecord, Cadence, Change, Freshness, IgnoreProposal, Input, Leaf, Link, Message, Outputs,
    Point, PointId, PointRecord, Quality, Reading, SourceId, Span, Summary, Timestamp, Twin, TwinConfig,
    Value,
};

/// The twin, its clock, and one who follows it by its changes alone.
pub struct Plant {
    pub twin: Twin,
    pub now: Timestamp,
    pub mirror: Mirror,
    pub stored: Vec<(PointId, Reading)>,
    pub assets: Vec<AssetRecord>,
    pub points: Vec<PointRecord>,
    pub ignored: BTreeSet<PointId>,
}

pub const BROKER: SourceId = SourceId::new(1);

/// Seconds after some Sunday.
pub fn at(secs: f64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + (secs * 1_000.0).round() as i64)
}

pub fn number(value: f64) -> Option<Value> {
    Some(Value::Number(value))
}

pub fn leaf(field: &str, value: Option<Value>) -> Leaf {
    Leaf {
        field: field.into(),
        value,
        ..Leaf::default()
    }
}

pub fn message(topic: &str, arrival: Timestamp, leaves: Vec<Leaf>) -> Message {
    let (retained, availability) = (false, None);
    Message {
        source: BROKER,
        topic: topic.into(),
        arrival,
        retained,
        qos: 1,
        leaves,
        availability,
    }
}

impl Plant {
    /// One source, connected, at second 0.
    pub fn new() -> Self {
        let mut plant = Self::with(TwinConfig::default());
        plant.input(Input::SourceAdded {
            source: BROKER,
            name: "broker".into(),
        });
        plant.input(Input::SourceConnected {
            source: BROKER,
            is_continued: false,
        });
        plant
    }

    /// Nothing at all, at second 0.
    pub fn with(config: TwinConfig) -> Self {
        let twin = Twin::new(config);
        let mut mirror = Mirror::default();
        mirror.take_all(&twin);
        Self {
            twin,
            now: at(0.0),
            mirror,
            stored: Vec::new(),
            assets: Vec::new(),
            points: Vec::new(),
            ignored: BTreeSet::new(),
        }
    }

    /// What an earlier run discovered, in a new twin.
    pub fn restarted(self, secs: f64, readings: bool) -> Self {
        let mut next = Self::with(*self.twin.config());
        next.now = at(secs);
        let mut points = self.points;
        for record in &mut points {
            record.settings = self
                .twin
                .point(record.id)
                .and_then(|p| p.settings.as_deref().cloned())
                .unwrap_or_default();
            record.cadence = self.twin.cadence(record.id);
            record.reading = self.twin.reading(record.id).filter(|_| readings).cloned();
            record.is_ignored = self.ignored.contains(&record.id);
        }
        assert_eq!(next.twin.restore(self.assets.clone(), points.clone()), 0);
        let decided = |known: &IgnoreProposal| known.decision.is_some();
        next.twin
            .restore_decisions(self.twin.ignore_proposals().into_iter().filter(decided));
        next.ignored = self.ignored;
        (next.assets, next.points) = (self.assets, points);
        next.mirror.take_all(&next.twin);
        next.mirror.check(&next.twin, &Input::Tick);
        next
    }

    pub fn input(&mut self, input: Input) -> Outputs {
        let before = self.twin.revision();
        let out = self.twin.handle(self.now, input.clone());
        assert_eq!(out.revision, self.twin.revision());
        assert_eq!(
            out.revision > before,
            !out.changes.is_empty(),
            "a revision for each step with changes"
        );
        self.mirror.apply(&self.twin, &out);
        self.mirror.check(&self.twin, &input);
        self.stored.extend(out.stored.iter().cloned());
        self.assets.extend(out.new_assets.iter().cloned());
        self.points.extend(out.new_points.iter().cloned());
        for (point, is_ignored) in &out.ignored {
            if *is_ignored {
                self.ignored.insert(*point);
            } else {
                self.ignored.remove(point);
            }
        }
        for (point, unit) in &out.units {
            let record = self.points.iter_mut().find(|record| record.id == *point);
            record.expect("a known point").unit = Some(unit.clone());
        }
        out
    }

    /// Goes to a second, waking the twin whenever it asked for it.
    pub fn go(&mut self, secs: f64) -> Vec<Change> {
        let mut changes = Vec::new();
        loop {
            let out = self.input(Input::Tick);
            changes.extend(out.changes);
            match out.wake.filter(|wake| *wake <= at(secs)) {
                Some(wake) => self.now = wake,
                None => break,
            }
        }
        self.now = at(secs);
        changes.extend(self.input(Input::Tick).changes);
        changes
    }

    /// The broker's connection is up; whether its session of ours goes on.
    pub fn connect(&mut self, is_continued: bool) -> Outputs {
        let source = BROKER;
        self.input(Input::SourceConnected { source, is_continued })
    }

    pub fn send(&mut self, message: Message) -> Outputs {
        self.input(Input::Messages(vec![message]))
    }

    /// A plain value without a time, now.
    pub fn say(&mut self, topic: &str, value: f64) -> PointId {
        self.send(message(topic, self.now, vec![leaf("", number(value))]));
        self.tag(topic, "")
    }

    /// A plain value with its own time.
    pub fn say_at(&mut self, topic: &str, secs: f64, value: f64) -> PointId {
        let stamped = Leaf {
            time: Some(at(secs)),
            ..leaf("", number(value))
        };
        self.send(message(topic, self.now, vec![stamped]));
        self.tag(topic, "")
    }

    /// The same, replayed by the broker.
    pub fn retained(&mut self, topic: &str, secs: Option<f64>, value: f64) -> PointId {
        let leaf = Leaf {
            time: secs.map(at),
            ..leaf("", number(value))
        };
        self.send(Message {
            retained: true,
            ..message(topic, self.now, vec![leaf])
        });
        self.tag(topic, "")
    }

    /// Speaks at an interval from now on, for so many seconds; the clock goes along.
    pub fn speak(&mut self, topics: &[&str], interval: f64, secs: f64) {
        let start = self.now.since(at(0.0)).micros() as f64 / 1e6;
        let mut step = 0.0;
        while step * interval <= secs {
            self.go(start + step * interval);
            for topic in topics {
                self.say(topic, step);
            }
            step += 1.0;
        }
    }

    pub fn available(&mut self, topic: &str, is_available: bool) {
        let word = Value::Text(if is_available { "online" } else { "offline" }.into());
        let message = message(topic, self.now, vec![leaf("", Some(word))]);
        self.send(Message {
            availability: Some(is_available),
            ..message
        });
    }

    /// The point of a tag.
    #[track_caller]
    pub fn tag(&self, topic: &str, field: &str) -> PointId {
        self.find(topic, field).expect("such a point")
    }

    pub fn find(&self, topic: &str, field: &str) -> Option<PointId> {
        let is_it = |point: &&Point| *point.topic == *topic && *point.field == *field;
        self.twin.points().find(is_it).map(|point| point.id)
    }

    #[track_caller]
    pub fn is(&self, point: PointId, expect: Freshness) {
        assert_eq!(self.twin.freshness(point), expect);
    }

    pub fn value(&self, point: PointId) -> Option<Value> {
        self.twin.reading(point)?.value.clone()
    }

    /// Address paths of all assets, by id.
    pub fn paths(&self) -> Vec<String> {
        self.twin.assets().map(|asset| self.twin.path(asset.id)).collect()
    }
}

pub fn secs(secs: i64) -> Span {
    Span::from_secs(secs)
}

pub fn good(value: f64) -> (Option<Value>, Quality) {
    (number(value), Quality::Good)
}

/// Knows of the twin only what the changes told it to look at.
#[derive(Default, PartialEq, Debug)]
pub struct Mirror {
    points: BTreeMap<PointId, Known>,
    assets: BTreeMap<AssetId, (Vec<AssetId>, Vec<PointId>, Vec<String>)>,
    roots: (Vec<AssetId>, Vec<String>),
    summaries: BTreeMap<AssetId, Summary>,
    plant: Summary,
    needs: String,
    sources: Vec<(SourceId, Link, String, u64)>,
}

#[derive(Default, PartialEq, Debug)]
struct Known {
    reading: Option<Reading>,
    freshness: Option<Freshness>,
    cadence: Cadence,
    settings: String,
}

impl Mirror {
    pub fn apply(&mut self, twin: &Twin, out: &Outputs) {
        let mut seen = BTreeSet::new();
        for change in &out.changes {
            assert!(seen.insert(*change), "{change:?} told twice");
            self.look(twin, *change);
        }
    }

    pub fn take_all(&mut self, twin: &Twin) {
        for change in everything(twin) {
            self.look(twin, change);
        }
    }

    fn look(&mut self, twin: &Twin, change: Change) {
        match change {
            Change::Reading(point) => self.point(point).reading = twin.reading(point).cloned(),
            Change::Freshness(point) => self.point(point).freshness = Some(twin.freshness(point)),
            Change::Cadence(point) => self.point(point).cadence = twin.cadence(point),
            Change::Settings(point) => self.point(point).settings = settings(twin, point),
            Change::Summary(asset) => {
                self.summaries.insert(asset, twin.summary(asset));
                self.summaries.retain(|_, summary| *summary != Summary::default());
            }
            Change::PlantSummary => self.plant = twin.plant_summary(),
            Change::Structure(None) => self.roots = (twin.roots().to_vec(), names(twin, twin.roots())),
            Change::Structure(Some(asset)) => {
                let children = twin.children(asset);
                let known = (
                    children.to_vec(),
                    twin.points_of(asset).to_vec(),
                    names(twin, children),
                );
                self.assets.insert(asset, known);
                self.assets
                    .retain(|_, (children, points, _)| !children.is_empty() || !points.is_empty());
            }
            Change::Needs => self.needs = format!("{:?}", twin.needs(usize::MAX)),
            Change::Sources => self.sources = sources(twin),
        }
    }

    fn point(&mut self, point: PointId) -> &mut Known {
        self.points.entry(point).or_default()
    }

    /// It knows what is.
    #[track_caller]
    pub fn check(&self, twin: &Twin, input: &Input) {
        let mut all = Self::default();
        all.take_all(twin);
        assert_eq!(self.points, all.points, "after {input:?}");
        assert_eq!(self.assets, all.assets, "after {input:?}");
        assert_eq!(*self, all, "after {input:?}");
        let (counts, plant) = twin.recounted(twin.now());
        assert_eq!(twin.plant_summary(), plant, "after {input:?}");
        for (asset, expect) in counts {
            assert_eq!(twin.summary(asset), expect, "asset {asset} after {input:?}");
        }
        let told = plant.live + plant.late + plant.stale + plant.offline;
        assert!(
            told <= plant.points && told + plant.bad >= plant.points,
            "{plant:?} after {input:?}"
        );
        assert!(twin.silence_is_right(), "after {input:?}");
    }
}

fn everything(twin: &Twin) -> Vec<Change> {
    let mut all = vec![
        Change::Structure(None),
        Change::PlantSummary,
        Change::Needs,
        Change::Sources,
    ];
    for asset in twin.assets() {
        all.extend([Change::Summary(asset.id), Change::Structure(Some(asset.id))]);
    }
    for point in twin.points() {
        let id = point.id;
        all.extend([
            Change::Reading(id),
            Change::Freshness(id),
            Change::Cadence(id),
            Change::Settings(id),
        ]);
    }
    all
}

fn settings(twin: &Twin, point: PointId) -> String {
    let known = twin.point(point).expect("known");
    let (name, unit, digits) = (&known.name, &known.unit, known.decimals);
    format!(
        "{name} {unit:?} {digits} {:?} {:?} {:?}",
        known.limits(),
        known.normal(),
        known.range()
    )
}

fn names(twin: &Twin, assets: &[AssetId]) -> Vec<String> {
    assets
        .iter()
        .filter_map(|asset| Some(twin.asset(*asset)?.name.to_string()))
        .collect()
}

fn sources(twin: &Twin) -> Vec<(SourceId, Link, String, u64)> {
    let of = |source: &twin::Source| {
        (
            source.id,
            source.link,
            source.name.to_string(),
            source.refused_points,
        )
    };
    twin.sources().iter().map(of).collect()
}
