//! Sessions and tokens, of one account or of all: tables that stack on a phone, one form an act.

use leptos::prelude::*;

use super::admin::{AdminHead, AdminTab};
use super::parts::{EndButton, Moment, Table, Times, cell};
use crate::components::panel::Panel;
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionLine {
    pub id: u32,
    pub name: String,
    pub address: String,
    pub agent: String,
    pub created_millis: i64,
    pub seen_millis: Option<i64>,
    /// The one that reads this page.
    pub is_this: bool,
}

/// Sessions, each with the button that ends it.
#[component]
pub fn SessionTable(
    sessions: Vec<SessionLine>,
    /// Where the form goes.
    action: String,
    times: Times,
    with_names: bool,
) -> impl IntoView {
    let m = use_messages();
    if sessions.is_empty() {
        return view! { <p class="g-empty">{m.still_no_sessions()}</p> }.into_any();
    }
    let row = |session: SessionLine| {
        let agent = if session.agent.is_empty() {
            "–".to_owned()
        } else {
            session.agent
        };
        let this = session
            .is_this
            .then(|| view! { " " <span class="g-badge">{m.still_this_session()}</span> });
        let by_name = with_names.then(|| cell(session.name));
        let browser = view! { <span title=agent.clone()>{agent.clone()}</span> };
        // What names the row says which one it is that reads this.
        let named = match by_name {
            Some(name) => vec![cell(view! { {name} {this} }), cell(browser)],
            None => vec![cell(view! { {browser} {this} })],
        };
        let rest = [
            cell(session.address),
            cell(view! { <Moment at=Some(session.created_millis) times=times.clone()/> }),
            cell(view! { <Moment at=session.seen_millis times=times.clone()/> }),
            cell(view! { <EndButton action=action.clone() id=session.id/> }),
        ];
        named.into_iter().chain(rest).collect()
    };
    let names = with_names.then(|| m.still_display());
    let heads = names.into_iter().chain([
        m.still_browser(),
        m.still_from(),
        m.still_since(),
        m.still_seen(),
        "",
    ]);
    let heads = heads.collect();
    let rows = sessions.into_iter().map(row).collect();
    view! { <Table heads rows/> }.into_any()
}

/// A person on a tablet.
#[derive(Clone, Debug)]
pub struct TabletLine {
    pub id: u32,
    /// Whose it is.
    pub account: String,
    /// What the tablet is called.
    pub name: String,
    pub created_millis: i64,
    pub seen_millis: Option<i64>,
    pub expires_millis: Option<i64>,
    /// It erases what it keeps when it asks next; did so where it was seen since.
    pub is_erased: bool,
}

/// Tablets, each with the button that signs it out and has it erase what it keeps.
#[component]
pub fn TabletTable(
    tablets: Vec<TabletLine>,
    /// Where the form goes.
    action: String,
    times: Times,
    with_names: bool,
) -> impl IntoView {
    let m = use_messages();
    if tablets.is_empty() {
        return view! { <p class="g-empty">{m.still_no_tablets()}</p> }.into_any();
    }
    let row = |tablet: TabletLine| {
        let last = match (tablet.is_erased, tablet.seen_millis) {
            (false, _) => view! {
                <form method="post" action=action.clone()>
                    <input type="hidden" name="id" value=tablet.id/>
                    <button class="g-btn g-btn--sm">{m.still_tablet_erase()}</button>
                </form>
            }
            .into_any(),
            (true, None) => view! { <span class="g-badge">{m.still_tablet_erases()}</span> }.into_any(),
            (true, Some(_)) => view! { <span class="g-badge">{m.still_tablet_erased()}</span> }.into_any(),
        };
        let by_name = with_names.then(|| cell(tablet.account));
        let rest = [
            cell(tablet.name),
            cell(view! { <Moment at=Some(tablet.created_millis) times=times.clone()/> }),
            cell(view! { <Moment at=tablet.seen_millis times=times.clone()/> }),
            cell(view! { <Moment at=tablet.expires_millis times=times.clone()/> }),
            cell(last),
        ];
        by_name.into_iter().chain(rest).collect()
    };
    let names = with_names.then(|| m.still_display());
    let heads = names.into_iter().chain([
        m.still_tablet(),
        m.still_since(),
        m.still_seen(),
        m.still_until(),
        "",
    ]);
    let heads = heads.collect();
    let rows = tablets.into_iter().map(row).collect();
    view! { <Table heads rows/> }.into_any()
}

