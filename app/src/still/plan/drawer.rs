//! One order beside the board: when and by whom, what is against it, what moving it costs, where it would fit.

use leptos::prelude::*;

use super::Place;
use super::search::Hidden;
use crate::components::panel::Panel;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;

/// Somebody who may be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    pub id: u32,
    pub name: String,
    /// Whether they are there then, in words; empty where no time is chosen.
    pub state: &'static str,
}

/// What it costs where it is committed, and where it is drafted.
#[derive(Clone, Debug)]
pub struct Cost {
    pub name: &'static str,
    pub before: String,
    pub after: String,
}

/// Risk by the day it ends: places in per cent from the left and from below.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    pub line: Vec<(f64, f64)>,
    /// Where it is and would be, with words.
    pub marks: Vec<(f64, f64, String, bool)>,
    pub said: String,
}

/// Where it would fit.
#[derive(Clone, Debug)]
pub struct WindowCard {
    pub label: String,
    /// What it would cost, in words.
    pub cost: String,
    /// Whether each speaks for it, and the words.
    pub reasons: Vec<(bool, String)>,
    pub start: String,
    pub people: Vec<u32>,
}

/// The order.
#[derive(Clone, Debug, Default)]
pub struct Drawer {
    pub id: u32,
    pub number: String,
    pub title: String,
    pub asset: u32,
    pub asset_name: String,
    /// `Mechanic × 2, 4 h`.
    pub work: String,
    pub priority: &'static str,
    pub state: &'static str,
    pub due: String,
    pub start: String,
    pub hours: String,
    pub chosen: Vec<Option<u32>>,
    pub choices: Vec<Choice>,
    pub seen: u32,
    pub is_planned: bool,
    pub is_drafted: bool,
    /// Why it cannot be moved.
    pub fixed: Option<String>,
    /// What is against it, each in words.
    pub troubles: Vec<String>,
    /// Who else moved it since it was drafted.
    pub moved: Option<String>,
    /// Why it is where it is.
    pub why: Option<String>,
    pub costs: Vec<Cost>,
    pub curve: Option<Curve>,
    pub windows: Vec<WindowCard>,
    /// Why a form was not taken.
    pub bad: Option<String>,
}

/// The order beside the board.
#[component]
pub fn DrawerView(place: Place, drawer: Drawer) -> impl IntoView {
    let m = use_messages();
    let close = place.url();
    let order = routes::url(&format!("/work/{}", drawer.id));
    let asset = routes::asset(drawer.asset);
    let bad = drawer
        .bad
        .clone()
        .map(|bad| view! { <p class="g-still__bad" role="alert">{bad}</p> });
    let moved = drawer
        .moved
        .clone()
        .map(|moved| view! { <Moved place=place.clone() drawer=drawer.clone() moved/> });
    let troubles = (!drawer.troubles.is_empty()).then(|| {
        let one = |words: String| view! { <li>"⚠ " {words}</li> };
        view! { <ul class="g-plan__troubles" aria-label=m.still_plan_against()>{drawer.troubles.clone().into_iter().map(one).collect_view()}</ul> }
    });
    let fine = (drawer.is_planned && drawer.troubles.is_empty())
        .then(|| view! { <p class="g-plan__fine">"✓ " {m.still_plan_fine()}</p> });
    let why = drawer
        .why
        .clone()
        .map(|why| view! { <p class="g-caption">{why}</p> });
    let form = match drawer.fixed.clone() {
        Some(fixed) => view! { <p class="g-plan__fixed">{fixed}</p> }.into_any(),
        None => view! { <When place=place.clone() drawer=drawer.clone()/> }.into_any(),
    };
    let draft = drawer
        .is_drafted
        .then(|| view! { <span class="g-plan__draft">{m.still_plan_uncommitted()}</span> });
    view! {
        <aside class="g-plan__drawer" aria-labelledby="order">
            <header class="g-plan__dhead">
                <div>
                    <p class="g-caption"><a href=order>{drawer.number.clone()}</a> " · " <a href=asset>{drawer.asset_name.clone()}</a></p>
                    <h2 class="g-h2" id="order" tabindex="-1">{drawer.title.clone()}</h2>
                </div>
                <a class="g-btn g-btn--quiet g-btn--icon" href=close aria-label=m.still_plan_close()>"✕"</a>
            </header>
            <p class="g-plan__facts">{[drawer.state, drawer.priority, &drawer.work, &drawer.due].join(" · ")} " " {draft}</p>
            {bad} {moved} {troubles} {fine} {why} {form}
            <Costs costs=drawer.costs.clone() curve=drawer.curve.clone()/>
            {drawer.fixed.is_none().then(|| view! { <Windows place=place.clone() drawer=drawer.clone()/> })}
        </aside>
    }
}

