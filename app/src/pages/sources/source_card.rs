//! One source: its state in words, its figures, its subscriptions.

use super::source_use::SourceUse;
use leptos::prelude::*;
use wire::page::{SourceCard, SourceState, SourcesPage};

use crate::components::key_value::{KeyValue, Pair};
use crate::components::live_value::Glyph;
use crate::components::live_value::shown::Trust;
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::shell::use_zone;

/// The state of a connection in a word.
#[must_use]
pub fn state_word(m: Messages, state: SourceState) -> &'static str {
    match state {
        SourceState::Connecting => m.source_connecting(),
        SourceState::Connected => m.source_connected(),
        SourceState::Lost => m.source_lost(),
        SourceState::Refused => m.source_refused(),
        SourceState::Stopped => m.source_stopped(),
    }
}

/// A card; its figures change in place.
#[component]
pub fn SourceCardView(
    /// Which source.
    source: u32,
    /// The page's data.
    data: RwSignal<SourcesPage>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let card = Memo::new(move |_| {
        data.with(|page| {
            page.sources
                .iter()
                .find(|card| card.status.source == source)
                .cloned()
        })
    });
    let get = move |read: &dyn Fn(&SourceCard) -> String| {
        card.with(|card| card.as_ref().map(read).unwrap_or_default())
    };
    // The live socket knows of a lost connection sooner than the next refresh.
    let state = Memo::new(move |_| {
        let known = live.plant.with(|plant| {
            plant
                .sources
                .iter()
                .find(|status| status.source == source)
                .map(|status| (status.state, status.since_millis))
        });
        known.or_else(|| {
            card.with(|card| {
                card.as_ref()
                    .map(|card| (card.status.state, card.status.since_millis))
            })
        })
    });
    let trust = move || match state.get() {
        Some((SourceState::Connected, _)) => Trust::Live,
        Some((SourceState::Connecting, _)) => Trust::Late,
        _ => Trust::Offline,
    };
    let since = move || {
        state
            .get()
            .map(|(_, since)| m.source_since(&fmt.age(live.now.get() - since)))
    };
    let last = move || {
        let last = card.with(|card| card.as_ref().and_then(|card| card.last_message_millis));
        last.map_or_else(
            || m.source_no_message().to_owned(),
            |last| m.data_ago(&fmt.age(live.now.get() - last)),
        )
    };
    let detail = move || card.with(|card| card.as_ref().and_then(|card| card.detail.clone()));
    let gap = move || {
        let gap = card.with(|card| card.as_ref().and_then(|card| card.gap_millis));
        gap.map(|at| zone.with(|zone| m.source_gap(&fmt.moment(zone, at, live.now.get_untracked()))))
    };
    let is_one_of_many = move || data.with(|page| page.sources.len() > 1);
    view! {
        <section class="g-panel g-source" class:g-6=is_one_of_many aria-label=move || get(&|card| card.status.name.clone())>
            <div class="g-panel__head">
                <h2 class="g-h3">{move || get(&|card| card.status.name.clone())}</h2>
                <span class="g-badge g-source__state">
                    {move || view! { <Glyph trust=trust()/> }}
                    <b>{move || state.get().map(|(state, _)| state_word(m, state))}</b>
                    <small>{since}</small>
                </span>
            </div>
            <div class="g-panel__body g-stack">
                {move || detail().map(|detail| view! { <p class="g-message">{detail}</p> })}
                {move || gap().map(|gap| view! { <p class="g-message">{gap}</p> })}
                <KeyValue>
                    <Pair term=m.source_address()>
                        <span class="g-mono">{move || get(&|card| card.address.clone())}</span>
                    </Pair>
                    <Pair term=m.source_protocol()>{move || get(&|card| card.protocol.clone())}</Pair>
                    <Pair term=m.source_client()>
                        <span class="g-mono">{move || get(&|card| card.client_id.clone())}</span>
                    </Pair>
                    <Pair term=m.source_filters()>
                        <Filters card/>
                    </Pair>
                    <Pair term=m.source_rate()>
                        {move || get(&|card| m.source_rate_value(&fmt.number(card.messages_per_sec, 1), &fmt.integer(card.messages)))}
                    </Pair>
                    <Pair term=m.tag_readings()>
                        {move || get(&|card| m.source_readings_value(&fmt.integer(card.readings), u64::from(card.points)))}
                    </Pair>
                    <Pair term=m.source_problems()>{move || get(&|card| fmt.integer(card.problems))}</Pair>
                    <Pair term=m.source_last()>{last}</Pair>
                </KeyValue>
            </div>
            <SourceUse source data/>
        </section>
    }
}

/// What is subscribed to, with the QoS the broker granted, or its refusal.
#[component]
fn Filters(card: Memo<Option<SourceCard>>) -> impl IntoView {
    let m = use_messages();
    let filters = Memo::new(move |_| {
        card.with(|card| card.as_ref().map(|card| card.filters.clone()).unwrap_or_default())
    });
    let row = move |filter: wire::page::FilterStatus| {
        let word = match (filter.refused, filter.qos) {
            (Some(refused), _) => m.source_filter_refused(&refused),
            (None, Some(qos)) => m.source_filter_qos(&qos.to_string()),
            (None, None) => m.source_filter_asked().to_owned(),
        };
        view! {
            <li>
                <span class="g-mono">{filter.filter}</span>
                " "
                <span class="g-caption">{word}</span>
            </li>
        }
    };
    move || view! { <ul>{filters.get().into_iter().map(row).collect_view()}</ul> }
}
