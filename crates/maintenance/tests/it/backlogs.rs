//! Lists of orders, what fixed it last time, and parts.

use std::collections::{BTreeMap, BTreeSet};

use maintenance::backlog::{Filter, fixes};
use maintenance::id::{CrewId, OrderId, PartId};
use maintenance::iso14224::{Activity, Cause, FailureMode};
use maintenance::order::event::Finding;
use maintenance::order::job::NeededPart;
use maintenance::order::{Assignee, Change, Dates, Group, Job, Order, Priority, Status, What, WorkKind};
use maintenance::stock::{Part, Reservations, awaited};
use maintenance::window::Awaited;
use twin::{AssetId, Timestamp};

use crate::support::{Device, fresh, hours, lock, moved, permit, person, scheduled, utc};

fn now() -> Timestamp {
    utc("2026-03-20 00:00")
}

/// An order as it is, with another number.
fn numbered(number: u32, order: &Order) -> Order {
    let log = order.log().iter().map(|entry| {
        let mut event = entry.event.clone();
        event.order = OrderId::new(number);
        event
    });
    Order::fold(log).expect("a log").expect("an order")
}

/// Filters that take the order below, each beside one that leaves it.
fn pairs() -> [(Filter, Filter); 9] {
    let all = Filter::default;
    [
        (
            Filter {
                groups: [Group::Overdue].into(),
                ..all()
            },
            Filter {
                groups: [Group::Planned].into(),
                ..all()
            },
        ),
        (
            Filter {
                statuses: [Status::Scheduled, Status::Done].into(),
                ..all()
            },
            Filter {
                statuses: [Status::Done].into(),
                ..all()
            },
        ),
        (
            Filter {
                priorities: [Priority::High].into(),
                ..all()
            },
            Filter {
                priorities: [Priority::Low].into(),
                ..all()
            },
        ),
        (
            Filter {
                kinds: [WorkKind::CorrectiveDeferred].into(),
                ..all()
            },
            Filter {
                kinds: [WorkKind::Improvement].into(),
                ..all()
            },
        ),
        (
            Filter {
                assets: [AssetId::new(14)].into(),
                ..all()
            },
            Filter {
                assets: [AssetId::new(15)].into(),
                ..all()
            },
        ),
        (
            Filter {
                crew: Some(CrewId::new(2)),
                ..all()
            },
            Filter {
                crew: Some(CrewId::new(3)),
                ..all()
            },
        ),
        (
            Filter {
                person: Some(person(5)),
                craft: Some("mechanic".into()),
                ..all()
            },
            Filter {
                person: Some(person(6)),
                ..all()
            },
        ),
        (
            Filter {
                due_before: Some(utc("2026-03-11 00:00")),
                ..all()
            },
            Filter {
                due_before: Some(utc("2026-03-10 00:00")),
                ..all()
            },
        ),
        (
            Filter {
                text: "BEARING repl".into(),
                ..all()
            },
            Filter {
                text: "bearing pump".into(),
                ..all()
            },
        ),
    ]
}

#[test]
fn a_filter_asks_only_for_what_it_names() {
    let mut order = scheduled();
    let mut desk = Device::new(9);
    let assignee = Assignee {
        crew: Some(CrewId::new(2)),
        people: BTreeSet::from([person(5)]),
    };
    desk.does(&mut order, What::Changed(Change::Assignee(assignee)));
    let dates = Dates {
        earliest: None,
        latest: Some(utc("2026-03-10 00:00")),
    };
    desk.does(&mut order, What::Changed(Change::Dates(dates)));
    assert!(Filter::default().takes(&order, now()));
    for (takes, leaves) in pairs() {
        assert!(takes.takes(&order, now()), "{takes:?}");
        assert!(!leaves.takes(&order, now()), "{leaves:?}");
    }
    let in_conflict = Filter {
        only_in_conflict: true,
        ..Filter::default()
    };
    assert!(!in_conflict.takes(&order, now()));
    let mut late = Device::new(8);
    let event = late.writes(What::Changed(Change::Title("Other".into())));
    let title = What::Changed(Change::Title("First".into()));
    desk.does(&mut order, title);
    order.apply(event).expect("taken");
    assert!(in_conflict.takes(&order, now()));
}

fn found(mode: FailureMode, text: &str) -> What {
    What::Found(Finding {
        mode,
        mechanism: None,
        cause: Some(Cause::WearAndTear),
        activity: Activity::Replace,
        text: text.into(),
    })
}

