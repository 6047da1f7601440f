//! Takes messages in: finds each value's point, judges which reading is the newest, and learns from it.

use std::sync::Arc;

use super::discover::stated_unit;
use super::shared::Whose;
use crate::Twin;
use crate::cadence::Gaps;
use crate::freshness::{Cadence, Freshness};
use crate::id::{PointId, SourceId};
use crate::input::{Leaf, Message};
use crate::live::{Causes, Live};
use crate::order::{Verdict, verdict};
use crate::output::{Change, Outputs};
use crate::point::{Unit, UnitOrigin};
use crate::reading::{Flags, Quality, Reading, Value};
use crate::time::{Span, Timestamp};

/// A value that newer inputs leave as it is goes to history as often as this: what lies between two readings
/// no further apart is no gap.
pub const HELD_EVERY: Span = Span::from_secs(300);

/// What all values of a message share.
pub(super) struct Head {
    pub(super) source: SourceId,
    pub(super) topic: Arc<str>,
    arrival: Timestamp,
    flags: Flags,
    qos: u8,
}

impl Twin {
    pub(super) fn message(&mut self, now: Timestamp, message: Message, out: &mut Outputs) {
        let Message {
            source,
            topic,
            arrival,
            retained,
            qos,
            leaves,
            availability,
        } = message;
        let at = self.source_position(now, source);
        let is_simulated = self.sources.get(at).is_some_and(|source| source.is_simulated);
        let flags = Flags::default()
            .with(Flags::RETAINED, retained)
            .with(Flags::ASSURED, qos > 0)
            .with(Flags::SIMULATED, is_simulated);
        let head = Head {
            source,
            topic,
            arrival,
            flags,
            qos,
        };
        let mut topic_number = self.find_topic(source, &head.topic);
        let mut taken = 0;
        for leaf in leaves {
            let known =
                topic_number.and_then(|number| self.find_point(number, &leaf.field, leaf.asset.as_deref()));
            let point = match known {
                // What a rule of the model names is nothing to ignore.
                Some(point) if leaf.target.is_none() && self.is_ignored(point) => {
                    self.refuse_known(point, &head, &leaf);
                    continue;
                }
                Some(point) => point,
                None => {
                    let Some(point) = self.discover(now, &head, topic_number, &leaf, out) else {
                        continue;
                    };
                    topic_number = self.find_topic(source, &head.topic);
                    point
                }
            };
            taken += u64::from(self.hand_on(now, point, &head, leaf, out));
        }
        if let Some(source) = self.sources.get_mut(at) {
            source.messages += 1;
            source.readings += taken;
        }
        if let Some(is_available) = availability {
            self.set_available(now, &head, is_available, out);
        }
    }

    /// Gives a value that a point heard to whoever has it: to the point, and where several properties share
    /// the tag to each of theirs. True when it was new.
    fn hand_on(
        &mut self,
        now: Timestamp,
        heard: PointId,
        head: &Head,
        leaf: Leaf,
        out: &mut Outputs,
    ) -> bool {
        if let Some(target) = &leaf.target {
            return match self.whose(now, heard, target, out) {
                Whose::Heard => self.take_in(now, heard, head, leaf, out),
                Whose::Own(own) => {
                    // What no property has goes on being shown where it was found; whose it is that only an
                    // earlier run heard is not known yet.
                    let has_spoken = self.live.get(heard.index()).is_some_and(|live| live.readings > 0);
                    let is_free = self.point(heard).is_some_and(|known| known.property.is_none());
                    if is_free && has_spoken {
                        self.take_in(now, heard, head, leaf.clone(), out);
                    }
                    self.take_in(now, own, head, leaf, out)
                }
                Whose::Nobody => false,
            };
        }
        let mut at = 0;
        while let Some(own) = self.modelling.shared.listener(heard, at) {
            self.take_in(now, own, head, leaf.clone(), out);
            at += 1;
        }
        self.take_in(now, heard, head, leaf, out)
    }

