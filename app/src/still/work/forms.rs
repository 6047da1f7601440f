//! What may be done with an order, each a form with a button: moves, steps, comments, findings, planning, conflicts.

use leptos::prelude::*;

use super::log::{Saying, Sayings, name_of};
use super::order::{Forms, Hidden, Trouble};
use super::words;
use crate::components::panel::Panel;
use crate::fmt::{escaped, use_fmt};
use crate::i18n::use_messages;
use crate::still::parts::{Moment, Times};

/// A status that may follow.
#[derive(Clone, Debug)]
pub struct MoveLine {
    /// The word of the status.
    pub to: String,
    /// It goes back.
    pub is_back: bool,
    pub needs_reason: bool,
    /// When and by whom is asked for.
    pub needs_slot: bool,
}

/// A step of the job.
#[derive(Clone, Debug)]
pub struct StepLine {
    pub id: u32,
    pub text: String,
    pub kind: StepShown,
    pub is_required: bool,
    /// What came out, who said so and when.
    pub answer: Option<(String, Option<String>, i64)>,
    /// A value beyond what is normal.
    pub is_beyond: bool,
}

/// What a step asks for.
#[derive(Clone, Debug)]
pub enum StepShown {
    Check,
    /// Unit, and what is normal.
    Reading(String, Option<f64>, Option<f64>),
    Choice(Vec<ChoiceLine>),
    /// A photo or a signature: nothing that this page takes.
    Elsewhere,
}

/// One of several.
#[derive(Clone, Debug)]
pub struct ChoiceLine {
    pub place: u16,
    pub text: String,
}

/// What a planner may change.
#[derive(Clone, Debug, Default)]
pub struct PlanForm {
    pub title: String,
    pub priority: String,
    /// `2026-11-30`.
    pub due: String,
    /// Who is needed, one craft a line.
    pub labour: String,
    /// Each one a line.
    pub parts: String,
    pub permits: String,
    pub locks: String,
    /// The equipment must stand for it.
    pub needs_stop: bool,
    /// One step a line.
    pub steps: String,
}

/// Something that only a person can decide.
#[derive(Clone, Debug)]
pub struct ConflictLine {
    /// The event that came later, in hexadecimal.
    pub of: String,
    /// A stable word for what it is about.
    pub about: String,
    /// What each says, who and when.
    pub theirs: (String, Option<String>, i64),
    pub mine: (String, Option<String>, i64),
    /// The word that people mostly choose, and whether both can stay.
    pub usual: String,
    pub may_both: bool,
    /// Whoever reads may decide.
    pub may_settle: bool,
}

/// What may follow, as buttons.
#[component]
pub(super) fn Moves(moves: Vec<MoveLine>, people: Vec<(u32, String)>, forms: Forms) -> impl IntoView {
    let one = |(place, line): (u16, MoveLine)| {
        view! { <Move line place people=people.clone() forms=forms.clone()/> }
    };
    let lines = (1..).zip(moves).map(one).collect_view();
    view! { <div class="g-work__acts">{lines}</div> }
}

#[component]
fn Move(line: MoveLine, place: u16, people: Vec<(u32, String)>, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let form = format!("move/{}", line.to);
    let label = match line.is_back {
        true => m.still_work_back_to(words::status(m, &line.to)),
        false => words::act(m, &line.to).to_owned(),
    };
    let is_plain = !line.needs_reason && !line.needs_slot;
    let class = if line.is_back || line.to == "cancelled" {
        "g-btn"
    } else {
        "g-btn g-btn--primary"
    };
    let typed = |field: &str| forms.typed(&form, field);
    let reason = line.needs_reason.then(|| {
        view! { <label class="g-field"><span>{m.still_work_reason()}</span><textarea class="g-input g-work__text" name="reason" rows="2" required=true maxlength="1000" inner_html=escaped(&typed("reason"))></textarea></label> }
    });
    let slot = line.needs_slot.then(|| {
        let person = typed("person");
        let option = |(id, name): (u32, String)| {
            let id = id.to_string();
            view! { <option value=id.clone() selected=id == person>{name}</option> }
        };
        view! {
            <label class="g-field"><span>{m.still_work_begins()}</span><input class="g-input" type="datetime-local" name="from" required=true value=typed("from")/></label>
            <label class="g-field"><span>{m.still_work_ends()}</span><input class="g-input" type="datetime-local" name="to_time" required=true value=typed("to_time")/></label>
            <label class="g-field"><span>{m.still_work_by()}</span><select class="g-input" name="person"><option value="">"–"</option>{people.into_iter().map(option).collect_view()}</select></label>
        }
    });
    let inner = view! {
        <form method="post" action=forms.action("move") class="g-stack">
            <Hidden forms=forms.clone() form=place/>
            <input type="hidden" name="to" value=line.to.clone()/>
            <Trouble forms=forms.clone() form=form.clone()/>
            {reason} {slot}
            <button class=class>{label.clone()}</button>
        </form>
    };
    if is_plain {
        return inner.into_any();
    }
    let is_open = forms.is_bad(&form);
    view! { <details class="g-still__confirm" open=is_open><summary class="g-btn">{label.clone()} "…"</summary>{inner}</details> }.into_any()
}

