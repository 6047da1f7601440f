//! `/work/new?asset=ID`: a problem is reported, or work is asked for.

use leptos::prelude::*;

use super::words;
use crate::components::panel::Panel;
use crate::fmt::escaped;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::PageHead;

/// What is typed, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct ReportForm {
    /// Makes sending it twice harmless.
    pub key: String,
    pub title: String,
    pub text: String,
    /// `2026-11-23T16:00` by the site's clock.
    pub since: String,
    pub mode: String,
    pub priority: String,
    pub kind: String,
    /// `2026-11-30`.
    pub due: String,
    pub craft: String,
    pub hours: String,
    /// The need that it answers: its number, why, and how it is to be done, one step a line.
    pub need: Option<(u32, String)>,
    pub steps: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct NewWorkPage {
    pub asset: u32,
    pub asset_name: String,
    pub form: ReportForm,
    /// Plans work, and is asked for more.
    pub is_planner: bool,
    /// Codes of failure modes and words of kinds to choose from.
    pub modes: Vec<&'static str>,
    pub kinds: Vec<&'static str>,
    pub priorities: Vec<&'static str>,
    /// What was wrong with the form.
    pub bad: Option<String>,
}

/// The form that reports a problem.
#[component]
pub fn NewWork(page: NewWorkPage) -> impl IntoView {
    let m = use_messages();
    let NewWorkPage {
        asset,
        asset_name,
        form,
        is_planner,
        modes,
        kinds,
        priorities,
        bad,
    } = page;
    let title = if is_planner {
        m.still_work_new()
    } else {
        m.still_work_report()
    };
    let mode = form.mode.clone();
    let priority = form.priority.clone();
    let need = form.need.clone().map(|(need, words)| {
        let href = routes::url(&format!("/work/needs/{need}"));
        view! { <input type="hidden" name="need" value=need/> <p><a href=href>{m.still_need_number(&need.to_string())}</a> " · " {words}</p> }
    });
    let planner = is_planner.then(|| {
        let (kind, steps) = (form.kind.clone(), form.steps.clone());
        view! {
            <fieldset class="g-work__more">
                <legend>{m.still_work_planning()}</legend>
                <label class="g-field"><span>{m.still_work_kind()}</span>
                    <select class="g-input" name="kind">{kinds.into_iter().map(|word| view! { <option value=word selected=word == kind>{words::kind(m, word)}</option> }).collect_view()}</select></label>
                <label class="g-field"><span>{m.still_work_due()}</span><input class="g-input" type="date" name="due" value=form.due.clone()/></label>
                <label class="g-field"><span>{m.still_work_craft()}</span><input class="g-input" name="craft" value=form.craft.clone() maxlength="60"/></label>
                <label class="g-field"><span>{m.still_work_hours()}</span><input class="g-input" name="hours" inputmode="decimal" value=form.hours.clone() maxlength="12"/></label>
                <label class="g-field"><span>{m.still_work_steps_lines()}</span><textarea class="g-input g-work__text" name="steps" rows="4" maxlength="8000" inner_html=escaped(&steps)></textarea></label>
            </fieldset>
        }
    });
    view! {
        <PageHead title/>
        <Panel title=asset_name class="g-work__form">
            <form method="post" action=routes::url("/work") class="g-panel__body g-stack">
                {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
                <input type="hidden" name="asset" value=asset/>
                <input type="hidden" name="key" value=form.key/>
                {need}
                <label class="g-field"><span>{m.still_work_wrong()}</span><input class="g-input" name="title" value=form.title required=true maxlength="120"/></label>
                <label class="g-field"><span>{m.still_work_wrong_more()}</span><textarea class="g-input g-work__text" name="text" rows="3" maxlength="4000" inner_html=escaped(&form.text)></textarea></label>
                <label class="g-field"><span>{m.still_work_mode()}</span>
                    <select class="g-input" name="mode">{modes.into_iter().map(|code| view! { <option value=code selected=code == mode>{words::mode(m, code)}</option> }).collect_view()}</select></label>
                <label class="g-field"><span>{m.still_work_since_optional()}</span><input class="g-input" type="datetime-local" name="since" value=form.since/></label>
                <label class="g-field"><span>{m.still_work_urgency()}</span>
                    <select class="g-input" name="priority">{priorities.into_iter().map(|word| view! { <option value=word selected=word == priority>{words::priority(m, word)}</option> }).collect_view()}</select></label>
                {planner}
                <p class="g-row"><button class="g-btn g-btn--primary">{m.still_work_send()}</button> <a class="g-btn" href=routes::asset(asset)>{m.still_share_back()}</a></p>
            </form>
        </Panel>
    }
}
