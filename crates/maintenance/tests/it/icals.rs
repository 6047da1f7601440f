//! iCalendar out and in.

use jiff::civil::date;
use maintenance::calendar::{Production, Zone};
use maintenance::ical::{EventStatus, FeedEvent, Why, feed, is_calendar, of_order, read};
use maintenance::order::Status;
use maintenance::span::Stretch;
use proptest::prelude::*;
use twin::{AssetId, Span, Timestamp};

use crate::support::{Device, local, moved, scheduled, stretch, utc};

const PARIS: &str = "Europe/Paris";

fn paris() -> Zone {
    Zone::named(PARIS).expect("a zone")
}

fn event(summary: &str, description: &str, time: Stretch) -> FeedEvent {
    FeedEvent {
        uid: "wo-1042@gemba.example.org".into(),
        sequence: 3,
        changed: utc("2026-03-01 12:00"),
        time,
        summary: summary.into(),
        description: description.into(),
        location: "Bay 3".into(),
        url: Some("https://gemba.example.org/plan/wo/1042".into()),
        status: EventStatus::Confirmed,
        priority: Some(3),
    }
}

#[test]
fn a_feed_is_what_the_standard_says() {
    let time = stretch("2026-03-03 06:00", "2026-03-03 08:00");
    let text = feed("Mechanics", &[event("Pump 14; bearing, worn", "1\n2\\3", time)]);
    let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Gemba//Maintenance//EN\r\nCALSCALE:GREGORIAN\r\n\
        X-WR-CALNAME:Mechanics\r\nBEGIN:VEVENT\r\nUID:wo-1042@gemba.example.org\r\nDTSTAMP:20260301T120000Z\r\n\
        SEQUENCE:3\r\nDTSTART:20260303T060000Z\r\nDTEND:20260303T080000Z\r\nSUMMARY:Pump 14\\; bearing\\, worn\r\n\
        DESCRIPTION:1\\n2\\\\3\r\nLOCATION:Bay 3\r\nURL:https://gemba.example.org/plan/wo/1042\r\n\
        STATUS:CONFIRMED\r\nPRIORITY:3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    assert_eq!(text, expected);
}

#[test]
fn an_order_with_a_slot_is_an_event_and_a_cancelled_one_says_so() {
    let mut order = scheduled();
    let first = of_order(&order, "gemba.example.org").expect("an event");
    assert_eq!(&*first.uid, "wo-1042@gemba.example.org");
    assert_eq!(&*first.summary, "WO-1042 Replace bearing");
    assert_eq!(first.status, EventStatus::Confirmed);
    Device::new(9).does(&mut order, moved(Status::Cancelled));
    let then = of_order(&order, "gemba.example.org").expect("an event");
    assert_eq!(then.status, EventStatus::Cancelled);
    assert!(then.sequence > first.sequence, "it displaces the one before");
    let fresh = crate::support::fresh(maintenance::order::WorkKind::Predetermined);
    assert_eq!(of_order(&fresh, "x"), None);
}

#[test]
fn times_are_read_in_every_form() {
    let text = "BEGIN:VCALENDAR\n\
        BEGIN:VEVENT\nUID:a\nDTSTART:20260303T060000Z\nDTEND:20260303T080000Z\nSUMMARY:Run 1\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART;TZID=America/New_York:20260303T060000\nDURATION:PT1H30M\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART:20260303T060000\nDURATION:P1DT2H\nSTATUS:CANCELLED\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260329\nSUMMARY:Clocks go\n  forward\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\n\
        BEGIN:VALARM\nDTSTART:rubbish\nDURATION:PT5M\nEND:VALARM\nEND:VEVENT\n\
        END:VCALENDAR\n";
    let (events, problems) = read(text, &paris());
    assert_eq!(problems, []);
    let times: Vec<Stretch> = events.iter().map(|event| event.time).collect();
    let paris = |text| local(PARIS, text);
    let expected = [
        stretch("2026-03-03 06:00", "2026-03-03 08:00"),
        stretch("2026-03-03 11:00", "2026-03-03 12:30"),
        Stretch::new(paris("2026-03-03 06:00"), paris("2026-03-04 08:00")).unwrap(),
        Stretch::new(paris("2026-03-29 00:00"), paris("2026-03-30 00:00")).unwrap(),
        Stretch::new(paris("2026-12-24 00:00"), paris("2026-12-27 00:00")).unwrap(),
    ];
    assert_eq!(times, expected);
    assert_eq!(events[3].time.len(), Span::from_secs(23 * 3_600));
    assert_eq!(&*events[3].summary, "Clocks go forward");
    assert_eq!(events[2].status, EventStatus::Cancelled);
    assert_eq!(events[4].days, Some((date(2026, 12, 24), date(2026, 12, 26))));
}

