//! Connections and devices that come and go, and what that says of their points.

use std::sync::Arc;

use super::ingest::Head;
use super::{Watch, point_id};
use crate::Twin;
use crate::discovery::{self, Place};
use crate::id::{AssetId, PointId, SourceId};
use crate::live::Causes;
use crate::needs::Subject;
use crate::output::Outputs;
use crate::reading::Flags;
use crate::source::{Link, Source};
use crate::time::{Span, Timestamp};

/// After a connection, points have so long to speak before their silence is told.
const SETTLE: Span = Span::from_secs(30);
/// Points that are told of their source within one call; the rest follows in the next, at once.
const TOLD_AT_ONCE: usize = 2_000;

/// News of a source on its way to all its points.
#[derive(Clone, Copy, Debug)]
pub(super) struct Round {
    source: SourceId,
    news: News,
    /// Number of the next point.
    next: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum News {
    Connected {
        /// The broker kept for us what came at QoS 1 meanwhile.
        is_continued: bool,
    },
    Lost,
    /// Its points have had their time to speak: who is silent now is silent.
    Settled,
}

impl Twin {
    pub(super) fn add_source(&mut self, now: Timestamp, id: SourceId, name: Arc<str>) {
        self.touched.sources = true;
        if let Some(known) = self.sources.iter_mut().find(|known| known.id == id) {
            known.name = name;
            return;
        }
        let restored = self.restored_sources.remove(&id);
        let has_own_root = match restored {
            // As it was in the run before, so that paths stay.
            Some((_, asset)) => self
                .graph
                .up(asset)
                .last()
                .is_some_and(|root| *root.level == *name),
            None => !self.sources.is_empty() || !self.restored_sources.is_empty(),
        };
        self.sources.push(Source {
            id,
            name,
            link: Link::Waiting,
            since: now,
            points: restored.map_or(0, |(points, _)| points),
            messages: 0,
            readings: 0,
            refused_points: 0,
            is_simulated: false,
            has_own_root,
        });
    }

    /// Where a source stands in the list; one that was never announced joins under its number.
    pub(super) fn source_position(&mut self, now: Timestamp, id: SourceId) -> usize {
        if let Some(at) = self.sources.iter().position(|known| known.id == id) {
            return at;
        }
        self.add_source(now, id, format!("source {id}").into());
        self.sources.len() - 1
    }

    pub(super) fn source_simulated(&mut self, now: Timestamp, id: SourceId) {
        let at = self.source_position(now, id);
        if let Some(source) = self.sources.get_mut(at) {
            source.is_simulated = true;
            self.touched.sources = true;
        }
    }

    pub(super) fn source_connected(&mut self, now: Timestamp, id: SourceId, is_continued: bool) {
        let Some(since) = self.set_link(now, id, Link::Connected) else {
            return;
        };
        self.touched.needs |= self.needs.remove(Subject::Source(id), since);
        self.begin_round(id, News::Connected { is_continued });
        self.watches.insert((now + SETTLE, Watch::Settled(id)));
    }

    pub(super) fn source_lost(&mut self, now: Timestamp, id: SourceId) {
        if self.set_link(now, id, Link::Lost).is_none() {
            return;
        }
        self.needs.insert(Subject::Source(id), now);
        self.touched.needs = true;
        self.silence(id);
    }

    pub(super) fn source_stopped(&mut self, now: Timestamp, id: SourceId) {
        if let Some(since) = self.set_link(now, id, Link::Stopped) {
            self.touched.needs |= self.needs.remove(Subject::Source(id), since);
            self.silence(id);
        }
    }

    fn silence(&mut self, id: SourceId) {
        self.watches.retain(|(_, watch)| *watch != Watch::Settled(id));
        self.begin_round(id, News::Lost);
    }

    /// The points of a source have had their time.
    pub(super) fn settled(&mut self, now: Timestamp, id: SourceId) {
        self.watch_restored(now);
        self.begin_round(id, News::Settled);
    }

    /// A new link makes older news of the source untrue, also for points that have not heard these yet.
    fn begin_round(&mut self, source: SourceId, news: News) {
        if news != News::Settled {
            self.rounds.retain(|round| round.source != source);
        }
        self.rounds.push_back(Round {
            source,
            news,
            next: 1,
        });
    }

