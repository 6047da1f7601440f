//! A step: one row, and below it what it needs while it is open. What is beyond normal is asked about, never refused.

use crew::outbox::State;
use leptos::html;
use leptos::prelude::*;
use maintenance::order::{Answer, Right, Step, StepKind, What};

use super::device::{self, Picture};
use super::icon::{self, icon};
use super::job::{Shown, first_open, may};
use super::keypad::{keypad, number, shown as as_shown};
use super::state::Tablet;

/// Where a step is answered.
#[derive(Clone)]
struct At {
    tablet: Tablet,
    order: u32,
    shown: Shown,
    open: RwSignal<Option<u32>>,
    step: Step,
}

/// Opens the first step that is not done, and brings it into view.
pub fn show(open: RwSignal<Option<u32>>, shown: Shown) {
    let next = shown.with_untracked(|shown| first_open(shown.as_ref()?));
    open.set(next);
    let row = next.and_then(|next| document().get_element_by_id(&format!("step-{next}")));
    if let Some(row) = row {
        row.scroll_into_view();
    }
}

/// The row.
pub fn row(
    tablet: Tablet,
    order: u32,
    shown: Shown,
    open: RwSignal<Option<u32>>,
    number: usize,
    step: Step,
) -> AnyView {
    let id = step.id;
    let at = At {
        tablet,
        order,
        shown,
        open,
        step: step.clone(),
    };
    // What counts, when, and how far it is on its way.
    let done = Memo::new(move |_| done(tablet, shown, id));
    // What is being entered must not go when the day comes anew, so the body is drawn again for these two alone.
    let is_open = Memo::new(move |_| open.get() == Some(id.get()));
    let can = Memo::new(move |_| may(tablet, order, Right::Execute));
    let hint = untrack(|| hint(tablet, &step));
    let toggle = move |_| {
        open.update(|open| {
            *open = if *open == Some(id.get()) {
                None
            } else {
                Some(id.get())
            }
        })
    };
    let inside = StoredValue::new(at);
    view! {
        <li class="g-crew-step" id=format!("step-{}", id.get())
            class:is-done=move || done.with(Option::is_some) class:g-crew-step--on=move || is_open.get()
        >
            <button class="g-crew-step__row" on:click=toggle aria-expanded=move || is_open.get().to_string()>
                <span class="g-crew-box" class:is-on=move || done.with(Option::is_some)>
                    {move || if done.with(Option::is_some) { icon(icon::TICK) } else { number.to_string().into_any() }}
                </span>
                <span><b>{step.text.to_string()}</b><small>{hint}</small>
                    {move || done.get().map(|(what, _)| view! { <small>{what}</small> })}</span>
                <span class="g-crew-step__sync">{move || done.get().map(|(_, sync)| sync_of(tablet, &sync))}</span>
            </button>
            {move || (is_open.get() && can.get()).then(|| untrack(|| body(inside.get_value())))}
        </li>
    }
    .into_any()
}

/// How far something is on its way to the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sync {
    Saved,
    Sending,
    Photos,
    Sent,
    NeedsYou,
}

/// That state in a sign and words.
pub fn sync_of(tablet: Tablet, sync: &Sync) -> AnyView {
    let m = tablet.m;
    let (path, words) = match sync {
        Sync::Saved => (icon::TABLET, m.crew_state_saved()),
        Sync::Sending => (icon::UP, m.crew_state_sending()),
        Sync::Photos => (icon::UP, m.crew_state_photos()),
        Sync::Sent => (icon::TICK, m.crew_state_sent()),
        Sync::NeedsYou => (icon::WARN, m.crew_state_needs_you()),
    };
    view! { <span class="g-crew-state">{icon(path)}{words}</span> }.into_any()
}

/// The same of an item.
#[must_use]
pub fn state_of(state: &State) -> Sync {
    match state {
        State::Saved => Sync::Saved,
        State::Sending => Sync::Sending,
        State::Photos => Sync::Photos,
        State::Sent(_) => Sync::Sent,
        State::Conflict { .. } | State::Refused { .. } => Sync::NeedsYou,
    }
}

