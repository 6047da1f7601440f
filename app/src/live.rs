//! Live values in the browser: one store of signals, fed by one socket.
//!
//! Pages [`seed`](LiveStore::seed) what they were made from, then [`watch`](LiveStore::watch) what they
//! show; components take a [`Signal`] of one point or one asset and change with it. On the server the same
//! calls give the same values and watch nothing. The words for all of it are said elsewhere.

#[cfg_attr(
    not(feature = "hydrate"),
    allow(dead_code, reason = "the server only seeds; the browser fills it")
)]
mod registry;
#[cfg(feature = "hydrate")]
mod reload;
mod shared;
#[cfg(feature = "hydrate")]
mod socket;

use leptos::prelude::*;
use twin::{Freshness, Timestamp};
use wire::message::{Position, Selector, Summary};
use wire::page::{PlantStatus, PointView, ShareFrame, Shell};
use wire::reading::{twin_cadence_from_wire, twin_times_from_wire};
use wire::{Cadence, Reading};

use registry::Registry;
use shared::Shared;

/// A point as it is now.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PointNow {
    /// None until the first reading.
    pub reading: Option<Reading>,
    /// How often it is expected to speak.
    pub cadence: Cadence,
}

impl PointNow {
    /// How far its reading may be believed at `now` (server's clock, milliseconds); none without a reading.
    #[must_use]
    pub fn freshness(&self, now: i64) -> Option<Freshness> {
        let reading = twin_times_from_wire(self.reading.as_ref()?);
        Some(twin::freshness::freshness(
            Timestamp::from_millis(now),
            &reading,
            twin_cadence_from_wire(self.cadence),
        ))
    }

    /// The time its value is true for, in milliseconds; none when nobody knows.
    #[must_use]
    pub fn time_millis(&self) -> Option<i64> {
        let reading = twin_times_from_wire(self.reading.as_ref()?);
        (!reading.age_unknown()).then(|| reading.time().millis())
    }

    /// How old its value is at `now`, never below zero.
    #[must_use]
    pub fn age_millis(&self, now: i64) -> Option<i64> {
        self.time_millis().map(|time| now.saturating_sub(time).max(0))
    }
}

impl From<&PointView> for PointNow {
    fn from(view: &PointView) -> Self {
        Self {
            reading: view.reading.clone(),
            cadence: view.cadence,
        }
    }
}

/// How the connection to the server stands. Times are the server's, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// The first connection is under way; what is shown is as old as the page.
    Connecting,
    /// Values arrive as they change.
    Live,
    /// The server cannot be reached: nothing shown is the present.
    Lost {
        /// When it was last heard.
        since_millis: i64,
        /// When it is tried next; none while a try is under way.
        retry_at_millis: Option<i64>,
    },
}

impl Link {
    /// Nothing shown is the present.
    #[must_use]
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Lost { .. })
    }
}

/// The live side of a page; a handle, copied freely.
#[derive(Clone, Copy)]
pub struct LiveStore {
    /// The freshness bar.
    pub plant: RwSignal<PlantStatus>,
    /// The connection.
    pub link: RwSignal<Link>,
    /// The server's clock in milliseconds, once a second. First it is what the page was made at.
    pub now: RwSignal<i64>,
    /// The server is of a newer build, and something is being typed here: offer to load the page again.
    pub new_version: RwSignal<bool>,
    registry: Shared,
}

/// Makes the store of this page from what the page was made with, gives it to every component, and in the
/// browser connects it.
pub fn provide_live(shell: &Shell, share: Option<&ShareFrame>) -> LiveStore {
    let live = LiveStore {
        plant: RwSignal::new(shell.plant.clone()),
        link: RwSignal::new(Link::Connecting),
        now: RwSignal::new(shell.server_millis),
        new_version: RwSignal::new(false),
        registry: Shared::default(),
    };
    provide_context(live);
    #[cfg(feature = "hydrate")]
    socket::start(live, shell, share);
    #[cfg(not(feature = "hydrate"))]
    let _on_the_server_nothing_connects = share;
    live
}

/// The store of this page. Outside of a page (a test of one component) an empty one.
#[must_use]
pub fn use_live() -> LiveStore {
    use_context::<LiveStore>().unwrap_or_else(|| LiveStore {
        plant: RwSignal::new(PlantStatus::default()),
        link: RwSignal::new(Link::Connecting),
        now: RwSignal::new(0),
        new_version: RwSignal::new(false),
        registry: Shared::default(),
    })
}

