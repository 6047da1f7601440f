//! A preventive plan as a planner writes it and as it is stored: what comes due, by what, and how it is done.

use jiff::civil::DateTime;
use maintenance::calendar::Zone;
use maintenance::id::PlanId;
use maintenance::iso14224::FailureMode;
use maintenance::plan::{Anchor, Every, MeterRule, Plan, Trigger, Unit};
use serde::{Deserialize, Serialize};
use twin::{AssetId, Span};

/// Longest lead time, tolerance and hold, in days.
const MOST_DAYS: u32 = 3_660;
/// Over which time the pace of a meter is measured.
const PACE: Span = Span::from_secs(28 * 86_400);
const DAY: i64 = 86_400;

/// A plan. What is none is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// Its number.
    pub id: u32,
    /// Of which equipment.
    pub asset: u32,
    pub title: String,
    /// The code of the failure it prevents.
    pub mode: String,
    pub calendar: Option<ByCalendar>,
    pub meter: Option<ByMeter>,
    pub condition: Option<ByCondition>,
    /// How many days before it is due the need is raised.
    pub lead_days: u32,
    /// How many days after it is due it is still in time, and as long before it is worthwhile.
    pub tolerance_days: u32,
    pub is_on: bool,
    /// How it is done: the craft, its hours, and steps, one a line.
    pub craft: String,
    pub hours: f64,
    pub steps: String,
    /// Tells those of the demo from others; empty for all others.
    pub demo: String,
}

/// By date.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByCalendar {
    pub count: u16,
    /// `day`, `week`, `month`, `year`.
    pub unit: String,
    /// `2026-11-30T06:00` as clocks at the site show it.
    pub first: String,
    /// Counted from when it was done, instead of from the first date.
    pub floating: bool,
    /// The zone of the site.
    pub zone: String,
}

/// By what a meter counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByMeter {
    pub of: MeterOf,
    /// How much lies between two times.
    pub every: f64,
    /// What it had counted when this was done last, or when the plan began.
    pub from: f64,
}

/// What counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeterOf {
    /// Nothing yet.
    #[default]
    Nothing,
    /// A property that is a counter: run hours, starts, pieces, or what is computed of them.
    Property(String),
    /// Hours that the twin counted in a state that this names.
    Hours(String),
    /// How often it began to run, as the twin counted it.
    Starts,
}

/// When something has been true for so long.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByCondition {
    /// A formula over the properties of the asset.
    pub formula: String,
    /// For how long, in minutes.
    pub held_minutes: u32,
}

impl MeterOf {
    /// As forms say it.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Property(property) => format!("property:{property}"),
            Self::Hours(state) => format!("hours:{state}"),
            Self::Starts => "starts".to_owned(),
        }
    }

    /// From what a form says.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':') {
            Some(("property", property)) => Some(Self::Property(property.to_owned())),
            Some(("hours", state)) => Some(Self::Hours(state.to_owned())),
            _ => (word == "starts").then_some(Self::Starts),
        }
    }
}

impl ByCalendar {
    fn every(&self) -> Result<Every, &'static str> {
        if self.count == 0 || self.count > 1_000 {
            return Err("bad_number");
        }
        let first: DateTime = self.first.parse().ok().ok_or("bad_time")?;
        Ok(Every {
            count: self.count,
            unit: Unit::from_word(&self.unit).ok_or("bad_choice")?,
            first,
            anchor: match self.floating {
                true => Anchor::Floating,
                false => Anchor::Fixed,
            },
            zone: Zone::named(&self.zone).ok().ok_or("bad_time")?,
        })
    }
}

fn days(count: u32) -> Result<Span, &'static str> {
    match count {
        0..=MOST_DAYS => Ok(Span::from_secs(i64::from(count) * DAY)),
        _ => Err("bad_number"),
    }
}

