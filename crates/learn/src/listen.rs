//! Listening: the discovered twin is looked at again and again, and what its tags did is kept.

use std::collections::BTreeMap;

use twin::{Flags, Freshness, Point, PointId, Twin, UnitOrigin};

use crate::heard::{Seen, Tag};

/// Points that are looked at.
pub const MAX_POINTS: usize = 100_000;
/// Points looked at with one hold of the twin.
const SLICE: usize = 2_000;

/// What is heard while listening.
#[derive(Clone, Debug, Default)]
pub struct Listening {
    seen: BTreeMap<PointId, Seen>,
    /// Readings a point had when listening began.
    before: BTreeMap<PointId, u64>,
    next: usize,
}

impl Listening {
    /// Looks at the next slice of the points; whether all were looked at.
    pub fn look(&mut self, twin: &Twin) -> bool {
        let mut looked = 0;
        for point in twin.points().skip(self.next).take(SLICE) {
            looked += 1;
            let is_beyond = self.seen.len() >= MAX_POINTS && !self.seen.contains_key(&point.id);
            if is_beyond || twin.is_ignored(point.id) {
                continue;
            }
            let readings = twin.counts(point.id).readings;
            self.before.entry(point.id).or_insert(readings);
            let seen = self.seen.entry(point.id).or_default();
            seen.readings = readings;
            if let Some(value) = twin.reading(point.id).and_then(|reading| reading.value.as_ref()) {
                seen.look(value);
            }
        }
        self.next += looked;
        let is_done = looked < SLICE;
        if is_done {
            self.next = 0;
        }
        is_done
    }

    /// Tags that were looked at, and those of them that spoke meanwhile.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let spoke = |(point, seen): (&PointId, &Seen)| {
            self.before
                .get(point)
                .is_none_or(|before| seen.readings > *before)
        };
        (
            self.seen.len(),
            self.seen.iter().filter(|one| spoke(*one)).count(),
        )
    }

    /// Every tag heard so far; `secs` is how long was listened.
    #[must_use]
    pub fn tags(&self, twin: &Twin, secs: u32) -> Vec<Tag> {
        let tag = |(id, seen): (&PointId, &Seen)| {
            let point = twin.point(*id)?;
            // The model's own points are nobody's tags.
            if point.is_models_own() || seen.last.is_none() || twin.is_ignored(*id) {
                return None;
            }
            Some(Tag {
                interval_secs: self.interval(twin, *id, seen, secs),
                ..tag_of(twin, point, seen)
            })
        };
        let mut tags: Vec<Tag> = self.seen.iter().filter_map(tag).collect();
        leave_out_source(twin, &mut tags);
        tags
    }

    /// What the twin learned; before it did, what was counted while listening.
    fn interval(&self, twin: &Twin, id: PointId, seen: &Seen, secs: u32) -> Option<u32> {
        if let Some(span) = twin.cadence(id).interval() {
            let secs = (span.micros() as f64 / 1e6).ceil().max(1.0);
            return (secs < 1e6).then_some(secs as u32);
        }
        let heard = seen.readings.saturating_sub(*self.before.get(&id)?);
        let every = f64::from(secs) / heard as f64;
        (heard >= 3).then_some(every.ceil().max(1.0) as u32)
    }
}

/// The topics of a second source stand below a level with its name. Where nothing else was heard, that
/// level is no place of the plant.
fn leave_out_source(twin: &Twin, tags: &mut [Tag]) {
    let source = |tag: &Tag| twin.point(PointId::new(tag.point)).map(|point| point.source);
    let Some(only) = tags.first().and_then(source) else {
        return;
    };
    let Some(name) = twin.source(only).map(|source| source.name.clone()) else {
        return;
    };
    let has_level = |tag: &Tag| {
        let first = tag.levels.first().is_some_and(|level| **level == *name);
        source(tag) == Some(only) && first && !tag.topic.split('/').any(|level| *level == *name)
    };
    if tags.iter().all(has_level) {
        for tag in tags {
            tag.levels.remove(0);
        }
    }
}

fn tag_of(twin: &Twin, point: &Point, seen: &Seen) -> Tag {
    let mut levels: Vec<Box<str>> = twin
        .trail(point.asset)
        .into_iter()
        .filter_map(|asset| twin.asset(asset).map(|asset| asset.level.clone()))
        .collect();
    levels.retain(|level| !level.is_empty());
    let field = match &point.leaf_asset {
        Some(inside) => format!("{}.{}", inside.replace('/', "."), point.field).into(),
        None => point.field.clone(),
    };
    Tag {
        point: point.id.get(),
        topic: point.topic.clone(),
        field,
        levels,
        name: point.tag().into(),
        label: point.name.clone(),
        unit: point.unit.as_ref().map(|unit| Box::from(&*unit.symbol)),
        is_unit_stated: point
            .unit
            .as_ref()
            .is_some_and(|unit| unit.origin != UnitOrigin::Guessed),
        interval_secs: None,
        silent_secs: twin
            .reading(point.id)
            .map_or(0, |reading| twin.now().since(reading.arrival).millis() / 1_000)
            .try_into()
            .unwrap_or(0),
        is_retained: twin.freshness(point.id) == Freshness::AgeUnknown
            || twin
                .reading(point.id)
                .is_some_and(|reading| reading.flags.has(Flags::RETAINED)),
        seen: seen.clone(),
    }
}
