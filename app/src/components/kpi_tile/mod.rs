//! KpiTile: one telling value with its bar, for the row at the head of a place.

use leptos::prelude::*;
use wire::page::PointInfo;

use super::analog_indicator::AnalogIndicator;
use super::feed::Feed;
use super::live_value::{LiveValue, Size};

/// Name, value and bar; the name leads to the tag.
#[component]
pub fn KpiTile(
    /// Whose value.
    info: PointInfo,
    /// What to watch.
    feed: Feed,
    /// The part it is of, where that is not the page's own asset.
    #[prop(optional_no_strip)]
    of: Option<String>,
) -> impl IntoView {
    let name = match of {
        Some(part) => format!("{part} · {}", info.name),
        None => info.name.clone(),
    };
    view! {
        <li class="g-kpi">
            <a class="g-caption g-cut" href=crate::routes::tag(info.point) title=name.clone()>
                {name.clone()}
            </a>
            <LiveValue info=info.clone() feed size=Size::Medium/>
            <AnalogIndicator info feed/>
        </li>
    }
}
