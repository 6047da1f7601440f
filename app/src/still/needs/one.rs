//! `/work/needs/{id}`: one need with its evidence, what is told in it, and what may be done about it.

use leptos::prelude::*;

use super::{NeedState, Urgency, need_url, words};
use crate::components::panel::Panel;
use crate::fmt::{escaped, use_fmt};
use crate::i18n::use_messages;
use crate::routes;
use crate::still::parts::{Moment, PageHead, Times};
use crate::still::work::{Day, words as work_words};

/// One piece of evidence in words, and where it can be looked at.
#[derive(Clone, Debug)]
pub struct EvidenceLine {
    pub words: String,
    /// An address and what it is called.
    pub link: Option<(String, String)>,
}

/// A need that is told in this one.
#[derive(Clone, Debug)]
pub struct MemberLine {
    pub id: u32,
    pub source: String,
    pub reason: String,
    pub first_millis: i64,
}

/// An open order of the same equipment.
#[derive(Clone, Debug)]
pub struct Attach {
    pub order: u32,
    pub title: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct NeedPage {
    pub id: u32,
    pub mode: String,
    pub asset: u32,
    pub asset_name: String,
    pub urgency: String,
    pub source: String,
    pub earliest_millis: Option<i64>,
    pub latest_millis: Option<i64>,
    pub first_millis: i64,
    pub last_millis: i64,
    pub count: u32,
    /// The word of how critical it is, where the model says so.
    pub criticality: Option<String>,
    /// What an hour of standing still costs, where that is known.
    pub per_hour: Option<f64>,
    pub state: NeedState,
    /// Why nothing is to be done, who said so and when.
    pub dismissed: Option<(String, Option<String>, i64)>,
    pub evidence: Vec<EvidenceLine>,
    pub members: Vec<MemberLine>,
    pub orders: Vec<Attach>,
    /// A plan that it comes from, by number and title.
    pub plan: Option<(u32, String)>,
    pub may_order: bool,
    pub may_decide: bool,
    /// The form that was not taken: which, why, and what was typed.
    pub bad: Option<(String, String, String)>,
    pub times: Times,
}

/// One need.
#[component]
pub fn OneNeed(page: NeedPage) -> impl IntoView {
    let m = use_messages();
    let title = format!("{} · {}", work_words::mode(m, &page.mode), page.asset_name);
    let evidence = page.evidence.clone();
    let members = page.members.clone();
    let (id, may_split) = (page.id, page.may_decide);
    let has_members = !members.is_empty();
    let times = page.times.clone();
    let acts = page.clone();
    let top = page
        .bad
        .clone()
        .filter(|(form, ..)| form == "split" || form == "top");
    view! {
        <PageHead title/>
        <p class="g-row g-work__act"><a class="g-btn" href=routes::url("/work/needs")>{m.still_needs()}</a></p>
        {top.map(|(_, words, _)| view! { <p class="g-still__bad" role="alert">{words}</p> })}
        <div class="g-grid">
            <Panel title=m.still_need_number(&id.to_string()) class="g-6">
                <div class="g-panel__body g-stack"><Facts page/> <Acts page=acts/></div>
            </Panel>
            <div class="g-6 g-stack">
                <Panel title=m.still_need_why().to_owned()><Why evidence/></Panel>
                {has_members.then(|| view! { <Members id members may_split times/> })}
            </div>
        </div>
    }
}

/// What it is and how soon.
#[component]
fn Facts(page: NeedPage) -> impl IntoView {
    let m = use_messages();
    let fmt = use_fmt();
    let times = page.times.clone();
    let fact = |name: &'static str, value: AnyView| view! { <dt>{name}</dt> <dd>{value}</dd> };
    let day = |at: Option<i64>| view! { <Day at times=times.clone()/> }.into_any();
    let state = match page.state.clone() {
        NeedState::Open => m.still_need_open().into_any(),
        NeedState::Ordered(order, number) => {
            let href = routes::url(&format!("/work/{order}"));
            view! { {m.still_need_ordered()} ": " <a href=href>{number}</a> }.into_any()
        }
        NeedState::Merged(into) => {
            view! { {m.still_need_told_in()} " " <a href=need_url(into)>{m.still_need_number(&into.to_string())}</a> }
                .into_any()
        }
        NeedState::Dismissed => m.still_need_dismissed().into_any(),
        NeedState::Met => m.still_need_met().into_any(),
    };
    let dismissed = page.dismissed.map(|(reason, name, at)| {
        let name = crate::still::work::name_of(name);
        view! { <dt>{m.still_work_reason()}</dt> <dd><span class="g-work__said">{reason}</span> " " <span class="g-caption">{name} ", " <Moment at=Some(at) times=times.clone()/></span></dd> }
    });
    let cost = match (page.per_hour, page.criticality.as_deref()) {
        (Some(cost), Some(word)) => {
            let cost = m.still_need_cost(&fmt.number(cost, 0));
            format!("{}; {cost}", words::criticality(m, word))
        }
        (None, Some(word)) => format!("{}; {}", words::criticality(m, word), m.still_need_cost_unknown()),
        (_, None) => m.still_need_cost_none().to_owned(),
    };
    let plan = page.plan.map(|(plan, title)| {
        let href = routes::url(&format!("/work/plans/{plan}"));
        fact(m.still_plan(), view! { <a href=href>{title}</a> }.into_any())
    });
    let raised = view! {
        <Moment at=Some(page.first_millis) times=times.clone()/>
        {(page.count > 1).then(|| view! { ", " {m.still_need_times(page.count)} " " <Moment at=Some(page.last_millis) times=times.clone()/> })}
    };
    view! {
        <dl class="g-work__facts">
            {fact(m.still_work_asset(), view! { <a href=routes::asset(page.asset)>{page.asset_name}</a> }.into_any())}
            {fact(m.still_work_state(), state)}
            {dismissed}
            {fact(m.still_need_urgency(), view! { <Urgency word=page.urgency/> }.into_any())}
            {fact(m.still_work_mode(), work_words::mode(m, &page.mode).into_any())}
            {fact(m.still_need_earliest(), day(page.earliest_millis))}
            {fact(m.still_need_latest(), day(page.latest_millis))}
            {fact(m.still_need_consequence(), cost.into_any())}
            {fact(m.still_need_from(), words::source(m, &page.source).into_any())}
            {plan}
            {fact(m.still_need_raised(), raised.into_any())}
        </dl>
    }
}

/// The evidence, the newest first.
#[component]
fn Why(evidence: Vec<EvidenceLine>) -> impl IntoView {
    let line = |line: EvidenceLine| {
        let link = line.link.map(
            |(href, name)| view! { <p class="g-caption"><a class="g-nd__link" href=href>{name}</a></p> },
        );
        view! { <li><span class="g-work__said">{line.words}</span>{link}</li> }
    };
    view! { <ul class="g-work__list g-panel__body">{evidence.into_iter().map(line).collect_view()}</ul> }
}

/// What is told in it, each to be split off.
#[component]
fn Members(id: u32, members: Vec<MemberLine>, may_split: bool, times: Times) -> impl IntoView {
    let m = use_messages();
    let count = members.len().to_string();
    let member = |member: MemberLine| {
        let action = routes::url(&format!("/work/needs/{id}/split"));
        let split = may_split.then(|| {
            view! {
                <form method="post" action=action>
                    <input type="hidden" name="member" value=member.id/>
                    <button class="g-btn g-btn--sm">{m.still_need_split()}</button>
                </form>
            }
        });
        view! {
            <li class="g-nd__member">
                <div>
                    <a href=need_url(member.id)>{m.still_need_number(&member.id.to_string())}</a> " · " {words::source(m, &member.source)}
                    <p class="g-work__said">{member.reason}</p>
                    <p class="g-caption"><Moment at=Some(member.first_millis) times=times.clone()/></p>
                </div>
                {split}
            </li>
        }
    };
    let members = members.into_iter().map(member).collect_view();
    view! {
        <Panel title=m.still_need_members().to_owned() aside=count>
            <ul class="g-work__list g-panel__body">{members}</ul>
        </Panel>
    }
}

/// What may be done about it.
#[component]
fn Acts(page: NeedPage) -> impl IntoView {
    let m = use_messages();
    let bad = |form: &str| {
        let found = page.bad.clone().filter(|(known, ..)| known == form);
        let typed = found.clone().map(|(_, _, typed)| typed).unwrap_or_default();
        let words = found.map(|(_, words, _)| view! { <p class="g-still__bad" role="alert">{words}</p> });
        (words, typed)
    };
    let order = page.may_order.then(|| {
        let href = routes::url(&format!("/work/new?need={}", page.id));
        view! { <a class="g-btn g-btn--primary" href=href>{m.still_need_order()}</a> }
    });
    let action = |act: &str| routes::url(&format!("/work/needs/{}/{act}", page.id));
    let has_orders = page.may_decide && !page.orders.is_empty();
    let attach = has_orders.then(|| {
        let (trouble, _) = bad("attach");
        let is_open = trouble.is_some();
        let option = |one: Attach| view! { <option value=one.order>{one.title}</option> };
        let options = page.orders.clone().into_iter().map(option).collect_view();
        view! {
            <details class="g-still__confirm" open=is_open><summary class="g-btn">{m.still_need_attach()} "…"</summary>
                <form method="post" action=action("attach") class="g-stack">
                    {trouble}
                    <label class="g-field"><span>{m.still_work_order()}</span><select class="g-input" name="order">{options}</select></label>
                    <button class="g-btn g-btn--primary">{m.still_need_attach()}</button>
                </form>
            </details>
        }
    });
    let dismiss = page.may_decide.then(|| {
        let (trouble, typed) = bad("dismiss");
        let is_open = trouble.is_some();
        view! {
            <details class="g-still__confirm" open=is_open><summary class="g-btn">{m.still_need_dismiss()} "…"</summary>
                <form method="post" action=action("dismiss") class="g-stack">
                    {trouble}
                    <label class="g-field"><span>{m.still_work_reason()}</span><textarea class="g-input g-work__text" name="reason" rows="2" required=true maxlength="1000" inner_html=escaped(&typed)></textarea></label>
                    <button class="g-btn">{m.still_need_dismiss()}</button>
                </form>
            </details>
        }
    });
    view! { <div class="g-work__acts">{order} {attach} {dismiss}</div> }
}
