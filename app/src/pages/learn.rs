//! `/sources/learn`: listen, look at what is proposed, accept, apply. All decisions are made on the
//! server; here are forms, and one handler that sends them without a reload.

mod assets_table;
mod detail;
mod forms;
mod plan;
mod proposal;
mod start;
mod topics;
mod undecoded;
mod unmapped;
mod words;

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::form::FromFormData as _;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::page::{LearnPage, LearnQuery, LearnSaid, LearnStage, LearnTab};

use self::proposal::ProposalView;
use self::start::{Progress, Start};
use super::focus::focus_soon;
use super::frame::{PageHead, loaded};
use super::provenance::Provenance;
use crate::api::Data;
use crate::api::learn::{ActLearn, GetLearn};
use crate::i18n::use_messages;
use crate::routes;
use crate::shell::error;
use crate::shell::notices::use_voice;

/// While it listens or thinks, the page is asked for this often.
const REFRESH: Duration = Duration::from_secs(1);

/// The learn page.
#[component]
pub fn Learn() -> impl IntoView {
    let query = use_query();
    let act = ServerAction::<ActLearn>::new();
    let ticks = RwSignal::new(0_u32);
    let page = Data::new(move || {
        let turn = act.version().get() as u64 + u64::from(ticks.get());
        (Some(GetLearn { query: query.get() }), turn)
    });
    say_failures(act);
    let focus = RwSignal::new(String::new());
    keep_focus(page, focus);
    let send = move |event: SubmitEvent| {
        // Forms of other places of the page go their own way.
        if let Ok(form) = ActLearn::from_event(&event) {
            event.prevent_default();
            focus.set(event.submitter().map(|button| button.id()).unwrap_or_default());
            act.dispatch(form);
        }
    };
    view! {
        <main class="g-main g-learn" id="main" tabindex="-1" on:submit=send>
            {loaded(page, move |page| view! { <LearnView page query=query.get_untracked() ticks/> })}
            <Provenance/>
        </main>
    }
}

/// What the address says.
fn use_query() -> Memo<LearnQuery> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let number = |key: &str| query.get_str(key).and_then(|text| text.parse().ok());
            LearnQuery {
                tab: match query.get_str("tab") {
                    Some("topics") => LearnTab::Topics,
                    Some("unmapped") => LearnTab::Unmapped,
                    Some("plan") => LearnTab::Plan,
                    _ => LearnTab::Assets,
                },
                ty: number("type"),
                asset: number("asset"),
                offset: number("offset").unwrap_or(0),
                at: query.get_str("at").unwrap_or_default().to_owned(),
                find: query.get_str("find").unwrap_or_default().to_owned(),
            }
        })
    })
}

/// The address of a part of the page.
fn href(query: &LearnQuery) -> String {
    let mut parts = Vec::new();
    match query.tab {
        LearnTab::Assets => {}
        LearnTab::Topics => parts.push("tab=topics".to_owned()),
        LearnTab::Unmapped => parts.push("tab=unmapped".to_owned()),
        LearnTab::Plan => parts.push("tab=plan".to_owned()),
    }
    parts.extend(query.ty.map(|ty| format!("type={ty}")));
    parts.extend(query.asset.map(|asset| format!("asset={asset}")));
    if query.offset > 0 {
        parts.push(format!("offset={}", query.offset));
    }
    for (key, text) in [("at", &query.at), ("find", &query.find)] {
        if !text.is_empty() {
            parts.push(format!("{key}={}", routes::encode_path(text)));
        }
    }
    let end = if parts.is_empty() { "" } else { "?" };
    format!("{}{end}{}", routes::learn(), parts.join("&"))
}

fn say_failures(act: ServerAction<ActLearn>) {
    let (m, voice) = (use_messages(), use_voice());
    Effect::new(move |_| {
        if let Some(Err(failed)) = act.value().get() {
            voice.toast(error::words(m, &failed).0.to_owned());
        }
    });
}

/// What was pressed has the keyboard again when the page is drawn anew.
fn keep_focus(page: Data<LearnPage>, focus: RwSignal<String>) {
    Effect::new(move |_| {
        page.track();
        let id = focus.get_untracked();
        if !id.is_empty() {
            focus_soon(id);
        }
    });
}

#[component]
fn LearnView(
    /// The page.
    page: LearnPage,
    /// What of it is shown.
    query: LearnQuery,
    /// Raised to ask again.
    ticks: RwSignal<u32>,
) -> impl IntoView {
    let m = use_messages();
    let is_waiting = match page.stage {
        LearnStage::Listening { .. } | LearnStage::Thinking => true,
        LearnStage::Idle => page.tags == 0,
        LearnStage::Ready => false,
    };
    if is_waiting {
        let again = move || ticks.update(|ticks| *ticks = ticks.wrapping_add(1));
        Effect::new(move |_| {
            if let Ok(handle) = set_timeout_with_handle(again, REFRESH) {
                on_cleanup(move || handle.clear());
            }
        });
    }
    let sources = page.sources.join(", ");
    let badges = move || view! { <span class="g-badge">{m.learn_hint()}</span> };
    let said = page.said.clone().map(|said| view! { <Said said/> });
    let body = match page.proposal.clone() {
        Some(proposal) => view! { <ProposalView page proposal query/> }.into_any(),
        None if page.stage == LearnStage::Idle => view! { <Start page/> }.into_any(),
        None => view! { <Progress page/> }.into_any(),
    };
    view! {
        <PageHead title=m.learn_title() badges/>
        <p class="g-caption g-learn__sources">{sources}</p>
        {said}
        {body}
    }
}

/// What became of the last act.
#[component]
fn Said(
    /// That.
    said: LearnSaid,
) -> impl IntoView {
    let m = use_messages();
    let text = match &said {
        LearnSaid::Old => m.learn_said_old().to_owned(),
        LearnSaid::Unknown => m.learn_said_unknown().to_owned(),
        LearnSaid::NoName => m.learn_said_no_name().to_owned(),
        LearnSaid::NameTaken => m.learn_said_name_taken().to_owned(),
        LearnSaid::Circle => m.learn_said_circle().to_owned(),
        LearnSaid::NotYours => m.learn_said_not_yours().to_owned(),
        LearnSaid::TooMany => m.learn_said_too_many().to_owned(),
        LearnSaid::NoUnit(detail) => m.learn_said_no_unit(detail),
        LearnSaid::Nothing => m.learn_said_nothing().to_owned(),
        LearnSaid::Moved => m.learn_said_moved().to_owned(),
        LearnSaid::Wrong(detail) => m.learn_said_wrong(detail),
        LearnSaid::Applied { version, assets, .. } => m.learn_applied(&version.to_string(), *assets),
    };
    let to_assets = matches!(said, LearnSaid::Applied { .. })
        .then(|| view! { <a class="g-btn g-btn--primary" href=routes::place("")>{m.learn_to_assets()}</a> });
    view! { <p class="g-message" role="status">{text} {to_assets}</p> }
}