/// The steps of the job, each with its answer or what asks for it.
#[component]
pub(super) fn Steps(steps: Vec<StepLine>, may_do: bool, forms: Forms, times: Times) -> impl IntoView {
    let one = |(place, step): (u16, StepLine)| {
        view! { <Step step place may_do forms=forms.clone() times=times.clone()/> }
    };
    let lines = (0x100..).step_by(2).zip(steps).map(one).collect_view();
    view! { <ol class="g-work__list g-panel__body">{lines}</ol> }
}

#[component]
fn Step(step: StepLine, place: u16, may_do: bool, forms: Forms, times: Times) -> impl IntoView {
    let m = use_messages();
    let form = format!("answer/{}", step.id);
    let optional = (!step.is_required).then(|| view! { " " <small>{m.still_work_optional()}</small> });
    let has_answer = step.answer.is_some();
    let answer = step.answer.map(|(what, name, at)| {
        let what = if what.is_empty() { m.still_work_ticked().to_owned() } else { what };
        let beyond = step
            .is_beyond
            .then(|| view! { " " <span class="g-work__beyond">{m.still_work_beyond()}</span> });
        view! { <p>"☑ " {what} {beyond} " " <span class="g-caption">{name_of(name)} ", " <Moment at=Some(at) times=times.clone()/></span></p> }
    });
    let normal = match &step.kind {
        StepShown::Reading(unit, low, high) => normal(unit, *low, *high),
        StepShown::Check | StepShown::Choice(_) | StepShown::Elsewhere => None,
    };
    let asks = may_do.then(|| view! { <Answering id=step.id kind=step.kind place has_answer form=form.clone() forms=forms.clone()/> });
    view! {
        <li class="g-work__step">
            <p>{step.text} {optional} {normal.map(|normal| view! { " " <span class="g-caption">{normal}</span> })}</p>
            {answer}
            <Trouble forms form/>
            {asks}
        </li>
    }
}

/// What is normal for a reading, in words.
fn normal(unit: &str, low: Option<f64>, high: Option<f64>) -> Option<String> {
    let (m, fmt) = (use_messages(), use_fmt());
    let number = |value: f64| {
        let decimals = u8::from(value.fract() != 0.0) + u8::from((value * 10.0).fract() != 0.0);
        fmt.value(value, decimals, Some(unit))
    };
    match (low, high) {
        (None, None) => None,
        (low, high) => {
            let end = |limit: Option<f64>| limit.map_or_else(|| "…".to_owned(), number);
            Some(m.still_work_normal(&end(low), &end(high)))
        }
    }
}

