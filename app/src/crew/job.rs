//! One order: what is in doubt, permits and locks, then its steps.

use crew::outbox::Preview;
use leptos::prelude::*;
use maintenance::order::{Right, Status, What};

use super::confirm::{ask_words, confirm};
use super::device;
use super::frame::link;
use super::icon::{self, icon};
use super::route::{Route, go};
use super::state::Tablet;
use super::{settle, step, words};

/// The order as it will be; anew only when it changed.
pub type Shown = Memo<Option<Preview>>;

/// The page.
pub fn page(tablet: Tablet, id: u32) -> AnyView {
    let m = tablet.m;
    let shown: Shown = Memo::new(move |_| tablet.order(id));
    // The list of steps is drawn once a job; each step looks at its own.
    let steps = Memo::new(move |_| shown.with(|shown| Some(shown.as_ref()?.order.job().steps.clone())));
    let open = RwSignal::new(None::<u32>);
    let can = Memo::new(move |_| may(tablet, id, Right::Execute));
    move_on(shown, open);
    view! {
        <main class="g-crew__main">
            {move || head(tablet, id, shown)}
            {move || shown.with(Option::is_none).then(|| view! { <p class="g-crew-card g-crew-card--say">{m.crew_not_here()}</p> })}
            {settle::conflicts(tablet, id, shown)}
            {move || guards(tablet, id, shown, can.get())}
            <ol class="g-crew-steps">
                {move || steps.get().map(|steps| {
                    (1_usize..).zip(steps).map(|(number, each)| step::row(tablet, id, shown, open, number, each)).collect_view()
                })}
            </ol>
            {comment(tablet, id)}
            {move || said(tablet, shown)}
        </main>
        {bar(tablet, id, shown, open)}
    }
    .into_any()
}

/// Opens the first step that is not done.
fn move_on(shown: Shown, open: RwSignal<Option<u32>>) {
    let next = shown.with_untracked(|shown| first_open(shown.as_ref()?));
    open.set(next);
}

/// The first step without an answer.
#[must_use]
pub fn first_open(shown: &Preview) -> Option<u32> {
    let answers = shown.order.answers();
    let mut steps = shown.order.job().steps.iter();
    steps
        .find(|step| !answers.contains_key(&step.id))
        .map(|step| step.id.get())
}

/// Whether somebody may work on it.
#[must_use]
pub fn may(tablet: Tablet, id: u32, right: Right) -> bool {
    tablet
        .card(id)
        .is_some_and(|card| card.rights.iter().any(|word| word == right.word()))
}

fn head(tablet: Tablet, id: u32, shown: Shown) -> Option<AnyView> {
    let m = tablet.m;
    let (title, status, since) = shown.with(|shown| {
        let order = &shown.as_ref()?.order;
        Some((
            order.title().to_owned(),
            order.status(),
            order.status_since().micros(),
        ))
    })?;
    let asset = tablet.card(id)?.asset;
    let state = match status {
        Status::InProgress => format!(
            "{}, {}",
            words::status(m, status.word()),
            tablet.times().length(tablet.now() - since)
        ),
        _ => words::status(m, status.word()).to_owned(),
    };
    Some(
        view! {
            <div class="g-crew-title">
                <div>
                    <p class="g-crew-wo">{format!("WO-{id}")}<span class="g-crew-tag g-crew-tag--o">{state}</span></p>
                    <h1>{title}</h1>
                </div>
                {link(tablet, Route::Asset(asset), "g-crew-btn", view! { {icon(icon::ASSET)}{m.crew_asset()} })}
            </div>
        }
        .into_any(),
    )
}

