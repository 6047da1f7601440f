//! What pages of accounts and administration are made of.

use leptos::prelude::*;
use wire::page::Zone;

use crate::fmt::use_fmt;
use crate::i18n::{Locale, use_messages};
use crate::prefs::use_prefs;
use crate::shell::header::{ROLES, role_word};

/// When the page was made, and by which clock times are written.
#[derive(Clone, Debug)]
pub struct Times {
    pub zone: Zone,
    pub now_millis: i64,
}

/// A role and where it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantLine {
    /// The role's word.
    pub role: String,
    /// Paths of assets; none of them: everywhere.
    pub below: Vec<String>,
    /// Their numbers between commas, by which a role is taken away.
    pub tops: String,
}

/// A link that works once and is shown once.
#[derive(Clone, Debug)]
pub struct MadeLink {
    /// For whom.
    pub name: String,
    pub url: String,
    /// How it went by mail, where that was asked for.
    pub sent: Option<Sent>,
}

/// How a mail went, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The mail server took it.
    Taken(String),
    /// It is still being tried.
    Waiting(String),
    /// It was not sent: a word for why, and what the mail server said.
    Failed {
        to: String,
        why: &'static str,
        said: String,
    },
}

/// How a mail went, in words.
#[component]
pub fn SentWords(sent: Sent) -> impl IntoView {
    let m = use_messages();
    match sent {
        Sent::Taken(to) => view! { <p>{m.still_mail_sent(&to)}</p> }.into_any(),
        Sent::Waiting(to) => view! { <p>{m.still_mail_waiting(&to)}</p> }.into_any(),
        Sent::Failed { to, why, said } => {
            let why = match why {
                "sign_in" => m.still_mail_sign_in(),
                "refused" => m.still_mail_refused(),
                "full" => m.still_mail_full(),
                _ => m.still_mail_unreachable(),
            };
            view! {
                <div role="alert">
                    <p class="g-still__bad">{m.still_mail_failed(&to)} " " {why} " " {m.still_mail_copy()}</p>
                    {(!said.is_empty()).then(|| view! { <p class="g-caption">{said}</p> })}
                </div>
            }
            .into_any()
        }
    }
}

/// In which language somebody's mail is written.
#[component]
pub fn LocaleSelect(chosen: Option<String>) -> impl IntoView {
    let m = use_messages();
    let chosen = chosen
        .and_then(|tag| Locale::from_tag(&tag))
        .unwrap_or(use_prefs().locale);
    let option = |locale: Locale| {
        view! { <option value=locale.tag() selected=locale == chosen>{locale.own_name()}</option> }
    };
    view! {
        <label class="g-field">
            <span>{m.still_mail_language()}</span>
            <select class="g-input" name="locale">{Locale::OFFERED.map(option).into_iter().collect_view()}</select>
        </label>
    }
}

/// A moment in the site's time; a dash for none.
#[component]
pub fn Moment(at: Option<i64>, times: Times) -> impl IntoView {
    let fmt = use_fmt();
    let words = at.map_or_else(
        || "–".to_owned(),
        |at| fmt.moment(&times.zone, at, times.now_millis),
    );
    let whole = at.map(|at| fmt.moment_full(&times.zone, at));
    view! { <span title=whole>{words}</span> }
}

/// Roles with where they hold.
#[component]
pub fn Grants(grants: Vec<GrantLine>) -> impl IntoView {
    let m = use_messages();
    if grants.is_empty() {
        return m.role_none().into_any();
    }
    let line = |grant: GrantLine| {
        let place = if grant.below.is_empty() {
            m.still_everywhere().to_owned()
        } else {
            grant.below.join(", ")
        };
        view! { <span class="g-still__grant">{role_word(m, &grant.role)} <small>{place}</small></span> }
    };
    grants.into_iter().map(line).collect_view().into_any()
}

/// A role to give.
#[component]
pub fn RoleSelect(may_own: bool) -> impl IntoView {
    let m = use_messages();
    let roles = ROLES.into_iter().filter(|role| may_own || *role != "owner");
    let option = |role: &'static str| view! { <option value=role>{role_word(m, role)}</option> };
    view! {
        <label class="g-field">
            <span>{m.still_role()}</span>
            <select class="g-input" name="role">{roles.map(option).collect_view()}</select>
        </label>
    }
}

/// Where a role holds: nothing typed is everywhere.
#[component]
pub fn ScopeField(paths: Vec<String>) -> impl IntoView {
    let m = use_messages();
    let option = |path: String| view! { <option value=path></option> };
    view! {
        <label class="g-field">
            <span>{m.still_below()}</span>
            <input class="g-input" name="below" list="scopes" placeholder=m.still_everywhere() autocomplete="off"/>
        </label>
        <datalist id="scopes">{paths.into_iter().map(option).collect_view()}</datalist>
    }
}

/// An act that takes a second thought: behind a word to open.
#[component]
pub fn Confirmed(summary: &'static str, children: Children) -> impl IntoView {
    view! {
        <details class="g-still__confirm">
            <summary class="g-btn">{summary}</summary>
            {children()}
        </details>
    }
}

/// The head of a page.
#[component]
pub fn PageHead(#[prop(into)] title: String) -> impl IntoView {
    view! { <header class="g-page"><div class="g-title"><h1 class="g-h1">{title}</h1></div></header> }
}

/// What stands in one cell of a [`Table`].
pub fn cell(content: impl IntoView + 'static) -> AnyView {
    content.into_any()
}

/// A table that stacks on a phone: the first cell of a row names it, each other says the head it stands under.
/// Nothing at all where there is no row.
#[component]
pub fn Table(
    /// An empty one stands above buttons.
    heads: Vec<&'static str>,
    rows: Vec<Vec<AnyView>>,
) -> impl IntoView {
    // What there would be is said in its place.
    if rows.is_empty() {
        return ().into_any();
    }
    let row = |cells: Vec<AnyView>| {
        let mut cells = heads.iter().zip(cells);
        let name = cells
            .next()
            .map(|(_, name)| view! { <th scope="row">{name}</th> });
        let cell = |(head, content): (&&'static str, AnyView)| {
            let label = Some(*head).filter(|head| !head.is_empty());
            view! { <td data-label=label>{content}</td> }
        };
        view! { <tr>{name} {cells.map(cell).collect_view()}</tr> }
    };
    let rows = rows.into_iter().map(row).collect_view();
    let head = |head: &&'static str| view! { <th scope="col">{*head}</th> };
    view! {
        <div class="g-scroll">
            <table class="g-table g-table--stack g-still__table">
                <thead><tr>{heads.iter().map(head).collect_view()}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Ends what has this number.
#[component]
pub fn EndButton(action: String, id: u32) -> impl IntoView {
    let m = use_messages();
    view! {
        <form method="post" action=action>
            <input type="hidden" name="id" value=id/>
            <button class="g-btn g-btn--sm">{m.still_end()}</button>
        </form>
    }
}
