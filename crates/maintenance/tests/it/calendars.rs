//! Shifts, holidays, absences and production, over changes of the clocks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time, date, time};
use maintenance::calendar::{
    Absence, AbsenceKind, BadPattern, Crew, Pattern, Person, Production, Qualification, Run, Shift, Site,
    Zone,
};
use maintenance::id::{CrewId, SiteId};
use maintenance::span::{Stretch, Times};
use proptest::prelude::*;
use twin::{AssetId, Span, Timestamp};

use crate::support::{hours, local, person, stretch, utc};

const PARIS: &str = "Europe/Paris";

fn site(zone: &str, holidays: &[Date]) -> Site {
    Site {
        id: SiteId::new(1),
        name: "Lyon".into(),
        zone: Zone::named(zone).expect("a zone"),
        holidays: holidays
            .iter()
            .map(|day| (*day, "Holiday".into()))
            .collect::<BTreeMap<_, _>>(),
    }
}

fn shift(name: &str, from: Time, to: Time) -> Shift {
    Shift {
        name: name.into(),
        from,
        to,
        breaks: Vec::new(),
    }
}

fn night() -> Shift {
    shift("night", time(22, 0, 0, 0), time(6, 0, 0, 0))
}

fn every_night() -> Pattern {
    Pattern {
        name: "nights".into(),
        anchor: date(2026, 1, 1),
        days: vec![vec![night()]],
        on_holidays: true,
    }
}

fn over(zone: &str, from: &str, to: &str) -> Stretch {
    Stretch::new(local(zone, from), local(zone, to)).expect("a stretch")
}

#[test]
fn a_night_is_seven_hours_when_clocks_go_forward_and_nine_when_they_go_back() {
    let site = site(PARIS, &[]);
    let pattern = every_night();
    // Clocks go forward on 29 March 2026 at 02:00, back on 25 October 2026 at 03:00.
    for (day, expected) in [
        (date(2026, 3, 27), 8),
        (date(2026, 3, 28), 7),
        (date(2026, 3, 29), 8),
        (date(2026, 10, 24), 9),
        (date(2026, 10, 25), 8),
    ] {
        let evening = site.zone.instant(day.at(12, 0, 0, 0)).expect("an instant");
        let whole = Stretch::new(evening, evening + hours(24)).expect("a stretch");
        let worked = pattern.worked(&site, whole);
        assert_eq!(worked.len(), 1, "{day}");
        assert_eq!(worked[0].day, day);
        assert_eq!(worked[0].time.len(), hours(expected), "{day}");
    }
}

#[test]
fn days_have_23_and_25_hours_and_the_rest_of_the_week_is_unmoved() {
    let site = site(PARIS, &[]);
    let len = |day: Date| site.zone.day(day).expect("a day").len();
    assert_eq!(len(date(2026, 3, 29)), hours(23));
    assert_eq!(len(date(2026, 10, 25)), hours(25));
    assert_eq!(len(date(2026, 6, 1)), hours(24));
    // Where midnight itself is skipped the day begins at one.
    let lebanon = Zone::named("Asia/Beirut").expect("a zone");
    assert_eq!(lebanon.day(date(2026, 3, 29)).expect("a day").len(), hours(23));

    let early = shift("early", time(6, 0, 0, 0), time(14, 0, 0, 0));
    let work = vec![early];
    let days = std::array::from_fn(|day| if day < 5 { work.clone() } else { Vec::new() });
    let pattern = Pattern::weekly("early", days);
    let before = over(PARIS, "2026-03-23 00:00", "2026-03-30 00:00");
    let after = over(PARIS, "2026-03-30 00:00", "2026-04-06 00:00");
    for week in [before, after] {
        assert_eq!(pattern.working(&site, week).total(), hours(40));
    }
    // Six in the morning is an hour earlier in UTC from then on.
    let first = |week| pattern.working(&site, week).stretches()[0].from();
    assert_eq!(first(before), utc("2026-03-23 05:00"));
    assert_eq!(first(after), utc("2026-03-30 04:00"));
}

#[test]
fn clocks_that_show_an_hour_twice_mean_the_first_and_skipped_ones_the_hour_after() {
    let zone = Zone::named(PARIS).expect("a zone");
    let at = |text: &str| zone.instant(text.parse().unwrap()).unwrap();
    assert_eq!(at("2026-10-25 02:30"), utc("2026-10-25 00:30"));
    assert_eq!(at("2026-03-29 02:30"), utc("2026-03-29 01:30"));
    assert_eq!(
        Zone::named("Europe/Atlantis").unwrap_err().0,
        "Europe/Atlantis".into()
    );
}

