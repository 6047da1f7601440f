//! What was done on an order and is written down: time, parts, permits, locks, standing still, money. Each is folded
//! away with its count and sum until somebody asks.

use leptos::prelude::*;

use super::log::name_of;
use super::order::{Forms, Hidden, Trouble};
use super::words;
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::still::parts::{Moment, Times};

/// Something that was said.
#[derive(Clone, Debug)]
pub struct RecordLine {
    /// Its event, in hexadecimal.
    pub key: String,
    pub words: String,
    /// Called; none once forgotten.
    pub name: Option<String>,
    pub at_millis: i64,
    pub may_withdraw: bool,
    /// The equipment still stands.
    pub is_standing: bool,
}

/// All of one kind, and what they come to.
#[derive(Clone, Debug, Default)]
pub struct Records {
    pub lines: Vec<RecordLine>,
    /// In words; empty for none.
    pub sum: String,
}

/// A permit or a lock of the job.
#[derive(Clone, Debug)]
pub struct TickLine {
    pub place: u16,
    pub text: String,
    pub is_on: bool,
    /// Of a permit that was given.
    pub number: Option<String>,
}

/// A part that may be taken.
#[derive(Clone, Debug)]
pub struct PartChoice {
    pub code: String,
    /// Its name, and how many there are.
    pub label: String,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    pub time: Records,
    pub parts: Records,
    pub stops: Records,
    pub costs: Records,
    /// Parts that the job needs, each with whether it is there.
    pub needed: Vec<String>,
    pub permits: Vec<TickLine>,
    pub locks: Vec<TickLine>,
    pub may_do: bool,
    /// Money may be told after the end, too.
    pub may_spend: bool,
    pub may_reserve: bool,
    /// Whoever reads; 0 for a visitor.
    pub me: u32,
    pub people: Vec<(u32, String)>,
    pub craft: String,
    pub shelf: Vec<PartChoice>,
    /// Points of the equipment with what they say now.
    pub points: Vec<(u32, String)>,
    /// Whether whoever reads hears of it; none for who cannot.
    pub watching: Option<bool>,
    pub watchers: usize,
}

/// All of it, each kind folded away.
#[component]
pub(super) fn RecordsPanel(records: Recorded, forms: Forms, times: Times) -> impl IntoView {
    let m = use_messages();
    let Recorded {
        time,
        parts,
        stops,
        costs,
        ..
    } = records.clone();
    let tick = |lines: &[TickLine]| {
        format!(
            "{} / {}",
            lines.iter().filter(|line| line.is_on).count(),
            lines.len()
        )
    };
    let has_safety = !records.permits.is_empty() || !records.locks.is_empty();
    let safety = has_safety.then(|| {
        let count = tick(&[records.permits.clone(), records.locks.clone()].concat());
        let is_open = forms.is_bad_of("permit") || forms.is_bad_of("lock");
        let (records, forms) = (records.clone(), forms.clone());
        let inner = view! { <Safety records forms/> }.into_any();
        view! { <Fold title=m.still_work_safety() count is_open inner/> }
    });
    let fold = |title: &'static str, of: &Records, form: &str| {
        let count = match (of.lines.len(), of.sum.as_str()) {
            (0, _) => "0".to_owned(),
            (count, "") => count.to_string(),
            (count, sum) => format!("{count} · {sum}"),
        };
        let keys: Vec<String> = of
            .lines
            .iter()
            .map(|line| format!("withdraw/{}", line.key))
            .collect();
        let is_open = forms.is_bad_of(form) || keys.iter().any(|key| forms.is_bad(key));
        (title, count, is_open)
    };
    let lists = |of: Records, base: u16| {
        view! { <Lines of base forms=forms.clone() times=times.clone()/> }
    };
    let (title, count, is_open) = fold(m.still_work_time(), &time, "time");
    let inner =
        view! { {lists(time, 0x1000)} <TimeForm records=records.clone() forms=forms.clone()/> }.into_any();
    let time = view! { <Fold title count is_open inner/> };
    let (title, count, is_open) = fold(m.still_work_parts(), &parts, "part");
    let needed = records
        .needed
        .clone()
        .into_iter()
        .map(|line| view! { <li>{line}</li> });
    let needed = view! { <ul class="g-work__list">{needed.collect_view()}</ul> };
    let inner =
        view! { {needed} {lists(parts, 0x2000)} <PartForm records=records.clone() forms=forms.clone()/> }
            .into_any();
    let parts = view! { <Fold title count is_open inner/> };
    let (title, count, is_open) = fold(m.still_work_stops(), &stops, "stop");
    let inner =
        view! { {lists(stops, 0x3000)} <StopForm records=records.clone() forms=forms.clone()/> }.into_any();
    let stops = view! { <Fold title count is_open inner/> };
    let (title, count, is_open) = fold(m.still_work_costs(), &costs, "cost");
    let inner = view! { {lists(costs, 0x4000)} <CostForm records forms=forms.clone()/> }.into_any();
    let costs = view! { <Fold title count is_open inner/> };
    view! {
        <Panel title=m.still_work_records().to_owned()>
            <div class="g-panel__body g-stack">{safety} {time} {parts} {stops} {costs}</div>
        </Panel>
    }
}

