//! An order as JSON: what is told of one, and what may be said of one.

use jiff::Timestamp as Instant;
use maintenance::iso14224::FailureMode;
use maintenance::order::event::External;
use maintenance::order::{Order, Priority, Status, WorkKind};
use maintenance::span::Stretch;
use maintenance::table::Row;
use serde::{Deserialize, Serialize};
use twin::{AssetId, Timestamp, Twin};

use super::problem::Problem;
use crate::http::work::form::TITLE;
use crate::work::exchange::OWN;
use crate::work::list::number;

/// An order, as it is told. Words are those of `docs/maintenance.md`, times RFC 3339 in UTC.
#[derive(Debug, Serialize)]
pub(super) struct OrderView {
    id: u32,
    number: String,
    system: String,
    external_id: String,
    asset: AssetView,
    title: String,
    kind: &'static str,
    mode: &'static str,
    priority: &'static str,
    status: &'static str,
    is_overdue: bool,
    requested: Option<String>,
    earliest: Option<String>,
    latest: Option<String>,
    start: Option<String>,
    end: Option<String>,
    /// How many events its log has.
    revision: u32,
}

/// Of which asset.
#[derive(Debug, Serialize)]
struct AssetView {
    id: u32,
    path: String,
    name: String,
}

impl OrderView {
    /// What of it its own log says; [`Self::named`] says the rest. The twin is not asked while orders are held: others
    /// hold the twin and ask for orders.
    pub(super) fn of(order: &Order, now: Timestamp) -> Self {
        let request = order.request();
        let asset = AssetView {
            id: request.asset.get(),
            path: String::new(),
            name: String::new(),
        };
        let own = || (OWN.to_owned(), order.id().to_string());
        let external = request.external.as_ref();
        let (system, external_id) = external.map_or_else(own, |external| {
            (external.system.to_string(), external.id.to_string())
        });
        let slot = order.slot();
        Self {
            id: order.id().get(),
            number: number(order.id()),
            system,
            external_id,
            asset,
            title: order.title().to_owned(),
            kind: request.kind.word(),
            mode: request.mode.code(),
            priority: order.priority().word(),
            status: order.status().word(),
            is_overdue: order.is_overdue(now),
            requested: order.log().first().and_then(|entry| time(entry.event.when())),
            earliest: order.dates().earliest.and_then(time),
            latest: order.dates().latest.and_then(time),
            start: slot.map(Stretch::from).and_then(time),
            end: slot.map(Stretch::to).and_then(time),
            revision: order.revision(),
        }
    }

    /// With what its asset is called and where it is.
    pub(super) fn named(mut self, twin: &Twin) -> Self {
        let asset = AssetId::new(self.asset.id);
        self.asset.path = twin.path(asset);
        self.asset.name = twin
            .asset(asset)
            .map(|asset| asset.name.to_string())
            .unwrap_or_default();
        self
    }
}

fn time(at: Timestamp) -> Option<String> {
    let at = Instant::from_microsecond(at.micros()).ok()?;
    Some(at.to_string())
}

/// An order, as its system says it. What is left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderForm {
    asset: AssetWord,
    title: String,
    kind: Option<String>,
    mode: Option<String>,
    priority: Option<String>,
    status: Option<String>,
    earliest: Option<String>,
    latest: Option<String>,
    start: Option<String>,
    end: Option<String>,
}

/// A path, or a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AssetWord {
    Number(u32),
    Path(String),
}

impl Default for AssetWord {
    fn default() -> Self {
        Self::Path(String::new())
    }
}

impl OrderForm {
    /// What a body says.
    pub(super) fn read(body: &str) -> Result<Self, Problem> {
        let unreadable = |error: serde_json::Error| {
            Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &error.to_string())
        };
        serde_json::from_str(body).map_err(unreadable)
    }

    /// As a row of a file, which says the same.
    pub(super) fn row(self, external: External) -> Result<Row, Problem> {
        let title = self.title.trim();
        if title.is_empty() || title.chars().count() > TITLE {
            return Err(Problem::of_field(
                "title",
                &format!("a title has 1 to {TITLE} characters"),
            ));
        }
        let moment = |field, text: Option<String>| text.map(|text| instant(field, &text)).transpose();
        let (start, end) = (moment("start", self.start)?, moment("end", self.end)?);
        let slot = start.zip(end).and_then(|(start, end)| Stretch::new(start, end));
        if slot.is_none() && (start.is_some() || end.is_some()) {
            return Err(Problem::of_field(
                "end",
                "give `start` and `end`, the end after the start",
            ));
        }
        let (earliest, latest) = (moment("earliest", self.earliest)?, moment("latest", self.latest)?);
        if earliest.zip(latest).is_some_and(|(from, to)| to < from) {
            return Err(Problem::of_field("latest", "`latest` is before `earliest`"));
        }
        Ok(Row {
            line: 1,
            external,
            title: title.into(),
            asset: match self.asset {
                AssetWord::Number(number) => number.to_string().into(),
                AssetWord::Path(path) => path.into(),
            },
            kind: word("kind", self.kind, WorkKind::ALL, WorkKind::word)?,
            mode: word("mode", self.mode, FailureMode::ALL, FailureMode::code)?,
            priority: word("priority", self.priority, Priority::ALL, Priority::word)?,
            status: word("status", self.status, Status::ALL, Status::word)?,
            earliest,
            latest,
            slot,
        })
    }
}

fn instant(field: &'static str, text: &str) -> Result<Timestamp, Problem> {
    let at: Result<Instant, _> = text.parse();
    at.map(|at| Timestamp::from_micros(at.as_microsecond()))
        .map_err(|_no_time| {
            Problem::of_field(
                field,
                &format!("`{text}` is no time with its offset; write 2026-11-24T06:00:00+01:00"),
            )
        })
}

/// One of a closed set of words.
fn word<T: Copy>(
    field: &'static str,
    text: Option<String>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<Option<T>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let found = all.iter().copied().find(|one| name(*one) == text);
    let words = || all.iter().map(|one| name(*one)).collect::<Vec<_>>().join(", ");
    found
        .map(Some)
        .ok_or_else(|| Problem::of_field(field, &format!("`{text}` is none of {}", words())))
}
