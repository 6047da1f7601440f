//! What asks for somebody, in the order people should see it: silence of many told once, of the place they
//! have in common.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::Twin;
use crate::freshness::Freshness;
use crate::id::AssetId;
use crate::needs::{Need, NeedKind, Subject};
use crate::summary::Own;
use crate::time::Timestamp;

/// Of whom silence is told, and since when.
type Heads = BTreeMap<Subject, Timestamp>;

impl Twin {
    /// The first `limit` things that ask for somebody, and how many there are: outer limits, sources
    /// down and places all silent, inner limits, silent and limits of what is not heard, bad; the newest first
    /// among equals.
    #[must_use]
    pub fn needs(&self, limit: usize) -> (Vec<Need>, usize) {
        let silent = self.needs.of_rank(Subject::SILENT_RANK).count();
        let others = self.needs.len().saturating_sub(silent);
        self.needs_among(limit, others, &|_| true)
    }

    /// The same of the assets that somebody sees; sources are of the whole plant, and nothing for them.
    #[must_use]
    pub fn needs_within(&self, limit: usize, sees: &dyn Fn(AssetId) -> bool) -> (Vec<Need>, usize) {
        let asks = |subject: Subject| self.asset_of(subject).is_some_and(sees);
        let ranks = (0..=Subject::LAST_RANK).filter(|rank| *rank != Subject::SILENT_RANK);
        let others = ranks
            .flat_map(|rank| self.needs.of_rank(rank))
            .filter(|(subject, _)| asks(*subject))
            .count();
        self.needs_among(limit, others, &|asset| asset.is_some_and(sees))
    }

    /// `others`: how many there are beside what is silent.
    fn needs_among(
        &self,
        limit: usize,
        others: usize,
        sees: &dyn Fn(Option<AssetId>) -> bool,
    ) -> (Vec<Need>, usize) {
        let heads = self.silent_heads(sees);
        let total = others + heads.len();
        let mut told: Vec<Need> = Vec::new();
        for rank in 0..=Subject::LAST_RANK {
            let of_heads = heads.iter().map(|(subject, since)| (*subject, *since));
            let mut merged: Vec<(Subject, Timestamp)> =
                of_heads.filter(|(subject, _)| subject.rank() == rank).collect();
            // What was beyond a limit when it was last heard comes after the silence that hides it.
            let is_last_known = rank == Subject::SILENT_RANK;
            let ranks = if is_last_known { 0..rank } else { rank..rank + 1 };
            let asking = ranks.flat_map(|rank| self.needs.of_rank(rank));
            let room = limit.saturating_sub(told.len());
            merged.extend(
                asking
                    .filter(|(subject, _)| self.is_current(*subject) != is_last_known)
                    .filter(|(subject, _)| sees(self.asset_of(*subject)))
                    .take(room),
            );
            merged.sort_unstable_by_key(|(subject, since)| (Reverse(*since), *subject));
            let needs = merged
                .into_iter()
                .filter_map(|(subject, since)| self.need(subject, since));
            told.extend(needs.take(room));
        }
        (told, total)
    }

    /// What asks for somebody at one asset (not below it, unless nearly all there is silent), in the same
    /// order.
    #[must_use]
    pub fn needs_of(&self, id: AssetId) -> Vec<Need> {
        let Some(asset) = self.graph.get(id) else {
            return Vec::new();
        };
        let mut subjects: Vec<(Subject, Timestamp)> = Vec::new();
        for point in &asset.points {
            if let Some((_, since)) = self.violation(*point) {
                let subject = if self.live(*point).is_some_and(|live| live.is_urgent) {
                    Subject::Outer(*point)
                } else {
                    Subject::Inner(*point)
                };
                subjects.push((subject, since));
            }
        }
        if asset.total.is_group_silent() && asset.total.silent() > asset.own.silent() {
            subjects.push((Subject::Group(id), asset.hushed_since));
        } else {
            subjects.extend(asset.silent_since.map(|(since, _)| (Subject::Silent(id), since)));
        }
        subjects.extend(asset.bad_since.map(|(since, _)| (Subject::Bad(id), since)));
        subjects.sort_by_key(|(subject, since)| (subject.rank(), Reverse(*since), *subject));
        subjects
            .into_iter()
            .filter_map(|(subject, since)| self.need(subject, since))
            .collect()
    }