    /// Takes in one value; true when it was new.
    fn take_in(
        &mut self,
        now: Timestamp,
        point: PointId,
        head: &Head,
        mut leaf: Leaf,
        out: &mut Outputs,
    ) -> bool {
        if let Some(unit) = &leaf.unit {
            self.state_unit(point, unit, out);
        }
        self.put_in_own_unit(point, &mut leaf, out);
        match leaf.scaled {
            Some(scaled) => drop(self.scaled.insert(point, scaled)),
            None if self.scaled.is_empty() => {}
            None => drop(self.scaled.remove(&point)),
        }
        let reading = self.reading_from(head, leaf.value, leaf.time, leaf.quality);
        let Some(live) = self.live.get_mut(point.index()) else {
            return false;
        };
        live.qos = head.qos;
        let in_doubt = live.causes.has(Causes::RESTORED.with(Causes::UNHEARD));
        match verdict(live.reading.as_ref(), &reading, in_doubt) {
            Verdict::Seen => {
                live.duplicates = live.duplicates.saturating_add(1);
                false
            }
            Verdict::Older => {
                live.out_of_order = live.out_of_order.saturating_add(1);
                live.readings += 1;
                out.stored.push((point, reading));
                true
            }
            // It keeps the age it had.
            Verdict::Confirms => {
                live.duplicates = live.duplicates.saturating_add(1);
                let causes = live.causes.without(Causes::BY_REPLAY);
                self.set_causes(now, point, causes, out);
                false
            }
            Verdict::Newest => {
                live.readings += 1;
                let is_second = live.readings == 2;
                out.stored.push((point, reading.clone()));
                self.make_current(now, point, reading, out);
                if is_second {
                    self.heard_again(point);
                }
                true
            }
        }
    }

    pub(super) fn make_current(
        &mut self,
        now: Timestamp,
        point: PointId,
        reading: Reading,
        out: &mut Outputs,
    ) {
        let Some(live) = self.live.get_mut(point.index()) else {
            return;
        };
        let is_retained = reading.flags.has(Flags::RETAINED);
        // As long as a point stays live its deadline only moves on: the due list finds out by itself.
        let was_live = live.class.is_some_and(|class| class.freshness == Freshness::Live);
        let goes_on = was_live
            && live
                .reading
                .as_ref()
                .is_some_and(|before| reading.time() >= before.time());
        let cadence = live.cadence;
        learn_cadence(live, &reading);
        let has_new_cadence = live.cadence != cadence;
        if has_new_cadence {
            out.changes.push(Change::Cadence(point));
        }
        // A replay proves nothing about the device, only that the broker still knows the value; nor does
        // what a formula comes to.
        let said = if is_retained {
            Causes::BY_REPLAY
        } else {
            Causes::BY_SILENCE
        };
        let was_device_silent = live.causes.has(Causes::SILENCE) && !is_retained && !live.is_computed;
        let has_new_digits = match &reading.value {
            Some(Value::Number(value)) => live.digits.learn(*value),
            Some(Value::Bool(_) | Value::Text(_)) | None => false,
        };
        let is_first_replay = is_retained && live.reading.is_none();
        let has_limits = live.has_limits;
        live.reading = Some(reading);
        live.set_causes(live.causes.without(said));
        out.changes.push(Change::Reading(point));
        if has_limits {
            self.check_limits(point);
        }
        if has_new_digits {
            self.learned_digits(point, out);
        }
        if is_first_replay {
            self.join_unavailable(point);
        }
        self.settle(now, point, out);
        let is_due = self
            .live
            .get(point.index())
            .is_some_and(|live| live.due != crate::live::NOT_DUE);
        if !goes_on || has_new_cadence || !is_due {
            self.schedule(now, point);
        }
        if was_device_silent && let Some(asset) = self.point(point).map(|known| known.asset) {
            self.set_device_silent(now, asset, false, out);
        }
    }

    /// Takes in what formulas came to.
    pub(super) fn computed(&mut self, now: Timestamp, readings: Vec<(PointId, Reading)>, out: &mut Outputs) {
        for (id, reading) in readings {
            let is_wanted = self
                .point(id)
                .is_some_and(|point| point.is_computed() && point.property.is_some());
            let Some(live) = self.live.get_mut(id.index()).filter(|_| is_wanted) else {
                continue;
            };
            // It was computed and came to nothing: that is told, and history begins with a value.
            if reading.value.is_some() || live.reading.is_some() {
                live.readings += 1;
                out.stored.push((id, reading.clone()));
            }
            self.make_current(now, id, reading, out);
        }
    }

