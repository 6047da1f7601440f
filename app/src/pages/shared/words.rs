//! What a shared page says of itself: how far it may be believed, until when it is, who made it, what is left out.

use leptos::prelude::*;
use wire::page::ShareFrame;

use crate::components::feed::Feed;
use crate::fmt::{abbreviation, use_fmt};
use crate::i18n::{Messages, use_messages};
use crate::live::{Link, use_live};
use crate::routes;
use crate::shell::header::role_word;
use crate::shell::{use_shell, use_zone};

/// What the page is of: the present, as far as it is known, or a time that is over; and whether of a real plant.
#[component]
pub fn SharedHead(feeds: Vec<Feed>, as_of: Option<i64>) -> impl IntoView {
    let (m, fmt, zone) = (use_messages(), use_fmt(), use_zone());
    let is_demo = use_shell().with_untracked(|shell| shell.demo.is_some());
    let demo = is_demo.then(|| view! { <span class="g-demo-badge">{m.demo_badge()}</span> });
    let then = as_of.map(|then| {
        let at =
            zone.with_untracked(|zone| format!("{} {}", fmt.date_year(zone, then), fmt.clock(zone, then)));
        view! { <p class="g-shared__fresh"><b>{m.shared_as_of(&at)}</b></p> }
    });
    let fresh = (as_of.is_none() && !feeds.is_empty()).then(|| view! { <SharedFresh feeds/> });
    view! { <div class="g-shared__top">{then} {fresh} {demo}</div> }
}

/// How far the page may be believed, in words: of these values, since that is all there is.
#[component]
fn SharedFresh(feeds: Vec<Feed>) -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let all = feeds.len();
    let current = Memo::new(move |_| feeds.iter().filter(|feed| feed.trust.get().is_current()).count());
    let words = move || match live.link.get() {
        Link::Lost { since_millis, .. } => m.fresh_lost(&zone.with(|zone| fmt.time(zone, since_millis))),
        Link::Connecting | Link::Live => {
            let count = |count: usize| fmt.integer(count as u64);
            m.shared_fresh(&count(current.get()), &count(all))
        }
    };
    let clock = move || zone.with(|zone| fmt.time(zone, live.now.get()));
    view! {
        <p class="g-shared__fresh" role="status" data-lost=move || live.link.get().is_lost().then_some("")>
            <b>{words}</b> <span>{clock}</span>
        </p>
    }
}

/// Where something would stand that whoever made the link left out.
#[component]
pub fn Hidden(what: &'static str) -> impl IntoView {
    let m = use_messages();
    view! { <p class="g-shared__hidden">{m.shared_hidden(what)}</p> }
}

/// When the link ends, in the site's zone, and how long that is from now.
#[component]
pub fn Expiry() -> impl IntoView {
    let (m, fmt) = (use_messages(), use_fmt());
    let (live, zone) = (use_live(), use_zone());
    let ends = use_context::<ShareFrame>()?.ends_millis;
    let words = move || {
        let now = live.now.get();
        let at = zone.with(|zone| format!("{} {}", fmt.moment(zone, ends, now), abbreviation(zone, ends)));
        m.shared_expires(&at, &fmt.left(ends - now))
    };
    Some(view! { <p class="g-shared__ends">{words}</p> })
}

/// Who made the link, and whether nothing can be done here.
#[component]
pub fn SharedFoot() -> impl IntoView {
    let m = use_messages();
    let frame = use_context::<ShareFrame>();
    let may_report = frame.as_ref().is_some_and(|frame| frame.may_report);
    let by = frame
        .filter(|frame| !frame.by.is_empty())
        .map(|frame| m.shared_by(role_word(m, &frame.by)));
    view! { <footer class="g-shared__foot"><p>{by} " " {(!may_report).then(|| m.shared_read_only())}</p></footer> }
}

/// The way to say that something is wrong, where the link allows it.
#[component]
pub fn ReportLink() -> impl IntoView {
    let m = use_messages();
    let frame = use_context::<ShareFrame>().filter(|frame| frame.may_report)?;
    // In the preview there is no link yet.
    let href = (!frame.secret.is_empty()).then(|| routes::url(&format!("/s/{}/report", frame.secret)));
    Some(
        view! { <p class="g-shared__act"><a class="g-btn g-btn--primary" rel="external" href=href>{m.shared_report()}</a></p> },
    )
}

/// What is left out, in a word.
pub fn hidden_word(m: Messages, word: &str) -> &'static str {
    match word {
        "values" => m.shared_values(),
        "history" => m.shared_history(),
        "alarms" => m.shared_limits(),
        _ => m.shared_parts(),
    }
}
