//! The life cycle, every status against every event.

use maintenance::id::{PartId, StepId};
use maintenance::iso14224::{Activity, FailureMode};
use maintenance::order::event::{Attachment, Cost, CostKind, Downtime, Finding, Money, TimeKind, Work};
use maintenance::order::{
    Answer, Change, Group, Order, Outcome, Priority, Refusal, Right, Rights, Status, What, WorkKind,
};

use crate::support::{Device, fresh, hours, job, lock, moved, permit, person, slot, stretch, utc};

/// An order brought to a status on the shortest way.
fn order_at(status: Status) -> Order {
    use Status::{
        Approved, Blocked, Cancelled, Closed, Done, InProgress, Planned, Requested, Scheduled, Verified,
    };
    let way: &[Status] = match status {
        Requested => &[],
        Approved => &[Approved],
        Planned => &[Approved, Planned],
        Scheduled => &[Approved, Planned, Scheduled],
        InProgress => &[InProgress],
        Blocked => &[InProgress, Blocked],
        Done => &[InProgress, Done],
        Verified => &[InProgress, Done, Verified],
        Closed => &[InProgress, Done, Verified, Closed],
        Cancelled => &[Cancelled],
    };
    let mut order = fresh(WorkKind::CorrectiveDeferred);
    let mut desk = Device::new(1);
    desk.does(&mut order, slot("2026-03-03 06:00", "2026-03-03 08:00"));
    for status in way {
        assert_eq!(desk.does(&mut order, moved(*status)), Outcome::Applied);
    }
    assert_eq!(order.status(), status);
    order
}

#[test]
fn every_status_leads_where_the_table_says_and_nowhere_else() {
    // A row for each status from, a letter for each status to: may, with a reason, the same, no.
    let table = [
        ("requested", "=p..r....r"),
        ("approved", ".=p.r....r"),
        ("planned", ".r=pr....r"),
        ("scheduled", "..r=pr...r"),
        ("in_progress", "...r=rp..r"),
        ("blocked", "..rpp=...r"),
        ("done", "....r.=pr."),
        ("verified", "....r..=p."),
        ("closed", "........=."),
        ("cancelled", ".........="),
    ];
    for (from, row) in table {
        let from = Status::from_word(from).expect("a status");
        for (to, letter) in Status::ALL.iter().zip(row.chars()) {
            let mut order = order_at(from);
            let mut desk = Device::new(2).synced(&order);
            let reasoned = order.apply(desk.writes(moved(*to)));
            let plain = order_at(from).apply(desk.writes(What::Moved {
                to: *to,
                reason: None,
            }));
            let ended = |from| Refusal::Ended(from);
            let expected = match letter {
                'p' => (Ok(Outcome::Applied), Ok(Outcome::Applied)),
                'r' => (Ok(Outcome::Applied), Err(Refusal::NoReason)),
                '=' => {
                    let there = reasoned.clone();
                    assert!(matches!(there, Ok(Outcome::Joined(_))), "{from:?} {to:?}");
                    (there.clone(), there)
                }
                _ if from.is_ended() => (Err(ended(from)), Err(ended(from))),
                _ => {
                    let no = Refusal::NoTransition { from, to: *to };
                    (Err(no.clone()), Err(no))
                }
            };
            assert_eq!((reasoned, plain), expected, "{from:?} {to:?}");
        }
    }
}

/// One event of each kind, with whether it is taken of an order that ended.
pub fn one_of_each() -> Vec<(What, bool)> {
    let time = stretch("2026-03-03 06:00", "2026-03-03 07:00");
    vec![
        (What::Changed(Change::Title("Other".into())), false),
        (What::Changed(Change::Priority(Priority::Low)), false),
        (What::Changed(Change::Job(Box::default())), true),
        (
            What::Commented {
                text: "Loud".into(),
                mentions: vec![person(5)],
            },
            true,
        ),
        (
            What::Watched {
                person: person(5),
                is_on: true,
            },
            true,
        ),
        (
            What::Attached(Attachment {
                hash: [1; 32],
                name: "photo.jpg".into(),
                media: "image/jpeg".into(),
                bytes: 9,
            }),
            true,
        ),
        (
            What::Worked(Work {
                person: person(5),
                craft: "mechanic".into(),
                time,
                kind: TimeKind::Wrench,
            }),
            false,
        ),
        (
            What::Used {
                part: PartId::new(3),
                quantity: 1.0,
            },
            false,
        ),
        (
            What::Reserved {
                part: PartId::new(3),
                quantity: 1.0,
                arrives: None,
            },
            false,
        ),
        (
            What::Stopped(Downtime {
                from: time.from(),
                to: None,
                is_failure: true,
                reason: "Bearing seized".into(),
                evidence: None,
            }),
            false,
        ),
        (
            What::Found(Finding {
                mode: FailureMode::Vibration,
                mechanism: None,
                cause: None,
                activity: Activity::Replace,
                text: "Worn".into(),
            }),
            false,
        ),
        (
            What::Spent(Cost {
                kind: CostKind::Service,
                amount: Money(12_300),
                text: "Crane".into(),
            }),
            true,
        ),
    ]
}

