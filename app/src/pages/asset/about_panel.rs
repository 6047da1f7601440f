//! What the model says of an asset: type and version, owner, criticality, attributes.

use leptos::prelude::*;
use wire::page::{AssetAbout, Attribute};

use crate::components::key_value::{KeyValue, Pair};
use crate::i18n::{Messages, use_messages};
use crate::routes;

/// The panel.
#[component]
pub fn AboutPanel(
    /// What is said.
    about: AssetAbout,
) -> impl IntoView {
    let m = use_messages();
    let pair = |term: &'static str, value: Option<String>| {
        value.map(|value| view! { <Pair term=term>{value}</Pair> })
    };
    let attribute = move |attribute: Attribute| {
        let unit = attribute
            .unit
            .map(|unit| view! { " " <small class="g-unit">{unit}</small> });
        let title = attribute.owner.map(|owner| m.about_owner_is(&owner));
        view! { <Pair term=attribute.name><span title=title>{attribute.value} {unit}</span></Pair> }
    };
    // Its own first, then those of each part under the part's name.
    let (own, of_parts): (Vec<_>, Vec<_>) = about
        .attributes
        .into_iter()
        .filter(|attribute| attribute.value.is_some())
        .partition(|attribute| attribute.component.is_none());
    let parts = of_parts.chunk_by(|a, b| a.component == b.component).map(|part| {
        let title = part.first().and_then(|attribute| attribute.component.clone());
        let part = part.to_vec();
        view! {
            <h3 class="g-caption">{title}</h3>
            <KeyValue>{part.into_iter().map(attribute).collect_view()}</KeyValue>
        }
    });
    let parts = parts.collect_view();
    let ty = about.ty;
    let kinds = (!about.kinds.is_empty()).then(|| about.kinds.join(", "));
    let criticality = about
        .criticality
        .map(|word| criticality_word(&word, m).to_owned());
    view! {
        <section class="g-panel g-about" aria-label=m.about_title()>
            <div class="g-panel__head">
                <h2 class="g-h3">{m.about_title()}</h2>
                <a class="g-link g-push" href=routes::compare(&ty.id, "")>{m.about_compare()}</a>
            </div>
            <div class="g-panel__body">
                {about.description.map(|text| view! { <p>{text}</p> })}
                <KeyValue>
                    <Pair term=m.find_type()>{m.explain_version(&ty.name, &ty.version.to_string())}</Pair>
                    {pair(m.about_kinds(), kinds)}
                    {pair(m.about_owner(), about.owner)}
                    {pair(m.about_steward(), about.steward)}
                    {pair(m.about_criticality(), criticality)}
                    <Pair term=m.about_key()><span class="g-mono">{about.key}</span></Pair>
                    {own.into_iter().map(attribute).collect_view()}
                </KeyValue>
                {parts}
            </div>
        </section>
    }
}

fn criticality_word(word: &str, m: Messages) -> &'static str {
    match word {
        "low" => m.criticality_low(),
        "medium" => m.criticality_medium(),
        "high" => m.criticality_high(),
        _ => m.criticality_critical(),
    }
}
