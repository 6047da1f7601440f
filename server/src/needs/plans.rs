//! A plan while it runs: what its meter counted, whether its condition holds, when it was done last.

use maintenance::id::PlanId;
use maintenance::plan::{Due, Known, Last, Meter, Plan, Truth};
use twin::{Span, Timestamp};

use super::sheet::ByMeter;
use super::{Entry, Sheet};

/// What a meter counted is written at most this often; a crash loses no more than the counter itself lost.
const METERED_EVERY: Span = Span::from_secs(3_600);

/// A plan and what is known of it.
#[derive(Clone, Debug)]
pub struct PlanState {
    pub sheet: Sheet,
    pub plan: Plan,
    /// When it was done last, or left out.
    pub last: Option<Last>,
    pub meter: Meter,
    /// When what the meter counted was written.
    metered: Option<Timestamp>,
    /// What its condition said when it was looked at last.
    pub truth: Option<Truth>,
    /// Why its condition cannot be asked any more.
    pub wrong: Option<String>,
}

impl PlanState {
    /// A plan that begins.
    ///
    /// # Errors
    /// A stable word for what cannot be.
    pub fn new(sheet: Sheet) -> Result<Self, &'static str> {
        Ok(Self {
            plan: sheet.plan()?,
            sheet,
            last: None,
            meter: Meter::default(),
            metered: None,
            truth: None,
            wrong: None,
        })
    }

    /// The plan as it is from now on: what it counted goes on where the same thing counts.
    ///
    /// # Errors
    /// A stable word for what cannot be; nothing changed then.
    pub fn change(&mut self, sheet: Sheet) -> Result<(), &'static str> {
        self.plan = sheet.plan()?;
        let of = |by: &Option<ByMeter>| by.as_ref().map(|by| by.of.clone());
        if of(&self.sheet.meter) != of(&sheet.meter) {
            self.meter = Meter::default();
            self.metered = None;
            self.last = self.last.map(|last| Last { meter: None, ..last });
        }
        if self.sheet.condition != sheet.condition {
            (self.truth, self.wrong) = (None, None);
        }
        self.sheet = sheet;
        Ok(())
    }

    /// Takes what was written of its meter.
    pub fn restore_meter(&mut self, at: Timestamp, total: f64, shown: f64) {
        self.meter = Meter::new(total, None);
        self.meter.take(at, shown);
        self.metered = Some(at);
    }

    /// Takes what its counter shows; an entry where that is to be written.
    pub fn count(&mut self, at: Timestamp, shows: f64) -> Option<Entry> {
        if self.meter.last().is_none() {
            // A counter that is new here has counted what it shows.
            self.meter = Meter::new(shows.max(0.0), None);
        }
        if !self.meter.take(at, shows) {
            return None;
        }
        if self
            .metered
            .is_some_and(|metered| at.since(metered) < METERED_EVERY)
        {
            return None;
        }
        self.metered = Some(at);
        Some(Entry::Metered {
            plan: self.plan.id.get(),
            at: at.micros(),
            total: self.meter.total(),
            shown: shows,
        })
    }

    /// When it is due.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Due {
        self.plan.due(
            now,
            Known {
                last: self.last,
                meter: Some(&self.meter).filter(|meter| meter.last().is_some()),
                truth: self.truth,
            },
        )
    }

    /// That it was done, or is left out this time.
    #[must_use]
    pub fn passed(&self, done: Timestamp, due: Timestamp) -> Entry {
        let has_meter = self.meter.last().is_some();
        Entry::Passed {
            plan: self.plan.id.get(),
            done: done.micros(),
            due: due.micros(),
            meter: has_meter.then(|| self.meter.total()),
        }
    }
}

/// The plan of an entry; none for entries of needs.
#[must_use]
pub fn plan_of(entry: &Entry) -> Option<PlanId> {
    match entry {
        Entry::Planned { sheet, .. } => Some(PlanId::new(sheet.id)),
        Entry::Passed { plan, .. } | Entry::Metered { plan, .. } => Some(PlanId::new(*plan)),
        Entry::Raised(_)
        | Entry::Split { .. }
        | Entry::Ordered { .. }
        | Entry::Reopened { .. }
        | Entry::Dismissed { .. }
        | Entry::Met { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::needs::sheet::MeterOf;

    fn state() -> PlanState {
        PlanState::new(Sheet {
            id: 1,
            asset: 2,
            title: "Change the oil".to_owned(),
            mode: "OTH".to_owned(),
            meter: Some(ByMeter {
                of: MeterOf::Property("running_hours".to_owned()),
                every: 100.0,
                from: 1_000.0,
            }),
            is_on: true,
            ..Sheet::default()
        })
        .unwrap()
    }

    #[test]
    fn a_counter_goes_on_after_a_restart_and_over_a_reset() {
        let at = |hours: i64| Timestamp::from_millis(hours * 3_600_000);
        let mut plan = state();
        assert!(plan.count(at(1), 1_050.0).is_some(), "the first is written");
        assert!(plan.count(at(1) + Span::from_secs(60), 1_051.0).is_none());
        assert!(plan.count(at(3), 1_060.0).is_some());
        let mut again = state();
        again.restore_meter(at(3), plan.meter.total(), 1_060.0);
        again.count(at(5), 4.0);
        assert!((again.meter.total() - 1_064.0).abs() < 1e-9, "{:?}", again.meter);
        again.count(at(6), 40.0);
        assert!(matches!(again.due(at(6)), Due::At { is_asked: true, .. }));
    }

    #[test]
    fn a_plan_that_was_done_counts_from_there() {
        let at = |hours: i64| Timestamp::from_millis(hours * 3_600_000);
        let mut plan = state();
        plan.count(at(1), 1_150.0);
        assert!(matches!(plan.due(at(1)), Due::At { is_asked: true, .. }));
        let Entry::Passed { meter, .. } = plan.passed(at(2), at(1)) else {
            panic!("a plan passes");
        };
        plan.last = Some(Last {
            done: at(2),
            due: at(1),
            meter,
        });
        assert!(!matches!(plan.due(at(2)), Due::At { is_asked: true, .. }));
    }
}
