//! When preventive plans come due.

use jiff::civil::date;
use maintenance::calendar::Zone;
use maintenance::id::PlanId;
use maintenance::iso14224::FailureMode;
use maintenance::need::{Draft, Source, Urgency};
use maintenance::order::Dates;
use maintenance::plan::{
    Anchor, Due, Every, Known, Last, Meter, MeterRule, NotTold, Plan, Trigger, Truth, Unit,
};
use proptest::prelude::*;
use twin::{AssetId, Quality, Span, Timestamp};

use crate::support::{hours, local, utc};

const PARIS: &str = "Europe/Paris";

fn plan(trigger: Trigger) -> Plan {
    Plan {
        id: PlanId::new(1),
        asset: AssetId::new(14),
        title: "Grease".into(),
        job: None,
        mode: FailureMode::MinorInService,
        trigger,
        lead: hours(24 * 7),
        tolerance: hours(24 * 2),
        is_on: true,
    }
}

fn every(count: u16, unit: Unit, anchor: Anchor) -> Every {
    Every {
        count,
        unit,
        first: date(2026, 1, 31).at(6, 0, 0, 0),
        anchor,
        zone: Zone::named(PARIS).expect("a zone"),
    }
}

fn monthly(anchor: Anchor) -> Plan {
    plan(Trigger::Calendar(every(1, Unit::Month, anchor)))
}

fn last(done: Timestamp, due: Timestamp) -> Known<'static> {
    Known {
        last: Some(Last {
            done,
            due,
            meter: None,
        }),
        ..Known::default()
    }
}

