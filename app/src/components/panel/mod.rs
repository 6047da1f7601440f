//! Panel: a titled surface. One that fails says so and leaves the others alone.

use leptos::prelude::*;

/// A surface with a heading.
#[component]
pub fn Panel(
    /// The heading; also the region's name.
    #[prop(into)]
    title: Signal<String>,
    /// Said small, beside the heading.
    #[prop(optional, into)]
    aside: MaybeProp<String>,
    /// Added to the panel's own classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=format!("g-panel {class}") aria-label=title>
            <div class="g-panel__head">
                <h2 class="g-h3">{title}</h2>
                {move || aside.get().map(|aside| view! { <span class="g-caption">{aside}</span> })}
            </div>
            {children()}
        </section>
    }
}
