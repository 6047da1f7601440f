//! Feed: what a component watches of one point. The only place where components meet the live store.

use leptos::prelude::*;
use wire::page::{Doing, Limits, PointInfo, PointView, Scale, StateWord, state_of};
use wire::reading::{Cadence, Reading, Value};

use super::judgement::{Beyond, beyond};
use super::live_value::shown::{self, Trust};
use crate::live::{Link, LiveStore, PointNow};

/// One point's newest reading and how far to trust it now.
#[derive(Clone, Copy)]
pub struct Feed {
    point: Signal<PointNow>,
    /// From what arrives to what is shown.
    scale: Option<Scale>,
    /// What its values mean, where they tell states.
    states: Option<StoredValue<Vec<StateWord>>>,
    /// Judged at this second.
    pub trust: Signal<Trust>,
    /// The server's time in milliseconds, ticking once a second.
    pub now: Signal<i64>,
}

impl Feed {
    /// A point of the page's live store, from now on, in the unit that its description says.
    #[must_use]
    pub fn live(store: LiveStore, info: &PointInfo) -> Self {
        let (point, now, link) = (store.point(info.point), store.now, store.link);
        let trust = Memo::new(move |_| {
            let trust = point.with(|point| Trust::of(point.reading.as_ref(), point.cadence, now.get()));
            // Without a server nothing shown is the present, however young it looks.
            let lost = matches!(link.get(), Link::Lost { .. });
            if lost && trust != Trust::Never {
                Trust::Offline
            } else {
                trust
            }
        });
        Self {
            point,
            scale: scale_of(info),
            states: states_of(info),
            trust: trust.into(),
            now: now.into(),
        }
    }

    /// A feed that never changes: for tests, and for what is drawn once.
    #[must_use]
    pub fn fixed(view: &PointView, now_millis: i64) -> Self {
        Self {
            scale: scale_of(&view.info),
            states: states_of(&view.info),
            ..Self::still(view.reading.clone(), view.cadence, now_millis)
        }
    }

    /// The same, from a reading.
    #[must_use]
    pub fn still(reading: Option<Reading>, cadence: Cadence, now_millis: i64) -> Self {
        let trust = Trust::of(reading.as_ref(), cadence, now_millis);
        let point = Signal::stored(PointNow { reading, cadence });
        Self {
            point,
            scale: None,
            states: None,
            trust: Signal::stored(trust),
            now: Signal::stored(now_millis),
        }
    }

    /// Looks at the newest reading in the unit shown, a state by its word, and again whenever it changes.
    ///
    /// A value may arrive between the end of a page and the end of what it drew: then there is nothing to see.
    pub fn with<T: Default>(self, look: impl FnOnce(Option<&Reading>) -> T) -> T {
        let seen = self.point.try_with(|point| match (self.scale, &point.reading) {
            (Some(scale), Some(reading)) => look(Some(&scale.show_reading(reading))),
            (None, Some(reading)) => match reading.value.as_ref().and_then(|value| self.meant(value)) {
                Some((word, _)) => look(Some(&Reading {
                    value: Some(Value::Text(word)),
                    ..reading.clone()
                })),
                None => look(Some(reading)),
            },
            (_, None) => look(None),
        });
        seen.unwrap_or_default()
    }

    /// The newest value as it was sent.
    pub fn with_sent<T: Default>(self, look: impl FnOnce(Option<&Reading>) -> T) -> T {
        let seen = self.point.try_with(|point| look(point.reading.as_ref()));
        seen.unwrap_or_default()
    }

    /// The word for a value that tells a state, and what the state counts as.
    #[must_use]
    pub fn meant(self, value: &Value) -> Option<(String, Option<Doing>)> {
        let found = self.states?.try_with_value(|states| {
            let state = state_of(states, value)?;
            Some((state.word.clone(), state.counts_as))
        });
        found.flatten()
    }

    /// How often it is expected to speak.
    #[must_use]
    pub fn cadence(self) -> Cadence {
        self.point.try_with(|point| point.cadence).unwrap_or_default()
    }

    /// The number to draw; none for text, bad quality and nothing.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        match self.states {
            None => self.with(shown::number),
            Some(_) => self.with_sent(shown::number),
        }
    }

    /// The limit that the value is beyond, as far as it can be judged: an old value is beyond nothing.
    #[must_use]
    pub fn beyond(self, limits: &Limits) -> Option<Beyond> {
        let number = self.number()?;
        if self.trust.get().is_current() {
            beyond(number, limits)
        } else {
            None
        }
    }
}

fn states_of(info: &PointInfo) -> Option<StoredValue<Vec<StateWord>>> {
    (!info.states.is_empty()).then(|| StoredValue::new(info.states.clone()))
}

fn scale_of(info: &PointInfo) -> Option<Scale> {
    info.measured.as_ref().map(|measured| measured.scale)
}
