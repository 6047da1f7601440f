//! Topics that spoke once and not again: proposed to be ignored, turned away, taken out of the plant and
//! taken in again.

use std::collections::BTreeSet;

use super::discover::search_path;
use super::{IgnoreProposal, Watch, point_id};
use crate::Twin;
use crate::freshness::Cadence;
use crate::id::{AssetId, PointId};
use crate::output::{Change, Outputs};
use crate::reading::Flags;
use crate::time::Timestamp;

/// Points looked at within one call; the rest follows in the next, at once.
const LOOKED_AT: usize = 2_000;

/// A decision on its way to all points below its level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorting {
    level: AssetId,
    is_ignored: bool,
    /// Number of the next point.
    next: usize,
}

impl Twin {
    /// Something below a parent was heard a second time: it is no request id, nor is what it is in.
    pub(super) fn heard_again(&mut self, point: PointId) {
        let mut at = self.point(point).map(|known| known.found_at);
        while let Some(asset) = at.and_then(|at| self.graph.get_mut(at)) {
            asset.repeated += 1;
            let one_shots =
                (asset.children.len() + asset.points.len()).saturating_sub(asset.repeated as usize);
            let is_open = |proposal: &IgnoreProposal| proposal.decision.is_none();
            if one_shots <= self.config.max_one_shots && self.proposals.get(&asset.id).is_some_and(is_open) {
                self.proposals.remove(&asset.id);
                self.touched.sources = true;
            }
            if asset.is_repeated {
                return;
            }
            asset.is_repeated = true;
            at = asset.found_parent;
        }
    }

    /// The level at which something new is turned away: the asset itself, or one above it that a person
    /// said to ignore.
    pub(super) fn turned_away(&self, asset: AssetId) -> Option<AssetId> {
        if self.proposals.is_empty() {
            return None;
        }
        let mut way = self.graph.up_found(asset).map(|above| above.id);
        way.find(|at| {
            let decision = self.proposals.get(at).map(|proposal| proposal.decision);
            decision == Some(Some(true)) || (*at == asset && decision == Some(None))
        })
    }

    /// What a person decided on a proposal: what spoke once is taken out of the plant, or put back.
    pub(super) fn decide_ignore(&mut self, asset: AssetId, is_ignored: bool) {
        if let Some(proposal) = self.proposals.get_mut(&asset) {
            proposal.decision = Some(is_ignored);
            self.touched.sources = true;
            self.sortings.retain(|sorting| sorting.level != asset);
            self.sortings.push_back(Sorting {
                level: asset,
                is_ignored,
                next: 1,
            });
        }
    }

    /// Goes on with decisions, so many points that no reader waits long.
    pub(super) fn go_sort(&mut self, now: Timestamp, out: &mut Outputs) {
        let Some(sorting) = self.sortings.front().copied() else {
            return;
        };
        let end = self.points.len().min(sorting.next.saturating_add(LOOKED_AT));
        let numbers = sorting.next..end;
        let points: Vec<PointId> = numbers
            .map(point_id)
            .filter(|point| self.is_to_move(*point, sorting))
            .collect();
        if sorting.is_ignored {
            self.take_away(now, &points, out);
        } else {
            points.iter().for_each(|point| self.put_back(now, *point, out));
        }
        match self.sortings.front_mut() {
            Some(front) if end < self.points.len() => front.next = end,
            _ => drop(self.sortings.pop_front()),
        }
    }

    /// Whether a decision takes a point away or puts it back: of what is below the level, what spoke once, is
    /// nothing to the model and was set by nobody.
    fn is_to_move(&self, id: PointId, sorting: Sorting) -> bool {
        let (Some(point), Some(live)) = (self.point(id), self.live(id)) else {
            return false;
        };
        let spoke_once = live.readings <= 1 && live.cadence == Cadence::Learning;
        let is_free = point.property.is_none() && point.settings.is_none() && !point.is_models_own();
        live.is_ignored != sorting.is_ignored
            && (live.is_ignored || (spoke_once && is_free))
            && self
                .graph
                .up_found(point.found_at)
                .any(|above| above.id == sorting.level)
    }

    /// Takes points out of the plant; their ids stay theirs.
    fn take_away(&mut self, now: Timestamp, points: &[PointId], out: &mut Outputs) {
        let mut assets = BTreeSet::new();
        for id in points {
            let (Some(point), Some(live)) = (self.points.get(id.index()), self.live.get_mut(id.index()))
            else {
                continue;
            };
            let Some((asset, entry, source)) = point
                .as_ref()
                .map(|point| (point.asset, point.entry, point.source))
            else {
                continue;
            };
            live.is_ignored = true;
            let class = live.class.take();
            self.search.remove_point(entry);
            if let Some(source) = self.sources.iter_mut().find(|known| known.id == source) {
                source.points = source.points.saturating_sub(1);
            }
            self.account(now, *id, asset, class, None, out);
            self.check_limits(*id);
            assets.insert(asset);
            out.changes.push(Change::Freshness(*id));
            out.ignored.push((*id, true));
        }
        for asset in assets {
            let live = &self.live;
            let is_left = |point: &PointId| live.get(point.index()).is_none_or(|live| !live.is_ignored);
            if let Some(known) = self.graph.get_mut(asset) {
                known.points.retain(is_left);
            }
            out.changes.push(Change::Structure(Some(asset)));
            self.check_listing(asset, out);
        }
    }