/// Permits and locks: before everything else.
fn guards(tablet: Tablet, id: u32, shown: Shown, can: bool) -> Option<AnyView> {
    shown.with(|shown| {
        let order = &shown.as_ref()?.order;
        let (missing, off) = (order.permits_open(), order.locks_where(false));
        let can = can && order.status().is_open();
        let permits = (0_u16..).zip(&order.job().permits).map(|(place, name)| {
            permit(
                tablet,
                id,
                place,
                name.to_string(),
                !missing.contains(&place),
                can,
            )
        });
        let permits = permits.collect_view();
        let locks = (0_u16..).zip(&order.job().locks).map(|(place, lock)| {
            let words = format!("{} · {}", lock.at, lock.energy);
            lock_row(tablet, id, place, words, !off.contains(&place), can)
        });
        let locks = locks.collect_view();
        Some(view! { <div class="g-crew-guards">{permits}{locks}</div> }.into_any())
    })
}

fn box_of(is_on: bool) -> AnyView {
    view! { <span class="g-crew-box" class:is-on=is_on>{is_on.then(|| icon(icon::TICK))}</span> }.into_any()
}

fn permit(tablet: Tablet, id: u32, place: u16, name: String, is_given: bool, can: bool) -> AnyView {
    let m = tablet.m;
    let is_asked = RwSignal::new(false);
    let title = name.clone();
    let give = StoredValue::new(title);
    let act = move |number: String| {
        let what = What::Permit {
            permit: place,
            number: Some(number.into()),
        };
        write(tablet, id, vec![what], give.get_value());
    };
    view! {
        <button class="g-crew-lock" class:is-done=is_given disabled=is_given || !can on:click=move |_| is_asked.set(true)>
            {icon(icon::PERMIT)}
            <span><b>{name}</b><small>{if is_given { m.crew_permit_given() } else { m.crew_permit_missing() }}</small></span>
            {box_of(is_given)}
        </button>
        {ask_words(tablet, is_asked, m.crew_permit_number(), &[], m.crew_save(), act)}
    }
    .into_any()
}

fn lock_row(tablet: Tablet, id: u32, place: u16, words: String, is_on: bool, can: bool) -> AnyView {
    let m = tablet.m;
    let is_asked = RwSignal::new(false);
    let title = StoredValue::new(words.clone());
    let set = move |is_on: bool| {
        write(
            tablet,
            id,
            vec![What::Lock { point: place, is_on }],
            title.get_value(),
        );
    };
    let press = move |_| if is_on { is_asked.set(true) } else { set(true) };
    view! {
        <button class="g-crew-lock" class:is-done=is_on disabled=!can on:click=press aria-pressed=is_on.to_string()>
            {icon(icon::LOCK)}
            <span><b>{if is_on { m.crew_locked() } else { m.crew_lock_now() }}</b><small>{words}</small></span>
            {box_of(is_on)}
        </button>
        {confirm(tablet, is_asked, m.crew_unlock_ask().to_owned(), m.crew_unlock().to_owned(), move || set(false))}
    }
    .into_any()
}

/// Writes something down on an order.
pub fn write(tablet: Tablet, id: u32, what: Vec<What>, title: String) {
    leptos::task::spawn_local(async move {
        // What went wrong stands above the page.
        let _is_kept: bool = tablet.act(Some(id), what, Vec::new(), title).await;
    });
}

fn comment(tablet: Tablet, id: u32) -> AnyView {
    let m = tablet.m;
    let words = RwSignal::new(String::new());
    let send = move |_| {
        let text = words.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        leptos::task::spawn_local(async move {
            let what = What::Commented {
                text: text.clone().into(),
                mentions: Vec::new(),
            };
            if tablet.act(Some(id), vec![what], Vec::new(), text).await {
                words.set(String::new());
            }
        });
    };
    view! {
        <div class="g-crew-say">
            <label class="g-crew-field"><span>{m.crew_comment()}</span>
                <input type="text" maxlength="2000" prop:value=words on:input=move |event| words.set(event_target_value(&event))/>
            </label>
            <button class="g-crew-btn" on:click=send disabled=move || words.with(|words| words.trim().is_empty())>{m.crew_save()}</button>
        </div>
    }
    .into_any()
}

