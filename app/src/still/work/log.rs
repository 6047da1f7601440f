//! What was said and done on an order: comments, findings, and the log of all of it.

use leptos::prelude::*;

use super::order::Forms;
use super::records::Withdraw;
use super::words;
use crate::components::panel::Panel;
use crate::i18n::use_messages;
use crate::still::parts::{Moment, Table, Times, cell};

/// Somebody said something.
#[derive(Clone, Debug)]
pub struct Saying {
    /// Called; none once forgotten.
    pub name: Option<String>,
    pub at_millis: i64,
    pub text: String,
}

/// What was found: codes of ISO 14224.
#[derive(Clone, Debug)]
pub struct FindingLine {
    pub mode: String,
    pub cause: Option<String>,
    pub activity: String,
    pub text: String,
}

/// One event of the log.
#[derive(Clone, Debug)]
pub struct LogLine {
    pub at_millis: i64,
    /// Called; none once forgotten.
    pub name: Option<String>,
    /// A stable word for what was done.
    pub what: String,
    /// Beside it: the new status, the reason, what was answered.
    pub status: Option<String>,
    pub details: String,
    /// Its event and its place in the log, where whoever reads may take it back.
    pub withdraw: Option<(String, u16)>,
    /// Waits for somebody's word, or does not hold.
    pub is_aside: bool,
}

/// Who it was.
pub(crate) fn name_of(name: Option<String>) -> String {
    let m = use_messages();
    match name {
        None => m.still_forgotten().to_owned(),
        Some(name) if name.is_empty() => m.still_work_visitor().to_owned(),
        Some(name) => name,
    }
}

/// What was said.
#[component]
pub(super) fn Sayings(sayings: Vec<Saying>, times: Times) -> impl IntoView {
    let saying = |saying: Saying| {
        view! {
            <li>
                <p class="g-caption">{name_of(saying.name)} ", " <Moment at=Some(saying.at_millis) times=times.clone()/></p>
                <p class="g-work__said">{saying.text}</p>
            </li>
        }
    };
    (!sayings.is_empty())
        .then(|| view! { <ul class="g-work__list">{sayings.into_iter().map(saying).collect_view()}</ul> })
}

/// What was found.
#[component]
pub(super) fn Findings(findings: Vec<FindingLine>) -> impl IntoView {
    let m = use_messages();
    let finding = |finding: FindingLine| {
        let cause = finding.cause.map(|cause| words::cause(m, &cause));
        let parts = [
            Some(words::mode(m, &finding.mode)),
            cause,
            Some(words::activity(m, &finding.activity)),
        ];
        let line = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! { <li><p>{line}</p> {(!finding.text.is_empty()).then(|| view! { <p class="g-work__said">{finding.text}</p> })}</li> }
    };
    (!findings.is_empty())
        .then(|| view! { <ul class="g-work__list">{findings.into_iter().map(finding).collect_view()}</ul> })
}

/// All that was ever taken, the newest first.
#[component]
pub(super) fn Log(lines: Vec<LogLine>, forms: Forms, times: Times) -> impl IntoView {
    let m = use_messages();
    let count = lines.len().to_string();
    let row = |line: LogLine| {
        let status = line
            .status
            .map(|status| format!(": {}", words::status(m, &status)));
        let what = format!("{}{}", words::event(m, &line.what), status.unwrap_or_default());
        let aside = line
            .is_aside
            .then(|| view! { " " <span class="g-badge">{m.still_work_aside()}</span> });
        let back = line
            .withdraw
            .map(|(key, place)| view! { <Withdraw key place forms=forms.clone()/> });
        vec![
            cell(view! { {what} {aside} }),
            cell(view! { <Moment at=Some(line.at_millis) times=times.clone()/> }),
            cell(name_of(line.name)),
            cell(view! { {line.details} {back} }),
        ]
    };
    let heads = vec![
        m.still_action(),
        m.still_when(),
        m.still_who(),
        m.still_work_said(),
    ];
    let rows = lines.into_iter().map(row).collect();
    view! { <Panel title=m.still_work_log().to_owned() aside=count><Table heads rows/></Panel> }
}
