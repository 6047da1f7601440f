//! `/admin/audit`: what was done, by whom, from where; narrowed, paged, and taken away as a file.

use leptos::prelude::*;

use super::admin::{AdminHead, AdminTab};
use super::parts::{Moment, Table, Times, cell};
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::routes;

/// One entry.
#[derive(Clone, Debug)]
pub struct AuditLine {
    pub number: u64,
    pub at_millis: i64,
    /// Called; none once forgotten.
    pub name: Option<String>,
    pub address: String,
    pub by: String,
    pub action: String,
    pub subject: String,
    /// Before and after, JSON.
    pub details: String,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct AuditPage {
    pub lines: Vec<AuditLine>,
    /// What the list is narrowed to.
    pub action: String,
    pub account: String,
    pub from: String,
    pub to: String,
    /// The number before which the next page begins.
    pub before: Option<u64>,
    /// The file of the same selection.
    pub file: String,
    pub times: Times,
}

/// The audit log.
#[component]
pub fn Audit(page: AuditPage) -> impl IntoView {
    let m = use_messages();
    let AuditPage {
        lines,
        action,
        account,
        from,
        to,
        before,
        file,
        times,
    } = page;
    let row = |line: AuditLine| {
        let name = line.name.unwrap_or_else(|| m.still_forgotten().to_owned());
        let name = if name.is_empty() { line.by.clone() } else { name };
        vec![
            cell(view! { <Moment at=Some(line.at_millis) times=times.clone()/> }),
            cell(view! { <span title=line.by>{name}</span> }),
            cell(line.address),
            cell(line.action),
            cell(line.subject),
            cell(view! { <code title=line.details.clone()>{line.details.clone()}</code> }),
        ]
    };
    let heads = vec![
        m.still_when(),
        m.still_who(),
        m.still_from(),
        m.still_action(),
        m.still_subject(),
        m.still_details(),
    ];
    let count = lines.len();
    let rows = lines.into_iter().map(row).collect();
    let older = before.map(|before| {
        let (action, account, from, to) = (action.clone(), account.clone(), from.clone(), to.clone());
        view! {
            <form method="get" action=routes::url("/admin/audit") class="g-panel__body">
                <input type="hidden" name="action" value=action/><input type="hidden" name="account" value=account/>
                <input type="hidden" name="from" value=from/><input type="hidden" name="to" value=to/>
                <button class="g-btn" name="before" value=before>{m.still_older()}</button>
            </form>
        }
    });
    view! {
        <AdminHead tab=AdminTab::Audit title=m.still_audit().to_owned()/>
        <form method="get" action=routes::url("/admin/audit") class="g-row g-row--wrap g-still__filter">
            <label class="g-field"><span>{m.still_action()}</span><input class="g-input" name="action" value=action placeholder="share" list="actions"/></label>
            <label class="g-field"><span>{m.still_sign_in_name()}</span><input class="g-input" name="account" value=account autocapitalize="none"/></label>
            <label class="g-field"><span>{m.still_from_day()}</span><input class="g-input" type="date" name="from" value=from/></label>
            <label class="g-field"><span>{m.still_to_day()}</span><input class="g-input" type="date" name="to" value=to/></label>
            <button class="g-btn">{m.still_narrow()}</button>
            <a class="g-btn g-push" href=file>{m.still_export()}</a>
            <datalist id="actions">
                {["sign_in", "account", "session", "token", "share", "point", "source", "model", "export"].map(|word| view! { <option value=word></option> }).collect_view()}
            </datalist>
        </form>
        <Panel title=m.still_audit().to_owned() aside=count.to_string()>
            {(count == 0).then(|| view! { <p class="g-empty">{m.still_audit_empty()}</p> })}
            <Table heads rows/>
            {older}
        </Panel>
    }
}
