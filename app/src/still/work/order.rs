//! `/work/{id}`: one order, all that is known of it and what may follow.

use leptos::prelude::*;

use super::files::{FileLine, Files};
use super::fixes::{FixLine, Fixes};
use super::forms::{
    Comments, ConflictLine, Conflicts, FindingForm, MoveLine, Moves, PlanForm, Planning, StepLine, Steps,
};
use super::log::{FindingLine, Findings, Log, LogLine, Saying};
use super::records::{Recorded, RecordsPanel, Watch};
use super::{Day, State, words};
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{Moment, PageHead, Times};

/// A form that was not taken: which, why, and what was typed.
#[derive(Clone, Debug, Default)]
pub struct Bad {
    /// The last part of its address, with the number of the step or the status behind.
    pub form: String,
    pub words: String,
    pub typed: Vec<(String, String)>,
}

impl Bad {
    /// What was typed into a field of this form.
    pub(super) fn typed(&self, form: &str, field: &str) -> Option<String> {
        let found = self
            .typed
            .iter()
            .find(|(name, _)| self.form == form && name == field);
        found.map(|(_, value)| value.clone())
    }
}

/// A need that an order answers.
#[derive(Clone, Debug)]
pub struct OrderNeed {
    pub id: u32,
    /// Why, in words.
    pub words: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct OrderPage {
    pub id: u32,
    /// `WO-12`.
    pub number: String,
    pub title: String,
    pub asset: u32,
    pub asset_name: String,
    /// The word of its group; `cancelled` for none.
    pub group: String,
    pub status: String,
    pub status_since_millis: i64,
    pub priority: String,
    pub kind: String,
    pub mode: String,
    pub earliest_millis: Option<i64>,
    pub due_millis: Option<i64>,
    pub slot_millis: Option<(i64, i64)>,
    pub assignees: Vec<Option<String>>,
    pub craft: String,
    pub hours: f64,
    /// Made for the demo.
    pub is_demo: bool,
    /// The needs that it answers.
    pub needs: Vec<OrderNeed>,
    /// What fixed the same equipment before.
    pub fixes: Vec<FixLine>,
    pub moves: Vec<MoveLine>,
    pub steps: Vec<StepLine>,
    /// What was done on it and written down.
    pub recorded: Recorded,
    pub sayings: Vec<Saying>,
    pub findings: Vec<FindingLine>,
    pub conflicts: Vec<ConflictLine>,
    pub log: Vec<LogLine>,
    pub files: Vec<FileLine>,
    /// Comments may be written.
    pub may_say: bool,
    /// Steps may be answered, findings written.
    pub may_do: bool,
    /// What a planner may change.
    pub plan: Option<PlanForm>,
    pub modes: Vec<&'static str>,
    pub causes: Vec<&'static str>,
    pub activities: Vec<&'static str>,
    pub priorities: Vec<&'static str>,
    /// Hours of crafts may be assigned to these accounts.
    pub people: Vec<(u32, String)>,
    pub forms: Forms,
    pub times: Times,
}

/// What each form of the page carries.
#[derive(Clone, Debug)]
pub struct Forms {
    /// Of the order.
    pub id: u32,
    /// How much of its log the page shows.
    pub seen: u32,
    /// The first 22 hexadecimal digits of each form's key.
    pub key: String,
    /// The form that was not taken.
    pub bad: Bad,
}

impl Forms {
    /// The address of a form.
    pub(super) fn action(&self, act: &str) -> String {
        routes::url(&format!("/work/{}/{act}", self.id))
    }

    /// What was typed into a field of a form that was not taken; empty else.
    pub(super) fn typed(&self, form: &str, field: &str) -> String {
        self.bad.typed(form, field).unwrap_or_default()
    }

    /// Whether it is a form of this kind that was not taken.
    pub(super) fn is_bad_of(&self, act: &str) -> bool {
        self.bad.form.split('/').next() == Some(act)
    }

