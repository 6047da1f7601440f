//! What applying would do, and the button.

use leptos::prelude::*;
use wire::page::LearnPlan;

use super::forms;
use crate::components::empty_state::EmptyState;
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
                {open} {left_out} <ul role="alert">{problems.collect_view()}</ul>
                {forms::act(stamp, "apply", None, "", "", apply)}
                <h3 class="g-h3">{m.learn_files(plan.files_total)}</h3>
                <div>{plan.files.iter().map(file).collect_view()}</div>
            </div>
        </section>
    }
    .into_any()
}
