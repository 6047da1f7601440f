//! A point's value now, and everything that is known of where it comes from.

use leptos::prelude::*;
use wire::page::TagPage;

use super::received::Arrival;
use crate::components::analog_indicator::AnalogIndicator;
use crate::components::feed::Feed;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::live_row::{Origin, RowWords};
use crate::components::live_value::{AsMeasured, LiveValue, Size};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::pages::asset::cadence_words;
use crate::routes;

/// Value, provenance and counts.
#[component]
pub fn NowPanel(
    /// The page.
    page: TagPage,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let live = use_live();
    let info = page.point.info;
    let feed = Feed::live(live, &info);
    let guessed = info.unit.as_ref().is_some_and(|unit| unit.guessed);
    let simulated = info.is_simulated;
    // What a formula comes to has no address and was sent by nobody.
    let is_sent = page.source.source != twin::SourceId::MODEL.get();
    let (topic, field, source) = (page.topic, page.field, page.source.name);
    let address = is_sent.then(|| {
        view! {
            <Pair term=m.tag_topic()>
                <span class="g-mono">{topic}</span>
            </Pair>
            {(!field.is_empty())
                .then(|| {
                    view! {
                        <Pair term=m.tag_field()>
                            <span class="g-mono">{field}</span>
                        </Pair>
                    }
                })}
            <Pair term=m.tag_source()>
                <a class="g-link" href=routes::sources()>
                    {source}
                </a>
            </Pair>
        }
    });
    let counts = is_sent.then(|| {
        view! {
            <Pair term=m.tag_qos()>{page.qos}</Pair>
            <Pair term=m.tag_readings()>{fmt.integer(page.readings)}</Pair>
            <Pair term=m.tag_duplicates()>{fmt.integer(page.duplicates)}</Pair>
            <Pair term=m.tag_out_of_order()>{fmt.integer(page.out_of_order)}</Pair>
        }
    });
    view! {
        <section class="g-panel g-6" aria-label=m.tag_now()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.tag_now()}</h2>
                <span class="g-caption">{simulated.then(|| m.data_simulated())}</span>
            </div>
            <div class="g-panel__body g-stack">
                <p class="g-row g-row--wrap">
                    <LiveValue info=info.clone() feed size=Size::Large worded=true/>
                    <Origin feed/>
                    <span class="g-live__st">
                        <RowWords info=info.clone() feed/>
                    </span>
                </p>
                <AnalogIndicator info=info.clone() feed/>
                {guessed.then(|| view! { <p class="g-caption">{m.tag_unit_guessed()}</p> })}
                <KeyValue>
                    <AsMeasured info=info.clone()/>
                    {address}
                    <Arrival feed/>
                    <Pair term=m.data_col_interval()>{move || cadence_words(feed.cadence(), m, fmt)}</Pair>
                    {counts}
                </KeyValue>
            </div>
        </section>
    }
}
