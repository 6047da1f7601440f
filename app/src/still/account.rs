//! `/account`: one's own name, roles, sessions, password and tokens.

use leptos::prelude::*;

use super::credentials::{
    SessionLine, SessionTable, TabletLine, TabletTable, TokenLine, TokenTable, may_word,
};
use super::parts::{GrantLine, Grants, PageHead, Times};
use super::sign_in::bad_words;
use crate::components::key_value::{KeyValue, Pair};
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct AccountPage {
    pub display: String,
    pub name: String,
    pub email: Option<String>,
    pub grants: Vec<GrantLine>,
    pub has_password: bool,
    pub sessions: Vec<SessionLine>,
    pub tablets: Vec<TabletLine>,
    pub tokens: Vec<TokenLine>,
    /// Words of what a token of this account could be given.
    pub capabilities: Vec<String>,
    /// A token that was just made: its name, and itself, shown once.
    pub made: Option<(String, String)>,
    /// The field and the word for what is wrong with it.
    pub bad: Option<(&'static str, &'static str)>,
    /// The password was changed.
    pub is_changed: bool,
    /// Shortest password.
    pub shortest: u32,
    pub times: Times,
}

/// One's own account.
#[component]
pub fn Account(page: AccountPage) -> impl IntoView {
    let m = use_messages();
    let AccountPage {
        display,
        name,
        email,
        grants,
        has_password,
        sessions,
        tablets,
        tokens,
        capabilities,
        made,
        bad,
        is_changed,
        shortest,
        times,
    } = page;
    let (sign_in, token_times, tablet_times) = (name.clone(), times.clone(), times.clone());
    let wrong = move |field: &'static str| {
        bad.filter(|(known, _)| *known == field)
            .map(|(_, reason)| view! { <span class="g-still__bad" role="alert">{bad_words(m, reason, shortest)}</span> })
    };
    let capability = move |word: String| {
        let label = may_word(m, &word);
        view! { <label class="g-row"><input type="checkbox" name="may" value=word/> <span>{label}</span></label> }
    };
    view! {
        <PageHead title=m.me_account()/>
        {is_changed.then(|| view! { <p class="g-message" role="status">{m.still_password_changed()}</p> })}
        {made.map(|(name, secret)| view! {
            <section class="g-message g-still__made" role="status">
                <p><b>{m.still_token_made(&name)}</b></p>
                <input class="g-input" readonly=true value=secret aria-label=m.still_token()/>
                <p class="g-caption">{m.still_token_made_more()}</p>
            </section>
        })}
        <div class="g-grid">
            <Panel title=display class="g-6">
                <div class="g-panel__body">
                    <KeyValue>
                        <Pair term=m.still_sign_in_name()>{sign_in.clone()}</Pair>
                        {email.map(|email| view! { <Pair term=m.still_email()>{email.clone()}</Pair> })}
                        <Pair term=m.still_roles()><Grants grants/></Pair>
                    </KeyValue>
                </div>
            </Panel>
            {has_password.then(|| view! {
                <Panel title=m.still_change_password().to_owned() class="g-6">
                    <form method="post" action=routes::url("/account/password") class="g-panel__body g-stack">
                        <input type="hidden" name="username" value=name autocomplete="username"/>
                        <label class="g-field"><span>{m.still_password_old()}</span>
                            <input class="g-input" type="password" name="old" autocomplete="current-password" required=true/>{wrong("old")}</label>
                        <label class="g-field"><span>{m.still_password_new()}</span>
                            <input class="g-input" type="password" name="new" autocomplete="new-password" required=true minlength=shortest/>{wrong("password")}</label>
                        <button class="g-btn g-btn--primary">{m.still_change_password()}</button>
                        <p class="g-caption">{m.still_change_password_more()}</p>
                    </form>
                </Panel>
            })}
            <Panel title=m.still_sessions().to_owned() aside=sessions.len().to_string()>
                <SessionTable sessions action=routes::url("/account/sessions") times=times.clone() with_names=false/>
            </Panel>
            {(!tablets.is_empty()).then(|| view! {
                <Panel title=m.still_tablets().to_owned() aside=tablets.len().to_string()>
                    <TabletTable tablets action=routes::url("/account/tablets") times=tablet_times with_names=false/>
                    <p class="g-caption g-panel__body">{m.still_tablets_more()}</p>
                </Panel>
            })}
            <Panel title=m.still_tokens().to_owned() aside=tokens.len().to_string() class="g-8">
                <TokenTable tokens action=routes::url("/account/tokens/end") times=token_times.clone()/>
            </Panel>
            <Panel title=m.still_new_token().to_owned() class="g-4">
                <form method="post" action=routes::url("/account/tokens") class="g-panel__body g-stack">
                    <label class="g-field"><span>{m.still_token_for()}</span><input class="g-input" name="name" required=true maxlength="60"/>{wrong("name")}</label>
                    <label class="g-field"><span>{m.still_until()}</span>
                        <select class="g-input" name="days">
                            <option value="30">{m.still_days(30_u32)}</option>
                            <option value="90">{m.still_days(90_u32)}</option>
                            <option value="365">{m.still_days(365_u32)}</option>
                        </select></label>
                    <fieldset class="g-stack"><legend class="g-caption">{m.still_may()}</legend>{capabilities.into_iter().map(capability).collect_view()}</fieldset>
                    <button class="g-btn">{m.still_new_token()}</button>
                </form>
            </Panel>
        </div>
    }
}
