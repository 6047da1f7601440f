//! What a job needs as a planner writes it, one a line: people (`mechanic | 2 | 1.5 | lock-out`), parts
//! (`6205-2RS | 1`), locks (`Breaker Q4 | electrical`), permits (`Hot work`).

use maintenance::id::PartId;
use maintenance::order::job::{Labour, Lock, NeededPart};

use super::steps::number_from;

/// Lines of one kind in one job.
const MOST: usize = 20;
/// Longest text of a line, in characters.
const LONGEST: usize = 120;

/// Reads each line that says something; the first that cannot be read by its place, from 1.
fn lines<T>(text: &str, read: impl Fn(&[&str]) -> Option<T>) -> Result<Vec<T>, usize> {
    let mut found = Vec::new();
    for (line, place) in text.lines().zip(1..) {
        if line.trim().is_empty() {
            continue;
        }
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let is_long = parts.iter().any(|part| part.chars().count() > LONGEST);
        match read(&parts) {
            Some(one) if !is_long && found.len() < MOST => found.push(one),
            _ => return Err(place),
        }
    }
    Ok(found)
}

/// Who is needed: craft, how many, hours of each, a qualification.
///
/// # Errors
/// The line that cannot be read, from 1.
pub fn labour_from(text: &str) -> Result<Vec<Labour>, usize> {
    lines(text, |parts| {
        let (craft, people, hours, qualification) = match parts {
            [craft, hours] => (craft, &"1", hours, None),
            [craft, people, hours] => (craft, people, hours, None),
            [craft, people, hours, qualification] => (craft, people, hours, Some(*qualification)),
            _ => return None,
        };
        let hours = number_from(hours).filter(|hours| (0.0..=10_000.0).contains(hours))?;
        Some(Labour {
            craft: (!craft.is_empty()).then(|| craft.to_lowercase().into())?,
            qualification: qualification
                .filter(|name| !name.is_empty())
                .map(|name| name.to_lowercase().into()),
            people: people.parse().ok().filter(|people| (1..=50).contains(people))?,
            hours,
        })
    })
}

/// Lines of who is needed.
#[must_use]
pub fn labour_text(labour: &[Labour]) -> String {
    let line = |one: &Labour| {
        let qualification = one.qualification.as_ref();
        let qualification = qualification.map_or_else(String::new, |name| format!(" | {name}"));
        format!("{} | {} | {}{qualification}", one.craft, one.people, one.hours)
    };
    labour.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Permits, one a line.
///
/// # Errors
/// The line that cannot be read, from 1.
pub fn permits_from(text: &str) -> Result<Vec<Box<str>>, usize> {
    lines(text, |parts| match parts {
        [name] if !name.is_empty() => Some(Box::from(*name)),
        _ => None,
    })
}

/// Where energy is locked out, and which.
///
/// # Errors
/// The line that cannot be read, from 1.
pub fn locks_from(text: &str) -> Result<Vec<Lock>, usize> {
    lines(text, |parts| {
        let (at, energy) = match parts {
            [at] => (at, &""),
            [at, energy] => (at, energy),
            _ => return None,
        };
        (!at.is_empty()).then(|| Lock {
            at: Box::from(*at),
            energy: Box::from(*energy),
        })
    })
}

/// Lines of locks.
#[must_use]
pub fn locks_text(locks: &[Lock]) -> String {
    let line = |lock: &Lock| match &*lock.energy {
        "" => lock.at.to_string(),
        energy => format!("{} | {energy}", lock.at),
    };
    locks.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Parts by code, and how many.
///
/// # Errors
/// The line that cannot be read or names a part that is not kept, from 1.
pub fn parts_from(text: &str, known: impl Fn(&str) -> Option<PartId>) -> Result<Vec<NeededPart>, usize> {
    lines(text, |parts| {
        let (code, quantity) = match parts {
            [code] => (code, &"1"),
            [code, quantity] => (code, quantity),
            _ => return None,
        };
        Some(NeededPart {
            part: known(code)?,
            quantity: number_from(quantity).filter(|quantity| *quantity > 0.0)?,
        })
    })
}

/// Lines of parts; one that nobody knows any more by its number.
#[must_use]
pub fn parts_text(parts: &[NeededPart], code: impl Fn(PartId) -> Option<String>) -> String {
    let line = |one: &NeededPart| {
        let code = code(one.part).unwrap_or_else(|| format!("#{}", one.part));
        format!("{code} | {}", one.quantity)
    };
    parts.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_job_needs_becomes_lines_and_comes_back() {
        let people = "mechanic | 2 | 1.5 | lock-out\nprocess | 1 | 0.5";
        assert_eq!(labour_text(&labour_from(people).unwrap()), people);
        let locks = "Breaker Q4 | electrical\nValve V2";
        assert_eq!(locks_text(&locks_from(locks).unwrap()), locks);
        let known = |code: &str| (code == "6205").then_some(PartId::new(7));
        let parts = parts_from("6205 | 2\n\n6205", known).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            parts_text(&parts, |_| Some("6205".to_owned())),
            "6205 | 2\n6205 | 1"
        );
        assert_eq!(permits_from("Hot work\n").unwrap().len(), 1);
    }

    #[test]
    fn a_line_that_says_nothing_sure_is_named() {
        assert_eq!(labour_from("mechanic | 1 | 2\nmechanic | none | 2"), Err(2));
        assert_eq!(labour_from("mechanic"), Err(1));
        assert_eq!(labour_from("mechanic | 1 | -2"), Err(1));
        assert_eq!(parts_from("6205 | 1", |_| None), Err(1));
        assert_eq!(locks_from(" | electrical"), Err(1));
        assert_eq!(permits_from("a | b"), Err(1));
        assert_eq!(permits_from(&"x".repeat(121)), Err(1));
    }
}