/// One kind, folded away.
#[component]
fn Fold(title: &'static str, count: String, is_open: bool, inner: AnyView) -> impl IntoView {
    view! { <details class="g-work__fold" open=is_open><summary>{title} " " <span class="g-caption">{count}</span></summary><div class="g-stack">{inner}</div></details> }
}

/// What was said, each with a way to take it back.
#[component]
fn Lines(of: Records, base: u16, forms: Forms, times: Times) -> impl IntoView {
    let one = |(place, line): (u16, RecordLine)| {
        let name = name_of(line.name.clone());
        let runs = (line.is_standing && line.may_withdraw)
            .then(|| view! { <RunsAgain key=line.key.clone() place=place + 1 forms=forms.clone()/> });
        let back = line
            .may_withdraw
            .then(|| view! { <Withdraw key=line.key.clone() place forms=forms.clone()/> });
        view! { <li><p>{line.words} " " <span class="g-caption">{name} ", " <Moment at=Some(line.at_millis) times=times.clone()/></span></p> {runs} {back}</li> }
    };
    let lines = (base..).step_by(2).zip(of.lines).map(one).collect_view();
    view! { <ul class="g-work__list">{lines}</ul> }
}

/// Takes back what was said, with a reason.
#[component]
pub(super) fn Withdraw(key: String, place: u16, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let form = format!("withdraw/{key}");
    let is_open = forms.is_bad(&form);
    view! {
        <details open=is_open>
            <summary class="g-caption">{m.still_work_withdraw()} "…"</summary>
            <form method="post" action=forms.action("withdraw") class="g-row g-row--wrap">
                <Hidden forms=forms.clone() form=place/>
                <Trouble forms=forms.clone() form=form.clone()/>
                <input type="hidden" name="place" value=key/>
                <label class="g-field"><span>{m.still_work_reason()}</span><input class="g-input" name="reason" required=true maxlength="500" value=forms.typed(&form, "reason")/></label>
                <button class="g-btn">{m.still_work_withdraw()}</button>
            </form>
        </details>
    }
}

/// Ends a stop that still goes on.
#[component]
fn RunsAgain(key: String, place: u16, forms: Forms) -> impl IntoView {
    let m = use_messages();
    view! {
        <form method="post" action=forms.action("stop") class="g-row g-row--wrap">
            <Hidden forms=forms.clone() form=place/>
            <input type="hidden" name="of" value=key/>
            <label class="g-field"><span>{m.still_work_runs_since()}</span><input class="g-input" type="datetime-local" name="until"/></label>
            <button class="g-btn">{m.still_work_again_runs()}</button>
        </form>
    }
}