/// Asks for the answer of a step, or why it is left out.
#[component]
fn Answering(
    id: u32,
    kind: StepShown,
    place: u16,
    has_answer: bool,
    form: String,
    forms: Forms,
) -> impl IntoView {
    let m = use_messages();
    let typed = |field: &str| forms.typed(&form, field);
    let is_elsewhere = matches!(kind, StepShown::Elsewhere);
    let input = match kind {
        StepShown::Check => view! { <input type="hidden" name="value" value="done"/> }.into_any(),
        StepShown::Reading(unit, ..) => view! {
            <label class="g-field"><span>{m.still_work_value(&unit)}</span><input class="g-input" name="value" inputmode="decimal" required=true maxlength="20" value=typed("value")/></label>
            <label class="g-field"><span>{m.still_work_note()}</span><input class="g-input" name="note" maxlength="500" value=typed("note")/></label>
        }
        .into_any(),
        StepShown::Choice(choices) => {
            let chosen = typed("value");
            let option = |choice: ChoiceLine| {
                let place = choice.place.to_string();
                view! { <option value=place.clone() selected=place == chosen>{choice.text}</option> }
            };
            view! { <label class="g-field"><span>{m.still_work_choice()}</span><select class="g-input" name="value">{choices.into_iter().map(option).collect_view()}</select></label> }.into_any()
        }
        StepShown::Elsewhere => view! { <p class="g-caption">{m.still_work_elsewhere()}</p> }.into_any(),
    };
    let label = if has_answer {
        m.still_work_again()
    } else {
        m.still_work_tick()
    };
    view! {
        <form method="post" action=forms.action("answer") class="g-row g-row--wrap">
            <Hidden forms=forms.clone() form=place/>
            <input type="hidden" name="step" value=id/>
            {input}
            {(!is_elsewhere).then(|| view! { <button class="g-btn">{label}</button> })}
        </form>
        <details>
            <summary>{m.still_work_skip()}</summary>
            <form method="post" action=forms.action("answer") class="g-row g-row--wrap">
                <Hidden forms=forms.clone() form=place + 1/>
                <input type="hidden" name="step" value=id/>
                <label class="g-field"><span>{m.still_work_reason()}</span><input class="g-input" name="skip" required=true maxlength="500" value=typed("skip")/></label>
                <button class="g-btn">{m.still_work_skip()}</button>
            </form>
        </details>
    }
}

/// What was said, and where one says more.
#[component]
pub(super) fn Comments(sayings: Vec<Saying>, may_say: bool, forms: Forms, times: Times) -> impl IntoView {
    let m = use_messages();
    let is_empty = sayings.is_empty();
    let form = may_say.then(|| {
        view! {
            <form method="post" action=forms.action("comment") class="g-stack">
                <Hidden forms=forms.clone() form=0x40/>
                <Trouble forms=forms.clone() form="comment"/>
                <label class="g-field"><span>{m.still_work_comment()}</span><textarea class="g-input g-work__text" name="text" rows="2" required=true maxlength="4000" inner_html=escaped(&forms.typed("comment", "text"))></textarea></label>
                <button class="g-btn">{m.still_work_comment_send()}</button>
            </form>
        }
    });
    view! {
        <div class="g-panel__body g-stack">
            {is_empty.then(|| view! { <p class="g-caption">{m.still_work_no_comments()}</p> })}
            <Sayings sayings times/>
            {form}
        </div>
    }
}

/// What was found, by the words of ISO 14224.
#[component]
pub(super) fn FindingForm(
    mode: String,
    modes: Vec<&'static str>,
    causes: Vec<&'static str>,
    activities: Vec<&'static str>,
    forms: Forms,
) -> impl IntoView {
    let m = use_messages();
    let typed = |field: &str| forms.typed("finding", field);
    let chosen = Some(typed("mode"))
        .filter(|typed| !typed.is_empty())
        .unwrap_or(mode);
    let (cause, activity) = (typed("cause"), typed("activity"));
    view! {
        <form method="post" action=forms.action("finding") class="g-stack">
            <Hidden forms=forms.clone() form=0x41/>
            <Trouble forms=forms.clone() form="finding"/>
            <label class="g-field"><span>{m.still_work_mode()}</span>
                <select class="g-input" name="mode">{modes.into_iter().map(|code| view! { <option value=code selected=code == chosen>{words::mode(m, code)}</option> }).collect_view()}</select></label>
            <label class="g-field"><span>{m.still_work_cause()}</span>
                <select class="g-input" name="cause"><option value="">"–"</option>{causes.into_iter().map(|code| view! { <option value=code selected=code == cause>{words::cause(m, code)}</option> }).collect_view()}</select></label>
            <label class="g-field"><span>{m.still_work_activity()}</span>
                <select class="g-input" name="activity">{activities.into_iter().map(|code| view! { <option value=code selected=code == activity>{words::activity(m, code)}</option> }).collect_view()}</select></label>
            <label class="g-field"><span>{m.still_work_found()}</span><textarea class="g-input g-work__text" name="text" rows="2" maxlength="4000" inner_html=escaped(&typed("text"))></textarea></label>
            <button class="g-btn">{m.still_work_finding_send()}</button>
        </form>
    }
}

