//! What is proposed: types, assets, their properties and tags, each with confidence and a reason.

use std::collections::BTreeMap;

use formula::units::Unit;
use model::{AssetKey, PropertyName, PropertyPath, TypeName};

use crate::heard::Tag;

/// How sure a proposal is, from 0 to 1.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default)]
pub struct Confidence(f32);

impl Confidence {
    /// Held between 0 and 0.99: nothing that was guessed is certain.
    #[must_use]
    pub fn new(confidence: f32) -> Self {
        Self(confidence.clamp(0.0, 0.99))
    }

    /// In percent.
    #[must_use]
    pub fn percent(self) -> u8 {
        (self.0 * 100.0).round() as u8
    }

    pub(crate) fn times(self, factor: f32) -> Self {
        Self::new(self.0 * factor)
    }
}

/// Why it is proposed; pages put it into words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reason {
    /// So many assets have the same tags, so many percent of them each.
    Alike {
        /// Assets.
        assets: u32,
        /// Share of the type's tags an asset has, in percent.
        percent: u8,
    },
    /// The properties of a type that is there already: so many of so many tags.
    Known {
        /// Name of that type.
        ty: Box<str>,
        /// Tags that are properties of it.
        matched: u32,
        /// All tags.
        of: u32,
    },
    /// Its name says so.
    Named {
        /// The word.
        word: Box<str>,
    },
    /// Its place in the hierarchy, the root is 1.
    Level {
        /// Which.
        depth: u32,
    },
    /// Nothing else is like it.
    Alone,
    /// A person said so.
    Said,
}

/// Why a property is of its kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KindReason {
    /// Numbers that change.
    Numbers,
    /// Its name is that of a state, and its values are few.
    StateWord,
    /// Its values are few words.
    FewTexts,
    /// Its values are few small whole numbers, and its name says state: what they mean is a guess.
    Codes,
    /// On and off.
    Switch,
    /// It only rises.
    OnlyRises,
    /// Its name is that of a counter.
    CounterWord,
    /// Its name is that of something that stays.
    ConstantWord,
    /// Texts of any kind.
    Texts,
    /// A type that is there already says so.
    Known,
    /// A person said so.
    Said,
}

/// What a property is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PropertyKind {
    /// Measured.
    Measurement,
    /// Counted: only rises, until it begins again.
    Counter,
    /// One of a few states.
    State,
    /// On or off.
    Switch,
    /// Words.
    Text,
    /// Set once and rarely changed.
    Attribute,
}

impl PropertyKind {
    /// Every kind with its word.
    pub const ALL: [(&'static str, Self); 6] = [
        ("measurement", Self::Measurement),
        ("counter", Self::Counter),
        ("state", Self::State),
        ("switch", Self::Switch),
        ("text", Self::Text),
        ("attribute", Self::Attribute),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        let of = |(_, kind): &&(&str, Self)| *kind == self;
        Self::ALL.iter().find(of).map_or("", |(word, _)| word)
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(own, _)| *own == word)
            .map(|(_, kind)| *kind)
    }
}

/// How a unit came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitReason {
    /// The source states it.
    Stated,
    /// Read off the name of the tag.
    Guessed,
    /// None was said.
    None,
    /// A type that is there already says so.
    Known,
    /// A person said so.
    Said,
}

/// What somebody decided.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Decision {
    /// Nothing yet.
    #[default]
    Open,
    /// To be made.
    Accepted,
    /// Not to be made.
    Rejected,
}

/// A type of assets.
#[derive(Clone, PartialEq, Debug)]
pub struct ProposedType {
    /// Its name in the files.
    pub name: TypeName,
    /// What people read.
    pub title: Box<str>,
    /// The type of the model or of a pack that it is, or is a kind of.
    pub base: Option<Base>,
    /// Whether it is a place of the hierarchy, not equipment.
    pub is_place: bool,
    /// By the key that its tags came to.
    pub properties: BTreeMap<String, ProposedProperty>,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub reason: Reason,
}

/// A type that is there already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Base {
    /// Its name.
    pub name: TypeName,
    /// What people read.
    pub title: Box<str>,
}