fn done(tablet: Tablet, shown: Shown, id: maintenance::id::StepId) -> Option<(String, Sync)> {
    let (m, times, now) = (tablet.m, tablet.times(), tablet.now());
    shown.with(|shown| {
        let shown = shown.as_ref()?;
        let answers = shown.order.answers();
        let done = answers.get(&id)?;
        let unit = match shown.order.job().step(id).map(|step| &step.kind) {
            Some(StepKind::Reading { unit, .. }) => unit.to_string(),
            _ => String::new(),
        };
        let said = match done.answer {
            Answer::Checked => String::new(),
            Answer::Read { value, note } => {
                let note = note.as_ref().map(|note| format!(" · {note}")).unwrap_or_default();
                format!(" · {} {unit}{note}", times.number(*value))
            }
            Answer::Photo(_) => format!(" · {}", m.crew_photo()),
            Answer::Chosen(place) => match shown.order.job().step(id).map(|step| &step.kind) {
                Some(StepKind::Choice(choices)) => {
                    format!(" · {}", choices.get(usize::from(*place)).map_or("", |text| text))
                }
                _ => String::new(),
            },
            Answer::Signed(_) => format!(" · {}", m.crew_signed()),
            Answer::Skipped(why) => format!(" · {}: {why}", m.crew_skipped()),
        };
        let people = done
            .author
            .person()
            .and_then(|person| name_of(tablet, shown.order.id().get(), person.get()));
        let who = people.map(|name| format!(" · {name}")).unwrap_or_default();
        let sync = tablet.outbox.with(|outbox| {
            let is_its = |kept: &&crew::outbox::Kept| {
                maintenance::id::Key::from_text(&kept.item.key).is_some_and(|key| {
                    let after = done.key.get().wrapping_sub(key.get());
                    after < kept.item.what.len() as u128
                })
            };
            outbox
                .items()
                .iter()
                .find(is_its)
                .map_or(Sync::Sent, |kept| state_of(&kept.state))
        });
        Some((format!("{}{said}{who}", times.short(done.at.micros(), now)), sync))
    })
}

/// The name of somebody the log of an order tells of.
#[must_use]
pub fn name_of(tablet: Tablet, order: u32, person: u32) -> Option<String> {
    let me = tablet.seat.with(|seat| seat.as_ref().map(|seat| seat.me.clone()));
    if let Some(me) = me.filter(|me| me.person == person) {
        return Some(me.name);
    }
    let card = tablet.card(order)?;
    card.people
        .iter()
        .find(|(id, _)| *id == person)
        .map(|(_, name)| name.clone())
}

fn hint(tablet: Tablet, step: &Step) -> Option<String> {
    let (m, times) = (tablet.m, tablet.times());
    let StepKind::Reading { unit, low, high, .. } = &step.kind else {
        return (!step.is_required).then(|| m.crew_optional().to_owned());
    };
    match (low, high) {
        (Some(low), Some(high)) => Some(m.crew_normal(&times.number(*low), &times.number(*high), unit)),
        (None, Some(high)) => Some(m.crew_normal_below(&times.number(*high), unit)),
        (Some(low), None) => Some(m.crew_normal_above(&times.number(*low), unit)),
        (None, None) => Some(unit.to_string()),
    }
}

/// Writes an answer, and goes on to the next step.
fn answer(at: &At, answer: Answer, pictures: Vec<Picture>) {
    let (tablet, order, shown, open) = (at.tablet, at.order, at.shown, at.open);
    let what = What::Answered {
        step: at.step.id,
        answer,
    };
    let title = at.step.text.to_string();
    leptos::task::spawn_local(async move {
        if tablet.act(Some(order), vec![what], pictures, title).await {
            show(open, shown);
        }
    });
}

fn body(at: At) -> AnyView {
    let m = at.tablet.m;
    let (skipping, why) = (RwSignal::new(false), at.clone());
    let skip = super::confirm::ask_words(at.tablet, skipping, m.crew_why_skip(), &[], m.crew_skip(), {
        let at = StoredValue::new(why);
        move |words: String| at.with_value(|at| answer(at, Answer::Skipped(words.into()), Vec::new()))
    });
    let inside = match at.step.kind.clone() {
        StepKind::Check => {
            let at = at.clone();
            let tick = move |_| answer(&at, Answer::Checked, Vec::new());
            view! { <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=tick>{m.crew_step_done()}</button> }.into_any()
        }
        StepKind::Reading { unit, low, high, .. } => reading(at, &unit, low, high),
        StepKind::Photo => photo(at),
        StepKind::Choice(choices) => (0_u16..).zip(choices).map(|(place, text)| {
            let at = at.clone();
            let choose = move |_| answer(&at, Answer::Chosen(place), Vec::new());
            view! { <button class="g-crew-btn g-crew-btn--72" on:click=choose>{text.to_string()}</button> }
        }).collect_view().into_any(),
        StepKind::Signature => sign(at),
    };
    view! {
        <div class="g-crew-step__body">{inside}
            <button class="g-crew-btn g-crew-step__skip" on:click=move |_| skipping.set(true)>{m.crew_skip()}</button>
        </div>
        {skip}
    }
    .into_any()
}

