//! The assets: tick some, or take all that are sure enough, or all of a type.

use leptos::prelude::*;
use wire::page::{LEARN_ROWS, LearnAsset, LearnProposal, LearnQuery, LearnType};

use super::{forms, href, words};
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// The form that ticked assets belong to.
const TICKED: &str = "learn-ticked";

/// The table with what can be done.
#[component]
pub fn AssetsTable(
    /// What is proposed.
    proposal: LearnProposal,
    /// What of it is shown.
    query: LearnQuery,
    /// Which proposal.
    stamp: u32,
) -> impl IntoView {
    let m = use_messages();
    let ty = proposal
        .types
        .iter()
        .find(|ty| Some(ty.index) == query.ty)
        .cloned();
    let title = ty
        .as_ref()
        .map_or_else(|| m.learn_all().to_owned(), |ty| ty.title.clone());
    let of_type = ty.map(|ty| of_type(m, stamp, &ty, &proposal.types));
    let chosen = proposal.detail.as_ref().map(|detail| detail.asset.index);
    let rows = proposal
        .rows
        .iter()
        .map(|row| asset_row(m, row, &query, chosen))
        .collect_view();
    let ticked =
        ["accept", "reject", "open"]
            .into_iter()
            .zip([m.learn_accept(), m.learn_reject(), m.learn_reopen()]);
    let ticked = ticked.map(|(act, text)| {
        view! { <button id=format!("ticked-{act}") class="g-btn g-btn--sm" name="act" value=act form=TICKED>{text}</button> }
    });
    let heading = title.clone();
    view! {
        <section class="g-panel g-learn__assets" aria-label=title>
            <div class="g-panel__head">
                <h2 class="g-h3">{heading}</h2>
                {above(m, stamp)}
            </div>
            {of_type}
            <form id=TICKED method="post" action=routes::url("/api/fn/act_learn")>
                {forms::hidden("stamp", stamp.to_string())}
            </form>
            <table class="g-table g-table--stack g-learn__table">
                <colgroup>
                    <col class="g-c-tick"/>
                    <col/>
                    <col/>
                    <col class="g-c-sure"/>
                    <col class="g-c-tags"/>
                    <col class="g-c-done"/>
                </colgroup>
                <thead>
                    <tr>
                        <th scope="col">{tick_all(m)}</th>
                        <th scope="col">{m.learn_col_asset()}</th>
                        <th scope="col">{m.learn_col_type()}</th>
                        <th scope="col">{m.learn_col_confidence()} ", %"</th>
                        <th scope="col" class="g-n">{m.learn_col_tags()}</th>
                        <th scope="col">{m.learn_col_decision()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <div class="g-panel__foot g-row g-row--wrap">{rename(m)} {ticked.collect_view()} {pages(&query, proposal.rows_total)}</div>
        </section>
    }
}

/// Ticks every asset of the table, or none; of use with script only.
fn tick_all(m: Messages) -> AnyView {
    let tick = move |event: leptos::ev::Event| {
        use leptos::wasm_bindgen::JsCast as _;
        use leptos::web_sys::HtmlInputElement;
        let on = event_target_checked(&event);
        let boxes = document().get_elements_by_class_name("g-check");
        for one in (0..boxes.length()).filter_map(|at| boxes.item(at)) {
            if let Ok(one) = one.dyn_into::<HtmlInputElement>() {
                one.set_checked(on);
            }
        }
    };
    let label = m.learn_select_all();
    view! { <input type="checkbox" class="g-check" id="tick-all" aria-label=label title=label autocomplete="off" on:change=tick/> }
        .into_any()
}

/// Names what is ticked, by a pattern. It stands before the other buttons: Enter presses the first one.
fn rename(m: Messages) -> AnyView {
    view! {
        <span class="g-row g-learn__many">
            <input class="g-input" name="value" form=TICKED placeholder=m.learn_pattern() aria-label=m.learn_pattern() autocomplete="off"/>
            <button id="ticked-name" class="g-btn g-btn--sm" name="act" value="name_assets" form=TICKED>
                {m.learn_rename()}
            </button>
        </span>
    }
    .into_any()
}

/// Accepts all that are sure enough.
fn above(m: Messages, stamp: u32) -> AnyView {
    let names = [m.learn_sure(), m.learn_likely(), m.learn_possible()];
    let steps = words::STEPS.into_iter().zip(names);
    let mut options: Vec<(String, String)> = steps
        .map(|(percent, word)| (percent.to_string(), m.learn_at_least(word, &percent.to_string())))
        .collect();
    options.push(("0".to_owned(), m.learn_everything().to_owned()));
    let option = |(value, word): (String, String)| view! { <option value=value>{word}</option> };
    let inside = view! {
        <label class="g-row">
            <span class="g-caption">{m.learn_above()}</span>
            <select class="g-input" name="value">{options.into_iter().map(option).collect_view()}</select>
        </label>
        <button id="accept-above" class="g-btn g-btn--sm g-btn--primary">{m.learn_accept()}</button>
    };
    forms::act(
        stamp,
        "accept_above",
        None,
        "",
        "g-row g-row--wrap g-push",
        inside,
    )
}

/// What can be done with a whole type.
fn of_type(m: Messages, stamp: u32, ty: &LearnType, types: &[LearnType]) -> AnyView {
    let pick = Some(ty.index);
    let others = types.iter().filter(|other| other.index != ty.index);
    let others: Vec<(String, String)> = others
        .map(|other| (other.index.to_string(), other.title.clone()))
        .collect();
    let name = forms::text(
        m.learn_name(),
        ty.title.clone(),
        "name-type".to_owned(),
        m.learn_rename(),
    );
    let merge = forms::choice(
        m.learn_merge(),
        others,
        "",
        "merge".to_owned(),
        m.learn_merge_do(),
    );
    view! {
        <div class="g-learn__of g-row g-row--wrap">
            {forms::button(
                stamp,
                "accept_type",
                pick,
                "g-btn g-btn--sm g-btn--primary",
                m.learn_accept_type(&ty.assets.to_string()),
            )} {forms::button(stamp, "reject_type", pick, "g-btn g-btn--sm", m.learn_reject_type().to_owned())}
            {forms::act(stamp, "name_type", pick, "", "g-learn__form", name)}
            {forms::act(stamp, "merge", pick, "", "g-learn__form", merge)}
        </div>
    }
    .into_any()
}

fn asset_row(m: Messages, row: &LearnAsset, query: &LearnQuery, chosen: Option<u32>) -> AnyView {
    let to = href(&LearnQuery {
        asset: Some(row.index),
        ..query.clone()
    });
    let current = (chosen == Some(row.index)).then_some("true");
    view! {
        <tr data-decision=format!("{:?}", row.decision).to_lowercase() data-chosen=current>
            <td>
                <input
                    type="checkbox"
                    class="g-check"
                    form=TICKED
                    name="picks[]"
                    value=row.index.to_string()
                    aria-label=m.learn_select(&row.name)
                />
            </td>
            <th scope="row">
                <a href=to aria-current=current data-noscroll="">{row.name.clone()}</a>
                <small class="g-mono g-cut">{row.path.clone()}</small>
            </th>
            <td>
                {row.type_title.clone()}
                <small class="g-cut">{words::reason(m, &row.reason)}</small>
            </td>
            <td data-label=m.learn_col_confidence()>{words::confidence(m, row.percent)}</td>
            <td class="g-n" data-label=m.learn_col_tags()>{row.tags} "/" {row.of_tags}</td>
            <td data-label=m.learn_col_decision()>{words::decision(m, row.decision)}</td>
        </tr>
    }
    .into_any()
}

/// The ways to the other pages of a long table.
pub fn pages(query: &LearnQuery, total: u32) -> AnyView {
    let page = |offset: u32| {
        let to = href(&LearnQuery {
            offset,
            asset: None,
            ..query.clone()
        });
        let current = (offset == query.offset).then_some("page");
        view! { <a class="g-btn g-btn--sm" href=to aria-current=current>{offset / LEARN_ROWS + 1}</a> }
    };
    let last = total.saturating_sub(1) / LEARN_ROWS;
    let here = query.offset / LEARN_ROWS;
    let near = |at: &u32| *at == 0 || *at == last || at.abs_diff(here) <= 3;
    let links = (last > 0).then(|| {
        (0..=last)
            .filter(near)
            .map(|at| page(at * LEARN_ROWS))
            .collect_view()
    });
    view! { <span class="g-row g-push">{links}</span> }.into_any()
}
