//! What a formula uses, and what of it is missing.

use leptos::prelude::*;
use wire::page::{ExplainInput, ExplainMember, MissingInput, RelatedAsset};

use super::{coverage_words, why_word};
use crate::components::empty_state::EmptyState;
use crate::components::feed::Feed;
use crate::components::live_value::{LiveValue, LiveWords};
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::live::use_live;
use crate::routes;
use crate::shell::use_zone;

/// The names in the formula, each with what it stands for now.
#[component]
pub fn Inputs(
    /// The names in the order of the formula.
    inputs: Vec<ExplainInput>,
) -> impl IntoView {
    let m = use_messages();
    if inputs.is_empty() {
        return view! { <section class="g-panel"><EmptyState what=m.explain_no_inputs() why=""/></section> }
            .into_any();
    }
    let rows = inputs.into_iter().map(|input| {
        let more = input
            .count
            .saturating_sub(u32::try_from(input.members.len()).unwrap_or(u32::MAX));
        let name = input.name;
        let members = input.members.into_iter();
        let rows = members
            .map(|member| view! { <MemberRow name=name.clone() member/> })
            .collect_view();
        let more =
            (more > 0).then(|| view! { <tr><td colspan="5" class="g-ink2">{m.explain_more(more)}</td></tr> });
        view! { {rows} {more} }
    });
    view! {
        <section class="g-panel" aria-label=m.explain_inputs()>
            <div class="g-panel__head"><h2 class="g-h3">{m.explain_inputs()}</h2></div>
            <div class="g-scroll">
                <table class="g-table g-table--stack g-inputs">
                    <thead>
                        <tr>
                            <th scope="col">{m.explain_name()}</th>
                            <th scope="col">{m.explain_of()}</th>
                            <th scope="col" class="g-n">{m.data_col_value()}</th>
                            <th scope="col">{m.data_col_state()}</th>
                            <th scope="col">{m.data_col_time()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn MemberRow(name: String, member: ExplainMember) -> impl IntoView {
    let (m, fmt, live) = (use_messages(), use_fmt(), use_live());
    let coverage = member.coverage.filter(|coverage| coverage.fresh < coverage.all);
    let expected = member.expected.clone();
    let said = move || {
        let why = member
            .why
            .map(|why| why_and_where(why_word(why, m), expected.clone(), m));
        why.or_else(|| coverage.map(|coverage| coverage_words(coverage, m, fmt)))
    };
    let (link, value, state, time) = match member.point {
        Some(view) => {
            let feed = Feed::live(live, &view.info);
            (
                Some(routes::explain(view.info.point)),
                view! { <LiveValue info=view.info feed worded=true/> }.into_any(),
                view! { <LiveWords feed/> " " {said()} }.into_any(),
                view! { <Measured feed/> }.into_any(),
            )
        }
        None => (None, member.value.into_any(), said().into_any(), ().into_any()),
    };
    view! {
        <tr>
            <th scope="row"><span class="g-mono">{name}</span></th>
            <td data-label=m.explain_of()><Whose asset=member.asset property=member.property link/></td>
            <td class="g-n" data-label=m.data_col_value()>{value}</td>
            <td data-label=m.data_col_state()>{state}</td>
            <td data-label=m.data_col_time()>{time}</td>
        </tr>
    }
}

/// When it was measured, and how long ago.
#[component]
pub fn Measured(
    /// The value.
    feed: Feed,
) -> impl IntoView {
    let (fmt, zone) = (use_fmt(), use_zone());
    move || {
        let at = feed
            .with(|reading| reading.map(|reading| reading.source_millis.unwrap_or(reading.arrival_millis)));
        at.map(|at| {
            let now = feed.now.get();
            format!(
                "{} · {}",
                zone.with(|zone| fmt.moment(zone, at, now)),
                fmt.age(now - at)
            )
        })
    }
}

/// `Waits for acme/p-14 · flow; nothing came yet.`
fn why_and_where(why: &str, expected: Option<(String, String)>, m: Messages) -> String {
    expected.map_or_else(
        || why.to_owned(),
        |(topic, field)| m.why_waits(&tag_words(topic, &field)),
    )
}

/// A tag as people read it: `acme/p-14 · flow`, or its topic alone.
#[must_use]
pub fn tag_words(topic: String, field: &str) -> String {
    if field.is_empty() {
        topic
    } else {
        format!("{topic} · {field}")
    }
}

/// An asset and its property: the one leads to its page, the other to its own explanation.
#[component]
fn Whose(asset: RelatedAsset, property: String, link: Option<String>) -> impl IntoView {
    let name = asset.name;
    let asset = match asset.asset {
        Some(asset) => view! { <a class="g-link" href=routes::asset(asset.asset)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let property = match link {
        Some(link) => view! { <a class="g-link g-mono" href=link>{property}</a> }.into_any(),
        None => view! { <span class="g-mono">{property}</span> }.into_any(),
    };
    view! { {asset} " · " {property} }
}

/// What is missing, at the lowest level at which that can be told.
#[component]
pub fn MissingOnes(
    /// The first ones.
    missing: Vec<MissingInput>,
) -> impl IntoView {
    let m = use_messages();
    let row = |missing: MissingInput| {
        let link = missing.point.map(routes::tag);
        view! { <li><Whose asset=missing.asset property=missing.property link/> ": " {why_and_where(why_word(missing.why, m), missing.expected, m)}</li> }
    };
    view! {
        <section class="g-panel" aria-label=m.explain_missing()>
            <div class="g-panel__head"><h2 class="g-h3">{m.explain_missing()}</h2></div>
            <ul class="g-panel__body g-stack">{missing.into_iter().map(row).collect_view()}</ul>
        </section>
    }
}
