//! One tag, several properties: the first has the tag's point, each further one a point of its own
//! that hears what the tag says, with its own name, limits, interval and history.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Modelling, Place};
use crate::Twin;
use crate::id::PointId;
use crate::input::{Origin, PointRecord, Target};
use crate::live::Causes;
use crate::output::{Change, Outputs};
use crate::point::{PointSettings, further_mark};
use crate::time::Timestamp;
use crate::{Cadence, Flags};

/// A topic and the path in its payload.
type Tag = (Arc<str>, Box<str>);

/// Who has the tags of one topic, in the order of their paths: most topics have one, and a map would take
/// room for eleven.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(Box<str>, Place)>);

impl Fields {
    fn at(&self, field: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| (**own).cmp(field))
    }

    pub(super) fn get(&self, field: &str) -> Option<&Place> {
        let at = self.at(field).ok()?;
        self.0.get(at).map(|(_, place)| place)
    }

    fn insert(&mut self, field: Box<str>, place: Place) {
        match self.at(&field) {
            Ok(at) => {
                if let Some((_, own)) = self.0.get_mut(at) {
                    *own = place;
                }
            }
            Err(at) => {
                if self.0.is_empty() {
                    self.0.reserve_exact(1);
                }
                self.0.insert(at, (field, place));
            }
        }
    }

    pub(super) fn remove(&mut self, field: &str) {
        if let Ok(at) = self.at(field) {
            self.0.remove(at);
        }
    }
}

/// Tags that several properties have.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// Who wants a tag beside its first property, in the order of the model.
    further: BTreeMap<Tag, Vec<Place>>,
    /// By the point that hears a tag: those that hear it too.
    listeners: BTreeMap<PointId, Vec<PointId>>,
    /// The other way round.
    heard_by: BTreeMap<PointId, PointId>,
}

impl Shared {
    /// The point at a position among those that hear a tag too.
    pub(super) fn listener(&self, heard: PointId, at: usize) -> Option<PointId> {
        self.listeners.get(&heard)?.get(at).copied()
    }

    pub(super) fn want(&mut self, tag: Tag, place: Place) {
        let further = self.further.entry(tag).or_default();
        if !further.contains(&place) {
            further.push(place);
        }
    }

    pub(super) fn leave(&mut self, tag: &Tag, place: &Place) {
        if let Some(further) = self.further.get_mut(tag) {
            further.retain(|held| held != place);
            if further.is_empty() {
                self.further.remove(tag);
            }
        }
    }

    fn listen(&mut self, heard: PointId, own: PointId) {
        self.listeners.entry(heard).or_default().push(own);
        self.heard_by.insert(own, heard);
    }

    /// A point no longer hears a tag.
    pub(super) fn forget(&mut self, own: PointId) {
        let Some(heard) = self.heard_by.remove(&own) else {
            return;
        };
        if let Some(listeners) = self.listeners.get_mut(&heard) {
            listeners.retain(|point| *point != own);
            if listeners.is_empty() {
                self.listeners.remove(&heard);
            }
        }
    }
}

impl Modelling {
    /// A property wants a tag; whether it is the first to. Who had it before this model, and may not be
    /// named again, gives way.
    pub(super) fn claim(&mut self, topic: Arc<str>, field: Box<str>, place: &Place) -> bool {
        let of_topic = self.tags.entry(topic.clone()).or_default();
        let first = of_topic.get(&field).filter(|first| *first != place).cloned();
        let known = first.and_then(|first| Some((self.properties.get_mut(&first)?, first)));
        if let Some((known, first)) = known {
            let tag = (topic, field.clone());
            if known.generation == self.generation {
                self.shared.want(tag, place.clone());
                return false;
            }
            known.point = None;
            self.shared.want(tag, first);
        }
        of_topic.insert(field, place.clone());
        true
    }
}

/// Whose value it is that a mapping rule read.
pub(super) enum Whose {
    /// Of the point that heard it.
    Heard,
    /// Of a property that shares the tag.
    Own(PointId),
    /// Of none: the tag is another property's, and the model does not have what the rule names.
    Nobody,
}

impl Twin {
    /// Whose value a rule's is: of the heard point as long as no other property has that.
    pub(super) fn whose(
        &mut self,
        now: Timestamp,
        heard: PointId,
        target: &Target,
        out: &mut Outputs,
    ) -> Whose {
        let holder = self.point(heard).and_then(|point| {
            let property = point.property.clone()?;
            Some((point.asset, property))
        });
        let place = self
            .modelled(&target.asset)
            .map(|asset| (asset, target.property.clone()));
        if holder.is_some() && holder == place {
            return Whose::Heard;
        }
        let origin_of = |place: &Place| self.modelling.properties.get(place).map(|known| &known.origin);
        let by_tag = |place: &Place| matches!(origin_of(place), Some(Origin::Tag { .. }));
        let is_free = holder.is_none();
        let as_without = if is_free || holder.as_ref().is_some_and(by_tag) {
            Whose::Heard
        } else {
            Whose::Nobody
        };
        let known = place.and_then(|place| Some((self.modelling.properties.get(&place)?.point, place)));
        let Some((point, place)) = known else {
            return as_without;
        };
        match point {
            Some(own) if self.is_of_tag(own, heard) => Whose::Own(own),
            // Another tag, or a formula, has it.
            Some(_) if is_free => Whose::Heard,
            Some(_) => Whose::Nobody,
            None if is_free && self.further_point(heard, &place).is_none() => {
                self.bind(now, heard, &place, out);
                Whose::Heard
            }
            None => self
                .open(now, heard, &place, out)
                .map_or(Whose::Nobody, Whose::Own),
        }
    }

