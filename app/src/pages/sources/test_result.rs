//! What listening to a broker gave, and the button that uses it.

use leptos::prelude::*;
use wire::page::{BrokerTest, HeardTopic};

use super::problems_panel::reason_words;
use crate::api::ApiError;
use crate::api::source::{TestBroker, UseBroker};
use crate::fmt::use_fmt;
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// Progress while listening, then what was heard or what went wrong.
#[component]
pub fn TestResult(
    /// The test.
    test: ServerAction<TestBroker>,
    /// The use.
    adopt: ServerAction<UseBroker>,
    /// Uses the broker that was tested.
    #[prop(into)]
    on_use: Callback<()>,
) -> impl IntoView {
    let m = use_messages();
    let (listening, result) = (test.pending(), test.value());
    let shown = move || {
        if listening.get() {
            return view! {
                <div class="g-panel__foot">
                    <progress class="g-progress" aria-label=m.connect_listening()></progress>
                    <span class="g-caption">{m.connect_listening_more()}</span>
                </div>
            }
            .into_any();
        }
        match result.get() {
            None => ().into_any(),
            Some(answer) => outcome(m, answer, move || view! { <UseButton adopt on_use/> }.into_any()),
        }
    };
    // From the press of the button on its room is taken: nothing below moves when the answer comes.
    let is_open = move || listening.get() || result.with(Option::is_some);
    view! {
        <div role="status" class="g-tested" class:is-open=is_open>
            {shown}
        </div>
    }
}

/// A test's answer; `use_it` draws what uses the broker.
pub fn outcome(
    m: Messages,
    answer: Result<BrokerTest, ApiError>,
    use_it: impl FnOnce() -> AnyView,
) -> AnyView {
    match answer {
        Err(error) => view! { <Trouble text=words(m, &error)/> }.into_any(),
        Ok(test) if !test.connected => view! { <Trouble text=test.problem.unwrap_or_default()/> }.into_any(),
        Ok(test) => view! { <Heard test use_it=use_it()/> }.into_any(),
    }
}

/// It could not be reached: why, and what to look at.
#[component]
fn Trouble(text: String) -> impl IntoView {
    let m = use_messages();
    view! {
        <div class="g-panel__foot g-stack">
            <p>
                <b class="g-strong">{m.connect_failed()}</b>
                " "
                {text}
            </p>
            <p class="g-caption">{m.connect_failed_more()}</p>
        </div>
    }
}

/// Uses the broker that was tested, and says what came of it.
#[component]
fn UseButton(adopt: ServerAction<UseBroker>, on_use: Callback<()>) -> impl IntoView {
    let m = use_messages();
    let (pending, result) = (adopt.pending(), adopt.value());
    let outcome = move || {
        result.get().map(|result| match result {
            Ok(()) => view! {
                <span>
                    {m.connect_used()} " " <a class="g-link" href=routes::overview()>
                        {m.connect_used_link()}
                    </a>
                </span>
            }
            .into_any(),
            Err(error) => view! { <span>{words(m, &error)}</span> }.into_any(),
        })
    };
    let used = move || matches!(result.get(), Some(Ok(())));
    view! {
        {outcome}
        <button
            type="button"
            class="g-btn g-btn--primary"
            disabled=move || pending.get() || used()
            on:click=move |_| on_use.run(())
        >
            {m.connect_use()}
        </button>
    }
}

#[component]
fn Heard(test: BrokerTest, use_it: AnyView) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let seconds = fmt.interval(u64::from(test.listened_millis));
    let silent = test.messages == 0;
    let summary = m.connect_heard(
        &fmt.integer(test.messages),
        &fmt.integer(test.topics_total),
        &seconds,
    );
    let makes = m.connect_makes(&fmt.integer(test.assets), &fmt.integer(test.points));
    let more = usize::try_from(test.topics_total)
        .unwrap_or(usize::MAX)
        .saturating_sub(test.topics.len());
    let rows = test
        .topics
        .into_iter()
        .map(|topic| row(m, &fmt.integer(topic.points), topic));
    let rows = rows.collect_view();
    let use_it = match test.used_as {
        Some(name) => view! { <span>{m.connect_in_use(&name)}</span> }.into_any(),
        None => use_it,
    };
    view! {
        <div class="g-panel__foot">
            <span>
                <b class="g-strong">{if silent { m.connect_silent() } else { m.connect_ok() }}</b>
                " "
                {(!silent).then_some(summary)}
                " "
                {(!silent).then_some(makes)}
                {test.problem}
            </span>
            <span class="g-row g-push">{use_it}</span>
        </div>
        {(!silent)
            .then(|| {
                view! {
                    <table class="g-table g-table--stack g-heard">
                        <thead>
                            <tr>
                                <th scope="col">{m.tag_topic()}</th>
                                <th scope="col">{m.problems_col_sample()}</th>
                                <th scope="col" class="g-n">
                                    {m.connect_col_points()}
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                }
            })}
        {(more > 0).then(|| view! { <p class="g-panel__foot g-caption">{m.connect_more_topics(more as u64)}</p> })}
    }
}

fn row(m: Messages, points: &str, topic: HeardTopic) -> impl IntoView + use<> {
    let points = topic
        .problem
        .map_or_else(|| points.to_owned(), |problem| reason_words(m, &problem));
    view! {
        <tr>
            <th scope="row" class="g-mono g-cut">
                {topic.topic}
            </th>
            <td class="g-mono g-cut" data-label=m.problems_col_sample()>
                {topic.sample}
            </td>
            <td class="g-n" data-label=m.connect_col_points()>
                {points}
            </td>
        </tr>
    }
}

fn words(m: Messages, error: &ApiError) -> String {
    let (title, text) = crate::shell::error::words(m, error);
    format!("{title} – {text}")
}
