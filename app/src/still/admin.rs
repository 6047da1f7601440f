//! `/admin/people`: everybody who has an account, and what becomes of it; the way to the rest of the administration.

use leptos::prelude::*;

use super::credentials::{SessionLine, SessionTable, TokenLine, TokenTable};
use super::parts::{
    Confirmed, GrantLine, Grants, LocaleSelect, MadeLink, Moment, PageHead, RoleSelect, ScopeField,
    SentWords, Table, Times, cell,
};
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;

/// Which part of the administration a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminTab {
    People,
    Roles,
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
        <PageHead title/>
        <nav class="g-tabs" aria-label=m.me_admin()>
            {link(AdminTab::People, "/admin/people", m.still_people())}
            {link(AdminTab::Roles, "/admin/roles", m.still_roles())}
            {link(AdminTab::Sessions, "/admin/sessions", m.still_sessions())}
            {link(AdminTab::Tokens, "/admin/tokens", m.still_tokens())}
            {link(AdminTab::Links, "/admin/links", m.still_links())}
            {link(AdminTab::Audit, "/admin/audit", m.still_audit())}
            <a href=routes::url("/sources")>{m.nav_sources()}</a>
            <a href=routes::url("/status")>{m.nav_status()}</a>
        </nav>
    }
}

/// An account in the list.
#[derive(Clone, Debug)]
pub struct PersonLine {
    pub id: u32,
    pub name: String,
    pub display: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// In which language.
    pub locale: Option<String>,
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
    /// Links may be sent.
    pub has_mail: bool,
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
        has_mail,
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
        let path = routes::url(&format!("/admin/people/{}", person.id));
        vec![
            cell(view! { <a href=path>{person.display}</a> }),
            cell(person.name),
            cell(kind),
            cell(view! { <Grants grants=person.grants/> }),
            cell(state),
            cell(view! { <Moment at=person.seen_millis times=times.clone()/> }),
        ]
    };
    let heads = vec![
        m.still_display(),
        m.still_name(),
        m.still_kind(),
        m.still_roles(),
        m.still_state(),
        m.still_seen(),
    ];
    let count = people.len();
    let rows = people.into_iter().map(row).collect();
    view! {
        <AdminHead tab=AdminTab::People title=m.still_people().to_owned()/>
        {made.map(|made| view! { <MadeLinkBox made/> })}
        <div class="g-grid">
            <Panel title=m.still_invite().to_owned() class="g-4">
                <form method="post" action=routes::url("/admin/people/invite") class="g-panel__body g-stack">
                    {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
                    <label class="g-field"><span>{m.still_display()}</span><input class="g-input" name="display" required=true maxlength="60"/></label>
                    <label class="g-field"><span>{m.still_sign_in_name()}</span><input class="g-input" name="name" required=true maxlength="60" autocapitalize="none" autocomplete="off"/></label>
                    <label class="g-field"><span>{m.still_email_optional()}</span><input class="g-input" type="email" name="email" maxlength="254" autocomplete="off"/></label>
                    <LocaleSelect chosen=None/>
                    <RoleSelect may_own/>
                    <ScopeField paths/>
                    <label class="g-row"><input type="checkbox" name="screen" value="on"/> <span>{m.still_is_screen()}</span></label>
                    {has_mail.then(|| view! { <label class="g-row"><input type="checkbox" name="send" value="on"/> <span>{m.still_mail_send()}</span></label> })}
                    <button class="g-btn g-btn--primary">{m.still_invite_submit()}</button>
                    <p class="g-caption">{m.still_invite_more()}</p>
                </form>
            </Panel>
            <Panel title=m.still_accounts().to_owned() aside=count.to_string() class="g-8">
                {(count == 0).then(|| view! { <p class="g-empty">{m.still_no_accounts()}</p> })}
                <Table heads rows/>
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
            {made.sent.map(|sent| view! { <SentWords sent/> })}
            <input class="g-input" readonly=true value=made.url.clone() aria-label=m.still_made_label() data-copy=""/>
            <p class="g-caption">{m.still_made_more()}</p>
        </section>
    }
}

/// `/admin/people/{id}`
#[derive(Clone, Debug)]
pub struct PersonPage {
    pub person: PersonLine,
    /// What the provider is called by which they sign in.
    pub through: Option<String>,
    pub sessions: Vec<SessionLine>,
    pub tokens: Vec<TokenLine>,
    pub made: Option<MadeLink>,
    pub bad: Option<String>,
    pub paths: Vec<String>,
    pub may_own: bool,
    /// Nobody may take away from themselves what they stand on.
    pub is_self: bool,
    /// Links may be sent.
    pub has_mail: bool,
    pub times: Times,
}

/// One account: its roles, its sessions, and its end.
#[component]
pub fn Person(page: PersonPage) -> impl IntoView {
    let m = use_messages();
    let PersonPage {
        person,
        through,
        sessions,
        tokens,
        made,
        bad,
        paths,
        may_own,
        is_self,
        has_mail,
        times,
    } = page;
    let action = move |act: &str| routes::url(&format!("/admin/people/{}/{act}", person.id));
    let grant = |grant: GrantLine| {
        let (role, tops) = (grant.role.clone(), grant.tops.clone());
        view! {
            <li class="g-row g-row--wrap">
                <Grants grants=vec![grant]/>
                <form method="post" action=action("ungrant") class="g-push">
                    <input type="hidden" name="role" value=role/>
                    <input type="hidden" name="tops" value=tops/>
                    <button class="g-btn g-btn--sm">{m.still_take_away()}</button>
                </form>
            </li>
        }
    };
    let grants = person.grants.iter().cloned().map(grant).collect_view();
    let token_times = times.clone();
    let active = person.is_active;
    let mails = has_mail && person.email.is_some();
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
                    {through.map(|name| view! { <p>{m.still_signs_in_through(&name)}</p> })}
                    <form method="post" action=action("reset") class="g-row g-row--wrap">
                        <button class="g-btn">{m.still_reset()}</button>
                        {mails.then(|| view! { <button class="g-btn" name="send" value="on">{m.still_mail_reset()}</button> })}
                    </form>
                    <p class="g-caption">{m.still_reset_more()}</p>
                    <form method="post" action=action("contact") class="g-stack">
                        <label class="g-field"><span>{m.still_email_optional()}</span>
                            <input class="g-input" type="email" name="email" maxlength="254" autocomplete="off" value=person.email.clone()/></label>
                        <LocaleSelect chosen=person.locale.clone()/>
                        <button class="g-btn">{m.still_email_save()}</button>
                    </form>
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
            <Panel title=m.still_tokens().to_owned() aside=tokens.len().to_string()>
                <TokenTable tokens action=routes::url("/admin/tokens") times=token_times/>
            </Panel>
        </div>
    }
}