/// `/admin/sessions`
#[component]
pub fn Sessions(sessions: Vec<SessionLine>, tablets: Vec<TabletLine>, times: Times) -> impl IntoView {
    let (m, tablet_times) = (use_messages(), times.clone());
    view! {
        <AdminHead tab=AdminTab::Sessions title=m.still_sessions().to_owned()/>
        <Panel title=m.still_all_sessions().to_owned() aside=sessions.len().to_string()>
            <SessionTable sessions action=routes::url("/admin/sessions") times with_names=true/>
        </Panel>
        <Panel title=m.still_all_tablets().to_owned() aside=tablets.len().to_string()>
            <TabletTable tablets action=routes::url("/admin/tablets") times=tablet_times with_names=true/>
        </Panel>
    }
}

/// A program that may ask.
#[derive(Clone, Debug)]
pub struct TokenLine {
    pub id: u32,
    pub name: String,
    /// Whose it is.
    pub account: String,
    /// Words of what it may.
    pub capabilities: Vec<String>,
    pub created_millis: i64,
    pub seen_millis: Option<i64>,
    pub expires_millis: Option<i64>,
}

/// What a token may, in words.
pub fn may_word(m: Messages, word: &str) -> String {
    let known = match word {
        "see" => m.still_may_see(),
        "see_history" => m.still_may_see_history(),
        "export" => m.still_may_export(),
        "see_sources" => m.still_may_see_sources(),
        "see_status" => m.still_may_see_status(),
        "change_point" => m.still_may_change_point(),
        "change_model" => m.still_may_change_model(),
        "change_sources" => m.still_may_change_sources(),
        "see_audit" => m.still_may_see_audit(),
        "run_demo" => m.still_may_run_demo(),
        "share" => m.still_may_share(),
        "manage_links" => m.still_may_manage_links(),
        "manage_accounts" => m.still_may_manage_accounts(),
        "manage_owners" => m.still_may_manage_owners(),
        "see_work" => m.still_may_see_work(),
        "request_work" => m.still_may_request_work(),
        "do_work" => m.still_may_do_work(),
        "plan_work" => m.still_may_plan_work(),
        "verify_work" => m.still_may_verify_work(),
        other => return other.replace('_', " "),
    };
    known.to_owned()
}

/// Tokens, each with the button that ends it.
#[component]
pub fn TokenTable(tokens: Vec<TokenLine>, action: String, times: Times) -> impl IntoView {
    let m = use_messages();
    if tokens.is_empty() {
        return view! { <p class="g-empty">{m.still_no_tokens()}</p> }.into_any();
    }
    let words = |capabilities: &[String]| {
        let words: Vec<String> = capabilities.iter().map(|word| may_word(m, word)).collect();
        words.join(", ")
    };
    let row = |token: TokenLine| {
        vec![
            cell(token.name),
            cell(token.account),
            cell(words(&token.capabilities)),
            cell(view! { <Moment at=token.expires_millis times=times.clone()/> }),
            cell(view! { <Moment at=token.seen_millis times=times.clone()/> }),
            cell(view! { <EndButton action=action.clone() id=token.id/> }),
        ]
    };
    let heads = vec![
        m.still_token(),
        m.still_account(),
        m.still_may(),
        m.still_until(),
        m.still_seen(),
        "",
    ];
    let rows = tokens.into_iter().map(row).collect();
    view! { <Table heads rows/> }.into_any()
}

/// `/admin/tokens`
#[component]
pub fn Tokens(tokens: Vec<TokenLine>, times: Times) -> impl IntoView {
    let m = use_messages();
    view! {
        <AdminHead tab=AdminTab::Tokens title=m.still_tokens().to_owned()/>
        <Panel title=m.still_all_tokens().to_owned() aside=tokens.len().to_string()>
            <TokenTable tokens action=routes::url("/admin/tokens") times/>
        </Panel>
    }
}
