//! Risk, and windows in which work would fit.

use maintenance::calendar::{Production, Run};
use maintenance::id::PartId;
use maintenance::need::{Criticality, Rates};
use maintenance::order::Dates;
use maintenance::order::event::Money;
use maintenance::risk::{Bands, Class, Likelihood, Matrix, Risk, Severity};
use maintenance::span::{Stretch, Times};
use maintenance::window::{Awaited, Reason, Wanted, WantedCraft, Weights, recommend};
use twin::AssetId;

use crate::support::{hours, person, stretch, utc};

#[test]
fn a_risk_is_how_likely_times_how_bad() {
    let bands = Bands::default();
    assert_eq!(bands.likelihood(0.0), Some(Likelihood::Rare));
    assert_eq!(bands.likelihood(0.01), Some(Likelihood::Unlikely));
    assert_eq!(bands.likelihood(0.5), Some(Likelihood::Likely));
    assert_eq!(bands.likelihood(1.0), Some(Likelihood::AlmostCertain));
    for no in [-0.1, 1.1, f64::NAN] {
        assert_eq!(bands.likelihood(no), None);
    }
    assert_eq!(bands.severity(Money(-5)), Severity::Negligible);
    assert_eq!(bands.severity(Money(99_999)), Severity::Negligible);
    assert_eq!(bands.severity(Money(100_000)), Severity::Minor);
    assert_eq!(bands.severity(Money(i64::MAX)), Severity::Severe);
    let risk = |likelihood, severity| Risk { likelihood, severity };
    for (square, score, class) in [
        (risk(Likelihood::Rare, Severity::Negligible), 1, Class::Low),
        (
            risk(Likelihood::AlmostCertain, Severity::Negligible),
            5,
            Class::Medium,
        ),
        (risk(Likelihood::Possible, Severity::Major), 12, Class::High),
        (risk(Likelihood::Likely, Severity::Severe), 20, Class::Extreme),
        (
            risk(Likelihood::AlmostCertain, Severity::Severe),
            25,
            Class::Extreme,
        ),
    ] {
        assert_eq!((square.score(), bands.class(square)), (score, class));
    }
}

#[test]
fn a_risk_never_falls_when_it_gets_likelier_or_worse() {
    let bands = Bands::default();
    for (place, likelihood) in Likelihood::ALL.iter().enumerate() {
        for (other, severity) in Severity::ALL.iter().enumerate() {
            let here = Risk {
                likelihood: *likelihood,
                severity: *severity,
            };
            let up = Likelihood::ALL.get(place + 1).map(|likelihood| Risk {
                likelihood: *likelihood,
                ..here
            });
            let right = Severity::ALL.get(other + 1).map(|severity| Risk {
                severity: *severity,
                ..here
            });
            for more in [up, right].into_iter().flatten() {
                assert!(bands.class(more) >= bands.class(here));
            }
        }
    }
}

#[test]
fn every_thing_stands_in_its_square() {
    let here = Risk {
        likelihood: Likelihood::Possible,
        severity: Severity::Major,
    };
    let there = Risk {
        severity: Severity::Minor,
        ..here
    };
    let matrix = Matrix::of([(here, "a"), (there, "b"), (here, "c")]);
    assert_eq!(matrix.at(here), ["a", "c"]);
    assert_eq!(matrix.at(there), ["b"]);
    let empty = Risk {
        likelihood: Likelihood::Rare,
        ..here
    };
    assert!(matrix.at(empty).is_empty());
}

/// The line runs from 06:00 to 22:00 on three days.
fn plan() -> Production {
    let run = |day: &str| Run {
        name: "P".into(),
        product: "Syrup".into(),
        time: stretch(&format!("{day} 06:00"), &format!("{day} 22:00")),
        hour: None,
    };
    Production {
        line: AssetId::new(2),
        runs: ["2026-03-02", "2026-03-03", "2026-03-04"].map(run).into(),
    }
}

fn craft(free: &[Stretch], people: usize) -> WantedCraft {
    WantedCraft {
        craft: "mechanic".into(),
        people,
        free: vec![(person(5), Times::of(free.iter().copied()))],
    }
}

