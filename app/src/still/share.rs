//! `/share`: the dialog that makes a link; `/links`: those that were made; and what stands before a link's page.

use leptos::prelude::*;

use super::admin::{AdminHead, AdminTab};
use super::parts::{Moment, Times};
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;

/// What the dialog shows.
#[derive(Clone, Debug, Default)]
pub struct ShareDialog {
    pub asset: u32,
    pub name: String,
    pub has_children: bool,
    /// A stretch of the past, milliseconds, in place of the present.
    pub range: Option<(i64, i64)>,
    /// What is wrong.
    pub bad: Option<String>,
    /// What was made.
    pub made: Option<MadeShare>,
}

/// A link that was made; its address is shown this once.
#[derive(Clone, Debug)]
pub struct MadeShare {
    pub url: String,
    /// The QR code as SVG.
    pub qr: String,
    /// For pages of others, where it may stand in them.
    pub embed: Option<String>,
    pub ends_millis: i64,
    pub times: Times,
}

/// Makes a link to an asset, on one screen.
#[component]
pub fn Share(page: ShareDialog) -> impl IntoView {
    let m = use_messages();
    let ShareDialog {
        asset,
        name,
        has_children,
        range,
        bad,
        made,
    } = page;
    let title = m.still_share(&name);
    let back = routes::url(&format!("/assets/{asset}"));
    let tick = |field: &'static str, label: &'static str, on: bool| {
        view! { <label class="g-row"><input type="checkbox" name=field value="on" checked=on/> <span>{label}</span></label> }
    };
    let until = |value: &'static str, label: &'static str, on: bool| {
        view! { <option value=value selected=on>{label}</option> }
    };
    let form = view! {
        <form method="post" action=routes::url("/share") class="g-panel__body g-stack">
            {bad.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            <input type="hidden" name="asset" value=asset/>
            {range.map(|(from, to)| view! { <input type="hidden" name="from" value=from/> <input type="hidden" name="to" value=to/> })}
            <label class="g-field"><span>{m.still_share_purpose()}</span><input class="g-input" name="purpose" required=true maxlength="120"/></label>
            <fieldset class="g-stack">
                <legend class="g-caption">{m.still_share_shows()}</legend>
                {tick("values", m.still_share_values(), true)}
                {tick("history", m.still_share_history(), true)}
                {tick("alarms", m.still_share_limits(), true)}
                {has_children.then(|| tick("children", m.still_share_parts(), false))}
            </fieldset>
            <label class="g-field"><span>{m.still_until()}</span>
                <select class="g-input" name="until">
                    {until("shift", m.still_share_shift(), false)}
                    {until("day", m.still_share_day(), false)}
                    {until("week", m.still_share_week(), true)}
                    {until("month", m.still_share_month(), false)}
                </select></label>
            <label class="g-field"><span>{m.still_share_pin()}</span>
                <input class="g-input" name="pin" inputmode="numeric" pattern="[0-9]{4,12}" autocomplete="off" placeholder=m.still_share_no_pin()/></label>
            {tick("embed", m.still_share_embed(), false)}
            <button class="g-btn g-btn--primary">{m.still_share_submit()}</button>
            <p class="g-caption">{m.still_share_never()}</p>
        </form>
    };
    view! {
        <header class="g-page">
            <div class="g-title"><h1 class="g-h1">{title}</h1></div>
            <div class="g-actions"><a class="g-btn" href=back>{m.still_share_back()}</a> <a class="g-btn" href=routes::url("/links")>{m.still_links()}</a></div>
        </header>
        <div class="g-grid">
            {made.map(|made| view! { <Made made/> })}
            <Panel title=m.still_share_new().to_owned() class="g-6">{form}</Panel>
        </div>
    }
}

#[component]
fn Made(made: MadeShare) -> impl IntoView {
    let m = use_messages();
    let MadeShare {
        url,
        qr,
        embed,
        ends_millis,
        times,
    } = made;
    view! {
        <section class="g-panel g-6 g-still__share" aria-label=m.still_share_made()>
            <h2 class="g-h3" role="status">{m.still_share_made()}</h2>
            <input class="g-input" readonly=true value=url.clone() aria-label=m.still_made_label()/>
            <p><a class="g-btn" href=url target="_blank" rel="noopener">{m.still_share_open()}</a></p>
            <figure class="g-still__qr" inner_html=qr></figure>
            <p>{m.still_until()} ": " <Moment at=Some(ends_millis) times/></p>
            {embed.map(|code| view! {
                <label class="g-field"><span>{m.still_share_code()}</span><textarea class="g-input g-still__code" readonly=true rows="3">{code}</textarea></label>
            })}
            <p class="g-caption">{m.still_share_made_more()}</p>
        </section>
    }
}

/// A link in the list.
#[derive(Clone, Debug)]
pub struct LinkLine {
    pub id: u32,
    pub asset: u32,
    pub name: String,
    pub purpose: String,
    /// Who made it.
    pub owner: String,
    pub is_paused: bool,
    pub has_pin: bool,
    pub opened: u32,
    pub seen_millis: Option<i64>,
    pub expires_millis: Option<i64>,
}

/// Links, each with the buttons that pause and end it.
#[component]
pub fn Links(
    links: Vec<LinkLine>,
    /// Of everybody, for who looks after them.
    is_all: bool,
    times: Times,
) -> impl IntoView {
    let m = use_messages();
    let act = move |id: u32, what: &str| routes::url(&format!("/links/{id}/{what}"));
    let row = |link: LinkLine| {
        let state = match (link.is_paused, link.has_pin) {
            (true, _) => m.still_paused(),
            (false, true) => m.still_share_with_pin(),
            (false, false) => m.still_active(),
        };
        let (pause, label) = if link.is_paused {
            ("resume", m.still_share_resume())
        } else {
            ("pause", m.still_share_pause())
        };
        view! {
            <tr>
                <th scope="row"><a href=routes::url(&format!("/assets/{}", link.asset))>{link.name}</a></th>
                <td data-label=m.still_share_purpose()>{link.purpose}</td>
                <td data-label=m.still_who()>{link.owner}</td>
                <td data-label=m.still_state()>{state}</td>
                <td data-label=m.still_share_opened()><a href=routes::url(&format!("/links/{}", link.id))>{link.opened}</a></td>
                <td data-label=m.still_seen()><Moment at=link.seen_millis times=times.clone()/></td>
                <td data-label=m.still_until()><Moment at=link.expires_millis times=times.clone()/></td>
                <td class="g-row">
                    <form method="post" action=act(link.id, pause)><button class="g-btn g-btn--sm">{label}</button></form>
                    <form method="post" action=act(link.id, "revoke")><button class="g-btn g-btn--sm">{m.still_share_revoke()}</button></form>
                </td>
            </tr>
        }
    };
    let count = links.len();
    let rows = links.into_iter().map(row).collect_view();
    let head = if is_all {
        view! { <AdminHead tab=AdminTab::Links title=m.still_links().to_owned()/> }.into_any()
    } else {
        view! { <header class="g-page"><div class="g-title"><h1 class="g-h1">{m.still_links()}</h1></div></header> }.into_any()
    };
    view! {
        {head}
        <Panel title=m.still_links().to_owned() aside=count.to_string()>
            {(count == 0).then(|| view! { <p class="g-empty">{m.still_no_links()}</p> })}
            <div class="g-scroll">
                <table class="g-table g-table--stack g-still__table">
                    <thead><tr>
                        <th scope="col">{m.still_share_asset()}</th><th scope="col">{m.still_share_purpose()}</th><th scope="col">{m.still_who()}</th>
                        <th scope="col">{m.still_state()}</th><th scope="col">{m.still_share_opened()}</th><th scope="col">{m.still_seen()}</th>
                        <th scope="col">{m.still_until()}</th><th scope="col"></th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Panel>
    }
}

/// `/links/{id}`: who opened a link, when, from where.
#[component]
pub fn LinkViews(
    name: String,
    /// When, from where, with what.
    views: Vec<(i64, String, String)>,
    times: Times,
) -> impl IntoView {
    let m = use_messages();
    let row = |(at, address, agent): (i64, String, String)| {
        view! {
            <tr>
                <th scope="row"><Moment at=Some(at) times=times.clone()/></th>
                <td data-label=m.still_from()>{address}</td>
                <td data-label=m.still_browser()>{agent}</td>
            </tr>
        }
    };
    let rows = views.into_iter().map(row).collect_view();
    view! {
        <header class="g-page">
            <div class="g-title"><h1 class="g-h1">{name}</h1></div>
            <div class="g-actions"><a class="g-btn" href=routes::url("/links")>{m.still_links()}</a></div>
        </header>
        <Panel title=m.still_share_opened().to_owned()>
            <div class="g-scroll"><table class="g-table g-table--stack g-still__table">
                <thead><tr><th scope="col">{m.still_when()}</th><th scope="col">{m.still_from()}</th><th scope="col">{m.still_browser()}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </Panel>
    }
}

/// A link that leads nowhere: ended, paused, or never one. One answer for all, so that none can be told apart.
#[component]
pub fn ShareEnded() -> impl IntoView {
    let m = use_messages();
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_share_ended()}</h1>
            <p>{m.still_share_ended_more()}</p>
        </section>
    }
}

/// A link with a PIN, before it is given.
#[component]
pub fn SharePin(
    action: String,
    /// Wrong, and for how many seconds the next try waits.
    wrong: Option<i64>,
) -> impl IntoView {
    let m = use_messages();
    let words = wrong.map(|seconds| match seconds {
        0 => m.still_share_pin_wrong().to_owned(),
        seconds => m.still_sign_in_wait(&seconds.to_string()),
    });
    view! {
        <section class="g-panel g-still__box" aria-labelledby="title">
            <h1 class="g-h2" id="title">{m.still_share_pin_title()}</h1>
            {words.map(|words| view! { <p class="g-still__bad" role="alert">{words}</p> })}
            <form method="post" action=action class="g-stack">
                <label class="g-field"><span>{m.still_share_pin_label()}</span>
                    <input class="g-input" name="pin" inputmode="numeric" autocomplete="one-time-code" required=true autofocus=true/></label>
                <button class="g-btn g-btn--primary">{m.still_share_pin_submit()}</button>
            </form>
        </section>
    }
}