#[test]
fn a_rotating_pattern_goes_round_before_and_after_its_first_day() {
    // Two early, two late, two nights, four off: a cycle of ten days.
    let early = shift("early", time(6, 0, 0, 0), time(14, 0, 0, 0));
    let late = shift("late", time(14, 0, 0, 0), time(22, 0, 0, 0));
    let mut days = Vec::new();
    for shift in [early, late, night()] {
        days.extend([vec![shift.clone()], vec![shift]]);
    }
    days.extend(std::iter::repeat_n(Vec::new(), 4));
    let pattern = Pattern {
        name: "2-2-2-4".into(),
        anchor: date(2026, 1, 1),
        days,
        on_holidays: true,
    };
    let name = |day: Date| pattern.on(day).first().map(|shift| shift.name.to_string());
    let names = |day: Date| name(day).unwrap_or_default();
    assert_eq!(names(date(2026, 1, 1)), "early");
    assert_eq!(names(date(2026, 1, 6)), "night");
    assert_eq!(names(date(2026, 1, 7)), "");
    assert_eq!(names(date(2026, 1, 11)), "early");
    assert_eq!(names(date(2025, 12, 27)), "night");
    assert_eq!(names(date(2025, 12, 31)), "");
    let site = site("UTC", &[]);
    let cycle = over("UTC", "2026-01-01 06:00", "2026-01-11 06:00");
    assert_eq!(pattern.working(&site, cycle).total(), hours(48));
    let none = Pattern {
        days: Vec::new(),
        ..pattern.clone()
    };
    assert_eq!(none.check(), Err(BadPattern::NoDays));
    assert!(none.on(date(2026, 1, 1)).is_empty());
    assert_eq!(pattern.check(), Ok(()));
}

#[test]
fn holidays_absences_and_breaks_are_not_worked() {
    let site = site(PARIS, &[date(2026, 5, 1)]);
    let mut early = shift("early", time(6, 0, 0, 0), time(14, 0, 0, 0));
    early.breaks.push((time(9, 0, 0, 0), time(9, 30, 0, 0)));
    let days = std::array::from_fn(|_| vec![early.clone()]);
    let crew = Crew {
        id: CrewId::new(1),
        name: "Mechanics".into(),
        pattern: Pattern::weekly("early", days),
        people: vec![person(5)],
    };
    let week = over(PARIS, "2026-04-27 00:00", "2026-05-04 00:00");
    // Seven days less the first of May, 7.5 hours each.
    assert_eq!(crew.working(&site, week).total(), Span::from_secs(6 * 27_000));
    let ill = Absence::days(&site, date(2026, 4, 28), date(2026, 4, 29), AbsenceKind::Sick).expect("days");
    let who = Person {
        id: person(5),
        name: "R. Diaz".into(),
        account: None,
        crafts: BTreeSet::from(["mechanic".into()]),
        qualifications: Vec::new(),
        absences: vec![ill],
    };
    assert_eq!(
        who.working(&crew, &site, week).total(),
        Span::from_secs(4 * 27_000)
    );
    assert!(who.can("mechanic") && !who.can("electrician"));
}

#[test]
fn a_break_after_midnight_is_in_the_night_that_began_before() {
    let site = site("UTC", &[]);
    let mut pattern = every_night();
    pattern.days[0][0]
        .breaks
        .push((time(1, 0, 0, 0), time(1, 30, 0, 0)));
    let night = over("UTC", "2026-03-02 12:00", "2026-03-03 12:00");
    let working = pattern.working(&site, night);
    let expected = [
        stretch("2026-03-02 22:00", "2026-03-03 01:00"),
        stretch("2026-03-03 01:30", "2026-03-03 06:00"),
    ];
    assert_eq!(working.stretches(), expected);
}

#[test]
fn a_qualification_must_hold_on_every_day() {
    let qualified = |ranges: &[(Date, Option<Date>)]| Person {
        id: person(5),
        name: "R. Diaz".into(),
        account: Some(7),
        crafts: BTreeSet::new(),
        qualifications: ranges
            .iter()
            .map(|(from, to)| Qualification {
                name: "Crane".into(),
                from: *from,
                to: *to,
            })
            .collect(),
        absences: Vec::new(),
    };
    let (from, to) = (date(2026, 3, 1), date(2026, 3, 10));
    for (ranges, holds) in [
        (vec![], false),
        (vec![(date(2026, 1, 1), None)], true),
        (vec![(date(2026, 3, 2), None)], false),
        (vec![(date(2026, 1, 1), Some(date(2026, 3, 9)))], false),
        (vec![(date(2026, 1, 1), Some(date(2026, 3, 10)))], true),
        // Renewed in time, and a day too late.
        (
            vec![
                (date(2026, 1, 1), Some(date(2026, 3, 4))),
                (date(2026, 3, 5), None),
            ],
            true,
        ),
        (
            vec![
                (date(2026, 1, 1), Some(date(2026, 3, 4))),
                (date(2026, 3, 6), None),
            ],
            false,
        ),
        (vec![(date(2026, 1, 1), Some(Date::MAX))], true),
    ] {
        assert_eq!(
            qualified(&ranges).is_qualified("Crane", from, to),
            holds,
            "{ranges:?}"
        );
    }
    assert!(!qualified(&[(date(2026, 1, 1), None)]).is_qualified("Welder", from, to));
    assert!(qualified(&[(date(2026, 1, 1), None)]).is_qualified("Crane", from, Date::MAX));
}

