//! What is committed: each change with where it was and will be, before anything happens.

use leptos::prelude::*;

use super::Place;
use super::search::Hidden;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{PageHead, Table, cell};

/// A change. In the agenda: an order with when, who and how.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    pub id: u32,
    pub number: String,
    pub title: String,
    pub before: String,
    pub to: String,
    /// Why it is there, or what is against it.
    pub why: String,
    /// Who else moved it meanwhile.
    pub moved: Option<String>,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct CommitPage {
    pub place: Place,
    pub changes: Vec<ChangeLine>,
    /// Makes sending it twice harmless.
    pub key: String,
    /// Something of it cannot be committed before somebody decides.
    pub is_blocked: bool,
    /// What was not taken, each in words.
    pub refused: Vec<String>,
}

/// The changes, and the button that makes them so.
#[component]
pub fn Commit(page: CommitPage) -> impl IntoView {
    let m = use_messages();
    let place = page.place.clone();
    let count = page.changes.len() as u64;
    let row = |line: ChangeLine| {
        let to = place.order(line.id);
        let moved = line
            .moved
            .map(|moved| view! { <br/><strong>"⚠ " {moved}</strong> });
        let undo = place.clone();
        vec![
            cell(view! { <a href=to>{line.number} " " {line.title}</a> {moved} }),
            cell(line.before),
            cell(line.to),
            cell(line.why),
            cell(
                view! { <form method="post" action=routes::url("/plan/undo")><Hidden place=undo/><input type="hidden" name="order" value=line.id/><input type="hidden" name="to" value="commit"/><button class="g-btn g-btn--sm">{m.still_plan_undo()}</button></form> },
            ),
        ]
    };
    let rows = page.changes.clone().into_iter().map(row).collect();
    let heads = vec![
        m.still_plan_order(),
        m.still_plan_before(),
        m.still_plan_after(),
        m.still_plan_reason(),
        "",
    ];
    let refused = (!page.refused.is_empty()).then(|| {
        let one = |words: String| view! { <li>{words}</li> };
        view! { <div role="alert" class="g-message"><p class="g-still__bad">{m.still_plan_not_taken()}</p><ul>{page.refused.clone().into_iter().map(one).collect_view()}</ul></div> }
    });
    let blocked = page
        .is_blocked
        .then(|| view! { <p class="g-message" role="alert">"⚠ " {m.still_plan_blocked()}</p> });
    let form = (count > 0 && !page.is_blocked).then(|| {
        let place = page.place.clone();
        view! {
            <form method="post" action=routes::url("/plan/commit")>
                <Hidden place/><input type="hidden" name="key" value=page.key.clone()/>
                <button class="g-btn g-btn--primary">{m.still_plan_commit_count(count)}</button>
            </form>
        }
    });
    let none = (count == 0).then(|| view! { <p class="g-empty">{m.still_plan_no_changes()}</p> });
    view! {
        <PageHead title=m.still_plan_commit_count(count)/>
        <p class="g-caption">{m.still_plan_commit_said()}</p>
        {refused} {blocked} {none}
        <section class="g-panel g-plan__changes"><Table heads rows/></section>
        <div class="g-row g-row--wrap g-plan__do">{form} <a class="g-btn" href=page.place.url()>{m.still_plan_back()}</a></div>
    }
}
