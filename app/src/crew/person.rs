//! Who works here: people switch by PIN, without a network. Signing in for the first time needs one.

use app::routes::url;
use crew::day::{Seat, SeatWish};
use leptos::prelude::*;

use super::device;
use super::keypad::keypad;
use super::outbox::take_away;
use super::route::{Route, go};
use super::state::{KeptSeat, OpenSeat, Tablet};

/// Shortest PIN.
const SHORTEST: usize = 6;

/// The page.
pub fn page(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let (chosen, new) = (RwSignal::new(None::<KeptSeat>), RwSignal::new(None::<Seat>));
    let inside = move || {
        if let Some(seat) = new.get() {
            return set_pin(tablet, seat, new);
        }
        if let Some(seat) = chosen.get() {
            return enter_pin(tablet, seat, chosen);
        }
        view! {
            {tablet.seat.with(Option::is_some).then(|| mine(tablet))}
            {people(tablet, chosen)}
            {sign_in(tablet, new)}
            {settings(tablet)}
        }
        .into_any()
    };
    view! { <main class="g-crew__main"><h1>{m.crew_who()}</h1>{inside}</main> }.into_any()
}

fn people(tablet: Tablet, chosen: RwSignal<Option<KeptSeat>>) -> AnyView {
    let here = tablet.seat.with(|seat| seat.as_ref().map(|seat| seat.me.person));
    let seats = tablet
        .seats
        .get()
        .into_iter()
        .filter(|seat| Some(seat.me.person) != here);
    let row = |seat: KeptSeat| {
        let waiting = u64::try_from(tablet.outbox.with(|outbox| outbox.waiting(Some(seat.me.person))))
            .unwrap_or_default();
        let (name, more) = (seat.me.name.clone(), tablet.m.crew_waiting(waiting));
        let is_over = seat.hidden.is_empty();
        let more = if is_over {
            tablet.m.crew_sign_in_again().to_owned() + " · " + &more
        } else {
            more
        };
        view! {
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--row" disabled=is_over on:click=move |_| chosen.set(Some(seat.clone()))>
                <b>{name}</b><small>{more}</small>
            </button>
        }
    };
    view! { <div class="g-crew-people">{seats.map(row).collect_view()}</div> }.into_any()
}

fn dots(entry: RwSignal<String>) -> impl IntoView {
    move || "●".repeat(entry.with(String::len))
}

fn enter_pin(tablet: Tablet, seat: KeptSeat, chosen: RwSignal<Option<KeptSeat>>) -> AnyView {
    let m = tablet.m;
    let (entry, wrong) = (RwSignal::new(String::new()), RwSignal::new(0_u32));
    let name = seat.me.name.clone();
    let open = move |_| {
        let seat = seat.clone();
        leptos::task::spawn_local(async move {
            match device::reveal(&entry.get_untracked(), &seat.hidden).await {
                Ok(secret) => {
                    chosen.set(None);
                    tablet.open(OpenSeat { me: seat.me, secret }).await;
                    if tablet.route.get_untracked() == Route::Person {
                        go(tablet.route, Route::Today);
                    }
                }
                Err(_) => {
                    entry.set(String::new());
                    wrong.update(|wrong| *wrong += 1);
                }
            }
        });
    };
    view! {
        <h2>{name}</h2>
        <p>{m.crew_pin()}</p>
        <output class="g-crew-value" aria-label=m.crew_pin()>{dots(entry)}</output>
        {move || (wrong.get() > 0).then(|| view! { <p role="alert">{m.crew_wrong_pin()}</p> })}
        {keypad(entry, '.', m.crew_clear(), false)}
        <div class="g-crew-abar">
            <button class="g-crew-btn g-crew-btn--72" on:click=move |_| chosen.set(None)>{m.crew_back()}</button>
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=open disabled=move || entry.with(|entry| entry.len() < SHORTEST)>{m.crew_open()}</button>
        </div>
    }
    .into_any()
}

fn set_pin(tablet: Tablet, seat: Seat, new: RwSignal<Option<Seat>>) -> AnyView {
    let m = tablet.m;
    let entry = RwSignal::new(String::new());
    let save = move |_| {
        let seat = seat.clone();
        leptos::task::spawn_local(async move {
            match device::hide(&entry.get_untracked(), &seat.secret).await {
                Ok(hidden) => keep(tablet, seat, hidden, new).await,
                Err(fault) => tablet.say(fault),
            }
        });
    };
    view! {
        <p>{m.crew_new_pin()}</p>
        <output class="g-crew-value" aria-label=m.crew_pin()>{dots(entry)}</output>
        {keypad(entry, '.', m.crew_clear(), false)}
        <div class="g-crew-abar">
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=save disabled=move || entry.with(|entry| entry.len() < SHORTEST)>{m.crew_save()}</button>
        </div>
    }
    .into_any()
}

