//! Words of needs and plans, from the stable words of records to the reader's language.

use crate::i18n::Messages;

/// A tab of the list.
#[must_use]
pub fn which(m: Messages, word: &str) -> &'static str {
    match word {
        "ordered" => m.still_need_ordered(),
        "over" => m.still_need_over(),
        _ => m.still_need_open(),
    }
}

/// How soon somebody must act.
#[must_use]
pub fn urgency(m: Messages, word: &str) -> &'static str {
    match word {
        "emergency" => m.still_need_urgency_emergency(),
        "pressing" => m.still_need_urgency_pressing(),
        "soon" => m.still_need_urgency_soon(),
        _ => m.still_need_urgency_routine(),
    }
}

/// Where a need comes from.
#[must_use]
pub fn source(m: Messages, word: &str) -> &'static str {
    match word {
        "plan" => m.still_need_source_plan(),
        "limit" => m.still_need_source_limit(),
        "trend" => m.still_need_source_trend(),
        "inspection" => m.still_need_source_inspection(),
        _ => m.still_need_source_report(),
    }
}

/// How much depends on an equipment.
#[must_use]
pub fn criticality(m: Messages, word: &str) -> &'static str {
    match word {
        "low" => m.still_need_criticality_low(),
        "medium" => m.still_need_criticality_medium(),
        _ => m.still_need_criticality_high(),
    }
}

/// Every so many of a unit of the calendar.
#[must_use]
pub fn every(m: Messages, count: u16, unit: &str) -> String {
    match unit {
        "day" => m.still_plan_by_days(count),
        "month" => m.still_plan_by_months(count),
        "year" => m.still_plan_by_years(count),
        _ => m.still_plan_by_weeks(count),
    }
}

/// A unit of the calendar.
#[must_use]
pub fn unit(m: Messages, word: &str) -> &'static str {
    match word {
        "day" => m.still_plan_days(),
        "month" => m.still_plan_months(),
        "year" => m.still_plan_years(),
        _ => m.still_plan_weeks(),
    }
}

/// Why something about a need or a plan was not taken.
#[must_use]
pub fn refusal(m: Messages, word: &str) -> &'static str {
    match word {
        "decided" => m.still_need_bad_decided(),
        "no_reason" => m.still_work_bad_no_reason(),
        "full" => m.still_need_bad_full(),
        "other_order" => m.still_need_bad_order(),
        "bad_meter" => m.still_plan_bad_meter(),
        "no_count" => m.still_plan_bad_count(),
        "no_trigger" => m.still_plan_bad_trigger(),
        "bad_steps" => m.still_plan_bad_steps(),
        other => super::super::work::words::refusal(m, other),
    }
}
