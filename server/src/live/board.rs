//! What the hub knows: the present of what is watched, the views, and where all of it stands. Pure.
//!
//! Its revision is the twin's, or ahead of it where something changed that the twin does not have (the
//! freshness bar). Pages are drawn at this revision, not the twin's: at the twin's, a page would be told of
//! the same structure each time it asked again.

use std::time::{Duration, Instant};

use access::Sight;
use twin::{AssetId, Change, PointId, Twin};
use wire::message::{ErrorCode, Position, Selector, ServerMessage};
use wire::page::PlantStatus;
use wire::view::Coverage;

use super::HubConfig;
use super::values::{Seen, Values};
use super::views::{Due, Key, Subscriber, Views};

/// The freshness bar travels at most this often.
const PLANT_WINDOW: Duration = Duration::from_millis(250);
/// Word that something of the plant's structure or needs changed travels at most this often.
const STRUCTURE_WINDOW: Duration = Duration::from_secs(1);

/// Why something cannot be watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub code: ErrorCode,
    pub message: &'static str,
}

/// See the module.
#[derive(Debug)]
pub struct Board {
    config: HubConfig,
    revision: u64,
    values: Values,
    views: Views,
    /// Points and assets in the tables of all views together.
    covered: usize,
    /// Views of the freshness bar.
    plant_views: Vec<u32>,
    /// When the plant's structure last changed, and when its views were told.
    structure: u64,
    structure_told: Option<Instant>,
    structure_waits: bool,
    /// The wall clock, and when it was read.
    wall: (i64, Instant),
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(config: HubConfig, wall_millis: i64, now: Instant) -> Self {
        Self {
            config,
            revision: 0,
            values: Values::default(),
            views: Views::default(),
            covered: 0,
            plant_views: Vec::new(),
            structure: 0,
            structure_told: None,
            structure_waits: false,
            wall: (wall_millis, now),
        }
    }