fn reading(at: At, unit: &str, low: Option<f64>, high: Option<f64>) -> AnyView {
    let (m, sign) = (at.tablet.m, at.tablet.times().sign());
    let (entry, note) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let value = move || entry.with(|entry| number(entry));
    let beyond = move || {
        let value = value()?;
        if low.is_some_and(|low| value < low) {
            Some(m.crew_below())
        } else if high.is_some_and(|high| value > high) {
            Some(m.crew_above())
        } else {
            None
        }
    };
    let save = move |_| {
        if let Some(value) = number(&entry.get_untracked()) {
            let note = note.get_untracked().trim().to_owned();
            let note = (!note.is_empty()).then(|| note.into());
            answer(&at, Answer::Read { value, note }, Vec::new());
        }
    };
    let asked = move || {
        beyond().map(|words| view! {
        <div class="g-crew-ask" role="status">
            {icon(icon::WARN)}
            <label class="g-crew-field"><span>{words}</span>
                <input type="text" maxlength="500" prop:value=note on:input=move |event| note.set(event_target_value(&event))/>
            </label>
        </div>
    })
    };
    let verb = move || {
        if beyond().is_some() && note.with(String::is_empty) {
            m.crew_it_is_right()
        } else {
            m.crew_save()
        }
    };
    view! {
        <div class="g-crew-read">
            <output class="g-crew-value">{move || entry.with(|entry| as_shown(entry, sign))}<small>{unit.to_owned()}</small></output>
            {keypad(entry, sign, m.crew_clear(), true)}
            {asked}
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=save disabled=move || value().is_none()>{verb}</button>
        </div>
    }
    .into_any()
}

/// A picture that is taken and shown before it is saved.
pub fn camera(tablet: Tablet, picture: RwSignal<Option<Picture>>) -> AnyView {
    let m = tablet.m;
    let input = NodeRef::<html::Input>::new();
    let address = RwSignal::new(String::new());
    let take = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        leptos::task::spawn_local(async move {
            match device::picture(&input).await {
                Ok(Some(taken)) => {
                    address.set(device::photo_address(&taken.hash).await);
                    picture.set(Some(taken));
                }
                Ok(None) => {}
                Err(_) => tablet.notice.set(Some(tablet.m.crew_bad_photo().to_owned())),
            }
        });
    };
    view! {
        <div class="g-crew-photos">
            {move || picture.with(Option::is_some).then(|| view! { <img class="g-crew-photo" src=address.get() alt=m.crew_photo()/> })}
            <label class="g-crew-btn g-crew-btn--photo">{icon(icon::CAMERA)}<span>{m.crew_take_photo()}</span>
                <input class="g-sr" type="file" accept="image/*" capture="environment" node_ref=input on:change=take/>
            </label>
        </div>
    }
    .into_any()
}

fn photo(at: At) -> AnyView {
    let (tablet, picture) = (at.tablet, RwSignal::new(None::<Picture>));
    let save = move |_| {
        let Some(picture) = picture.get_untracked() else {
            return;
        };
        if let Some(hash) = hash(&picture.hash) {
            answer(&at, Answer::Photo(hash), vec![picture]);
        }
    };
    view! {
        {camera(tablet, picture)}
        <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=save disabled=move || picture.with(Option::is_none)>{tablet.m.crew_save()}</button>
    }
    .into_any()
}

fn sign(at: At) -> AnyView {
    let m = at.tablet.m;
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            device::signature(&canvas);
        }
    });
    let save = move |_| {
        let (Some(canvas), at) = (canvas.get_untracked(), at.clone()) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match device::signed(&canvas).await {
                Ok(Some(picture)) => {
                    if let Some(hash) = hash(&picture.hash) {
                        answer(&at, Answer::Signed(hash), vec![picture]);
                    }
                }
                Ok(None) => at.tablet.notice.set(Some(m.crew_sign_first().to_owned())),
                Err(fault) => at.tablet.say(fault),
            }
        });
    };
    view! {
        <canvas class="g-crew-sign" node_ref=canvas aria-label=m.crew_sign_here()></canvas>
        <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=save>{m.crew_save()}</button>
    }
    .into_any()
}

/// The bytes of a hash in hexadecimal digits.
#[must_use]
pub fn hash(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit))
        .collect();
    bytes.try_into().ok()
}
