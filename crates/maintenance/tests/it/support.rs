//! Tablets and desks that write events, and times that can be read.

use jiff::civil::DateTime;
use maintenance::calendar::Zone;
use maintenance::id::{Key, OrderId, PersonId, StepId};
use maintenance::iso14224::FailureMode;
use maintenance::order::event::Author;
use maintenance::order::job::{Labour, Lock as JobLock};
use maintenance::order::{
    Change, Dates, Event, Job, Order, Outcome, Priority, Refusal, Request, Step, StepKind, What, WorkKind,
};
use maintenance::span::Stretch;
use twin::{AssetId, Span, Timestamp};

pub const ORDER: OrderId = OrderId::new(1042);

/// `2026-03-02 06:00` in UTC.
#[track_caller]
pub fn utc(text: &str) -> Timestamp {
    local("UTC", text)
}

/// `2026-03-02 06:00` as clocks of a zone show it.
#[track_caller]
pub fn local(zone: &str, text: &str) -> Timestamp {
    let civil: DateTime = text.parse().expect("a civil time");
    Zone::named(zone)
        .expect("a zone")
        .instant(civil)
        .expect("an instant")
}

#[track_caller]
pub fn stretch(from: &str, to: &str) -> Stretch {
    Stretch::new(utc(from), utc(to)).expect("a stretch")
}

pub fn hours(count: i64) -> Span {
    Span::from_secs(3_600 * count)
}

pub fn person(number: u32) -> PersonId {
    PersonId::new(number)
}

/// Who writes, on which device, and what it has seen.
#[derive(Clone, Debug)]
pub struct Device {
    pub number: u32,
    pub seen: u32,
    next: u128,
    now: Timestamp,
}

impl Device {
    pub fn new(number: u32) -> Self {
        Self {
            number,
            seen: 0,
            next: u128::from(number) << 64,
            now: utc("2026-03-02 06:00"),
        }
    }

    /// At another time by its clock.
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// With all that is in the log by now.
    pub fn synced(mut self, order: &Order) -> Self {
        self.seen = order.revision();
        self
    }

    pub fn sync(&mut self, order: &Order) {
        self.seen = order.revision();
    }

    pub fn set(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// One event, a second after the one before.
    pub fn writes(&mut self, what: What) -> Event {
        self.next += 1;
        self.now = self.now + Span::from_secs(1);
        Event {
            key: Key::new(self.next),
            order: ORDER,
            author: Author::Person(person(self.number)),
            device: Key::new(u128::from(self.number)),
            at: self.now,
            received: self.now,
            seen: self.seen,
            what,
        }
    }

    /// Writes with the whole log seen, and it is taken.
    #[track_caller]
    pub fn does(&mut self, order: &mut Order, what: What) -> Outcome {
        self.sync(order);
        let event = self.writes(what);
        order.apply(event).expect("taken")
    }

    /// Writes with the whole log seen, and it is refused.
    #[track_caller]
    pub fn is_refused(&mut self, order: &mut Order, what: What) -> Refusal {
        self.sync(order);
        let event = self.writes(what);
        let before = order.clone();
        let refusal = order.apply(event).expect_err("refused");
        assert_eq!(*order, before, "a refusal changes nothing");
        refusal
    }
}

pub fn request(kind: WorkKind) -> Request {
    Request {
        asset: AssetId::new(14),
        title: "Replace bearing".into(),
        kind,
        mode: FailureMode::Vibration,
        priority: Priority::High,
        dates: Dates::default(),
        needs: Vec::new(),
        external: None,
    }
}

pub fn asked(kind: WorkKind) -> What {
    What::Requested(Box::new(request(kind)))
}

pub fn moved(to: maintenance::order::Status) -> What {
    What::Moved {
        to,
        reason: Some("because".into()),
    }
}

pub fn step(id: u32, kind: StepKind) -> Step {
    Step {
        id: StepId::new(id),
        text: format!("Step {id}").into(),
        kind,
        is_required: true,
    }
}

/// Check, reading, choice; two hours of a mechanic; one permit and one lock.
pub fn job() -> Job {
    Job {
        steps: vec![
            step(1, StepKind::Check),
            step(
                2,
                StepKind::Reading {
                    unit: "mm/s".into(),
                    low: Some(0.0),
                    high: Some(4.5),
                    point: Some(twin::PointId::new(77)),
                },
            ),
            step(3, StepKind::Choice(vec!["good".into(), "worn".into()])),
        ],
        labour: vec![Labour {
            craft: "mechanic".into(),
            qualification: None,
            people: 1,
            hours: 2.0,
        }],
        permits: vec!["Hot work".into()],
        locks: vec![JobLock {
            at: "Breaker 3".into(),
            energy: "electrical".into(),
        }],
        ..Job::default()
    }
}

pub fn permit() -> What {
    What::Permit {
        permit: 0,
        number: Some("P-7".into()),
    }
}

pub fn lock(is_on: bool) -> What {
    What::Lock { point: 0, is_on }
}

pub fn slot(from: &str, to: &str) -> What {
    What::Changed(Change::Slot(Some(stretch(from, to))))
}

/// An order that only was asked for.
pub fn fresh(kind: WorkKind) -> Order {
    Order::open(Device::new(99).writes(asked(kind))).expect("an order")
}

/// An order that is scheduled, with the job above.
pub fn scheduled() -> Order {
    use maintenance::order::Status::{Approved, Planned, Scheduled};
    let mut order = fresh(WorkKind::CorrectiveDeferred);
    let mut desk = Device::new(98);
    desk.does(&mut order, moved(Approved));
    desk.does(&mut order, What::Changed(Change::Job(Box::new(job()))));
    desk.does(&mut order, moved(Planned));
    desk.does(&mut order, slot("2026-03-03 06:00", "2026-03-03 08:00"));
    desk.does(&mut order, moved(Scheduled));
    order
}
