//! The proposal: figures, types on the left, the part that was chosen in the middle, an asset on the right.

use leptos::prelude::*;
use wire::page::{LearnPage, LearnProposal, LearnQuery, LearnTab, LearnType};

use super::assets_table::AssetsTable;
use super::detail::Detail;
use super::plan::Plan;
use super::topics::Topics;
use super::undecoded::Undecoded;
use super::unmapped::Unmapped;
use super::{forms, href, words};
use crate::fmt::use_fmt;
use crate::i18n::use_messages;

/// All of it.
#[component]
pub fn ProposalView(
    /// The page.
    page: LearnPage,
    /// What is proposed.
    proposal: LearnProposal,
    /// What of it is shown.
    query: LearnQuery,
) -> impl IntoView {
    let stamp = page.stamp;
    let middle = match query.tab {
        LearnTab::Assets => {
            let detail = proposal.detail.clone();
            let ty = detail.as_ref().map(|detail| detail.asset.ty);
            let detail = detail.map(
                |detail| view! { <Detail detail stamp position=page.position ty=ty.unwrap_or_default()/> },
            );
            let (proposal, query) = (proposal.clone(), query.clone());
            view! { <AssetsTable proposal query stamp/> {detail} }.into_any()
        }
        LearnTab::Topics => {
            let (topics, total, query) = (proposal.topics.clone(), proposal.rows_total, query.clone());
            let (problems, one_shots) = (page.problems.clone(), proposal.one_shots.clone());
            view! { <div class="g-stack g-learn__assets"><Topics topics total query stamp one_shots/> <Undecoded problems/></div> }.into_any()
        }
        LearnTab::Unmapped => {
            let (proposal, query) = (proposal.clone(), query.clone());
            let problems = page.problems.clone();
            view! { <div class="g-stack g-learn__assets"><Unmapped proposal query stamp/> <Undecoded problems/></div> }.into_any()
        }
        LearnTab::Plan => {
            let version = page.version + 1;
            let open = proposal.assets - proposal.accepted;
            let plan = proposal.plan.clone().unwrap_or_default();
            view! { <Plan plan stamp version open/> }.into_any()
        }
    };
    let tab = format!("{:?}", query.tab).to_lowercase();
    view! {
        <Figures proposal=proposal.clone() stamp/>
        <Tabs proposal=proposal.clone() query=query.clone()/>
        <div class="g-learn__grid" data-tab=tab>
            <Types types=proposal.types assets=proposal.assets query/> {middle}
        </div>
    }
}

/// What was heard, what it comes to, and the way back.
#[component]
fn Figures(proposal: LearnProposal, stamp: u32) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let of = |part: u32, all: u32| format!("{} / {}", fmt.integer(part), fmt.integer(all));
    let before =
        (proposal.mapped_before > 0).then(|| (m.learn_n_before(), fmt.integer(proposal.mapped_before)));
    let figures = [
        (
            m.learn_n_listened(),
            fmt.age(i64::from(proposal.heard_secs) * 1_000),
        ),
        (m.learn_n_mapped(), of(proposal.mapped, proposal.tags)),
        (m.learn_n_accepted(), of(proposal.accepted, proposal.assets)),
    ];
    let figure =
        |(term, figure): (&'static str, String)| view! { <div><dt>{term}</dt><dd>{figure}</dd></div> };
    let step = |what: &'static str, text: &'static str, steps: u32| {
        let button = view! { <button id=what class="g-btn" disabled={steps == 0}>{text}</button> };
        forms::act(stamp, what, None, "", "", button)
    };
    view! {
        <div class="g-learn__bar">
            <dl class="g-learn__nums">{figures.into_iter().chain(before).map(figure).collect_view()}</dl>
            <div class="g-row g-row--wrap g-push">
                {step("undo", m.learn_undo(), proposal.can_undo)}
                {step("redo", m.learn_redo(), proposal.can_redo)}
                {forms::act(stamp, "forget", None, "", "", view! { <button id="forget" class="g-btn">{m.learn_forget()}</button> })}
            </div>
        </div>
    }
}

#[component]
fn Tabs(proposal: LearnProposal, query: LearnQuery) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let tab = |tab: LearnTab, text: String| {
        let to = LearnQuery {
            tab,
            ..LearnQuery::default()
        };
        let current = (query.tab == tab).then_some("page");
        view! { <a class="g-btn" href=href(&to) aria-current=current data-noscroll="">{text}</a> }
    };
    view! {
        <nav class="g-learn__tabs g-row g-row--wrap" aria-label=m.learn_title()>
            {tab(LearnTab::Assets, m.learn_tab_assets().to_owned())}
            {tab(LearnTab::Topics, m.learn_tab_topics().to_owned())}
            {tab(LearnTab::Unmapped, m.learn_tab_unmapped(&fmt.integer(proposal.unmapped)))}
            {tab(LearnTab::Plan, m.learn_tab_plan().to_owned())}
        </nav>
    }
}

/// The types, each a way to its assets.
#[component]
fn Types(types: Vec<LearnType>, assets: u32, query: LearnQuery) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let current = |ty: Option<u32>| (query.tab == LearnTab::Assets && query.ty == ty).then_some("true");
    let to = |ty: Option<u32>| {
        href(&LearnQuery {
            ty,
            ..LearnQuery::default()
        })
    };
    let row = |ty: LearnType| {
        let done = format!("{} / {}", fmt.integer(ty.accepted), fmt.integer(ty.assets));
        let why = words::reason(m, &ty.reason);
        let place = ty.is_place.then(|| view! { <small>{m.learn_place()}</small> });
        view! {
            <li>
                <a href=to(Some(ty.index)) aria-current=current(Some(ty.index)) data-noscroll="">
                    <span class="g-learn__type">{ty.title} " " {place}</span>
                    <span class="g-n">{done}</span>
                    <small class="g-cut">{why}</small>
                    {words::confidence(m, ty.percent)}
                </a>
            </li>
        }
    };
    view! {
        <nav class="g-panel g-learn__types" aria-label=m.learn_types()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.learn_types()}</h2>
                <span class="g-caption">{m.learn_n_accepted()}</span>
            </div>
            <ul>
                <li>
                    <a href=to(None) aria-current=current(None) data-noscroll="">
                        <span class="g-learn__type">{m.learn_all()}</span>
                        <span class="g-n">{fmt.integer(assets)}</span>
                    </a>
                </li>
                {types.into_iter().map(row).collect_view()}
            </ul>
        </nav>
    }
}
