//! What stands around every page: whether the server hears, what waits, who works here.

use leptos::prelude::*;

use super::icon::{self, icon};
use super::route::{Route, go};
use super::state::{Net, Tablet, use_tablet};
use super::{asset, device, finish, job, outbox, person, report, scan, today};

/// A link within the tablet.
pub fn link(tablet: Tablet, to: Route, class: &'static str, content: impl IntoView + 'static) -> AnyView {
    let open = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        go(tablet.route, to);
    };
    view! { <a class=class href=to.url() on:click=open>{content.into_any()}</a> }.into_any()
}

/// The whole.
pub fn frame() -> AnyView {
    let tablet = use_tablet();
    Effect::new(move || {
        let (theme, side) = tablet.settings.with(|settings| {
            let theme = if settings.is_contrast { "contrast" } else { "light" };
            (theme, if settings.is_left_handed { "left" } else { "right" })
        });
        if let Some(root) = document().document_element() {
            // Looks only.
            root.set_attribute("data-theme", theme).unwrap_or_default();
            root.set_attribute("data-hand", side).unwrap_or_default();
            root.set_attribute("data-density", "touch").unwrap_or_default();
            root.set_attribute("data-client", "ready").unwrap_or_default();
        }
    });
    view! {
        <div class="g-crew">
            {header(tablet)}
            {bars(tablet)}
            {move || page(tablet)}
        </div>
    }
    .into_any()
}

fn page(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    if tablet.is_erased.get() {
        return view! { <main class="g-crew__main"><h1>{m.crew_erased()}</h1><p>{m.crew_erased_more()}</p></main> }
            .into_any();
    }
    if !tablet.is_ready.get() {
        return view! { <main class="g-crew__main" aria-busy="true"><p>{m.crew_reading()}</p></main> }
            .into_any();
    }
    let route = tablet.route.get();
    // The outbox is read without a seat: what is in it can always be taken away as a file.
    if tablet.seat.with(Option::is_none) && route != Route::Outbox {
        return person::page(tablet);
    }
    match route {
        Route::Today => today::page(tablet),
        Route::Job(id) => job::page(tablet, id),
        Route::Finish(id) => finish::page(tablet, id),
        Route::Scan => scan::page(tablet),
        Route::Asset(id) => asset::page(tablet, id),
        Route::Report(asset) => report::page(tablet, asset),
        Route::Outbox => outbox::page(tablet),
        Route::Person => person::page(tablet),
    }
}

fn header(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let waiting =
        move || u64::try_from(tablet.outbox.with(|outbox| outbox.waiting(None))).unwrap_or_default();
    let net = move || match tablet.net.get() {
        Net::Online => (icon::NET, m.crew_online()),
        Net::Slow => (icon::NET, m.crew_slow()),
        Net::Offline => (icon::NO_NET, m.crew_offline()),
    };
    let pill = view! {
        <span class="g-crew-pill" class:g-crew-pill--off=move || tablet.net.get() == Net::Offline>
            {move || icon(net().0)}
            <b role="status">{move || net().1}</b>
            <span class="g-crew-pill__n">{move || m.crew_waiting(waiting())}</span>
        </span>
    };
    let name = move || {
        tablet
            .seat
            .with(|seat| seat.as_ref().map(|seat| seat.me.name.clone()))
    };
    let turn = move |_| tablet.set(|settings| settings.is_contrast = !settings.is_contrast);
    let who = view! {
        {icon(icon::PERSON)}
        <span class="g-crew-head__word">{move || name().unwrap_or_else(|| m.crew_nobody().to_owned())}</span>
    };
    view! {
        <header class="g-crew-head">
            {move || (tablet.route.get() != Route::Today).then(|| {
                let back = view! { {icon(icon::BACK)}<span class="g-sr">{m.crew_back()}</span> };
                link(tablet, above(tablet.route.get()), "g-crew-btn", back)
            })}
            {link(tablet, Route::Outbox, "g-crew-head__pill", pill)}
            <button class="g-crew-btn g-crew-head__end" on:click=turn
                aria-pressed=move || tablet.settings.with(|settings| settings.is_contrast).to_string()
            >
                {icon(icon::CONTRAST)}<span class="g-crew-head__word">{m.crew_contrast()}</span>
            </button>
            {link(tablet, Route::Person, "g-crew-btn", who)}
        </header>
    }
    .into_any()
}

/// Where *back* leads, whatever was open before.
fn above(route: Route) -> Route {
    match route {
        Route::Finish(id) => Route::Job(id),
        Route::Report(Some(id)) => Route::Asset(id),
        _ => Route::Today,
    }
}

fn bars(tablet: Tablet) -> AnyView {
    let m = tablet.m;
    let waiting =
        move || u64::try_from(tablet.outbox.with(|outbox| outbox.waiting(None))).unwrap_or_default();
    view! {
        <div class="g-crew-bars">
        {move || tablet.is_new.get().then(|| view! {
            <p class="g-crew-bar" role="status">
                <span>{m.crew_new_version(waiting())}</span>
                <button class="g-crew-btn" on:click=|_| device::renew()>{m.crew_reload()}</button>
            </p>
        })}
        {(!device::is_secure()).then(|| view! { <p class="g-crew-bar">{icon(icon::WARN)}<span>{m.crew_insecure()}</span></p> })}
        {move || tablet.notice.get().map(|words| view! {
            <p class="g-crew-bar g-crew-bar--grave" role="alert">
                {icon(icon::WARN)}<span>{words}</span>
                <button class="g-crew-btn" on:click=move |_| tablet.notice.set(None)>{m.crew_understood()}</button>
            </p>
        })}
        </div>
    }
    .into_any()
}
