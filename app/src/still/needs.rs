//! `/work/needs`: what asks for maintenance and why, drawn by the server alone. Here is the list; `one` is one need,
//! `plans` are preventive plans.

mod one;
mod plan;
mod plans;
pub mod words;

pub use one::{Attach, EvidenceLine, MemberLine, NeedPage, OneNeed};
pub use plan::{PlanPage, PlanSheet, WritePlan};
pub use plans::{PlanLine, PlanListPage, Plans};

use leptos::prelude::*;

use super::parts::{PageHead, Table, Times, cell};
use super::work::{WorkNav, WorkView};
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;

/// What became of a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeedState {
    Open,
    /// Work was ordered: its number and how people say it.
    Ordered(u32, String),
    Dismissed,
    Met,
    /// It is told in another.
    Merged(u32),
}

/// A need in the list.
#[derive(Clone, Debug)]
pub struct NeedLine {
    pub id: u32,
    /// What a plan or somebody calls it; none where how it fails says it.
    pub title: Option<String>,
    /// The code of how it fails.
    pub mode: String,
    pub asset: u32,
    pub asset_name: String,
    /// The word of how soon.
    pub urgency: String,
    /// Why, in words.
    pub reason: String,
    pub earliest_millis: Option<i64>,
    pub latest_millis: Option<i64>,
    /// How many others are told in it.
    pub merged: usize,
    pub state: NeedState,
}