    /// Where it stands.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position {
            epoch: self.config.epoch,
            revision: self.revision,
        }
    }

    /// How many views there are.
    #[must_use]
    pub fn view_count(&self) -> usize {
        self.views.count()
    }

    /// How many points and assets somebody watches.
    #[must_use]
    pub fn watched(&self) -> usize {
        self.values.watched()
    }

    /// Takes in what one input changed. Gives how many views have something new to say that were clean before.
    pub fn publish(&mut self, twin: &Twin, now: Instant, changes: &[Change]) -> usize {
        self.revision = twin.revision().max(self.revision + 1);
        changes.iter().map(|change| self.take(twin, now, *change)).sum()
    }

    /// What time it is by the wall: said with every frame.
    pub const fn set_wall(&mut self, wall_millis: i64, now: Instant) {
        self.wall = (wall_millis, now);
    }

    /// Takes in the freshness bar.
    pub fn publish_plant(&mut self, twin: &Twin, status: PlantStatus, now: Instant) -> usize {
        let changed = self.values.plants.publish(twin, status, self.revision + 1);
        if changed.is_empty() {
            return 0;
        }
        self.revision += 1;
        let sees = |view: &&u32| {
            self.views
                .sight(**view)
                .is_some_and(|sight| changed.contains(sight))
        };
        let views: Vec<u32> = self.plant_views.iter().filter(sees).copied().collect();
        let mark = |view| usize::from(self.views.mark(view, now, wire::view::View::mark_plant));
        views.into_iter().map(mark).sum()
    }

    fn take(&mut self, twin: &Twin, now: Instant, change: Change) -> usize {
        let (views, revision) = (&mut self.views, self.revision);
        match change {
            Change::Reading(point) | Change::Freshness(point) => {
                let Some(slot) = self.values.reading_changed(twin, point, revision) else {
                    return 0;
                };
                let marked =
                    |(view, index): &(u32, u32)| views.mark(*view, now, |view| view.mark_reading(*index));
                slot.watchers.iter().map(marked).map(usize::from).sum()
            }
            Change::Cadence(point) => {
                let Some(slot) = self.values.cadence_changed(twin, point, revision) else {
                    return 0;
                };
                let marked =
                    |(view, index): &(u32, u32)| views.mark(*view, now, |view| view.mark_cadence(*index));
                slot.watchers.iter().map(marked).map(usize::from).sum()
            }
            Change::Summary(asset) => {
                let Some(slot) = self.values.summary_changed(twin, asset, revision) else {
                    return 0;
                };
                let marked =
                    |(view, index): &(u32, u32)| views.mark(*view, now, |view| view.mark_summary(*index));
                slot.watchers.iter().map(marked).map(usize::from).sum()
            }
            Change::Structure(asset) => {
                let below = asset.map_or(0, |asset| self.take_structure(twin, now, asset));
                below + self.plant_structure_changed(now)
            }
            Change::Settings(point) => {
                let shown = self.values.watchers(point).iter();
                let marked =
                    shown.map(|(view, _)| views.mark(*view, now, |view| view.mark_structure(revision)));
                let marked: usize = marked.map(usize::from).sum();
                let asset = twin.point(point).map(|point| point.asset);
                marked
                    + asset.map_or(0, |asset| self.take_structure(twin, now, asset))
                    + self.plant_structure_changed(now)
            }
            Change::Needs => self.plant_structure_changed(now),
            // Both come with the plant's status.
            Change::PlantSummary | Change::Sources => 0,
        }
    }

    /// Children or points joined at an asset: views of its points take the new ones in.
    fn take_structure(&mut self, twin: &Twin, now: Instant, asset: AssetId) -> usize {
        let Some(slot) = self.values.structure_changed(asset, self.revision) else {
            return 0;
        };
        let watching: Vec<u32> = slot.watchers.iter().map(|(view, _)| *view).collect();
        let mut marked = 0;
        for number in watching {
            let covers_points = matches!(self.views.selector(number), Some(Selector::Asset { .. }));
            let points = if covers_points { twin.points_of(asset) } else { &[] };
            for &point in points {
                if self
                    .values
                    .watchers(point)
                    .iter()
                    .any(|(view, _)| *view == number)
                {
                    continue;
                }
                let (values, mut index) = (&mut self.values, 0);
                marked += usize::from(
                    self.views
                        .mark(number, now, |view| index = view.join(point.get())),
                );
                values.watch_point(twin, point, number, index);
                self.covered += 1;
            }
            let revision = self.revision;
            marked += usize::from(self.views.mark(number, now, |view| view.mark_structure(revision)));
        }
        marked
    }

    fn plant_structure_changed(&mut self, now: Instant) -> usize {
        self.structure = self.revision;
        self.structure_waits = true;
        self.tell_structure(now)
    }

    /// Tells views of the plant that its structure changed, when they were not told a moment ago.
    fn tell_structure(&mut self, now: Instant) -> usize {
        if !self.structure_waits || self.structure_due().is_some_and(|due| due > now) {
            // Whoever drains waits until then.
            return usize::from(self.structure_waits && !self.plant_views.is_empty());
        }
        self.structure_waits = false;
        self.structure_told = Some(now);
        let structure = self.structure;
        self.mark_plant(now, |view| view.mark_structure(structure))
    }

    fn structure_due(&self) -> Option<Instant> {
        self.structure_told.map(|told| told + STRUCTURE_WINDOW)
    }

    fn mark_plant(&mut self, now: Instant, mark: impl Fn(&mut wire::view::View)) -> usize {
        self.plant_views
            .iter()
            .map(|view| usize::from(self.views.mark(*view, now, &mark)))
            .sum()
    }

    /// Drains what is due, at most so many views, and says when the next is.
    pub fn drain(&mut self, now: Instant, most: usize) -> (Vec<Due>, Option<Instant>) {
        if !self.plant_views.is_empty() {
            self.tell_structure(now);
        }
        let due = self
            .views
            .drain(now, most, self.revision, self.wall_millis(now), &self.values);
        let structure_due = if self.structure_waits && !self.plant_views.is_empty() {
            self.structure_due()
        } else {
            None
        };
        let next = [self.views.next_due(), structure_due].into_iter().flatten().min();
        (due, next)
    }

    /// A subscription: gives the view's number and the first answer.
    ///
    /// # Errors
    /// When what it asks for is not there, or there are too many views.
    pub fn watch(
        &mut self,
        twin: &Twin,
        now: Instant,
        subscriber: Subscriber,
        (selector, sight): (Selector, &Sight),
        max_hz: Option<u8>,
        since: Option<Position>,
    ) -> Result<(u32, ServerMessage), Refusal> {
        let sub = subscriber.sub;
        // Who may see an asset sees the same of it as everybody; of the plant each sees their own part.
        let sight = if selector == Selector::Plant {
            sight.clone()
        } else {
            Sight::Whole
        };
        let key = Key {
            selector,
            max_hz,
            sight,
        };
        let number = match self.views.find(&key) {
            Some(number) => number,
            None => self.add(twin, key)?,
        };
        self.views.subscribe(number, subscriber);
        let (Some(view), Some(sight)) = (self.views.get(number), self.views.sight(number)) else {
            return Err(too_many());
        };
        let values = Seen {
            values: &self.values,
            sight,
        };
        let Position { epoch, revision } = self.position();
        let server_millis = self.wall_millis(now);
        let since = since.filter(|since| since.epoch == epoch && since.revision <= revision);
        let answer = match since {
            Some(Position { revision: from, .. }) => ServerMessage::Resumed {
                sub,
                view: number,
                epoch,
                from,
                revision,
                server_millis,
                points: view.coverage().points.clone(),
                summaries: view.coverage().assets.clone(),
                delta: view.resume(from, &values, &values),
            },
            None => {
                let state = view.snapshot(&values);
                ServerMessage::Snapshot {
                    sub,
                    view: number,
                    epoch,
                    revision,
                    server_millis,
                    state,
                }
            }
        };
        Ok((number, answer))
    }

    fn add(&mut self, twin: &Twin, key: Key) -> Result<u32, Refusal> {
        if self.views.count() >= self.config.views {
            return Err(too_many());
        }
        let coverage = self.coverage(twin, &key.selector)?;
        let size = coverage.points.len() + coverage.assets.len();
        if self.covered + size > self.config.covered {
            return Err(too_many());
        }
        self.covered += size;
        let asked = key
            .max_hz
            .map_or(Duration::ZERO, |hz| Duration::from_secs(1) / u32::from(hz.max(1)));
        let least = if coverage.plant {
            PLANT_WINDOW
        } else {
            self.config.window
        };
        let covered = coverage.clone();
        let number = self.views.add(key, asked.max(least), coverage, self.revision);
        for (index, point) in (0u32..).zip(&covered.points) {
            self.values.watch_point(twin, PointId::new(*point), number, index);
        }
        for (index, asset) in (0u32..).zip(&covered.assets) {
            self.values.watch_asset(twin, AssetId::new(*asset), number, index);
        }
        if covered.plant {
            self.plant_views.push(number);
            if let Some(sight) = self.views.sight(number) {
                self.values.plants.watch(twin, sight, self.revision);
            }
        }
        Ok(number)
    }

    fn coverage(&self, twin: &Twin, selector: &Selector) -> Result<Coverage, Refusal> {
        let unknown_asset = Refusal {
            code: ErrorCode::UnknownAsset,
            message: "there is no such asset",
        };
        let unknown_point = Refusal {
            code: ErrorCode::UnknownPoint,
            message: "there is no such point",
        };
        let mut coverage = Coverage::default();
        match selector {
            Selector::Points { points } => {
                for point in points {
                    let asset = twin.point(PointId::new(*point)).ok_or(unknown_point)?.asset;
                    coverage.structure = coverage.structure.max(self.values.structure(asset));
                }
                coverage.points.clone_from(points);
            }
            Selector::Asset { asset } => {
                let id = AssetId::new(*asset);
                twin.asset(id).ok_or(unknown_asset)?;
                coverage.points = twin.points_of(id).iter().map(|point| point.get()).collect();
                coverage.assets.push(*asset);
                coverage.structure = self.values.structure(id);
            }
            Selector::Summaries { assets } => {
                for asset in assets {
                    let id = AssetId::new(*asset);
                    twin.asset(id).ok_or(unknown_asset)?;
                    coverage.structure = coverage.structure.max(self.values.structure(id));
                }
                coverage.assets.clone_from(assets);
            }
            Selector::Plant => {
                coverage.plant = true;
                coverage.structure = self.structure;
            }
        }
        Ok(coverage)
    }

    /// A subscription ends, or lags.
    pub fn unwatch(&mut self, view: u32, outbox: u64, sub: u32) {
        let Some((key, covered)) = self.views.unsubscribe(view, outbox, sub) else {
            return;
        };
        self.covered -= covered.points.len() + covered.assets.len();
        for point in covered.points {
            self.values.unwatch_point(point, view);
        }
        for asset in covered.assets {
            self.values.unwatch_asset(asset, view);
        }
        self.plant_views.retain(|known| *known != view);
        if !self
            .plant_views
            .iter()
            .any(|other| self.views.sight(*other) == Some(&key.sight))
        {
            self.values.plants.unwatch(&key.sight);
        }
    }

    /// The wall clock as of the last input, gone on since.
    fn wall_millis(&self, now: Instant) -> i64 {
        let since = now.saturating_duration_since(self.wall.1).as_millis();
        self.wall
            .0
            .saturating_add(i64::try_from(since).unwrap_or(i64::MAX))
    }
}

const fn too_many() -> Refusal {
    Refusal {
        code: ErrorCode::TooMany,
        message: "too many different views are watched",
    }
}
