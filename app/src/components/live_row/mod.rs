//! LiveRow: one point in a list: name, bar, value, and in words whatever is not as it should be.

use leptos::prelude::*;
use wire::page::PointInfo;
use wire::reading::Reading;

use super::analog_indicator::AnalogIndicator;
use super::analog_indicator::geometry::Scale;
use super::feed::Feed;
use super::judgement::{Normal, normal};
use super::live_value::shown::Trust;
use super::live_value::{LiveValue, LiveWords, UnitOf};
use super::status_shape::StatusWord;
use crate::i18n::use_messages;

/// A row of the live panel. Without a known range it has no bar and its value stands wider.
#[component]
pub fn LiveRow(
    /// Whose value.
    info: PointInfo,
    /// What to watch.
    feed: Feed,
    /// How much of its inputs is there, where it is not all: `9 of 10 inputs`.
    #[prop(optional)]
    covered: String,
    /// Why a formula had no value when the page was made; said while it still has none.
    #[prop(optional)]
    why: String,
) -> impl IntoView {
    let has_none =
        Memo::new(move |_| feed.with(|reading| reading.is_none_or(|reading| reading.value.is_none())));
    let explain = crate::routes::explain(info.point);
    let (why, has_why) = (StoredValue::new(why.clone()), !why.is_empty());
    let reason = move || {
        (has_why && has_none.get()).then(|| {
            let (why, explain) = (why.get_value(), explain.clone());
            view! { <a class="g-caption g-link g-live__why" href=explain title=why.clone()>{why.clone()}</a> }
        })
    };
    let covered = (!covered.is_empty()).then(|| {
        view! {
            <a class="g-caption g-link" href=crate::routes::explain(info.point)>
                {covered}
            </a>
        }
    });
    let words = info.clone();
    let bar = Scale::of(&info).is_some();
    let indicator = bar.then(|| view! { <AnalogIndicator info=info.clone() feed/> });
    view! {
        <li class="g-live" data-bar=bar.then_some("") data-why=move || (has_why && has_none.get()).then_some("")>
            <span class="g-live__name">
                <a class="g-cut" href=crate::routes::tag(info.point) title=info.name.clone()>
                    {info.name.clone()}
                </a>
                <Origin feed/>
            </span>
            {indicator}
            <span class="g-live__val">
                <LiveValue info=info.clone() feed worded=true unitless=true/>
                <UnitOf info=info.clone()/>
            </span>
            <span class="g-live__st">
                {reason}
                <Show when=move || !(has_why && has_none.get())>
                    <RowWords info=words.clone() feed/>
                </Show>
                {covered}
            </span>
        </li>
    }
}

/// Beyond a limit, else not live, else outside the normal range, else nothing.
#[component]
pub fn RowWords(
    /// Whose limits.
    info: PointInfo,
    /// What to watch.
    feed: Feed,
) -> impl IntoView {
    #[derive(Clone, Copy, PartialEq)]
    enum Say {
        Beyond(super::judgement::Level),
        Data,
        Normal(Normal),
    }
    let m = use_messages();
    let say = Memo::new(move |_| match feed.beyond(&info.limits) {
        Some(hit) => Say::Beyond(hit.level),
        None if feed.trust.get() != Trust::Live => Say::Data,
        None => Say::Normal(
            feed.number()
                .map_or(Normal::Within, |number| normal(number, info.normal)),
        ),
    });
    move || match say.get() {
        Say::Beyond(level) => view! { <StatusWord level/> }.into_any(),
        Say::Data => view! { <LiveWords feed/> }.into_any(),
        Say::Normal(Normal::Above) => view! { <span>{m.normal_above()}</span> }.into_any(),
        Say::Normal(Normal::Below) => view! { <span>{m.normal_below()}</span> }.into_any(),
        Say::Normal(Normal::Within) => ().into_any(),
    }
}

/// `M`, `ƒ`: where a value that no instrument measured came from. Simulated plants say so once, not 600 times.
#[component]
pub fn Origin(
    /// What to watch.
    feed: Feed,
) -> impl IntoView {
    let m = use_messages();
    let flags = Memo::new(move |_| {
        let flags = |reading: &Reading| reading.flags & (MANUAL | DERIVED);
        feed.with(|reading| reading.map_or(0, flags))
    });
    move || {
        let (letter, word) = match flags.get() {
            bits if bits & MANUAL != 0 => ("M", m.data_manual()),
            bits if bits & DERIVED != 0 => ("ƒ", m.data_derived()),
            _ => return None,
        };
        Some(view! { <abbr class="g-prov" title=word>{letter}</abbr> })
    }
}

const MANUAL: u8 = twin::Flags::MANUAL.bits();
const DERIVED: u8 = twin::Flags::DERIVED.bits();
