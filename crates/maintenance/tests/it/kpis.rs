//! Key figures, each against a case that was counted by hand.

use std::collections::BTreeSet;

use maintenance::id::{OrderId, PersonId};
use maintenance::kpi::{
    Figure, NoFigure, Operated, Unit, backlog_weeks, mtbf, mttr, pm_compliance, reactive_share,
    schedule_compliance, wrench_time,
};
use maintenance::order::event::{Downtime, TimeKind, Work};
use maintenance::order::job::Labour;
use maintenance::order::{Change, Dates, Job, Keep, Order, Status, What, WorkKind};
use maintenance::span::Stretch;
use twin::{AssetId, Span};

use crate::support::{Device, fresh, hours, moved, person, slot, stretch, utc};

/// Monday to Sunday.
fn week() -> Stretch {
    stretch("2026-03-02 00:00", "2026-03-09 00:00")
}

/// An order with a number of its own, to which this was done, each at a time.
fn order(number: u32, kind: WorkKind, done: Vec<(&str, What)>) -> Order {
    let mut log: Vec<_> = fresh(kind)
        .log()
        .iter()
        .map(|entry| entry.event.clone())
        .collect();
    let mut desk = Device::new(1);
    for (place, (at, what)) in (1..).zip(done) {
        desk.set(utc(at));
        desk.seen = place;
        log.push(desk.writes(what));
    }
    for event in &mut log {
        event.order = OrderId::new(number);
    }
    Order::fold(log).expect("a log").expect("an order")
}

fn at(what: What) -> (&'static str, What) {
    ("2026-02-27 12:00", what)
}

fn work(number: u32, from: &str, to: &str, kind: TimeKind) -> (&'static str, What) {
    at(What::Worked(Work {
        person: person(number),
        craft: "mechanic".into(),
        time: stretch(from, to),
        kind,
    }))
}

fn latest(text: &str) -> (&'static str, What) {
    at(What::Changed(Change::Dates(Dates {
        earliest: None,
        latest: Some(utc(text)),
    })))
}

/// Approved, planned, scheduled, all on the Friday before.
fn planned(text: (&str, &str)) -> Vec<(&'static str, What)> {
    vec![
        at(moved(Status::Approved)),
        at(moved(Status::Planned)),
        at(slot(text.0, text.1)),
        at(moved(Status::Scheduled)),
    ]
}

fn ids(numbers: &[u32]) -> Vec<OrderId> {
    numbers.iter().copied().map(OrderId::new).collect()
}

#[track_caller]
fn check(found: Result<Figure, NoFigure>, value: f64, unit: Unit, rows: &[u32], of: &[u32]) {
    let found = found.expect("a figure");
    assert!((found.value - value).abs() < 1e-9, "{found:?}");
    assert!((found.value - found.numerator / found.denominator).abs() < 1e-12);
    assert_eq!((found.unit, &found.rows, &found.of), (unit, &ids(rows), &ids(of)));
}