#[test]
fn what_fixed_it_last_time_is_the_newest_finding_of_finished_work() {
    let finished = |number, day: &str, mode, text: &str| {
        let mut order = fresh(WorkKind::CorrectiveDeferred);
        let mut tablet = Device::new(3).at(utc(day));
        for what in [moved(Status::InProgress), found(mode, text), moved(Status::Done)] {
            tablet.does(&mut order, what);
        }
        numbered(number, &order)
    };
    let mut open = scheduled();
    Device::new(3).does(&mut open, found(FailureMode::Vibration, "not done yet"));
    let orders = [
        finished(1, "2026-03-03 06:00", FailureMode::Vibration, "new bearing"),
        finished(2, "2026-03-12 06:00", FailureMode::Vibration, "aligned"),
        finished(3, "2026-03-14 06:00", FailureMode::Noise, "greased"),
        open,
    ];
    let texts = |mode| {
        let fixes = fixes(&orders, AssetId::new(14), mode);
        fixes.iter().map(|fix| fix.text.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(Some(FailureMode::Vibration)), ["aligned", "new bearing"]);
    assert_eq!(texts(None), ["greased", "aligned", "new bearing"]);
    assert!(fixes(&orders, AssetId::new(15), None).is_empty());
}

fn part(on_hand: f64, deliveries: &[(&str, f64)], lead: Option<i64>) -> Part {
    Part {
        id: PartId::new(3),
        code: "6205-2RS".into(),
        name: "Bearing".into(),
        unit: "1".into(),
        on_hand,
        deliveries: deliveries.iter().map(|(at, count)| (utc(at), *count)).collect(),
        lead: lead.map(hours),
    }
}

#[test]
fn parts_are_there_with_the_delivery_that_is_enough_or_after_the_lead_time() {
    let kept = Reservations::default();
    let wait = |part: &Part, count| {
        part.awaited(count, OrderId::new(1), &kept, now())
            .map(|awaited| awaited.arrives)
    };
    let coming = part(
        1.0,
        &[("2026-04-02 00:00", 4.0), ("2026-03-25 00:00", 1.0)],
        Some(240),
    );
    assert_eq!(wait(&coming, 1.0), None);
    assert_eq!(wait(&coming, 2.0), Some(Some(utc("2026-03-25 00:00"))));
    assert_eq!(wait(&coming, 3.0), Some(Some(utc("2026-04-02 00:00"))));
    assert_eq!(wait(&coming, 9.0), Some(Some(now() + hours(240))));
    assert_eq!(wait(&part(0.0, &[], None), 1.0), Some(None));
    // A delivery that should have come may come any moment.
    assert_eq!(
        wait(&part(0.0, &[("2026-03-01 00:00", 1.0)], None), 1.0),
        Some(Some(now()))
    );
}

#[test]
fn what_is_kept_for_others_is_not_there_and_what_was_used_is_not_awaited() {
    let id = PartId::new(3);
    let reserve = |quantity| What::Reserved {
        part: id,
        quantity,
        arrives: None,
    };
    let needs = |count| {
        let parts = vec![NeededPart {
            part: id,
            quantity: count,
        }];
        let job = Job {
            parts,
            ..Job::default()
        };
        What::Changed(Change::Job(Box::new(job)))
    };
    let (mut one, mut other) = (fresh(WorkKind::Predetermined), fresh(WorkKind::Predetermined));
    let mut desk = Device::new(9);
    for what in [needs(2.0), reserve(2.0)] {
        desk.does(&mut one, what);
    }
    desk.does(&mut other, needs(1.0));
    let (one, other) = (numbered(1, &one), numbered(2, &other));
    let parts = BTreeMap::from([(id, part(2.0, &[], Some(24)))]);
    let kept = Reservations::of([&one, &other]);
    assert_eq!(awaited(&one, &parts, &kept, now()), []);
    let arrives = Some(now() + hours(24));
    assert_eq!(
        awaited(&other, &parts, &kept, now()),
        [Awaited { part: id, arrives }]
    );
    let unknown = awaited(&other, &BTreeMap::new(), &kept, now());
    assert_eq!(
        unknown,
        [Awaited {
            part: id,
            arrives: None
        }]
    );

    // Two were taken: nothing is kept for it any more, and it waits for nothing.
    let mut used = Device::new(9);
    let mut one = one;
    used.sync(&one);
    let mut event = used.writes(What::Used {
        part: id,
        quantity: 2.0,
    });
    event.order = OrderId::new(1);
    event.key = maintenance::id::Key::new(1);
    one.apply(event).expect("taken");
    let kept = Reservations::of([&one, &other]);
    assert_eq!(awaited(&other, &parts, &kept, now()), []);
    assert_eq!(awaited(&one, &BTreeMap::new(), &kept, now()), []);
    // What is done keeps nothing.
    let (mut done, mut last) = (scheduled(), Device::new(7));
    for what in [reserve(5.0), permit(), lock(true), moved(Status::Cancelled)] {
        last.does(&mut done, what);
    }
    assert_eq!(Reservations::of([&done]), Reservations::default());
}
