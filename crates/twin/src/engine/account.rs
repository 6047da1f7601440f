//! Keeps the books: counts on every ancestor, needs, and devices that fall silent, change by change.

use crate::Twin;
use crate::freshness::Freshness;
use crate::id::{AssetId, PointId};
use crate::live::Causes;
use crate::needs::Subject;
use crate::output::{Change, Outputs};
use crate::reading::Quality;
use crate::summary::{Class, Own};
use crate::time::Timestamp;

impl Twin {
    /// Brings the counts in line with what a point is now.
    pub(super) fn settle(&mut self, now: Timestamp, point: PointId, out: &mut Outputs) {
        let Some(live) = self.live.get_mut(point.index()) else {
            return;
        };
        let class = live.classify(now);
        if live.class == Some(class) || live.is_ignored {
            return;
        }
        // Ids may have holes after a restore: what is no point is not counted, nor what shared a tag and no
        // longer does.
        let Some(asset) = self
            .points
            .get(point.index())
            .and_then(Option::as_ref)
            .filter(|known| !known.is_further() || known.property.is_some())
            .map(|known| known.asset)
        else {
            return;
        };
        let before = live.class.replace(class);
        if before.map(|before| before.freshness) != Some(class.freshness) {
            // A limit of what is no longer heard asks later than one of what is.
            self.touched.needs |= live.violation.is_some();
            out.changes.push(Change::Freshness(point));
        }
        self.account(now, point, asset, before, Some(class), out);
    }

    /// What a point was counted as at an asset and above, and what it is counted as from now on; none
    /// where it was not there before or is no longer.
    pub(super) fn account(
        &mut self,
        now: Timestamp,
        point: PointId,
        at: AssetId,
        before: Option<Class>,
        class: Option<Class>,
        out: &mut Outputs,
    ) {
        let began = class.map_or(now, |class| self.silent_since(now, point, class));
        let next_revision = self.revision + 1;
        let mut above = Some(at);
        let counted = |class: Class| {
            let limits = (class.beyond, class.is_limited);
            (class.freshness, class.is_bad, limits, class.is_counted)
        };
        let is_same = before.map(counted) == class.map(counted);
        let swap = |own: &mut Own| {
            before.into_iter().for_each(|before| own.remove(before));
            class.into_iter().for_each(|class| own.add(class));
        };
        while let Some(asset) = above
            .filter(|_| before != class)
            .and_then(|id| self.graph.get_mut(id))
        {
            self.touched.needs |= asset.count_silence(began, swap);
            above = asset.parent;
            if is_same {
                continue;
            }
            if let Some(before) = before {
                asset.summary.remove(before);
            }
            if let Some(class) = class {
                asset.summary.add(class);
            }
            if asset.announced != next_revision {
                asset.announced = next_revision;
                out.changes.push(Change::Summary(asset.id));
            }
        }
        if !is_same {
            if let Some(before) = before {
                self.graph.plant.remove(before);
            }
            if let Some(class) = class {
                self.graph.plant.add(class);
            }
            self.touched.plant = true;
        }
        self.account_own((began, point), at, before, class);
    }

    /// Since when a point has been silent: since its time was up, whenever that is noticed; now where only the
    /// present says so.
    fn silent_since(&self, now: Timestamp, point: PointId, class: Class) -> Timestamp {
        let Some(live) = self.live(point).filter(|_| class.is_silent()) else {
            return now;
        };
        let ended = live.reading.as_ref().and_then(|reading| {
            let paced = live.cadence.late_for().map(|allowed| reading.time() + allowed);
            paced.or_else(|| (class.freshness == Freshness::Stale).then_some(reading.arrival))
        });
        ended.map_or(now, |ended| ended.min(now))
    }