#[track_caller]
fn at(due: Due) -> (Timestamp, bool, u32) {
    match due {
        Due::At {
            at, is_asked, missed, ..
        } => (at, is_asked, missed),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_last_day_of_a_month_stays_the_last_day_and_six_stays_six() {
    let every = every(1, Unit::Month, Anchor::Fixed);
    let days = [
        "2026-01-31 06:00",
        "2026-02-28 06:00",
        "2026-03-31 06:00",
        "2026-04-30 06:00",
    ];
    for (number, day) in (0..).zip(days) {
        assert_eq!(every.occurrence(number), Some(local(PARIS, day)), "{day}");
    }
    let first = every.first;
    let on = |unit| Every {
        unit,
        first,
        ..every.clone()
    };
    // Over the change of the clocks of 29 March six in the morning is six in the morning.
    assert_eq!(
        on(Unit::Day).occurrence(58),
        Some(local(PARIS, "2026-03-30 06:00"))
    );
    assert_eq!(
        on(Unit::Week).occurrence(9),
        Some(local(PARIS, "2026-04-04 06:00"))
    );
    assert_eq!(
        on(Unit::Year).occurrence(2),
        Some(local(PARIS, "2028-01-31 06:00"))
    );
    assert_eq!(on(Unit::Year).occurrence(50_000), None);
    assert_eq!(on(Unit::Day).occurrence(u32::MAX), None);
}

#[test]
fn a_fixed_interval_does_not_move_when_it_was_done_late() {
    let plan = monthly(Anchor::Fixed);
    let february = local(PARIS, "2026-02-28 06:00");
    let march = local(PARIS, "2026-03-31 06:00");
    let late = last(local(PARIS, "2026-03-10 09:00"), february);
    assert_eq!(at(plan.due(utc("2026-03-11 00:00"), late)), (march, false, 0));
    // A week before, it asks.
    assert_eq!(at(plan.due(utc("2026-03-24 12:00"), late)), (march, true, 0));
    // Never done: the date that is over, not the first of all.
    assert_eq!(
        at(plan.due(utc("2025-12-01 00:00"), Known::default())).0,
        local(PARIS, "2026-01-31 06:00")
    );
    let never = at(plan.due(utc("2026-03-11 00:00"), Known::default()));
    assert_eq!(never, (february, true, 1));
    // Three dates passed: the last of them is due, and two are said to be missed.
    let old = last(february, february);
    let may = local(PARIS, "2026-05-31 06:00");
    assert_eq!(at(plan.due(utc("2026-06-10 00:00"), old)), (may, true, 2));
}

#[test]
fn a_floating_interval_counts_from_when_it_was_done() {
    let plan = monthly(Anchor::Floating);
    let done = local(PARIS, "2026-03-10 09:00");
    let due = at(plan.due(utc("2026-03-11 00:00"), last(done, done)));
    assert_eq!(due.0, local(PARIS, "2026-04-10 09:00"));
}

#[test]
fn it_is_in_time_within_its_tolerance() {
    let plan = monthly(Anchor::Fixed);
    let due = plan.due(utc("2026-01-01 00:00"), Known::default());
    let (at, _, _) = at(due);
    let expected = Dates {
        earliest: Some(at - hours(48)),
        latest: Some(at + hours(48)),
    };
    assert!(
        matches!(due, Due::At { dates, .. } if dates == expected),
        "{due:?}"
    );
    let off = Plan { is_on: false, ..plan };
    assert_eq!(off.due(utc("2026-01-01 00:00"), Known::default()), Due::Off);
}

fn run_hours(every: f64) -> Plan {
    plan(Trigger::Meter(MeterRule {
        every,
        from: 0.0,
        window: hours(24 * 14),
    }))
}

#[test]
fn a_meter_says_when_by_its_pace_and_that_it_is_over() {
    // 12 hours a day.
    let mut meter = Meter::new(0.0, None);
    let start = utc("2026-03-01 00:00");
    for day in 0..=10 {
        assert!(meter.take(
            start + hours(24 * day),
            1_000.0 + 12.0 * f64::from(i32::try_from(day).unwrap())
        ));
    }
    assert!((meter.total() - 120.0).abs() < 1e-9);
    let now = start + hours(240);
    let known = Known {
        meter: Some(&meter),
        ..Known::default()
    };
    // 60 hours left at half an hour an hour: five days, inside the lead time.
    assert_eq!(at(run_hours(180.0).due(now, known)), (now + hours(120), true, 0));
    assert!(!at(run_hours(1_000.0).due(now, known)).1);
    // 96 was reached on the eighth day.
    let over = run_hours(96.0).due(now, known);
    assert_eq!(at(over).0, start + hours(24 * 8));
    assert!(matches!(over, Due::At { left: Some(left), .. } if (left + 24.0).abs() < 1e-9));
    // Done at 100 hours: counted from there.
    let known = Known {
        last: Some(Last {
            done: now,
            due: now,
            meter: Some(100.0),
        }),
        ..known
    };
    assert!(
        matches!(run_hours(96.0).due(now, known), Due::At { left: Some(left), .. } if (left - 76.0).abs() < 1e-9)
    );
}

#[test]
fn a_meter_that_stands_or_was_never_read_makes_up_no_date() {
    let plan = run_hours(100.0);
    let now = utc("2026-03-10 00:00");
    assert_eq!(plan.due(now, Known::default()), Due::Unknown(NotTold::NoMeter));
    let mut meter = Meter::new(40.0, None);
    let empty = meter.clone();
    let known = |meter| Known {
        meter: Some(meter),
        ..Known::default()
    };
    assert_eq!(plan.due(now, known(&empty)), Due::Unknown(NotTold::NoMeter));
    for hour in 0..5 {
        meter.take(now + hours(hour), 7.0);
    }
    assert_eq!(plan.due(now, known(&meter)), Due::Later { left: Some(60.0) });
}

#[test]
fn a_counter_that_is_reset_or_runs_over_goes_on_counting() {
    let start = utc("2026-03-01 00:00");
    let count = |turns_at, shown: &[f64]| {
        let mut meter = Meter::new(0.0, turns_at);
        for (hour, shows) in (0..).zip(shown) {
            meter.take(start + hours(hour), *shows);
        }
        (meter.total(), meter.resets())
    };
    assert_eq!(count(None, &[90.0, 95.0, 2.0, 5.0]), (10.0, 1));
    assert_eq!(count(Some(100.0), &[90.0, 95.0, 2.0, 5.0]), (15.0, 1));
    // Far from its end it was reset, whatever its end is.
    assert_eq!(count(Some(1_000.0), &[90.0, 95.0, 2.0, 5.0]), (10.0, 1));
    let mut meter = Meter::new(0.0, None);
    assert!(meter.take(start, 5.0));
    for (at, shows) in [
        (start, 9.0),
        (start - hours(1), 9.0),
        (start + hours(1), f64::NAN),
        (start + hours(1), -1.0),
    ] {
        assert!(!meter.take(at, shows), "{shows}");
    }
    assert_eq!(meter.total(), 0.0);
}

#[test]
fn a_condition_asks_when_it_held_long_enough_and_is_sure() {
    let plan = plan(Trigger::Condition { held: hours(2) });
    let plan = Plan {
        lead: Span::ZERO,
        ..plan
    };
    let since = utc("2026-03-10 00:00");
    let said = |holds, quality| Known {
        truth: Some(Truth {
            holds,
            quality,
            since,
        }),
        ..Known::default()
    };
    let good = said(Some(true), Quality::Good);
    assert_eq!(at(plan.due(since + hours(1), good)), (since + hours(2), false, 0));
    assert_eq!(at(plan.due(since + hours(2), good)), (since + hours(2), true, 0));
    let cases = [
        (said(Some(false), Quality::Good), Due::Later { left: None }),
        (
            said(Some(true), Quality::Uncertain),
            Due::Unknown(NotTold::Uncertain),
        ),
        (said(Some(true), Quality::Bad), Due::Unknown(NotTold::Bad)),
        (said(None, Quality::Good), Due::Unknown(NotTold::Bad)),
        (Known::default(), Due::Unknown(NotTold::NoTruth)),
    ];
    for (known, due) in cases {
        assert_eq!(plan.due(since + hours(3), known), due, "{known:?}");
    }
    // Once done it does not ask again before it was false in between.
    let done = Known {
        last: Some(Last {
            done: since + hours(3),
            due: since,
            meter: None,
        }),
        ..good
    };
    assert_eq!(plan.due(since + hours(9), done), Due::Later { left: None });
}

#[test]
fn of_several_triggers_the_first_to_come_counts() {
    let now = utc("2026-02-01 00:00");
    let by_date = Trigger::Calendar(every(1, Unit::Month, Anchor::Fixed));
    let by_hours = run_hours(100.0).trigger;
    let both = plan(Trigger::First(vec![by_date.clone(), by_hours.clone()]));
    let mut meter = Meter::new(0.0, None);
    let done = last(local(PARIS, "2026-01-31 06:00"), local(PARIS, "2026-01-31 06:00"));
    let february = local(PARIS, "2026-02-28 06:00");
    // Nobody read the meter: the date counts.
    assert_eq!(at(both.due(now, done)).0, february);
    for day in 0..3 {
        meter.take(
            now + hours(24 * day),
            10.0 * f64::from(i32::try_from(day).unwrap()),
        );
    }
    let known = Known {
        meter: Some(&meter),
        ..done
    };
    // 80 hours left at ten a day: the eleventh of February.
    let now = now + hours(48);
    assert_eq!(at(both.due(now, known)).0, now + hours(24 * 8));
    let only = plan(Trigger::First(vec![
        by_hours,
        Trigger::Condition { held: hours(1) },
    ]));
    assert_eq!(only.due(now, Known::default()), Due::Unknown(NotTold::NoMeter));
    let none = plan(Trigger::First(Vec::new()));
    assert_eq!(none.due(now, known), Due::Unknown(NotTold::NoTrigger));
}

#[test]
fn a_plan_inside_its_lead_time_is_a_need_and_before_that_none() {
    let plan = monthly(Anchor::Fixed);
    let due_at = local(PARIS, "2026-01-31 06:00");
    let need = |now: Timestamp| Draft::from_plan(&plan, &plan.due(now, Known::default()), now);
    assert_eq!(need(due_at - hours(24 * 7 + 1)), None);
    let found = need(due_at - hours(24 * 7)).expect("a need");
    assert_eq!((found.source, found.asset), (Source::Plan(plan.id), plan.asset));
    assert_eq!(found.dates.latest, Some(due_at + hours(48)));
    assert_eq!(found.urgency, Urgency::Soon);
    // Over by days it presses, and is no emergency.
    let late = need(due_at + hours(24 * 5)).expect("a need");
    assert_eq!(late.urgency, Urgency::Pressing);
    let off = Plan {
        is_on: false,
        ..plan.clone()
    };
    assert_eq!(
        Draft::from_plan(&off, &off.due(due_at, Known::default()), due_at),
        None
    );
}

proptest! {
    #[test]
    fn the_next_fixed_date_is_on_the_grid_and_the_nearest(
        count in 0_u16..40,
        unit in prop::sample::select(Unit::ALL),
        now in 0_i64..200_000,
        met in proptest::option::of(0_u32..20),
    ) {
        let every = every(count, unit, Anchor::Fixed);
        let plan = plan(Trigger::Calendar(every.clone()));
        let now = utc("2025-01-01 00:00") + hours(now);
        let known = met.and_then(|met| every.occurrence(met)).map_or(Known::default(), |due| last(due, due));
        let (due, _, missed) = at(plan.due(now, known));
        let first = met.map_or(0, |met| met + 1);
        let number = (0..100_000).find(|number| every.occurrence(*number) == Some(due)).expect("on the grid");
        prop_assert_eq!(missed, number - first);
        // Either the first that is wanted, or over, with the one after it to come.
        prop_assert!(number == first || due <= now);
        prop_assert!(due > now || every.occurrence(number + 1).unwrap() > now);
    }

    #[test]
    fn a_counter_counts_all_that_it_shows(steps in prop::collection::vec((0.0..50.0_f64, any::<bool>()), 1..200)) {
        let mut meter = Meter::new(0.0, None);
        let (mut shows, mut all) = (0.0, 0.0);
        let start = utc("2026-03-01 00:00");
        meter.take(start, 0.0);
        for (hour, (more, is_reset)) in (1..).zip(steps) {
            if is_reset && more < shows {
                shows = 0.0;
            }
            shows += more;
            all += more;
            prop_assert!(meter.take(start + hours(hour), shows));
        }
        prop_assert!((meter.total() - all).abs() < 1e-6, "{} {}", meter.total(), all);
        prop_assert!(meter.pace(hours(10_000)).is_some_and(|pace| pace >= 0.0));
    }
}
