//! How work comes and goes: asked at the start, when the browser says there is a network, when the page is looked at
//! again, and by a timer. Whether there is a network only an answer of the server says.

use std::time::Duration;

use app::routes::url;
use crew::day::Day;
use crew::outbox::State;
use crew::send::Answers;
use leptos::prelude::*;

use super::device::{self, Fault, Said};
use super::state::{Got, Net, OpenSeat, Tablet, day_name};

/// How often is looked whether something can be sent.
const EVERY: Duration = Duration::from_secs(10);
/// Within how long the server answers when all is well, milliseconds.
const QUICK: u32 = 2_000;
/// How long is waited for it, milliseconds.
const PATIENT: u32 = 8_000;
/// How old a day gets before it is asked for anew, microseconds.
const FRESH: i64 = 45_000_000;

/// Reads what is kept, and looks at the network from now on.
pub fn start(tablet: Tablet) {
    leptos::task::spawn_local(async move {
        if let Err(fault) = tablet.read().await {
            tablet.say(fault);
        }
        tablet.is_ready.set(true);
        soon(tablet);
        if device::is_secure() {
            device::keep_page(&url("/sw.js"), &url("/crew"), move || tablet.is_new.set(true)).await;
        }
    });
    set_interval(move || soon(tablet), EVERY);
    window_event_listener_untyped("online", move |_| retry(tablet));
    let shown = move |_| {
        if document().visibility_state() == web_sys::VisibilityState::Visible {
            retry(tablet);
        }
    };
    window_event_listener_untyped("visibilitychange", shown);
}

/// Tries at once what waits for its turn.
pub fn retry(tablet: Tablet) {
    tablet.outbox.try_update(|outbox| outbox.retry(None));
    soon(tablet);
}

/// Sends and asks, unless that is under way.
pub fn soon(tablet: Tablet) {
    if tablet.is_busy.get_untracked() || !tablet.is_ready.get_untracked() || tablet.is_erased.get_untracked()
    {
        return;
    }
    tablet.is_busy.set(true);
    leptos::task::spawn_local(async move {
        probe(tablet).await;
        let seat = tablet.seat.get_untracked();
        if let Some(seat) = seat.filter(|_| tablet.net.get_untracked() != Net::Offline) {
            let sent = send(tablet, &seat).await;
            let is_old = tablet.got.with_untracked(|got| {
                got.as_ref()
                    .is_none_or(|got| tablet.now().abs_diff(got.at) > FRESH.unsigned_abs())
            });
            if (sent || is_old) && tablet.seat.get_untracked().as_ref() == Some(&seat) {
                ask(tablet, &seat).await;
            }
        }
        tablet.is_busy.set(false);
        // What was done meanwhile goes at once.
        let person = tablet
            .seat
            .with_untracked(|seat| seat.as_ref().map(|seat| seat.me.person));
        let (now, net) = (tablet.now(), tablet.net.get_untracked());
        let more = tablet.outbox.with_untracked(|outbox| {
            let is_due = |kept: &crew::outbox::Kept| {
                kept.state == State::Saved && kept.tries == 0 && kept.not_before <= now
            };
            outbox
                .items()
                .iter()
                .any(|kept| Some(kept.person) == person && is_due(kept) && kept.place > 0)
        });
        if more && net != Net::Offline {
            set_timeout(move || soon(tablet), Duration::from_secs(1));
        }
    });
}

async fn probe(tablet: Tablet) {
    let said = device::request("GET", &url("/healthz"), "", "", PATIENT).await;
    tablet.net.set(match said {
        Ok(said) if said.millis <= QUICK => Net::Online,
        Ok(_) => Net::Slow,
        Err(_) => Net::Offline,
    });
}

/// Sends what may be sent; whether anything was.
async fn send(tablet: Tablet, seat: &OpenSeat) -> bool {
    let device = tablet.settings.with_untracked(|settings| settings.device.clone());
    let mut sent = false;
    loop {
        let now = tablet.now();
        let batch = tablet
            .outbox
            .try_update(|outbox| outbox.batch(seat.me.person, &device, now))
            .flatten();
        let Some(batch) = batch else { break };
        let body = serde_json::to_string(&batch).unwrap_or_default();
        let said = device::request("POST", &url("/api/crew/send"), &seat.secret, &body, 60_000).await;
        let answers = match said {
            Ok(Said {
                status: 200, text, ..
            }) => serde_json::from_str::<Answers>(&text).ok(),
            Ok(said) => {
                refuse(tablet, &said).await;
                None
            }
            Err(_) => None,
        };
        let Some(answers) = answers else {
            let random = device::dice() as u32;
            let keys = tablet
                .outbox
                .try_update(|outbox| outbox.failed(seat.me.person, now, random));
            tablet.write(&keys.unwrap_or_default()).await;
            return sent;
        };
        let keys = tablet
            .outbox
            .try_update(|outbox| outbox.answered(&answers, now))
            .unwrap_or_default();
        // An answer that says nothing new of anything would be asked for for ever.
        let is_over = answers
            .answers
            .iter()
            .all(|answer| answer.became == crew::send::Became::Again);
        tablet.write(&keys).await;
        sent = true;
        if is_over {
            break;
        }
    }
    photos(tablet, seat).await || sent
}