#[test]
fn a_calendar_of_production_leaves_out_what_was_cancelled() {
    let text = "BEGIN:VEVENT\nDTSTART:20260303T060000Z\nDURATION:PT8H\nSUMMARY:Syrup 12\nEND:VEVENT\n\
        BEGIN:VEVENT\nDTSTART:20260304T060000Z\nDURATION:PT8H\nSTATUS:CANCELLED\nEND:VEVENT\n";
    let (events, _) = read(text, &paris());
    let plan = Production::from_events(AssetId::new(2), &events);
    assert_eq!(
        plan.busy().stretches(),
        [stretch("2026-03-03 06:00", "2026-03-03 14:00")]
    );
    assert_eq!(&*plan.runs[0].name, "Syrup 12");
}

#[test]
fn a_byte_order_mark_does_not_hide_the_first_line() {
    let calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    assert!(is_calendar(calendar) && is_calendar(&format!("\u{feff}{calendar}")));
    assert!(!is_calendar("line,order\r\n"));
    let text = "\u{feff}BEGIN:VEVENT\r\nDTSTART:20260303T060000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n";
    let (events, problems) = read(text, &paris());
    assert_eq!((events.len(), problems), (1, Vec::new()));
}

#[test]
fn what_cannot_be_read_is_told_with_its_line_and_the_rest_is_taken() {
    let text = "BEGIN:VEVENT\r\nSUMMARY:No start\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:yesterday\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Atlantis:20260303T060000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:20260303T060000Z\r\nDTEND:20260303T060000Z\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:20260303T060000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:20260303T060000Z\r\n";
    let (events, problems) = read(text, &paris());
    assert_eq!(events.len(), 1);
    let found: Vec<(usize, Why)> = problems.iter().map(|one| (one.line, one.why.clone())).collect();
    let expected = [
        (1, Why::NoStart),
        (5, Why::BadTime("yesterday".into())),
        (8, Why::UnknownZone("Europe/Atlantis".into())),
        (10, Why::NoTime),
        (17, Why::Repeats),
        (19, Why::NotEnded),
    ];
    assert_eq!(found, expected);
    let said = problems[2].to_string();
    assert_eq!(
        said,
        "line 8: there is no time zone `Europe/Atlantis`; use a name such as Europe/Paris"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        summary in "[^\\p{C}]{0,200}", description in "(?s)[^\\p{C}]{0,40}\n[^\\p{C}]{0,200}",
        from in -60_000_000_000_i64..200_000_000_000, len in 1..10_000_000_i64,
    ) {
        let from = Timestamp::from_micros(from * 1_000_000);
        let time = Stretch::new(from, from + Span::from_secs(len)).unwrap();
        let text = feed("Feed", &[event(&summary, &description, time)]);
        for line in text.split("\r\n") {
            prop_assert!(line.len() <= 75, "{}", line.len());
        }
        let (events, problems) = read(&text, &paris());
        prop_assert_eq!(problems, []);
        prop_assert_eq!(events.len(), 1);
        prop_assert_eq!(events[0].time, time);
        prop_assert_eq!(events[0].summary.trim_end(), summary.trim_end());
    }

    #[test]
    fn nothing_that_is_sent_breaks_the_reader(text in "(?s).{0,400}") {
        let (events, _) = read(&text, &paris());
        prop_assert!(events.is_empty() || text.to_ascii_uppercase().contains("VEVENT"));
    }

    #[test]
    fn nothing_that_looks_like_a_calendar_breaks_the_reader(lines in prop::collection::vec(
        prop::sample::select(vec![
            "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VALARM", "DTSTART:20260303T060000Z",
            "DTSTART;VALUE=DATE:99991231", "DTEND;VALUE=DATE:00010101", "DTSTART;TZID=\"Europe/Paris\":20260329T023000",
            "DURATION:P99999999999999999999W", "DURATION:P106751991W", "DURATION:-PT1H", "RRULE:FREQ=YEARLY", " folded", "\tfolded", ":",
            "DTEND:20260229T000000Z", "SUMMARY:\\", "DTSTART:é0260303T060000Z", "DTSTART:20260303T060000é",
        ]), 0..40,
    )) {
        let (events, _) = read(&lines.join("\r\n"), &paris());
        for event in events {
            prop_assert!(event.time.from() < event.time.to());
        }
    }
}
