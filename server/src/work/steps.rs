//! Steps of a job as a planner writes them: one a line.
//!
//! `Grease the bearing` is to be ticked, `Vibration | mm/s | 0 | 4.5` is to be read, with its unit and what is
//! normal, `Seal | good ; worn ; leaks` is one of several.

use maintenance::id::StepId;
use maintenance::order::{Job, Step, StepKind};

/// Steps from lines. A step that was there before keeps its id, and with it its answers.
///
/// # Errors
/// The line that cannot be read, from 1.
pub fn from_text(text: &str, before: &Job) -> Result<Vec<Step>, usize> {
    let known = before.steps.iter().map(|step| step.id.get());
    let mut next = known.max().unwrap_or(0);
    let mut steps: Vec<Step> = Vec::new();
    for (place, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let (text, kind) = read(line).ok_or(place + 1)?;
        let same = before.steps.iter().find(|step| {
            *step.text == *text && is_like(&step.kind, &kind) && steps.iter().all(|taken| taken.id != step.id)
        });
        let step = match same {
            Some(step) => Step {
                kind: with_point(kind, &step.kind),
                ..step.clone()
            },
            None => {
                next += 1;
                Step {
                    id: StepId::new(next),
                    text: text.into(),
                    kind,
                    is_required: true,
                }
            }
        };
        steps.push(step);
    }
    Ok(steps)
}

fn read(line: &str) -> Option<(&str, StepKind)> {
    let mut parts = line.split('|').map(str::trim);
    let text = parts.next().filter(|text| !text.is_empty())?;
    let Some(second) = parts.next() else {
        return Some((text, StepKind::Check));
    };
    if second.contains(';') {
        let choices: Vec<Box<str>> = second
            .split(';')
            .map(str::trim)
            .filter(|choice| !choice.is_empty())
            .map(Box::from)
            .collect();
        return (choices.len() > 1 && parts.next().is_none()).then_some((text, StepKind::Choice(choices)));
    }
    let mut limit = || match parts.next() {
        None | Some("") => Some(None),
        Some(number) => number_from(number).map(Some),
    };
    let (low, high) = (limit()?, limit()?);
    let kind = StepKind::Reading {
        unit: second.into(),
        low,
        high,
        point: None,
    };
    parts.next().is_none().then_some((text, kind))
}

/// Same kind of step: what is normal, and the choices, may be others.
fn is_like(one: &StepKind, other: &StepKind) -> bool {
    match (one, other) {
        (StepKind::Reading { unit: one, .. }, StepKind::Reading { unit: other, .. }) => one == other,
        (one, other) => one == other,
    }
}

/// The point whose reading a step becomes stays.
fn with_point(kind: StepKind, before: &StepKind) -> StepKind {
    match (kind, before) {
        (StepKind::Reading { unit, low, high, .. }, StepKind::Reading { point, .. }) => StepKind::Reading {
            unit,
            low,
            high,
            point: *point,
        },
        (kind, _) => kind,
    }
}

/// A number as people type it, with a point or a comma.
#[must_use]
pub fn number_from(text: &str) -> Option<f64> {
    let text: String = text
        .trim()
        .chars()
        .filter(|char| !char.is_whitespace())
        .map(|char| match char {
            ',' => '.',
            '\u{2212}' => '-',
            other => other,
        })
        .collect();
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Lines from steps; photos and signatures are of tablets, and stand as what is to be ticked.
#[must_use]
pub fn to_text(job: &Job) -> String {
    let line = |step: &Step| match &step.kind {
        StepKind::Reading { unit, low, high, .. } => {
            let limit = |limit: &Option<f64>| limit.map_or_else(String::new, |limit| limit.to_string());
            format!("{} | {unit} | {} | {}", step.text, limit(low), limit(high))
        }
        StepKind::Choice(choices) => format!("{} | {}", step.text, choices.join(" ; ")),
        StepKind::Check | StepKind::Photo | StepKind::Signature => step.text.to_string(),
    };
    job.steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_steps_and_lines_again() {
        let text = "Grease the bearing\nVibration | mm/s | 0 | 4.5\nOil | Cel |  | 80\nSeal | good ; worn";
        let steps = from_text(text, &Job::default()).unwrap();
        let job = Job {
            steps,
            ..Job::default()
        };
        assert_eq!(job.steps.len(), 4);
        assert_eq!(to_text(&job), text);
        assert!(job.check().is_ok());
    }

    #[test]
    fn a_step_that_stays_keeps_its_id_and_a_new_one_takes_none_of_the_old() {
        let job = Job {
            steps: from_text("One\nTwo\nTwo\nHeat | Cel | 0 | 80", &Job::default()).unwrap(),
            ..Job::default()
        };
        let steps = from_text("Two\nNew\nHeat | Cel | 0 | 90\nTwo\nTwo", &job).unwrap();
        let ids: Vec<u32> = steps.iter().map(|step| step.id.get()).collect();
        assert_eq!(ids, [2, 5, 4, 3, 6]);
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (text, place) in [
            ("A\n| mm/s", 2),
            ("Heat | Cel | hot", 1),
            ("Seal | good ;", 1),
            ("Heat | Cel | 1 | 2 | 3", 1),
        ] {
            assert_eq!(from_text(text, &Job::default()), Err(place), "{text}");
        }
        assert_eq!(number_from(" 4,5 "), Some(4.5));
        assert_eq!(number_from("NaN"), None);
    }
}
