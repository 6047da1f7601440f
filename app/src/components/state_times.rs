//! StateTimes: since when a state holds, what was before, run hours, starts, and the time in each state, as
//! the server draws it; asked again when the state changes, and each minute.

use leptos::prelude::*;
use leptos::task::spawn_local;
use twin::Freshness;

use crate::api::tag::get_tag;
use crate::live::use_live;

/// One state; its point is seeded and watched by the page.
#[component]
pub fn StateTimes(
    /// Which point tells it, and its name.
    state: (u32, String),
    /// Its times as the page was made.
    times: String,
) -> impl IntoView {
    let live = use_live();
    let (id, name) = state;
    let label = name.clone();
    let point = live.point(id);
    let freshness = live.freshness(point);
    let times = RwSignal::new(times);
    Effect::new(move |before: Option<_>| {
        let value = point.with(|point| point.reading.as_ref().and_then(|reading| reading.value.clone()));
        let now = Some((value, freshness.get(), live.now.get().div_euclid(60_000)));
        if before.is_some_and(|before| before != now) {
            spawn_local(async move {
                if let Ok(page) = get_tag(id).await {
                    times.try_set(page.times);
                }
            });
        }
        now
    });
    let is_old = move || (freshness.get() > Some(Freshness::Late)).then_some("");
    view! {
        <section class="g-panel g-states" aria-label=label>
            <div class="g-panel__head">
                <h2 class="g-h3">{name}</h2>
            </div>
            <div class="g-panel__body g-stack" data-old=is_old inner_html=times></div>
        </section>
    }
}
