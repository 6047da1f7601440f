//! Needs merge where all can see it.

use maintenance::calendar::{Production, Run};
use maintenance::id::{NeedId, OrderId};
use maintenance::iso14224::{Activity, Cause, FailureMode, Mechanism};
use maintenance::need::{
    Consequence, Criticality, Draft, Evidence, Needs, NotPossible, Raised, Rates, Source, State, Urgency,
};
use maintenance::order::Dates;
use maintenance::order::event::Money;
use maintenance::span::from_hours;
use maintenance::trend::{Worse, reaches};
use twin::{AssetId, LimitKind, PointId};

use crate::support::{hours, person, stretch, utc};

fn report(asset: u32, mode: FailureMode, key: u128) -> Draft {
    let at = utc("2026-03-02 06:00");
    Draft {
        asset: AssetId::new(asset),
        mode,
        source: Source::Report {
            by: Some(person(3)),
            key: maintenance::id::Key::new(key),
        },
        urgency: Urgency::Soon,
        dates: Dates::default(),
        consequence: None,
        evidence: vec![Evidence::Words {
            at,
            text: format!("report {key}").into(),
        }],
        at,
    }
}

fn limit(asset: u32, at: &str) -> Draft {
    let now = utc(at);
    Draft::from_limit(
        AssetId::new(asset),
        FailureMode::Vibration,
        PointId::new(77),
        (LimitKind::HighHigh, 7.1),
        now,
        now,
    )
}

fn id(number: u32) -> NeedId {
    NeedId::new(number)
}

#[test]
fn one_equipment_and_one_failure_mode_is_one_need_and_all_evidence_is_kept() {
    let mut needs = Needs::default();
    assert_eq!(
        needs.raise(report(14, FailureMode::Vibration, 1)),
        Raised::New(id(1))
    );
    let merged = Raised::Merged {
        id: id(2),
        into: id(1),
    };
    assert_eq!(needs.raise(limit(14, "2026-03-02 07:00")), merged);
    // Other equipment, or another mode, is another need.
    assert_eq!(
        needs.raise(report(15, FailureMode::Vibration, 2)),
        Raised::New(id(3))
    );
    assert_eq!(needs.raise(report(14, FailureMode::Noise, 3)), Raised::New(id(4)));
    let open: Vec<NeedId> = needs.open().map(|need| need.id).collect();
    assert_eq!(open, [id(1), id(3), id(4)]);
    assert_eq!(needs.urgency(id(1)), Some(Urgency::Pressing), "the worst of both");
    let from: Vec<NeedId> = needs.evidence(id(1)).map(|(need, _)| need).collect();
    assert_eq!(from, [id(1), id(2)]);
}

#[test]
fn the_same_source_refreshes_what_it_raised() {
    let mut needs = Needs::default();
    needs.raise(limit(14, "2026-03-02 07:00"));
    for minute in 0..100 {
        let draft = limit(14, &format!("2026-03-02 08:{:02}", minute % 60));
        assert_eq!(needs.raise(draft), Raised::Again(id(1)));
    }
    let need = needs.get(id(1)).expect("a need");
    assert_eq!(need.count, 101);
    assert_eq!(need.first, utc("2026-03-02 07:00"));
    assert_eq!(need.last, utc("2026-03-02 08:59"));
    assert!(need.evidence.len() <= 32);
    let began = matches!(need.evidence[0], Evidence::Beyond { since, .. } if since == need.first);
    assert!(began, "what began it stays");
    // A report that is sent twice is one report.
    needs.raise(report(15, FailureMode::Other, 9));
    assert_eq!(
        needs.raise(report(15, FailureMode::Other, 9)),
        Raised::Again(id(2))
    );
}

