//! `/compare?type=…&property=…`: assets of one type over all sites, by one property, with live values.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use wire::Selector;
use wire::page::{ComparePage, CompareRow, PointView, TypeRef};

use super::frame::{PageHead, loaded};
use super::provenance::Provenance;
use super::range::with_query;
use crate::api::Data;
use crate::api::asset::GetCompare;
use crate::components::empty_state::EmptyState;
use crate::components::feed::Feed;
use crate::components::live_row::RowWords;
use crate::components::live_value::LiveValue;
use crate::components::operating_state::OperatingState;
use crate::components::sparkline::Sparkline;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::live::use_live;
use crate::routes;
use crate::shell::error::set_status;

/// In milliseconds.
const SORTED_EVERY: u64 = 5_000;

/// The page.
#[component]
pub fn Compare() -> impl IntoView {
    let address = use_query_map();
    let asked = Memo::new(move |_| address.with(from_address));
    // The order is of live values: it is asked for again.
    let now = use_live().now;
    let first = now.get_untracked();
    let turn = Memo::new(move |_| now.get().saturating_sub(first).max(0).unsigned_abs() / SORTED_EVERY);
    let page = Data::new(move || {
        let (ty, property, descending) = asked.get();
        let asked = GetCompare {
            ty,
            property,
            descending,
        };
        (Some(asked), turn.get())
    });
    view! {
        <main class="g-main g-asset" id="main" tabindex="-1">
            {loaded(page, |page| view! { <CompareView page/> })} <Provenance/>
        </main>
    }
}

fn from_address(address: &ParamsMap) -> (String, String, bool) {
    let text = |key: &str| address.get(key).unwrap_or_default();
    (text("type"), text("property"), text("dir") != "asc")
}

#[component]
fn CompareView(page: ComparePage) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    watch(&page);
    if let Some(unknown) = page.unknown.filter(|_| !page.types.is_empty()) {
        return view! { <Unknown unknown types=page.types/> }.into_any();
    }
    let Some((ty, property)) = page.ty.zip(page.property) else {
        return view! {
            <PageHead title=m.compare_title()/>
            <section class="g-panel"><EmptyState what=m.compare_none() why=m.compare_none_why()/></section>
        }
        .into_any();
    };
    let address = use_query_map();
    let pick = move |key: &'static str| {
        let navigate = use_navigate();
        move |event| {
            let to = address.with_untracked(|address| with_query(address, key, &event_target_value(&event)));
            navigate(&to, leptos_router::NavigateOptions::default());
        }
    };
    let types = page.types.into_iter().map(|(other, count)| {
        let selected = other.id == ty.id;
        view! { <option value=other.id selected=selected>{format!("{} ({})", other.name, fmt.integer(count))}</option> }
    });
    let properties = page.properties.into_iter().map(|other| {
        let selected = other.key == property.key;
        view! { <option value=other.key selected=selected>{other.name}</option> }
    });
    let way = if page.descending { "asc" } else { "desc" };
    let href = address.with_untracked(|address| with_query(address, "dir", way));
    let sorted = if page.descending {
        "descending"
    } else {
        "ascending"
    };
    let count = page.rows.len();
    let rows = page
        .rows
        .into_iter()
        .map(|row| view! { <Row row/> })
        .collect_view();
    let unit = property
        .unit
        .map(|unit| view! { " " <small class="g-unit">{unit}</small> });
    let shown = m.rows_count(page.total, &fmt.integer(count as u64));
    view! {
        <PageHead title=m.compare_of(&ty.name)/>
        <section class="g-panel g-compare" aria-label=m.compare_title()>
            <form class="g-panel__head g-children__tools" method="get">
                <select class="g-input" name="type" aria-label=m.find_type() on:change=pick("type")>{types.collect_view()}</select>
                <select class="g-input" name="property" aria-label=m.explain_property() on:change=pick("property")>{properties.collect_view()}</select>
                <noscript><button class="g-btn">{m.rows_apply()}</button></noscript>
                <span class="g-caption g-push">{shown}</span>
            </form>
            <table class="g-table g-table--stack">
                <thead>
                    <tr>
                        <th scope="col">{m.col_name()}</th>
                        <th scope="col">{m.find_site()}</th>
                        <th scope="col">{m.col_state()}</th>
                        <th scope="col">{m.compare_trend()}</th>
                        <th scope="col" class="g-n" aria-sort=sorted><a class="g-sort" href=href data-noscroll="">{property.name} {unit}</a></th>
                        <th scope="col">{m.data_col_state()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// Nothing is of the type that the address names: which there are.
#[component]
fn Unknown(unknown: String, types: Vec<(TypeRef, u32)>) -> impl IntoView {
    set_status(404);
    let (m, fmt) = (use_messages(), use_fmt());
    let link = move |(ty, count): (TypeRef, u32)| {
        let words = format!("{} ({})", ty.name, fmt.integer(count));
        view! { <li><a class="g-link" href=routes::compare(&ty.id, "")>{words}</a></li> }
    };
    view! {
        <PageHead title=m.compare_title()/>
        <p class="g-message" role="alert">{m.compare_unknown(&unknown)}</p>
        <section class="g-panel" aria-label=m.compare_choose()>
            <div class="g-panel__head"><h2 class="g-h3">{m.compare_choose()}</h2></div>
            <ul class="g-panel__body g-stack">{types.into_iter().map(link).collect_view()}</ul>
        </section>
    }
}

fn watch(page: &ComparePage) {
    let live = use_live();
    let of = |row: &CompareRow| row.state.iter().chain(&row.value).cloned().collect::<Vec<_>>();
    let views: Vec<PointView> = page.rows.iter().flat_map(of).collect();
    live.seed(views.iter());
    let mut points: Vec<u32> = views.iter().map(|view| view.info.point).collect();
    points.sort_unstable();
    points.dedup();
    if !points.is_empty() {
        live.watch(Selector::Points { points }, None, page.position);
    }
}

#[component]
fn Row(row: CompareRow) -> impl IntoView {
    let (m, live) = (use_messages(), use_live());
    let state = row.state.map(|state| Feed::live(live, &state.info));
    let site = row
        .site
        .map(|site| view! { <a class="g-link" href=routes::place(&site.path)>{site.name}</a> });
    let (trend, value, words) = match row.value {
        Some(view) => {
            let feed = Feed::live(live, &view.info);
            (
                view! { <Sparkline info=view.info.clone() spark=view.spark cadence=view.cadence feed=feed/> }
                    .into_any(),
                view! { <LiveValue info=view.info.clone() feed worded=true/> }.into_any(),
                view! { <RowWords info=view.info feed/> }.into_any(),
            )
        }
        None => (
            ().into_any(),
            view! { <span class="g-dim">{m.data_never()}</span> }.into_any(),
            ().into_any(),
        ),
    };
    view! {
        <tr>
            <th scope="row"><a class="g-cut" href=routes::asset(row.asset.asset)>{row.asset.name}</a></th>
            <td data-label=m.find_site()>{site}</td>
            <td data-label=m.col_state()>{state.map(|feed| view! { <OperatingState feed/> })}</td>
            <td class="g-compare__trend">{trend}</td>
            <td class="g-n">{value}</td>
            <td>{words}</td>
        </tr>
    }
}
