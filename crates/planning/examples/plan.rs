//! Plans a month of a plant made of dice, against first come first served and by due date:
//! `cargo run --release -p planning --example plan -- SECONDS SEED JOBS PEOPLE DAYS`.

#![allow(clippy::print_stdout, reason = "a measurement for the shell")]
#![allow(clippy::disallowed_methods, reason = "it measures")]

#[path = "../tests/it/support.rs"]
mod support;

use std::time::{Duration, Instant};

use planning::core::run;
use planning::maintenance::{Problem, Schedule, Search, by_due_date, check, cost, first_come_first_served};

fn say(name: &str, problem: &Problem, schedule: &Schedule, secs: f64) {
    let cost = cost(problem, schedule);
    println!(
        "{name}: {:.0} (risk {:.0}, travel {:.0}, isolation {:.0}, overtime {:.0}), {} left out, {} violations, {secs:.2} s",
        cost.total(),
        cost.risk,
        cost.travel,
        cost.isolation,
        cost.overtime,
        schedule.unplaced().count(),
        check(problem, schedule).len()
    );
}

fn main() {
    let numbers: Vec<u64> = std::env::args()
        .skip(1)
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let number = |at: usize, default: u64| numbers.get(at).copied().unwrap_or(default);
    let (jobs, people) = (number(2, 500) as usize, number(3, 40) as usize);
    let problem = support::backlog(number(1, 1), jobs, people, number(4, 28) as i64);
    let begun = Instant::now();
    let secs = || begun.elapsed().as_secs_f64();
    if let Ok(schedule) = first_come_first_served(&problem) {
        say("first come first served", &problem, &schedule, secs());
    }
    if let Ok(schedule) = by_due_date(&problem) {
        say("by due date", &problem, &schedule, secs());
    }
    let begun = Instant::now();
    let Ok(mut search) = Search::new(problem.clone(), 1) else {
        return;
    };
    say(
        "first plan",
        &problem,
        search.best(),
        begun.elapsed().as_secs_f64(),
    );
    let mut said = 1.0;
    let cap = Duration::from_secs(number(0, 10));
    let progress = run(&mut search, 50, &mut |progress| {
        let secs = begun.elapsed().as_secs_f64();
        if secs > said {
            said *= 2.0;
            println!("  {secs:.1} s: {:.0}, {} tried", progress.best, progress.tried);
        }
        begun.elapsed() < cap
    });
    say(
        "best plan",
        &problem,
        search.best(),
        begun.elapsed().as_secs_f64(),
    );
    println!(
        "bound {:.0}, {} tried, kept cost {:.0}",
        progress.bound,
        progress.tried,
        search.cost().total()
    );
}
