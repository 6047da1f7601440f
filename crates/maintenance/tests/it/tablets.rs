//! Two tablets on one job, without a network: nothing is lost, nothing is decided silently.

use std::collections::BTreeSet;

use maintenance::id::{Key, StepId};
use maintenance::order::{
    Answer, Change, ConflictKind, Event, Field, Keep, Order, Outcome, Priority, Refusal, Right, Rights,
    Status, What,
};
use proptest::prelude::*;

use crate::support::{Device, lock, moved, permit, scheduled, step, stretch, utc};

fn answered(id: u32, answer: Answer) -> What {
    What::Answered {
        step: StepId::new(id),
        answer,
    }
}

fn read(value: f64) -> What {
    answered(2, Answer::Read { value, note: None })
}

/// All of a tablet's work on the job: permits, lock, start, the steps.
fn work(value: f64, choice: u16) -> Vec<What> {
    vec![
        permit(),
        lock(true),
        moved(Status::InProgress),
        answered(1, Answer::Checked),
        read(value),
        answered(3, Answer::Chosen(choice)),
        moved(Status::Done),
    ]
}

fn written(device: &mut Device, what: Vec<What>) -> Vec<Event> {
    what.into_iter().map(|what| device.writes(what)).collect()
}

fn apply_all(order: &mut Order, events: &[Event]) -> Vec<Outcome> {
    let taken = events.iter().map(|event| order.apply(event.clone()));
    taken.map(|taken| taken.expect("taken")).collect()
}

#[test]
fn both_do_the_whole_job_and_all_of_it_is_kept() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let (ones, others) = (written(&mut one, work(5.1, 1)), written(&mut other, work(4.2, 1)));
    apply_all(&mut order, &ones);
    let outcomes = apply_all(&mut order, &others);
    // Started and done twice is no conflict: both were there.
    let joined = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Joined(_)));
    assert_eq!(joined.count(), 2, "{outcomes:?}");
    assert_eq!(order.status(), Status::Done);
    assert_eq!(order.open_conflicts().count(), 0);
    let values: Vec<f64> = order.readings().iter().map(|reading| reading.value).collect();
    assert_eq!(values, [5.1, 4.2], "both readings reach the twin");
}

#[test]
fn done_on_one_and_blocked_on_the_other_is_told_and_decided_by_a_person() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let ones = written(&mut one, work(5.1, 1));
    let mut others = work(4.2, 1);
    others.truncate(3);
    others.push(moved(Status::Blocked));
    let others = written(&mut other, others);
    apply_all(&mut order, &ones);
    let outcomes = apply_all(&mut order, &others);
    let conflict = ConflictKind::Moved {
        now: Status::Done,
        wanted: Status::Blocked,
    };
    assert_eq!(outcomes.last(), Some(&Outcome::InConflict(conflict)));
    assert_eq!(order.status(), Status::Done, "nothing is displaced");
    assert_eq!(
        order.conflicts()[0].kind.usual(),
        Keep::Mine,
        "who stands there knows"
    );
    let (mine, theirs) = (others.last().unwrap().key, ones.last().unwrap().key);
    let open: Vec<(Key, Key)> = order.open_conflicts().map(|one| (one.mine, one.theirs)).collect();
    assert_eq!(open, [(mine, theirs)]);

    // Blocked does not follow done, so it cannot be kept as it is; keeping theirs settles it.
    let mut desk = Device::new(9);
    let settle = |keep| What::Settled { of: mine, keep };
    assert_eq!(
        desk.is_refused(&mut order, settle(Keep::Mine)),
        Refusal::NoTransition {
            from: Status::Done,
            to: Status::Blocked
        }
    );
    assert_eq!(
        desk.is_refused(&mut order, settle(Keep::Both)),
        Refusal::CannotKeep(Keep::Both)
    );
    desk.does(&mut order, settle(Keep::Theirs));
    assert_eq!(order.open_conflicts().count(), 0);
    assert!(order.entry(mine).is_some(), "it stays in the log");
    assert!(matches!(
        desk.does(&mut order, settle(Keep::Theirs)),
        Outcome::Joined(_)
    ));
    assert_eq!(
        desk.is_refused(&mut order, settle(Keep::Mine)),
        Refusal::NothingToSettle(mine)
    );
}