/// What was said so far.
fn said(tablet: Tablet, shown: Shown) -> Option<AnyView> {
    let (times, now) = (tablet.times(), tablet.now());
    shown.with(|shown| {
        let order = &shown.as_ref()?.order;
        let lines: Vec<AnyView> = order
            .log()
            .iter()
            .filter_map(|entry| {
                let What::Commented { text, .. } = &entry.event.what else {
                    return None;
                };
                let at = times.short(entry.event.when().micros(), now);
                Some(view! { <li><small>{at}</small>{text.to_string()}</li> }.into_any())
            })
            .collect();
        (!lines.is_empty()).then(|| view! { <ul class="g-crew-said">{lines}</ul> }.into_any())
    })
}

const REASONS: &[fn(app::i18n::Messages) -> &'static str] = &[
    |m| m.crew_reason_break(),
    |m| m.crew_reason_part(),
    |m| m.crew_reason_permit(),
    |m| m.crew_reason_other_job(),
];

/// What comes next, at the bottom.
fn bar(tablet: Tablet, id: u32, shown: Shown, open: RwSignal<Option<u32>>) -> AnyView {
    let m = tablet.m;
    let (is_pausing, is_starting) = (RwSignal::new(false), RwSignal::new(false));
    let to = move |to: Status, reason: Option<String>| {
        let what = What::Moved {
            to,
            reason: reason.map(Into::into),
        };
        write(tablet, id, vec![what], words::status(m, to.word()).to_owned());
        leptos::task::spawn_local(async move {
            device::keep_awake(to == Status::InProgress).await;
            if to == Status::InProgress {
                device::ask_to_stay().await;
            }
        });
        move_on(shown, open);
    };
    let state = Memo::new(move |_| {
        shown.with(|shown| {
            let order = &shown.as_ref()?.order;
            let is_held = !order.permits_open().is_empty() || !order.locks_where(false).is_empty();
            let way = order.status().to(Status::InProgress).copied();
            Some((order.status(), is_held, way, order.steps_open().len()))
        })
    });
    let main = move || {
        let Some((status, is_held, way, left)) = state.get() else {
            return ().into_any();
        };
        let can = |right: Right| may(tablet, id, right);
        match (status, way) {
            (Status::InProgress, _) => {
                let words = if left == 0 {
                    m.crew_finish().to_owned()
                } else {
                    m.crew_steps_left(left as u64)
                };
                let next = move |_| {
                    if left == 0 {
                        go(tablet.route, Route::Finish(id))
                    } else {
                        step::show(open, shown)
                    }
                };
                view! { <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=next>{words}</button> }.into_any()
            }
            (_, Some(way)) if can(way.right) && status.is_open() => {
                let begin = move |_| {
                    if way.needs_reason {
                        is_starting.set(true)
                    } else {
                        to(Status::InProgress, None)
                    }
                };
                let words = if is_held {
                    m.crew_lock_first()
                } else {
                    m.crew_start()
                };
                view! { <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=begin disabled=is_held>{words}</button> }.into_any()
            }
            _ => view! { <p class="g-crew-abar__say">{words::status(m, status.word())}</p> }.into_any(),
        }
    };
    let problem = move || {
        tablet.card(id).map(|card| {
            link(
                tablet,
                Route::Report(Some(card.asset)),
                "g-crew-btn g-crew-btn--72",
                view! { {icon(icon::FLAG)}{m.crew_problem()} },
            )
        })
    };
    let pause = move || {
        (state.get().map(|state| state.0) == Some(Status::InProgress)).then(|| view! {
        <button class="g-crew-btn g-crew-btn--72" on:click=move |_| is_pausing.set(true)>{icon(icon::PAUSE)}{m.crew_pause()}</button>
    })
    };
    view! {
        {ask_words(tablet, is_pausing, m.crew_why_pause(), REASONS, m.crew_pause(), move |why| to(Status::Blocked, Some(why)))}
        {ask_words(tablet, is_starting, m.crew_why_start(), &[], m.crew_start(), move |why| to(Status::InProgress, Some(why)))}
        <div class="g-crew-abar g-crew-abar--job">{problem}{pause}{main}</div>
    }
    .into_any()
}
