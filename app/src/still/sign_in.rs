//! `/sign-in`, `/welcome/{secret}`, and the two ways of saying no.

use leptos::prelude::*;

use crate::i18n::{Messages, use_messages};
use crate::routes;

/// Why somebody was not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInTrouble {
    /// Name and password do not fit.
    Wrong,
    /// After too many tries, for so many seconds.
    Wait(i64),
    /// The provider signed nobody in: somebody changed their mind there.
    Cancelled,
    /// Begun in another browser, or too long ago.
    Elsewhere,
    /// The provider does not answer.
    Unreachable,
    /// What the provider answered proves nothing.
    Unproved,
    /// Known to the provider, but without a role here.
    NoRole,
}

/// Name and password.
#[component]
pub fn SignIn(
    /// What was typed before.
    name: String,
    /// Where to go afterwards: a path of ours.
    next: String,
    trouble: Option<SignInTrouble>,
    /// Nobody has an account.
    is_first: bool,
    /// Came here by signing out.
    signed_out: bool,
    /// The name of an OpenID provider to sign in with instead.
    provider: Option<String>,
) -> impl IntoView {
    let m = use_messages();
    let words = trouble.map(|trouble| match trouble {
        SignInTrouble::Wrong => m.still_sign_in_wrong().to_owned(),
        SignInTrouble::Wait(seconds) => m.still_sign_in_wait(&seconds.to_string()),
        SignInTrouble::Cancelled => m.still_openid_cancelled().to_owned(),
        SignInTrouble::Elsewhere => m.still_openid_elsewhere().to_owned(),
        SignInTrouble::Unreachable => m.still_openid_unreachable().to_owned(),
        SignInTrouble::Unproved => m.still_openid_unproved().to_owned(),
        SignInTrouble::NoRole => m.still_openid_no_role().to_owned(),
    });
    let provider = provider.map(|name| {
        // A link and no form: a form of ours leads to no other site.
        view! { <a class="g-btn g-still__wide" href=routes::sign_in_with(&next)>{m.still_sign_in_with(&name)}</a> }
    });
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_sign_in_title()}</h1>
            {signed_out.then(|| view! { <p role="status">{m.still_signed_out()}</p> })}
            {words.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            {is_first.then(|| view! { <p>{m.still_sign_in_first()}</p> })}
            <form method="post" action=routes::sign_in() class="g-stack">
                <input type="hidden" name="next" value=next/>
                <label class="g-field">
                    <span>{m.still_name()}</span>
                    <input class="g-input" name="name" value=name autocomplete="username" autocapitalize="none" required=true autofocus=true/>
                </label>
                <label class="g-field">
                    <span>{m.still_password()}</span>
                    <input class="g-input" type="password" name="password" autocomplete="current-password" required=true/>
                </label>
                <button class="g-btn g-btn--primary">{m.still_sign_in_title()}</button>
            </form>
            {provider}
            <p class="g-caption">{m.still_sign_in_forgot()}</p>
        </section>
    }
}

/// Signed out here, and on the way out of the provider.
#[component]
pub fn Leave(
    /// What the provider is called.
    name: String,
    /// Where one signs out of it.
    place: String,
) -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_signed_out()}</h1>
            <p><a class="g-btn" href=place>{m.still_openid_leave(&name)}</a></p>
            <p><a href=routes::sign_in()>{m.still_sign_in_title()}</a></p>
        </section>
    }
}

/// Whom a one-time link welcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WelcomeTo {
    /// The first owner, who chooses a name too.
    Owner,
    /// A person: as shown, and as they sign in.
    Person(String, String),
    /// A screen.
    Screen(String),
}

/// What a one-time link opens: it is used by the button, not by being looked at.
#[component]
pub fn Welcome(
    to: WelcomeTo,
    /// The link's own address.
    action: String,
    /// What was typed before.
    name: String,
    /// The field and the word for what is wrong with it.
    bad: Option<(&'static str, &'static str)>,
    /// Shortest password.
    shortest: u32,
) -> impl IntoView {
    let m = use_messages();
    let (title, more) = match &to {
        WelcomeTo::Owner => (
            m.still_welcome_owner().to_owned(),
            m.still_welcome_owner_more().to_owned(),
        ),
        WelcomeTo::Person(name, sign_in) => {
            (m.still_welcome_choose(name), m.still_welcome_choose_more(sign_in))
        }
        WelcomeTo::Screen(name) => (
            m.still_welcome_screen(name),
            m.still_welcome_screen_more().to_owned(),
        ),
    };
    let is_owner = to == WelcomeTo::Owner;
    let is_screen = matches!(to, WelcomeTo::Screen(_));
    let wrong = move |field: &'static str| {
        bad.filter(|(known, _)| *known == field)
            .map(|(_, reason)| view! { <span class="g-still__bad" role="alert">{bad_words(m, reason, shortest)}</span> })
    };
    let username = match &to {
        WelcomeTo::Person(_, sign_in) => Some(sign_in.clone()),
        WelcomeTo::Owner | WelcomeTo::Screen(_) => None,
    };
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{title}</h1>
            <p>{more}</p>
            <form method="post" action=action class="g-stack">
                {is_owner.then(|| view! {
                    <label class="g-field">
                        <span>{m.still_name()}</span>
                        <input class="g-input" name="name" value=name autocomplete="username" autocapitalize="none" required=true autofocus=true/>
                        {wrong("name")}
                    </label>
                })}
                // Password managers keep both together.
                {username.map(|name| view! { <input type="hidden" name="username" value=name autocomplete="username"/> })}
                {(!is_screen).then(|| view! {
                    <label class="g-field">
                        <span>{m.still_password()}</span>
                        <input class="g-input" type="password" name="password" autocomplete="new-password" required=true minlength=shortest/>
                        {wrong("password")}
                    </label>
                    <p class="g-caption">{m.still_password_rule(&shortest.to_string())}</p>
                })}
                <button class="g-btn g-btn--primary">
                    {if is_screen { m.still_welcome_screen_submit() } else { m.still_welcome_submit() }}
                </button>
            </form>
        </section>
    }
}

/// What is wrong with what was typed.
#[must_use]
pub fn bad_words(m: Messages, reason: &str, shortest: u32) -> String {
    match reason {
        "too_short" => m.still_bad_too_short(&shortest.to_string()),
        "too_long" => m.still_bad_too_long().to_owned(),
        "known" => m.still_bad_known().to_owned(),
        "empty" => m.still_bad_empty().to_owned(),
        "taken" => m.still_bad_taken().to_owned(),
        "letters" => m.still_bad_letters().to_owned(),
        "screen" => m.still_bad_screen().to_owned(),
        _ => m.still_bad_wrong().to_owned(),
    }
}

/// A one-time link that leads nowhere any more, or never did: one answer for all.
#[component]
pub fn Ended() -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_ended_title()}</h1>
            <p>{m.still_ended_more()}</p>
            <p><a class="g-btn" href=routes::sign_in()>{m.still_sign_in_title()}</a></p>
        </section>
    }
}

/// Somebody known asked for what their role does not allow.
#[component]
pub fn Denied(
    /// Who they are, as shown.
    name: String,
) -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_denied_title()}</h1>
            <p>{m.still_denied_more(&name)}</p>
            <p><a class="g-btn" href=routes::overview()>{m.error_to_overview()}</a></p>
        </section>
    }
}
