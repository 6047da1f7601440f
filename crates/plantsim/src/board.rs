//! Where physics writes true values, and sensors read them; and the builder that lays it out.

use std::collections::BTreeMap;

use crate::outlet::{Gateway, Outlet, Outlets};
use crate::payload::Shape;
use crate::rng::{Rng, hash};
use crate::tag::{AssetSpec, Cadence, Decl, TagId, TagSpec};

/// The true value of a tag.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Cell {
    Number(f64),
    Flag(bool),
    Word(&'static str),
    Text(String),
}

/// What is wrong with a sensor.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) enum Defect {
    #[default]
    None,
    /// Reads this much too high.
    Offset(f64),
    /// Repeats one value.
    Frozen(f64),
    /// Says nothing.
    Silent,
}

/// A tag's sensor: the truth with noise, or with a defect.
#[derive(Clone, Debug)]
struct Sensor {
    rng: Rng,
    noise: f64,
    decimals: u8,
    /// It cannot read less than this.
    floor: f64,
    defect: Defect,
}

/// All true values and their sensors.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    cells: Vec<Cell>,
    /// Counts changes of words, flags and texts.
    versions: Vec<u32>,
    sensors: Vec<Sensor>,
    /// How many seconds the plant lives in a second of the wall.
    pace: f64,
    /// By tag: how far its counter went, and how much of that nobody is told.
    totals: BTreeMap<usize, (f64, f64)>,
    /// By tag: what its counter is ahead of the plant's own count, or behind it, until that begins anew.
    ahead: BTreeMap<usize, f64>,
}

/// A measured value, ready to be sent.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Measured<'a> {
    Number(f64, u8),
    Flag(bool),
    Text(&'a str),
}

impl Board {
    /// From now on the plant lives so many times faster than the wall.
    pub(crate) fn set_pace(&mut self, pace: u32) {
        self.pace = f64::from(pace.max(1));
    }

    /// What a counter shows that went this far in the plant's own time: messages carry the wall's time,
    /// so it goes on as fast as the rates say that are sent beside it.
    pub(crate) fn total(&mut self, id: TagId, value: f64) -> f64 {
        let (before, untold) = self.totals.get(&id.index()).copied().unwrap_or((value, 0.0));
        let untold = if value < before {
            self.ahead.remove(&id.index());
            value * (1.0 - 1.0 / self.pace)
        } else {
            untold + (value - before) * (1.0 - 1.0 / self.pace)
        };
        self.totals.insert(id.index(), (value, untold));
        value - untold + self.ahead.get(&id.index()).copied().unwrap_or_default()
    }

    /// The tags that are counters.
    pub(crate) fn counters(&self) -> impl Iterator<Item = usize> {
        self.totals.keys().copied()
    }

    /// A counter that showed this goes on from there.
    pub(crate) fn go_on_from(&mut self, counter: usize, shown: f64) {
        // What is shown may be cut to a whole number: not below it.
        const TRIFLE: f64 = 1e-6;
        let Some((value, untold)) = self.totals.get(&counter) else {
            return;
        };
        let ahead = shown + TRIFLE - (value - untold);
        if ahead.is_finite() {
            self.ahead.insert(counter, ahead);
        }
    }

    /// Writes a number.
    pub(crate) fn num(&mut self, id: TagId, value: f64) {
        if let Some(cell) = self.cells.get_mut(id.index()) {
            *cell = Cell::Number(if value.is_finite() { value } else { 0.0 });
        }
    }

    /// Writes a switch.
    pub(crate) fn flag(&mut self, id: TagId, on: bool) {
        self.put(id, Cell::Flag(on));
    }

    /// Writes a word out of a fixed vocabulary.
    pub(crate) fn word(&mut self, id: TagId, word: &'static str) {
        self.put(id, Cell::Word(word));
    }

    /// Writes a text.
    pub(crate) fn text(&mut self, id: TagId, text: &str) {
        if !matches!(self.cells.get(id.index()), Some(Cell::Text(old)) if old == text) {
            self.put(id, Cell::Text(text.to_owned()));
        }
    }

    fn put(&mut self, id: TagId, new: Cell) {
        if let (Some(cell), Some(version)) =
            (self.cells.get_mut(id.index()), self.versions.get_mut(id.index()))
            && *cell != new
        {
            *cell = new;
            *version = version.wrapping_add(1);
        }
    }

    /// The true number of a tag, 0 where it is none.
    pub(crate) fn number(&self, id: TagId) -> f64 {
        match self.cells.get(id.index()) {
            Some(Cell::Number(value)) => *value,
            _ => 0.0,
        }
    }

    /// Changes when a word, flag or text does.
    pub(crate) fn version(&self, id: TagId) -> u32 {
        self.versions.get(id.index()).copied().unwrap_or(0)
    }

    /// Breaks or mends a sensor.
    pub(crate) fn set_defect(&mut self, id: TagId, defect: Defect) {
        if let Some(sensor) = self.sensors.get_mut(id.index()) {
            sensor.defect = defect;
        }
    }

    /// What the sensor says now; none when it is silent.
    pub(crate) fn measure(&mut self, id: TagId) -> Option<Measured<'_>> {
        let sensor = self.sensors.get_mut(id.index())?;
        let noise = if sensor.noise > 0.0 {
            sensor.rng.bell() * sensor.noise
        } else {
            0.0
        };
        // Transmitters cut off near nothing: what stands still reads exactly nothing.
        let read = |value: f64| {
            if value == 0.0 {
                0.0
            } else {
                (value + noise).max(sensor.floor)
            }
        };
        Some(match (self.cells.get(id.index())?, &sensor.defect) {
            (_, Defect::Silent) => return None,
            (Cell::Number(_), Defect::Frozen(value)) => Measured::Number(*value, sensor.decimals),
            (Cell::Number(value), Defect::Offset(offset)) => {
                Measured::Number(read(*value) + offset, sensor.decimals)
            }
            (Cell::Number(value), Defect::None) => Measured::Number(read(*value), sensor.decimals),
            (Cell::Flag(on), _) => Measured::Flag(*on),
            (Cell::Word(word), _) => Measured::Text(word),
            (Cell::Text(text), _) => Measured::Text(text),
        })
    }
}

