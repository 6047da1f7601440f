//! What the engine answers: every change it made, what history must keep, what the model must keep.

use crate::id::{AssetId, PointId};
use crate::input::{AssetRecord, PointRecord};
use crate::reading::Reading;
use crate::time::Timestamp;

/// One thing that is no longer as it was. Says where to look, not what it is now.
/// Within one [`Outputs`] each is named at most once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Change {
    /// A new reading became the current one.
    Reading(PointId),
    /// How far the current reading may be believed changed, or its flags did.
    Freshness(PointId),
    /// How often it is expected to speak changed.
    Cadence(PointId),
    /// The counts over this asset and all below it changed.
    Summary(AssetId),
    /// The counts over everything changed.
    PlantSummary,
    /// Children or points joined below this asset, or were renamed; none: the roots.
    Structure(Option<AssetId>),
    /// Name, unit, limits, range or digits of a point changed.
    Settings(PointId),
    /// What asks for somebody changed.
    Needs,
    /// A source joined, connected or was lost.
    Sources,
}

/// What came of one input.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outputs {
    /// The twin's change counter after it; one step per input that changed anything.
    pub revision: u64,
    /// What changed.
    pub changes: Vec<Change>,
    /// Readings for history, in order; also those too old to become current.
    pub stored: Vec<(PointId, Reading)>,
    /// Assets seen for the first time.
    pub new_assets: Vec<AssetRecord>,
    /// Points seen for the first time.
    pub new_points: Vec<PointRecord>,
    /// Discovered assets that are one of the model from now on, with its id there: for the store.
    pub keyed: Vec<(AssetId, std::sync::Arc<str>)>,
    /// Known points whose payload states another unit than before, or one at last: for the store.
    pub units: Vec<(PointId, Box<str>)>,
    /// Values whose message states a unit that measures something else than the property, with that unit.
    pub foreign_units: Vec<(PointId, Box<str>)>,
    /// Addresses that assets had before they moved: for the store.
    pub redirects: Vec<(Box<str>, AssetId)>,
    /// Points that were taken out of the plant (true) or put back: for the store.
    pub ignored: Vec<(PointId, bool)>,
    /// Points that became or ceased to be a property of the model.
    pub placed: Vec<PointId>,
    /// Call again with [`Input::Tick`](crate::Input::Tick) at this time, if nothing comes before.
    pub wake: Option<Timestamp>,
}
