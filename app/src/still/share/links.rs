//! `/links`: links that were made, and who opened one.

use leptos::prelude::*;

use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;
use crate::still::admin::{AdminHead, AdminTab};
use crate::still::parts::{Moment, Table, Times, cell};

/// A link in the list.
#[derive(Clone, Debug)]
pub struct LinkLine {
    pub id: u32,
    pub asset: u32,
    pub name: String,
    /// Where it is, as far as whoever reads sees: `Lyon / Line 2`.
    pub place: String,
    pub purpose: String,
    /// Who made it.
    pub owner: String,
    pub is_paused: bool,
    pub has_pin: bool,
    /// A code is sent to invited addresses.
    pub has_code: bool,
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
        let state = if link.is_paused {
            m.still_paused()
        } else if link.has_code {
            m.still_share_with_code()
        } else if link.has_pin {
            m.still_share_with_pin()
        } else {
            m.still_active()
        };
        let (pause, label) = if link.is_paused {
            ("resume", m.still_share_resume())
        } else {
            ("pause", m.still_share_pause())
        };
        let pressed = view! {
            <div class="g-row">
                <form method="post" action=act(link.id, pause)><button class="g-btn g-btn--sm">{label}</button></form>
                <form method="post" action=act(link.id, "revoke")><button class="g-btn g-btn--sm">{m.still_share_revoke()}</button></form>
            </div>
        };
        vec![
            cell(
                view! { <a href=routes::url(&format!("/assets/{}", link.asset))>{link.name}</a> " " <small>{link.place}</small> },
            ),
            cell(link.purpose),
            cell(link.owner),
            cell(state),
            cell(view! { <a href=routes::url(&format!("/links/{}", link.id))>{link.opened}</a> }),
            cell(view! { <Moment at=link.seen_millis times=times.clone()/> }),
            cell(view! { <Moment at=link.expires_millis times=times.clone()/> }),
            cell(pressed),
        ]
    };
    let heads = vec![
        m.still_share_asset(),
        m.still_share_purpose(),
        m.still_who(),
        m.still_state(),
        m.still_share_opened(),
        m.still_seen(),
        m.still_until(),
        "",
    ];
    let count = links.len();
    let rows = links.into_iter().map(row).collect();
    let head = if is_all {
        view! { <AdminHead tab=AdminTab::Links title=m.still_links().to_owned()/> }.into_any()
    } else {
        view! { <header class="g-page"><div class="g-title"><h1 class="g-h1">{m.still_links()}</h1></div></header> }.into_any()
    };
    view! {
        {head}
        <Panel title=m.still_links().to_owned() aside=count.to_string()>
            {(count == 0).then(|| view! { <p class="g-empty">{m.still_no_links()}</p> })}
            <Table heads rows/>
        </Panel>
    }
}

/// A time that a link was opened.
#[derive(Clone, Debug)]
pub struct LinkView {
    pub at_millis: i64,
    pub address: String,
    pub agent: String,
    /// The e-mail address that its code was sent to; cut for who may not see it.
    pub email: String,
}

/// `/links/{id}`: who opened a link, when, from where.
#[component]
pub fn LinkViews(name: String, views: Vec<LinkView>, times: Times) -> impl IntoView {
    let m = use_messages();
    let has_email = views.iter().any(|view| !view.email.is_empty());
    let row = |seen: LinkView| {
        let email = has_email.then(|| cell(seen.email));
        let when = cell(view! { <Moment at=Some(seen.at_millis) times=times.clone()/> });
        let cells = [
            Some(when),
            email,
            Some(cell(seen.address)),
            Some(cell(seen.agent)),
        ];
        cells.into_iter().flatten().collect()
    };
    let heads = [
        Some(m.still_when()),
        has_email.then(|| m.still_email()),
        Some(m.still_from()),
        Some(m.still_browser()),
    ];
    let heads = heads.into_iter().flatten().collect();
    let rows: Vec<Vec<AnyView>> = views.into_iter().map(row).collect();
    view! {
        <header class="g-page">
            <div class="g-title"><h1 class="g-h1">{name}</h1></div>
            <div class="g-actions"><a class="g-btn" href=routes::url("/links")>{m.still_links()}</a></div>
        </header>
        <Panel title=m.still_share_opened().to_owned() aside=rows.len().to_string()>
            {rows.is_empty().then(|| view! { <p class="g-empty">{m.still_not_opened()}</p> })}
            <Table heads rows/>
        </Panel>
    }
}
