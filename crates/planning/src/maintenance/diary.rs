//! One person's time: shifts, and what is in them, with the way between.

use twin::Timestamp;

use super::cost::shifts;
use super::{JobId, LocationId, Person, Problem};
use crate::core::At;

/// Something in a diary. Times in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) location: LocationId,
    pub(super) job: JobId,
}

/// A person's shifts and entries.
#[derive(Clone, Debug)]
pub(super) struct Diary {
    shifts: Vec<(i64, i64)>,
    overtime: Vec<(i64, i64)>,
    entries: Vec<Entry>,
}

impl Diary {
    pub(super) fn new(person: &Person) -> Self {
        let micros = |(start, end): (Timestamp, Timestamp)| (start.micros(), end.micros());
        Self {
            shifts: shifts(person).into_iter().map(micros).collect(),
            overtime: person
                .overtime
                .iter()
                .map(|window| micros((window.start, window.end)))
                .collect(),
            entries: Vec::new(),
        }
    }

    /// The earliest start from `after` at which somebody has `duration` at a place, and the way to it and
    /// from it to the next.
    pub(super) fn earliest(
        &self,
        problem: &Problem,
        after: i64,
        duration: i64,
        location: LocationId,
    ) -> Option<i64> {
        let first = self.shifts.partition_point(|(_, end)| *end <= after);
        for (from, until) in self.shifts.iter().skip(first) {
            let mut start = after.max(*from);
            let of_shift = self.entries.partition_point(|entry| entry.start < *from);
            let around = self
                .entries
                .partition_point(|entry| entry.end <= start)
                .saturating_sub(1);
            for entry in self.entries.iter().skip(of_shift.max(around)) {
                if entry.start >= *until {
                    break;
                }
                let onward = problem.travel(location, entry.location).micros();
                if start + duration + onward <= entry.start {
                    break;
                }
                start = start.max(entry.end + problem.travel(entry.location, location).micros());
            }
            if start + duration <= *until {
                return Some(start);
            }
        }
        None
    }

    /// What one more entry adds: microseconds on the way, microseconds beyond the shift. Asked with the
    /// entry not in the diary.
    pub(super) fn added(&self, problem: &Problem, entry: &Entry) -> (i64, i64) {
        let beyond = self
            .overtime
            .iter()
            .map(|(from, until)| (entry.end.min(*until) - entry.start.max(*from)).max(0));
        let at = self.place(entry);
        let shift = self.shift_of(entry.start);
        let same = |other: &&Entry| self.shift_of(other.start) == shift;
        let before = at.checked_sub(1).and_then(|at| self.entries.get(at)).filter(same);
        let after = self.entries.get(at).filter(same);
        let way = |from: LocationId, to: LocationId| problem.travel(from, to).micros();
        let mut added = before.map_or(0, |before| way(before.location, entry.location));
        added += after.map_or(0, |after| way(entry.location, after.location));
        if let (Some(before), Some(after)) = (before, after) {
            added -= way(before.location, after.location);
        }
        (added, beyond.sum())
    }

    pub(super) fn put(&mut self, entry: Entry) {
        let at = self.place(&entry);
        self.entries.insert(at, entry);
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        if let Some(at) = self.entries.iter().position(|other| other == entry) {
            self.entries.remove(at);
        }
    }

    /// Jobs that take some of the time from `from` to `until`.
    pub(super) fn jobs_in(&self, from: i64, until: i64) -> impl Iterator<Item = JobId> {
        let inside = move |entry: &&Entry| entry.start < until && from < entry.end;
        self.entries.iter().filter(inside).map(|entry| entry.job)
    }

    /// Entries are in order of start and end, as the cost counts the way.
    fn place(&self, entry: &Entry) -> usize {
        self.entries
            .partition_point(|other| (other.start, other.end) <= (entry.start, entry.end))
    }

    fn shift_of(&self, time: i64) -> Option<usize> {
        let at = self
            .shifts
            .partition_point(|(from, _)| *from <= time)
            .checked_sub(1)?;
        (time < self.shifts.at(at).1).then_some(at)
    }
}
