//! What pages of accounts and administration are made of.

use leptos::prelude::*;
use wire::page::Zone;

use crate::fmt::use_fmt;
use crate::i18n::use_messages;
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
    /// Names of assets; none of them: everywhere.
    pub below: Vec<String>,
}

/// A link that works once and is shown once.
#[derive(Clone, Debug)]
pub struct MadeLink {
    /// For whom.
    pub name: String,
    pub url: String,
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
