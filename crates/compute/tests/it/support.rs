//! A plant from a model's text, readings in, values out.

use std::collections::BTreeMap;
use std::sync::Arc;

use compute::{Compute, Computed, Problem, Taken};
use formula::NoZones;
use model::{File, check_files};
use twin::{Quality, Span, Timestamp, Value};

/// Noon of a day, on a full hour.
pub const START: Timestamp = Timestamp::from_millis(1_790_000_400_000 - 1_790_000_400_000 % 3_600_000);

pub struct Plant {
    pub compute: Compute,
    pub problems: Vec<Problem>,
    pub now: Timestamp,
    /// What came of the last step, by asset and property; of a metric's windows the last one.
    pub told: BTreeMap<String, Computed>,
    /// Every window's value of the last step.
    pub all: Vec<(String, Computed)>,
}

impl Plant {
    #[track_caller]
    pub fn new(text: &str) -> Self {
        Self::at(text, START)
    }

    #[track_caller]
    pub fn at(text: &str, now: Timestamp) -> Self {
        let checked = check_files(&[File { path: "m.toml", text }], &NoZones);
        assert!(checked.is_ok(), "{}", checked.render());
        let (compute, problems) = Compute::new(&checked.model, &checked.resolved, now, Arc::new(NoZones));
        Self {
            compute,
            problems,
            now,
            told: BTreeMap::new(),
            all: Vec::new(),
        }
    }

    /// A reading, good and fresh.
    #[track_caller]
    pub fn put(&mut self, point: &str, value: impl Into<Given>) {
        self.take(point, value.into().0, Quality::Good, true);
    }

    /// The last reading is no longer fresh.
    #[track_caller]
    pub fn lose(&mut self, point: &str) {
        self.take(point, Some(Value::Number(0.0)), Quality::Good, false);
    }

    #[track_caller]
    pub fn take(&mut self, point: &str, value: Option<Value>, quality: Quality, fresh: bool) {
        let (asset, property) = point.split_once('/').unwrap();
        let leaf = self.compute.leaf(asset, property).expect(point);
        let time = self.now;
        self.compute.take(
            leaf,
            Taken {
                value,
                quality,
                time,
                fresh,
                measured: fresh,
            },
        );
    }

    /// Computes, and keeps what was told.
    pub fn settle(&mut self) {
        let names: BTreeMap<_, _> = self
            .compute
            .outputs()
            .map(|(id, asset, path)| (id, format!("{asset}/{path}")))
            .collect();
        let computed = self.compute.settle(self.now);
        self.all = computed
            .into_iter()
            .map(|computed| (names[&computed.output].clone(), computed))
            .collect();
        self.told = self.all.iter().cloned().collect();
    }

    pub fn pass(&mut self, secs: i64) {
        self.now = self.now + Span::from_secs(secs);
    }

    /// Value, quality mark (`~` for uncertain), coverage of a computed property: `12 3/3`.
    #[track_caller]
    pub fn shown(&self, point: &str) -> String {
        let (asset, property) = point.split_once('/').unwrap();
        let output = self.compute.output(asset, property).expect(point);
        let coverage = self.compute.coverage(output);
        let latest = self.compute.latest(output);
        let value = latest.as_ref().and_then(|latest| latest.value.clone());
        let mark = match latest.map(|latest| latest.quality) {
            Some(Quality::Uncertain) => "~",
            _ => "",
        };
        format!("{mark}{} {}/{}", written(value), coverage.fresh, coverage.all)
    }

    /// Why a computed property has no value.
    #[track_caller]
    pub fn why(&self, point: &str) -> Option<compute::Why> {
        let (asset, property) = point.split_once('/').unwrap();
        self.compute.explain(asset, property).expect(point).why
    }

    /// Missing inputs: `p-1/flow NeverSeen`.
    pub fn missing(&self, point: &str) -> Vec<String> {
        let (asset, property) = point.split_once('/').unwrap();
        let output = self.compute.output(asset, property).unwrap();
        let missing = self.compute.missing(output, 20);
        let line =
            |missing: &compute::Missing| format!("{}/{} {:?}", missing.asset, missing.property, missing.why);
        missing.iter().map(line).collect()
    }
}

pub fn written(value: Option<Value>) -> String {
    match value {
        None => "no output".to_owned(),
        Some(Value::Number(number)) => formula::shortest(number),
        Some(Value::Bool(on)) => on.to_string(),
        Some(Value::Text(text)) => text.to_string(),
    }
}

/// A value of a test.
pub struct Given(pub Option<Value>);

impl From<f64> for Given {
    fn from(number: f64) -> Self {
        Self(Some(Value::Number(number)))
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self(Some(Value::Text(Arc::from(text))))
    }
}

impl From<bool> for Given {
    fn from(on: bool) -> Self {
        Self(Some(Value::Bool(on)))
    }
}