/// Sends photos whose texts are there.
async fn photos(tablet: Tablet, seat: &OpenSeat) -> bool {
    let mut sent = false;
    while let Some(hash) = tablet
        .outbox
        .with_untracked(|outbox| outbox.photo(seat.me.person))
    {
        let path = url(&format!("/api/crew/files/{hash}"));
        match device::send_photo(&path, &hash, &seat.secret).await {
            Ok(200..=204) => {
                let now = tablet.now();
                let keys = tablet.outbox.try_update(|outbox| outbox.photo_sent(&hash, now));
                tablet.write(&keys.unwrap_or_default()).await;
                if let Err(fault) = device::drop_photo(&hash).await {
                    tablet.say(fault);
                }
                sent = true;
            }
            _ => break,
        }
    }
    sent
}

/// Asks for the day.
async fn ask(tablet: Tablet, seat: &OpenSeat) {
    let said = device::request("GET", &url("/api/crew/day"), &seat.secret, "", 30_000).await;
    let day = match said {
        Ok(Said {
            status: 200, text, ..
        }) => serde_json::from_str::<Day>(&text).ok(),
        Ok(said) => {
            refuse(tablet, &said).await;
            None
        }
        Err(_) => None,
    };
    let Some(day) = day else { return };
    let build = tablet.build.get_value();
    if !build.is_empty() && !day.build.is_empty() && day.build != build {
        tablet.is_new.set(true);
        leptos::task::spawn_local(device::look_for_version());
    }
    let got = Got {
        day,
        at: tablet.now(),
    };
    if let Err(fault) = device::store(&day_name(seat.me.person), &got).await {
        tablet.say(fault);
    }
    if tablet.seat.get_untracked().as_ref() == Some(seat) {
        tablet.got.set(Some(got));
        tidy(tablet).await;
    }
}

/// Items whose conflicts somebody settled have nothing left to ask; what was sent long ago goes.
async fn tidy(tablet: Tablet) {
    let waiting: Vec<(u32, String)> = tablet.outbox.with_untracked(|outbox| {
        let of = |kept: &crew::outbox::Kept| match &kept.state {
            State::Conflict { event, .. } => Some((kept.item.order?, event.clone())),
            _ => None,
        };
        outbox.items().iter().filter_map(of).collect()
    });
    let now = tablet.now();
    let mut keys = Vec::new();
    for (order, event) in waiting {
        let is_open = untrack(|| tablet.order(order)).is_none_or(|shown| {
            shown
                .order
                .open_conflicts()
                .any(|conflict| conflict.mine.to_string() == event)
        });
        if !is_open {
            keys.extend(
                tablet
                    .outbox
                    .try_update(|outbox| outbox.settled(&event, now))
                    .unwrap_or_default(),
            );
        }
    }
    keys.extend(
        tablet
            .outbox
            .try_update(|outbox| outbox.prune(now))
            .unwrap_or_default(),
    );
    tablet.write(&keys).await;
}

/// What the server says when it gives nothing.
async fn refuse(tablet: Tablet, said: &Said) {
    match said.status {
        401 => {
            let person = tablet
                .seat
                .with_untracked(|seat| seat.as_ref().map(|seat| seat.me.person));
            tablet.seats.update(|seats| {
                for seat in seats.iter_mut().filter(|seat| Some(seat.me.person) == person) {
                    seat.hidden.clear();
                }
            });
            let seats = tablet.seats.get_untracked();
            if let Err(fault) = device::store("seats", &seats).await {
                tablet.say(fault);
            }
            tablet.close();
            tablet.notice.set(Some(tablet.m.crew_seat_over().to_owned()));
        }
        410 => erase(tablet).await,
        _ => {}
    }
}

/// The tablet was signed out as lost.
async fn erase(tablet: Tablet) {
    tablet.close();
    tablet.is_erased.set(true);
    tablet.outbox.set(crew::outbox::Outbox::default());
    tablet.seats.set(Vec::new());
    if let Err(fault @ (Fault::Full | Fault::Other)) = device::erase_all().await {
        tablet.say(fault);
    }
}