/// What the list is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct NeedFilter {
    /// `open`, `ordered` or `over`.
    pub which: String,
    /// At and below it: its number and name.
    pub asset: Option<(u32, String)>,
    /// The word of a source; empty for all.
    pub source: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct NeedListPage {
    pub lines: Vec<NeedLine>,
    pub filter: NeedFilter,
    /// The word of each tab and how many it has.
    pub counts: Vec<(&'static str, usize)>,
    pub total: usize,
    pub offset: usize,
    pub most: usize,
    pub views: Vec<WorkView>,
    pub times: Times,
}

/// The sources a list can be narrowed to.
const SOURCES: [&str; 5] = ["plan", "limit", "trend", "report", "inspection"];

fn address(filter: &NeedFilter, which: &str, offset: usize) -> String {
    let mut address = routes::url(&format!("/work/needs?which={which}"));
    if let Some((asset, _)) = &filter.asset {
        address += &format!("&asset={asset}");
    }
    if !filter.source.is_empty() {
        address += &format!("&source={}", filter.source);
    }
    if offset > 0 {
        address += &format!("&from={offset}");
    }
    address
}

/// The address of one need.
pub(super) fn need_url(id: u32) -> String {
    routes::url(&format!("/work/needs/{id}"))
}

/// All that asks for maintenance.
#[component]
pub fn NeedList(page: NeedListPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let NeedListPage {
        lines,
        filter,
        counts,
        total,
        offset,
        most,
        views,
        times,
    } = page;
    let tab = |(which, count): (&'static str, usize)| {
        let label = format!("{} {}", words::which(m, which), fmt.integer(count as u64));
        view! { <a href=address(&filter, which, 0) aria-current=(which == filter.which).then_some("page")>{label}</a> }
    };
    let tabs = counts.into_iter().map(tab).collect_view();
    let is_empty = lines.is_empty();
    let rows = lines.into_iter().map(|line| row(line, &times)).collect();
    let heads = vec![
        m.still_need(),
        m.still_work_asset(),
        m.still_need_why(),
        m.still_need_urgency(),
        m.still_need_earliest(),
        m.still_need_latest(),
    ];
    let step = |to: Option<usize>, label| {
        to.map(|to| view! { <a class="g-btn" href=address(&filter, &filter.which, to)>{label}</a> })
    };
    let back = step(
        (offset > 0).then(|| offset.saturating_sub(most)),
        m.still_work_back(),
    );
    let on = step(
        (offset + most < total).then_some(offset + most),
        m.still_work_on(),
    );
    let title = words::which(m, &filter.which).to_owned();
    view! {
        <PageHead title=m.still_needs()/>
        <WorkNav views/>
        <FilterForm filter=filter.clone()/>
        <nav class="g-tabs g-work__tabs" aria-label=m.still_work_state()>{tabs}</nav>
        <Panel title aside=fmt.integer(total as u64)>
            {if is_empty {
                view! { <p class="g-empty">{m.still_need_none()}</p> }.into_any()
            } else {
                view! { <Table heads rows/> }.into_any()
            }}
            <p class="g-row g-panel__body">{back} {on}</p>
        </Panel>
    }
}

fn row(line: NeedLine, times: &Times) -> Vec<AnyView> {
    let m = use_messages();
    let merged = (line.merged > 0).then(|| {
        let count = u32::try_from(line.merged).unwrap_or(u32::MAX);
        view! { <small class="g-nd__more">{m.still_need_merged(count)}</small> }
    });
    let mode = super::work::words::mode(m, &line.mode);
    // What stands for nothing in particular is not said beside a name.
    let is_telling = line.title.is_some() && !matches!(line.mode.as_str(), "OTH" | "UNK");
    let more = is_telling.then(|| view! { <small class="g-nd__more">{mode}</small> });
    let name = line.title.unwrap_or_else(|| mode.to_owned());
    let order = match &line.state {
        NeedState::Ordered(order, number) => {
            let href = routes::url(&format!("/work/{order}"));
            Some(view! { <small class="g-nd__more"><a href=href>{number.clone()}</a></small> })
        }
        _ => None,
    };
    vec![
        cell(view! { <a href=need_url(line.id)>{name}</a> {more} {merged} {order} }),
        cell(view! { <a href=routes::asset(line.asset)>{line.asset_name}</a> }),
        cell(view! { <span class="g-nd__why">{line.reason}</span> }),
        cell(view! { <Urgency word=line.urgency/> }),
        cell(view! { <super::work::Day at=line.earliest_millis times=times.clone()/> }),
        cell(view! { <super::work::Day at=line.latest_millis times=times.clone()/> }),
    ]
}

/// How soon, by shape and word.
#[component]
pub(super) fn Urgency(#[prop(into)] word: String) -> impl IntoView {
    let m = use_messages();
    let is_near = matches!(word.as_str(), "emergency" | "pressing");
    let shape = if is_near { "◆" } else { "◇" };
    view! { <span class="g-nd__urgency" class:g-nd__urgency--near=is_near><span class="g-nd__shape" aria-hidden="true">{shape}</span> " " {words::urgency(m, &word)}</span> }
}

/// What is chosen to narrow the list.
#[component]
fn FilterForm(filter: NeedFilter) -> impl IntoView {
    let m = use_messages();
    let all = NeedFilter {
        asset: None,
        ..filter.clone()
    };
    let asset = filter.asset.map(|(asset, name)| {
        let href = address(&all, &all.which, 0);
        view! {
            <input type="hidden" name="asset" value=asset/>
            <span class="g-work__asset">{m.still_work_at(&name)} " " <a href=href>{m.still_work_everywhere()}</a></span>
        }
    });
    let chosen = filter.source.clone();
    let option = |word: &'static str| {
        view! { <option value=word selected=word == chosen>{words::source(m, word)}</option> }
    };
    view! {
        <form method="get" action=routes::url("/work/needs") class="g-row g-row--wrap g-still__filter" role="search">
            <input type="hidden" name="which" value=filter.which/>
            <label class="g-field"><span>{m.still_need_from()}</span>
                <select class="g-input" name="source"><option value="">{m.still_need_source_all()}</option>{SOURCES.map(option).into_iter().collect_view()}</select></label>
            <button class="g-btn">{m.still_narrow()}</button>
            {asset}
        </form>
    }
}
