//! `/plan/parts`: spare parts of a site, what is on the shelf, what comes when, and files of them in and out.

use std::collections::BTreeMap;

use access::Capability as C;
use app::i18n::Messages;
use app::still::Frame;
use app::still::plan::{PartLine, PartsPage, SpareParts};
use axum::extract::{Query, RawForm, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use leptos::prelude::*;
use maintenance::calendar::Zone;
use maintenance::id::{OrderId, PartId};
use maintenance::table::{self, PartRow};
use serde_json::json;
use twin::Timestamp;

use super::{Asked, At};
use crate::access::may;
use crate::http::doors::{Doors, broken};
use crate::http::people::messages;
use crate::http::who;
use crate::http::work::form::Fields;
use crate::roster::book::PartEntry;
use crate::roster::{Book, Entry};
use crate::stock::Stock;
use crate::zone;

/// Longest file, in bytes.
const LONGEST: usize = 1_000_000;
/// Problems of a file that are told.
const TOLD: usize = 20;
/// No order: what is kept for anybody counts.
const NOBODY: OrderId = OrderId::new(u32::MAX);

/// `GET /plan/parts`
pub async fn page(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    doors.parts(parts, &asked, Vec::new(), String::new()).await
}

/// `POST /plan/parts`: rows of a file, each a part that is new or from now on as it says; or one that is gone.
pub async fn send(State(doors): State<Doors>, parts: Parts, RawForm(body): RawForm) -> Response {
    let (m, fields) = (messages(&parts), Fields::read(&body));
    let asked = Asked::of(&fields);
    let Some(at) = doors.plan_at(&parts, &asked) else {
        return doors.no_board(parts).await;
    };
    let zone = doors.zone_of(&at);
    let now = doors.backend.clock.now();
    let read = |book: &Book| {
        let entries = match fields.get("gone") {
            "" => rows(book, &at, &zone, fields.get("file"), m, now)?,
            gone => leaves(book, &at, gone).ok_or_else(|| vec![m.still_work_bad_bad_part().to_owned()])?,
        };
        let count = entries.len() as u64;
        Ok((entries, count))
    };
    match doors.write_roster(&parts, &at, ("parts", "parts"), read).await {
        Ok(answer) => answer,
        Err(why) => {
            doors
                .parts(parts, &asked, why, fields.get("file").to_owned())
                .await
        }
    }
}

/// `GET /plan/parts.csv`
pub async fn file(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let viewer = who::viewer(&parts);
    let at = doors.plan_at(&parts, &asked);
    let at = at.filter(|at| doors.backend.read(|twin| may(&viewer, twin, C::Export, at.site)));
    let Some(at) = at else {
        return doors.no_board(parts).await;
    };
    let (book, zone) = (doors.backend.roster.book(), doors.zone_of(&at));
    let stock = doors
        .backend
        .work
        .look(|orders| Stock::new(&book, orders, &[at.site]));
    let row = |part: &&PartEntry| PartRow {
        code: part.code.as_str().into(),
        name: Some(part.name.as_str().into()),
        unit: Some(part.unit.as_str().into()),
        on_hand: stock.parts.get(&PartId::new(part.id)).map(|part| part.on_hand),
        lead_days: part.lead_days,
        price: part.price.map(maintenance::order::event::Money),
        deliveries: Some(part.deliveries.clone()),
    };
    let rows: Vec<PartRow> = book.parts_of(at.site).iter().map(row).collect();
    let (subject, details) = (
        format!("parts of asset {}", at.site.get()),
        json!({"parts": rows.len()}),
    );
    if let Err(error) = doors
        .accounts
        .audit
        .note(&parts, "export", subject, details)
        .await
    {
        return broken(&error);
    }
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"parts.csv\""),
    ];
    (head, table::write_parts(&rows, &zone)).into_response()
}