/// How an asset's values leave the plant.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub gateway: Gateway,
    pub shape: Shape,
    /// Usual period in seconds.
    pub period: u32,
    pub qos: u8,
    /// For a gateway that names devices in its payload: its one topic.
    pub hub: &'static str,
}

/// Lays out assets, tags and outlets.
pub(crate) struct Builder {
    seed: u64,
    pub(crate) assets: Vec<AssetSpec>,
    pub(crate) specs: Vec<TagSpec>,
    routes: Vec<(Route, u32)>,
    sensors: Vec<Sensor>,
    route: Route,
    asset: String,
}

impl Builder {
    pub(crate) fn new(seed: u64, route: Route) -> Self {
        Self {
            seed,
            assets: Vec::new(),
            specs: Vec::new(),
            routes: Vec::new(),
            sensors: Vec::new(),
            route,
            asset: String::new(),
        }
    }

    /// What follows leaves by this route.
    pub(crate) fn route(&mut self, route: Route) {
        self.route = route;
    }

    /// A stream of dice for one piece of equipment.
    pub(crate) fn dice(&self, name: &str) -> Rng {
        Rng::new(self.seed, hash(name))
    }

    /// Tags declared from here on belong to this asset.
    pub(crate) fn asset(&mut self, path: &str, name: &str) {
        if !self.assets.iter().any(|asset| asset.path == path) {
            self.assets.push(AssetSpec {
                path: path.to_owned(),
                name: name.to_owned(),
            });
        }
        path.clone_into(&mut self.asset);
    }

    /// Registers a tag of the current asset.
    pub(crate) fn tag(&mut self, point: &str, decl: Decl) -> TagId {
        let decl = decl.rounded();
        let route = self.route.clone();
        let (topic, field) = route.shape.address(route.hub, &self.asset, point);
        let period = match decl.cadence {
            Cadence::Usual => Some(route.period),
            Cadence::Every(secs) => Some(secs),
            // A message of many values carries its words along.
            Cadence::OnChange if route.shape.is_grouped() => Some(route.period),
            Cadence::OnChange => None,
        };
        let id = TagId(u32::try_from(self.specs.len()).unwrap_or(u32::MAX));
        self.specs.push(TagSpec {
            topic,
            field,
            asset: self.asset.clone(),
            point: point.to_owned(),
            name: decl.name.to_owned(),
            unit: (!decl.unit.is_empty()).then(|| decl.unit.to_owned()),
            normal: decl.normal,
            limits: decl.limits,
            range: decl.range,
            period_millis: period.map(|secs| u64::from(secs) * 1_000),
            decimals: decl.decimals,
            is_state: decl.is_state,
            retained: period.is_none(),
            noise: decl.noise,
        });
        self.routes.push((route, period.unwrap_or(0)));
        self.sensors.push(Sensor {
            rng: Rng::new(self.seed, hash(&format!("{}/{point}", self.asset))),
            noise: decl.noise,
            decimals: decl.decimals,
            floor: decl.range.map_or(f64::MIN, |(low, _)| low),
            defect: Defect::None,
        });
        id
    }

    /// The tag of an asset by its key.
    pub(crate) fn find(&self, asset: &str, point: &str) -> Option<TagId> {
        let at = self
            .specs
            .iter()
            .position(|spec| spec.asset == asset && spec.point == point)?;
        u32::try_from(at).ok().map(TagId)
    }

    /// All tags of an asset and of those below it.
    pub(crate) fn below(&self, asset: &str) -> Vec<TagId> {
        let inside = |path: &str| {
            path.strip_prefix(asset)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        (0u32..)
            .zip(&self.specs)
            .filter(|(_, spec)| inside(&spec.asset))
            .map(|(at, _)| TagId(at))
            .collect()
    }

    /// The board, all zero, and the outlets that read it; `start` is when the first messages are due.
    pub(crate) fn finish(&mut self, start: i64) -> (Board, Outlets) {
        let count = self.specs.len();
        let mut outlets: Vec<Outlet> = Vec::new();
        let mut place = 0;
        let mut asset = "";
        for (at, (spec, (route, period))) in self.specs.iter().zip(&self.routes).enumerate() {
            let id = TagId(u32::try_from(at).unwrap_or(u32::MAX));
            let together = route.shape.is_grouped();
            place = if asset == spec.asset { place + 1 } else { 0 };
            asset = &spec.asset;
            let same = outlets
                .iter_mut()
                .find(|outlet| together && outlet.topic == spec.topic && outlet.period_secs == *period);
            if let Some(outlet) = same {
                outlet.push(id, spec);
            } else {
                let mut outlet = Outlet::new(route, &spec.topic, asset, place, *period, start);
                outlet.push(id, spec);
                outlets.push(outlet);
            }
        }
        let board = Board {
            cells: vec![Cell::Number(0.0); count],
            versions: vec![0; count],
            sensors: std::mem::take(&mut self.sensors),
            pace: 1.0,
            totals: BTreeMap::new(),
            ahead: BTreeMap::new(),
        };
        (board, Outlets::new(outlets, &self.dice("outlets")))
    }
}