/// Permits given and handed back, locks put on and taken off.
#[component]
fn Safety(records: Recorded, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let may = records.may_do;
    let permit = |line: TickLine| {
        let form = format!("permit/{}", line.place);
        let given = line.number.clone().filter(|_| line.is_on);
        let state = given.map_or_else(
            || m.still_work_permit_open().to_owned(),
            |number| m.still_work_permit_given(&number),
        );
        let act = match line.is_on {
            true => view! { <input type="hidden" name="act" value="back"/> <button class="g-btn">{m.still_work_hand_back()}</button> }.into_any(),
            false => view! { <label class="g-field"><span>{m.still_work_permit_number()}</span><input class="g-input" name="number" required=true maxlength="60" value=forms.typed(&form, "number")/></label> <button class="g-btn">{m.still_work_permit_give()}</button> }.into_any(),
        };
        let act = may.then(|| view! { <form method="post" action=forms.action("permit") class="g-row g-row--wrap"><Hidden forms=forms.clone() form=0x5000 + line.place/><Trouble forms=forms.clone() form=form.clone()/><input type="hidden" name="place" value=line.place/>{act}</form> });
        view! { <li><p>{if line.is_on { "☑ " } else { "☐ " }} {line.text.clone()} ": " {state}</p> {act}</li> }
    };
    let lock = |line: TickLine| {
        let form = format!("lock/{}", line.place);
        let (state, act, label) = match line.is_on {
            true => (m.still_work_lock_is_on(), "off", m.still_work_lock_off()),
            false => (m.still_work_lock_is_off(), "on", m.still_work_lock_on()),
        };
        let act = may.then(|| view! { <form method="post" action=forms.action("lock") class="g-row g-row--wrap"><Hidden forms=forms.clone() form=0x5100 + line.place/><Trouble forms=forms.clone() form=form.clone()/><input type="hidden" name="place" value=line.place/><input type="hidden" name="act" value=act/><button class="g-btn">{label}</button></form> });
        view! { <li><p>{if line.is_on { "☑ " } else { "☐ " }} {line.text.clone()} ": " {state}</p> {act}</li> }
    };
    let permits = records.permits.iter().cloned().map(permit).collect_view();
    let locks = records.locks.iter().cloned().map(lock).collect_view();
    view! { <ul class="g-work__list">{permits} {locks}</ul> }
}

/// Words with names, one of them chosen.
fn options(choices: Vec<(String, String)>, chosen: &str) -> impl IntoView + use<> {
    let option = |(value, label): (String, String)| {
        let is_chosen = value == chosen;
        view! { <option value=value selected=is_chosen>{label}</option> }
    };
    choices.into_iter().map(option).collect_view()
}

/// Time spent.
#[component]
fn TimeForm(records: Recorded, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let typed = |field: &str| forms.typed("time", field);
    let or = |typed: String, otherwise: String| if typed.is_empty() { otherwise } else { typed };
    let me = (records.me, m.still_work_me().to_owned());
    let others = records.people.iter().filter(|(id, _)| *id != records.me).cloned();
    let people = std::iter::once(me).chain(others);
    let people = people.map(|(id, name)| (id.to_string(), name)).collect();
    let person = or(typed("person"), records.me.to_string());
    let kinds = words::TIME_KINDS.map(|word| (word.to_owned(), words::time_kind(m, word).to_owned()));
    let (craft, kind) = (or(typed("craft"), records.craft.clone()), typed("kind"));
    records.may_do.then(|| view! {
        <form method="post" action=forms.action("time") class="g-stack">
            <Hidden forms=forms.clone() form=0x43/>
            <Trouble forms=forms.clone() form="time"/>
            <p class="g-caption">{m.still_work_time_more()}</p>
            <label class="g-field"><span>{m.still_work_by()}</span><select class="g-input" name="person">{options(people, &person)}</select></label>
            <label class="g-field"><span>{m.still_work_craft()}</span><input class="g-input" name="craft" required=true maxlength="60" value=craft/></label>
            <label class="g-field"><span>{m.still_work_hours()}</span><input class="g-input" name="hours" inputmode="decimal" maxlength="12" value=typed("hours")/></label>
            <label class="g-field"><span>{m.still_work_begins()}</span><input class="g-input" type="datetime-local" name="from" value=typed("from")/></label>
            <label class="g-field"><span>{m.still_work_ends()}</span><input class="g-input" type="datetime-local" name="until" value=typed("until")/></label>
            <label class="g-field"><span>{m.still_work_spent_on()}</span><select class="g-input" name="kind">{options(kinds.to_vec(), &kind)}</select></label>
            <button class="g-btn">{m.still_work_time_send()}</button>
        </form>
    })
}