    fn account_own(
        &mut self,
        (began, point): (Timestamp, PointId),
        at: AssetId,
        before: Option<Class>,
        class: Option<Class>,
    ) {
        let live = self.live.get(point.index());
        let is_known = live.is_some_and(|live| live.readings > 0);
        let arrival = live
            .and_then(|live| live.reading.as_ref())
            .map(|reading| reading.arrival);
        let Some(asset) = self.graph.get_mut(at) else {
            return;
        };
        let old = asset.own;
        if let Some(before) = before {
            asset.own.remove(before);
        }
        if let Some(class) = class {
            asset.own.add(class);
        }
        let own = asset.own;
        if (old.late, old.stale, old.offline, old.bad) != (own.late, own.stale, own.offline, own.bad) {
            self.touched.needs = true;
        }
        let told = class.filter(|class| class.is_counted);
        let is_silent = told.is_some_and(|class| class.is_silent() && !class.is_excused);
        let is_dated =
            is_known || told.is_some_and(|class| class.is_paced && class.freshness == Freshness::Stale);
        let silent = is_silent.then_some((began, !is_dated));
        let bad = told
            .filter(|class| class.is_bad)
            .map(|_| (arrival.unwrap_or(began), !is_known));
        for (subject, holds, news, since) in [
            (
                Subject::Silent(at),
                own.is_silent(),
                silent,
                &mut asset.silent_since,
            ),
            (Subject::Bad(at), own.bad > 0, bad, &mut asset.bad_since),
        ] {
            let first = [*since, news].into_iter().flatten().min().filter(|_| holds);
            if first == *since {
                continue;
            }
            self.touched.needs = true;
            if let Some((was, _)) = std::mem::replace(since, first) {
                self.needs.remove(subject, was);
            }
            if let Some((is, _)) = first {
                self.needs.insert(subject, is);
            }
        }
        let may_turn = own.may_be_silent() || asset.is_device_silent;
        if may_turn && self.silence_checks.last() != Some(&at) {
            self.silence_checks.push(at);
        }
    }

    /// Brings the violated limit in line with the current value.
    pub(super) fn check_limits(&mut self, point: PointId) {
        let Some(known) = self.points.get(point.index()).and_then(Option::as_ref) else {
            return;
        };
        let Some(live) = self.live.get_mut(point.index()) else {
            return;
        };
        let value = live
            .reading
            .as_ref()
            .filter(|reading| reading.quality != Quality::Bad && !live.is_ignored);
        let value = value.and_then(|reading| Some((reading.value.as_ref()?.as_number()?, reading.time())));
        let violated = value.and_then(|(value, time)| Some((known.limits().violated_by(value)?, time)));
        let limit = |violation: Option<(crate::LimitKind, Timestamp)>| violation.map(|(limit, _)| limit);
        let is_urgent = limit(violated).is_some_and(|limit| known.priorities().of(limit) <= 2);
        if limit(violated) == limit(live.violation) && is_urgent == live.is_urgent {
            return;
        }
        let subject = |is_urgent| {
            if is_urgent {
                Subject::Outer(point)
            } else {
                Subject::Inner(point)
            }
        };
        if let Some((_, since)) = live.violation {
            self.needs.remove(subject(live.is_urgent), since);
        }
        if let Some((_, since)) = violated {
            self.needs.insert(subject(is_urgent), since);
        }
        (live.violation, live.is_urgent) = (violated, is_urgent);
        // What a run begins with began before; so did what a formula makes of that.
        live.is_violated_longer = live.readings <= u64::from(live.is_computed);
        self.touched.needs = true;
    }

    /// Replaces the reasons for which a point is offline.
    pub(super) fn set_causes(&mut self, now: Timestamp, point: PointId, causes: Causes, out: &mut Outputs) {
        let Some(live) = self
            .live
            .get_mut(point.index())
            .filter(|live| live.causes != causes)
        else {
            return;
        };
        if live.set_causes(causes) {
            out.changes.push(Change::Reading(point));
        }
        self.settle(now, point, out);
        self.schedule(now, point);
    }

