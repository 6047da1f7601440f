//! `/admin/…`: people, screens, sessions, tokens and the audit log. Tables that stack on a phone, one form an act.

use leptos::prelude::*;

use super::parts::{Confirmed, GrantLine, Grants, MadeLink, Moment, RoleSelect, ScopeField, Times};
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;

/// Which part of the administration a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminTab {
    People,
    Sessions,
    Tokens,
    Links,
    Audit,
}

/// The head of an administration page, and the way to the others.
#[component]
pub fn AdminHead(tab: AdminTab, title: String) -> impl IntoView {
    let m = use_messages();
    let link = move |to: AdminTab, path: &str, label: &'static str| {
        view! { <a href=routes::url(path) aria-current=(to == tab).then_some("page")>{label}</a> }
    };
    view! {
        <header class="g-page"><div class="g-title"><h1 class="g-h1">{title}</h1></div></header>
        <nav class="g-tabs" aria-label=m.me_admin()>
            {link(AdminTab::People, "/admin/people", m.still_people())}
            {link(AdminTab::Sessions, "/admin/sessions", m.still_sessions())}
            {link(AdminTab::Tokens, "/admin/tokens", m.still_tokens())}
            {link(AdminTab::Links, "/admin/links", m.still_links())}
            {link(AdminTab::Audit, "/admin/audit", m.still_audit())}
        </nav>
    }
}

/// An account in the list.
#[derive(Clone, Debug)]
pub struct PersonLine {
    pub id: u32,
    pub name: String,
    pub display: String,
    pub is_screen: bool,
    pub is_active: bool,
    /// Has never signed in: the link waits.
    pub is_waiting: bool,
    pub grants: Vec<GrantLine>,
    pub seen_millis: Option<i64>,
}

/// `/admin/people`
#[derive(Clone, Debug)]
pub struct PeoplePage {
    pub people: Vec<PersonLine>,
    /// A link that was just made, and for whom.
    pub made: Option<MadeLink>,
    /// What was wrong with the form.
    pub bad: Option<String>,
    /// Paths to choose a scope from.
    pub paths: Vec<String>,
    /// Whether owners may be made here.
    pub may_own: bool,
    pub times: Times,
}

/// Everybody who has an account, and the form that invites.
#[component]
pub fn People(page: PeoplePage) -> impl IntoView {
    let m = use_messages();
    let PeoplePage {
        people,
        made,
        bad,
        paths,
        may_own,
        times,
    } = page;
    let row = |person: PersonLine| {
        let state = match (person.is_active, person.is_waiting) {
            (false, _) => m.still_paused(),
            (true, true) => m.still_waiting(),
            (true, false) => m.still_active(),
        };
        let kind = if person.is_screen {
            m.still_screen()
        } else {
            m.still_person()
        };
        view! {
            <tr>
                <th scope="row"><a href=routes::url(&format!("/admin/people/{}", person.id))>{person.display}</a></th>
                <td data-label=m.still_name()>{person.name}</td>
                <td data-label=m.still_kind()>{kind}</td>
                <td data-label=m.still_roles()><Grants grants=person.grants/></td>
                <td data-label=m.still_state()>{state}</td>
                <td data-label=m.still_seen()><Moment at=person.seen_millis times=times.clone()/></td>
            </tr>
        }
    };
    let count = people.len();
    let rows = people.into_iter().map(row).collect_view();
    view! {
        <AdminHead tab=AdminTab::People title=m.still_people().to_owned()/>
        {made.map(|made| view! { <MadeLinkBox made/> })}
        <div class="g-grid">
            <Panel title=m.still_invite().to_owned() class="g-4">
                <form method="post" action=routes::url("/admin/people/invite") class="g-panel__body g-stack">
                    {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
                    <label class="g-field"><span>{m.still_display()}</span><input class="g-input" name="display" required=true maxlength="60"/></label>
                    <label class="g-field"><span>{m.still_sign_in_name()}</span><input class="g-input" name="name" required=true maxlength="60" autocapitalize="none" autocomplete="off"/></label>
                    <RoleSelect may_own/>
                    <ScopeField paths/>
                    <label class="g-row"><input type="checkbox" name="screen" value="on"/> <span>{m.still_is_screen()}</span></label>
                    <button class="g-btn g-btn--primary">{m.still_invite_submit()}</button>
                    <p class="g-caption">{m.still_invite_more()}</p>
                </form>
            </Panel>
            <Panel title=m.still_accounts().to_owned() aside=count.to_string() class="g-8">
                <div class="g-scroll">
                    <table class="g-table g-table--stack g-still__table">
                        <thead><tr>
                            <th scope="col">{m.still_display()}</th><th scope="col">{m.still_name()}</th><th scope="col">{m.still_kind()}</th>
                            <th scope="col">{m.still_roles()}</th><th scope="col">{m.still_state()}</th><th scope="col">{m.still_seen()}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Panel>
        </div>
    }
}

/// A link that is shown once.
#[component]
fn MadeLinkBox(made: MadeLink) -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-message g-still__made" role="status">
            <p><b>{m.still_made(&made.name)}</b></p>
            <input class="g-input" readonly=true value=made.url.clone() aria-label=m.still_made_label() data-copy=""/>
            <p class="g-caption">{m.still_made_more()}</p>
        </section>
    }
}