    /// Whether it is the form that was not taken.
    pub(super) fn is_bad(&self, form: &str) -> bool {
        !form.is_empty() && self.bad.form == form
    }
}

/// What makes sending a form twice harmless, and tells how old the page is that sends it. `form` is told by its
/// place on the page, so that no two have one key.
#[component]
pub(super) fn Hidden(forms: Forms, form: u16) -> impl IntoView {
    let key = format!("{}{form:04x}000000", forms.key);
    view! { <input type="hidden" name="key" value=key/> <input type="hidden" name="seen" value=forms.seen/> }
}

/// Why a form was not taken, above it.
#[component]
pub(super) fn Trouble(forms: Forms, #[prop(into)] form: String) -> impl IntoView {
    forms
        .is_bad(&form)
        .then(|| view! { <p class="g-still__bad" role="alert">{forms.bad.words}</p> })
}

/// One order.
#[component]
pub fn WorkOrder(page: OrderPage) -> impl IntoView {
    let m = use_messages();
    let head = format!("{} · {}", page.number, page.title);
    let demo = page
        .is_demo
        .then(|| view! { <span class="g-demo-badge">{m.demo_badge()}</span> });
    // A form that is not on the page any more says so above everything.
    let lost = (page.forms.bad.form == "top").then(|| view! { <Lost bad=page.forms.bad.clone()/> });
    let (forms, times) = (page.forms.clone(), page.times.clone());
    let conflicts = page.conflicts.clone();
    let conflicts = (!conflicts.is_empty()).then(|| view! { <Conflicts conflicts forms times/> });
    let (forms, times, priorities) = (page.forms.clone(), page.times.clone(), page.priorities.clone());
    let plan = page.plan.clone();
    let plan = plan.map(|plan| view! { <Planning plan priorities forms=forms.clone()/> });
    let (lines, log_times, log_forms) = (page.log.clone(), times.clone(), page.forms.clone());
    let (records, record_times) = (page.recorded.clone(), times.clone());
    let watch = (records.watching, records.watchers);
    let watch_forms = page.forms.clone();
    let watch = watch
        .0
        .map(|is_on| view! { <Watch is_on watchers=watch.1 forms=watch_forms/> });
    let record_forms = page.forms.clone();
    let (sayings, may_say) = (page.sayings.clone(), page.may_say);
    let files = page.files.clone();
    let files = (!files.is_empty()).then(|| view! { <Files files/> });
    let steps = (!page.steps.is_empty()).then(|| view! { <StepsPanel page=page.clone()/> });
    let (fixes, fix_times) = (page.fixes.clone(), times.clone());
    let has_findings = page.may_do || !page.findings.is_empty();
    let findings = has_findings.then(|| view! { <FindingsPanel page=page.clone()/> });
    view! {
        <PageHead title=head/>
        <p class="g-row g-work__act"><a class="g-btn" href=routes::url("/work")>{m.still_work()}</a> {demo}</p>
        {watch}
        {lost} {conflicts}
        <div class="g-grid">
            <OrderPanel page/>
            <div class="g-6 g-stack">
                {steps}
                <RecordsPanel records forms=record_forms times=record_times/>
                <Panel title=m.still_work_comments().to_owned()><Comments sayings may_say forms times/></Panel>
                {findings} <Fixes fixes times=fix_times/> {plan}
            </div>
        </div>
        {files}
        <Log lines forms=log_forms times=log_times/>
    }
}

/// What it is, and what may follow.
#[component]
fn OrderPanel(page: OrderPage) -> impl IntoView {
    let m = use_messages();
    let (moves, people, forms) = (page.moves.clone(), page.people.clone(), page.forms.clone());
    view! {
        <Panel title=m.still_work_order().to_owned() class="g-6">
            <div class="g-panel__body g-stack"><Facts page/> <Moves moves people forms/></div>
        </Panel>
    }
}

/// The steps of the job.
#[component]
fn StepsPanel(page: OrderPage) -> impl IntoView {
    let m = use_messages();
    let count = page.steps.len().to_string();
    view! {
        <Panel title=m.still_work_steps().to_owned() aside=count>
            <Steps steps=page.steps may_do=page.may_do forms=page.forms times=page.times/>
        </Panel>
    }
}

/// What was found, and where one says more.
#[component]
fn FindingsPanel(page: OrderPage) -> impl IntoView {
    let m = use_messages();
    let OrderPage {
        mode,
        modes,
        causes,
        activities,
        forms,
        findings,
        may_do,
        ..
    } = page;
    let form = may_do.then(|| view! { <FindingForm mode modes causes activities forms/> });
    view! {
        <Panel title=m.still_work_findings().to_owned()>
            <div class="g-panel__body g-stack"><Findings findings/> {form}</div>
        </Panel>
    }
}

/// What it is, where it stands, when and by whom it is done.
#[component]
fn Facts(page: OrderPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let times = page.times.clone();
    let fact = |name: &'static str, value: AnyView| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let moment = |at: Option<i64>| view! { <Moment at times=times.clone()/> }.into_any();
    let slot = page.slot_millis.map(|(from, to)| {
        fact(
            m.still_work_slot(),
            view! { <Moment at=Some(from) times=times.clone()/> " – " <Moment at=Some(to) times=times.clone()/> }.into_any(),
        )
    });
    let names: Vec<String> = page.assignees.into_iter().map(super::log::name_of).collect();
    let people = (!names.is_empty()).then(|| fact(m.still_work_by(), names.join(", ").into_any()));
    let labour = (page.hours > 0.0).then(|| {
        let words = format!("{} {}", fmt.value(page.hours, 1, Some("h")), page.craft);
        fact(m.still_work_hours(), words.into_any())
    });
    let due = page.due_millis;
    let needs = (!page.needs.is_empty()).then(|| {
        let need = |need: OrderNeed| {
            let href = routes::url(&format!("/work/needs/{}", need.id));
            view! { <li><a href=href>{m.still_need_number(&need.id.to_string())}</a> " " {need.words}</li> }
        };
        let needs = page.needs.into_iter().map(need).collect_view();
        fact(
            m.still_needs(),
            view! { <ul class="g-work__list">{needs}</ul> }.into_any(),
        )
    });
    // The group says it already where it is called the same.
    let status = (page.status != page.group).then(|| view! { " · " {words::status(m, &page.status)} });
    let state = view! { <State group=page.group due now=times.now_millis/> {status} ", " <Moment at=Some(page.status_since_millis) times=times.clone()/> };
    view! {
        <dl class="g-work__facts">
            {fact(m.still_work_asset(), view! { <a href=routes::asset(page.asset)>{page.asset_name}</a> }.into_any())}
            {fact(m.still_work_state(), state.into_any())}
            {fact(m.still_work_priority(), words::priority(m, &page.priority).into_any())}
            {fact(m.still_work_kind(), words::kind(m, &page.kind).into_any())}
            {fact(m.still_work_mode(), words::mode(m, &page.mode).into_any())}
            {page.earliest_millis.map(|at| fact(m.still_work_since(), moment(Some(at))))}
            {fact(m.still_work_due(), view! { <Day at=due times=times.clone()/> }.into_any())}
            {slot} {people} {labour} {needs}
        </dl>
    }
}

/// Why a form was not taken that is not on the page any more, and what was typed into it: nothing typed is lost.
#[component]
fn Lost(bad: Bad) -> impl IntoView {
    let is_words = |name: &str| matches!(name, "reason" | "text" | "note" | "skip" | "value");
    let typed = bad
        .typed
        .into_iter()
        .filter(|(name, value)| is_words(name) && !value.is_empty());
    let typed = typed.map(|(_, value)| view! { <p class="g-work__said">{value}</p> });
    view! { <div role="alert"><p class="g-still__bad">{bad.words}</p> {typed.collect_view()}</div> }
}
