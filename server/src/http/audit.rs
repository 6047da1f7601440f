//! `/admin/audit`: the audit log as a page and as a file.

use access::AccountId;
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::audit::{Audit, AuditLine, AuditPage};
use axum::Router;
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leptos::prelude::*;
use serde::Deserialize;
use serde_json::json;
use store::records::access::{AuditEntry, AuditQuery};
use twin::{PointId, Timestamp};

use super::doors::{Doors, broken};
use super::lines;
use crate::accounts::What;

/// Entries on a page.
const PAGE: u32 = 100;
/// Entries in a file; narrow the selection for the rest.
const FILE: u32 = 100_000;

/// Its routes.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/admin/audit", get(page))
        .route("/admin/audit.csv", get(file))
        .with_state(doors)
}

/// What the list is narrowed to. Days are of the site's clock, `2026-03-15`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    action: String,
    account: String,
    from: String,
    to: String,
    before: Option<u64>,
}

impl Asked {
    fn query(&self, doors: &Doors, most: u32) -> AuditQuery {
        let zone = &doors.backend.zone;
        // A name that nobody has finds nothing.
        let account = match self.account.trim() {
            "" => None,
            name => Some(
                doors
                    .accounts
                    .by_name(name)
                    .map_or(u32::MAX, |account| account.id.get()),
            ),
        };
        AuditQuery {
            before: self.before,
            action: self.action.trim().to_owned(),
            account,
            from: begin(zone, &self.from, 0),
            to: begin(zone, &self.to, 1),
            most,
        }
    }

    fn file(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("action", &self.action),
            ("account", &self.account),
            ("from", &self.from),
            ("to", &self.to),
        ] {
            query.append_pair(name, value);
        }
        routes::url(&format!("/admin/audit.csv?{}", query.finish()))
    }
}

/// When a day begins, or one some days later; none where it is no day.
fn begin(zone: &TimeZone, day: &str, later: i64) -> Option<Timestamp> {
    let date: Date = day.parse().ok()?;
    let date = date.checked_add(jiff::Span::new().days(later)).ok()?;
    let begin = date.to_zoned(zone.clone()).ok()?;
    Some(Timestamp::from_millis(begin.timestamp().as_millisecond()))
}

async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let entries = match doors.accounts.audit.read(&asked.query(&doors, PAGE)).await {
        Ok(entries) => entries,
        Err(error) => return broken(&error),
    };
    let oldest = entries.last().map(|entry| entry.at.millis());
    let page = AuditPage {
        before: entries
            .last()
            .map(|entry| entry.number)
            .filter(|number| *number > 1),
        lines: entries.iter().map(|entry| doors.line(entry)).collect(),
        file: asked.file(),
        action: asked.action,
        account: asked.account,
        from: asked.from,
        to: asked.to,
        times: lines::times(&doors.backend, oldest),
    };
    let title = |m: Messages| m.still_audit().to_owned();
    doors
        .page_of(
            parts,
            StatusCode::OK,
            Frame::Header,
            title,
            move || view! { <Audit page/> },
        )
        .await
}

/// All of a selection, newest first; taking it away is itself written down.
async fn file(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let entries = match doors.accounts.audit.read(&asked.query(&doors, FILE)).await {
        Ok(entries) => entries,
        Err(error) => return broken(&error),
    };
    let details = json!({ "entries": entries.len() });
    if let Err(error) = doors
        .accounts
        .audit
        .note(&parts, "export", "audit", details)
        .await
    {
        return broken(&error);
    }
    let mut text = String::from("number,time,name,from,by,action,subject,details,hash\n");
    for entry in &entries {
        let line = doors.line(entry);
        let cells = [
            line.number.to_string(),
            jiff::Timestamp::from_microsecond(entry.at.micros())
                .map_or_else(|_| String::new(), |at| at.to_string()),
            line.name.unwrap_or_default(),
            line.address,
            line.by,
            line.action,
            line.subject,
            line.details,
            crate::accounts::desk::hex(&entry.hash),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| cell_of(cell)).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"gemba-audit.csv\"",
        ),
    ];
    (head, text).into_response()
}

/// A cell that no spreadsheet takes for a formula.
fn cell_of(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

impl Doors {
    /// An entry as it is shown; whom or what it is about by the name it has now.
    fn line(&self, entry: &AuditEntry) -> AuditLine {
        let person: serde_json::Value = entry
            .person
            .as_deref()
            .and_then(|person| serde_json::from_str(person).ok())
            .unwrap_or_default();
        let word = |name: &str| person[name].as_str().unwrap_or_default().to_owned();
        AuditLine {
            number: entry.number,
            at_millis: entry.at.millis(),
            name: entry.person.is_some().then(|| word("name")),
            address: word("address"),
            by: word("by"),
            action: entry.action.clone(),
            subject: self.named(&entry.subject),
            details: if entry.details == "{}" {
                String::new()
            } else {
                entry.details.clone()
            },
        }
    }

    fn named(&self, subject: &str) -> String {
        let numbered = subject
            .split_once(' ')
            .and_then(|(what, id)| Some((what, id.parse::<u32>().ok()?)));
        let name = match numbered {
            Some(("account", id)) => self
                .accounts
                .account(AccountId::new(id))
                .map(|account| account.display),
            Some(("link", id)) => self.accounts.credential(id).and_then(|link| match link.what {
                What::Link(link) => Some(link.purpose),
                _ => None,
            }),
            Some(("point", id)) => self.backend.read(|twin| {
                let point = twin.point(PointId::new(id))?;
                Some(format!("{} {}", twin.path(point.asset), point.name))
            }),
            _ => None,
        };
        let name = name.filter(|name| !name.is_empty());
        name.map_or_else(|| subject.to_owned(), |name| format!("{subject}: {name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expect) in [
            ("=HYPERLINK(1)", "\"'=HYPERLINK(1)\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("-1", "\"'-1\""),
            ("plain", "\"plain\""),
        ] {
            assert_eq!(cell_of(text), expect);
        }
    }

    #[test]
    fn a_day_is_of_the_sites_clock() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let at = begin(&paris, "2026-03-29", 0).unwrap();
        assert_eq!(at.millis(), 1_774_738_800_000);
        assert_eq!(
            begin(&paris, "2026-03-29", 1).unwrap().millis() - at.millis(),
            23 * 3_600_000
        );
        assert_eq!(begin(&paris, "yesterday", 0), None);
    }
}
