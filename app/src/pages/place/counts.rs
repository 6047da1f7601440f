//! Counts of what is below an asset, in the hierarchy that the address asks for. Those of the twin's own tree
//! are pushed; another hierarchy adds up other assets, and its counts are asked for again every few seconds.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wire::message::Summary;

use super::tree_pane::use_by;
use crate::api::place::get_counts;
use crate::live::use_live;

/// Counts of another hierarchy are asked for this often.
const EVERY_MILLIS: i64 = 5_000;
/// Beside the ids of assets: what is kept here of another hierarchy is never pushed.
const OTHER: u32 = 1 << 31;

const fn key(by: &str, asset: u32) -> u32 {
    if by.is_empty() { asset } else { asset | OTHER }
}

/// The counts of an asset, in the hierarchy of the page.
#[must_use]
pub fn counts_of(asset: u32) -> Signal<Summary> {
    let (live, by) = (use_live(), use_by());
    let (own, other) = (live.summary(asset), live.summary(asset | OTHER));
    Signal::derive(move || {
        if by.with(String::is_empty) {
            own.get()
        } else {
            other.get()
        }
    })
}

/// Takes in what page data say of them.
pub fn seed_counts(counts: impl IntoIterator<Item = (u32, Summary)>) {
    let by = use_by().get_untracked();
    let counts = counts
        .into_iter()
        .map(|(asset, counts)| (key(&by, asset), counts));
    use_live().seed_summaries(counts);
}

/// Keeps those of another hierarchy up to date.
pub fn follow_counts(assets: impl Fn() -> Vec<u32> + Send + Sync + 'static) {
    let (live, by) = (use_live(), use_by());
    let asked = StoredValue::new(0_i64);
    Effect::new(move |before: Option<(String, Vec<u32>)>| {
        let (now, wanted) = (live.now.get(), (by.get(), assets()));
        let is_due = before.as_ref() != Some(&wanted) || now - asked.get_value() >= EVERY_MILLIS;
        if is_due && !wanted.0.is_empty() && !wanted.1.is_empty() {
            asked.set_value(now);
            let (by, assets) = wanted.clone();
            spawn_local(async move {
                // What does not come now comes with the next try; the link says when the server is away.
                let counts = get_counts(by.clone(), assets).await.unwrap_or_default();
                live.update_summaries(
                    counts
                        .into_iter()
                        .map(|(asset, counts)| (key(&by, asset), counts)),
                );
            });
        }
        wanted
    });
}