    /// Whether a point is a further one of a heard tag.
    fn is_of_tag(&self, own: PointId, heard: PointId) -> bool {
        let (Some(own), Some(heard)) = (self.point(own), self.point(heard)) else {
            return false;
        };
        own.is_further() && own.topic_number == heard.topic_number && *own.field == *heard.full_field()
    }

    /// The point that a property had beside a heard one, in this run or before.
    fn further_point(&self, heard: PointId, place: &Place) -> Option<PointId> {
        let point = self.point(heard)?;
        let key = &self.asset(place.0)?.modelled.as_ref()?.key;
        let mark = further_mark(key, &place.1);
        self.find_point(point.topic_number, &point.full_field(), Some(&mark))
    }

    /// A point of its own for a property that has the tag of another.
    fn open(&mut self, now: Timestamp, heard: PointId, place: &Place, out: &mut Outputs) -> Option<PointId> {
        let known = self.further_point(heard, place);
        let id = match known {
            Some(id) => id,
            None => self.new_further(heard, place, out)?,
        };
        let causes = self
            .live
            .get(heard.index())
            .map_or_else(Causes::default, |live| live.causes);
        if let Some(live) = self.live.get_mut(id.index()) {
            live.causes = match known {
                Some(_) if live.reading.is_some() => causes.with(Causes::RESTORED.with(Causes::SETTLING)),
                _ => causes,
            };
        }
        self.bind(now, id, place, out);
        self.check_limits(id);
        self.settle(now, id, out);
        self.schedule(now, id);
        Some(id)
    }

    fn new_further(&mut self, heard: PointId, place: &Place, out: &mut Outputs) -> Option<PointId> {
        if self.point_count - self.computed_count >= self.config.max_points {
            return None;
        }
        let key = self.asset(place.0)?.modelled.as_ref()?.key.clone();
        let point = self.point(heard)?;
        let stated = point.unit.as_ref();
        let stated = stated.filter(|unit| unit.origin == crate::UnitOrigin::Stated);
        let record = PointRecord {
            id: PointId::new(u32::try_from(self.points.len()).ok()?),
            asset: point.found_at,
            source: point.source,
            topic: point.topic.clone(),
            field: point.full_field().into(),
            leaf_asset: Some(further_mark(&key, &place.1).into()),
            unit: stated.map(|unit| unit.symbol.to_string().into()),
            is_ignored: false,
            settings: PointSettings::default(),
            cadence: Cadence::Learning,
            reading: None,
        };
        let id = record.id;
        out.new_points.push(record.clone());
        out.changes.extend([Change::Settings(id), Change::Cadence(id)]);
        self.add_point(record);
        Some(id)
    }

    /// Lets every property hear the tag it shares; once a model is whole.
    pub(super) fn share(&mut self, now: Timestamp, out: &mut Outputs) {
        let tags: Vec<Tag> = self.modelling.shared.further.keys().cloned().collect();
        for tag in tags {
            self.share_tag(now, &tag, out);
        }
    }

    /// A tag was heard for the first time, and its first property has it.
    pub(super) fn share_heard(&mut self, now: Timestamp, heard: PointId, out: &mut Outputs) {
        if self.modelling.shared.further.is_empty() {
            return;
        }
        let tag = self
            .point(heard)
            .map(|point| (point.topic.clone(), Box::from(&*point.full_field())));
        if let Some(tag) = tag {
            self.share_tag(now, &tag, out);
        }
    }

    fn share_tag(&mut self, now: Timestamp, tag: &Tag, out: &mut Outputs) {
        let first = self.first_of(tag);
        let Some(first) = first.or_else(|| self.promote(now, tag, out)) else {
            return;
        };
        let heard = self
            .modelling
            .properties
            .get(&first)
            .and_then(|first| first.point);
        let (Some(heard), Some(further)) = (heard, self.modelling.shared.further.get(tag).cloned()) else {
            return;
        };
        for place in further {
            let known = self.modelling.properties.get(&place);
            if known.is_none_or(|known| known.point.is_some()) {
                continue;
            }
            let Some(own) = self.open(now, heard, &place, out) else {
                continue;
            };
            self.modelling.shared.listen(heard, own);
            self.take_last(now, heard, own, out);
        }
    }

    fn first_of(&self, tag: &Tag) -> Option<Place> {
        self.modelling.tags.get(&tag.0)?.get(&tag.1).cloned()
    }

    /// The model no longer names the first property of a tag: the next one takes over its point, whose
    /// history is the tag's.
    fn promote(&mut self, now: Timestamp, tag: &Tag, out: &mut Outputs) -> Option<Place> {
        let next = self.modelling.shared.further.get(tag)?.first()?.clone();
        self.give_up(now, &next, out);
        let of_topic = self.modelling.tags.entry(tag.0.clone()).or_default();
        of_topic.insert(tag.1.clone(), next.clone());
        if let Some(heard) = self.heard(&tag.0, &tag.1) {
            self.bind(now, heard, &next, out);
        }
        Some(next)
    }

    /// What the tag said last is what its further property has, unless it knows as new itself.
    fn take_last(&mut self, now: Timestamp, heard: PointId, own: PointId, out: &mut Outputs) {
        let Some(heard) = self.live.get(heard.index()) else {
            return;
        };
        let (reading, causes) = (heard.reading.clone(), heard.causes);
        let Some(reading) = reading.filter(|reading| !reading.flags.has(Flags::OFFLINE)) else {
            return;
        };
        let known = self.live.get(own.index()).and_then(|own| own.reading.as_ref());
        if known.is_none_or(|known| known.time() < reading.time()) {
            out.stored.push((own, reading.clone()));
            self.make_current(now, own, reading, out);
        }
        self.set_causes(now, own, causes, out);
    }
}