#[test]
fn a_field_that_both_wrote_stays_until_somebody_says_mine() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let first = one.writes(What::Changed(Change::Priority(Priority::Urgent)));
    let second = other.writes(What::Changed(Change::Priority(Priority::Low)));
    order.apply(first).expect("taken");
    let outcome = order.apply(second.clone()).expect("taken");
    assert_eq!(outcome, Outcome::InConflict(ConflictKind::Field(Field::Priority)));
    assert_eq!(order.priority(), Priority::Urgent);
    // Whoever wrote it and has not seen the answer yet goes on, and is in conflict too.
    let third = other.writes(What::Changed(Change::Priority(Priority::Medium)));
    let outcome = order.apply(third.clone()).expect("taken");
    assert_eq!(outcome, Outcome::InConflict(ConflictKind::Field(Field::Priority)));
    let mut desk = Device::new(9);
    let keep = Keep::Mine;
    desk.does(&mut order, What::Settled { of: third.key, keep });
    assert_eq!(order.priority(), Priority::Medium);
    let keep = Keep::Theirs;
    desk.does(&mut order, What::Settled { of: second.key, keep });
    assert_eq!(order.priority(), Priority::Medium);
}

#[test]
fn the_same_written_twice_is_no_conflict() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let urgent = What::Changed(Change::Priority(Priority::Urgent));
    let first = one.writes(urgent.clone());
    order.apply(first.clone()).expect("taken");
    let outcome = order.apply(other.writes(urgent)).expect("taken");
    assert_eq!(outcome, Outcome::Joined(first.key));
    // Both know the value now, so both may go on from it.
    let outcome = order.apply(other.writes(What::Changed(Change::Priority(Priority::Low))));
    assert_eq!(outcome, Ok(Outcome::Applied));
}

#[test]
fn different_choices_are_both_kept_and_told() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let worn = one.writes(answered(3, Answer::Chosen(1)));
    other.set(utc("2026-03-02 07:00"));
    let good = other.writes(answered(3, Answer::Chosen(0)));
    order.apply(good.clone()).expect("taken");
    let outcome = order.apply(worn.clone()).expect("taken");
    assert_eq!(
        outcome,
        Outcome::InConflict(ConflictKind::Answers(StepId::new(3)))
    );
    let counts = |order: &Order| order.answers().get(&StepId::new(3)).map(|done| done.key);
    assert_eq!(counts(&order), Some(good.key), "the later one counts");
    let keep = Keep::Mine;
    Device::new(9).does(&mut order, What::Settled { of: worn.key, keep });
    assert_eq!(counts(&order), Some(worn.key), "until somebody decides");
}

#[test]
fn what_one_did_and_the_other_left_out_is_told_and_two_that_left_it_out_agree() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let mut third = Device::new(3).synced(&order);
    let skipped = |text: &str| answered(1, Answer::Skipped(text.into()));
    order.apply(one.writes(skipped("too high"))).expect("taken");
    let outcome = order
        .apply(other.writes(answered(1, Answer::Checked)))
        .expect("taken");
    assert_eq!(
        outcome,
        Outcome::InConflict(ConflictKind::Answers(StepId::new(1)))
    );
    // The third agrees with the first, and not with the second.
    let outcome = order.apply(third.writes(skipped("no ladder"))).expect("taken");
    assert_eq!(
        outcome,
        Outcome::InConflict(ConflictKind::Answers(StepId::new(1)))
    );
    let mut order = scheduled();
    order.apply(one.writes(skipped("too high"))).expect("taken");
    assert_eq!(
        order.apply(third.writes(skipped("no ladder"))),
        Ok(Outcome::Applied)
    );
}

#[test]
fn a_step_that_left_the_job_meanwhile_keeps_its_answer() {
    let mut order = scheduled();
    let mut tablet = Device::new(1).synced(&order);
    let mut job = order.job().clone();
    job.steps.retain(|step| step.id != StepId::new(2));
    Device::new(9).does(&mut order, What::Changed(Change::Job(Box::new(job))));
    let reading = tablet.writes(read(5.1));
    let outcome = order.apply(reading.clone()).expect("taken");
    assert_eq!(
        outcome,
        Outcome::InConflict(ConflictKind::StepGone(StepId::new(2)))
    );
    assert!(order.facts().iter().any(|fact| fact.key == reading.key));
    // Who knows the job is simply told.
    assert_eq!(
        Device::new(2).is_refused(&mut order, read(1.0)),
        Refusal::NotInJob
    );
}

#[test]
fn a_step_added_meanwhile_holds_up_done_and_loses_nothing() {
    let mut order = scheduled();
    let mut tablet = Device::new(1).synced(&order);
    let events = written(&mut tablet, work(4.0, 0));
    let mut job = order.job().clone();
    job.steps.push(step(4, maintenance::order::StepKind::Photo));
    Device::new(9).does(&mut order, What::Changed(Change::Job(Box::new(job))));
    let outcomes = apply_all(&mut order, &events);
    let hindered = Refusal::StepsOpen(vec![StepId::new(4)]);
    let conflict = ConflictKind::Hindered(Box::new(hindered));
    assert_eq!(outcomes.last(), Some(&Outcome::InConflict(conflict)));
    assert_eq!(order.status(), Status::InProgress);
    let mut tablet = tablet.synced(&order);
    let photo = answered(4, Answer::Photo([7; 32]));
    order.apply(tablet.writes(photo)).expect("taken");
    let done = tablet.writes(moved(Status::Done));
    assert_eq!(order.apply(done), Ok(Outcome::Applied));
}

