//! From what the dialog's form says to the link it asks for. Pure: time and zone are arguments.

use std::collections::BTreeSet;

use app::i18n::Messages;
use app::still::share::ShareForm;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use twin::{Span, Timestamp};

use crate::accounts::{MOST_EMAILS, plain_email};
use crate::mail;
use crate::share::Link;

/// Longest text of a purpose.
const PURPOSE: usize = 120;
/// What is shown of the time before a moment.
const BEFORE: Span = Span::from_secs(8 * 3_600);
/// Longest stretch of the past.
const LONGEST: Span = Span::from_secs(31 * 86_400);
/// Last day that a link may end on, from today.
const MOST_DAYS: i32 = 365;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub link: Link,
    pub pin: Option<String>,
    pub ends: Timestamp,
}

impl Wish {
    /// Itself, where it says what it is for: whoever finds it in the list must know. A preview need not.
    pub(super) fn with_purpose(self, m: Messages) -> Result<Self, String> {
        if self.link.purpose.trim().is_empty() {
            return Err(words(m, Bad::Purpose).to_owned());
        }
        Ok(self)
    }
}

/// What of it cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    Purpose,
    Moment,
    Range,
    Until,
    Pin,
    Emails,
    Protection,
}

/// What to do about it.
pub(super) fn words(m: Messages, bad: Bad) -> &'static str {
    match bad {
        Bad::Purpose => m.still_share_bad_purpose(),
        Bad::Moment => m.still_share_bad_moment(),
        Bad::Range => m.still_share_bad_range(),
        Bad::Until => m.still_share_bad_until(),
        Bad::Pin => m.still_share_bad_pin(),
        Bad::Emails => m.still_share_bad_emails(),
        Bad::Protection => m.error_bad_request(),
    }
}

