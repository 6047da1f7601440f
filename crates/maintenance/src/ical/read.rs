//! Reads events. Whatever cannot be read is told with its line, and the rest is taken.

use jiff::civil::{Date, DateTime};
use twin::{Span, Timestamp};

use crate::calendar::Zone;
use crate::span::Stretch;

use super::EventStatus;

/// Most events of one file.
pub const MOST_EVENTS: usize = 20_000;

/// An event that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadEvent {
    /// Its id, where it has one.
    pub uid: Box<str>,
    /// From when to when.
    pub time: Stretch,
    /// The day and the last day, when it is one of whole days.
    pub days: Option<(Date, Date)>,
    /// What it is called.
    pub summary: Box<str>,
    /// Whether it is sure.
    pub status: EventStatus,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It does not say when it starts.
    NoStart,
    /// It ends when or before it starts.
    NoTime,
    /// A time that is none.
    BadTime(Box<str>),
    /// A zone that is none.
    UnknownZone(Box<str>),
    /// It repeats; only the first was taken.
    Repeats,
    /// It does not end before the file does.
    NotEnded,
    /// There are more than [`MOST_EVENTS`].
    TooMany,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.why {
            Why::NoStart => f.write_str("an event without DTSTART; say when it starts"),
            Why::NoTime => f.write_str("an event that ends when it starts or before; say DTEND or DURATION"),
            Why::BadTime(text) => write!(f, "`{text}` is no time; write 20261124T060000Z"),
            Why::UnknownZone(name) => write!(
                f,
                "there is no time zone `{name}`; use a name such as Europe/Paris"
            ),
            Why::Repeats => f.write_str("an event that repeats; export single events"),
            Why::NotEnded => f.write_str("an event without END:VEVENT"),
            Why::TooMany => write!(f, "more than {MOST_EVENTS} events; export a shorter time"),
        }
    }
}

impl std::error::Error for Problem {}

/// A content line: name, parameters, value (RFC 5545, 3.1).
struct Content {
    line: usize,
    name: String,
    params: Vec<(String, String)>,
    value: String,
}

/// What an event has said by now.
#[derive(Default)]
struct Draft {
    line: usize,
    uid: String,
    summary: String,
    start: Option<Moment>,
    end: Option<Moment>,
    duration: Option<Span>,
    status: Option<EventStatus>,
    is_broken: bool,
}

/// A time as it was written.
#[derive(Clone, Copy)]
enum Moment {
    Day(Date),
    At(Timestamp),
}

/// Whether a text is a calendar, which may begin with a byte order mark.
#[must_use]
pub fn is_calendar(text: &str) -> bool {
    unmarked(text).starts_with("BEGIN:VCALENDAR")
}