#[test]
fn work_done_before_the_order_was_cancelled_is_kept_when_it_arrives_after() {
    let mut order = scheduled();
    let mut tablet = Device::new(1).synced(&order);
    let events = written(&mut tablet, work(5.1, 1));
    Device::new(9).does(&mut order, moved(Status::Cancelled));
    let outcomes = apply_all(&mut order, &events);
    let odd = outcomes.iter().filter(|outcome| {
        matches!(
            outcome,
            Outcome::InConflict(ConflictKind::AfterEnd(Status::Cancelled))
        )
    });
    assert_eq!(odd.count(), 5, "{outcomes:?}");
    assert_eq!(order.readings().len(), 1);
    assert_eq!(order.status(), Status::Cancelled);
    // The next thing it writes, knowing, is refused.
    tablet.sync(&order);
    let late = order.apply(tablet.writes(read(1.0)));
    assert_eq!(late, Err(Refusal::Ended(Status::Cancelled)));
}

#[test]
fn an_order_does_not_close_over_an_open_conflict() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let chosen = one.writes(answered(3, Answer::Chosen(1)));
    apply_all(&mut order, &written(&mut other, work(1.0, 0)));
    order.apply(chosen.clone()).expect("taken");
    let mut desk = Device::new(9);
    desk.does(&mut order, lock(false));
    desk.does(&mut order, moved(Status::Verified));
    let closed = desk.is_refused(&mut order, moved(Status::Closed));
    assert_eq!(closed, Refusal::ConflictsOpen(vec![chosen.key]));
    let keep = Keep::Both;
    desk.does(&mut order, What::Settled { of: chosen.key, keep });
    desk.does(&mut order, moved(Status::Closed));
}

#[test]
fn a_key_is_never_given_to_two_things() {
    let mut order = scheduled();
    let mut tablet = Device::new(1).synced(&order);
    let event = tablet.writes(read(5.1));
    order.apply(event.clone()).expect("taken");
    let again = Event {
        received: utc("2026-04-01 00:00"),
        ..event.clone()
    };
    assert_eq!(order.apply(again), Ok(Outcome::Repeated));
    let other = Event {
        what: read(5.2),
        ..event
    };
    assert_eq!(order.apply(other), Err(Refusal::KeyTaken));
}

#[test]
fn a_clock_that_is_ahead_does_not_reach_into_the_future() {
    let mut order = scheduled();
    let mut tablet = Device::new(1).at(utc("2027-01-01 00:00")).synced(&order);
    let mut event = tablet.writes(read(5.1));
    event.received = utc("2026-03-03 07:00");
    order.apply(event).expect("taken");
    let readings = order.readings();
    assert_eq!(readings[0].at, utc("2026-03-03 07:00"));
    assert!(readings[0].clock_ahead.secs() > 86_400 * 300);
}

#[test]
fn a_clock_that_is_behind_does_not_undo_what_was_done_before() {
    let mut order = scheduled();
    let mut tablet = Device::new(1);
    tablet.does(&mut order, lock(true));
    let mut behind = Device::new(2).at(utc("2020-01-01 00:00"));
    behind.does(&mut order, lock(false));
    assert_eq!(order.locks_where(true), [0; 0]);
    // On one tablet too, when its clock is set back between.
    tablet.does(&mut order, read(5.0));
    tablet.set(utc("2019-01-01 00:00"));
    tablet.does(&mut order, read(4.0));
    let last = order.answers()[&StepId::new(2)].answer.clone();
    assert_eq!(
        last,
        Answer::Read {
            value: 4.0,
            note: None
        }
    );
}

/// Something a tablet may write; what it means depends on where the order is.
pub fn any_what() -> impl Strategy<Value = What> {
    prop_oneof![
        prop::sample::select(Status::ALL).prop_map(moved),
        prop::sample::select(Priority::ALL).prop_map(|priority| What::Changed(Change::Priority(priority))),
        Just(permit()),
        any::<bool>().prop_map(lock),
        (0.0..9.0_f64).prop_map(read),
        Just(answered(1, Answer::Checked)),
        (0..2_u16).prop_map(|choice| answered(3, Answer::Chosen(choice))),
        Just(answered(3, Answer::Skipped("dark".into()))),
        "[a-z]{1,8}".prop_map(|text| What::Commented {
            text: text.into(),
            mentions: vec![]
        }),
        (1..5_u32).prop_map(|hour| What::Worked(maintenance::order::event::Work {
            person: crate::support::person(hour),
            craft: "mechanic".into(),
            time: stretch("2026-03-03 06:00", "2026-03-03 07:00"),
            kind: maintenance::order::event::TimeKind::Wrench,
        })),
    ]
}