    /// At which asset something asks; at none for a source.
    fn asset_of(&self, subject: Subject) -> Option<AssetId> {
        match subject {
            Subject::Outer(point) | Subject::Inner(point) => Some(self.point(point)?.asset),
            Subject::Source(_) => None,
            Subject::Silent(id) | Subject::Group(id) | Subject::Bad(id) => Some(id),
        }
    }

    /// Whether what asks is so now, as far as anybody knows: a limit of a value that is heard.
    fn is_current(&self, subject: Subject) -> bool {
        match subject {
            Subject::Outer(point) | Subject::Inner(point) => {
                matches!(self.freshness(point), Freshness::Live | Freshness::Late)
            }
            Subject::Source(_) | Subject::Group(_) | Subject::Silent(_) | Subject::Bad(_) => true,
        }
    }

    /// Whom silence is told of: each silent asset, or the highest above it of which nearly all is silent.
    fn silent_heads(&self, sees: &dyn Fn(Option<AssetId>) -> bool) -> Heads {
        let mut heads = Heads::new();
        let mut tops = BTreeSet::new();
        for (subject, since) in self.needs.of_rank(Subject::SILENT_RANK) {
            let Subject::Silent(asset) = subject else { continue };
            if !sees(Some(asset)) {
                continue;
            }
            let above = self.graph.up(asset);
            let top = above
                .filter(|above| above.total.is_group_silent() && sees(Some(above.id)))
                .last();
            let Some(top) = top else {
                heads.insert(subject, since);
                continue;
            };
            if !tops.insert(top.id) {
                continue;
            }
            let head = self.narrowed(top.id);
            if head == asset {
                heads.insert(subject, since);
            } else if let Some(known) = self.graph.get(head) {
                let subject = if known.own.silent() == known.total.silent() {
                    Subject::Silent(head)
                } else {
                    Subject::Group(head)
                };
                heads.insert(subject, known.hushed_since);
            }
        }
        heads
    }

    /// The lowest asset that holds all that is silent below another.
    fn narrowed(&self, top: AssetId) -> AssetId {
        let silent = |id: AssetId| self.graph.get(id).map_or(0, |asset| asset.total.silent());
        let (mut at, all) = (top, silent(top));
        while let Some(only) = self.children(at).iter().find(|child| silent(**child) == all) {
            at = *only;
        }
        at
    }

    /// Whether what asks may have begun before it was seen.
    fn is_longer(&self, subject: Subject) -> bool {
        let longer = |since: Option<(Timestamp, bool)>| since.is_some_and(|(_, is_longer)| is_longer);
        match subject {
            Subject::Outer(point) | Subject::Inner(point) => {
                self.live(point).is_some_and(|live| live.is_violated_longer)
            }
            Subject::Silent(id) => longer(self.graph.get(id).and_then(|asset| asset.silent_since)),
            Subject::Bad(id) => longer(self.graph.get(id).and_then(|asset| asset.bad_since)),
            Subject::Source(_) | Subject::Group(_) => false,
        }
    }

    fn need(&self, subject: Subject, since: Timestamp) -> Option<Need> {
        let is_longer = self.is_longer(subject);
        let need = |kind, asset| {
            Some(Need {
                kind,
                since,
                is_longer,
                asset,
            })
        };
        let silent = |own: Own, among| NeedKind::Silent {
            late: own.late,
            stale: own.stale,
            offline: own.offline,
            among,
        };
        match subject {
            Subject::Outer(point) | Subject::Inner(point) => {
                let (limit, known) = (self.violation(point)?.0, self.point(point)?);
                let at = known.limits().at(limit)?;
                need(NeedKind::Limit { point, limit, at }, Some(known.asset))
            }
            Subject::Source(source) => need(NeedKind::SourceDown { source }, None),
            Subject::Silent(id) => need(silent(self.graph.get(id)?.own, None), Some(id)),
            Subject::Group(id) => {
                let asset = self.graph.get(id)?;
                need(silent(asset.total, Some(asset.total.points)), Some(id))
            }
            Subject::Bad(id) => need(
                NeedKind::Bad {
                    points: self.graph.get(id)?.own.bad,
                },
                Some(id),
            ),
        }
    }
}
