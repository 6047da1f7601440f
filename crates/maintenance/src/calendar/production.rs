//! What a line is to make, and when it is free for work.

use twin::{AssetId, Span, Timestamp};

use crate::ical::{EventStatus, ReadEvent};
use crate::order::event::Money;
use crate::span::{Stretch, Times};

/// One production order on a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What it is called in the plant.
    pub name: Box<str>,
    /// What is made.
    pub product: Box<str>,
    /// From when to when.
    pub time: Stretch,
    /// What an hour of it is worth, where that is known.
    pub hour: Option<Money>,
}

/// What one line is to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Production {
    /// Which line.
    pub line: AssetId,
    /// Its orders, in any order.
    pub runs: Vec<Run>,
}

impl Production {
    /// When something is to be made.
    #[must_use]
    pub fn busy(&self) -> Times {
        Times::of(self.runs.iter().map(|run| run.time))
    }

    /// Stretches of at least so long in which nothing is to be made.
    #[must_use]
    pub fn free(&self, over: Stretch, at_least: Span) -> Vec<Stretch> {
        let free = Times::of([over]).without(&self.busy());
        free.at_least(at_least).collect()
    }

    /// Orders that are on at some time of the stretch.
    pub fn during(&self, time: Stretch) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.time.and(time).is_some())
    }

    /// With what a calendar says: each event that is not cancelled is an order.
    #[must_use]
    pub fn from_events(line: AssetId, events: &[ReadEvent]) -> Self {
        let sure = events
            .iter()
            .filter(|event| event.status != EventStatus::Cancelled);
        let runs = sure.map(|event| Run {
            name: event.summary.clone(),
            product: "".into(),
            time: event.time,
            hour: None,
        });
        Self {
            line,
            runs: runs.collect(),
        }
    }

    /// When a line ran, from its states in order of time: a state holds until the next. The last one holds
    /// until `until`.
    #[must_use]
    pub fn from_states(states: &[(Timestamp, bool)], until: Timestamp) -> Times {
        let ends = states.iter().skip(1).map(|(at, _)| *at).chain([until]);
        let runs = states.iter().zip(ends).filter(|((_, runs), _)| *runs);
        Times::of(runs.filter_map(|((from, _), to)| Stretch::new(*from, to)))
    }
}
