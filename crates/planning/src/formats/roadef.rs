//! The JSON of the ROADEF/EURO challenge 2020. Solutions are lines `intervention start`, steps from 1.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::FormatError;
use crate::core::At;
use crate::grid::{Exclusion, Grid, Intervention, Slot, Team};

/// Step, then something at it; steps are texts, from "1".
type ByStep<T> = BTreeMap<String, T>;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "Resources")]
    resources: BTreeMap<String, FileTeam>,
    #[serde(rename = "Seasons")]
    seasons: BTreeMap<String, Vec<Number>>,
    #[serde(rename = "Interventions")]
    interventions: BTreeMap<String, FileIntervention>,
    #[serde(rename = "Exclusions")]
    exclusions: BTreeMap<String, (String, String, String)>,
    #[serde(rename = "T")]
    steps: Number,
    #[serde(rename = "Scenarios_number")]
    scenarios: Vec<Number>,
    #[serde(rename = "Quantile")]
    quantile: f64,
    #[serde(rename = "Alpha")]
    alpha: f64,
}

#[derive(Deserialize)]
struct FileTeam {
    max: Vec<f64>,
    min: Vec<f64>,
}

#[derive(Deserialize)]
struct FileIntervention {
    tmax: Number,
    #[serde(rename = "Delta")]
    delta: Vec<Number>,
    workload: BTreeMap<String, ByStep<ByStep<f64>>>,
    risk: ByStep<ByStep<Vec<f64>>>,
}

/// A number; some files write it as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(f64),
    Text(String),
}

impl Number {
    fn whole(&self) -> Option<usize> {
        let number = match self {
            Self::Plain(number) => *number,
            Self::Text(text) => text.trim().parse().ok()?,
        };
        (number.fract() == 0.0 && (0.0..=1e6).contains(&number)).then_some(number as usize)
    }
}

/// Most steps of a file.
const MOST_STEPS: usize = 10_000;

/// Reads an instance.
///
/// # Errors
/// What is not as the challenge's subject says, with its line; where one thing does not go with
/// another, the line of its name.
pub fn read(text: &str) -> Result<Grid, FormatError> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        let last = text.lines().count().max(1);
        FormatError::at(error.line().clamp(1, last), error.to_string())
    })?;
    let wrong = |name: &str, message: String| FormatError::at(line_of(text, name), message);
    let steps = file
        .steps
        .whole()
        .filter(|steps| (1..=MOST_STEPS).contains(steps));
    let steps =
        steps.ok_or_else(|| wrong("T", format!("T must be a whole number from 1 to {MOST_STEPS}")))?;
    let scenarios: Option<Vec<usize>> = file.scenarios.iter().map(Number::whole).collect();
    let scenarios = scenarios.ok_or_else(|| {
        wrong(
            "Scenarios_number",
            "Scenarios_number must be whole numbers".to_owned(),
        )
    })?;
    let teams: Vec<&str> = file.resources.keys().map(String::as_str).collect();
    let mut interventions = Vec::new();
    for (name, one) in &file.interventions {
        let read = intervention(name, one, &teams, steps).map_err(|message| wrong(name, message))?;
        interventions.push(read);
    }
    let exclusions = exclusions(&file, steps).map_err(|(name, message)| wrong(&name, message))?;
    let grid = Grid {
        steps,
        scenarios,
        teams: file
            .resources
            .into_iter()
            .map(|(name, team)| Team {
                name,
                least: team.min,
                most: team.max,
            })
            .collect(),
        interventions,
        exclusions,
        quantile: file.quantile,
        alpha: file.alpha,
    };
    grid.checked().map_err(|error| {
        let said = error.to_string();
        let name = said.split([':', ' ']).next().unwrap_or_default().to_owned();
        wrong(&name, said)
    })
}

/// Writes starts, steps from 0 in, from 1 out.
#[must_use]
pub fn write(grid: &Grid, starts: &[usize]) -> String {
    let mut text = String::new();
    for (intervention, start) in grid.interventions.iter().zip(starts) {
        // Writing into a text does not fail.
        _ = writeln!(text, "{} {}", intervention.name, start + 1);
    }
    text
}

