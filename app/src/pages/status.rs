//! `/status`: what runs, how far back history reaches, what passes through.

use leptos::prelude::*;
use wire::page::StatusPage;

use super::frame::{PageHead, loaded};
use super::sources_state_word;
use crate::api::Data;
use crate::api::status::GetStatus;
use crate::components::data_badge::DataBadge;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;
use crate::shell::{use_shell, use_zone};

/// The status page.
#[component]
pub fn Status() -> impl IntoView {
    let m = use_messages();
    let live = use_live();
    let page = Data::new(|| (Some(GetStatus {}), 0));
    let summary = Memo::new(move |_| live.plant.with(|plant| plant.summary));
    view! {
        <main class="g-main g-asset" id="main" tabindex="-1">
            <PageHead title=m.status_title() badges=move || view! { <DataBadge summary/> }/>
            <div class="g-grid g-asset__grid">
                <PlantPanel/>
                {loaded(page, |page| view! { <ServerPanels page/> })}
            </div>
        </main>
    }
}

/// What the live socket says anyway.
#[component]
fn PlantPanel() -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, shell, zone) = (use_live(), use_shell(), use_zone());
    let plant = live.plant;
    let count = move |read: fn(&wire::page::PlantStatus) -> u32| move || fmt.integer(plant.with(read));
    let sources = move || {
        plant.with(|plant| {
            let row = |source: &wire::page::SourceStatus| {
                let since = m.source_since(&fmt.age(live.now.get() - source.since_millis));
                let word = sources_state_word(m, source.state);
                view! { <li>{source.name.clone()} ": " {word} " " <span class="g-caption">{since}</span></li> }
            };
            plant.sources.iter().map(row).collect_view()
        })
    };
    let stopped = move || {
        plant.with(|plant| plant.history_stopped_millis).map(|at| {
            let at = zone.with(|zone| fmt.moment(zone, at, live.now.get_untracked()));
            view! { <p class="g-message">{m.status_history_stopped(&at)}</p> }
        })
    };
    view! {
        <Panel title=m.status_plant().to_owned() class="g-4">
            <div class="g-panel__body g-stack">
                {stopped}
                <KeyValue>
                    <Pair term=m.status_name()>{shell.with_untracked(|shell| shell.plant_name.clone())}</Pair>
                    <Pair term=m.status_assets()>{count(|plant| plant.assets)}</Pair>
                    <Pair term=m.status_tags()>{count(|plant| plant.summary.points)}</Pair>
                    <Pair term=m.data_late()>{count(|plant| plant.summary.late)}</Pair>
                    <Pair term=m.data_stale()>{count(|plant| plant.summary.stale)}</Pair>
                    <Pair term=m.data_offline()>{count(|plant| plant.summary.offline)}</Pair>
                    <Pair term=m.data_bad()>{count(|plant| plant.summary.bad)}</Pair>
                    <Pair term=m.status_zone()>{zone.with_untracked(|zone| zone.name.clone())}</Pair>
                    <Pair term=m.sources_title()>
                        <ul>{sources}</ul>
                        <a class="g-link" href=routes::sources()>
                            {m.overview_to_sources()}
                        </a>
                    </Pair>
                </KeyValue>
            </div>
        </Panel>
    }
}

/// What only the server knows.
#[component]
fn ServerPanels(page: StatusPage) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let now = live.now.get_untracked();
    let moment = move |millis: i64| zone.with_untracked(|zone| fmt.moment(zone, millis, now));
    let megabytes =
        move |bytes: u64| fmt.value(bytes as f64 / 1e6, u8::from(bytes < 100_000_000), Some("MB"));
    let size = match page.history_limit_bytes {
        0 => megabytes(page.history_bytes),
        limit => m.status_size_of(&megabytes(page.history_bytes), &megabytes(limit)),
    };
    let reach = page.history_from_millis.map_or_else(
        || m.status_no_history().to_owned(),
        |from| m.status_reach(&moment(from), &fmt.age(now - from)),
    );
    let gaps = page.history_gaps.iter().map(|(from, to)| {
        view! { <li>{moment(*from)} " · " {fmt.age(to - from)}</li> }
    });
    let gaps = gaps.collect_view();
    let aside = page
        .history_set_aside
        .iter()
        .map(|path| view! { <p class="g-message">{m.status_set_aside(path)}</p> });
    let aside = aside.collect_view();
    view! {
        <Panel title=m.status_history().to_owned() class="g-4">
            <div class="g-panel__body">
                {aside}
                <KeyValue>
                    <Pair term=m.status_reach_term()>{reach}</Pair>
                    <Pair term=m.status_size()>{size}</Pair>
                    {(page.history_limit_days > 0)
                        .then(|| view! { <Pair term=m.status_kept()>{m.status_days(page.history_limit_days)}</Pair> })}
                    <Pair term=m.status_gaps()>
                        {if page.history_gaps.is_empty() {
                            view! { {m.status_no_gaps()} }.into_any()
                        } else {
                            view! { <ul>{gaps}</ul> }.into_any()
                        }}
                    </Pair>
                </KeyValue>
            </div>
        </Panel>
        <Panel title=m.status_server().to_owned() class="g-4">
            <div class="g-panel__body">
                <KeyValue>
                    <Pair term=m.connect_version()>{page.version}</Pair>
                    <Pair term=m.status_started()>{moment(page.started_millis)}</Pair>
                    <Pair term=m.source_rate()>{m.status_per_second(&fmt.number(page.messages_per_sec, 1))}</Pair>
                    <Pair term=m.status_sockets()>{fmt.integer(page.sockets)}</Pair>
                    {page
                        .memory_bytes
                        .map(|bytes| view! { <Pair term=m.status_memory()>{megabytes(bytes)}</Pair> })}
                </KeyValue>
            </div>
        </Panel>
    }
}