/// What a tablet would let through: each event is taken by the order as this tablet alone knows it.
fn offline(device: u32, base: &Order, wishes: Vec<What>) -> Vec<Event> {
    let mut own = base.clone();
    let mut tablet = Device::new(device).synced(base);
    let events = wishes.into_iter().map(|what| tablet.writes(what));
    events.filter(|event| own.apply(event.clone()).is_ok()).collect()
}

/// Both in one order: each flag says whose turn it is.
fn merged(one: &[Event], other: &[Event], turns: &[bool]) -> Vec<Event> {
    let (mut one, mut other) = (one.iter().cloned(), other.iter().cloned());
    let mut all = Vec::new();
    for turn in turns {
        all.extend(if *turn { one.next() } else { other.next() });
    }
    all.extend(one);
    all.extend(other);
    all
}

fn fact_keys(order: &Order) -> BTreeSet<Key> {
    order.facts().iter().map(|fact| fact.key).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_two_tablets_write_in_whatever_order_it_arrives_nothing_is_lost(
        one in prop::collection::vec(any_what(), 0..12),
        other in prop::collection::vec(any_what(), 0..12),
        turns in prop::collection::vec(any::<bool>(), 24),
        turned in prop::collection::vec(any::<bool>(), 24),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let base = scheduled();
        let (one, other) = (offline(1, &base, one), offline(2, &base, other));
        let mut order = base.clone();
        for event in merged(&one, &other, &turns) {
            // What a tablet let through is never refused for what the other did meanwhile.
            let key = event.key;
            prop_assert!(order.apply(event).is_ok());
            prop_assert!(order.entry(key).is_some());
        }
        // Every event is in the log, once, and one that is not applied or joined is an open conflict.
        let all = base.log().len() + one.len() + other.len();
        prop_assert_eq!(order.log().len(), all);
        let open: BTreeSet<Key> = order.open_conflicts().map(|conflict| conflict.mine).collect();
        for entry in order.log() {
            let in_conflict = matches!(entry.outcome, Outcome::InConflict(_));
            prop_assert_eq!(in_conflict, open.contains(&entry.event.key));
        }
        // Sent again, everything is as it was.
        let before = order.clone();
        for index in again {
            if !order.log().is_empty() {
                let event = index.get(before.log()).event.clone();
                if before.log()[0].event.key != event.key {
                    prop_assert_eq!(order.apply(event), Ok(Outcome::Repeated));
                }
            }
        }
        prop_assert_eq!(&order, &before);
        // The stored log comes to the same.
        let stored = order.log().iter().map(|entry| entry.event.clone());
        prop_assert_eq!(&Order::fold(stored).unwrap().unwrap(), &order);
        // In another order of arrival the facts are the same.
        let mut arrived = base.clone();
        for event in merged(&one, &other, &turned) {
            prop_assert!(arrived.apply(event).is_ok());
        }
        prop_assert_eq!(fact_keys(&arrived), fact_keys(&order));
        prop_assert_eq!(arrived.answers(), order.answers());
        prop_assert_eq!(arrived.readings(), order.readings());
    }

    #[test]
    fn a_status_only_ever_follows_one_that_it_may_follow(
        wishes in prop::collection::vec((1..4_u32, any::<bool>(), any_what()), 0..40),
    ) {
        let mut order = scheduled();
        let mut devices: Vec<Device> = (0..4).map(|number| Device::new(number).synced(&order)).collect();
        let mut before = order.status();
        for (device, is_synced, what) in wishes {
            let device = &mut devices[device as usize];
            if is_synced {
                device.sync(&order);
            }
            let event = device.writes(what);
            let was = order.clone();
            if order.apply(event).is_err() {
                prop_assert_eq!(&order, &was);
            }
            let now = order.status();
            prop_assert!(now == before || before.to(now).is_some(), "{:?} {:?}", before, now);
            before = now;
        }
    }
}

#[test]
fn who_may_write_a_field_decides_a_conflict_about_it_and_nobody_else() {
    let mut order = scheduled();
    let (mut one, mut other) = (Device::new(1).synced(&order), Device::new(2).synced(&order));
    let title = |title: &str| What::Changed(Change::Title(title.into()));
    let (first, second) = (one.writes(title("Loud")), other.writes(title("Grinding")));
    apply_all(&mut order, &[first, second.clone()]);
    for keep in [Keep::Mine, Keep::Theirs] {
        let settle = other.writes(What::Settled { of: second.key, keep });
        let technician = Rights::of(&[Right::Request, Right::Execute]);
        let planner = Rights::of(&[Right::Request, Right::Plan]);
        assert_eq!(order.may(&settle, technician), Err(Refusal::NoRight(Right::Plan)));
        assert_eq!(order.may(&settle, planner), Ok(()));
    }
}
