//! Feed: what a component watches of one point. The only place where components meet the live store.

use leptos::prelude::*;
use wire::page::{Limits, PointView};
use wire::reading::{Cadence, Reading};

use super::judgement::{Beyond, beyond};
use super::live_value::shown::{self, Trust};
use crate::live::{Link, LiveStore, PointNow};

/// One point's newest reading and how far to trust it now.
#[derive(Clone, Copy)]
pub struct Feed {
    point: Signal<PointNow>,
    /// Judged at this second.
    pub trust: Signal<Trust>,
    /// The server's time in milliseconds, ticking once a second.
    pub now: Signal<i64>,
}

impl Feed {
    /// A point of the page's live store, from now on.
    #[must_use]
    pub fn live(store: LiveStore, point: u32) -> Self {
        let (point, now, link) = (store.point(point), store.now, store.link);
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
            trust: trust.into(),
            now: now.into(),
        }
    }

    /// A feed that never changes: for tests, and for what is drawn once.
    #[must_use]
    pub fn fixed(view: &PointView, now_millis: i64) -> Self {
        Self::still(view.reading.clone(), view.cadence, now_millis)
    }

    /// The same, from a reading.
    #[must_use]
    pub fn still(reading: Option<Reading>, cadence: Cadence, now_millis: i64) -> Self {
        let trust = Trust::of(reading.as_ref(), cadence, now_millis);
        let point = Signal::stored(PointNow { reading, cadence });
        Self {
            point,
            trust: Signal::stored(trust),
            now: Signal::stored(now_millis),
        }
    }

    /// Looks at the newest reading, and again whenever it changes.
    pub fn with<T>(self, look: impl FnOnce(Option<&Reading>) -> T) -> T {
        self.point.with(|point| look(point.reading.as_ref()))
    }

    /// How often it is expected to speak.
    #[must_use]
    pub fn cadence(self) -> Cadence {
        self.point.with(|point| point.cadence)
    }

    /// The number to draw; none for text, bad quality and nothing.
    #[must_use]
    pub fn number(self) -> Option<f64> {
        self.with(shown::number)
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