fn wanted(plan: Option<&Production>) -> Wanted<'_> {
    Wanted {
        length: hours(4),
        dates: Dates {
            earliest: Some(utc("2026-03-02 12:00")),
            latest: Some(utc("2026-03-04 12:00")),
        },
        stops: plan,
        rates: Some((
            Criticality::High,
            Rates {
                line_hour: Money(100_000),
                idle_hour: Money(0),
                shares: [0.0, 0.5, 1.0],
            },
        )),
        crafts: vec![craft(&[stretch("2026-03-02 20:00", "2026-03-03 06:00")], 1)],
        parts: vec![Awaited {
            part: PartId::new(3),
            arrives: Some(utc("2026-03-02 23:00")),
        }],
    }
}

fn week() -> Stretch {
    stretch("2026-03-02 00:00", "2026-03-09 00:00")
}

#[test]
fn the_best_window_is_in_the_gap_with_crew_and_parts_and_says_so() {
    let plan = plan();
    let found = recommend(&wanted(Some(&plan)), week(), &Weights::default(), 3);
    let best = &found[0];
    assert_eq!(best.time, stretch("2026-03-02 23:00", "2026-03-03 03:00"));
    assert!((best.score - 100.0).abs() < 1e-9);
    assert!(best.reasons.iter().all(Reason::is_good));
    let gap = Reason::InGap {
        line: AssetId::new(2),
        gap: hours(8),
    };
    assert!(best.reasons.contains(&gap), "{:?}", best.reasons);
    let margin = utc("2026-03-04 12:00").since(utc("2026-03-03 03:00"));
    assert!(best.reasons.contains(&Reason::InTime { margin }));
    assert!(best.reasons.contains(&Reason::PartsThere));
    assert!(best.reasons.contains(&Reason::PeopleFree {
        craft: "mechanic".into(),
        people: vec![person(5)],
    }));
    // They do not overlap, and none is better than the one before.
    for two in found.windows(2) {
        assert!(two[0].score >= two[1].score && two[0].time.and(two[1].time).is_none());
    }
}

#[test]
fn what_speaks_against_a_window_is_said_too() {
    let plan = plan();
    let mut wanted = wanted(Some(&plan));
    wanted.crafts = vec![craft(&[], 2)];
    wanted.parts[0].arrives = None;
    wanted.dates.latest = Some(utc("2026-03-02 16:00"));
    let over = stretch("2026-03-02 12:00", "2026-03-02 12:01");
    let found = recommend(&wanted, over, &Weights::default(), 1);
    let reasons = &found[0].reasons;
    assert!((found[0].score - 30.0).abs() < 1e-9, "only the dates are good");
    assert!(reasons.contains(&Reason::StopsProduction {
        line: AssetId::new(2),
        productive: hours(4),
        cost: Some(Money(400_000)),
    }));
    assert!(reasons.contains(&Reason::PeopleShort {
        craft: "mechanic".into(),
        missing: 2,
    }));
    assert!(reasons.contains(&Reason::PartMissing(wanted.parts[0])));
    wanted.dates.latest = Some(utc("2026-03-02 14:00"));
    let late = recommend(&wanted, over, &Weights::default(), 1);
    assert!(late[0].reasons.contains(&Reason::TooLate { by: hours(2) }));
    wanted.dates = Dates {
        earliest: Some(utc("2026-03-02 18:00")),
        latest: None,
    };
    let early = recommend(&wanted, over, &Weights::default(), 1);
    assert!(early[0].reasons.contains(&Reason::TooEarly { by: hours(6) }));
    assert!(early[0].reasons.contains(&Reason::NoLatest));
}

#[test]
fn work_without_a_stop_needs_no_gap() {
    let found = recommend(&wanted(None), week(), &Weights::default(), 1);
    assert!(found[0].reasons.contains(&Reason::NoStop));
    assert!((found[0].score - 100.0).abs() < 1e-9);
    assert!(recommend(&wanted(None), week(), &Weights::default(), 0).is_empty());
}
