//! iMOPSE `.def` (Myszkowski et al. 2015): tasks that need a person with a skill. Solutions are in the
//! library's own form: a head line, then `hour person-task person-task …`, hours from 0.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{FormatError, Lines};
use crate::project::{SkilledTask, Staffed, StaffedError, Worker};

/// Most tasks or people of a file.
const MOST: usize = 10_000;

/// A file's tasks and people, with the numbers it gives them: some numbers are left out in some files.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What is to be scheduled.
    pub staffed: Staffed,
    /// The file's numbers of tasks.
    pub tasks: Vec<u64>,
    /// The file's numbers of people.
    pub people: Vec<u64>,
}

/// Skills by name, numbered as they are met.
#[derive(Default)]
struct Skills<'t>(BTreeMap<&'t str, usize>);

impl<'t> Skills<'t> {
    fn number(&mut self, name: &'t str) -> usize {
        let next = self.0.len();
        *self.0.entry(name).or_insert(next)
    }

    fn name(&self, number: usize) -> &'t str {
        let found = self.0.iter().find(|(_, known)| **known == number);
        found.map_or("", |(name, _)| *name)
    }
}

/// Reads tasks and people.
///
/// # Errors
/// The first line that is not as the format says, or tasks that nobody can do.
pub fn read(text: &str) -> Result<Definition, FormatError> {
    let mut lines = Lines::new(text);
    let task_count = count(&mut lines, "Tasks:")?;
    let people_count = count(&mut lines, "Resources:")?;
    let mut skills = Skills::default();
    lines.seek("ResourceID")?;
    let (mut people, mut workers) = (Vec::new(), Vec::new());
    for _ in 0..people_count {
        let words = words(&mut lines, "a person's number, salary and skills")?;
        let [number, _salary, pairs @ ..] = words.as_slice() else {
            return Err(lines.wrong("a person's number, salary and skills are expected"));
        };
        people.push(whole(&lines, number)?);
        let skills = pairs.chunks(2).map(|pair| skill(&lines, pair, &mut skills));
        workers.push(Worker {
            skills: skills.collect::<Result<_, _>>()?,
        });
    }
    lines.seek("TaskID")?;
    let (mut numbers, mut tasks, mut waits) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..task_count {
        let words = words(&mut lines, "a task's number, duration, skill and predecessors")?;
        let [number, duration, name, level, before @ ..] = words.as_slice() else {
            return Err(lines.wrong("a task's number, duration, skill and predecessors are expected"));
        };
        numbers.push(whole(&lines, number)?);
        let (skill, level) = skill(&lines, &[name, level], &mut skills)?;
        let before: Result<Vec<u64>, _> = before.iter().map(|word| whole(&lines, word)).collect();
        waits.push((lines.number, before?));
        tasks.push(SkilledTask {
            duration: i64::try_from(whole(&lines, duration)?).unwrap_or(i64::MAX),
            skill,
            level,
            predecessors: Vec::new(),
        });
    }
    resolve(&numbers, &waits, &mut tasks)?;
    let staffed = Staffed::new(&tasks, &workers).map_err(|error| match error {
        StaffedError::Nobody { task, skill, level } => {
            let line = waits.get(task).map_or(1, |(line, _)| *line);
            let number = numbers.get(task).copied().unwrap_or_default();
            let skill = skills.name(skill);
            let said = format!("nobody has skill {skill} at level {level}, which task {number} needs");
            FormatError::at(line, said)
        }
        StaffedError::Circle(_) | StaffedError::Negative(_) => lines.wrong(error.to_string()),
    })?;
    Ok(Definition {
        staffed,
        tasks: numbers,
        people,
    })
}

/// Writes a schedule in the library's form: a line for each hour in which something starts.
#[must_use]
pub fn write(definition: &Definition, starts: &[i64], workers: &[usize]) -> String {
    let mut hours: BTreeMap<i64, Vec<(u64, u64)>> = BTreeMap::new();
    for ((start, worker), task) in starts.iter().zip(workers).zip(&definition.tasks) {
        let person = definition.people.get(*worker).copied().unwrap_or_default();
        hours.entry(*start).or_default().push((person, *task));
    }
    let mut text = "Hour \t Resource assignments (resource ID - task ID) \n".to_owned();
    for (hour, assignments) in hours {
        _ = write!(text, "{hour}");
        for (person, task) in assignments {
            _ = write!(text, " {person}-{task}");
        }
        text.push_str(" \n");
    }
    text
}

fn resolve(
    numbers: &[u64],
    waits: &[(usize, Vec<u64>)],
    tasks: &mut [SkilledTask],
) -> Result<(), FormatError> {
    let places: BTreeMap<u64, usize> = numbers
        .iter()
        .enumerate()
        .map(|(at, number)| (*number, at))
        .collect();
    for (task, (line, before)) in tasks.iter_mut().zip(waits) {
        for number in before {
            let at = places
                .get(number)
                .ok_or_else(|| FormatError::at(*line, format!("task {number} is not in the file")))?;
            task.predecessors.push(*at);
        }
    }
    Ok(())
}

fn count(lines: &mut Lines<'_>, head: &str) -> Result<usize, FormatError> {
    let line = lines.seek(head)?;
    let said = line.rsplit(':').next().and_then(|said| said.trim().parse().ok());
    said.filter(|count| *count <= MOST)
        .ok_or_else(|| lines.wrong(format!("`{head}` has no number up to {MOST} behind it")))
}

fn words<'t>(lines: &mut Lines<'t>, what: &str) -> Result<Vec<&'t str>, FormatError> {
    match lines.take_said() {
        Some(line) => Ok(line.split_whitespace().collect()),
        None => Err(lines.wrong(format!("the file ends where {what} is expected"))),
    }
}

fn whole(lines: &Lines<'_>, word: &str) -> Result<u64, FormatError> {
    let number = word.parse::<u64>().ok().filter(|number| *number <= 1_000_000_000);
    number.ok_or_else(|| lines.wrong(format!("`{word}` is no whole number up to 1000000000")))
}

fn skill<'t>(
    lines: &Lines<'_>,
    pair: &[&'t str],
    skills: &mut Skills<'t>,
) -> Result<(usize, u32), FormatError> {
    let wrong = || lines.wrong("a skill and its level are expected, for example `Q1: 2`");
    let [name, level] = pair else {
        return Err(wrong());
    };
    let name = name.strip_suffix(':').ok_or_else(wrong)?;
    let level = level.parse().map_err(|_not| wrong())?;
    Ok((skills.number(name), level))
}
