//! One subscription of a browser: what it holds, and where it stands.

use super::Sink;
use crate::message::{Position, Selector, ViewDelta};

#[derive(Debug)]
pub struct Subscription {
    pub selector: Selector,
    pub max_hz: Option<u8>,
    pub position: Option<Position>,
    /// The server's number for the view, on this connection.
    pub view: Option<u32>,
    pub points: Vec<u32>,
    pub assets: Vec<u32>,
    /// Since when an answer is awaited.
    pub asked: Option<u64>,
    pub refused: bool,
    /// The structure that is known; first, that of the page's data.
    pub structure: Option<Position>,
}

impl Subscription {
    /// Nothing was asked, and this is no newer than what is held: an answer that came twice.
    pub fn answered_by(&self, view: u32, position: Position) -> bool {
        self.asked.is_none()
            && self.view == Some(view)
            && self
                .position
                .is_some_and(|at| at.epoch == position.epoch && position.revision <= at.revision)
    }

    /// Applies a delta; false when it speaks of what the tables do not have.
    pub fn apply(&mut self, delta: ViewDelta, sink: &mut impl Sink) -> bool {
        for point in delta.joined {
            if !self.points.contains(&point) {
                self.points.push(point);
            }
        }
        let mut fits = true;
        for (index, reading) in delta.readings {
            match self.points.get(index as usize) {
                Some(point) => sink.reading(*point, reading),
                None => fits = false,
            }
        }
        for (index, cadence) in delta.cadences {
            match self.points.get(index as usize) {
                Some(point) => sink.cadence(*point, cadence),
                None => fits = false,
            }
        }
        for (index, summary) in delta.summaries {
            match self.assets.get(index as usize) {
                Some(asset) => sink.summary(*asset, summary),
                None => fits = false,
            }
        }
        if let Some(plant) = delta.plant {
            sink.plant(plant);
        }
        if let (Some(structure), Some(at)) = (delta.structure, self.position) {
            self.structure_is(at.epoch, structure, sink);
        }
        fits
    }

    /// Takes in the structure's revision; says so when it is newer than what is known.
    pub fn structure_is(&mut self, epoch: u64, revision: u64, sink: &mut impl Sink) {
        let is_new = self
            .structure
            .is_some_and(|known| known.epoch != epoch || revision > known.revision);
        if is_new {
            sink.structure(&self.selector);
        }
        if is_new || self.structure.is_none() {
            self.structure = Some(Position { epoch, revision });
        }
    }
}