/// Somebody else moved it meanwhile: whose word holds.
#[component]
fn Moved(place: Place, drawer: Drawer, moved: String) -> impl IntoView {
    let m = use_messages();
    let id = drawer.id;
    let keep = place.clone();
    view! {
        <div class="g-plan__moved" role="alert">
            <p>{moved}</p>
            <div class="g-row g-row--wrap">
                <form method="post" action=routes::url("/plan/undo")><Hidden place/><input type="hidden" name="order" value=id/><button class="g-btn g-btn--sm">{m.still_plan_take_theirs()}</button></form>
                <form method="post" action=routes::url("/plan/keep")><Hidden place=keep/><input type="hidden" name="order" value=id/><button class="g-btn g-btn--sm">{m.still_plan_keep_mine()}</button></form>
            </div>
        </div>
    }
}

/// When, and who: the same as dragging does.
#[component]
fn When(place: Place, drawer: Drawer) -> impl IntoView {
    let m = use_messages();
    let choices = drawer.choices.clone();
    let pick = |(at, chosen): (usize, Option<u32>)| {
        let option = |choice: &Choice| {
            let words = if choice.state.is_empty() {
                choice.name.clone()
            } else {
                format!("{} · {}", choice.name, choice.state)
            };
            view! { <option value=choice.id selected=chosen == Some(choice.id)>{words}</option> }
        };
        let label = if at == 0 {
            m.still_plan_who().to_owned()
        } else {
            format!("{} {}", m.still_plan_who(), at + 1)
        };
        view! {
            <label class="g-field"><span>{label}</span>
                <select class="g-input" name="person"><option value="">{m.still_plan_nobody()}</option>{choices.iter().map(option).collect_view()}</select>
            </label>
        }
    };
    let picks = drawer
        .chosen
        .clone()
        .into_iter()
        .enumerate()
        .map(pick)
        .collect_view();
    let label = if drawer.is_planned {
        m.still_plan_move()
    } else {
        m.still_plan_put()
    };
    let (id, seen) = (drawer.id, drawer.seen);
    let off = drawer.is_planned.then(|| {
        let place = place.clone();
        view! { <form method="post" action=routes::url("/plan/place")><Hidden place/><input type="hidden" name="order" value=id/><input type="hidden" name="seen" value=seen/><input type="hidden" name="off" value="1"/><button class="g-btn">{m.still_plan_take_off()}</button></form> }
    });
    let undo = drawer.is_drafted.then(|| {
        let place = place.clone();
        view! { <form method="post" action=routes::url("/plan/undo")><Hidden place/><input type="hidden" name="order" value=id/><button class="g-btn">{m.still_plan_undo()}</button></form> }
    });
    view! {
        <form method="post" action=routes::url("/plan/place") class="g-plan__when" id="when">
            <Hidden place/><input type="hidden" name="order" value=id/><input type="hidden" name="seen" value=seen/>
            <label class="g-field"><span>{m.still_plan_from()}</span><input class="g-input" type="datetime-local" name="from" required value=drawer.start.clone() step="900"/></label>
            <label class="g-field"><span>{m.still_plan_hours()}</span><input class="g-input" name="hours" inputmode="decimal" required value=drawer.hours.clone() maxlength="8"/></label>
            {picks}
        </form>
        <div class="g-row g-row--wrap g-plan__do"><button class="g-btn g-btn--primary" form="when">{label}</button> {off} {undo}</div>
    }
}

