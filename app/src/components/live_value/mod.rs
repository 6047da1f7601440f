//! LiveValue: number, unit, age, quality and provenance are one thing.

pub mod shown;
#[cfg(all(test, feature = "ssr"))]
mod tests;

use leptos::prelude::*;
use wire::page::PointInfo;
use wire::reading::Value;

use self::shown::Trust;
use super::feed::Feed;
use super::key_value::Pair;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;

/// How large a value is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Size {
    /// In tables and rows.
    #[default]
    Small,
    /// In tiles.
    Medium,
    /// On the tag's own page.
    Large,
}

impl Size {
    const fn class(self) -> &'static str {
        match self {
            Self::Small => "g-value",
            Self::Medium => "g-value g-value--m",
            Self::Large => "g-value g-value--l",
        }
    }
}

/// A value that lives: one text node changes with it, and from late on it says how old it is.
#[component]
pub fn LiveValue(
    /// Name, unit, decimals.
    info: PointInfo,
    /// What to watch.
    feed: Feed,
    /// How large.
    #[prop(optional)]
    size: Size,
    /// Added to the value's own classes.
    #[prop(optional)]
    class: &'static str,
    /// State and age stand in words beside it already ([`LiveWords`]).
    #[prop(optional)]
    worded: bool,
    /// The unit stands in a column of its own ([`UnitOf`]).
    #[prop(optional)]
    unitless: bool,
    /// Stands inside a link: it cannot be pressed by itself.
    #[prop(optional)]
    in_link: bool,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let decimals = info.decimals;
    let text = move || feed.with(|reading| shown::text(reading, decimals, fmt, m));
    let unit = (!unitless).then(|| view! { <UnitOf info=info.clone()/> });
    let words = (!worded).then(|| view! { <LiveAge feed/> });
    let class = format!("{} {class}", size.class());
    let trust = move || feed.trust.get().as_str();
    // Words may be longer than any number.
    let is_text = move |_: Option<&bool>| {
        feed.with(|reading| matches!(reading.and_then(|r| r.value.as_ref()), Some(Value::Text(_))))
    };
    let is_text = Memo::new(is_text);
    let inner = view! {
        <span class="g-value__n" data-text=move || is_text.get().then_some("")>{text}</span>
        {unit}
        {words}
    };
    // Pressing it tells where it comes from (`pages::provenance` listens).
    if in_link {
        view! { <span class=class data-point=info.point data-q=trust>{inner}</span> }.into_any()
    } else {
        view! { <button type="button" class=class data-point=info.point data-q=trust>{inner}</button> }
            .into_any()
    }
}

/// A unit; a guessed one says so.
#[component]
pub fn UnitOf(
    /// Whose unit.
    info: PointInfo,
) -> impl IntoView {
    let m = use_messages();
    info.unit.map(|unit| {
        let title = unit.guessed.then(|| m.value_guessed_unit());
        let class = if unit.guessed {
            "g-unit g-unit--guessed"
        } else {
            "g-unit"
        };
        view! { <small class=class title=title>{unit.symbol}</small> }
    })
}

/// The same value as it is measured, where it is shown in another unit.
#[component]
pub fn AsMeasured(
    /// As shown.
    info: PointInfo,
) -> impl IntoView {
    let (m, live) = (use_messages(), use_live());
    info.as_measured().map(|info| {
        let feed = Feed::live(live, &info);
        view! {
            <Pair term=m.units_measured()>
                <LiveValue info feed worded=true in_link=true/>
            </Pair>
        }
    })
}

/// The age beside a value that is late or worse: glyph and age to see, the whole word to hear.
#[component]
fn LiveAge(
    /// What to watch.
    feed: Feed,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    move || {
        let trust = feed.trust.get();
        (trust != Trust::Live).then(|| {
            let words = move || feed.with(|reading| shown::words(trust, reading, feed.now.get(), fmt, m));
            let dated = matches!(trust, Trust::Late | Trust::Stale | Trust::Offline);
            let age = move || {
                feed.with(|reading| {
                    reading
                        .filter(|_| dated)
                        .and_then(|r| shown::age_millis(r, feed.now.get()))
                })
                .map(|age| fmt.age(age))
            };
            view! {
                <span class="g-age" title=words>
                    <Glyph trust/>
                    <span aria-hidden="true">{age}</span>
                    <span class="g-sr">{words}</span>
                </span>
            }
        })
    }
}

/// The state of a value in words, for the column beside it: `Stale 12 min`. Empty while live.
#[component]
pub fn LiveWords(
    /// What to watch.
    feed: Feed,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    move || {
        let trust = feed.trust.get();
        (trust != Trust::Live).then(|| {
            let words = move || feed.with(|reading| shown::words(trust, reading, feed.now.get(), fmt, m));
            view! {
                <Glyph trust/>
                <span>{words}</span>
            }
        })
    }
}

/// The symbol of a state of data.
#[component]
pub fn Glyph(
    /// Which state.
    trust: Trust,
) -> impl IntoView {
    match trust.glyph() {
        Some(href) => view! {
            <svg class="g-dataq" aria-hidden="true">
                <use href=href></use>
            </svg>
        }
        .into_any(),
        None if trust == Trust::Uncertain => {
            view! { <span class="g-dataq g-dataq--q" aria-hidden="true">"?"</span> }.into_any()
        }
        None => ().into_any(),
    }
}
