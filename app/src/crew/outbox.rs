//! What is not sent yet: each item with its state, the reason, and the ways out. As a last resort it is taken away as
//! a file.

use crew::outbox::{Kept, State};
use leptos::prelude::*;

use super::confirm::confirm;
use super::device;
use super::frame::link;
use super::route::Route;
use super::state::Tablet;
use super::step::{state_of, sync_of};
use super::sync;

/// The page.
pub fn page(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let rows = move || {
        let mut items = tablet.outbox.with(|outbox| outbox.items().to_vec());
        items.reverse();
        // What waits comes first.
        items.sort_by_key(|kept| !kept.is_waiting());
        items.truncate(300);
        items.into_iter().map(|kept| row(tablet, kept)).collect_view()
    };
    let is_empty = move || tablet.outbox.with(|outbox| outbox.items().is_empty());
    let export = move |_| take_away(tablet);
    let again = move |_| sync::retry(tablet);
    view! {
        <main class="g-crew__main">
            <h1>{m.crew_outbox()}</h1>
            <p>{m.crew_outbox_more()}</p>
            {move || is_empty().then(|| view! { <p class="g-crew-card g-crew-card--say">{m.crew_nothing_waits()}</p> })}
            <ul class="g-crew-outbox">{rows}</ul>
        </main>
        <div class="g-crew-abar">
            <button class="g-crew-btn g-crew-btn--72" on:click=export disabled=is_empty>{m.crew_export()}</button>
            <button class="g-crew-btn g-crew-btn--72 g-crew-btn--go" on:click=again>{m.crew_send_now()}</button>
        </div>
    }
    .into_any()
}

/// Everything that waits, as a file.
pub fn take_away(tablet: Tablet) {
    let waiting: Vec<Kept> = tablet.outbox.with_untracked(|outbox| {
        outbox
            .items()
            .iter()
            .filter(|kept| kept.is_waiting())
            .cloned()
            .collect()
    });
    match serde_json::to_string_pretty(&waiting) {
        Ok(json) => device::save("gemba-outbox.json", &json),
        Err(_) => tablet.notice.set(Some(tablet.m.crew_not_kept().to_owned())),
    }
}

fn author(tablet: Tablet, person: u32) -> String {
    let name = tablet.seats.with(|seats| {
        seats
            .iter()
            .find(|seat| seat.me.person == person)
            .map(|seat| seat.me.name.clone())
    });
    name.unwrap_or_else(|| tablet.m.crew_somebody().to_owned())
}

fn row(tablet: Tablet, kept: Kept) -> AnyView {
    let m = tablet.m;
    let is_asked = RwSignal::new(false);
    let key = StoredValue::new(kept.item.key.clone());
    let discard = move || {
        leptos::task::spawn_local(async move {
            let gone = tablet
                .outbox
                .try_update(|outbox| outbox.discard(&key.get_value()))
                .flatten();
            if let Some(gone) = gone {
                tablet.write(&[gone.item.key]).await;
                for photo in gone.photos {
                    if let Err(fault) = device::drop_photo(&photo).await {
                        tablet.say(fault);
                    }
                }
            }
        });
    };
    let retry = move |_| {
        tablet
            .outbox
            .try_update(|outbox| outbox.retry(Some(&key.get_value())));
        sync::soon(tablet);
    };
    let reason = match &kept.state {
        State::Conflict { words, .. } | State::Refused { words, .. } => Some(words.clone()),
        State::Saved
            if tablet
                .seat
                .with(|seat| seat.as_ref().is_none_or(|seat| seat.me.person != kept.person)) =>
        {
            Some(m.crew_waits_for(&author(tablet, kept.person)))
        }
        State::Saved if kept.tries > 0 => Some(m.crew_tried(kept.tries)),
        State::Photos => Some(m.crew_photos_left(kept.photos.len() as u64)),
        _ => None,
    };
    let can_discard = matches!(kept.state, State::Saved | State::Refused { .. });
    let order = kept
        .item
        .order
        .map(|id| link(tablet, Route::Job(id), "g-crew-btn", format!("WO-{id}")));
    let title = kept.title.clone();
    let at = tablet.times().short(kept.item.at, tablet.now());
    view! {
        <li class="g-crew-item" class:needs-you=kept.state.needs_you()>
            <p class="g-crew-item__what"><b>{title.clone()}</b><small>{format!("{at} · {}", author(tablet, kept.person))}</small></p>
            {sync_of(tablet, &state_of(&kept.state))}
            {reason.map(|reason| view! { <p class="g-crew-item__why">{reason}</p> })}
            <div class="g-crew-chips">
                {order}
                {can_discard.then(|| view! {
                    <button class="g-crew-btn" on:click=retry>{m.crew_try_again()}</button>
                    <button class="g-crew-btn" on:click=move |_| is_asked.set(true)>{m.crew_discard()}</button>
                })}
            </div>
        </li>
        {confirm(tablet, is_asked, m.crew_discard_ask(&title), m.crew_discard_it().to_owned(), discard)}
    }
    .into_any()
}