/// What it costs where it is, and how that rises.
#[component]
fn Costs(costs: Vec<Cost>, curve: Option<Curve>) -> impl IntoView {
    let m = use_messages();
    if curve.is_none() {
        return ().into_any();
    }
    let has_costs = !costs.is_empty();
    let row = |cost: Cost| {
        view! { <tr><th scope="row">{cost.name}</th><td class="g-n">{cost.before}</td><td class="g-n"><b>{cost.after}</b></td></tr> }
    };
    let curve = curve.map(|curve| view! { <CurveView curve/> });
    view! {
        <section class="g-plan__sec" aria-label=m.still_plan_moving()>
            <h3 class="g-h3">{m.still_plan_moving()}</h3>
            {curve}
            {has_costs.then(|| view! {
                <table class="g-plan__costs">
                    <thead><tr><td></td><th scope="col">{m.still_plan_before()}</th><th scope="col">{m.still_plan_after()}</th></tr></thead>
                    <tbody>{costs.into_iter().map(row).collect_view()}</tbody>
                </table>
            })}
        </section>
    }
    .into_any()
}

/// Risk by the day it ends.
#[component]
fn CurveView(curve: Curve) -> impl IntoView {
    let points: Vec<String> = curve
        .line
        .iter()
        .map(|(x, y)| format!("{:.1},{:.1}", x * 3.0, 64.0 - y * 0.6))
        .collect();
    let mark = |(x, y, label, is_new): (f64, f64, String, bool)| {
        let (cx, cy) = (x * 3.0, 64.0 - y * 0.6);
        let anchor = if x > 60.0 { "end" } else { "start" };
        let shift = if x > 60.0 { -8.0 } else { 8.0 };
        let d = format!("M{cx:.1} {:.1}l5 5-5 5-5-5Z", cy - 5.0);
        view! {
            <path class="g-plan__mark" class:g-plan__mark--new=is_new d=d></path>
            <text x=format!("{:.1}", cx + shift) y=format!("{:.1}", (cy - 6.0).max(10.0)) text-anchor=anchor>{label}</text>
        }
    };
    view! {
        <svg class="g-plan__curve" viewBox="0 0 300 72" role="img" aria-label=curve.said.clone()>
            <path class="g-plan__axis" d="M0 66H300"></path>
            <polyline points=points.join(" ")></polyline>
            {curve.marks.into_iter().map(mark).collect_view()}
        </svg>
    }
}

/// Where it would fit, best first.
#[component]
fn Windows(place: Place, drawer: Drawer) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let count = drawer.windows.len();
    let card = |(at, window): (usize, WindowCard)| {
        let reason = |(is_good, words): (bool, String)| {
            let shape = if is_good { "✓" } else { "⚠" };
            view! { <li><span aria-hidden="true">{shape}</span> <span>{words}</span></li> }
        };
        let person = |id: u32| view! { <input type="hidden" name="person" value=id/> };
        let place = place.clone();
        view! {
            <li class="g-plan__window">
                <p class="g-plan__wtop"><b>{window.label.clone()}</b> <span>{window.cost}</span></p>
                <ul>{window.reasons.into_iter().map(reason).collect_view()}</ul>
                <form method="post" action=routes::url("/plan/place")>
                    <Hidden place/><input type="hidden" name="order" value=drawer.id/><input type="hidden" name="seen" value=drawer.seen/>
                    <input type="hidden" name="from" value=window.start/><input type="hidden" name="hours" value=drawer.hours.clone()/>
                    {window.people.into_iter().map(person).collect_view()}
                    <button class="g-btn g-btn--sm" class:g-btn--primary={at == 0} aria-label=format!("{} {}", m.still_plan_propose(), window.label)>{m.still_plan_propose()}</button>
                </form>
            </li>
        }
    };
    let cards = drawer
        .windows
        .clone()
        .into_iter()
        .enumerate()
        .map(card)
        .collect_view();
    let aside = m.still_plan_best(&fmt.integer(count as u64));
    (count > 0).then(move || {
        view! {
            <Panel title=m.still_plan_windows().to_owned() aside class="g-plan__windows">
                <ol>{cards}</ol>
            </Panel>
        }
    })
}
