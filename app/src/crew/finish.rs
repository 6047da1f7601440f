//! The last page of an order: locks off, time, parts, what was found. All of it is one item: it holds, or nothing does.

use std::collections::BTreeMap;

use leptos::prelude::*;
use maintenance::id::{PartId, PersonId};
use maintenance::iso14224::{Activity, FailureMode};
use maintenance::order::event::{Finding, TimeKind, Work};
use maintenance::order::{Order, Status, What};
use maintenance::span::Stretch;
use twin::Timestamp;

use super::device;
use super::icon::{self, icon};
use super::job::Shown;
use super::route::{Route, go};
use super::state::Tablet;
use super::words;

const MINUTE: i64 = 60_000_000;

/// What is entered here, until it is saved.
#[derive(Clone, Copy)]
struct Entered {
    minutes: RwSignal<i64>,
    parts: RwSignal<BTreeMap<u32, f64>>,
    mode: RwSignal<String>,
    activity: RwSignal<String>,
    text: RwSignal<String>,
}

/// The page.
pub fn page(tablet: Tablet, id: u32) -> AnyView {
    let m = tablet.m;
    let shown: Shown = Memo::new(move |_| tablet.order(id));
    let now = tablet.now();
    let (minutes, parts) = shown.with_untracked(|shown| {
        let order = shown.as_ref().map(|shown| &shown.order);
        let began = order.and_then(Order::started_at).map_or(now, Timestamp::micros);
        let needed = order.map(|order| order.job().parts.clone()).unwrap_or_default();
        let parts = needed
            .iter()
            .map(|part| (part.part.get(), part.quantity))
            .collect();
        (((now - began) / MINUTE).clamp(5, 720), parts)
    });
    let entered = Entered {
        minutes: RwSignal::new(minutes),
        parts: RwSignal::new(parts),
        mode: RwSignal::new(String::new()),
        activity: RwSignal::new(String::new()),
        text: RwSignal::new(String::new()),
    };
    let save = move |_| {
        leptos::task::spawn_local(async move {
            let Some(what) = untrack(|| what(tablet, id, shown, entered)) else {
                return;
            };
            if tablet
                .act(Some(id), what, Vec::new(), m.crew_finished().to_owned())
                .await
            {
                device::keep_awake(false).await;
                go(tablet.route, Route::Job(id));
            }
        });
    };
    view! {
        <main class="g-crew__main">
            <div class="g-crew-title"><div><p class="g-crew-wo">{format!("WO-{id}")}</p>
                <h1>{move || shown.with(|shown| shown.as_ref().map(|shown| shown.order.title().to_owned()))}</h1></div></div>
            {move || shown.with(|shown| shown.as_ref().is_some_and(|shown| !shown.order.locks_where(true).is_empty())).then(|| view! {
                <p class="g-crew-card g-crew-card--say">{icon(icon::LOCK)}{m.crew_locks_stand()}</p>
            })}
            {time(tablet, entered)}
            {parts_used(tablet, entered)}
            {found(tablet, entered)}
        </main>
        <div class="g-crew-abar">
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=save>{m.crew_save_done()}</button>
        </div>
    }
    .into_any()
}

/// All that the page says.
fn what(tablet: Tablet, id: u32, shown: Shown, entered: Entered) -> Option<Vec<What>> {
    let seat = tablet.seat.get()?;
    let now = tablet.now();
    let craft = seat.me.crafts.first().cloned();
    let craft = craft.or_else(|| {
        shown.with(|shown| {
            shown
                .as_ref()?
                .order
                .job()
                .labour
                .first()
                .map(|labour| labour.craft.to_string())
        })
    });
    let from = Timestamp::from_micros(now - entered.minutes.get() * MINUTE);
    let mut all = Vec::new();
    if let Some(time) = Stretch::new(from, Timestamp::from_micros(now)) {
        all.push(What::Worked(Work {
            person: PersonId::new(seat.me.person),
            craft: craft
                .filter(|craft| !craft.is_empty())
                .unwrap_or_else(|| tablet.m.crew_craft().to_owned())
                .into(),
            time,
            kind: TimeKind::Wrench,
        }));
    }
    for (part, quantity) in entered.parts.get() {
        if quantity > 0.0 {
            all.push(What::Used {
                part: PartId::new(part),
                quantity,
            });
        }
    }
    if let Some(activity) = Activity::from_code(&entered.activity.get()) {
        all.push(What::Found(Finding {
            mode: FailureMode::from_code(&entered.mode.get()).unwrap_or(FailureMode::Unknown),
            mechanism: None,
            cause: None,
            activity,
            text: entered.text.get().trim().into(),
        }));
    } else if !entered.text.with(|text| text.trim().is_empty()) {
        all.push(What::Commented {
            text: entered.text.get().trim().into(),
            mentions: Vec::new(),
        });
    }
    let status = shown.with(|shown| shown.as_ref().map(|shown| shown.order.status()));
    if status == Some(Status::InProgress) && tablet.card(id).is_some() {
        all.push(What::Moved {
            to: Status::Done,
            reason: None,
        });
    }
    Some(all)
}