#[test]
fn dates_are_worthwhile_for_the_first_and_safe_for_all() {
    let mut needs = Needs::default();
    for (key, earliest, latest) in [
        (1, Some("2026-03-20 00:00"), Some("2026-04-20 00:00")),
        (2, Some("2026-03-05 00:00"), Some("2026-03-12 00:00")),
        (3, None, None),
    ] {
        let mut draft = report(14, FailureMode::Vibration, key);
        draft.dates = Dates {
            earliest: earliest.map(utc),
            latest: latest.map(utc),
        };
        needs.raise(draft);
    }
    let dates = needs.dates(id(1));
    assert_eq!(dates.earliest, Some(utc("2026-03-05 00:00")));
    assert_eq!(dates.latest, Some(utc("2026-03-12 00:00")));
}

#[test]
fn what_was_decided_stays_decided_and_what_comes_later_is_new() {
    let mut needs = Needs::default();
    needs.raise(report(14, FailureMode::Vibration, 1));
    let at = utc("2026-03-03 00:00");
    assert_eq!(
        needs.dismiss(id(1), person(3), at, " "),
        Err(NotPossible::NoReason)
    );
    needs
        .dismiss(id(1), person(3), at, "a truck passed")
        .expect("dismissed");
    assert_eq!(
        needs.order(id(1), OrderId::new(5)),
        Err(NotPossible::Decided(id(1)))
    );
    assert_eq!(
        needs.raise(report(14, FailureMode::Vibration, 2)),
        Raised::New(id(2))
    );
    needs.order(id(2), OrderId::new(5)).expect("ordered");
    // While work is ordered, more of the same merges into it.
    let merged = Raised::Merged {
        id: id(3),
        into: id(2),
    };
    assert_eq!(needs.raise(report(14, FailureMode::Vibration, 3)), merged);
    needs.meet(id(2), at).expect("met");
    assert_eq!(
        needs.raise(report(14, FailureMode::Vibration, 4)),
        Raised::New(id(4))
    );
    assert_eq!(needs.all().count(), 4, "nothing is taken out");
    assert_eq!(needs.meet(id(9), at), Err(NotPossible::Unknown(id(9))));
}

#[test]
fn people_may_merge_and_split_and_it_survives_the_store() {
    let mut needs = Needs::default();
    needs.raise(report(14, FailureMode::Vibration, 1));
    needs.raise(report(14, FailureMode::Noise, 2));
    needs.raise(report(15, FailureMode::Noise, 3));
    assert_eq!(needs.merge(id(2), id(3)), Err(NotPossible::OtherAsset));
    assert_eq!(needs.merge(id(2), id(2)), Err(NotPossible::OtherAsset));
    needs.merge(id(2), id(1)).expect("merged");
    let mut needs = Needs::with(needs.all().cloned().collect::<Vec<_>>().into_iter().rev());
    // More noise follows where the noise went.
    let merged = Raised::Merged {
        id: id(4),
        into: id(1),
    };
    assert_eq!(needs.raise(report(14, FailureMode::Noise, 4)), merged);
    assert_eq!(
        needs.raise(report(14, FailureMode::Noise, 2)),
        Raised::Again(id(2))
    );
    needs.split(id(2)).expect("split");
    assert_eq!(needs.get(id(2)).map(|need| &need.state), Some(&State::Open));
    assert_eq!(needs.split(id(2)), Err(NotPossible::Decided(id(2))));
    assert_eq!(
        needs.raise(report(14, FailureMode::Noise, 2)),
        Raised::Again(id(2))
    );
}

#[test]
fn a_trend_gives_a_need_with_its_range_as_evidence() {
    let now = utc("2026-03-10 00:00");
    let values: Vec<_> = (0..200)
        .map(|hour: i32| {
            let at = now + from_hours(f64::from(hour - 199)).unwrap();
            (at, 2.0 + 0.01 * f64::from(hour))
        })
        .collect();
    // 3.99 now; 0.01 an hour; 7.1 in 311 hours, 13 days.
    let found = reaches(&values, 7.1, Worse::Rising, 1.28, now).expect("a date");
    let (asset, point) = (AssetId::new(14), PointId::new(77));
    let draft = Draft::from_trend(
        asset,
        FailureMode::Vibration,
        point,
        (LimitKind::HighHigh, 7.1),
        found,
        now,
    );
    assert_eq!(draft.urgency, Urgency::Soon);
    assert_eq!(draft.dates.latest, Some(found.earliest));
    let (earliest, latest) = (draft.dates.earliest.unwrap(), draft.dates.latest.unwrap());
    assert_eq!(earliest.since(now), latest.since(earliest));
    assert!(matches!(draft.evidence[0], Evidence::Trend { reaches, .. } if reaches == found));
    let left = [1, 25, 24 * 8, 24 * 31].map(|count| Urgency::of_time_left(hours(count)));
    assert_eq!(
        left,
        [
            Urgency::Emergency,
            Urgency::Pressing,
            Urgency::Soon,
            Urgency::Routine
        ]
    );
}