fn unmarked(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

/// All events of a file, which may begin with a byte order mark; times without a zone are what clocks of the site show.
#[must_use]
pub fn read(text: &str, site: &Zone) -> (Vec<ReadEvent>, Vec<Problem>) {
    let (mut events, mut problems) = (Vec::new(), Vec::new());
    let mut draft: Option<Draft> = None;
    // Alarms and the like inside an event have times of their own.
    let mut depth = 0_usize;
    for content in unfolded(unmarked(text)) {
        let is_event = content.value.eq_ignore_ascii_case("VEVENT");
        match (content.name.as_str(), &mut draft) {
            ("BEGIN", None) if is_event => {
                draft = Some(Draft {
                    line: content.line,
                    ..Draft::default()
                });
            }
            ("BEGIN", Some(_)) => depth += 1,
            ("END", Some(_)) if depth > 0 => depth -= 1,
            ("END", Some(_)) if is_event => {
                if events.len() == MOST_EVENTS {
                    let line = content.line;
                    problems.push(Problem {
                        line,
                        why: Why::TooMany,
                    });
                    return (events, problems);
                }
                if let Some(draft) = draft.take() {
                    draft.close(site, &mut events, &mut problems);
                }
            }
            (_, Some(draft)) if depth == 0 => draft.take(&content, site, &mut problems),
            _ => {}
        }
    }
    problems.extend(draft.map(|draft| Problem {
        line: draft.line,
        why: Why::NotEnded,
    }));
    (events, problems)
}

impl Draft {
    fn take(&mut self, content: &Content, site: &Zone, problems: &mut Vec<Problem>) {
        let mut tell = |why: Why| {
            problems.push(Problem {
                line: content.line,
                why,
            });
        };
        match content.name.as_str() {
            "UID" => self.uid = unescaped(&content.value),
            "SUMMARY" => self.summary = unescaped(&content.value),
            "STATUS" => self.status = EventStatus::from_word(&content.value.to_ascii_uppercase()),
            "RRULE" | "RDATE" => tell(Why::Repeats),
            "DTSTART" | "DTEND" => match moment(content, site) {
                Ok(moment) if content.name == "DTSTART" => self.start = Some(moment),
                Ok(moment) => self.end = Some(moment),
                Err(why) => {
                    self.is_broken = true;
                    tell(why);
                }
            },
            "DURATION" => match duration(&content.value) {
                Some(span) => self.duration = Some(span),
                None => {
                    self.is_broken = true;
                    tell(Why::BadTime(content.value.as_str().into()));
                }
            },
            _ => {}
        }
    }

    fn close(self, site: &Zone, events: &mut Vec<ReadEvent>, problems: &mut Vec<Problem>) {
        if self.is_broken {
            // It was told already.
            return;
        }
        match self.event(site) {
            Ok(event) => events.push(event),
            Err(why) => problems.push(Problem { line: self.line, why }),
        }
    }

    fn event(&self, site: &Zone) -> Result<ReadEvent, Why> {
        let start = self.start.ok_or(Why::NoStart)?;
        let (time, days) = match start {
            Moment::At(from) => {
                let to = match (self.end, self.duration) {
                    (Some(Moment::At(to)), _) => Some(to),
                    (Some(Moment::Day(day)), _) => site.start_of(day),
                    (None, Some(span)) => Some(from + span),
                    (None, None) => None,
                };
                (to.and_then(|to| Stretch::new(from, to)), None)
            }
            Moment::Day(first) => {
                let last = self.last_day(first, site);
                let whole = site.day(first).zip(site.day(last));
                let time = whole.and_then(|(one, other)| Stretch::new(one.from(), other.to()));
                (time, Some((first, last)))
            }
        };
        Ok(ReadEvent {
            uid: self.uid.as_str().into(),
            time: time.ok_or(Why::NoTime)?,
            days,
            summary: self.summary.as_str().into(),
            status: self.status.unwrap_or(EventStatus::Confirmed),
        })
    }

    /// The end of an event of whole days is the day after its last (RFC 5545, 3.6.1).
    fn last_day(&self, first: Date, site: &Zone) -> Date {
        let after = match (self.end, self.duration) {
            (Some(Moment::Day(day)), _) => Some(day),
            (Some(Moment::At(at)), _) => site.civil(at).map(DateTime::date),
            (None, Some(span)) => {
                let days = jiff::Span::new().try_days(span.secs() / 86_400).ok();
                days.and_then(|days| first.checked_add(days).ok())
            }
            (None, None) => None,
        };
        after.and_then(|after| after.yesterday().ok()).unwrap_or(first)
    }
}

/// Lines with their folds undone, as far as they have a name and a value.
fn unfolded(text: &str) -> impl Iterator<Item = Content> {
    let mut lines = text.lines().enumerate().peekable();
    std::iter::from_fn(move || {
        loop {
            let (number, first) = lines.next()?;
            let mut whole = first.to_owned();
            while let Some((_, next)) = lines.next_if(|(_, next)| next.starts_with([' ', '\t'])) {
                whole.extend(next.chars().skip(1));
            }
            if let Some(content) = content(number + 1, &whole) {
                return Some(content);
            }
        }
    })
}

fn content(line: usize, text: &str) -> Option<Content> {
    let mut quoted = false;
    let colon = text.char_indices().find_map(|(at, char)| {
        quoted ^= char == '"';
        (char == ':' && !quoted).then_some(at)
    })?;
    let (head, value) = (text.get(..colon)?, text.get(colon + 1..)?);
    let mut parts = head.split(';');
    let name = parts.next()?.trim().to_ascii_uppercase();
    let params = parts.filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        Some((name.to_ascii_uppercase(), value.trim_matches('"').to_owned()))
    });
    Some(Content {
        line,
        params: params.collect(),
        name,
        value: value.trim_end().to_owned(),
    })
}

/// A time: a day, an instant in UTC, one in a zone, or one of the site's clocks.
fn moment(content: &Content, site: &Zone) -> Result<Moment, Why> {
    let text = content.value.trim();
    let bad = || Why::BadTime(text.into());
    if text.len() == 8 {
        return day(text).map(Moment::Day).ok_or_else(bad);
    }
    let (civil, is_utc) = match text.strip_suffix(['Z', 'z']) {
        Some(civil) => (civil, true),
        None => (text, false),
    };
    let civil = DateTime::strptime("%Y%m%dT%H%M%S", civil).map_err(|_unread| bad())?;
    let zone = match content.params.iter().find(|(name, _)| name == "TZID") {
        _ if is_utc => Zone::utc(),
        Some((_, name)) => {
            Zone::named(name.trim_start_matches('/')).map_err(|unknown| Why::UnknownZone(unknown.0))?
        }
        None => site.clone(),
    };
    zone.instant(civil).map(Moment::At).ok_or_else(bad)
}

fn day(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text).ok()
}

/// A length of time (RFC 5545, 3.3.6); days and weeks as 24 and 168 hours.
fn duration(text: &str) -> Option<Span> {
    let text = text.trim().trim_start_matches('+').strip_prefix('P')?;
    let (mut secs, mut number, mut any) = (0_i64, 0_i64, false);
    for char in text.chars() {
        let unit = match char {
            'T' => continue,
            'W' => 604_800,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            digit => {
                let digit = i64::from(digit.to_digit(10)?);
                number = number.checked_mul(10)?.checked_add(digit)?;
                continue;
            }
        };
        secs = secs.checked_add(number.checked_mul(unit)?)?;
        number = 0;
        any = true;
    }
    any.then_some(Span::from_secs(secs))
}

/// A value as text (RFC 5545, 3.3.11).
fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            char => out.push(char),
        }
    }
    out
}