impl LiveStore {
    /// Takes in what page data say of points; keeps it as long as the calling owner lives.
    /// What the socket brought meanwhile is newer, and stays.
    pub fn seed<'a>(&self, points: impl IntoIterator<Item = &'a PointView>) {
        let mut held = Vec::new();
        self.registry.update_value(|registry| {
            for view in points {
                registry.seed_point(view.info.point, view.into());
                held.push(view.info.point);
            }
        });
        let registry = self.registry;
        on_cleanup(move || release(registry, |registry| registry.release_points(&held)));
    }

    /// Takes in what page data say of assets.
    pub fn seed_summaries(&self, summaries: impl IntoIterator<Item = (u32, Summary)>) {
        let mut held = Vec::new();
        self.registry.update_value(|registry| {
            for (asset, summary) in summaries {
                registry.seed_summary(asset, summary);
                held.push(asset);
            }
        });
        let registry = self.registry;
        on_cleanup(move || release(registry, |registry| registry.release_summaries(&held)));
    }

    /// Takes in newer counts of assets that are shown.
    pub fn update_summaries(&self, summaries: impl IntoIterator<Item = (u32, Summary)>) {
        self.registry.update_value(|registry| {
            for (asset, summary) in summaries {
                registry.update_summary(asset, summary);
            }
        });
    }

    /// One point, now and from now on: seeded or watched by the page, else empty.
    #[must_use]
    pub fn point(&self, point: u32) -> Signal<PointNow> {
        let signal = self
            .registry
            .try_update_value(|registry| registry.hold_point(point));
        let registry = self.registry;
        on_cleanup(move || release(registry, |registry| registry.release_points(&[point])));
        signal.unwrap_or_default().into()
    }

    /// The counts of one asset and all below it, now and from now on. While the server is out of reach
    /// nothing counts as live.
    #[must_use]
    pub fn summary(&self, asset: u32) -> Signal<Summary> {
        let signal = self
            .registry
            .try_update_value(|registry| registry.hold_summary(asset))
            .unwrap_or_default();
        let (registry, link) = (self.registry, self.link);
        on_cleanup(move || release(registry, |registry| registry.release_summaries(&[asset])));
        Signal::derive(move || {
            let summary = signal.get();
            if link.get().is_lost() {
                out_of_reach(summary)
            } else {
                summary
            }
        })
    }

    /// Goes up when what a selector covers has other points, assets or settings than the page was made
    /// with: load the page's data again then; at most once a second. It is heard of by [`Self::watch`] of the
    /// same selector, that of an asset also by watching its counts. For [`Selector::Plant`], also when what
    /// needs somebody changed.
    #[must_use]
    pub fn structure(&self, selector: &Selector) -> Signal<u64> {
        let signal = self
            .registry
            .try_update_value(|registry| registry.hold_structure(selector));
        let (registry, selector) = (self.registry, selector.clone());
        on_cleanup(move || release(registry, |registry| registry.release_structure(&selector)));
        signal.unwrap_or_default().into()
    }

    /// [`Self::structure`] of an asset that changes with the page's address. Its signal is held outside of
    /// what reads it: a reader that runs again would let go of it and begin to count anew.
    #[must_use]
    pub fn structure_of(self, asset: impl Fn() -> Option<u32> + Send + Sync + 'static) -> Memo<u64> {
        let asset = Memo::new(move |_| asset());
        let held = Memo::new(move |_| {
            let asset = asset.get()?;
            Some(self.structure(&Selector::Asset { asset }))
        });
        Memo::new(move |_| held.get().map_or(0, |signal| signal.get()))
    }

    /// Keeps what a selector covers up to date until the calling owner is cleaned up: at most `max_hz`
    /// times a second, or with each frame of the screen. `since` is the position of the page's data.
    /// On the server it does nothing.
    pub fn watch(&self, selector: Selector, max_hz: Option<u8>, since: Option<Position>) {
        #[cfg(feature = "hydrate")]
        if let Some(sub) = socket::subscribe(selector, max_hz, since) {
            on_cleanup(move || socket::unsubscribe(sub));
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (selector, max_hz, since);
    }

    /// Tries to reach the server at once. On the server it does nothing.
    pub fn retry_now(&self) {
        #[cfg(feature = "hydrate")]
        socket::retry_now();
    }

    /// How far a point's value may be believed, as it ages: offline too when the server is out of reach.
    /// None without a reading. Changes only when the answer does.
    #[must_use]
    pub fn freshness(&self, point: Signal<PointNow>) -> Memo<Option<Freshness>> {
        let (now, link) = (self.now, self.link);
        Memo::new(move |_| {
            let freshness = point.with(|point| point.freshness(now.get()));
            let is_lost = link.get().is_lost();
            freshness.map(|freshness| if is_lost { Freshness::Offline } else { freshness })
        })
    }
}