/// `/admin/people/{id}`
#[derive(Clone, Debug)]
pub struct PersonPage {
    pub person: PersonLine,
    pub sessions: Vec<SessionLine>,
    pub made: Option<MadeLink>,
    pub bad: Option<String>,
    pub paths: Vec<String>,
    pub may_own: bool,
    /// Nobody may take away from themselves what they stand on.
    pub is_self: bool,
    pub times: Times,
}

/// One account: its roles, its sessions, and its end.
#[component]
pub fn Person(page: PersonPage) -> impl IntoView {
    let m = use_messages();
    let PersonPage {
        person,
        sessions,
        made,
        bad,
        paths,
        may_own,
        is_self,
        times,
    } = page;
    let action = move |act: &str| routes::url(&format!("/admin/people/{}/{act}", person.id));
    let grant = |(index, grant): (usize, GrantLine)| {
        view! {
            <li class="g-row g-row--wrap">
                <Grants grants=vec![grant]/>
                <form method="post" action=action("ungrant") class="g-push">
                    <input type="hidden" name="index" value=index/>
                    <button class="g-btn g-btn--sm">{m.still_take_away()}</button>
                </form>
            </li>
        }
    };
    let grants = person
        .grants
        .iter()
        .cloned()
        .enumerate()
        .map(grant)
        .collect_view();
    let active = person.is_active;
    view! {
        <AdminHead tab=AdminTab::People title=person.display.clone()/>
        {made.map(|made| view! { <MadeLinkBox made/> })}
        {bad.map(|words| view! { <p class="g-message g-still__bad" role="alert">{words}</p> })}
        <div class="g-grid">
            <Panel title=m.still_roles().to_owned() class="g-6">
                <div class="g-panel__body g-stack">
                    <ul class="g-stack">{grants}</ul>
                    <form method="post" action=action("grant") class="g-stack">
                        <RoleSelect may_own/>
                        <ScopeField paths/>
                        <button class="g-btn">{m.still_give_role()}</button>
                    </form>
                </div>
            </Panel>
            <Panel title=m.still_account().to_owned() class="g-6">
                <div class="g-panel__body g-stack">
                    <p>{m.still_signs_in_as(&person.name)}</p>
                    <form method="post" action=action("reset")><button class="g-btn">{m.still_reset()}</button></form>
                    {(!is_self).then(|| view! {
                        <form method="post" action=action("active")>
                            <input type="hidden" name="active" value=(!active).to_string()/>
                            <button class="g-btn">{if active { m.still_pause() } else { m.still_resume() }}</button>
                        </form>
                        <Confirmed summary=m.still_remove()>
                            <form method="post" action=action("remove") class="g-stack">
                                <p>{m.still_remove_more()}</p>
                                <label class="g-row"><input type="checkbox" name="forget" value="on"/> <span>{m.still_forget()}</span></label>
                                <button class="g-btn g-btn--primary">{m.still_remove_submit()}</button>
                            </form>
                        </Confirmed>
                    })}
                </div>
            </Panel>
            <Panel title=m.still_sessions().to_owned() aside=sessions.len().to_string()>
                <SessionTable sessions action=action("sessions") times with_names=false/>
            </Panel>
        </div>
    }
}

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
        let head = if with_names { session.name } else { agent.clone() };
        let this = session
            .is_this
            .then(|| view! { " " <span class="g-badge">{m.still_this_session()}</span> });
        view! {
            <tr>
                <th scope="row">{head} {this}</th>
                {with_names.then(|| view! { <td data-label=m.still_browser() title=agent.clone()>{agent.clone()}</td> })}
                <td data-label=m.still_from()>{session.address}</td>
                <td data-label=m.still_since()><Moment at=Some(session.created_millis) times=times.clone()/></td>
                <td data-label=m.still_seen()><Moment at=session.seen_millis times=times.clone()/></td>
                <td>
                    <form method="post" action=action.clone()>
                        <input type="hidden" name="id" value=session.id/>
                        <button class="g-btn g-btn--sm">{m.still_end()}</button>
                    </form>
                </td>
            </tr>
        }
    };
    let rows = sessions.into_iter().map(row).collect_view();
    view! {
        <div class="g-scroll">
            <table class="g-table g-table--stack g-still__table">
                <thead><tr>
                    {with_names.then(|| view! { <th scope="col">{m.still_display()}</th> })}
                    <th scope="col">{m.still_browser()}</th><th scope="col">{m.still_from()}</th>
                    <th scope="col">{m.still_since()}</th><th scope="col">{m.still_seen()}</th><th scope="col"></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// `/admin/sessions`
#[component]
pub fn Sessions(sessions: Vec<SessionLine>, times: Times) -> impl IntoView {
    let m = use_messages();
    view! {
        <AdminHead tab=AdminTab::Sessions title=m.still_sessions().to_owned()/>
        <Panel title=m.still_all_sessions().to_owned() aside=sessions.len().to_string()>
            <SessionTable sessions action=routes::url("/admin/sessions") times with_names=true/>
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

/// Tokens, each with the button that ends it.
#[component]
pub fn TokenTable(tokens: Vec<TokenLine>, action: String, times: Times) -> impl IntoView {
    let m = use_messages();
    if tokens.is_empty() {
        return view! { <p class="g-empty">{m.still_no_tokens()}</p> }.into_any();
    }
    let row = |token: TokenLine| {
        view! {
            <tr>
                <th scope="row">{token.name}</th>
                <td data-label=m.still_account()>{token.account}</td>
                <td data-label=m.still_may()>{token.capabilities.join(", ")}</td>
                <td data-label=m.still_until()><Moment at=token.expires_millis times=times.clone()/></td>
                <td data-label=m.still_seen()><Moment at=token.seen_millis times=times.clone()/></td>
                <td>
                    <form method="post" action=action.clone()>
                        <input type="hidden" name="id" value=token.id/>
                        <button class="g-btn g-btn--sm">{m.still_end()}</button>
                    </form>
                </td>
            </tr>
        }
    };
    let rows = tokens.into_iter().map(row).collect_view();
    view! {
        <div class="g-scroll">
            <table class="g-table g-table--stack g-still__table">
                <thead><tr>
                    <th scope="col">{m.still_token()}</th><th scope="col">{m.still_account()}</th><th scope="col">{m.still_may()}</th>
                    <th scope="col">{m.still_until()}</th><th scope="col">{m.still_seen()}</th><th scope="col"></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
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
