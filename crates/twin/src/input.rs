//! What the engine is told: decoded messages, the state of connections, settings, and the passing of time.

use std::sync::Arc;

use crate::Cadence;
use crate::id::{AssetId, PointId, SourceId};
use crate::point::PointSettings;
use crate::reading::{Quality, Reading, Value};
use crate::time::Timestamp;

/// One decoded message of one topic.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// The connection it came by.
    pub source: SourceId,
    /// The full topic.
    pub topic: Arc<str>,
    /// When it reached us.
    pub arrival: Timestamp,
    /// Replayed by the broker from its retained store.
    pub retained: bool,
    /// QoS as delivered.
    pub qos: u8,
    /// The values it carries.
    pub leaves: Vec<Leaf>,
    /// What a last will, an LWT or an availability topic says of the device this topic belongs to
    /// (the topic without its last level): online or offline.
    pub availability: Option<bool>,
}

/// One value within a message.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Leaf {
    /// Path in the payload joined by `.`; empty for a plain value.
    pub field: Box<str>,
    /// The value; none for null.
    pub value: Option<Value>,
    /// The source's own time.
    pub time: Option<Timestamp>,
    /// How far the source trusts it.
    pub quality: Quality,
    /// The unit, where the payload states it.
    pub unit: Option<Box<str>>,
    /// Asset the payload names below the topic's, levels joined by `/`: Kepware's
    /// `Channel1.Device1.Tag1` is asset `Channel1/Device1`, field `Tag1`.
    pub asset: Option<Box<str>>,
    /// The property of the model that a mapping rule says this is.
    pub target: Option<Box<Target>>,
    /// Factor and offset that the rule made the value with of what came.
    pub scaled: Option<(f64, f64)>,
}

/// A property of an asset of the model.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Target {
    /// The asset's id in the model.
    pub asset: Arc<str>,
    /// Path of the property, with its components: `motor.power`.
    pub property: Arc<str>,
}

/// Everything that can happen to the twin.
#[derive(Clone, PartialEq, Debug)]
pub enum Input {
    /// Decoded messages in the order they arrived; a few hundred at a time keep the lock short.
    Messages(Vec<Message>),
    /// A source is known from now on. The first one's topics start at the root; a later one's
    /// stand below an asset with its name.
    SourceAdded {
        /// Its id.
        source: SourceId,
        /// Its name, shown and used as first level.
        name: Arc<str>,
    },
    /// What this source says is made by a simulator: its readings are flagged from now on.
    SourceSimulated(SourceId),
    /// A source's connection is up.
    SourceConnected {
        /// Which.
        source: SourceId,
        /// Whether the broker kept our session, and with it all that came at QoS 1 while we were away. Else
        /// what speaks on change is last known until it is heard again.
        is_continued: bool,
    },
    /// A source's connection is gone: all its points are offline at once.
    SourceLost(SourceId),
    /// A source is not used any more, for now or for good: its points are offline at once, and nobody
    /// needs to look after it.
    SourceStopped(SourceId),
    /// A person set these for a point; replaces what was set before.
    SetPoint {
        /// Which.
        point: PointId,
        /// All of its settings.
        settings: PointSettings,
    },
    /// A person named an asset.
    NameAsset {
        /// Which.
        asset: AssetId,
        /// Its name; none returns to the topic level's text.
        name: Option<Box<str>>,
    },
    /// A person decided on topics that were heard once: taken out of the plant and turned away from now on, or
    /// taken in again.
    Ignore {
        /// The level they are below.
        asset: AssetId,
        /// Whether they are turned away.
        ignored: bool,
    },
    /// A model or a demo says what things are; holds for what is seen now or later. What a person
    /// set wins.
    Describe(Vec<Description>),
    /// A model takes over, in parts: begin, its assets with parents first, its points, end. What it
    /// does not name goes back to where it was found.
    Model(ModelPart),
    /// What formulas came to.
    Computed(Vec<(PointId, Reading)>),
    /// Values of formulas that newer inputs left as they are, and when those were measured: as old as that.
    /// History hears of them every [`HELD_EVERY`](crate::HELD_EVERY).
    Confirmed(Vec<(PointId, Timestamp)>),
    /// Nothing but time: what is overdue becomes late.
    Tick,
}

