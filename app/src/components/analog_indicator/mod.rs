//! AnalogIndicator: a pointer on a bar with the normal range and the limits, in percent of the track,
//! so that it is fluid, undistorted and needs no inline style.

pub mod geometry;

use leptos::prelude::*;
use wire::page::PointInfo;

use self::geometry::{Scale, percent};
use super::feed::Feed;
use super::live_value::shown::{self, Trust};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;

/// A value on its bar. Draws nothing where no range is known: a bar without one would say nothing.
#[component]
pub fn AnalogIndicator(
    /// Range, normal range, limits.
    info: PointInfo,
    /// What to watch.
    feed: Feed,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let scale = Scale::of(&info)?;
    let decimals = info.decimals;
    let bounds = (fmt_plain(scale.low), fmt_plain(scale.high));
    let band = scale.band(info.normal).map(|(from, width)| {
        view! { <rect class="g-ai__band" x=percent(from) y="7.5" width=percent(width) height="9"></rect> }
    });
    let limits = scale.limits(&info).into_iter().map(|(_, at)| {
        view! { <line class="g-ai__limit" x1=percent(at) x2=percent(at) y1="4" y2="20"></line> }
    });
    let limits = limits.collect_view();
    let limit_marks = info.limits;
    let level = move || feed.beyond(&limit_marks).map(|hit| hit.level.number());
    let hatched = move || !feed.trust.get().is_current();
    let shown = move || feed.number().filter(|_| feed.trust.get() != Trust::Bad);
    let place = Memo::new(move |_| shown().map(|value| percent(scale.place(value))));
    let now = move || {
        feed.number()
            .map(|number| format!("{number:.*}", usize::from(decimals)))
    };
    // A meter without a value is none, but a picture of a bar.
    let is_meter = move || feed.number().is_some();
    let bound = move |bound: &str| is_meter().then(|| bound.to_owned());
    let (unit, normal) = (info.unit.clone(), info.normal);
    let spoken = move || {
        let unit = unit.as_ref().map(|unit| unit.symbol.as_str());
        let trust = feed.trust.get();
        let value = feed.number().map(|number| fmt.value(number, decimals, unit));
        let value = match (value, normal) {
            (Some(value), Some((low, high))) => {
                m.meter_normal(&value, &fmt.number(low, decimals), &fmt.number(high, decimals))
            }
            (Some(value), None) => value,
            (None, _) => m.meter_none().to_owned(),
        };
        let words = feed.with(|reading| shown::words(trust, reading, feed.now.get_untracked(), fmt, m));
        if words.is_empty() {
            value
        } else {
            m.value_text(&value, &words)
        }
    };
    let (name, said) = (info.name.clone(), spoken.clone());
    let label = move || match is_meter() {
        true => name.clone(),
        false => m.value_text(&name, &said()),
    };
    Some(view! {
        <svg
            class="g-ai"
            data-p=level
            data-q=move || feed.trust.get().as_str()
            role=move || if is_meter() { "meter" } else { "img" }
            aria-label=label
            aria-valuemin=move || bound(&bounds.0)
            aria-valuemax=move || bound(&bounds.1)
            aria-valuenow=now
            aria-valuetext=move || is_meter().then(&spoken)
        >
            <rect class="g-ai__track" y="7.5" width="100%" height="9"></rect>
            {band}
            {move || hatched().then(|| view! { <rect class="g-ai__hatch" y="7.5" width="100%" height="9"></rect> })}
            {limits}
            <svg x=move || place.get().unwrap_or_else(|| "0".to_owned()) overflow="visible" display=move || place.with(Option::is_none).then_some("none")>
                <g class="g-ai__ptr">
                    <line y1="7" y2="17"></line>
                    <path d="M-5.5 .5H5.5L0 8Z"></path>
                </g>
            </svg>
        </svg>
    })
}

/// A bound as assistive technology wants it: digits and a point.
fn fmt_plain(bound: f64) -> String {
    format!("{}", (bound * 1e6).round() / 1e6)
}
