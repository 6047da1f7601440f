//! StatusShape: shape, numeral and word of an alarm priority. Colour only adds to them.

use leptos::prelude::*;

use wire::message::Summary;

use super::data_badge::judged;
use super::judgement::Level;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};

/// The word of a level.
#[must_use]
pub fn word(m: Messages, level: Level) -> &'static str {
    match level {
        Level::Urgent => m.level_urgent(),
        Level::High => m.level_high(),
        Level::Medium => m.level_medium(),
        Level::Low => m.level_low(),
    }
}

/// ■1, ▲2, ▼3 or ●4. Its accessible name is the level's word, unless the word stands beside it.
#[component]
pub fn StatusShape(
    /// Which priority.
    level: Level,
    /// The word stands beside the shape: leave it out of the accessible tree.
    #[prop(optional)]
    worded: bool,
) -> impl IntoView {
    let m = use_messages();
    let href = level.symbol();
    view! {
        <svg
            class="g-alarm"
            data-p=level.number()
            viewBox="5 5 22 22"
            role=if worded { "presentation" } else { "img" }
            aria-hidden=worded.then_some("true")
            aria-label=(!worded).then(|| word(m, level))
        >
            <use href=href width="32" height="32"></use>
        </svg>
    }
}

/// Shape and word together.
#[component]
pub fn StatusWord(
    /// Which priority.
    level: Level,
) -> impl IntoView {
    let m = use_messages();
    view! {
        <StatusShape level worded=true/>
        <b>{word(m, level)}</b>
    }
}

/// How many values are beyond limits, the worst first: a shape, its count, and what else there is.
#[component]
pub fn BeyondCount(
    /// Counts over everything below.
    #[prop(into)]
    summary: Signal<Summary>,
    /// A parent whose rows below carry the shapes: speaks in plain counts.
    #[prop(optional)]
    plain: bool,
) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    // Of what nobody hears, nobody can say that it keeps its limits.
    let counts = Memo::new(move |_| {
        summary.with(|summary| {
            (
                summary.high,
                summary.medium,
                judged(summary) == 0 && summary.points > 0,
            )
        })
    });
    move || {
        let (high, medium, is_unheard) = counts.get();
        let count = move |n: u32| fmt.integer(n);
        match (high, medium) {
            (0, 0) if is_unheard => view! { <span class="g-dim">{m.beyond_unknown()}</span> }.into_any(),
            (0, 0) => view! { <span class="g-dim">{m.beyond_none()}</span> }.into_any(),
            (high, medium) if plain => view! { <b>{count(high + medium)}</b> }.into_any(),
            (0, medium) => view! {
                <span class="g-row g-row--6">
                    <StatusShape level=Level::Medium/>
                    <b>{count(medium)}</b>
                </span>
            }
            .into_any(),
            (high, medium) => view! {
                <span class="g-row g-row--6">
                    <StatusShape level=Level::High/>
                    <b>{count(high)}</b>
                    {(medium > 0).then(|| view! { <small class="g-dim">{m.beyond_lower(&count(medium))}</small> })}
                </span>
            }
            .into_any(),
        }
    }
}

/// In a page's head: each priority with its count and word; nothing when nothing is beyond a limit.
#[component]
pub fn BeyondBadge(
    /// Counts over everything below.
    #[prop(into)]
    summary: Signal<Summary>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let counts = Memo::new(move |_| summary.with(|summary| (summary.high, summary.medium)));
    move || {
        let (high, medium) = counts.get();
        let badge = |level: Level, n: u32| {
            (n > 0).then(|| {
                let count = (n > 1).then(|| format!("{} ", fmt.integer(n)));
                view! {
                    <span class="g-badge">
                        <StatusShape level worded=true/>
                        <span>{count}{word(m, level)}</span>
                    </span>
                }
            })
        };
        view! {
            {badge(Level::High, high)}
            {badge(Level::Medium, medium)}
        }
    }
}
