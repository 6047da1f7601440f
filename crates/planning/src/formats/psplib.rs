//! PSPLIB `.sm` (Kolisch, Sprecher, *EJOR* 96, 1997): single-mode projects. Solutions are lines
//! `job start`, jobs from 1, the dummies at both ends included.

use std::fmt::Write as _;

use super::{FormatError, Lines};
use crate::project::{Activity, Project};

/// Most jobs of a file: what one machine could still schedule.
const MOST_JOBS: usize = 10_000;

/// Reads a project.
///
/// # Errors
/// The first line that is not as the format says, or a project that no schedule can satisfy.
pub fn read(text: &str) -> Result<Project, FormatError> {
    let mut lines = Lines::new(text);
    let count = count_after_colon(&mut lines, "jobs", MOST_JOBS)?;
    let resources = count_after_colon(&mut lines, "- renewable", 1_000)?;
    for kind in ["- nonrenewable", "- doubly constrained"] {
        if count_after_colon(&mut lines, kind, 1_000)? > 0 {
            let kind = kind.trim_start_matches("- ");
            return Err(lines.wrong(format!(
                "only renewable resources are scheduled here; this file has {kind} ones"
            )));
        }
    }
    let mut activities = vec![Activity::default(); count];
    precedence(&mut lines, &mut activities)?;
    requests(&mut lines, &mut activities, resources)?;
    lines.seek("RESOURCEAVAILABILITIES")?;
    lines.take_said();
    let capacities = numbers(&mut lines, "the availability of each resource")?;
    if capacities.len() != resources {
        return Err(lines.wrong(format!(
            "{} availabilities; one for each of {resources} resources is expected",
            capacities.len()
        )));
    }
    Project::new(activities, capacities).map_err(|error| lines.wrong(error.to_string()))
}

/// Writes starts, a line each.
#[must_use]
pub fn write(starts: &[i64]) -> String {
    let mut text = String::new();
    for (job, start) in starts.iter().enumerate() {
        // Writing into a text does not fail.
        _ = writeln!(text, "{} {start}", job + 1);
    }
    text
}

/// Who follows whom.
fn precedence(lines: &mut Lines<'_>, activities: &mut [Activity]) -> Result<(), FormatError> {
    let count = activities.len();
    lines.seek("PRECEDENCE RELATIONS")?;
    lines.seek("jobnr.")?;
    for _ in 0..count {
        let numbers = numbers(lines, "jobnr. #modes #successors successors")?;
        let [job, modes, many, successors @ ..] = numbers.as_slice() else {
            return Err(lines.wrong("a job, its modes, its number of successors and these are expected"));
        };
        if *modes != 1 {
            return Err(lines.wrong(format!("job {job} has {modes} modes; one is expected")));
        }
        if usize::try_from(*many) != Ok(successors.len()) {
            return Err(lines.wrong(format!(
                "job {job} says {many} successors, and {} follow",
                successors.len()
            )));
        }
        let after: Result<Vec<usize>, FormatError> = successors
            .iter()
            .map(|after| number_of(lines, *after, count))
            .collect();
        let activity = activity(lines, activities, *job)?;
        activity.successors = after?;
    }
    Ok(())
}

/// How long each job takes, and what it needs.
fn requests(lines: &mut Lines<'_>, activities: &mut [Activity], resources: usize) -> Result<(), FormatError> {
    lines.seek("REQUESTS/DURATIONS")?;
    lines.seek("jobnr.")?;
    for _ in 0..activities.len() {
        let numbers = numbers(lines, "jobnr. mode duration requests")?;
        let [job, _, duration, demand @ ..] = numbers.as_slice() else {
            return Err(lines.wrong("a job, its mode, its duration and its requests are expected"));
        };
        if demand.len() != resources {
            return Err(lines.wrong(format!(
                "job {job} has {} requests; one for each of {resources} resources is expected",
                demand.len()
            )));
        }
        let activity = activity(lines, activities, *job)?;
        activity.duration = *duration;
        activity.demand = demand.to_vec();
    }
    Ok(())
}

fn count_after_colon(lines: &mut Lines<'_>, head: &str, most: usize) -> Result<usize, FormatError> {
    let line = lines.seek(head)?;
    let said = line.rsplit(':').next().unwrap_or_default();
    let count = said.split_whitespace().next().and_then(|word| word.parse().ok());
    count
        .filter(|count| *count <= most)
        .ok_or_else(|| lines.wrong(format!("`{head}` has no number up to {most} behind its colon")))
}

fn numbers(lines: &mut Lines<'_>, what: &str) -> Result<Vec<i64>, FormatError> {
    let Some(line) = lines.take_said() else {
        return Err(lines.wrong(format!("the file ends where {what} is expected")));
    };
    let number = |word: &str| {
        word.parse::<i64>()
            .ok()
            .filter(|number| (0..=1_000_000_000).contains(number))
            .ok_or_else(|| lines.wrong(format!("`{word}` is no whole number; {what} is expected")))
    };
    line.split_whitespace().map(number).collect()
}

fn number_of(lines: &Lines<'_>, job: i64, count: usize) -> Result<usize, FormatError> {
    usize::try_from(job - 1)
        .ok()
        .filter(|at| *at < count)
        .ok_or_else(|| lines.wrong(format!("job {job} is none of 1 to {count}")))
}

fn activity<'a>(
    lines: &Lines<'_>,
    activities: &'a mut [Activity],
    job: i64,
) -> Result<&'a mut Activity, FormatError> {
    let count = activities.len();
    let at = number_of(lines, job, count)?;
    activities
        .get_mut(at)
        .ok_or_else(|| lines.wrong(format!("job {job} is none of 1 to {count}")))
}
