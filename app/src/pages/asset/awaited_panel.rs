//! What the model expects of an asset and of which nothing ever came: what an integrator still has to connect.

use leptos::prelude::*;
use wire::page::{Awaited, AwaitedFrom};

use crate::i18n::use_messages;
use crate::pages::tag::tag_words;

/// The panel.
#[component]
pub fn AwaitedPanel(
    /// The properties.
    rows: Vec<Awaited>,
) -> impl IntoView {
    let m = use_messages();
    let row = move |row: Awaited| {
        let from = match row.from {
            AwaitedFrom::Tag(topic, field) => m.awaited_tag(&tag_words(topic, &field)),
            AwaitedFrom::Rule => m.awaited_rule().to_owned(),
            AwaitedFrom::Nowhere => m.awaited_nowhere().to_owned(),
        };
        let name = match row.component {
            Some(component) => format!("{component} · {}", row.name),
            None => row.name,
        };
        view! {
            <tr>
                <th scope="row"><span title=row.property>{name}</span></th>
                <td data-label=m.awaited_from()><span class="g-mono">{from}</span></td>
            </tr>
        }
    };
    view! {
        <section class="g-panel" aria-label=m.asset_awaited()>
            <div class="g-panel__head"><h2 class="g-h3">{m.asset_awaited()}</h2></div>
            <div class="g-scroll">
                <table class="g-table g-table--stack">
                    <thead>
                        <tr>
                            <th scope="col">{m.explain_property()}</th>
                            <th scope="col">{m.awaited_from()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
