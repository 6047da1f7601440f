//! A plant's backlog made of dice: what the tests and the measurement plan.

use planning::core::Rng;
use planning::maintenance::{
    CraftId, Demand, Equipment, EquipmentId, Isolation, IsolationId, Job, LocationId, Permit, PermitId,
    Person, Problem, QualificationId, RiskCurve, Task, Weights, Window,
};
use twin::{Span, Timestamp};

/// Hours after the first instant of the horizon.
pub fn hour(hours: i64) -> Timestamp {
    Timestamp::from_micros(1_764_547_200_000_000) + Span::from_secs(3_600 * hours)
}

/// Hours as a span.
pub fn hours(hours: i64) -> Span {
    Span::from_secs(3_600 * hours)
}

/// A window in hours after the first instant.
pub fn window(start: i64, end: i64) -> Window {
    Window {
        start: hour(start),
        end: hour(end),
    }
}

/// So many jobs for so many people in so many days.
pub fn backlog(seed: u64, jobs: usize, people: usize, days: i64) -> Problem {
    let mut dice = Rng::new(seed);
    let equipment = (jobs / 3).max(1);
    let isolations = (equipment / 4).max(1);
    let shift = |day: i64, late: bool| {
        let start = 24 * day + if late { 14 } else { 6 };
        window(start, start + 8)
    };
    let working = (0..days).filter(|day| day % 7 < 5);
    Problem {
        horizon: window(0, 24 * days),
        people: (0..people)
            .map(|at| {
                person(
                    &mut dice,
                    at,
                    &mut working.clone().map(|day| shift(day, at % 10 == 9)),
                )
            })
            .collect(),
        jobs: (0..jobs)
            .map(|at| job(&mut dice, at, equipment, isolations, days))
            .collect(),
        equipment: (0..equipment)
            .map(|at| Equipment {
                name: format!("equipment {at}"),
                may_stand: at
                    .is_multiple_of(3)
                    .then(|| (0..days).map(|day| window(24 * day + 5, 24 * day + 15)).collect()),
            })
            .collect(),
        isolations: (0..isolations)
            .map(|at| Isolation {
                name: format!("isolation {at}"),
                cost: 150.0,
                joins: hours(2),
            })
            .collect(),
        permits: vec![Permit {
            name: "hot work".to_owned(),
            places: 3,
            given: vec![window(0, 24 * days)],
        }],
        travel: (0..6)
            .map(|from: i64| {
                (0..6)
                    .map(|to: i64| Span::from_secs(300 * (from - to).abs()))
                    .collect()
            })
            .collect(),
        weights: Weights::default(),
    }
}

fn person(dice: &mut Rng, at: usize, shifts: &mut dyn Iterator<Item = Window>) -> Person {
    let mut crafts = vec![CraftId(at % 4)];
    if dice.chance(0.3) {
        crafts.push(CraftId(dice.below(4)));
    }
    let works: Vec<Window> = shifts.filter(|_| !dice.chance(0.05)).collect();
    Person {
        name: format!("person {at}"),
        crafts,
        qualifications: if at.is_multiple_of(3) {
            vec![QualificationId(0)]
        } else {
            Vec::new()
        },
        overtime: works
            .iter()
            .map(|shift| Window {
                start: shift.end,
                end: shift.end + hours(2),
            })
            .collect(),
        works,
    }
}

fn job(dice: &mut Rng, at: usize, equipment: usize, isolations: usize, days: i64) -> Job {
    let on = dice.below(equipment);
    let received = hour(-dice.between(1, 400));
    let earliest = hour(dice.between(-100, 12 * days));
    let due = earliest + hours(dice.between(24, 10 * days));
    let tasks = (0..1 + dice.below(3))
        .map(|task| self::task(dice, task))
        .collect();
    Job {
        name: format!("job {at}"),
        location: LocationId(on % 6),
        equipment: EquipmentId(on),
        isolation: dice.chance(0.6).then_some(IsolationId(on % isolations)),
        tasks,
        received,
        earliest,
        parts: dice.chance(0.2).then(|| hour(dice.between(0, 10 * days))),
        due: Some(due),
        latest_safe: dice.chance(0.3).then(|| due + hours(24 * days / 3)),
        risk: RiskCurve::late_after(due, [1.0, 5.0, 20.0, 80.0][dice.below(4)]),
        frozen: None,
    }
}

fn task(dice: &mut Rng, at: usize) -> Task {
    let mut demands = vec![Demand {
        craft: CraftId(dice.below(4)),
        qualifications: if dice.chance(0.2) {
            vec![QualificationId(0)]
        } else {
            Vec::new()
        },
        people: 1 + usize::from(dice.chance(0.3)),
    }];
    if dice.chance(0.15) {
        demands.push(Demand {
            craft: CraftId(dice.below(4)),
            qualifications: Vec::new(),
            people: 1,
        });
    }
    Task {
        name: format!("task {at}"),
        duration: Span::from_secs(1_800 * dice.between(1, 10)),
        demands,
        after: at.checked_sub(1).into_iter().collect(),
        needs_standstill: dice.chance(0.4),
        permits: if dice.chance(0.1) {
            vec![PermitId(0)]
        } else {
            Vec::new()
        },
    }
}