/// Reads starts as they are written, steps from 0 out.
///
/// # Errors
/// The first line that is no intervention and a step, or the first intervention without one.
pub fn read_starts(grid: &Grid, text: &str) -> Result<Vec<usize>, FormatError> {
    let mut starts = vec![None; grid.interventions.len()];
    for (at, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        let wrong = || FormatError::at(at + 1, "an intervention and its first step, from 1, are expected");
        let (name, step) = line.trim().rsplit_once(char::is_whitespace).ok_or_else(wrong)?;
        let place = grid
            .interventions
            .iter()
            .position(|one| one.name == name.trim())
            .ok_or_else(wrong)?;
        let step = step
            .parse::<usize>()
            .ok()
            .and_then(|step| step.checked_sub(1))
            .ok_or_else(wrong)?;
        starts.put(place, Some(step));
    }
    let missing = grid
        .interventions
        .iter()
        .zip(&starts)
        .find(|(_, start)| start.is_none());
    if let Some((intervention, _)) = missing {
        let line = text.lines().count().max(1);
        return Err(FormatError::at(
            line,
            format!("{} has no start", intervention.name),
        ));
    }
    Ok(starts.into_iter().flatten().collect())
}

/// Exclusions; an error is a name and what is wrong with it.
fn exclusions(file: &File, steps: usize) -> Result<Vec<Exclusion>, (String, String)> {
    let names: Vec<&str> = file.interventions.keys().map(String::as_str).collect();
    let mut exclusions = Vec::new();
    for (name, (a, b, season)) in &file.exclusions {
        let wrong = |message: String| (name.clone(), message);
        let place = |of: &str| {
            let found = names.binary_search(&of);
            found.map_err(|_place| wrong(format!("{name} excludes {of}, which is no intervention")))
        };
        let of_season = file.seasons.get(season);
        let of_season =
            of_season.ok_or_else(|| wrong(format!("{name} names season {season}, which is none")))?;
        let mut is_in = vec![false; steps];
        for step in of_season.iter().filter_map(Number::whole) {
            is_in.put(step.wrapping_sub(1), true);
        }
        exclusions.push(Exclusion {
            name: name.clone(),
            pair: (place(a)?, place(b)?),
            season: is_in,
        });
    }
    Ok(exclusions)
}

fn intervention(
    name: &str,
    file: &FileIntervention,
    teams: &[&str],
    steps: usize,
) -> Result<Intervention, String> {
    let last = file.tmax.whole().filter(|last| (1..=steps).contains(last));
    let last = last.ok_or_else(|| format!("{name}: tmax must be a whole number from 1 to {steps}"))?;
    let mut slots = Vec::with_capacity(last);
    for start in 0..last {
        let length = file.delta.get(start).and_then(Number::whole);
        let length =
            length.ok_or_else(|| format!("{name}: Delta has no whole number for step {}", start + 1))?;
        slots.push(Slot {
            length,
            work: Vec::new(),
            risk: vec![Vec::new(); length],
        });
    }
    for (team_name, by_step) in &file.workload {
        let team = teams.binary_search(&team_name.as_str());
        let team = team.map_err(|_place| format!("{name}: {team_name} is no resource"))?;
        each(name, by_step, &mut slots, |slot, step, _, work| {
            if *work != 0.0 {
                slot.work.push((team, step, *work));
            }
        })?;
    }
    each(name, &file.risk, &mut slots, |slot, _, offset, risk| {
        if let Some(place) = slot.risk.get_mut(offset) {
            place.clone_from(risk);
        }
    })?;
    Ok(Intervention {
        name: name.to_owned(),
        slots,
    })
}

/// Goes through what is given by step and start; what lies outside of the start's steps is left out, as in
/// the challenge's checker.
fn each<T>(
    name: &str,
    by_step: &ByStep<ByStep<T>>,
    slots: &mut [Slot],
    mut put: impl FnMut(&mut Slot, usize, usize, &T),
) -> Result<(), String> {
    let from_one = |text: &str| {
        let step = text.parse::<usize>().ok().and_then(|step| step.checked_sub(1));
        step.ok_or_else(|| format!("{name}: `{text}` is no step; they are counted from 1"))
    };
    for (step, by_start) in by_step {
        let step = from_one(step)?;
        for (start, value) in by_start {
            let start = from_one(start)?;
            if let Some(slot) = slots.get_mut(start)
                && let Some(offset) = step.checked_sub(start)
                && offset < slot.length
            {
                put(slot, step, offset, value);
            }
        }
    }
    Ok(())
}

/// The line in which a name first stands in quotes; 1 where it does not.
fn line_of(text: &str, name: &str) -> usize {
    let quoted = format!("\"{name}\"");
    let at = text.find(&quoted).unwrap_or(0);
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
