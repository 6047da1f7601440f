//! DataBadge: how much of what stands below is live: `12 of 14 tags live`, with the worst state's glyph.

use leptos::prelude::*;
use wire::message::Summary;

use super::live_value::Glyph;
use super::live_value::shown::Trust;
use crate::fmt::{Fmt, use_fmt};
use crate::i18n::{Messages, use_messages};

/// The worst state of data among those counted.
#[must_use]
pub const fn worst(summary: &Summary) -> Trust {
    match summary {
        Summary { offline: 1.., .. } => Trust::Offline,
        Summary { stale: 1.., .. } => Trust::Stale,
        Summary { bad: 1.., .. } => Trust::Bad,
        Summary { late: 1.., .. } => Trust::Late,
        _ => Trust::Live,
    }
}

/// How many values can be held against their limits, at least: those heard of lately that are not bad.
#[must_use]
pub const fn judged(summary: &Summary) -> u32 {
    (summary.live + summary.late).saturating_sub(summary.bad)
}

/// That no value is beyond a limit, and of how many that is not known; none where it is known of none. Where no
/// limit is set, that and the way to set one.
#[must_use]
pub fn within(summary: &Summary, m: Messages) -> Option<(&'static str, String)> {
    if summary.limited == 0 && summary.points > 0 {
        return Some((m.calm_unlimited(), m.calm_unlimited_more().to_owned()));
    }
    let unknown = summary.points.saturating_sub(judged(summary));
    let is_within = summary.high + summary.medium == 0 && judged(summary) > 0;
    is_within.then(|| match unknown {
        0 => (m.calm_limits(), m.calm_limits_more(summary.limited)),
        unknown => (m.calm_limits_live(), m.calm_limits_part(unknown)),
    })
}

/// What is not live, in words: `1 offline, 3 stale`.
#[must_use]
pub fn missing(summary: &Summary, m: Messages, fmt: Fmt) -> String {
    let part = |n: u32, words: &dyn Fn(&str) -> String| (n > 0).then(|| words(&fmt.integer(n)));
    [
        part(summary.offline, &|n| m.tags_offline(n)),
        part(summary.stale, &|n| m.tags_stale(n)),
        part(summary.bad, &|n| m.tags_bad(n)),
        part(summary.late, &|n| m.tags_late(n)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

/// In a page's head: glyph and whole words; the title says what is missing.
#[component]
pub fn DataBadge(
    /// Counts over everything below.
    #[prop(into)]
    summary: Signal<Summary>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let title = move || summary.with(|summary| missing(summary, m, fmt));
    view! {
        <span class="g-badge g-databadge" title=title>
            {move || view! { <Glyph trust=worst(&summary.get())/> }}
            <span>
                {move || {
                    let summary = summary.get();
                    if summary.points == 0 {
                        m.tags_none().to_owned()
                    } else {
                        m.tags_live(&fmt.integer(summary.live), summary.points)
                    }
                }}
            </span>
        </span>
    }
}

/// Characters of the longest ratio in a column, for its width.
#[must_use]
pub fn ratio_chars(points: impl Iterator<Item = u32>, fmt: Fmt) -> usize {
    2 * fmt.integer(points.max().unwrap_or(0)).chars().count() + 1
}

/// In a table: `142/146`, bold when not all are live.
#[component]
pub fn LiveRatio(
    /// Counts over everything below.
    #[prop(into)]
    summary: Signal<Summary>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let label = move || {
        summary.with(|s| match missing(s, m, fmt) {
            none if none.is_empty() => m.tags_live(&fmt.integer(s.live), s.points),
            missing => format!("{}: {missing}", m.tags_live(&fmt.integer(s.live), s.points)),
        })
    };
    view! {
        <span class="g-ratio" data-part=move || summary.with(|s| s.live < s.points).then_some("") title=label>
            <span>{move || fmt.integer(summary.get().live)}</span>
            <span class="g-dim">{move || format!("/{}", fmt.integer(summary.get().points))}</span>
        </span>
    }
}
