//! Where readings come from, and whether it is connected.

use std::sync::Arc;

use crate::id::SourceId;
use crate::time::Timestamp;

/// A source as the twin sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it is connected.
    pub link: Link,
    /// Since when.
    pub since: Timestamp,
    /// Points discovered from it.
    pub points: u32,
    /// Messages handled.
    pub messages: u64,
    /// Readings taken in.
    pub readings: u64,
    /// Points it offered that were not taken in; at least so many.
    pub refused_points: u64,
    /// What it says is made by a simulator.
    pub is_simulated: bool,
    /// Its topics stand below an asset with its name.
    pub has_own_root: bool,
}

/// Where a source's connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Link {
    /// Not yet connected in this run.
    #[default]
    Waiting,
    /// Connected.
    Connected,
    /// Was connected, or was tried and is not.
    Lost,
    /// Somebody said not to use it.
    Stopped,
}