/// Parts taken, brought back or kept.
#[component]
fn PartForm(records: Recorded, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let typed = |field: &str| forms.typed("part", field);
    let mut acts = Vec::new();
    if records.may_do {
        acts.push(("used".to_owned(), m.still_work_part_use().to_owned()));
        acts.push(("returned".to_owned(), m.still_work_part_return().to_owned()));
    }
    if records.may_reserve {
        acts.push(("reserved".to_owned(), m.still_work_part_reserve().to_owned()));
    }
    if acts.is_empty() {
        return ().into_any();
    }
    if records.shelf.is_empty() {
        return view! { <p class="g-caption">{m.still_work_no_parts()}</p> }.into_any();
    }
    let shelf = records.shelf.into_iter();
    let shelf = shelf.map(
        |part| view! { <option value=part.code.clone()>{format!("{} · {}", part.code, part.label)}</option> },
    );
    let act = typed("act");
    view! {
        <form method="post" action=forms.action("part") class="g-stack">
            <Hidden forms=forms.clone() form=0x44/>
            <Trouble forms=forms.clone() form="part"/>
            <label class="g-field"><span>{m.still_work_part_code()}</span><input class="g-input" name="code" list="parts" required=true maxlength="120" autocomplete="off" value=typed("code")/></label>
            <datalist id="parts">{shelf.collect_view()}</datalist>
            <label class="g-field"><span>{m.still_work_quantity()}</span><input class="g-input" name="quantity" inputmode="decimal" required=true maxlength="12" value=typed("quantity")/></label>
            <label class="g-field"><span>{m.still_work_part_act()}</span><select class="g-input" name="act">{options(acts, &act)}</select></label>
            <button class="g-btn">{m.still_work_part_send()}</button>
        </form>
    }
    .into_any()
}

/// The equipment stood still.
#[component]
fn StopForm(records: Recorded, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let typed = |field: &str| forms.typed("stop", field);
    let causes = vec![
        ("failure".to_owned(), m.still_work_stop_failure().to_owned()),
        ("work".to_owned(), m.still_work_stop_work().to_owned()),
    ];
    let points = records
        .points
        .iter()
        .map(|(id, words)| (id.to_string(), words.clone()));
    let points = std::iter::once((String::new(), "–".to_owned()))
        .chain(points)
        .collect();
    let (cause, point) = (typed("cause"), typed("point"));
    records.may_do.then(|| view! {
        <form method="post" action=forms.action("stop") class="g-stack">
            <Hidden forms=forms.clone() form=0x45/>
            <Trouble forms=forms.clone() form="stop"/>
            <label class="g-field"><span>{m.still_work_stood_from()}</span><input class="g-input" type="datetime-local" name="from" required=true value=typed("from")/></label>
            <label class="g-field"><span>{m.still_work_stood_until()}</span><input class="g-input" type="datetime-local" name="until" value=typed("until")/></label>
            <label class="g-field"><span>{m.still_work_stop_cause()}</span><select class="g-input" name="cause">{options(causes, &cause)}</select></label>
            <label class="g-field"><span>{m.still_work_reason()}</span><input class="g-input" name="reason" required=true maxlength="500" value=typed("reason")/></label>
            <label class="g-field"><span>{m.still_work_shown_by()}</span><select class="g-input" name="point">{options(points, &point)}</select></label>
            <button class="g-btn">{m.still_work_stop_send()}</button>
        </form>
    })
}

/// What it cost beside.
#[component]
fn CostForm(records: Recorded, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let typed = |field: &str| forms.typed("cost", field);
    let kinds = words::COST_KINDS.map(|word| (word.to_owned(), words::cost_kind(m, word).to_owned()));
    let kind = typed("kind");
    records.may_spend.then(|| view! {
        <form method="post" action=forms.action("cost") class="g-stack">
            <Hidden forms=forms.clone() form=0x46/>
            <Trouble forms=forms.clone() form="cost"/>
            <label class="g-field"><span>{m.still_work_amount()}</span><input class="g-input" name="amount" inputmode="decimal" required=true maxlength="12" value=typed("amount")/></label>
            <label class="g-field"><span>{m.still_work_spent_on()}</span><select class="g-input" name="kind">{options(kinds.to_vec(), &kind)}</select></label>
            <label class="g-field"><span>{m.still_work_cost_text()}</span><input class="g-input" name="text" maxlength="500" value=typed("text")/></label>
            <button class="g-btn">{m.still_work_cost_send()}</button>
        </form>
    })
}

/// Hears of it, or no longer.
#[component]
pub(super) fn Watch(is_on: bool, watchers: usize, forms: Forms) -> impl IntoView {
    let m = use_messages();
    let (act, label) = match is_on {
        true => ("off", m.still_work_unwatch()),
        false => ("on", m.still_work_watch()),
    };
    let watching = m.still_work_watchers(watchers as u64);
    view! {
        <form method="post" action=forms.action("watch") class="g-row">
            <Hidden forms=forms.clone() form=0x47/>
            <Trouble forms=forms.clone() form="watch"/>
            <input type="hidden" name="act" value=act/>
            <button class="g-btn g-btn--quiet">{label}</button> <span class="g-caption">{watching}</span>
        </form>
    }
}