/// Puts a new seat among those of the tablet and opens it.
async fn keep(tablet: Tablet, seat: Seat, hidden: String, new: RwSignal<Option<Seat>>) {
    tablet.seats.update(|seats| {
        seats.retain(|known| known.me.person != seat.me.person);
        seats.push(KeptSeat {
            me: seat.me.clone(),
            hidden,
        });
    });
    let seats = tablet.seats.get_untracked();
    if let Err(fault) = device::store("seats", &seats).await {
        tablet.say(fault);
    }
    new.set(None);
    tablet
        .open(OpenSeat {
            me: seat.me,
            secret: seat.secret,
        })
        .await;
    if tablet.route.get_untracked() == Route::Person {
        go(tablet.route, Route::Today);
    }
}

/// A new seat, by the session of whoever signed in on the page for it.
fn sign_in(tablet: Tablet, new: RwSignal<Option<Seat>>) -> AnyView {
    let m = tablet.m;
    let trouble = RwSignal::new(None::<&'static str>);
    let ask = move |_| {
        leptos::task::spawn_local(async move {
            let wish = tablet.settings.with_untracked(|settings| SeatWish {
                device: settings.device.clone(),
                name: settings.name.clone(),
            });
            let body = serde_json::to_string(&wish).unwrap_or_default();
            match device::request("POST", &url("/api/crew/seat"), "", &body, 15_000).await {
                Ok(said) if said.status == 200 || said.status == 201 => {
                    match serde_json::from_str::<Seat>(&said.text) {
                        Ok(seat) if device::is_secure() => new.set(Some(seat)),
                        // Without a secure page a secret cannot be hidden: it stays in this tab.
                        Ok(seat) => keep(tablet, seat, String::new(), new).await,
                        Err(_) => trouble.set(Some(m.crew_cannot_sign_in())),
                    }
                }
                Ok(said) if said.status == 401 => {
                    let to = format!("{}?next={}", url("/sign-in"), url("/crew/person"));
                    // The browser says itself when it cannot go there.
                    window().location().set_href(&to).unwrap_or_default();
                }
                Ok(said) if said.status == 403 => trouble.set(Some(m.crew_may_not())),
                Ok(_) => trouble.set(Some(m.crew_cannot_sign_in())),
                Err(_) => trouble.set(Some(m.crew_sign_in_needs_network())),
            }
        });
    };
    view! {
        <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=ask>{m.crew_sign_in()}</button>
        {move || trouble.get().map(|words| view! { <p role="alert">{words}</p> })}
    }
    .into_any()
}

/// Whoever works here: log out, with what waits kept for them or taken away as a file.
fn mine(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let Some(seat) = tablet.seat.get() else {
        return ().into_any();
    };
    let person = seat.me.person;
    let is_asked = RwSignal::new(false);
    let waiting =
        move || u64::try_from(tablet.outbox.with(|outbox| outbox.waiting(Some(person)))).unwrap_or_default();
    let leave = move |_| {
        if waiting() == 0 {
            tablet.close()
        } else {
            is_asked.set(true)
        }
    };
    let asked = move || {
        is_asked.get().then(|| view! {
        <div class="g-crew-sheet" role="alertdialog" aria-label=m.crew_log_out()>
            <p>{m.crew_log_out_ask(waiting())}</p>
            <div class="g-crew-sheet__do">
                <button class="g-crew-btn g-crew-btn--72" on:click=move |_| is_asked.set(false)>{m.crew_no()}</button>
                <button class="g-crew-btn g-crew-btn--72" on:click=move |_| take_away(tablet)>{m.crew_export()}</button>
                <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=move |_| tablet.close()>{m.crew_keep_and_leave()}</button>
            </div>
        </div>
    })
    };
    view! {
        <div class="g-crew-card g-crew-card--say"><b>{seat.me.name}</b>
            <button class="g-crew-btn" on:click=leave>{m.crew_log_out()}</button></div>
        {asked}
    }
    .into_any()
}

fn settings(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let is_left = move || tablet.settings.with(|settings| settings.is_left_handed);
    let turn = move |_| tablet.set(|settings| settings.is_left_handed = !settings.is_left_handed);
    view! {
        <h2 class="g-crew-lab">{m.crew_settings()}</h2>
        <button class="g-crew-btn g-crew-btn--72 g-crew-btn--row" aria-pressed=move || is_left().to_string() class:is-on=is_left on:click=turn>{m.crew_left_handed()}</button>
        <label class="g-crew-field"><span>{m.crew_name_of_tablet()}</span>
            <input type="text" maxlength="60" prop:value=move || tablet.settings.with(|settings| settings.name.clone())
                on:change=move |event| { let name = event_target_value(&event); tablet.set(|settings| settings.name = name); }/>
        </label>
    }
    .into_any()
}
