//! Writes a feed.

use twin::Timestamp;

use crate::order::{Order, Priority, Status};
use crate::span::Stretch;

use super::EventStatus;

/// Longest line in bytes, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// An event of a feed. Texts are the reader's language and come from the edge.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEvent {
    /// Stays the same as long as it is the same event, and is unique in the world: `wo-1042@gemba.example.org`.
    pub uid: Box<str>,
    /// How often it was changed: a higher one displaces a lower one.
    pub sequence: u32,
    /// When it was changed last.
    pub changed: Timestamp,
    /// From when to when.
    pub time: Stretch,
    /// What it is called.
    pub summary: Box<str>,
    /// More of it.
    pub description: Box<str>,
    /// Where.
    pub location: Box<str>,
    /// Its page.
    pub url: Option<Box<str>>,
    /// Whether it is sure.
    pub status: EventStatus,
    /// How soon: 1 is highest, 9 lowest.
    pub priority: Option<u8>,
}

/// The event of an order that has a slot: what it is called, whether it is sure, how often it was changed. What
/// only the edge knows (place, page) is empty.
#[must_use]
pub fn of_order(order: &Order, domain: &str) -> Option<FeedEvent> {
    let time = order.slot()?;
    let last = order.log().last()?;
    Some(FeedEvent {
        uid: format!("wo-{}@{domain}", order.id()).into(),
        sequence: order.revision(),
        changed: last.event.received,
        time,
        summary: format!("WO-{} {}", order.id(), order.title()).into(),
        description: "".into(),
        location: "".into(),
        url: None,
        status: match order.status() {
            Status::Cancelled => EventStatus::Cancelled,
            Status::Requested | Status::Approved | Status::Planned => EventStatus::Tentative,
            _ => EventStatus::Confirmed,
        },
        // 1 to 4 is high, 5 medium, 6 to 9 low (RFC 5545, 3.8.1.9).
        priority: Some(match order.priority() {
            Priority::Urgent => 1,
            Priority::High => 3,
            Priority::Medium => 5,
            Priority::Low => 9,
        }),
    })
}

/// A whole feed, with this name.
#[must_use]
pub fn feed(name: &str, events: &[FeedEvent]) -> String {
    let mut out = String::new();
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Gemba//Maintenance//EN",
        "CALSCALE:GREGORIAN",
    ] {
        line(&mut out, text);
    }
    line(&mut out, &format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        one(&mut out, event);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn one(out: &mut String, event: &FeedEvent) {
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}", escaped(&event.uid)));
    line(out, &format!("DTSTAMP:{}", utc(event.changed)));
    line(out, &format!("SEQUENCE:{}", event.sequence));
    line(out, &format!("DTSTART:{}", utc(event.time.from())));
    line(out, &format!("DTEND:{}", utc(event.time.to())));
    line(out, &format!("SUMMARY:{}", escaped(&event.summary)));
    for (name, text) in [("DESCRIPTION", &event.description), ("LOCATION", &event.location)] {
        if !text.is_empty() {
            line(out, &format!("{name}:{}", escaped(text)));
        }
    }
    if let Some(url) = &event.url {
        // An address is not text and is not escaped; what would end the line cannot be in one.
        let url: String = url.chars().filter(|char| !char.is_control()).collect();
        line(out, &format!("URL:{url}"));
    }
    line(out, &format!("STATUS:{}", event.status.word()));
    if let Some(priority) = event.priority {
        line(out, &format!("PRIORITY:{}", priority.min(9)));
    }
    line(out, "END:VEVENT");
}

/// An instant in UTC, to the second (RFC 5545, 3.3.5, form 2).
fn utc(at: Timestamp) -> String {
    let clamped = at
        .micros()
        .clamp(-62_135_596_800_000_000, 253_402_300_799_000_000);
    let at = jiff::Timestamp::from_microsecond(clamped).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '\\' | ';' | ',' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            char if char.is_control() && char != '\t' => {}
            char => out.push(char),
        }
    }
    out
}

/// One content line, folded so that no line has more than 75 bytes and no character is cut (RFC 5545, 3.1).
fn line(out: &mut String, text: &str) {
    let mut room = LINE;
    for char in text.chars() {
        if char.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= char.len_utf8();
        out.push(char);
    }
    out.push_str("\r\n");
}
