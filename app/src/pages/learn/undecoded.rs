//! What could not be read: reason, how often, and the newest sample of it.

use leptos::prelude::*;
use wire::page::ProblemRow;

use crate::fmt::use_fmt;
use crate::i18n::use_messages;
use crate::pages::sources::reason_words;
use crate::routes;

/// The panel; nothing when all could be read.
#[component]
pub fn Undecoded(
    /// By source and reason.
    problems: Vec<ProblemRow>,
) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let row = |problem: &ProblemRow| {
        view! {
            <li>
                <span class="g-mono g-undecoded__topic">{problem.topic.clone()}</span>
                <span class="g-caption">{m.learn_undecoded_count(&fmt.integer(problem.count))}</span>
                <b class="g-strong">{reason_words(m, &problem.reason)}</b>
                <span class="g-mono g-undecoded__sample">{problem.sample.clone()}</span>
            </li>
        }
    };
    (!problems.is_empty()).then(|| {
        view! {
            <section class="g-panel" aria-label=m.learn_undecoded()>
                <div class="g-panel__head">
                    <h2 class="g-h3">{m.learn_undecoded()}</h2>
                    <a class="g-link g-push" href=routes::sources()>{m.problems_title()}</a>
                </div>
                <ul class="g-undecoded">{problems.iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}