#[test]
fn a_line_is_free_between_its_orders() {
    let run = |from: &str, to: &str| Run {
        name: "P".into(),
        product: "Syrup".into(),
        time: stretch(from, to),
        hour: None,
    };
    let plan = Production {
        line: AssetId::new(2),
        runs: vec![
            run("2026-03-02 18:00", "2026-03-03 02:00"),
            run("2026-03-02 06:00", "2026-03-02 14:00"),
            run("2026-03-02 13:00", "2026-03-02 15:00"),
        ],
    };
    let day = stretch("2026-03-02 00:00", "2026-03-03 00:00");
    let gaps = [
        stretch("2026-03-02 00:00", "2026-03-02 06:00"),
        stretch("2026-03-02 15:00", "2026-03-02 18:00"),
    ];
    assert_eq!(plan.free(day, hours(1)), gaps);
    assert_eq!(plan.free(day, hours(4)), gaps[..1]);
    assert_eq!(
        plan.during(stretch("2026-03-02 13:30", "2026-03-02 13:40"))
            .count(),
        2
    );
    let states = [
        (utc("2026-03-02 06:00"), true),
        (utc("2026-03-02 07:00"), true),
        (utc("2026-03-02 08:00"), false),
        (utc("2026-03-02 09:00"), true),
    ];
    let ran = Production::from_states(&states, utc("2026-03-02 10:00"));
    let expected = [
        stretch("2026-03-02 06:00", "2026-03-02 08:00"),
        stretch("2026-03-02 09:00", "2026-03-02 10:00"),
    ];
    assert_eq!(ran.stretches(), expected);
}

fn times() -> impl Strategy<Value = Times> {
    prop::collection::vec((0_i64..100, 1_i64..20), 0..12).prop_map(|pairs| {
        let stretches = pairs
            .into_iter()
            .filter_map(|(from, len)| Stretch::new(instant(from), instant(from + len)));
        Times::of(stretches)
    })
}

fn instant(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn has(times: &Times, at: i64) -> bool {
    times.stretches().iter().any(|one| one.has(instant(at)))
}

proptest! {
    #[test]
    fn sets_of_times_are_what_each_instant_says(one in times(), other in times()) {
        let (or, and, without) = (one.or(&other), one.and(&other), one.without(&other));
        for at in -1..125 {
            prop_assert_eq!(has(&or, at), has(&one, at) || has(&other, at));
            prop_assert_eq!(has(&and, at), has(&one, at) && has(&other, at));
            prop_assert_eq!(has(&without, at), has(&one, at) && !has(&other, at));
        }
        for times in [&or, &and, &without] {
            let apart = times.stretches().windows(2).all(|two| two[0].to() < two[1].from());
            prop_assert!(apart || std::ptr::eq(times, &and) || std::ptr::eq(times, &without));
            let inside = times.stretches().windows(2).all(|two| two[0].to() <= two[1].from());
            prop_assert!(inside);
        }
        prop_assert_eq!(or.total().micros(), one.total().micros() + other.total().micros() - and.total().micros());
    }

    #[test]
    fn a_year_of_shifts_is_the_sum_of_its_weeks(start in 0_i64..300, zone in prop::sample::select(vec![
        "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
    ])) {
        let site = site(zone, &[date(2026, 5, 1)]);
        let pattern = every_night();
        let from = utc("2026-01-01 00:00") + hours(start);
        let to = from + hours(24 * 7 * 52);
        let whole = pattern.working(&site, Stretch::new(from, to).unwrap());
        let weeks = (0..52).map(|week| {
            let from = from + hours(24 * 7 * week);
            pattern.working(&site, Stretch::new(from, from + hours(24 * 7)).unwrap())
        });
        let sum: i64 = weeks.map(|week| week.total().micros()).sum();
        prop_assert_eq!(whole.total().micros(), sum);
    }
}