fn done(
    mut way: Vec<(&'static str, What)>,
    begun: &'static str,
    done: &'static str,
) -> Vec<(&'static str, What)> {
    way.push((begun, moved(Status::InProgress)));
    way.push((done, moved(Status::Done)));
    way
}

const TUESDAY: (&str, &str) = ("2026-03-03 06:00", "2026-03-03 08:00");

#[test]
fn schedule_compliance_counts_the_week_as_it_was_committed() {
    let kind = WorkKind::Predetermined;
    // 1: done on Wednesday instead of Tuesday, in the week. 2: done the Tuesday after. 3: moved away on Monday.
    // 4: scheduled for the week after. 5: scheduled on Monday for Thursday, and done. 6: cancelled.
    let mut moved_away = planned(TUESDAY);
    moved_away.push(("2026-03-02 09:00", slot("2026-03-17 06:00", "2026-03-17 08:00")));
    let late = done(planned(TUESDAY), "2026-03-10 06:00", "2026-03-10 08:00");
    let mut on_monday = vec![at(moved(Status::Approved)), at(moved(Status::Planned))];
    on_monday.push(("2026-03-02 09:00", slot("2026-03-05 06:00", "2026-03-05 08:00")));
    on_monday.push(("2026-03-02 09:01", moved(Status::Scheduled)));
    let mut cancelled = planned(TUESDAY);
    cancelled.push(at(moved(Status::Cancelled)));
    let orders = [
        order(
            1,
            kind,
            done(planned(TUESDAY), "2026-03-04 06:00", "2026-03-04 08:00"),
        ),
        order(2, kind, late),
        order(3, kind, moved_away),
        order(4, kind, planned(("2026-03-10 06:00", "2026-03-10 08:00"))),
        order(5, kind, done(on_monday, "2026-03-05 06:00", "2026-03-05 08:00")),
        order(6, kind, cancelled),
    ];
    check(
        schedule_compliance(&orders, week()),
        0.5,
        Unit::Share,
        &[1, 5],
        &[1, 2, 3, 5],
    );
    assert_eq!(
        schedule_compliance(&orders[3..4], week()),
        Err(NoFigure::NothingScheduled)
    );
}

#[test]
fn pm_compliance_counts_preventive_orders_whose_date_is_in_the_period() {
    let dated = |text| {
        let mut way = planned(TUESDAY);
        way.push(latest(text));
        way
    };
    let pm = WorkKind::Predetermined;
    let (before, after) = (
        ("2026-03-03 06:00", "2026-03-03 08:00"),
        ("2026-03-06 06:00", "2026-03-06 08:00"),
    );
    let (thursday, next) = ("2026-03-05 00:00", "2026-03-12 00:00");
    let orders = [
        order(1, pm, done(dated(thursday), before.0, before.1)),
        order(2, pm, done(dated(thursday), after.0, after.1)),
        order(3, WorkKind::ConditionBased, dated(thursday)),
        order(4, pm, done(dated(next), before.0, before.1)),
        order(
            5,
            WorkKind::CorrectiveDeferred,
            done(dated(thursday), before.0, before.1),
        ),
        order(
            6,
            WorkKind::ConditionBased,
            done(dated(thursday), before.0, before.1),
        ),
    ];
    check(
        pm_compliance(&orders, week()),
        0.5,
        Unit::Share,
        &[1, 6],
        &[1, 2, 3, 6],
    );
    assert_eq!(pm_compliance(&orders[3..5], week()), Err(NoFigure::NothingDue));
}

#[test]
fn moving_the_latest_date_does_not_make_a_late_order_timely() {
    let mut asked = crate::support::request(WorkKind::Predetermined);
    asked.dates.latest = Some(utc("2026-03-05 00:00"));
    let mut order = Order::open(Device::new(99).writes(What::Requested(Box::new(asked)))).expect("an order");
    let mut desk = Device::new(1);
    let (_, later) = latest("2026-03-20 00:00");
    desk.does(&mut order, later);
    desk.set(utc("2026-03-06 06:00"));
    desk.does(&mut order, moved(Status::InProgress));
    desk.does(&mut order, moved(Status::Done));
    check(pm_compliance([&order], week()), 0.0, Unit::Share, &[], &[1042]);
}

#[test]
fn backlog_is_ready_hours_over_a_week_of_the_crews() {
    let with_hours = |number, people, hours, status: &[Status]| {
        let labour = Labour {
            craft: "mechanic".into(),
            qualification: None,
            people,
            hours,
        };
        let job = Job {
            labour: vec![labour],
            ..Job::default()
        };
        let mut way = vec![
            at(What::Changed(Change::Job(Box::new(job)))),
            at(slot(TUESDAY.0, TUESDAY.1)),
        ];
        way.extend(status.iter().map(|status| at(moved(*status))));
        order(number, WorkKind::CorrectiveDeferred, way)
    };
    let (approved, ready) = (Status::Approved, Status::Planned);
    let orders = [
        with_hours(1, 2, 10.0, &[approved, ready]),
        with_hours(2, 1, 40.0, &[approved, ready, Status::Scheduled]),
        // Not ready yet, begun, and without hours.
        with_hours(3, 1, 100.0, &[approved]),
        with_hours(4, 1, 100.0, &[Status::InProgress]),
        with_hours(5, 1, 0.0, &[approved, ready]),
    ];
    // (2 × 10 + 40) hours over 40 hours a week.
    check(backlog_weeks(&orders, hours(40)), 1.5, Unit::Weeks, &[1, 2], &[]);
    assert_eq!(backlog_weeks(&orders, Span::ZERO), Err(NoFigure::NoCapacity));
    assert_eq!(backlog_weeks(&orders[4..], hours(40)), Err(NoFigure::NoEstimates));
    check(
        backlog_weeks(&orders[2..4], hours(40)),
        0.0,
        Unit::Weeks,
        &[],
        &[],
    );
}

#[test]
fn reactive_is_what_broke_in_because_something_had_failed() {
    let four = |number| work(number, "2026-03-03 06:00", "2026-03-03 10:00", TimeKind::Wrench);
    let breaks_in = |number| vec![at(moved(Status::InProgress)), four(number)];
    let mut scheduled = planned(TUESDAY);
    scheduled.extend([at(moved(Status::InProgress)), four(5)]);
    // Half of it was in the week before.
    let half = work(5, "2026-03-01 22:00", "2026-03-02 02:00", TimeKind::Wrench);
    let orders = [
        order(
            1,
            WorkKind::CorrectiveImmediate,
            vec![at(moved(Status::InProgress)), half],
        ),
        order(2, WorkKind::CorrectiveDeferred, breaks_in(5)),
        order(3, WorkKind::CorrectiveDeferred, scheduled),
        order(4, WorkKind::Predetermined, breaks_in(5)),
        order(5, WorkKind::CorrectiveImmediate, vec![]),
    ];
    // (2 + 4) of (2 + 4 + 4 + 4) hours.
    check(
        reactive_share(&orders, week()),
        6.0 / 14.0,
        Unit::Share,
        &[1, 2],
        &[1, 2, 3, 4],
    );
    assert_eq!(reactive_share(&orders[4..], week()), Err(NoFigure::NoHours));
}

#[test]
fn wrench_time_is_of_the_people_of_the_crew() {
    let crew: BTreeSet<PersonId> = [person(5), person(6)].into();
    let orders = [
        order(
            1,
            WorkKind::Predetermined,
            vec![
                work(5, "2026-03-03 06:00", "2026-03-03 09:00", TimeKind::Wrench),
                work(5, "2026-03-03 09:00", "2026-03-03 10:00", TimeKind::Travel),
                work(7, "2026-03-03 06:00", "2026-03-03 14:00", TimeKind::Wrench),
            ],
        ),
        order(
            2,
            WorkKind::Predetermined,
            vec![work(6, "2026-03-04 06:00", "2026-03-04 08:00", TimeKind::Waiting)],
        ),
    ];
    // 3 of 3 + 1 + 2 hours.
    check(
        wrench_time(&orders, &crew, week()),
        0.5,
        Unit::Share,
        &[1],
        &[1, 2],
    );
    let nobody = BTreeSet::from([person(8)]);
    assert_eq!(wrench_time(&orders, &nobody, week()), Err(NoFigure::NoHours));
}

fn stop(from: &str, to: Option<&str>, is_failure: bool) -> (&'static str, What) {
    at(What::Stopped(Downtime {
        from: utc(from),
        to: to.map(utc),
        is_failure,
        reason: "stood".into(),
        evidence: None,
    }))
}

#[test]
fn failures_that_overlap_are_one_and_stops_for_work_are_none() {
    let kind = WorkKind::CorrectiveImmediate;
    let pump = BTreeSet::from([AssetId::new(14)]);
    let orders = [
        order(
            1,
            kind,
            vec![stop("2026-03-02 06:00", Some("2026-03-02 08:00"), true)],
        ),
        // Told twice, and longer: one failure of 4 hours.
        order(
            2,
            kind,
            vec![stop("2026-03-02 07:00", Some("2026-03-02 10:00"), true)],
        ),
        order(
            3,
            kind,
            vec![
                stop("2026-03-05 06:00", Some("2026-03-05 08:00"), true),
                stop("2026-03-06 06:00", Some("2026-03-06 20:00"), false),
                stop("2026-02-20 06:00", Some("2026-02-20 20:00"), true),
            ],
        ),
        order(4, kind, vec![stop("2026-03-08 06:00", None, true)]),
    ];
    let all = mttr(&orders, &pump, week());
    check(all, 3.0, Unit::Hours, &[1, 2, 3], &[1, 2, 3]);
    let between = mtbf(&orders, &pump, week(), Operated(Some(hours(150))));
    check(between, 50.0, Unit::Hours, &[], &[1, 2, 3, 4]);
    let none = BTreeSet::from([AssetId::new(15)]);
    let operated = Operated(Some(hours(150)));
    assert_eq!(mtbf(&orders, &none, week(), operated), Err(NoFigure::NoFailures));
    assert_eq!(
        mtbf(&orders, &pump, week(), Operated(None)),
        Err(NoFigure::NoOperatingTime)
    );
    assert_eq!(mttr(&orders, &none, week()), Err(NoFigure::NoFailures));
    assert_eq!(mttr(&orders[3..], &pump, week()), Err(NoFigure::NothingRestored));
}

#[test]
fn a_failure_lasts_as_long_as_whoever_saw_it_longest_says() {
    let kind = WorkKind::CorrectiveImmediate;
    let pump = BTreeSet::from([AssetId::new(14)]);
    let long = order(
        1,
        kind,
        vec![stop("2026-03-02 06:00", Some("2026-03-02 12:00"), true)],
    );
    let short = order(
        2,
        kind,
        vec![stop("2026-03-02 07:00", Some("2026-03-02 08:00"), true)],
    );
    check(
        mttr([&long, &short], &pump, week()),
        6.0,
        Unit::Hours,
        &[1, 2],
        &[1, 2],
    );
    let open = order(3, kind, vec![stop("2026-03-02 07:00", None, true)]);
    let found = mttr([&long, &open], &pump, week());
    assert_eq!(
        found,
        Err(NoFigure::NothingRestored),
        "one of both still sees it standing"
    );
}

#[test]
fn a_slot_that_was_in_conflict_counts_from_when_somebody_decided_for_it() {
    let mut order = fresh(WorkKind::Predetermined);
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    order
        .apply(one.writes(slot(TUESDAY.0, TUESDAY.1)))
        .expect("taken");
    let second = other.writes(slot("2026-03-12 06:00", "2026-03-12 08:00"));
    order.apply(second.clone()).expect("taken");
    let keep = Keep::Mine;
    Device::new(9).does(&mut order, What::Settled { of: second.key, keep });
    let slots: Vec<_> = order.slots().into_iter().filter_map(|(slot, _)| slot).collect();
    assert_eq!(slots.len(), 2);
    assert_eq!(order.slot(), slots.last().copied());
}
