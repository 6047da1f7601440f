//! Tags that no asset has, and the topics that are nobody's tags.

use leptos::prelude::*;
use wire::page::{LearnProposal, LearnQuery, LearnTag};

use super::assets_table::pages;
use super::forms;
use crate::components::empty_state::EmptyState;
use crate::i18n::use_messages;
use crate::routes;

/// The table, and the filters.
#[component]
pub fn Unmapped(
    /// What is proposed.
    proposal: LearnProposal,
    /// What of it is shown.
    query: LearnQuery,
    /// Which proposal.
    stamp: u32,
) -> impl IntoView {
    let m = use_messages();
    let ignore = |tag: &LearnTag| {
        let button = view! { <button id=format!("ignore-{}", tag.point) class="g-btn g-btn--sm">{m.learn_ignore()}</button> };
        let value = forms::hidden("value", tag.topic.clone());
        forms::act(stamp, "ignore", None, "", "", view! { {value} {button} })
    };
    let row = |tag: &LearnTag| {
        let constant = tag.is_constant.then(|| m.learn_constant());
        view! {
            <tr>
                <th scope="row">
                    <a class="g-mono" href=routes::tag(tag.point)>{tag.topic.clone()}</a>
                    <small class="g-mono">{tag.field.clone()}</small>
                </th>
                <td data-label=m.learn_col_value()>{tag.sample.clone()} " " {tag.unit.clone()}</td>
                <td>{constant}</td>
                <td class="g-n">{ignore(tag)}</td>
            </tr>
        }
    };
    let table = if proposal.unmapped_rows.is_empty() {
        view! { <EmptyState what=m.learn_unmapped_none() why=m.learn_unmapped_why()/> }.into_any()
    } else {
        view! {
            <table class="g-table g-table--stack g-learn__table">
                <thead>
                    <tr>
                        <th scope="col">{m.tag_topic()}</th>
                        <th scope="col">{m.learn_col_value()}</th>
                        <th scope="col"></th>
                        <th scope="col"></th>
                    </tr>
                </thead>
                <tbody>{proposal.unmapped_rows.iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    let ignored = proposal.ignored.iter().enumerate().map(|(at, filter)| {
        let value = forms::hidden("value", filter.clone());
        let button =
            view! { <button id=format!("heed-{at}") class="g-btn g-btn--sm">{m.learn_heed()}</button> };
        let form = forms::act(stamp, "heed", None, "", "", view! { {value} {button} });
        view! { <li class="g-row"><span class="g-mono">{filter.clone()}</span> {form}</li> }
    });
    let filter = forms::text(
        m.learn_ignore_label(),
        String::new(),
        "ignore-filter".to_owned(),
        m.learn_ignore(),
    );
    view! {
        <section class="g-panel g-learn__assets" aria-label=m.tag_topic()>
            {table}
            <div class="g-panel__foot g-row g-row--wrap">
                {forms::act(stamp, "ignore", None, "", "g-learn__form", filter)} {pages(&query, proposal.rows_total)}
            </div>
            <ul class="g-panel__body g-stack" aria-label=m.learn_ignored()>{ignored.collect_view()}</ul>
        </section>
    }
}