    /// Values of formulas hold as of newer inputs.
    pub(super) fn confirmed(&mut self, now: Timestamp, values: &[(PointId, Timestamp)], out: &mut Outputs) {
        for (point, time) in values {
            let live = self.live.get_mut(point.index()).filter(|live| live.is_computed);
            let known = live.and_then(|live| live.reading.as_mut());
            let Some(known) = known.filter(|known| known.value.is_some() && known.time() < *time) else {
                continue;
            };
            // Not all of them at the same moment.
            let turn = |time: Timestamp| {
                let shifted = time + Span::from_secs(i64::from(point.get()));
                shifted.micros().div_euclid(HELD_EVERY.micros())
            };
            let is_turn = turn(known.time()) != turn(*time);
            (known.source_time, known.arrival) = (Some(*time), now);
            if is_turn {
                out.stored.push((*point, known.clone()));
            }
            out.changes.push(Change::Reading(*point));
            self.settle(now, *point, out);
            self.schedule(now, *point);
        }
    }

    /// A retained value of a device that is said to be offline is no sign of life.
    fn join_unavailable(&mut self, point: PointId) {
        let Some(asset) = self.point(point).map(|known| known.found_at) else {
            return;
        };
        if self.graph.up_found(asset).any(|asset| asset.is_unavailable)
            && let Some(live) = self.live.get_mut(point.index())
        {
            live.set_causes(live.causes.with(Causes::DEVICE));
        }
    }

    fn reading_from(
        &self,
        head: &Head,
        value: Option<Value>,
        time: Option<Timestamp>,
        quality: Quality,
    ) -> Reading {
        let is_number = !matches!(value, Some(Value::Number(number)) if !number.is_finite());
        let is_ahead = time.is_some_and(|time| time.since(head.arrival) > self.config.clock_tolerance);
        Reading {
            value: value.filter(|_| is_number),
            quality: if is_number { quality } else { Quality::Bad },
            source_time: time,
            arrival: head.arrival,
            flags: head.flags.with(Flags::CLOCK_AHEAD, is_ahead),
        }
    }

    fn state_unit(&mut self, point: PointId, symbol: &str, out: &mut Outputs) {
        let Some(known) = self.points.get_mut(point.index()).and_then(Option::as_mut) else {
            return;
        };
        let is_known = |unit: &Unit| {
            unit.origin == UnitOrigin::Set || (unit.origin == UnitOrigin::Stated && unit.symbol == symbol)
        };
        if known.unit.as_ref().is_some_and(is_known) {
            return;
        }
        let Some(symbol) = stated_unit(symbol) else { return };
        let unit = Unit {
            symbol: String::from(symbol.clone()).into(),
            origin: UnitOrigin::Stated,
        };
        if known.unit.as_ref() == Some(&unit) {
            return;
        }
        known.unit = Some(unit);
        out.units.push((point, symbol));
        out.changes.push(Change::Settings(point));
    }

    fn learned_digits(&mut self, point: PointId, out: &mut Outputs) {
        let learned = self.live.get(point.index()).map(|live| live.digits.count());
        let known = self.points.get_mut(point.index()).and_then(Option::as_mut);
        let (Some(learned), Some(known)) = (learned, known) else {
            return;
        };
        let digits = known.digits(learned);
        if known.decimals != digits {
            known.decimals = digits;
            out.changes.push(Change::Settings(point));
        }
    }
}

/// Learns from the gap between two readings that came one after the other without an interruption.
fn learn_cadence(live: &mut Live, next: &Reading) {
    let Some(before) = &live.reading else { return };
    let is_replay = before.flags.has(Flags::RETAINED) || next.flags.has(Flags::RETAINED);
    if is_replay || live.causes != Causes::default() {
        return;
    }
    let gap = match (before.source_time, next.source_time) {
        (Some(before), Some(next)) => next.since(before),
        (None, None) => next.arrival.since(before.arrival),
        (Some(_), None) | (None, Some(_)) => return,
    };
    if gap < Span::ZERO {
        return;
    }
    let gaps = live.gaps.get_or_insert_with(Box::<Gaps>::default);
    if gaps.push(gap) && !matches!(live.cadence, Cadence::Declared(_)) {
        live.cadence = gaps.judge(live.cadence);
    }
}
