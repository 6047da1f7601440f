//! A point's value now, and everything that is known of where it comes from.

use leptos::prelude::*;
use wire::page::TagPage;
use wire::reading::Quality;

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
use crate::shell::use_zone;

/// Value, provenance and counts.
#[component]
pub fn NowPanel(
    /// The page.
    page: TagPage,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let info = page.point.info;
    let feed = Feed::live(live, &info);
    let moment = move |millis: i64| zone.with(|zone| fmt.moment(zone, millis, feed.now.get()));
    let measured = move || {
        feed.with(|reading| {
            reading.map(|reading| {
                reading
                    .source_millis
                    .map_or_else(|| m.tag_no_time().to_owned(), moment)
            })
        })
    };
    let arrived = move || {
        feed.with(|reading| {
            reading.map(|reading| {
                let delay = reading
                    .source_millis
                    .map(|source| reading.arrival_millis - source)
                    .filter(|delay| *delay > 0);
                let at = moment(reading.arrival_millis);
                delay.map_or(at.clone(), |delay| {
                    m.tag_arrived_later(&at, &fmt.interval(delay.unsigned_abs()))
                })
            })
        })
    };
    let quality = move || {
        feed.with(|reading| match reading.map(|reading| reading.quality) {
            Some(Quality::Good) => m.quality_good(),
            Some(Quality::Uncertain) => m.data_uncertain(),
            Some(Quality::Bad) => m.data_bad(),
            None => m.data_never(),
        })
    };
    let guessed = info.unit.as_ref().is_some_and(|unit| unit.guessed);
    let simulated = info.is_simulated;
    let source = page.source.name;
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
                    <Pair term=m.tag_topic()>
                        <span class="g-mono">{page.topic}</span>
                    </Pair>
                    {(!page.field.is_empty())
                        .then(|| {
                            view! {
                                <Pair term=m.tag_field()>
                                    <span class="g-mono">{page.field}</span>
                                </Pair>
                            }
                        })}
                    <Pair term=m.tag_source()>
                        <a class="g-link" href=routes::sources()>
                            {source}
                        </a>
                    </Pair>
                    <Pair term=m.data_col_time()>{measured}</Pair>
                    <Pair term=m.tag_arrived()>{arrived}</Pair>
                    <Pair term=m.tag_quality()>{quality}</Pair>
                    <Pair term=m.data_col_interval()>{move || cadence_words(feed.cadence(), m, fmt)}</Pair>
                    <Pair term=m.tag_qos()>{page.qos}</Pair>
                    <Pair term=m.tag_readings()>{fmt.integer(page.readings)}</Pair>
                    <Pair term=m.tag_duplicates()>{fmt.integer(page.duplicates)}</Pair>
                    <Pair term=m.tag_out_of_order()>{fmt.integer(page.out_of_order)}</Pair>
                </KeyValue>
            </div>
        </section>
    }
}
