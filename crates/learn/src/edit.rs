//! Edits over a proposal, as data: what somebody accepted, renamed, moved; each can be undone.

use std::collections::BTreeSet;

use formula::units::Unit;
use model::{PropertyName, TypeName};

use crate::heard::Tag;
use crate::kind::states_of;
use crate::proposal::{
    Confidence, Decision, KindReason, PropertyKind, Proposal, ProposedAsset, ProposedProperty, ProposedType,
    Reason, UnitReason,
};
use crate::propose::free;

/// Edits that can be undone; older ones hold for good.
pub const MAX_EDITS: usize = 200;
/// Topics that can be ignored.
const MAX_IGNORED: usize = 100;
/// Letters of a name.
const MAX_NAME: usize = 80;

/// Which assets an edit is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pick {
    /// These.
    Assets(Vec<usize>),
    /// All of a type.
    Type(usize),
    /// One with all that is part of it.
    Below(usize),
    /// All that are at least so sure, in percent, and not rejected.
    AtLeast(u8),
}

/// One thing somebody did.
#[derive(Clone, PartialEq, Debug)]
pub enum Edit {
    /// Accepted, rejected, or left open again.
    Decide {
        /// Which.
        pick: Pick,
        /// What was decided.
        decision: Decision,
    },
    /// Renamed a type.
    NameType {
        /// Which.
        ty: usize,
        /// What people read; the name in the files comes from it.
        title: Box<str>,
    },
    /// Renamed an asset.
    NameAsset {
        /// Which.
        asset: usize,
        /// What people read.
        name: Box<str>,
    },
    /// Renamed several assets.
    NameAssets {
        /// Which.
        assets: Vec<usize>,
        /// What people read; `#` stands for the number that an asset's name ends with, or else for its
        /// place among them. Without one it is put at the end.
        pattern: Box<str>,
    },
    /// Renamed a property.
    NameProperty {
        /// Of which type.
        ty: usize,
        /// Its key.
        key: Box<str>,
        /// What people read; the name in the files comes from it.
        title: Box<str>,
    },
    /// Made the assets of one type assets of another.
    Merge {
        /// The type that is left empty.
        from: usize,
        /// The type they are then.
        into: usize,
    },
    /// Made an asset part of another, or of none.
    Move {
        /// Which.
        asset: usize,
        /// What it is part of.
        under: Option<usize>,
    },
    /// Said what a property is.
    SetKind {
        /// Of which type.
        ty: usize,
        /// Its key.
        key: Box<str>,
        /// What it is.
        kind: PropertyKind,
    },
    /// Said the unit of a property.
    SetUnit {
        /// Of which type.
        ty: usize,
        /// Its key.
        key: Box<str>,
        /// The unit; none for a pure number.
        unit: Option<Unit>,
    },
    /// Topics of this MQTT filter are nobody's tags.
    Ignore(Box<str>),
    /// They are again.
    Heed(Box<str>),
}

/// Why an edit was not made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It is about something that is not there.
    Unknown,
    /// The name is empty, too long, or holds no letter.
    NoName,
    /// Another one has the name.
    NameTaken,
    /// An asset would be part of itself.
    Circle,
    /// It belongs to a type that is there already.
    NotYours,
    /// There are too many of them.
    TooMany,
}

/// A proposal with the edits made over it.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The proposal before the edits that can be undone.
    first: Proposal,
    edits: Vec<Edit>,
    /// Edits in force; those behind were undone.
    at: usize,
    now: Proposal,
}

impl Session {
    /// Begins.
    #[must_use]
    pub fn new(proposal: Proposal) -> Self {
        Self {
            now: proposal.clone(),
            first: proposal,
            ..Self::default()
        }
    }

    /// The proposal with all edits in force.
    #[must_use]
    pub fn proposal(&self) -> &Proposal {
        &self.now
    }

    /// Whether there is something to undo, and to redo.
    #[must_use]
    pub fn steps(&self) -> (usize, usize) {
        (self.at, self.edits.len() - self.at)
    }

    /// Makes an edit; what was undone before is gone.
    pub fn edit(&mut self, edit: Edit) -> Result<(), Refused> {
        self.now.apply(&edit)?;
        self.edits.truncate(self.at);
        if self.edits.len() >= MAX_EDITS {
            let oldest = self.edits.remove(0);
            // It was made once already, on this very proposal.
            self.first.apply(&oldest).ok();
        }
        self.edits.push(edit);
        self.at = self.edits.len();
        Ok(())
    }

    /// Takes the last edit back.
    pub fn undo(&mut self) -> bool {
        let Some(at) = self.at.checked_sub(1) else {
            return false;
        };
        self.at = at;
        self.replay();
        true
    }

    /// Makes it again.
    pub fn redo(&mut self) -> bool {
        let Some(edit) = self.edits.get(self.at) else {
            return false;
        };
        self.now.apply(edit).ok();
        self.at += 1;
        true
    }

