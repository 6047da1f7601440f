//! What an order comes to: facts, jobs, watchers, times.

use std::collections::BTreeSet;

use maintenance::id::{Key, PartId, StepId};
use maintenance::order::event::{Cost, CostKind, Downtime, Money, TimeKind, Work};
use maintenance::order::job::{BadJob, MOST_STEPS};
use maintenance::order::{
    Answer, Assignee, Change, Dates, Job, Order, Refusal, Status, StepKind, What, WorkKind,
};

use crate::support::{
    Device, asked, fresh, hours, job, lock, moved, permit, person, scheduled, step, stretch, utc,
};

fn work(number: u32, from: &str, to: &str, kind: TimeKind) -> What {
    What::Worked(Work {
        person: person(number),
        craft: "mechanic".into(),
        time: stretch(from, to),
        kind,
    })
}

#[test]
fn time_money_and_parts_add_up_and_what_is_withdrawn_does_not_count() {
    let mut order = scheduled();
    let mut tablet = Device::new(3);
    tablet.does(
        &mut order,
        work(5, "2026-03-03 06:00", "2026-03-03 07:30", TimeKind::Wrench),
    );
    tablet.does(
        &mut order,
        work(5, "2026-03-03 07:30", "2026-03-03 08:00", TimeKind::Travel),
    );
    tablet.sync(&order);
    let wrong = tablet.writes(work(6, "2026-03-03 06:00", "2026-03-03 16:00", TimeKind::Wrench));
    order.apply(wrong.clone()).expect("taken");
    let part = PartId::new(3);
    for quantity in [4.0, -1.0] {
        tablet.does(&mut order, What::Used { part, quantity });
    }
    for cents in [12_300, -300] {
        tablet.does(
            &mut order,
            What::Spent(Cost {
                kind: CostKind::Material,
                amount: Money(cents),
                text: "Bearing".into(),
            }),
        );
    }
    assert!((order.hours(None) - 12.0).abs() < 1e-9);
    let withdrawn = What::Withdrawn {
        of: wrong.key,
        reason: "was on another job".into(),
    };
    tablet.does(&mut order, withdrawn);
    assert!((order.hours(None) - 2.0).abs() < 1e-9);
    assert!((order.hours(Some(TimeKind::Wrench)) - 1.5).abs() < 1e-9);
    assert_eq!(order.parts_used().get(&part), Some(&3.0));
    assert_eq!(order.cost(), Money(12_000));
    assert!(order.entry(wrong.key).is_some(), "nothing is deleted");
}

#[test]
fn only_facts_are_withdrawn_and_only_with_a_reason() {
    let mut order = scheduled();
    let mut desk = Device::new(3);
    let first = order.log()[0].event.key;
    let withdraw = |of, reason: &str| What::Withdrawn {
        of,
        reason: reason.into(),
    };
    for of in [first, Key::new(5)] {
        let refused = desk.is_refused(&mut order, withdraw(of, "why"));
        assert_eq!(refused, Refusal::NothingToWithdraw(of));
    }
    desk.sync(&order);
    let comment = desk.writes(What::Commented {
        text: "Loud".into(),
        mentions: vec![],
    });
    order.apply(comment.clone()).expect("taken");
    let refused = desk.is_refused(&mut order, withdraw(comment.key, " "));
    assert_eq!(refused, Refusal::NoReason);
}

#[test]
fn what_says_nothing_or_no_number_is_refused() {
    let mut order = scheduled();
    let mut desk = Device::new(3);
    let step = StepId::new(2);
    let at = utc("2026-03-03 06:00");
    let cases = [
        (What::Changed(Change::Title(" ".into())), Refusal::Empty),
        (
            What::Commented {
                text: "".into(),
                mentions: vec![],
            },
            Refusal::Empty,
        ),
        (
            What::Answered {
                step,
                answer: Answer::Read {
                    value: f64::NAN,
                    note: None,
                },
            },
            Refusal::BadNumber,
        ),
        (
            What::Answered {
                step,
                answer: Answer::Checked,
            },
            Refusal::WrongAnswer(step),
        ),
        (
            What::Answered {
                step: StepId::new(3),
                answer: Answer::Chosen(2),
            },
            Refusal::WrongAnswer(StepId::new(3)),
        ),
        (
            What::Answered {
                step,
                answer: Answer::Skipped(" ".into()),
            },
            Refusal::NoReason,
        ),
        (
            What::Used {
                part: PartId::new(1),
                quantity: f64::INFINITY,
            },
            Refusal::BadNumber,
        ),
        (
            What::Stopped(Downtime {
                from: at,
                to: Some(at),
                is_failure: true,
                reason: "stood".into(),
                evidence: None,
            }),
            Refusal::BadDates,
        ),
        (
            What::Changed(Change::Dates(Dates {
                earliest: Some(at + hours(1)),
                latest: Some(at),
            })),
            Refusal::BadDates,
        ),
        (
            What::Permit {
                permit: 7,
                number: None,
            },
            Refusal::NotInJob,
        ),
        (asked(WorkKind::Improvement), Refusal::NotFirst),
    ];
    for (what, refusal) in cases {
        assert_eq!(desk.is_refused(&mut order, what), refusal);
    }
    let mut event = desk.writes(permit());
    event.seen = order.revision() + 1;
    assert_eq!(order.apply(event.clone()), Err(Refusal::FromTheFuture));
    event.order = maintenance::id::OrderId::new(7);
    assert_eq!(order.apply(event.clone()), Err(Refusal::OtherOrder(event.order)));
    assert_eq!(Order::open(event), Err(Refusal::NoRequest));
}

