//! All needs, with what merged into what.

use std::collections::BTreeMap;

use twin::{AssetId, Timestamp};

use crate::id::{NeedId, OrderId, PersonId};
use crate::iso14224::FailureMode;
use crate::order::Dates;

use super::{Draft, Evidence, Need, Source, State, Urgency};

/// Most pieces of evidence kept of one need: the first ones, and the newest.
const MOST_EVIDENCE: usize = 32;

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// It is a need of its own.
    New(NeedId),
    /// It is a need of its own that leads to another.
    Merged {
        /// Itself.
        id: NeedId,
        /// Where it leads.
        into: NeedId,
    },
    /// The same source had raised it before.
    Again(NeedId),
}

/// Why something cannot be done with a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPossible {
    /// There is no such need.
    Unknown(NeedId),
    /// Something was decided before.
    Decided(NeedId),
    /// They are of different equipment.
    OtherAsset,
    /// A reason is needed.
    NoReason,
}

/// All needs. Nothing is ever taken out.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    needs: BTreeMap<NeedId, Need>,
    /// All needs of one equipment and mode, in the order of their ids.
    places: BTreeMap<(AssetId, FailureMode), Vec<NeedId>>,
    next: u32,
}

impl Needs {
    /// With what was stored, in any order.
    #[must_use]
    pub fn with(needs: impl IntoIterator<Item = Need>) -> Self {
        let needs: BTreeMap<NeedId, Need> = needs.into_iter().map(|need| (need.id, need)).collect();
        let mut places: BTreeMap<_, Vec<NeedId>> = BTreeMap::new();
        for need in needs.values() {
            places.entry((need.asset, need.mode)).or_default().push(need.id);
        }
        let next = needs.keys().next_back().map_or(0, |id| id.get());
        Self { needs, places, next }
    }

    /// Takes a draft: refreshes what the same source raised before, merges into what is open for the same
    /// equipment and failure mode, or opens a new need.
    pub fn raise(&mut self, draft: Draft) -> Raised {
        let place = (draft.asset, draft.mode);
        let known = self
            .live(place)
            .map(|(id, _)| id)
            .find(|id| self.is_from(*id, &draft));
        if let Some(id) = known {
            self.refresh(id, draft);
            return Raised::Again(id);
        }
        let head = self.live(place).map(|(_, head)| head).next();
        self.next = self.next.saturating_add(1);
        let id = NeedId::new(self.next);
        let state = head.map_or(State::Open, State::MergedInto);
        self.needs.insert(id, need(id, draft, state));
        self.places.entry(place).or_default().push(id);
        match head {
            Some(into) => Raised::Merged { id, into },
            None => Raised::New(id),
        }
    }