    fn replay(&mut self) {
        self.now = self.first.clone();
        for edit in self.edits.iter().take(self.at) {
            self.now.apply(edit).ok();
        }
    }
}

impl Proposal {
    /// Makes an edit, or leaves everything as it was.
    fn apply(&mut self, edit: &Edit) -> Result<(), Refused> {
        match edit {
            Edit::Decide { pick, decision } => self.decide(pick, *decision),
            Edit::NameType { ty, title } => self.name_type(*ty, title),
            Edit::NameAsset { asset, name } => {
                let name = good_name(name)?;
                self.assets.get_mut(*asset).ok_or(Refused::Unknown)?.name = name;
                Ok(())
            }
            Edit::NameAssets { assets, pattern } => self.name_assets(assets, pattern),
            Edit::NameProperty { ty, key, title } => self.name_property(*ty, key, title),
            Edit::Merge { from, into } => self.merge(*from, *into),
            Edit::Move { asset, under } => self.move_asset(*asset, *under),
            Edit::SetKind { ty, key, kind } => {
                let states = states_of(&self.tags_of(*ty, key));
                let property = self.own_property(*ty, key)?;
                property.states = states;
                property.kind = *kind;
                property.kind_reason = KindReason::Said;
                property.confidence = Confidence::new(1.0);
                Ok(())
            }
            Edit::SetUnit { ty, key, unit } => {
                let property = self.own_property(*ty, key)?;
                property.unit = unit.clone();
                property.unit_reason = UnitReason::Said;
                property.confidence = Confidence::new(1.0);
                Ok(())
            }
            Edit::Ignore(filter) => {
                if filter.is_empty() || filter.len() > 500 {
                    return Err(Refused::NoName);
                }
                if self.ignored.len() >= MAX_IGNORED {
                    return Err(Refused::TooMany);
                }
                if !self.ignored.contains(filter) {
                    self.ignored.push(filter.clone());
                }
                Ok(())
            }
            Edit::Heed(filter) => {
                self.ignored.retain(|own| own != filter);
                Ok(())
            }
        }
    }

    /// The tags of a property in all assets of its type.
    pub(crate) fn tags_of(&self, ty: usize, key: &str) -> Vec<&Tag> {
        let of = self.assets_of(ty).filter_map(|(_, asset)| asset.tags.get(key));
        of.filter_map(|tag| self.tags.get(*tag)).collect()
    }

    fn ty(&mut self, ty: usize) -> Result<&mut ProposedType, Refused> {
        self.types.get_mut(ty).ok_or(Refused::Unknown)
    }

    /// A property that is no property of a type that is there already.
    fn own_property(&mut self, ty: usize, key: &str) -> Result<&mut ProposedProperty, Refused> {
        let property = self.ty(ty)?.properties.get_mut(key).ok_or(Refused::Unknown)?;
        if property.of_base.is_some() {
            Err(Refused::NotYours)
        } else {
            Ok(property)
        }
    }

    /// The assets that are picked.
    #[must_use]
    pub fn picked(&self, pick: &Pick) -> Vec<usize> {
        let all = |holds: &dyn Fn(usize, &ProposedAsset) -> bool| {
            let holds = |(at, asset): &(usize, &ProposedAsset)| holds(*at, asset);
            self.assets
                .iter()
                .enumerate()
                .filter(holds)
                .map(|(at, _)| at)
                .collect()
        };
        match pick {
            Pick::Assets(assets) => assets
                .iter()
                .copied()
                .filter(|at| *at < self.assets.len())
                .collect(),
            Pick::Type(ty) => all(&|_, asset| asset.ty == *ty),
            Pick::AtLeast(percent) => all(&|_, asset| {
                asset.confidence.percent() >= *percent && asset.decision != Decision::Rejected
            }),
            Pick::Below(top) => {
                // Parents stand before their children unless one was moved.
                let mut below = BTreeSet::from([*top]);
                loop {
                    let before = below.len();
                    for (at, asset) in self.assets.iter().enumerate() {
                        if asset.parent.is_some_and(|parent| below.contains(&parent)) {
                            below.insert(at);
                        }
                    }
                    if below.len() == before {
                        return below.into_iter().filter(|at| *at < self.assets.len()).collect();
                    }
                }
            }
        }
    }

    /// What an asset could be part of, `most` of them: all that hold others or have no tags, but nothing
    /// below it. What it is part of is always among them.
    #[must_use]
    pub fn places(&self, asset: usize, most: usize) -> Vec<usize> {
        let parents: BTreeSet<usize> = self.assets.iter().filter_map(|asset| asset.parent).collect();
        let below: BTreeSet<usize> = self.picked(&Pick::Below(asset)).into_iter().collect();
        let is_place = |(at, place): &(usize, &ProposedAsset)| {
            (place.tags.is_empty() || parents.contains(at)) && !below.contains(at)
        };
        let all = self.assets.iter().enumerate().filter(is_place).map(|(at, _)| at);
        let mut places: Vec<usize> = all.take(most).collect();
        let own = self.assets.get(asset).and_then(|asset| asset.parent);
        if let Some(own) = own.filter(|own| !places.contains(own)) {
            places.truncate(most.saturating_sub(1));
            places.push(own);
        }
        places
    }

