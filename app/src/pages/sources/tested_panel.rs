//! What a test gave, for readers without script: `/sources?tested=…`.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::test_result::outcome;
use crate::api::Data;
use crate::api::tested::GetTested;
use crate::i18n::use_messages;
use crate::routes;

/// The panel; nothing when the address names no test.
#[component]
pub fn TestedPanel() -> impl IntoView {
    let m = use_messages();
    let query = use_query_map();
    let name = Memo::new(move |_| query.with(|query| query.get("tested")));
    let tested = Data::new(move || (name.get().map(|name| GetTested { name }), 0));
    let shown = move || {
        let tested = tested.get()?.ok()?;
        Some(match tested {
            None => view! { <p class="g-message">{m.connect_tested_gone()}</p> }.into_any(),
            Some((address, answer)) => {
                let name = name.get_untracked().unwrap_or_default();
                let body = outcome(m, answer, move || {
                    view! {
                        <form method="post" action=routes::url("/api/fn/use_tested")>
                            <input type="hidden" name="name" value=name/>
                            <button class="g-btn g-btn--primary">{m.connect_use()}</button>
                        </form>
                    }
                    .into_any()
                });
                view! {
                    <section class="g-panel" id="tested" aria-label=m.connect_tested(&address)>
                        <div class="g-panel__head">
                            <h2 class="g-h3">{m.connect_tested(&address)}</h2>
                        </div>
                        {body}
                    </section>
                }
                .into_any()
            }
        })
    };
    view! { <Transition>{shown}</Transition> }
}
