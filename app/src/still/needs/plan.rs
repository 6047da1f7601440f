//! `/work/plans/new`, `/work/plans/{id}`: a plan is written or changed. What is left empty is not asked for.

use leptos::prelude::*;

use super::words;
use crate::components::panel::Panel;
use crate::fmt::escaped;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::PageHead;
use crate::still::work::words as work_words;

/// What is typed, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct PlanSheet {
    pub title: String,
    pub mode: String,
    /// Every so many.
    pub count: String,
    pub unit: String,
    /// `2026-11-30`.
    pub first: String,
    pub floating: bool,
    /// `property:running_hours`, `hours:running`, `starts`.
    pub meter: String,
    pub every: String,
    pub from: String,
    pub formula: String,
    pub held: String,
    pub lead: String,
    pub tolerance: String,
    pub is_on: bool,
    pub craft: String,
    pub hours: String,
    pub steps: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct PlanPage {
    /// Its number; 0 for a new one.
    pub id: u32,
    pub asset: u32,
    pub asset_name: String,
    pub sheet: PlanSheet,
    /// What may count, by word and name.
    pub meters: Vec<(String, String)>,
    /// What a formula may name.
    pub names: Vec<String>,
    pub modes: Vec<&'static str>,
    /// What is known of it: each a name and words.
    pub known: Vec<(String, String)>,
    pub need: Option<u32>,
    /// Only whoever plans here changes it.
    pub may_write: bool,
    pub bad: Option<String>,
}

/// Names of properties shown before the rest is folded.
const NAMES: usize = 60;

/// The form of a plan.
#[component]
pub fn WritePlan(page: PlanPage) -> impl IntoView {
    let m = use_messages();
    let is_new = page.id == 0;
    let title = match is_new {
        true => m.still_plan_new().to_owned(),
        false => page.sheet.title.clone(),
    };
    let known = (!is_new).then(|| view! { <KnownPanel known=page.known.clone() need=page.need/> });
    let names = page.names.clone();
    let back = routes::url(&format!("/work/plans?asset={}", page.asset));
    view! {
        <PageHead title/>
        <p class="g-row g-work__act"><a class="g-btn" href=routes::url("/work/plans")>{m.still_plans()}</a></p>
        <div class="g-grid">
            <Panel title=page.asset_name.clone() class="g-6">
                <form method="post" action=routes::url("/work/plans") class="g-panel__body g-stack">
                    {page.bad.clone().map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
                    <input type="hidden" name="id" value=page.id/>
                    <input type="hidden" name="asset" value=page.asset/>
                    <What page=page.clone()/>
                    <Calendar sheet=page.sheet.clone()/>
                    <ByMeter page=page.clone()/>
                    <Condition page=page.clone()/>
                    <How sheet=page.sheet.clone()/>
                    {page.may_write.then(|| view! { <p class="g-row"><button class="g-btn g-btn--primary">{m.still_plan_save()}</button> <a class="g-btn" href=back>{m.still_share_back()}</a></p> })}
                </form>
            </Panel>
            <div class="g-6 g-stack">{known} <Names names=names/></div>
        </div>
    }
}

/// What it is called and what it prevents.
#[component]
fn What(page: PlanPage) -> impl IntoView {
    let m = use_messages();
    let mode = page.sheet.mode.clone();
    let option = |code: &'static str| {
        view! { <option value=code selected=code == mode>{work_words::mode(m, code)}</option> }
    };
    view! {
        <label class="g-field"><span>{m.still_plan_title()}</span><input class="g-input" name="title" value=page.sheet.title required=true maxlength="120"/></label>
        <label class="g-field"><span>{m.still_plan_prevents()}</span>
            <select class="g-input" name="mode">{page.modes.into_iter().map(option).collect_view()}</select></label>
        <label class="g-nd__tick"><input type="checkbox" name="is_on" value="yes" checked=page.sheet.is_on/> <span>{m.still_plan_on()}</span></label>
    }
}

/// By date.
#[component]
fn Calendar(sheet: PlanSheet) -> impl IntoView {
    let m = use_messages();
    let unit = sheet.unit.clone();
    let option = |word: &'static str| {
        view! { <option value=word selected=word == unit>{words::unit(m, word)}</option> }
    };
    let units = ["day", "week", "month", "year"].map(option);
    view! {
        <fieldset class="g-work__more">
            <legend>{m.still_plan_calendar()}</legend>
            <div class="g-nd__pair">
                <label class="g-field"><span>{m.still_plan_every()}</span><input class="g-input" name="count" inputmode="numeric" value=sheet.count maxlength="4"/></label>
                <label class="g-field"><span>{m.still_plan_unit()}</span><select class="g-input" name="unit">{units.into_iter().collect_view()}</select></label>
            </div>
            <label class="g-field"><span>{m.still_plan_first()}</span><input class="g-input" type="date" name="first" value=sheet.first/></label>
            <label class="g-nd__tick"><input type="checkbox" name="floating" value="yes" checked=sheet.floating/> <span>{m.still_plan_floating()}</span></label>
        </fieldset>
    }
}