#[test]
fn a_job_that_cannot_be_worked_by_is_told_where() {
    let with = |steps: Vec<maintenance::order::Step>| Job { steps, ..job() };
    let mut no_text = step(4, StepKind::Check);
    no_text.text = " ".into();
    let upside_down = StepKind::Reading {
        unit: "bar".into(),
        low: Some(5.0),
        high: Some(1.0),
        point: None,
    };
    let mut hours = job();
    hours.labour[0].hours = -1.0;
    let id = StepId::new(4);
    let cases = [
        (with(vec![step(4, StepKind::Check); 2]), BadJob::Twice(id)),
        (with(vec![no_text]), BadJob::NoText(id)),
        (
            with(vec![step(4, StepKind::Choice(vec!["one".into()]))]),
            BadJob::NoChoice(id),
        ),
        (with(vec![step(4, upside_down)]), BadJob::BadRange(id)),
        (
            with((0..=40).map(|id| step(id, StepKind::Check)).collect()),
            BadJob::TooLong(MOST_STEPS + 1),
        ),
        (hours, BadJob::BadAmount),
    ];
    for (job, wrong) in cases {
        assert_eq!(job.check(), Err(wrong));
    }
    assert_eq!(job().check(), Ok(()));
}

#[test]
fn a_reading_beyond_normal_is_taken_and_said_to_be() {
    let job = job();
    let reading = job.step(StepId::new(2)).expect("a step");
    assert_eq!(
        [-0.1, 0.0, 4.5, 5.1].map(|value| reading.is_normal(value)),
        [Some(false), Some(true), Some(true), Some(false)]
    );
    assert_eq!(job.steps[0].is_normal(1.0), None);
}

#[test]
fn whoever_asked_was_given_or_named_watches_until_they_say_otherwise() {
    let mut order = fresh(WorkKind::Predetermined);
    let mut desk = Device::new(1);
    desk.does(
        &mut order,
        What::Changed(Change::Assignee(Assignee {
            crew: None,
            people: BTreeSet::from([person(5), person(6)]),
        })),
    );
    desk.does(
        &mut order,
        What::Commented {
            text: "Look".into(),
            mentions: vec![person(7)],
        },
    );
    desk.does(
        &mut order,
        What::Watched {
            person: person(5),
            is_on: false,
        },
    );
    assert_eq!(order.watchers(), BTreeSet::from([99, 6, 7].map(person)));
}

#[test]
fn begun_without_a_schedule_is_a_break_in_and_reworked_is_not_done() {
    let mut order = fresh(WorkKind::CorrectiveImmediate);
    let mut tablet = Device::new(3);
    assert_eq!(
        tablet.is_refused(
            &mut order,
            What::Moved {
                to: Status::InProgress,
                reason: None
            }
        ),
        Refusal::NoReason
    );
    tablet.does(&mut order, moved(Status::InProgress));
    assert!(order.is_break_in());
    let begun = order.started_at().expect("begun");
    tablet.set(utc("2026-03-02 09:00"));
    tablet.does(&mut order, moved(Status::Done));
    assert!(order.done_at() > Some(begun));
    tablet.does(&mut order, moved(Status::InProgress));
    assert_eq!(order.done_at(), None);
    assert_eq!(order.started_at(), Some(begun));

    let mut planned = scheduled();
    for what in [permit(), lock(true), moved(Status::InProgress)] {
        tablet.does(&mut planned, what);
    }
    assert!(!planned.is_break_in());
}

#[test]
fn parts_are_kept_for_it_until_they_are_let_go() {
    let mut order = scheduled();
    let mut desk = Device::new(1);
    let arrives = Some(utc("2026-03-09 00:00"));
    for (part, quantity) in [(1, 2.0), (2, 1.0), (1, 3.0), (2, 0.0)] {
        let part = PartId::new(part);
        desk.does(
            &mut order,
            What::Reserved {
                part,
                quantity,
                arrives,
            },
        );
    }
    let kept: Vec<_> = order.reserved().into_iter().collect();
    assert_eq!(kept, [(PartId::new(1), (3.0, arrives))]);
}

#[test]
fn keys_are_read_with_and_without_hyphens() {
    let key = Key::from_text("01890a5d-ac96-774b-bcce-b302099a8057").expect("a key");
    assert_eq!(key.to_string(), "01890a5dac96774bbcceb302099a8057");
    assert_eq!(Key::from_text(&key.to_string()), Some(key));
    for text in ["", "01890a5d", "g1890a5dac96774bbcceb302099a8057", "é"] {
        assert_eq!(Key::from_text(text), None, "{text}");
    }
    let full = "f".repeat(32);
    assert_eq!(Key::from_text(&full), Some(Key::new(u128::MAX)));
    assert_eq!(Key::from_text(&"f".repeat(33)), None);
}