    /// Goes on telling points of their source, so many that no reader waits long.
    pub(super) fn go_round(&mut self, now: Timestamp, out: &mut Outputs) {
        let mut left = TOLD_AT_ONCE;
        while let Some(round) = self.rounds.front().copied().filter(|_| left > 0) {
            let end = self.points.len().min(round.next.saturating_add(left));
            for number in round.next..end {
                let point = self.points.get(number).and_then(Option::as_ref);
                if point.is_some_and(|point| point.source == round.source) {
                    self.hear(now, point_id(number), round.news, out);
                }
            }
            left -= end.saturating_sub(round.next).min(left);
            if end >= self.points.len() {
                self.rounds.pop_front();
            } else if let Some(front) = self.rounds.front_mut() {
                front.next = end;
            }
        }
    }

    fn hear(&mut self, now: Timestamp, point: PointId, news: News, out: &mut Outputs) {
        let Some(live) = self.live.get(point.index()) else {
            return;
        };
        let causes = match news {
            News::Lost => live.causes.with(Causes::SOURCE),
            // With its connection a value is by its age where it speaks at an interval, whether this run lost
            // it or the one before. Any other is what it was only where nothing can have been missed.
            News::Connected { is_continued } => {
                let causes = live
                    .causes
                    .without(Causes::SOURCE.with(Causes::RESTORED))
                    .with(Causes::SETTLING);
                let may_have_spoken = live
                    .reading
                    .as_ref()
                    .is_some_and(|reading| !(is_continued && reading.flags.has(Flags::ASSURED)));
                if may_have_spoken {
                    causes.with(Causes::UNHEARD)
                } else {
                    causes
                }
            }
            News::Settled => live.causes.without(Causes::SETTLING),
        };
        self.set_causes(now, point, causes, out);
    }

    /// Since when it was as it was; none when nothing changes.
    fn set_link(&mut self, now: Timestamp, id: SourceId, link: Link) -> Option<Timestamp> {
        let at = self.source_position(now, id);
        let source = self.sources.get_mut(at).filter(|source| source.link != link)?;
        source.link = link;
        self.touched.sources = true;
        Some(std::mem::replace(&mut source.since, now))
    }

    /// A device said that it is there, or the broker said that it is gone.
    pub(super) fn set_available(
        &mut self,
        now: Timestamp,
        head: &Head,
        is_available: bool,
        out: &mut Outputs,
    ) {
        let Place { levels } = discovery::place(&head.topic, "", None);
        if levels.is_empty() {
            return;
        }
        // A device nobody knows is made only if it must be remembered that it is gone.
        let device = match self.known_asset(head.source, &levels) {
            None if !is_available => self.asset_at(now, head.source, &levels, out).ok(),
            known => known,
        };
        let Some(device) = device else { return };
        match self.graph.get_mut(device) {
            Some(asset) if asset.is_unavailable == is_available => asset.is_unavailable = !is_available,
            _ => return,
        }
        for point in self.points_below(device, is_available) {
            let Some(known) = self.point(point).filter(|known| known.topic != head.topic) else {
                continue;
            };
            let Some(live) = self.live.get(known.id.index()) else {
                continue;
            };
            let causes = if is_available {
                live.causes.without(Causes::DEVICE)
            } else {
                live.causes.with(Causes::DEVICE)
            };
            self.set_causes(now, point, causes, out);
        }
    }

    /// All points found at an asset and below, wherever the model has put them; devices within that are themselves said to be offline aside.
    fn points_below(&self, top: AssetId, skip_unavailable: bool) -> Vec<PointId> {
        let mut points = Vec::new();
        let mut open = vec![top];
        while let Some(asset) = open.pop().and_then(|id| self.graph.get(id)) {
            if skip_unavailable && asset.is_unavailable {
                continue;
            }
            let found_here = |point: &&PointId| {
                self.point(**point)
                    .is_some_and(|known| known.found_at == asset.id)
            };
            points.extend(asset.points.iter().filter(found_here));
            points.extend(self.modelling.points_from(asset.id));
            let found_below = |child: &&AssetId| {
                self.graph
                    .get(**child)
                    .is_some_and(|known| known.found_parent == Some(asset.id))
            };
            open.extend(asset.children.iter().filter(found_below));
            open.extend(self.modelling.assets_from(asset.id));
        }
        points
    }
}