/// A page that is gone has released everything already.
fn release(registry: Shared, release: impl FnOnce(&mut Registry)) {
    registry.try_update_value(release);
}

/// The same points, none of them heard of.
const fn out_of_reach(summary: Summary) -> Summary {
    Summary {
        live: 0,
        late: 0,
        stale: 0,
        offline: summary.points,
        ..summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Value;

    fn store() -> LiveStore {
        LiveStore {
            plant: RwSignal::new(PlantStatus::default()),
            link: RwSignal::new(Link::Live),
            now: RwSignal::new(0),
            new_version: RwSignal::new(false),
            registry: Shared::default(),
        }
    }

    #[test]
    fn nothing_counts_as_live_while_the_server_is_out_of_reach() {
        let owner = Owner::new();
        owner.set();
        let live = store();
        let counts = Summary {
            points: 5,
            live: 3,
            late: 1,
            stale: 1,
            bad: 2,
            high: 1,
            ..Summary::default()
        };
        live.seed_summaries([(7, counts)]);
        let shown = live.summary(7);
        assert_eq!(shown.get_untracked(), counts);
        live.link.set(Link::Lost {
            since_millis: 0,
            retry_at_millis: None,
        });
        let lost = Summary {
            points: 5,
            offline: 5,
            bad: 2,
            high: 1,
            ..Summary::default()
        };
        assert_eq!(shown.get_untracked(), lost);
        live.link.set(Link::Live);
        assert_eq!(shown.get_untracked(), counts);
    }

    #[test]
    fn each_change_of_an_assets_structure_is_told_to_one_who_reads_it_again() {
        use wire::client_session::Sink;

        let owner = Owner::new();
        owner.set();
        let live = store();
        let shown = RwSignal::new(None);
        let changes = live.structure_of(move || shown.get());
        assert_eq!(changes.get_untracked(), 0);
        shown.set(Some(5));
        for told in 1..4 {
            assert_eq!(changes.get_untracked(), told - 1);
            let mut writes = Vec::new();
            live.registry.update_value(|registry| {
                registry.structure(&Selector::Asset { asset: 5 });
                registry.take_writes(told * 1_000, &mut writes);
            });
            writes.into_iter().for_each(|write| write.run(live.plant));
            assert_eq!(changes.get_untracked(), told);
        }
    }

    #[test]
    fn a_value_ages_with_the_clock_and_is_offline_without_a_server() {
        let owner = Owner::new();
        owner.set();
        let live = store();
        let reading = Reading {
            value: Some(Value::Number(1.0)),
            quality: wire::reading::Quality::Good,
            source_millis: Some(10_000),
            arrival_millis: 10_005,
            flags: 0,
        };
        let now = PointNow {
            reading: Some(reading),
            cadence: Cadence::Learned(1_000),
        };
        let freshness = live.freshness(Signal::stored(now.clone()));
        for (millis, expect) in [
            (9_000, Freshness::Live),
            (15_000, Freshness::Live),
            (15_001, Freshness::Late),
            (40_001, Freshness::Stale),
        ] {
            live.now.set(millis);
            assert_eq!(freshness.get_untracked(), Some(expect), "at {millis}");
        }
        live.link.set(Link::Lost {
            since_millis: 0,
            retry_at_millis: None,
        });
        assert_eq!(freshness.get_untracked(), Some(Freshness::Offline));
        assert_eq!(
            (now.age_millis(12_500), now.age_millis(9_000)),
            (Some(2_500), Some(0))
        );
        assert_eq!(
            live.freshness(Signal::stored(PointNow::default()))
                .get_untracked(),
            None
        );
    }
}