#[test]
fn a_value_beyond_a_limit_of_the_twin_is_a_need_and_a_silent_source_is_none() {
    let now = utc("2026-03-02 07:00");
    let of_twin = |kind| twin::Need {
        kind,
        since: now,
        is_longer: false,
        asset: Some(AssetId::new(14)),
    };
    let beyond = of_twin(twin::NeedKind::Limit {
        point: PointId::new(77),
        limit: LimitKind::HighHigh,
        at: 7.1,
    });
    let mode = FailureMode::Vibration;
    assert_eq!(
        Draft::from_twin(&beyond, mode, now),
        Some(limit(14, "2026-03-02 07:00"))
    );
    let bad = of_twin(twin::NeedKind::Bad { points: 2 });
    assert_eq!(Draft::from_twin(&bad, mode, now), None);
}

#[test]
fn a_stop_costs_what_is_not_made_meanwhile() {
    let rates = Rates {
        line_hour: Money(100_000),
        idle_hour: Money(10_000),
        shares: [0.0, 0.5, 1.0],
    };
    let plan = Production {
        line: AssetId::new(2),
        runs: vec![Run {
            name: "P-1".into(),
            product: "Syrup".into(),
            time: stretch("2026-03-02 06:00", "2026-03-02 10:00"),
            hour: None,
        }],
    };
    let cost = |criticality, plan: Option<&Production>, from: &str| {
        Consequence::of_stop(criticality, &rates, plan, utc(from), hours(4)).map(|found| found.cost)
    };
    // Two hours of the run, two after it: 2 × 1000 + 2 × 100.
    assert_eq!(
        cost(Criticality::High, Some(&plan), "2026-03-02 08:00"),
        Some(Money(220_000))
    );
    assert_eq!(
        cost(Criticality::Medium, Some(&plan), "2026-03-02 08:00"),
        Some(Money(110_000))
    );
    assert_eq!(
        cost(Criticality::Low, Some(&plan), "2026-03-02 08:00"),
        Some(Money(0))
    );
    assert_eq!(
        cost(Criticality::High, Some(&plan), "2026-03-02 10:00"),
        Some(Money(40_000))
    );
    assert_eq!(
        cost(Criticality::High, None, "2026-03-02 10:00"),
        Some(Money(400_000))
    );
    let nothing = Consequence::of_stop(Criticality::High, &rates, None, utc("2026-03-02 08:00"), hours(0));
    assert_eq!(nothing, None);
}

#[test]
fn codes_of_the_standard_lead_back_and_none_is_there_twice() {
    fn check<T: Copy + PartialEq + std::fmt::Debug>(
        all: &[T],
        code: fn(T) -> &'static str,
        back: fn(&str) -> Option<T>,
    ) {
        for one in all {
            assert_eq!(back(code(*one)), Some(*one));
        }
        assert_eq!(back("?"), None);
    }
    check(FailureMode::ALL, FailureMode::code, FailureMode::from_code);
    check(Mechanism::ALL, Mechanism::code, Mechanism::from_code);
    check(Cause::ALL, Cause::code, Cause::from_code);
    check(Activity::ALL, Activity::code, Activity::from_code);
    assert_eq!(FailureMode::from_code("vib"), Some(FailureMode::Vibration));
    assert!(FailureMode::ALL.iter().all(|mode| mode.code().len() == 3));
}