/// Something of a job with one a line.
fn lines(
    label: &'static str,
    name: &'static str,
    value: &str,
    example: &'static str,
) -> impl IntoView + use<> {
    view! { <label class="g-field"><span>{label}</span><textarea class="g-input g-work__text" name=name rows="2" maxlength="4000" placeholder=example inner_html=escaped(value)></textarea></label> }
}

/// What a planner says of an order.
#[component]
pub(super) fn Planning(plan: PlanForm, priorities: Vec<&'static str>, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let is_open = forms.is_bad("plan");
    let priority = plan.priority.clone();
    view! {
        <Panel title=m.still_work_planning().to_owned()>
            <details class="g-still__confirm g-panel__body" open=is_open>
                <summary class="g-btn">{m.still_work_change()}</summary>
                <form method="post" action=forms.action("plan") class="g-stack">
                    <Hidden forms=forms.clone() form=0x42/>
                    <Trouble forms=forms.clone() form="plan"/>
                    <label class="g-field"><span>{m.still_work_title()}</span><input class="g-input" name="title" value=plan.title required=true maxlength="120"/></label>
                    <label class="g-field"><span>{m.still_work_priority()}</span>
                        <select class="g-input" name="priority">{priorities.into_iter().map(|word| view! { <option value=word selected=word == priority>{words::priority(m, word)}</option> }).collect_view()}</select></label>
                    <label class="g-field"><span>{m.still_work_due()}</span><input class="g-input" type="date" name="due" value=plan.due/></label>
                    {lines(m.still_work_labour_lines(), "labour", &plan.labour, "mechanic | 1 | 1.5 | lock-out")}
                    {lines(m.still_work_parts_lines(), "parts", &plan.parts, "6205-2RS | 1")}
                    {lines(m.still_work_permits_lines(), "permits", &plan.permits, "")}
                    {lines(m.still_work_locks_lines(), "locks", &plan.locks, "Q4 | 400 V")}
                    <input type="hidden" name="stop_asked" value="yes"/>
                    <label class="g-row"><input type="checkbox" name="needs_stop" value="yes" checked=plan.needs_stop/> <span>{m.still_work_needs_stop()}</span></label>
                    <label class="g-field"><span>{m.still_work_steps_lines()}</span><textarea class="g-input g-work__text" name="steps" rows="6" maxlength="8000" placeholder=m.still_work_steps_example() inner_html=escaped(&plan.steps)></textarea></label>
                    <button class="g-btn g-btn--primary">{m.still_work_change_send()}</button>
                </form>
            </details>
        </Panel>
    }
}

/// What two people did to each other's words, and whose hold.
#[component]
pub(super) fn Conflicts(conflicts: Vec<ConflictLine>, forms: Forms, times: Times) -> impl IntoView {
    let m = use_messages();
    let one = |(place, line): (u16, ConflictLine)| {
        let side = |head: &'static str, (what, name, at): (String, Option<String>, i64)| {
            view! { <p><b>{head}</b> " " {what} " " <span class="g-caption">{name_of(name)} ", " <Moment at=Some(at) times=times.clone()/></span></p> }
        };
        let button = |keep: &'static str, label: &'static str| {
            let class = if line.usual == keep {
                "g-btn g-btn--primary"
            } else {
                "g-btn"
            };
            view! { <button class=class name="keep" value=keep>{label}</button> }
        };
        let form = line.may_settle.then(|| {
            view! {
                <form method="post" action=forms.action("settle") class="g-row g-row--wrap">
                    <Hidden forms=forms.clone() form=place/>
                    <input type="hidden" name="of" value=line.of.clone()/>
                    {button("theirs", m.still_work_keep_first())} {button("mine", m.still_work_keep_second())}
                    {line.may_both.then(|| button("both", m.still_work_keep_both()))}
                </form>
            }
        });
        let trouble = format!("settle/{}", line.of);
        view! {
            <li class="g-work__step">
                <p>{words::conflict(m, &line.about)}</p>
                {side(m.still_work_first(), line.theirs.clone())} {side(m.still_work_second(), line.mine.clone())}
                <Trouble forms=forms.clone() form=trouble/>
                {form}
            </li>
        }
    };
    let count = conflicts.len().to_string();
    let lines = (0x200..).zip(conflicts).map(one).collect_view();
    view! {
        <Panel title=m.still_work_conflicts().to_owned() aside=count>
            <p class="g-panel__body" role="alert">{m.still_work_conflicts_more()}</p>
            <ul class="g-work__list g-panel__body">{lines}</ul>
        </Panel>
    }
}
