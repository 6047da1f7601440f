//! What stands before the page of a link: that it has ended, its PIN, its code.

use leptos::prelude::*;

use crate::i18n::{Messages, use_messages};

/// A link that leads nowhere: ended, paused, or never one. One answer for all, so that none can be told apart.
#[component]
pub fn ShareEnded() -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_share_ended()}</h1>
            <p>{m.still_share_ended_more()}</p>
        </section>
    }
}

/// A link with a PIN, before it is given.
#[component]
pub fn SharePin(
    action: String,
    /// Wrong, and for how many seconds the next try waits.
    wrong: Option<i64>,
) -> impl IntoView {
    let m = use_messages();
    let words = wrong.map(|seconds| wrong_words(m, seconds, m.still_share_pin_wrong()));
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_share_pin_title()}</h1>
            {words.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            <form method="post" action=action class="g-stack">
                <label class="g-field"><span>{m.still_share_pin_label()}</span>
                    <input class="g-input" name="pin" inputmode="numeric" autocomplete="one-time-code" required=true autofocus=true/></label>
                <button class="g-btn g-btn--primary">{m.still_share_pin_submit()}</button>
            </form>
        </section>
    }
}

/// How far somebody has come with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeStep {
    /// Says to which address.
    Address,
    /// What was typed is no address.
    BadAddress(String),
    /// Asked for too many, and waits so many seconds for the next.
    Wait(String, i64),
    /// Types the code that was sent there, if it is invited.
    Code(String),
    /// It was wrong, and the next try waits so many seconds.
    Wrong(String, i64),
}

/// A link for invited addresses: one asks for a code, the other takes it. Whether an address is invited is told
/// by neither.
#[component]
pub fn ShareCode(
    /// The link's own address.
    link: String,
    step: CodeStep,
    /// The mail server does not take mail.
    is_failing: bool,
) -> impl IntoView {
    let m = use_messages();
    let action = format!("{link}/code");
    let (email, bad, is_asked) = match step {
        CodeStep::Address => (String::new(), None, false),
        CodeStep::BadAddress(email) => (email, Some(m.still_email_bad().to_owned()), false),
        CodeStep::Wait(email, seconds) => (email, Some(m.still_share_code_wait(&seconds.to_string())), true),
        CodeStep::Code(email) => (email, None, true),
        CodeStep::Wrong(email, seconds) => {
            let words = wrong_words(m, seconds, m.still_share_code_wrong());
            (email, Some(words), true)
        }
    };
    let ask = {
        let (action, email) = (action.clone(), email.clone());
        move || {
            view! {
                <form method="post" action=action class="g-stack">
                    <label class="g-field"><span>{m.still_share_code_email()}</span>
                        <input class="g-input" type="email" name="email" value=email autocomplete="email" maxlength="254" required=true autofocus=true/></label>
                    <button class="g-btn g-btn--primary">{m.still_share_code_send()}</button>
                </form>
            }
        }
    };
    let give = move || {
        view! {
            <p role="status">{m.still_share_code_sent(&email)}</p>
            <form method="post" action=action.clone() class="g-stack">
                <input type="hidden" name="email" value=email.clone()/>
                <label class="g-field"><span>{m.still_share_code_label()}</span>
                    <input class="g-input g-still__digits" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required=true autofocus=true/></label>
                <button class="g-btn g-btn--primary">{m.still_share_pin_submit()}</button>
            </form>
            <form method="post" action=action class="g-row g-row--wrap">
                <input type="hidden" name="email" value=email/>
                <button class="g-btn g-btn--quiet">{m.still_share_code_again()}</button>
                <a class="g-btn g-btn--quiet" href=link>{m.still_share_code_other()}</a>
            </form>
        }
    };
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_share_code_title()}</h1>
            {is_failing.then(|| view! { <p class="g-still__bad" role="alert">{m.still_share_code_failing()}</p> })}
            {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            {if is_asked { give().into_any() } else { ask().into_any() }}
        </section>
    }
}

fn wrong_words(m: Messages, seconds: i64, wrong: &str) -> String {
    match seconds {
        0 => wrong.to_owned(),
        seconds => m.still_sign_in_wait(&seconds.to_string()),
    }
}