impl Sheet {
    /// What it comes due by, as the domain has it.
    ///
    /// # Errors
    /// A stable word for what cannot be.
    pub fn plan(&self) -> Result<Plan, &'static str> {
        if self.title.trim().is_empty() {
            return Err("empty");
        }
        let mut triggers = Vec::new();
        if let Some(calendar) = &self.calendar {
            triggers.push(Trigger::Calendar(calendar.every()?));
        }
        if let Some(meter) = &self.meter {
            let is_usable = meter.every.is_finite() && meter.every > 0.0 && meter.from.is_finite();
            if !is_usable || meter.of == MeterOf::Nothing {
                return Err("bad_meter");
            }
            triggers.push(Trigger::Meter(MeterRule {
                every: meter.every,
                from: meter.from,
                window: PACE,
            }));
        }
        if let Some(condition) = &self.condition {
            if condition.formula.trim().is_empty() || condition.held_minutes > MOST_DAYS * 1_440 {
                return Err("bad_condition");
            }
            triggers.push(Trigger::Condition {
                held: Span::from_secs(i64::from(condition.held_minutes) * 60),
            });
        }
        let trigger = match triggers.len() {
            0 => return Err("no_trigger"),
            1 => triggers.remove(0),
            _ => Trigger::First(triggers),
        };
        Ok(Plan {
            id: PlanId::new(self.id),
            asset: AssetId::new(self.asset),
            title: self.title.as_str().into(),
            job: None,
            mode: FailureMode::from_code(&self.mode).ok_or("bad_choice")?,
            trigger,
            lead: days(self.lead_days)?,
            tolerance: days(self.tolerance_days)?,
            is_on: self.is_on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        Sheet {
            id: 1,
            asset: 2,
            title: "Grease".to_owned(),
            mode: "VIB".to_owned(),
            is_on: true,
            ..Sheet::default()
        }
    }

    #[test]
    fn whichever_comes_first_is_asked_for_where_several_are_given() {
        assert_eq!(sheet().plan(), Err("no_trigger"));
        let mut one = sheet();
        one.meter = Some(ByMeter {
            of: MeterOf::Starts,
            every: 100.0,
            from: 0.0,
        });
        assert!(matches!(one.plan().unwrap().trigger, Trigger::Meter(_)));
        one.condition = Some(ByCondition {
            formula: "force > 3".to_owned(),
            held_minutes: 5,
        });
        one.calendar = Some(ByCalendar {
            count: 3,
            unit: "month".to_owned(),
            first: "2026-01-31T06:00".to_owned(),
            floating: false,
            zone: "Europe/Paris".to_owned(),
        });
        let Trigger::First(triggers) = one.plan().unwrap().trigger else {
            panic!("one of three");
        };
        assert_eq!(triggers.len(), 3);
    }

    #[test]
    fn what_cannot_be_is_told_by_a_word() {
        let with = |change: fn(&mut Sheet)| {
            let mut one = sheet();
            one.meter = Some(ByMeter {
                of: MeterOf::Starts,
                every: 100.0,
                from: 0.0,
            });
            change(&mut one);
            one.plan().map(drop)
        };
        assert_eq!(with(|_| ()), Ok(()));
        assert_eq!(with(|one| one.title.clear()), Err("empty"));
        assert_eq!(with(|one| one.mode = "what".to_owned()), Err("bad_choice"));
        assert_eq!(with(|one| one.lead_days = 9_999), Err("bad_number"));
        let meter = |change: fn(&mut ByMeter)| {
            let mut one = sheet();
            let mut meter = ByMeter {
                of: MeterOf::Starts,
                every: 1.0,
                from: 0.0,
            };
            change(&mut meter);
            one.meter = Some(meter);
            one.plan().map(drop)
        };
        assert_eq!(meter(|meter| meter.every = 0.0), Err("bad_meter"));
        assert_eq!(meter(|meter| meter.of = MeterOf::Nothing), Err("bad_meter"));
    }

    #[test]
    fn a_meter_comes_back_from_its_word() {
        for of in [
            MeterOf::Property("motor.hours".to_owned()),
            MeterOf::Hours("running".to_owned()),
            MeterOf::Starts,
        ] {
            assert_eq!(MeterOf::from_word(&of.word()), Some(of));
        }
        assert_eq!(MeterOf::from_word("anything"), None);
    }
}