/// One part of a model on its way into the twin.
#[derive(Clone, PartialEq, Debug)]
pub enum ModelPart {
    /// What follows is a whole model.
    Begin,
    /// Some of its assets, parents before children.
    Assets(Vec<ModelAsset>),
    /// Some of its points; their assets came before.
    Points(Vec<ModelPoint>),
    /// That was all: what was not named is no longer modelled.
    End,
}

/// An asset of the model.
#[derive(Clone, PartialEq, Debug)]
pub struct ModelAsset {
    /// Its id in the model.
    pub key: Arc<str>,
    /// The asset it is part of.
    pub parent: Option<Arc<str>>,
    /// Its name; its key where it has none.
    pub name: Option<Box<str>>,
    /// Its type.
    pub ty: Arc<str>,
    /// Some of its tags, as topic and path in the payload: the discovered asset that holds most of
    /// them becomes this one, so that links to it go on working.
    pub tags: Vec<(Arc<str>, Box<str>)>,
}

/// A property of an asset of the model that has values of its own.
#[derive(Clone, PartialEq, Debug)]
pub struct ModelPoint {
    /// Whose property, and which.
    pub target: Target,
    /// Where its values come from.
    pub origin: Origin,
    /// What the model says of it; shared by all that their type says the same of.
    pub settings: Arc<PointSettings>,
}

/// Where the values of a property come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A tag.
    Tag {
        /// Full topic.
        topic: Arc<str>,
        /// Path in the payload joined by `.`; empty for a plain value.
        field: Box<str>,
    },
    /// A mapping rule ([`Leaf::target`]), or nothing yet.
    Rule,
    /// A formula ([`Input::Computed`]).
    Computed,
}

/// What a demo or an importer says of a tag or an asset, by its name in the source.
#[derive(Clone, PartialEq, Debug)]
pub enum Description {
    /// Of one tag.
    Tag {
        /// Name of the source; none for any.
        source: Option<Arc<str>>,
        /// Full topic.
        topic: Arc<str>,
        /// Path in the payload joined by `.`; empty for a plain value.
        field: Box<str>,
        /// What is known of it.
        settings: PointSettings,
    },
    /// Of one asset.
    Asset {
        /// Topic levels from the root joined by `/`, with the source's level where there is one.
        levels: Box<str>,
        /// Display name.
        name: Box<str>,
    },
}

/// An asset as a store keeps it: comes out when it is discovered, goes in after a restart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssetRecord {
    /// Its id, for ever.
    pub id: AssetId,
    /// The asset above; none for a root.
    pub parent: Option<AssetId>,
    /// The topic level's text as it came.
    pub level: Box<str>,
    /// Its part of the address; unique below its parent.
    pub slug: Box<str>,
    /// The name a person gave it, if any.
    pub name: Option<Box<str>>,
    /// Its id in the model that named it last. One with an empty level was never found, only modelled.
    pub key: Option<Box<str>>,
}

/// A point as a store keeps it: comes out when it is discovered, goes in after a restart.
#[derive(Clone, PartialEq, Debug)]
pub struct PointRecord {
    /// Its id, for ever.
    pub id: PointId,
    /// Where it belongs.
    pub asset: AssetId,
    /// Where it comes from.
    pub source: SourceId,
    /// Full topic.
    pub topic: Arc<str>,
    /// Path in the payload joined by `.`; empty for a plain value.
    pub field: Box<str>,
    /// Asset the payload named below the topic's.
    pub leaf_asset: Option<Box<str>>,
    /// The unit its payload states, where it does.
    pub unit: Option<Box<str>>,
    /// A person said to ignore it.
    pub is_ignored: bool,
    /// What a person set.
    pub settings: PointSettings,
    /// How often it spoke when last known; [`Cadence::Learning`] when that was not kept.
    pub cadence: Cadence,
    /// The last reading known, if any: shown as offline until the point speaks again.
    pub reading: Option<Reading>,
}