    /// Accepted is also what an accepted asset is part of.
    fn decide(&mut self, pick: &Pick, decision: Decision) -> Result<(), Refused> {
        let picked = self.picked(pick);
        if picked.is_empty() {
            return Err(Refused::Unknown);
        }
        for at in picked {
            let mut next = Some(at);
            while let Some(asset) = next.and_then(|at| self.assets.get_mut(at)) {
                let is_settled = next != Some(at) && asset.decision != Decision::Open;
                if is_settled {
                    break;
                }
                asset.decision = decision;
                next = asset.parent.filter(|_| decision == Decision::Accepted);
            }
        }
        Ok(())
    }

    fn name_type(&mut self, ty: usize, title: &str) -> Result<(), Refused> {
        let title = good_name(title)?;
        let name: TypeName = free(&title, "", &|_| true).ok_or(Refused::NoName)?;
        let is_taken = self
            .types
            .iter()
            .enumerate()
            .any(|(at, other)| at != ty && other.name == name);
        if is_taken {
            return Err(Refused::NameTaken);
        }
        let own = self.ty(ty)?;
        own.name = name;
        own.title = title;
        own.reason = Reason::Said;
        Ok(())
    }

    fn name_assets(&mut self, assets: &[usize], pattern: &str) -> Result<(), Refused> {
        let pattern = pattern.trim();
        if assets.is_empty() || assets.iter().any(|at| *at >= self.assets.len()) {
            return Err(Refused::Unknown);
        }
        // The pattern's own letters make a name, not the numbers alone.
        good_name(&pattern.replace('#', ""))?;
        let pattern = match assets {
            [_, _, ..] if !pattern.contains('#') => format!("{pattern} #"),
            _ => pattern.to_owned(),
        };
        let mut names = Vec::new();
        for (place, at) in assets.iter().enumerate() {
            let old = self.assets.get(*at).map_or("", |asset| &asset.name);
            let digits = old.len() - old.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let number = match old.get(old.len() - digits..) {
                Some(number) if !number.is_empty() => number.to_owned(),
                _ => (place + 1).to_string(),
            };
            names.push((*at, good_name(&pattern.replace('#', &number))?));
        }
        for (at, name) in names {
            if let Some(asset) = self.assets.get_mut(at) {
                asset.name = name;
            }
        }
        Ok(())
    }

    fn name_property(&mut self, ty: usize, key: &str, title: &str) -> Result<(), Refused> {
        let title = good_name(title)?;
        let name: PropertyName = free(&title, "", &|_| true).ok_or(Refused::NoName)?;
        let is_taken =
            |(other, property): (&String, &ProposedProperty)| other != key && property.name == name;
        if self.ty(ty)?.properties.iter().any(is_taken) {
            return Err(Refused::NameTaken);
        }
        let property = self.own_property(ty, key)?;
        property.name = name;
        property.title = title;
        Ok(())
    }

    fn merge(&mut self, from: usize, into: usize) -> Result<(), Refused> {
        if from == into || from >= self.types.len() {
            return Err(Refused::Unknown);
        }
        let moved = self.ty(from)?.properties.clone();
        let target = self.ty(into)?;
        for (key, mut property) in moved {
            if target.properties.contains_key(&key) {
                continue;
            }
            let is_free = |name: &str| target.properties.values().all(|own| own.name.as_str() != name);
            property.name = free(property.name.as_str(), "", &is_free).unwrap_or_default();
            property.of_base = None;
            target.properties.insert(key, property);
        }
        for asset in self.assets.iter_mut().filter(|asset| asset.ty == from) {
            asset.ty = into;
            asset.reason = Reason::Said;
        }
        Ok(())
    }

    fn move_asset(&mut self, asset: usize, under: Option<usize>) -> Result<(), Refused> {
        if under.is_some_and(|under| under >= self.assets.len()) {
            return Err(Refused::Unknown);
        }
        let mut above = under;
        while let Some(at) = above {
            if at == asset {
                return Err(Refused::Circle);
            }
            above = self.assets.get(at).and_then(|asset| asset.parent);
        }
        let own = self.assets.get_mut(asset).ok_or(Refused::Unknown)?;
        own.parent = under;
        own.under = None;
        Ok(())
    }
}

fn good_name(name: &str) -> Result<Box<str>, Refused> {
    let name = name.trim();
    let is_good = name.chars().count() <= MAX_NAME
        && name.chars().any(char::is_alphanumeric)
        && !name.chars().any(char::is_control);
    if is_good {
        Ok(name.into())
    } else {
        Err(Refused::NoName)
    }
}