/// By what something counts.
#[component]
fn ByMeter(page: PlanPage) -> impl IntoView {
    let m = use_messages();
    let chosen = page.sheet.meter.clone();
    let option = |(word, name): (String, String)| {
        let is_chosen = word == chosen;
        view! { <option value=word selected=is_chosen>{name}</option> }
    };
    view! {
        <fieldset class="g-work__more">
            <legend>{m.still_plan_meter()}</legend>
            <label class="g-field"><span>{m.still_plan_counter()}</span>
                <select class="g-input" name="meter"><option value="">"–"</option>{page.meters.into_iter().map(option).collect_view()}</select></label>
            <div class="g-nd__pair">
                <label class="g-field"><span>{m.still_plan_every()}</span><input class="g-input" name="every" inputmode="decimal" value=page.sheet.every maxlength="16"/></label>
                <label class="g-field"><span>{m.still_plan_count_from()}</span><input class="g-input" name="from" inputmode="decimal" value=page.sheet.from maxlength="16"/></label>
            </div>
        </fieldset>
    }
}

/// By a formula over the twin.
#[component]
fn Condition(page: PlanPage) -> impl IntoView {
    let m = use_messages();
    let example = page
        .names
        .first()
        .map_or_else(|| "vibration > 4.5".to_owned(), |name| format!("{name} > 4.5"));
    view! {
        <fieldset class="g-work__more">
            <legend>{m.still_plan_condition()}</legend>
            <label class="g-field"><span>{m.still_plan_formula()}</span><input class="g-input" name="formula" value=page.sheet.formula maxlength="500" placeholder=example autocomplete="off"/></label>
            <label class="g-field"><span>{m.still_plan_held()}</span><input class="g-input" name="held" inputmode="numeric" value=page.sheet.held maxlength="6"/></label>
        </fieldset>
    }
}

/// How long before, and how it is done.
#[component]
fn How(sheet: PlanSheet) -> impl IntoView {
    let m = use_messages();
    view! {
        <div class="g-nd__pair">
            <label class="g-field"><span>{m.still_plan_lead()}</span><input class="g-input" name="lead" inputmode="numeric" value=sheet.lead maxlength="4"/></label>
            <label class="g-field"><span>{m.still_plan_tolerance()}</span><input class="g-input" name="tolerance" inputmode="numeric" value=sheet.tolerance maxlength="4"/></label>
            <label class="g-field"><span>{m.still_work_craft()}</span><input class="g-input" name="craft" value=sheet.craft maxlength="60"/></label>
            <label class="g-field"><span>{m.still_work_hours()}</span><input class="g-input" name="hours" inputmode="decimal" value=sheet.hours maxlength="12"/></label>
        </div>
        <label class="g-field"><span>{m.still_work_steps_lines()}</span><textarea class="g-input g-work__text" name="steps" rows="5" maxlength="4000" inner_html=escaped(&sheet.steps)></textarea></label>
    }
}

/// What is known of it now.
#[component]
fn KnownPanel(known: Vec<(String, String)>, need: Option<u32>) -> impl IntoView {
    let m = use_messages();
    let fact = |(name, words): (String, String)| view! { <dt>{name}</dt> <dd>{words}</dd> };
    let facts = known.into_iter().map(fact).collect_view();
    let need = need.map(|need| {
        view! { <dt>{m.still_need()}</dt> <dd><a href=super::need_url(need)>{m.still_need_number(&need.to_string())}</a></dd> }
    });
    view! {
        <Panel title=m.still_plan_known().to_owned()>
            <div class="g-panel__body"><dl class="g-work__facts">{facts} {need}</dl></div>
        </Panel>
    }
}

/// What a formula may name.
#[component]
fn Names(names: Vec<String>) -> impl IntoView {
    let m = use_messages();
    if names.is_empty() {
        return ().into_any();
    }
    let more = names.len().saturating_sub(NAMES);
    let names: Vec<String> = names.into_iter().take(NAMES).collect();
    let name = |name: String| view! { <li><code>{name}</code></li> };
    let names = names.into_iter().map(name).collect_view();
    let more = (more > 0).then(|| view! { <li>{m.still_plan_names_more(&more.to_string())}</li> });
    view! {
        <Panel title=m.still_plan_names().to_owned()>
            <ul class="g-nd__names g-panel__body">{names} {more}</ul>
        </Panel>
    }
    .into_any()
}