    /// Puts a point back where it was.
    pub(super) fn put_back(&mut self, now: Timestamp, id: PointId, out: &mut Outputs) {
        let Some(live) = self.live.get_mut(id.index()).filter(|live| live.is_ignored) else {
            return;
        };
        live.is_ignored = false;
        let Some(point) = self.points.get_mut(id.index()).and_then(Option::as_mut) else {
            return;
        };
        point.entry = self.search.add_point(id, &point.name, &search_path(point));
        let (asset, source) = (point.asset, point.source);
        if let Some(source) = self.sources.iter_mut().find(|known| known.id == source) {
            source.points += 1;
        }
        self.insert_in_order(asset, id);
        self.check_limits(id);
        self.settle(now, id, out);
        self.schedule(now, id);
        out.changes.push(Change::Structure(Some(asset)));
        self.check_listing(asset, out);
        out.ignored.push((id, false));
        self.touched.sources = true;
    }

    /// Takes back what was decided in an earlier run.
    pub fn restore_decisions(&mut self, decisions: impl IntoIterator<Item = IgnoreProposal>) {
        let known = decisions
            .into_iter()
            .filter(|known| self.graph.get(known.asset).is_some());
        let known: Vec<_> = known.map(|known| (known.asset, known)).collect();
        self.proposals.extend(known);
    }

    /// Levels that an earlier run left with too many children are judged again once those had their time.
    pub(super) fn watch_restored(&mut self, now: Timestamp) {
        if !std::mem::take(&mut self.is_restored) {
            return;
        }
        let bound = self.config.max_one_shots;
        let wide = self
            .graph
            .iter()
            .filter(|asset| asset.children.len() + asset.points.len() > bound);
        let at = now + self.config.one_shot_after;
        self.watches
            .extend(wide.map(|asset| (at, Watch::OneShots(asset.id))));
    }

    pub(super) fn watch_one_shots(&mut self, now: Timestamp, parent: AssetId) {
        let Some(asset) = self.graph.get(parent) else {
            return;
        };
        let children = asset.children.len() + asset.points.len();
        // Exactly once when the bound is crossed; judging goes on from there.
        if children.saturating_sub(asset.repeated as usize) == self.config.max_one_shots + 1 {
            self.watches
                .insert((now + self.config.one_shot_after, Watch::OneShots(parent)));
        }
    }

    /// Whether the children of an asset are request ids: too many were heard once and not again.
    pub(super) fn judge_one_shots(&mut self, now: Timestamp, parent: AssetId) {
        let Some(asset) = self.graph.get(parent).filter(|asset| asset.modelled.is_none()) else {
            return;
        };
        let bound = self.config.max_one_shots;
        if (asset.children.len() + asset.points.len()).saturating_sub(asset.repeated as usize) <= bound {
            return;
        }
        let settled = now - self.config.one_shot_after;
        let points = asset
            .points
            .iter()
            .filter(|point| self.is_one_shot(**point, settled))
            .count();
        let is_one_shot = |child: &AssetId| {
            self.graph.get(*child).is_some_and(|child| {
                let is_heard = child
                    .points
                    .first()
                    .is_none_or(|point| self.is_one_shot(*point, settled));
                !child.is_repeated && child.created <= settled && is_heard
            })
        };
        let one_shots = points + asset.children.iter().filter(|child| is_one_shot(child)).count();
        if one_shots > bound {
            let children = u32::try_from(one_shots).unwrap_or(u32::MAX);
            let known = self.proposals.get(&parent);
            let proposal = IgnoreProposal {
                asset: parent,
                children,
                refused: known.map_or(0, |known| known.refused),
                decision: known.and_then(|known| known.decision),
            };
            self.proposals.insert(parent, proposal);
            self.touched.sources = true;
        } else {
            self.watches
                .insert((now + self.config.one_shot_after, Watch::OneShots(parent)));
        }
    }

    fn is_one_shot(&self, point: PointId, settled: Timestamp) -> bool {
        let Some(live) = self.live(point) else {
            return false;
        };
        // One that an earlier run knew and this one never heard spoke once, unless its pace is known.
        let spoke_once = live.readings == 1 || (live.readings == 0 && live.cadence == Cadence::Learning);
        let is_old =
            |reading: &crate::Reading| reading.arrival <= settled && !reading.flags.has(Flags::RETAINED);
        spoke_once && live.reading.as_ref().is_some_and(is_old)
    }
}
