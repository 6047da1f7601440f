//! Counts over an asset and all below it, kept up to date change by change.

use crate::freshness::Freshness;

/// Counts over an asset and all below it. A value of unknown age counts as stale; one of quality bad is
/// never live, so that `live + late + stale + offline` are all points but the bad that still speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// All points.
    pub points: u32,
    /// As recent as expected, and usable.
    pub live: u32,
    /// Overdue.
    pub late: u32,
    /// Old, or of unknown age.
    pub stale: u32,
    /// Connection, gateway or device gone.
    pub offline: u32,
    /// Of quality bad, whatever their age.
    pub bad: u32,
    /// Beyond an outer limit (HH, LL).
    pub outer: u32,
    /// Beyond an inner limit (H, L), not an outer one.
    pub inner: u32,
    /// With a limit at all, measured or computed.
    pub limited: u32,
}

impl Summary {
    fn cell(&mut self, class: Class) -> Option<&mut u32> {
        match class.freshness {
            Freshness::Live if class.is_bad => None,
            Freshness::Live => Some(&mut self.live),
            Freshness::Late => Some(&mut self.late),
            Freshness::Stale | Freshness::AgeUnknown => Some(&mut self.stale),
            Freshness::Offline => Some(&mut self.offline),
        }
    }

    /// One point less of this class.
    pub(crate) fn remove(&mut self, class: Class) {
        if class.is_counted {
            self.points = self.points.saturating_sub(1);
            if let Some(cell) = self.cell(class) {
                *cell = cell.saturating_sub(1);
            }
            self.bad = self.bad.saturating_sub(u32::from(class.is_bad));
        }
        self.outer = self
            .outer
            .saturating_sub(u32::from(class.beyond == Beyond::Outer));
        self.inner = self
            .inner
            .saturating_sub(u32::from(class.beyond == Beyond::Inner));
        self.limited = self.limited.saturating_sub(u32::from(class.is_limited));
    }

    /// One point more of this class.
    pub(crate) fn add(&mut self, class: Class) {
        if class.is_counted {
            self.points += 1;
            if let Some(cell) = self.cell(class) {
                *cell += 1;
            }
            self.bad += u32::from(class.is_bad);
        }
        self.outer += u32::from(class.beyond == Beyond::Outer);
        self.inner += u32::from(class.beyond == Beyond::Inner);
        self.limited += u32::from(class.is_limited);
    }

    /// All that another counts, more or less: an asset came or went with all below it.
    pub fn shift(&mut self, by: Self, sign: Shift) {
        let cells = [
            (&mut self.points, by.points),
            (&mut self.live, by.live),
            (&mut self.late, by.late),
            (&mut self.stale, by.stale),
            (&mut self.offline, by.offline),
            (&mut self.bad, by.bad),
            (&mut self.outer, by.outer),
            (&mut self.inner, by.inner),
            (&mut self.limited, by.limited),
        ];
        for (cell, by) in cells {
            sign.apply(cell, by);
        }
    }
}

/// Whether counts come or go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shift {
    /// They are added.
    In,
    /// They are taken away.
    Out,
}

impl Shift {
    const fn apply(self, cell: &mut u32, by: u32) {
        *cell = match self {
            Self::In => cell.saturating_add(by),
            Self::Out => cell.saturating_sub(by),
        };
    }
}

/// All that the counts need to know of one point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Class {
    pub(crate) freshness: Freshness,
    pub(crate) is_bad: bool,
    pub(crate) beyond: Beyond,
    /// Has a limit it could be beyond.
    pub(crate) is_limited: bool,
    /// Measured, not computed: only its limits count otherwise.
    pub(crate) is_counted: bool,
    /// Speaks at an interval, so its silence means something.
    pub(crate) is_paced: bool,
    /// Silent for a reason that is told elsewhere (its source is down), or not yet worth telling.
    pub(crate) is_excused: bool,
}

/// Beyond which kind of limit a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Beyond {
    #[default]
    None,
    Inner,
    Outer,
}

impl Class {
    /// Old, or its connection, gateway or device is gone.
    pub(crate) const fn is_silent(self) -> bool {
        matches!(self.freshness, Freshness::Stale | Freshness::Offline)
    }

    /// Speaks at an interval, and no longer does.
    pub(crate) const fn is_silent_paced(self) -> bool {
        self.is_paced && self.is_silent()
    }
}

/// Counts over the points directly at one asset, or at it and below: what needs and silence are judged by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Own {
    pub(crate) points: u32,
    pub(crate) late: u32,
    pub(crate) stale: u32,
    pub(crate) offline: u32,
    pub(crate) bad: u32,
    pub(crate) paced: u32,
    pub(crate) silent_paced: u32,
}

impl Own {
    pub(crate) fn remove(&mut self, class: Class) {
        self.count(class, |cell| *cell = cell.saturating_sub(1));
    }

    pub(crate) fn add(&mut self, class: Class) {
        self.count(class, |cell| *cell += 1);
    }

    fn count(&mut self, class: Class, step: impl Fn(&mut u32)) {
        if !class.is_counted {
            return;
        }
        step(&mut self.points);
        if !class.is_excused {
            match class.freshness {
                Freshness::Late => step(&mut self.late),
                Freshness::Stale => step(&mut self.stale),
                Freshness::Offline => step(&mut self.offline),
                Freshness::Live | Freshness::AgeUnknown => {}
            }
        }
        if class.is_bad {
            step(&mut self.bad);
        }
        if class.is_paced {
            step(&mut self.paced);
        }
        if class.is_silent_paced() {
            step(&mut self.silent_paced);
        }
    }

    /// Whether any point here has gone silent. One that is only overdue may speak the next moment: it shows
    /// its age, and asks for nobody yet.
    pub(crate) const fn is_silent(self) -> bool {
        self.silent() > 0
    }

    /// All that another counts, more or less.
    pub(crate) fn shift(&mut self, by: Self, sign: Shift) {
        let cells = [
            (&mut self.points, by.points),
            (&mut self.late, by.late),
            (&mut self.stale, by.stale),
            (&mut self.offline, by.offline),
            (&mut self.bad, by.bad),
            (&mut self.paced, by.paced),
            (&mut self.silent_paced, by.silent_paced),
        ];
        for (cell, by) in cells {
            sign.apply(cell, by);
        }
    }

    /// How many have gone silent and are worth telling.
    pub(crate) const fn silent(self) -> u32 {
        self.stale + self.offline
    }

    /// Whether nearly all that speaks at an interval here has gone silent, and that is most of what is here:
    /// one thing happened to all of it, not one thing to each.
    pub(crate) const fn is_group_silent(self) -> bool {
        self.is_silent()
            && self.silent_paced as u64 * 10 >= self.paced as u64 * 9
            && self.silent() as u64 * 2 >= self.points as u64
    }

    /// Whether at least half of what speaks at an interval here has gone silent.
    pub(crate) const fn may_be_silent(self) -> bool {
        self.silent_paced > 0 && self.silent_paced as u64 * 2 >= self.paced as u64
    }

    /// Whether most of what speaks at an interval here has gone silent.
    pub(crate) const fn is_mostly_silent(self) -> bool {
        self.silent_paced as u64 * 2 > self.paced as u64
    }
}