/// The form as it is at first: live, for a week; or the stretch of the past that somebody looks at.
pub(super) fn first(
    asset: u32,
    range: Option<(i64, i64)>,
    named: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> ShareForm {
    let hours = match named {
        "now-1h" => 1,
        "now-24h" => 24,
        "now-7d" => 7 * 24,
        _ => 8,
    };
    let (from, to) = range.map_or((now - Span::from_secs(hours * 3_600), now), |(from, to)| {
        (Timestamp::from_millis(from), Timestamp::from_millis(to))
    });
    ShareForm {
        asset,
        what: if range.is_some() { "range" } else { "live" }.to_owned(),
        at: wall(zone, now),
        from: wall(zone, from),
        to: wall(zone, to),
        values: true,
        history: true,
        alarms: true,
        until: "week".to_owned(),
        date: day(zone, now, 7),
        protection: "none".to_owned(),
        ..ShareForm::default()
    }
}

/// First and last day that a link may end on.
pub(super) fn days(now: Timestamp, zone: &TimeZone) -> (String, String) {
    (day(zone, now, 0), day(zone, now, MOST_DAYS))
}

/// What the form asks for.
pub(super) fn read(form: &ShareForm, now: Timestamp, zone: &TimeZone) -> Result<Wish, Bad> {
    let pin = form.pin.trim();
    let is_pin = (4..=12).contains(&pin.len()) && pin.bytes().all(|digit| digit.is_ascii_digit());
    let (pin, emails) = match form.protection.as_str() {
        "pin" if is_pin => (Some(pin.to_owned()), Vec::new()),
        "pin" => return Err(Bad::Pin),
        "code" => (None, emails(&form.emails)?),
        "none" => (None, Vec::new()),
        _ => return Err(Bad::Protection),
    };
    let link = Link {
        purpose: form.purpose.chars().take(PURPOSE).collect(),
        asset: form.asset,
        children: form.children,
        values: form.values,
        history: form.history,
        alarms: form.alarms,
        range: range(form, now, zone)?,
        emails,
        embed: form.embed,
        report: form.report,
        ..Link::default()
    };
    Ok(Wish {
        link,
        pin,
        ends: ends(form, now, zone)?,
    })
}

fn ends(form: &ShareForm, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, Bad> {
    let hours = match form.until.as_str() {
        "shift" => 8,
        "day" => 24,
        "week" => 7 * 24,
        "month" => 30 * 24,
        "date" => {
            // With the end of the day, as people mean it.
            let day: Date = form.date.parse().map_err(|_unreadable| Bad::Until)?;
            let next = day.checked_add(1.day()).map_err(|_far| Bad::Until)?;
            let end = instant(zone, next.at(0, 0, 0, 0)).ok_or(Bad::Until)?;
            let is_soon = end > now && form.date <= days(now, zone).1;
            return if is_soon { Ok(end) } else { Err(Bad::Until) };
        }
        _ => return Err(Bad::Until),
    };
    Ok(now + Span::from_secs(hours * 3_600))
}

fn range(form: &ShareForm, now: Timestamp, zone: &TimeZone) -> Result<Option<(i64, i64)>, Bad> {
    let moment = |text: &str| instant(zone, text.parse::<DateTime>().ok()?);
    let (from, to) = match form.what.as_str() {
        "moment" => {
            let at = moment(&form.at).filter(|at| *at <= now).ok_or(Bad::Moment)?;
            (at - BEFORE, at)
        }
        "range" => {
            let (from, to) = moment(&form.from).zip(moment(&form.to)).ok_or(Bad::Range)?;
            let is_sound = from < to && from < now && to.since(from) <= LONGEST;
            (from, is_sound.then_some(to.min(now)).ok_or(Bad::Range)?)
        }
        _ => return Ok(None),
    };
    Ok(Some((from.millis(), to.millis())))
}

/// Addresses between line ends, commas and semicolons, each once.
fn emails(text: &str) -> Result<Vec<String>, Bad> {
    let typed = text
        .split(['\n', ',', ';'])
        .map(str::trim)
        .filter(|typed| !typed.is_empty());
    let mut emails = BTreeSet::new();
    for typed in typed {
        let address = mail::address(typed).ok_or(Bad::Emails)?;
        emails.insert(plain_email(address.as_ref()));
        if emails.len() > MOST_EMAILS {
            return Err(Bad::Emails);
        }
    }
    if emails.is_empty() {
        return Err(Bad::Emails);
    }
    Ok(emails.into_iter().collect())
}

/// A moment of the site's wall clock; of two with the same name the first.
fn instant(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
    let zoned = zone.to_ambiguous_zoned(wall).compatible().ok()?;
    Some(Timestamp::from_millis(zoned.timestamp().as_millisecond()))
}

fn civil(zone: &TimeZone, at: Timestamp) -> DateTime {
    let at = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    zone.to_datetime(at)
}

/// As a browser writes moments.
fn wall(zone: &TimeZone, at: Timestamp) -> String {
    civil(zone, at).strftime("%Y-%m-%dT%H:%M").to_string()
}

fn day(zone: &TimeZone, now: Timestamp, after: i32) -> String {
    let today = civil(zone, now).date();
    today.saturating_add(after.days()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 23 November 2026, 11:30 in Paris.
    const NOW: Timestamp = Timestamp::from_millis(1_795_429_800_000);

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn form(change: impl FnOnce(&mut ShareForm)) -> ShareForm {
        let mut form = first(5, None, "", NOW, &paris());
        change(&mut form);
        form
    }

    fn wish(change: impl FnOnce(&mut ShareForm)) -> Result<Wish, Bad> {
        read(&form(change), NOW, &paris())
    }

    #[test]
    fn the_first_form_is_live_for_a_week() {
        let first = form(|_| {});
        assert_eq!(first.at, "2026-11-23T11:30");
        assert_eq!(
            (first.from.as_str(), first.to.as_str()),
            ("2026-11-23T03:30", "2026-11-23T11:30")
        );
        assert_eq!(first.date, "2026-11-30");
        let wish = wish(|_| {}).unwrap();
        assert_eq!(wish.ends, NOW + Span::from_secs(7 * 86_400));
        assert!(wish.link.values && wish.link.history && wish.link.alarms && !wish.link.children);
        assert_eq!((wish.link.range, wish.pin), (None, None));
    }

    #[test]
    fn it_ends_with_a_day_of_the_site() {
        // The day after begins at 23:00 in universal time.
        for (date, ends) in [
            ("2026-11-23", Ok(1_795_474_800_000)),
            ("2026-11-30", Ok(1_796_079_600_000)),
            ("2027-11-23", Ok(1_827_010_800_000)),
            ("2026-11-22", Err(Bad::Until)),
            ("2027-11-24", Err(Bad::Until)),
            ("9999-12-31", Err(Bad::Until)),
            ("", Err(Bad::Until)),
            ("soon", Err(Bad::Until)),
        ] {
            let wish = wish(|form| {
                form.until = "date".to_owned();
                form.date = date.to_owned();
            });
            assert_eq!(wish.map(|wish| wish.ends.millis()), ends, "{date}");
        }
        assert_eq!(
            wish(|form| form.until = "ever".to_owned()).map(|_| ()),
            Err(Bad::Until)
        );
    }

    #[test]
    fn a_moment_has_the_hours_before_it_and_a_range_is_of_the_past() {
        let hour = 3_600_000;
        let now = NOW.millis();
        for (what, at, from, to, expect) in [
            ("live", "", "", "", Ok(None)),
            (
                "moment",
                "2026-11-23T10:30",
                "",
                "",
                Ok(Some((now - 9 * hour, now - hour))),
            ),
            ("moment", "2026-11-23T11:31", "", "", Err(Bad::Moment)),
            ("moment", "", "", "", Err(Bad::Moment)),
            (
                "range",
                "",
                "2026-11-23T07:30",
                "2026-11-23T09:30",
                Ok(Some((now - 4 * hour, now - 2 * hour))),
            ),
            // What is not over yet ends now.
            (
                "range",
                "",
                "2026-11-23T10:30",
                "2026-11-24T09:30",
                Ok(Some((now - hour, now))),
            ),
            (
                "range",
                "",
                "2026-11-23T09:30",
                "2026-11-23T07:30",
                Err(Bad::Range),
            ),
            (
                "range",
                "",
                "2026-10-01T09:30",
                "2026-11-23T07:30",
                Err(Bad::Range),
            ),
            (
                "range",
                "",
                "2026-11-24T09:30",
                "2026-11-24T10:30",
                Err(Bad::Range),
            ),
        ] {
            let wish = wish(|form| {
                form.what = what.to_owned();
                form.at = at.to_owned();
                form.from = from.to_owned();
                form.to = to.to_owned();
            });
            assert_eq!(
                wish.map(|wish| wish.link.range),
                expect,
                "{what} {at} {from} {to}"
            );
        }
    }

    #[test]
    fn it_is_protected_as_chosen_and_by_nothing_else() {
        let many = "a@example.org\n".repeat(30);
        let different: String = (0..21).map(|n| format!("a{n}@example.org\n")).collect();
        for (protection, pin, emails, expect) in [
            ("none", "2468", "ada@example.org", Ok((None, Vec::new()))),
            ("pin", " 2468 ", "", Ok((Some("2468"), Vec::new()))),
            ("pin", "246", "", Err(Bad::Pin)),
            ("pin", "24a8", "", Err(Bad::Pin)),
            (
                "code",
                "2468",
                "Grace@Example.org;\r\n ada@example.org,ADA@example.org\n",
                Ok((None, vec!["ada@example.org", "grace@example.org"])),
            ),
            ("code", "", many.as_str(), Ok((None, vec!["a@example.org"]))),
            ("code", "", different.as_str(), Err(Bad::Emails)),
            ("code", "", "ada@example.org\nnobody", Err(Bad::Emails)),
            ("code", "", " ", Err(Bad::Emails)),
            ("pni", "2468", "", Err(Bad::Protection)),
            ("", "", "", Err(Bad::Protection)),
        ] {
            let wish = wish(|form| {
                form.protection = protection.to_owned();
                form.pin = pin.to_owned();
                form.emails = emails.to_owned();
            });
            let found = wish.map(|wish| (wish.pin, wish.link.emails));
            let expect = expect.map(|(pin, emails)| {
                (
                    pin.map(str::to_owned),
                    emails.into_iter().map(str::to_owned).collect(),
                )
            });
            assert_eq!(found, expect, "{protection} {pin} {emails}");
        }
    }
}