    /// When a device has gone silent, its points that speak on change, or seldom, are no better known: they go
    /// offline with it, and come back with it.
    pub(super) fn check_silence(&mut self, now: Timestamp, out: &mut Outputs) {
        self.silence_checks.sort_unstable();
        self.silence_checks.dedup();
        // Points that go offline here are no sign of silence themselves, so this ends.
        while let Some(at) = self.silence_checks.pop() {
            let Some(asset) = self.graph.get(at) else { continue };
            if self.is_silent_device(at) != asset.is_device_silent {
                self.set_device_silent(now, at, !asset.is_device_silent, out);
            }
        }
    }

    pub(super) fn set_device_silent(
        &mut self,
        now: Timestamp,
        at: AssetId,
        is_silent: bool,
        out: &mut Outputs,
    ) {
        let Some(asset) = self.graph.get_mut(at) else {
            return;
        };
        asset.is_device_silent = is_silent;
        let points = asset.points.clone();
        for point in points {
            let Some(live) = self.live.get(point.index()) else {
                continue;
            };
            let causes = match is_silent {
                true if live.class.is_some_and(Class::is_silent_paced) => continue,
                true => live.causes.with(Causes::SILENCE),
                false => live.causes.without(Causes::SILENCE),
            };
            self.set_causes(now, point, causes, out);
        }
    }

    /// Whether nothing was heard of a device since its silent points should have spoken again: one that is not
    /// due yet, or only late, is no sign of life. What formulas come to is no word of the device.
    fn is_silent_device(&self, at: AssetId) -> bool {
        let Some(asset) = self.graph.get(at).filter(|asset| asset.own.may_be_silent()) else {
            return false;
        };
        let live = asset
            .points
            .iter()
            .filter_map(|point| self.live.get(point.index()))
            // Those that fell silent with the device were not heard since.
            .filter(|live| !live.is_computed && !live.causes.has(Causes::SILENCE));
        // When the silent ones were due again, and when others were heard last.
        let (mut due, mut heard) = (None, None);
        for live in live {
            let Some(arrival) = live.reading.as_ref().map(|reading| reading.arrival) else {
                continue;
            };
            let is_silent = live.class.is_some_and(Class::is_silent_paced);
            match live.cadence.interval().filter(|_| is_silent) {
                Some(interval) => due = due.max(Some(arrival + interval)),
                None => heard = heard.max(Some(arrival)),
            }
        }
        heard <= due
    }

    /// Whether what is counted of silence is what a recount gives, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn silence_is_right(&self) -> bool {
        let mut totals: std::collections::BTreeMap<AssetId, Own> = self
            .graph
            .iter()
            .map(|asset| (asset.id, Own::default()))
            .collect();
        for point in self.points.iter().flatten() {
            let class = self.live.get(point.id.index()).and_then(|live| live.class);
            for asset in self.graph.up(point.asset) {
                if let Some((total, class)) = totals.get_mut(&asset.id).zip(class) {
                    total.add(class);
                }
            }
        }
        self.graph
            .iter()
            .all(|asset| totals.get(&asset.id) == Some(&asset.total))
    }

    /// Every count again from nothing, for tests: by asset, then the plant's.
    #[doc(hidden)]
    #[must_use]
    pub fn recounted(&self, now: Timestamp) -> (Vec<(AssetId, crate::Summary)>, crate::Summary) {
        let mut plant = crate::Summary::default();
        let mut counts: std::collections::BTreeMap<AssetId, crate::Summary> = self
            .graph
            .iter()
            .map(|asset| (asset.id, crate::Summary::default()))
            .collect();
        for point in self.points.iter().flatten() {
            let Some(live) = self.live.get(point.id.index()) else {
                continue;
            };
            let mut class = live.classify(now);
            let Some(counted) = live.class else { continue };
            class.freshness = counted.freshness;
            plant.add(class);
            for asset in self.graph.up(point.asset) {
                if let Some(count) = counts.get_mut(&asset.id) {
                    count.add(class);
                }
            }
        }
        (counts.into_iter().collect(), plant)
    }
}