/// What a file comes to: a part with a code that the site keeps changes, another is new.
fn rows(
    book: &Book,
    at: &At,
    zone: &Zone,
    text: &str,
    m: Messages,
    now: Timestamp,
) -> Result<Vec<Entry>, Vec<String>> {
    if text.is_empty() || text.len() > LONGEST {
        return Err(vec![m.still_plan_bad_file().to_owned()]);
    }
    let (rows, wrong) = table::read_parts(text.as_bytes(), zone);
    if !wrong.is_empty() {
        return Err(wrong.iter().take(TOLD).map(ToString::to_string).collect());
    }
    let mut known: BTreeMap<String, &PartEntry> = BTreeMap::new();
    for part in book.parts.values().filter(|part| part.site == at.site) {
        known.insert(part.code.to_lowercase(), part);
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut next = book.parts.keys().next_back().copied().unwrap_or(0);
    let mut entries = Vec::new();
    for (row, place) in rows.into_iter().zip(2..) {
        let code = row.code.to_lowercase();
        if let Some(before) = taken.insert(code.clone(), place) {
            return Err(vec![m.still_plan_part_twice(&row.code, &before.to_string())]);
        }
        let old = known.get(&code).copied();
        let id = old.map_or_else(
            || {
                next += 1;
                next
            },
            |old| old.id,
        );
        entries.push(entry(id, at, row, old, now));
    }
    if entries.is_empty() {
        return Err(vec![m.still_plan_bad_file().to_owned()]);
    }
    Ok(entries)
}

/// A row over what is known of its part. Only a count that is told begins the counting anew.
fn entry(id: u32, at: &At, row: PartRow, old: Option<&PartEntry>, now: Timestamp) -> Entry {
    let kept = old.filter(|old| !old.is_gone);
    let text = |new: Option<Box<str>>, old: Option<&String>, otherwise: &str| {
        let new = new.map(String::from);
        new.or_else(|| old.cloned())
            .unwrap_or_else(|| otherwise.to_owned())
    };
    let (counted, counted_at) = match (row.on_hand, kept) {
        (None, Some(kept)) => (kept.counted, kept.at),
        (on_hand, _) => (on_hand.unwrap_or(0.0), now),
    };
    let deliveries = row
        .deliveries
        .or_else(|| kept.map(|kept| kept.deliveries.clone()))
        .unwrap_or_default();
    Entry::Part {
        id,
        site: at.site.get(),
        name: text(row.name, kept.map(|kept| &kept.name), &row.code),
        unit: text(row.unit, kept.map(|kept| &kept.unit), "1"),
        code: row.code.into(),
        counted,
        at: counted_at.micros(),
        deliveries: deliveries
            .into_iter()
            .map(|(at, count)| (at.micros(), count))
            .collect(),
        lead_days: row.lead_days.or_else(|| kept?.lead_days),
        price: row.price.map(|price| price.0).or_else(|| kept?.price),
        is_gone: false,
    }
}

/// A part that the site keeps no longer.
fn leaves(book: &Book, at: &At, id: &str) -> Option<Vec<Entry>> {
    let part = book.parts.get(&id.parse().ok()?)?;
    let part = Some(part).filter(|part| part.site == at.site && !part.is_gone)?;
    let row = PartRow {
        code: part.code.as_str().into(),
        ..PartRow::default()
    };
    let mut gone = entry(part.id, at, row, Some(part), part.at);
    if let Entry::Part { is_gone, .. } = &mut gone {
        *is_gone = true;
    }
    Some(vec![gone])
}

impl Doors {
    /// The zone of a site's calendar.
    fn zone_of(&self, at: &At) -> Zone {
        let book = self.backend.roster.book();
        book.site(at.site, &zone::of_calendars(&self.backend.zone)).zone
    }

    async fn parts(&self, parts: Parts, asked: &Asked, bad: Vec<String>, typed: String) -> Response {
        let Some(mut at) = self.plan_at(&parts, asked) else {
            return self.no_board(parts).await;
        };
        let Some(situation) = self.situation(&parts, &mut at) else {
            return self.no_board(parts).await;
        };
        let m = messages(&parts);
        let fmt = app::fmt::Fmt::new(m.locale());
        let times = super::times_of(&situation);
        let book = self.backend.roster.book();
        let stock = self
            .backend
            .work
            .look(|orders| Stock::new(&book, orders, &[at.site]));
        let amount = |amount: f64, unit: &str| {
            let decimals = if amount.fract() == 0.0 { 0 } else { 2 };
            fmt.value(amount, decimals, Some(unit).filter(|unit| *unit != "1"))
        };
        let line = |part: &PartEntry| {
            let id = PartId::new(part.id);
            let on_hand = stock.parts.get(&id).map_or(part.counted, |part| part.on_hand);
            let kept = stock.kept.for_others(id, NOBODY);
            let mut comes = part.deliveries.clone();
            comes.sort_by_key(|(at, _)| *at);
            let comes = comes.iter().map(|(at, count)| {
                let day = fmt.date_year(&times.zone, at.millis());
                format!("{day}: {}", amount(*count, &part.unit))
            });
            #[allow(clippy::cast_precision_loss, reason = "an amount of money")]
            let price = part.price.map(|cents| cents as f64 / 100.0);
            PartLine {
                id: part.id,
                code: part.code.clone(),
                name: part.name.clone(),
                on_hand: amount(on_hand, &part.unit),
                is_short: on_hand < kept || on_hand <= 0.0,
                kept: amount(kept, &part.unit),
                comes: comes.collect::<Vec<_>>().join(", "),
                lead: part
                    .lead_days
                    .map_or_else(|| "–".to_owned(), |days| days.to_string()),
                price: price.map_or_else(|| "–".to_owned(), |price| fmt.value(price, 2, Some("€"))),
            }
        };
        let viewer = who::viewer(&parts);
        let page = PartsPage {
            lines: book.parts_of(at.site).into_iter().map(line).collect(),
            site: at
                .sites
                .iter()
                .find(|(id, _)| *id == at.place.site)
                .map_or_else(String::new, |(_, name)| name.clone()),
            may_export: self.backend.read(|twin| may(&viewer, twin, C::Export, at.site)),
            place: at.place.clone(),
            said: (asked.said == "parts").then(|| m.still_plan_parts_taken(asked.n)),
            typed,
            bad,
        };
        let status = if page.bad.is_empty() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let title = |m: Messages| m.still_plan_parts().to_owned();
        let draw = move || view! { <SpareParts page/> };
        self.page_of(parts, status, Frame::Header, title, draw).await
    }
}
