//! What fixed it last time: findings on finished orders of an equipment.

use leptos::prelude::*;

use super::words;
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::Times;

/// One finding.
#[derive(Clone, Debug)]
pub struct FixLine {
    pub order: u32,
    pub number: String,
    pub at_millis: i64,
    /// Codes of ISO 14224.
    pub mode: String,
    pub cause: Option<String>,
    pub activity: String,
    pub text: String,
}

/// What was found and done on an equipment before, the newest first; nothing where nothing was.
#[component]
pub fn Fixes(fixes: Vec<FixLine>, times: Times) -> impl IntoView {
    let m = use_messages();
    if fixes.is_empty() {
        return ().into_any();
    }
    let line = |fix: FixLine| {
        let cause = fix.cause.map(|code| format!(", {}", words::cause(m, &code)));
        let href = routes::url(&format!("/work/{}", fix.order));
        view! {
            <li>
                <p>{words::mode(m, &fix.mode)} {cause} " → " <b>{words::activity(m, &fix.activity)}</b></p>
                {(!fix.text.is_empty()).then(|| view! { <p class="g-work__said">{fix.text}</p> })}
                <p class="g-caption"><a href=href>{fix.number}</a> ", " <super::Day at=Some(fix.at_millis) times=times.clone()/></p>
            </li>
        }
    };
    let lines = fixes.into_iter().map(line).collect_view();
    view! { <Panel title=m.still_work_fixed().to_owned()><ul class="g-work__list g-panel__body">{lines}</ul></Panel> }
        .into_any()
}