fn time(tablet: Tablet, entered: Entered) -> AnyView {
    let m = tablet.m;
    let by = move |step: i64| {
        entered
            .minutes
            .update(|minutes| *minutes = (*minutes + step).clamp(0, 1_440))
    };
    view! {
        <section class="g-crew-card g-crew-card--form"><h2>{m.crew_time()}</h2>
            <div class="g-crew-count">
                <button class="g-crew-btn g-crew-btn--72" aria-label=m.crew_less_time() on:click=move |_| by(-15)>"−15"</button>
                <output>{move || tablet.times().length(entered.minutes.get() * MINUTE)}</output>
                <button class="g-crew-btn g-crew-btn--72" aria-label=m.crew_more_time() on:click=move |_| by(15)>"+15"</button>
            </div>
        </section>
    }
    .into_any()
}

fn parts_used(tablet: Tablet, entered: Entered) -> AnyView {
    let m = tablet.m;
    let search = RwSignal::new(String::new());
    let all = move || {
        tablet
            .got
            .with(|got| got.as_ref().map(|got| got.day.parts.clone()).unwrap_or_default())
    };
    let count = move |part: u32, step: f64| {
        entered.parts.update(|parts| {
            let count = parts.entry(part).or_insert(0.0);
            *count = (*count + step).max(0.0);
        });
    };
    let lines = move || {
        let known = all();
        entered.parts.get().into_iter().map(|(part, quantity)| {
            let name = known.iter().find(|one| one.id == part).map_or_else(|| part.to_string(), |one| one.name.clone());
            view! {
                <div class="g-crew-count"><span>{name.clone()}</span>
                    <button class="g-crew-btn" aria-label=m.crew_one_less(&name) on:click=move |_| count(part, -1.0)>"−"</button>
                    <output>{tablet.times().number(quantity)}</output>
                    <button class="g-crew-btn" aria-label=m.crew_one_more(&name) on:click=move |_| count(part, 1.0)>"+"</button>
                </div>
            }
        }).collect_view()
    };
    let found = move || {
        let words = search.get().trim().to_lowercase();
        let fits = |part: &crew::day::PartCard| {
            words.chars().count() >= 2
                && (part.name.to_lowercase().contains(&words) || part.code.to_lowercase().contains(&words))
        };
        all().into_iter().filter(fits).take(6).map(|part| {
            let id = part.id;
            let take = move |_| { count(id, 1.0); search.set(String::new()); };
            view! { <button class="g-crew-btn" on:click=take>{format!("{} · {}", part.code, part.name)}</button> }
        }).collect_view()
    };
    view! {
        <section class="g-crew-card g-crew-card--form"><h2>{m.crew_parts()}</h2>
            {lines}
            <label class="g-crew-field"><span>{m.crew_find_part()}</span>
                <input type="search" prop:value=search on:input=move |event| search.set(event_target_value(&event))/>
            </label>
            <div class="g-crew-chips">{found}</div>
        </section>
    }
    .into_any()
}

fn found(tablet: Tablet, entered: Entered) -> AnyView {
    let m = tablet.m;
    let modes = FailureMode::ALL
        .iter()
        .map(|mode| view! { <option value=mode.code()>{words::mode(m, mode.code())}</option> });
    let acts = Activity::ALL
        .iter()
        .map(|one| view! { <option value=one.code()>{words::activity(m, one.code())}</option> });
    view! {
        <section class="g-crew-card g-crew-card--form"><h2>{m.crew_found()}</h2>
            <label class="g-crew-field"><span>{m.still_work_mode()}</span>
                <select on:change=move |event| entered.mode.set(event_target_value(&event))>
                    <option value="">{m.crew_not_said()}</option>{modes.collect_view()}
                </select>
            </label>
            <label class="g-crew-field"><span>{m.still_work_activity()}</span>
                <select on:change=move |event| entered.activity.set(event_target_value(&event))>
                    <option value="">{m.crew_not_said()}</option>{acts.collect_view()}
                </select>
            </label>
            <label class="g-crew-field"><span>{m.crew_in_words()}</span>
                <input type="text" maxlength="2000" prop:value=entered.text on:input=move |event| entered.text.set(event_target_value(&event))/>
            </label>
        </section>
    }
    .into_any()
}