    /// Needs of one equipment and mode that are not over, each with the one it is told in.
    fn live(&self, place: (AssetId, FailureMode)) -> impl Iterator<Item = (NeedId, NeedId)> + '_ {
        let ids = self.places.get(&place).into_iter().flatten().copied();
        ids.filter_map(|id| self.head_of(id).map(|head| (id, head)))
    }

    /// Where a need is told, while that is open or ordered.
    fn head_of(&self, id: NeedId) -> Option<NeedId> {
        let need = self.needs.get(&id)?;
        let head = match need.state {
            State::MergedInto(head) => self.needs.get(&head)?,
            _ => need,
        };
        matches!(head.state, State::Open | State::Ordered(_)).then_some(head.id)
    }

    fn is_from(&self, id: NeedId, draft: &Draft) -> bool {
        self.needs
            .get(&id)
            .is_some_and(|need| need.source == draft.source)
    }

    fn refresh(&mut self, id: NeedId, draft: Draft) {
        let Some(need) = self.needs.get_mut(&id) else {
            return;
        };
        need.count = need.count.saturating_add(1);
        need.last = need.last.max(draft.at);
        need.urgency = draft.urgency;
        need.dates = draft.dates;
        need.consequence = draft.consequence.or(need.consequence);
        need.evidence.extend(draft.evidence);
        if need.evidence.len() > MOST_EVIDENCE {
            // What began it stays; the middle goes.
            let over = need.evidence.len() - MOST_EVIDENCE;
            need.evidence.drain(MOST_EVIDENCE / 2..MOST_EVIDENCE / 2 + over);
        }
    }

    /// A need.
    #[must_use]
    pub fn get(&self, id: NeedId) -> Option<&Need> {
        self.needs.get(&id)
    }

    /// What the next new need will be called.
    #[must_use]
    pub const fn next_id(&self) -> NeedId {
        NeedId::new(self.next.saturating_add(1))
    }

    /// The need in which what is raised now at an equipment and failure mode would be told.
    #[must_use]
    pub fn told_at(&self, place: (AssetId, FailureMode)) -> Option<&Need> {
        let head = self.live(place).map(|(_, head)| head).next()?;
        self.needs.get(&head)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.needs.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Need> {
        self.needs.values()
    }

    /// Those that nobody has decided, each with what merged into it to be asked for.
    pub fn open(&self) -> impl Iterator<Item = &Need> {
        self.all().filter(|need| need.state == State::Open)
    }

    /// All needs of one equipment, by failure mode and id.
    pub fn of_asset(&self, asset: AssetId) -> impl Iterator<Item = &Need> {
        // The first mode there is.
        let places = self.places.range((asset, FailureMode::AbnormalReading)..);
        let ids = places
            .take_while(move |((known, _), _)| *known == asset)
            .flat_map(|(_, ids)| ids);
        ids.filter_map(|id| self.needs.get(id))
    }

    /// The newest need of a source at an equipment and failure mode, whatever became of it.
    #[must_use]
    pub fn latest(&self, place: (AssetId, FailureMode), source: &Source) -> Option<&Need> {
        let ids = self.places.get(&place).into_iter().flatten().rev();
        ids.filter_map(|id| self.needs.get(id))
            .find(|need| need.source == *source)
    }

    /// The need that this one is told in, itself where it did not merge; none once that is over.
    #[must_use]
    pub fn head(&self, id: NeedId) -> Option<&Need> {
        self.head_of(id).and_then(|head| self.needs.get(&head))
    }

    /// A need and all that merged into it, in the order of their ids. Only needs of one equipment merge.
    pub fn group(&self, head: NeedId) -> impl Iterator<Item = &Need> {
        let asset = self.needs.get(&head).map(|need| need.asset);
        let of_asset = asset.into_iter().flat_map(|asset| self.of_asset(asset));
        let mut group: Vec<&Need> = of_asset
            .filter(|need| need.id == head || need.state == State::MergedInto(head))
            .collect();
        group.sort_unstable_by_key(|need| need.id);
        group.into_iter()
    }

    /// How soon, over all that merged into it.
    #[must_use]
    pub fn urgency(&self, head: NeedId) -> Option<Urgency> {
        self.group(head).map(|need| need.urgency).max()
    }

    /// From when and until when, over all that merged into it: worthwhile for the first, safe for all.
    #[must_use]
    pub fn dates(&self, head: NeedId) -> Dates {
        let earliest = self.group(head).filter_map(|need| need.dates.earliest).min();
        let latest = self.group(head).filter_map(|need| need.dates.latest).min();
        Dates {
            earliest: match (earliest, latest) {
                (Some(earliest), Some(latest)) => Some(earliest.min(latest)),
                _ => earliest,
            },
            latest,
        }
    }

    /// Every reason, over all that merged into it.
    pub fn evidence(&self, head: NeedId) -> impl Iterator<Item = (NeedId, &Evidence)> {
        self.group(head)
            .flat_map(|need| need.evidence.iter().map(move |evidence| (need.id, evidence)))
    }

    /// Takes a need out of the one it merged into: somebody says they are not the same.
    ///
    /// # Errors
    /// When there is no such need, or it had not merged.
    pub fn split(&mut self, id: NeedId) -> Result<(), NotPossible> {
        let need = self.needs.get_mut(&id).ok_or(NotPossible::Unknown(id))?;
        if !matches!(need.state, State::MergedInto(_)) {
            return Err(NotPossible::Decided(id));
        }
        need.state = State::Open;
        Ok(())
    }

    /// Merges one open need into another of the same equipment, with all that merged into it.
    ///
    /// # Errors
    /// When one is unknown, decided, or of other equipment.
    pub fn merge(&mut self, id: NeedId, into: NeedId) -> Result<(), NotPossible> {
        let (asset, other) = (self.undecided(id)?, self.undecided(into)?);
        if asset != other || id == into {
            return Err(NotPossible::OtherAsset);
        }
        for need in self.needs.values_mut() {
            if need.id == id || need.state == State::MergedInto(id) {
                need.state = State::MergedInto(into);
            }
        }
        Ok(())
    }

    /// Work was ordered for it.
    ///
    /// # Errors
    /// When there is no such need, or something was decided.
    pub fn order(&mut self, id: NeedId, order: OrderId) -> Result<(), NotPossible> {
        self.undecided(id)?;
        self.set(id, State::Ordered(order));
        Ok(())
    }

    /// The work that was ordered for it will not be done: it is open again.
    ///
    /// # Errors
    /// When there is no such need, or no work was ordered for it.
    pub fn reopen(&mut self, id: NeedId) -> Result<(), NotPossible> {
        let need = self.needs.get(&id).ok_or(NotPossible::Unknown(id))?;
        if !matches!(need.state, State::Ordered(_)) {
            return Err(NotPossible::Decided(id));
        }
        self.set(id, State::Open);
        Ok(())
    }

    /// Somebody says why nothing is to be done. What comes later opens a new need.
    ///
    /// # Errors
    /// When there is no such need, something was decided, or nothing is said.
    pub fn dismiss(
        &mut self,
        id: NeedId,
        by: PersonId,
        at: Timestamp,
        reason: &str,
    ) -> Result<(), NotPossible> {
        self.undecided(id)?;
        if reason.trim().is_empty() {
            return Err(NotPossible::NoReason);
        }
        let reason = reason.into();
        self.set(id, State::Dismissed { by, at, reason });
        Ok(())
    }

    /// What asked for it is over. What comes later opens a new need.
    ///
    /// # Errors
    /// When there is no such need, or it was merged, dismissed or met.
    pub fn meet(&mut self, id: NeedId, at: Timestamp) -> Result<(), NotPossible> {
        let need = self.needs.get(&id).ok_or(NotPossible::Unknown(id))?;
        if !matches!(need.state, State::Open | State::Ordered(_)) {
            return Err(NotPossible::Decided(id));
        }
        self.set(id, State::Met { at });
        Ok(())
    }

    /// The equipment of a need that nobody has decided about.
    fn undecided(&self, id: NeedId) -> Result<AssetId, NotPossible> {
        let need = self.needs.get(&id).ok_or(NotPossible::Unknown(id))?;
        match need.state {
            State::Open => Ok(need.asset),
            State::MergedInto(_) | State::Ordered(_) | State::Dismissed { .. } | State::Met { .. } => {
                Err(NotPossible::Decided(id))
            }
        }
    }

    fn set(&mut self, id: NeedId, state: State) {
        if let Some(need) = self.needs.get_mut(&id) {
            need.state = state;
        }
    }
}

fn need(id: NeedId, draft: Draft, state: State) -> Need {
    Need {
        id,
        asset: draft.asset,
        mode: draft.mode,
        source: draft.source,
        urgency: draft.urgency,
        dates: draft.dates,
        consequence: draft.consequence,
        evidence: draft.evidence,
        first: draft.at,
        last: draft.at,
        count: 1,
        state,
    }
}
