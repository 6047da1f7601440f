//! Before there is a proposal: what it is, how long to listen, and what is heard meanwhile.

use leptos::prelude::*;
use wire::page::{LearnPage, LearnStage};

use super::forms;
use crate::components::empty_state::EmptyState;
use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::routes;

/// Seconds to choose from.
const SECS: [u32; 5] = [10, 30, 60, 300, 900];

/// What learning is, and the way into it.
#[component]
pub fn Start(
    /// The page.
    page: LearnPage,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    if page.tags == 0 {
        return view! {
            <section class="g-panel">
                <EmptyState what=m.learn_empty() why=m.learn_empty_why()>
                    <a class="g-btn g-btn--primary" href=routes::sources()>
                        {m.overview_to_sources()}
                    </a>
                </EmptyState>
            </section>
        }
        .into_any();
    }
    let seconds = |secs: u32| (secs.to_string(), fmt.age(i64::from(secs) * 1_000));
    let options = SECS.map(seconds).into_iter().map(|(value, word)| {
        let selected = value == "30";
        view! { <option value=value selected=selected>{word}</option> }
    });
    let inside = view! {
        <label class="g-field">
            <span>{m.learn_secs()}</span>
            <select class="g-input" name="value">{options.collect_view()}</select>
        </label>
        <button id="listen-" class="g-btn g-btn--primary">{m.learn_listen()}</button>
    };
    view! {
        <section class="g-panel" aria-label=m.learn_listen()>
            <div class="g-panel__body g-stack">
                <p>{m.learn_idle()}</p>
                <p class="g-caption">{m.learn_known(&fmt.integer(page.tags))}</p>
                {forms::act(page.stamp, "listen", None, "", "g-learn__form", inside)}
            </div>
        </section>
    }
    .into_any()
}

/// How far listening is.
#[component]
pub fn Progress(
    /// The page.
    page: LearnPage,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let inside = match page.stage {
        LearnStage::Listening {
            secs,
            of_secs,
            tags,
            spoke,
        } => {
            let age = |secs: u32| fmt.age(i64::from(secs) * 1_000);
            view! {
                <b role="status">{m.learn_listening(&age(secs), &age(of_secs))}</b>
                <progress class="g-learn__progress" max=of_secs.to_string() value=secs.to_string()></progress>
                <span class="g-caption">{m.learn_heard(&fmt.integer(tags), &fmt.integer(spoke))}</span>
                {forms::button(page.stamp, "stop", None, "g-btn", m.learn_stop().to_owned())}
            }
            .into_any()
        }
        _ => view! { <b role="status">{m.learn_thinking()}</b> }.into_any(),
    };
    view! {
        <section class="g-panel" aria-label=m.learn_listen()>
            <div class="g-panel__body g-stack">
                {inside} <noscript>
                    <a class="g-link" href=routes::learn()>{m.learn_look()}</a>
                </noscript>
            </div>
        </section>
    }
}
