//! What applying would do, and the button.

use leptos::prelude::*;
use wire::page::{LearnPlan, PlanCount};

use super::forms;
use crate::components::empty_state::EmptyState;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;

/// The summary, the files, what is wrong.
#[component]
pub fn Plan(
    /// What it would do.
    plan: LearnPlan,
    /// Which proposal.
    stamp: u32,
    /// The version it would become.
    version: u32,
    /// Assets that are not accepted.
    open: u32,
) -> impl IntoView {
    let m = use_messages();
    if plan.assets == 0 {
        return view! {
            <section class="g-panel g-learn__assets">
                <EmptyState what=m.learn_plan_nothing() why=m.learn_plan_nothing_why()/>
            </section>
        }
        .into_any();
    }
    let problems = plan
        .problems
        .iter()
        .map(|problem| view! { <li class="g-mono">{problem.clone()}</li> });
    let is_wrong = !plan.problems.is_empty();
    let file = |(path, text): &(String, String)| {
        view! {
            <details>
                <summary class="g-mono g-link">{path.clone()}</summary>
                <pre class="g-mono g-learn__file">{text.clone()}</pre>
            </details>
        }
    };
    let left_out = (plan.left_out > 0)
        .then(|| view! { <p class="g-message">{m.learn_plan_left_out(plan.left_out)}</p> });
    let open = (open > 0).then(|| view! { <p class="g-caption">{m.learn_plan_open(open)}</p> });
    let apply = view! { <button id="apply" class="g-btn g-btn--primary" disabled=is_wrong>{m.learn_apply()}</button> };
    view! {
        <section class="g-panel g-learn__assets" aria-label=m.learn_tab_plan()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.learn_tab_plan()}</h2>
            </div>
            <div class="g-panel__body g-stack">
                <p>{m.learn_plan_sum(plan.types, plan.assets, plan.tags, &version.to_string())}</p>
                {numbers(&plan)}
                {open} {left_out} <ul role="alert">{problems.collect_view()}</ul>
                {forms::act(stamp, "apply", None, "", "", apply)}
                <h3 class="g-h3">{m.learn_files(plan.files_total)}</h3>
                <div>{plan.files.iter().map(file).collect_view()}</div>
            </div>
        </section>
    }
    .into_any()
}

/// What comes, changes and goes, as `gemba model plan` counts it.
fn numbers(plan: &LearnPlan) -> AnyView {
    let (m, fmt) = (use_messages(), use_fmt());
    let row = |(what, of): (&'static str, PlanCount)| {
        let cell = |number: u32| view! { <td class="g-n">{fmt.integer(number)}</td> };
        view! {
            <tr>
                <th scope="row">{what}</th>
                {cell(of.added)}
                {cell(of.changed)}
                {cell(of.removed)}
            </tr>
        }
    };
    let rows = [
        (m.learn_types(), plan.of_types),
        (m.learn_n_assets(), plan.of_assets),
        (m.learn_plan_row_relations(), plan.of_relations),
        (m.learn_plan_row_bindings(), plan.of_bindings),
    ];
    let (assets, rollups) = plan.reaches;
    view! {
        <table class="g-table g-learn__plan">
            <thead>
                <tr>
                    <th scope="col">{m.learn_plan_what()}</th>
                    <th scope="col" class="g-n">{m.learn_plan_col_added()}</th>
                    <th scope="col" class="g-n">{m.learn_plan_col_changed()}</th>
                    <th scope="col" class="g-n">{m.learn_plan_col_removed()}</th>
                </tr>
            </thead>
            <tbody>{rows.map(row).into_iter().collect_view()}</tbody>
        </table>
        <p class="g-caption">{m.learn_plan_reaches(assets, rollups)}</p>
    }
    .into_any()
}