/// A property of a type.
#[derive(Clone, PartialEq, Debug)]
pub struct ProposedProperty {
    /// Its name in the files.
    pub name: PropertyName,
    /// What people read.
    pub title: Box<str>,
    /// What it is.
    pub kind: PropertyKind,
    /// Why.
    pub kind_reason: KindReason,
    /// Its unit.
    pub unit: Option<Unit>,
    /// How that came.
    pub unit_reason: UnitReason,
    /// Seconds between two values.
    pub expected_secs: Option<u32>,
    /// The states, by the values that mean them.
    pub states: Vec<(Box<str>, Vec<model::Scalar>)>,
    /// The property of the base that it is.
    pub of_base: Option<PropertyPath>,
    /// How sure of its kind and unit.
    pub confidence: Confidence,
}

impl ProposedProperty {
    /// Its path in the model.
    #[must_use]
    pub fn path(&self) -> PropertyPath {
        self.of_base
            .clone()
            .unwrap_or_else(|| PropertyPath::of(&self.name))
    }
}

/// An asset.
#[derive(Clone, PartialEq, Debug)]
pub struct ProposedAsset {
    /// Its id in the model.
    pub key: AssetKey,
    /// What people read.
    pub name: Box<str>,
    /// Which of the types.
    pub ty: usize,
    /// Which of the assets it is part of.
    pub parent: Option<usize>,
    /// An asset of the model it is part of, where that is there already.
    pub under: Option<AssetKey>,
    /// The levels it was read off.
    pub levels: Vec<Box<str>>,
    /// Its tags by the keys of the type's properties.
    pub tags: BTreeMap<String, usize>,
    /// How sure.
    pub confidence: Confidence,
    /// Why.
    pub reason: Reason,
    /// What somebody decided.
    pub decision: Decision,
}

/// All that is proposed, with what was decided so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Proposal {
    /// Every tag that was heard and is not in the model yet.
    pub tags: Vec<Tag>,
    /// The types; some may have no asset after edits.
    pub types: Vec<ProposedType>,
    /// The assets, parents first.
    pub assets: Vec<ProposedAsset>,
    /// Topics that are ignored: levels, `+` and `#` as in MQTT.
    pub ignored: Vec<Box<str>>,
    /// Tags that the model has already.
    pub mapped_before: usize,
}

impl Proposal {
    /// The assets that are part of this one.
    pub fn children(&self, asset: usize) -> impl Iterator<Item = usize> {
        let below = move |(_, child): &(usize, &ProposedAsset)| child.parent == Some(asset);
        self.assets.iter().enumerate().filter(below).map(|(at, _)| at)
    }

    /// The assets of a type.
    pub fn assets_of(&self, ty: usize) -> impl Iterator<Item = (usize, &ProposedAsset)> {
        self.assets
            .iter()
            .enumerate()
            .filter(move |(_, asset)| asset.ty == ty)
    }

    /// Assets that are accepted, and those that are accepted, open and rejected together.
    #[must_use]
    pub fn accepted(&self) -> (usize, usize) {
        let accepted = self
            .assets
            .iter()
            .filter(|asset| asset.decision == Decision::Accepted);
        (accepted.count(), self.assets.len())
    }

    /// The tags that no accepted or open asset has, nor an ignored topic.
    #[must_use]
    pub fn unmapped(&self) -> Vec<usize> {
        let mut mapped = vec![false; self.tags.len()];
        let kept = self
            .assets
            .iter()
            .filter(|asset| asset.decision != Decision::Rejected);
        for tag in kept.flat_map(|asset| asset.tags.values()) {
            if let Some(mapped) = mapped.get_mut(*tag) {
                *mapped = true;
            }
        }
        let is_left = |(at, tag): &(usize, &Tag)| {
            !mapped.get(*at).copied().unwrap_or(true) && !self.ignores(&tag.topic)
        };
        self.tags
            .iter()
            .enumerate()
            .filter(is_left)
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether a topic is ignored.
    #[must_use]
    pub fn ignores(&self, topic: &str) -> bool {
        self.ignored.iter().any(|pattern| matches(pattern, topic))
    }
}

/// Whether a topic is one of those an MQTT filter names (MQTT 5.0, 4.7).
pub(crate) fn matches(filter: &str, topic: &str) -> bool {
    let mut levels = topic.split('/');
    for part in filter.split('/') {
        match (part, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (part, Some(level)) if part == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_name_topics() {
        for (filter, topic, expect) in [
            ("test/#", "test/foo/bar", true),
            ("test/#", "test", true),
            ("test/+", "test/foo", true),
            ("test/+", "test/foo/bar", false),
            ("test/foo", "test/foo", true),
            ("test", "test/foo", false),
            ("#", "a", true),
        ] {
            assert_eq!(matches(filter, topic), expect, "{filter} {topic}");
        }
    }
}
