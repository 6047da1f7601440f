//! Events as JSON, there and back.

use std::collections::BTreeSet;

use maintenance::form::EventForm;
use maintenance::id::{CrewId, JobPlanId, Key, NeedId, PlanId, StepId};
use maintenance::iso14224::{Activity, Cause, FailureMode, Mechanism};
use maintenance::need::Evidence;
use maintenance::order::event::{Author, Downtime, External, Finding};
use maintenance::order::job::NeededPart;
use maintenance::order::{
    Answer, Assignee, Change, Dates, Event, Job, Keep, Request, Status, StepKind, What, WorkKind,
};
use maintenance::trend::Reaches;
use proptest::prelude::*;
use twin::{LimitKind, PointId, Quality};

use crate::cycle::one_of_each;
use crate::support::{Device, job, lock, moved, permit, person, request, slot, step, utc};
use crate::tablets::any_what;

#[track_caller]
fn there_and_back(event: &Event) -> String {
    let text = serde_json::to_string(&EventForm::from(event)).expect("JSON");
    let form: EventForm = serde_json::from_str(&text).expect("a form");
    assert_eq!(&Event::try_from(form).expect("an event"), event, "{text}");
    text
}

fn evidence() -> Vec<Evidence> {
    let (at, point) = (utc("2026-03-02 06:00"), PointId::new(77));
    let reaches = Reaches {
        earliest: at,
        likely: at,
        latest: None,
        slope: 0.1,
        slopes: (0.05, 0.2),
        scatter: 0.3,
        count: 90,
    };
    vec![
        Evidence::Value {
            point,
            at,
            value: 5.1,
            quality: Quality::Uncertain,
        },
        Evidence::Beyond {
            point,
            since: at,
            kind: LimitKind::HighHigh,
            limit: 4.5,
        },
        Evidence::Trend {
            point,
            limit: 4.5,
            reaches,
        },
        Evidence::Due {
            plan: PlanId::new(3),
            at,
        },
        Evidence::Words {
            at,
            text: "Loud".into(),
        },
        Evidence::File([0xab; 32]),
    ]
}

fn answers() -> Vec<Answer> {
    vec![
        Answer::Checked,
        Answer::Read {
            value: -0.1,
            note: Some("rough".into()),
        },
        Answer::Photo([1; 32]),
        Answer::Chosen(3),
        Answer::Signed([255; 32]),
        Answer::Skipped("dark".into()),
    ]
}

/// What is not among [`one_of_each`], or says more.
fn more() -> Vec<What> {
    let at = utc("2026-03-02 06:00");
    let dates = Dates {
        earliest: None,
        latest: Some(at),
    };
    let asked = Request {
        needs: vec![NeedId::new(4)],
        external: Some(External {
            system: "sap".into(),
            id: "4711".into(),
        }),
        dates,
        ..request(WorkKind::ConditionBased)
    };
    let mut whole = job();
    whole.from = Some(JobPlanId::new(9));
    whole.steps.push(step(4, StepKind::Photo));
    whole.steps.push(step(5, StepKind::Signature));
    whole.parts.push(NeededPart {
        part: maintenance::id::PartId::new(3),
        quantity: 0.5,
    });
    whole.labour[0].qualification = Some("Crane".into());
    let assignee = Assignee {
        crew: Some(CrewId::new(2)),
        people: BTreeSet::from([person(5)]),
    };
    vec![
        What::Requested(Box::new(asked)),
        moved(Status::Blocked),
        What::Mirrored { to: Status::Closed },
        What::Changed(Change::Dates(dates)),
        What::Changed(Change::Slot(None)),
        slot("2026-03-03 06:00", "2026-03-03 08:00"),
        What::Changed(Change::Assignee(assignee)),
        What::Changed(Change::Job(Box::new(whole))),
        What::Changed(Change::Job(Box::<Job>::default())),
        permit(),
        lock(true),
        What::Found(Finding {
            mode: FailureMode::Vibration,
            mechanism: Some(Mechanism::Wear),
            cause: Some(Cause::WearAndTear),
            activity: Activity::Overhaul,
            text: "Worn".into(),
        }),
        What::Withdrawn {
            of: Key::new(7),
            reason: "wrong".into(),
        },
        What::Settled {
            of: Key::new(u128::MAX),
            keep: Keep::Both,
        },
    ]
}

#[test]
fn every_event_is_the_same_after_json() {
    let mut device = Device::new(3);
    let mut all: Vec<What> = one_of_each().into_iter().map(|(what, _)| what).collect();
    all.extend(more());
    all.extend(answers().into_iter().map(|answer| What::Answered {
        step: StepId::new(2),
        answer,
    }));
    all.extend(evidence().into_iter().map(|evidence| {
        What::Stopped(Downtime {
            from: utc("2026-03-02 06:00"),
            to: Some(utc("2026-03-02 07:00")),
            is_failure: false,
            reason: "stood".into(),
            evidence: Some(evidence),
        })
    }));
    for what in all {
        let mut event = device.writes(what);
        there_and_back(&event);
        event.author = Author::Gemba;
        there_and_back(&event);
        event.author = Author::System("sap".into());
        there_and_back(&event);
    }
}

#[test]
fn the_form_is_written_down() {
    let event = Device::new(3).writes(moved(Status::Done));
    let expected = "{\"key\":\"00000000000000030000000000000001\",\"order\":1042,\"author\":{\"person\":3},\
        \"device\":\"00000000000000000000000000000003\",\"at\":1772431201000000,\"received\":1772431201000000,\
        \"seen\":0,\"what\":{\"moved\":{\"to\":\"done\",\"reason\":\"because\"}}}";
    assert_eq!(there_and_back(&event), expected);
}

#[test]
fn what_stands_for_nothing_says_where() {
    let text = there_and_back(&Device::new(3).writes(moved(Status::Done)));
    for (from, to, said) in [
        ("\"done\"", "\"finished\"", "`finished` cannot be in the field to"),
        (
            "\"000000000000000300",
            "\"x00000000000000300",
            "`x0000000000000030000000000000001` cannot be in the field key",
        ),
    ] {
        let form: EventForm = serde_json::from_str(&text.replace(from, to)).expect("a form");
        assert_eq!(Event::try_from(form).expect_err("no event").to_string(), said);
    }
    // What is not known is not dropped.
    let newer = text.replace("\"seen\":0", "\"seen\":0,\"mood\":1");
    assert!(serde_json::from_str::<EventForm>(&newer).is_err());
    for hash in ["", "ab", &"g".repeat(64), &"é".repeat(32), &"a".repeat(66)] {
        let photo = What::Answered {
            step: StepId::new(1),
            answer: Answer::Photo([0; 32]),
        };
        let text = there_and_back(&Device::new(3).writes(photo)).replace(&"0".repeat(64), hash);
        let form: EventForm = serde_json::from_str(&text).expect("a form");
        assert_eq!(Event::try_from(form).expect_err("no event").field, "hash");
    }
}

proptest! {
    #[test]
    fn whatever_a_tablet_writes_is_the_same_after_json(
        wishes in prop::collection::vec(any_what(), 0..20),
        value in any::<f64>().prop_filter("finite", |value| value.is_finite()),
    ) {
        let mut device = Device::new(3);
        for what in wishes {
            there_and_back(&device.writes(what));
        }
        let answer = Answer::Read { value, note: None };
        there_and_back(&device.writes(What::Answered { step: StepId::new(2), answer }));
    }
}
