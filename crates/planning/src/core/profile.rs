//! How much of some resources is free over time: steps between instants, calendars included.
//!
//! The one place where capacity is counted: a project's resources are one profile of several widths,
//! a person is a profile of one, a permit's places are one too.

/// Free capacity of a few resources over all time. Times are of any unit, the same for all calls.
#[derive(Clone, Debug)]
pub struct Profile {
    width: usize,
    /// Where each segment begins; the first at the beginning of time, the last goes on for ever.
    times: Vec<i64>,
    /// Free of each resource, segment after segment.
    free: Vec<i64>,
}

impl Profile {
    /// Always the same capacities.
    #[must_use]
    pub fn constant(capacities: &[i64]) -> Self {
        Self {
            width: capacities.len(),
            times: vec![i64::MIN],
            free: capacities.to_vec(),
        }
    }

    /// One resource that has `capacity` in the windows (from, until) and nothing outside.
    #[must_use]
    pub fn calendar(windows: impl IntoIterator<Item = (i64, i64)>, capacity: i64) -> Self {
        let mut profile = Self::constant(&[0]);
        for (from, until) in windows {
            profile.add(from, until, &[capacity], 1);
        }
        profile
    }

    /// As it was in `base`, without giving memory back.
    pub fn reset(&mut self, base: &Self) {
        self.width = base.width;
        self.times.clone_from(&base.times);
        self.free.clone_from(&base.free);
    }

    /// The earliest start from `after` at which the demand is free for the whole duration.
    #[must_use]
    pub fn earliest_fit(&self, after: i64, duration: i64, demand: &[i64]) -> Option<i64> {
        if duration <= 0 {
            return Some(after);
        }
        let mut segment = self.segment_at(after);
        let mut start = after;
        loop {
            let end = self.times.get(segment + 1).copied();
            if !self.suffices(segment, demand) {
                start = end?;
            } else if end.is_none_or(|end| end >= start.saturating_add(duration)) {
                return Some(start);
            }
            segment += 1;
        }
    }

    /// Whether the demand is free from `start` to `end`.
    #[must_use]
    pub fn fits(&self, start: i64, end: i64, demand: &[i64]) -> bool {
        self.earliest_fit(start, end - start, demand) == Some(start)
    }

    /// Takes the demand out of what is free from `start` to `end`.
    pub fn take(&mut self, start: i64, end: i64, demand: &[i64]) {
        self.add(start, end, demand, -1);
    }

    /// Gives back what was taken.
    pub fn give(&mut self, start: i64, end: i64, demand: &[i64]) {
        self.add(start, end, demand, 1);
    }

    fn add(&mut self, start: i64, end: i64, amount: &[i64], sign: i64) {
        if start >= end || self.width == 0 {
            return;
        }
        let first = self.split(start);
        let last = self.split(end);
        for segment in self.free.chunks_exact_mut(self.width).take(last).skip(first) {
            for (free, amount) in segment.iter_mut().zip(amount) {
                *free += sign * amount;
            }
        }
    }

    /// The segment that begins at a time, made where there is none.
    fn split(&mut self, time: i64) -> usize {
        let at = self.times.partition_point(|begin| *begin < time);
        if self.times.get(at) != Some(&time) {
            self.times.insert(at, time);
            let (from, old) = (at.saturating_sub(1) * self.width, self.free.len());
            self.free.resize(old + self.width, 0);
            self.free.copy_within(from..old, from + self.width);
        }
        at
    }

    fn segment_at(&self, time: i64) -> usize {
        self.times
            .partition_point(|begin| *begin <= time)
            .saturating_sub(1)
    }

    fn suffices(&self, segment: usize, demand: &[i64]) -> bool {
        let from = segment * self.width;
        let free = self.free.get(from..from + self.width).unwrap_or_default();
        free.iter().zip(demand).all(|(free, demand)| demand <= free)
    }
}