#[test]
fn every_fact_is_taken_in_every_status_and_after_the_end_only_words_money_and_files() {
    for status in Status::ALL {
        for (what, is_afterword) in one_of_each() {
            let mut order = order_at(*status);
            let mut desk = Device::new(2).synced(&order);
            // An empty job is what it has: the same again, and only that.
            let same = what == What::Changed(Change::Job(Box::default()));
            let taken = order.apply(desk.writes(what.clone()));
            if status.is_ended() && (!is_afterword || same) {
                assert_eq!(taken, Err(Refusal::Ended(*status)), "{status:?} {what:?}");
            } else if same {
                assert!(matches!(taken, Ok(Outcome::Joined(_))), "{status:?} {what:?}");
            } else {
                assert_eq!(taken, Ok(Outcome::Applied), "{status:?} {what:?}");
            }
        }
    }
}

#[test]
fn the_other_system_may_say_any_status() {
    for from in Status::ALL {
        for to in Status::ALL {
            let mut order = order_at(*from);
            let mut desk = Device::new(2).synced(&order);
            let taken = order.apply(desk.writes(What::Mirrored { to: *to }));
            assert!(taken.is_ok(), "{from:?} {to:?}");
            assert_eq!(order.status(), *to);
        }
    }
}

#[test]
fn who_may_not_is_told_which_right_is_missing() {
    let mut order = order_at(Status::Requested);
    let mut desk = Device::new(2).synced(&order);
    let event = desk.writes(moved(Status::Approved));
    let only = Rights::of(&[Right::Request, Right::Execute]);
    assert_eq!(
        order.apply_as(event.clone(), only),
        Err(Refusal::NoRight(Right::Approve))
    );
    assert_eq!(order.status(), Status::Requested);
    let taken = order.apply_as(event.clone(), Rights::of(&[Right::Approve]));
    assert_eq!(taken, Ok(Outcome::Applied));
    // What is in the log already is not asked again: the rights may be gone, the answer got lost.
    assert_eq!(order.apply_as(event, Rights::NONE), Ok(Outcome::Repeated));
}

#[test]
fn each_way_of_the_table_needs_its_right() {
    for way in maintenance::order::cycle::TRANSITIONS {
        let order = order_at(way.from);
        let mut desk = Device::new(2).synced(&order);
        let event = desk.writes(moved(way.to));
        for right in Right::ALL {
            let may = order.may(&event, Rights::of(&[*right]));
            assert_eq!(may.is_ok(), *right == way.right, "{way:?} {right:?}");
        }
    }
}

#[test]
fn work_does_not_begin_before_permits_and_locks_nor_end_before_steps() {
    let mut order = crate::support::scheduled();
    let mut tablet = Device::new(3);
    let begin = moved(Status::InProgress);
    let refused = tablet.is_refused(&mut order, begin.clone());
    assert_eq!(refused, Refusal::PermitsOpen(vec![0]));
    tablet.does(&mut order, permit());
    assert_eq!(
        tablet.is_refused(&mut order, begin.clone()),
        Refusal::LocksOpen(vec![0])
    );
    tablet.does(&mut order, lock(true));
    tablet.does(&mut order, begin);
    let answers = [
        (1, Answer::Checked),
        (
            2,
            Answer::Read {
                value: 5.1,
                note: Some("rough".into()),
            },
        ),
        (3, Answer::Skipped("no light".into())),
    ];
    for (id, answer) in answers {
        let open = tablet.is_refused(&mut order, moved(Status::Done));
        assert!(
            matches!(&open, Refusal::StepsOpen(steps) if steps.first() == Some(&StepId::new(id))),
            "{open:?}"
        );
        let step = StepId::new(id);
        tablet.does(&mut order, What::Answered { step, answer });
    }
    tablet.does(&mut order, moved(Status::Done));
    tablet.does(&mut order, moved(Status::Verified));
    assert_eq!(
        tablet.is_refused(&mut order, moved(Status::Closed)),
        Refusal::LocksStand(vec![0])
    );
    // Who goes and takes the lock off closes it.
    tablet.does(&mut order, lock(false));
    tablet.does(&mut order, moved(Status::Closed));
    assert_eq!(order.status(), Status::Closed);
}

#[test]
fn nothing_is_scheduled_without_a_time() {
    let mut order = fresh(WorkKind::Predetermined);
    let mut desk = Device::new(1);
    desk.does(&mut order, moved(Status::Approved));
    desk.does(&mut order, What::Changed(Change::Job(Box::new(job()))));
    desk.does(&mut order, moved(Status::Planned));
    assert_eq!(
        desk.is_refused(&mut order, moved(Status::Scheduled)),
        Refusal::NoSlot
    );
}

#[test]
fn five_words_are_shown_and_overdue_is_derived() {
    let latest = utc("2026-03-10 00:00");
    let groups = [
        (Status::Requested, Some(Group::Planned), true),
        (Status::Approved, Some(Group::Planned), true),
        (Status::Planned, Some(Group::Planned), true),
        (Status::Scheduled, Some(Group::Planned), true),
        (Status::InProgress, Some(Group::InProgress), true),
        (Status::Blocked, Some(Group::Blocked), true),
        (Status::Done, Some(Group::Done), false),
        (Status::Verified, Some(Group::Done), false),
    ];
    for (status, group, may_be_overdue) in groups {
        let mut order = order_at(status);
        let dates = maintenance::order::Dates {
            earliest: None,
            latest: Some(latest),
        };
        Device::new(4).does(&mut order, What::Changed(Change::Dates(dates)));
        assert_eq!(order.group(latest), group, "{status:?}");
        let later = if may_be_overdue {
            Some(Group::Overdue)
        } else {
            group
        };
        assert_eq!(order.group(latest + hours(1)), later, "{status:?}");
    }
    assert_eq!(order_at(Status::Cancelled).group(latest), None);
    assert_eq!(order_at(Status::Closed).group(latest), Some(Group::Done));
}
