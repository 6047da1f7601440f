//! Words of work orders, from the stable words and codes of records to the reader's language.

use crate::i18n::Messages;

/// A group of a list.
#[must_use]
pub fn group(m: Messages, word: &str) -> &'static str {
    match word {
        "planned" => m.still_work_group_planned(),
        "in_progress" => m.still_work_group_in_progress(),
        "blocked" => m.still_work_group_blocked(),
        "done" => m.still_work_group_done(),
        "overdue" => m.still_work_group_overdue(),
        "cancelled" => m.still_work_group_cancelled(),
        "all" => m.still_work_group_all(),
        _ => m.still_work_group_open(),
    }
}

/// A status.
#[must_use]
pub fn status(m: Messages, word: &str) -> &'static str {
    match word {
        "approved" => m.still_work_status_approved(),
        "planned" => m.still_work_status_planned(),
        "scheduled" => m.still_work_status_scheduled(),
        "in_progress" => m.still_work_status_in_progress(),
        "blocked" => m.still_work_status_blocked(),
        "done" => m.still_work_status_done(),
        "verified" => m.still_work_status_verified(),
        "closed" => m.still_work_status_closed(),
        "cancelled" => m.still_work_status_cancelled(),
        _ => m.still_work_status_requested(),
    }
}

/// What leads to a status, as a button says it.
#[must_use]
pub fn act(m: Messages, word: &str) -> &'static str {
    match word {
        "planned" => m.still_work_act_planned(),
        "scheduled" => m.still_work_act_scheduled(),
        "in_progress" => m.still_work_act_in_progress(),
        "blocked" => m.still_work_act_blocked(),
        "done" => m.still_work_act_done(),
        "verified" => m.still_work_act_verified(),
        "closed" => m.still_work_act_closed(),
        "cancelled" => m.still_work_act_cancelled(),
        _ => m.still_work_act_approved(),
    }
}

/// How soon.
#[must_use]
pub fn priority(m: Messages, word: &str) -> &'static str {
    match word {
        "urgent" => m.still_work_priority_urgent(),
        "high" => m.still_work_priority_high(),
        "low" => m.still_work_priority_low(),
        _ => m.still_work_priority_medium(),
    }
}

/// A kind of maintenance (EN 13306).
#[must_use]
pub fn kind(m: Messages, word: &str) -> &'static str {
    match word {
        "predetermined" => m.still_work_kind_predetermined(),
        "condition_based" => m.still_work_kind_condition_based(),
        "corrective_deferred" => m.still_work_kind_corrective_deferred(),
        "corrective_immediate" => m.still_work_kind_corrective_immediate(),
        _ => m.still_work_kind_improvement(),
    }
}

/// What was done, in the log.
#[must_use]
pub fn event(m: Messages, word: &str) -> &'static str {
    match word {
        "requested" => m.still_work_event_requested(),
        "moved" => m.still_work_event_moved(),
        "mirrored" => m.still_work_event_mirrored(),
        "answered" => m.still_work_event_answered(),
        "commented" => m.still_work_event_commented(),
        "watched" => m.still_work_event_watched(),
        "attached" => m.still_work_event_attached(),
        "worked" => m.still_work_event_worked(),
        "used" => m.still_work_event_used(),
        "reserved" => m.still_work_event_reserved(),
        "permit" => m.still_work_event_permit(),
        "lock" => m.still_work_event_lock(),
        "stopped" => m.still_work_event_stopped(),
        "found" => m.still_work_event_found(),
        "spent" => m.still_work_event_spent(),
        "withdrawn" => m.still_work_event_withdrawn(),
        "settled" => m.still_work_event_settled(),
        _ => m.still_work_event_changed(),
    }
}

/// A field that was written.
#[must_use]
pub fn field(m: Messages, word: &str) -> &'static str {
    match word {
        "title" => m.still_work_field_title(),
        "priority" => m.still_work_field_priority(),
        "dates" => m.still_work_field_dates(),
        "slot" => m.still_work_field_slot(),
        "assignee" => m.still_work_field_assignee(),
        "job" => m.still_work_field_job(),
        _ => m.still_work_field_status(),
    }
}

/// What a conflict is about.
#[must_use]
pub fn conflict(m: Messages, word: &str) -> &'static str {
    match word {
        "moved" => m.still_work_conflict_moved(),
        "hindered" => m.still_work_conflict_hindered(),
        "answers" => m.still_work_conflict_answers(),
        "step_gone" => m.still_work_conflict_step_gone(),
        "not_in_job" => m.still_work_conflict_not_in_job(),
        "after_end" => m.still_work_conflict_after_end(),
        _ => m.still_work_conflict_field(),
    }
}

/// Why a form is not taken.
#[must_use]
pub fn refusal(m: Messages, word: &str) -> &'static str {
    match word {
        "other_order" => m.still_work_bad_other_order(),
        "not_first" => m.still_work_bad_not_first(),
        "no_request" => m.still_work_bad_no_request(),
        "many_reports" => m.still_work_bad_many_reports(),
        "key_taken" => m.still_work_bad_key_taken(),
        "from_the_future" => m.still_work_bad_from_the_future(),
        "no_right" => m.still_work_bad_no_right(),
        "no_transition" => m.still_work_bad_no_transition(),
        "ended" => m.still_work_bad_ended(),
        "no_reason" => m.still_work_bad_no_reason(),
        "no_slot" => m.still_work_bad_no_slot(),
        "permits_open" => m.still_work_bad_permits_open(),
        "locks_open" => m.still_work_bad_locks_open(),
        "locks_stand" => m.still_work_bad_locks_stand(),
        "steps_open" => m.still_work_bad_steps_open(),
        "conflicts_open" => m.still_work_bad_conflicts_open(),
        "not_in_job" => m.still_work_bad_not_in_job(),
        "wrong_answer" => m.still_work_bad_wrong_answer(),
        "bad_number" => m.still_work_bad_bad_number(),
        "bad_dates" => m.still_work_bad_bad_dates(),
        "bad_job" => m.still_work_bad_bad_job(),
        "nothing_to_withdraw" => m.still_work_bad_nothing_to_withdraw(),
        "nothing_to_settle" => m.still_work_bad_nothing_to_settle(),
        "cannot_keep" => m.still_work_bad_cannot_keep(),
        "full" => m.still_work_bad_full(),
        "too_long" => m.still_work_bad_too_long(),
        "bad_time" => m.still_work_bad_bad_time(),
        "bad_since" => m.still_work_bad_bad_since(),
        "bad_person" => m.still_work_bad_bad_person(),
        "bad_part" => m.still_work_bad_bad_part(),
        "bad_choice" => m.still_work_bad_bad_choice(),
        _ => m.still_work_bad_empty(),
    }
}

/// Words of what time is spent on.
pub const TIME_KINDS: [&str; 5] = ["wrench", "travel", "parts", "waiting", "paperwork"];

/// What time was spent on.
#[must_use]
pub fn time_kind(m: Messages, word: &str) -> &'static str {
    match word {
        "wrench" => m.still_work_time_wrench(),
        "travel" => m.still_work_time_travel(),
        "parts" => m.still_work_time_parts(),
        "waiting" => m.still_work_time_waiting(),
        _ => m.still_work_time_paperwork(),
    }
}

/// Words of what money is spent on.
pub const COST_KINDS: [&str; 4] = ["service", "material", "labour", "other"];

/// What money was spent on.
#[must_use]
pub fn cost_kind(m: Messages, word: &str) -> &'static str {
    match word {
        "service" => m.still_work_cost_service(),
        "material" => m.still_work_cost_material(),
        "labour" => m.still_work_cost_labour(),
        _ => m.still_work_cost_other(),
    }
}

/// A failure mode, by its code of ISO 14224.
#[must_use]
pub fn mode(m: Messages, word: &str) -> &'static str {
    match word {
        "AIR" => m.still_work_mode_air(),
        "BRD" => m.still_work_mode_brd(),
        "DOP" => m.still_work_mode_dop(),
        "ELP" => m.still_work_mode_elp(),
        "ELU" => m.still_work_mode_elu(),
        "ERO" => m.still_work_mode_ero(),
        "FTC" => m.still_work_mode_ftc(),
        "FTF" => m.still_work_mode_ftf(),
        "FTO" => m.still_work_mode_fto(),
        "FTS" => m.still_work_mode_fts(),
        "HIO" => m.still_work_mode_hio(),
        "IHT" => m.still_work_mode_iht(),
        "INL" => m.still_work_mode_inl(),
        "LCP" => m.still_work_mode_lcp(),
        "LOO" => m.still_work_mode_loo(),
        "NOI" => m.still_work_mode_noi(),
        "NOO" => m.still_work_mode_noo(),
        "OHE" => m.still_work_mode_ohe(),
        "PDE" => m.still_work_mode_pde(),
        "PLU" => m.still_work_mode_plu(),
        "SER" => m.still_work_mode_ser(),
        "SPO" => m.still_work_mode_spo(),
        "STD" => m.still_work_mode_std(),
        "STP" => m.still_work_mode_stp(),
        "UST" => m.still_work_mode_ust(),
        "VIB" => m.still_work_mode_vib(),
        "OTH" => m.still_work_mode_oth(),
        _ => m.still_work_mode_unk(),
    }
}

/// A cause, by its code of ISO 14224.
#[must_use]
pub fn cause(m: Messages, word: &str) -> &'static str {
    match word {
        "1.0" => m.still_work_cause_1_0(),
        "1.1" => m.still_work_cause_1_1(),
        "1.2" => m.still_work_cause_1_2(),
        "2.0" => m.still_work_cause_2_0(),
        "2.1" => m.still_work_cause_2_1(),
        "2.2" => m.still_work_cause_2_2(),
        "3.0" => m.still_work_cause_3_0(),
        "3.1" => m.still_work_cause_3_1(),
        "3.2" => m.still_work_cause_3_2(),
        "3.3" => m.still_work_cause_3_3(),
        "3.4" => m.still_work_cause_3_4(),
        "4.0" => m.still_work_cause_4_0(),
        "4.1" => m.still_work_cause_4_1(),
        "4.2" => m.still_work_cause_4_2(),
        "5.0" => m.still_work_cause_5_0(),
        "5.1" => m.still_work_cause_5_1(),
        "5.2" => m.still_work_cause_5_2(),
        "5.3" => m.still_work_cause_5_3(),
        "5.4" => m.still_work_cause_5_4(),
        "5.5" => m.still_work_cause_5_5(),
        _ => m.still_work_cause_5_6(),
    }
}

/// An activity, by its code of ISO 14224.
#[must_use]
pub fn activity(m: Messages, word: &str) -> &'static str {
    match word {
        "1" => m.still_work_activity_1(),
        "2" => m.still_work_activity_2(),
        "3" => m.still_work_activity_3(),
        "4" => m.still_work_activity_4(),
        "5" => m.still_work_activity_5(),
        "6" => m.still_work_activity_6(),
        "7" => m.still_work_activity_7(),
        "8" => m.still_work_activity_8(),
        "9" => m.still_work_activity_9(),
        "10" => m.still_work_activity_10(),
        "11" => m.still_work_activity_11(),
        _ => m.still_work_activity_12(),
    }
}

/// How likely, 1 to 5 (IEC 31010).
#[must_use]
pub fn likelihood(m: Messages, likelihood: u8) -> &'static str {
    match likelihood {
        1 => m.still_risk_rare(),
        2 => m.still_risk_unlikely(),
        3 => m.still_risk_possible(),
        4 => m.still_risk_likely(),
        _ => m.still_risk_certain(),
    }
}

/// How bad, 1 to 5.
#[must_use]
pub fn severity(m: Messages, severity: u8) -> &'static str {
    match severity {
        1 => m.still_risk_negligible(),
        2 => m.still_risk_minor(),
        3 => m.still_risk_moderate(),
        4 => m.still_risk_major(),
        _ => m.still_risk_severe(),
    }
}

/// What is to be done about a risk.
#[must_use]
pub fn risk_class(m: Messages, word: &str) -> &'static str {
    match word {
        "low" => m.still_risk_low(),
        "medium" => m.still_risk_medium(),
        "high" => m.still_risk_high(),
        _ => m.still_risk_extreme(),
    }
}

/// A key figure.
#[must_use]
pub fn figure(m: Messages, word: &str) -> &'static str {
    match word {
        "schedule" => m.still_figure_schedule(),
        "pm" => m.still_figure_pm(),
        "backlog" => m.still_figure_backlog(),
        "reactive" => m.still_figure_reactive(),
        "mtbf" => m.still_figure_mtbf(),
        "mttr" => m.still_figure_mttr(),
        _ => m.still_figure_wrench(),
    }
}

/// How a key figure is worked out, and by whose definition.
#[must_use]
pub fn formula(m: Messages, word: &str) -> &'static str {
    match word {
        "schedule" => m.still_figure_schedule_by(),
        "pm" => m.still_figure_pm_by(),
        "backlog" => m.still_figure_backlog_by(),
        "reactive" => m.still_figure_reactive_by(),
        "mtbf" => m.still_figure_mtbf_by(),
        "mttr" => m.still_figure_mttr_by(),
        _ => m.still_figure_wrench_by(),
    }
}

/// Why there is no figure.
#[must_use]
pub fn no_figure(m: Messages, word: &str) -> &'static str {
    match word {
        "nothing_scheduled" => m.still_figure_no_schedule(),
        "nothing_due" => m.still_figure_no_due(),
        "no_capacity" => m.still_figure_no_capacity(),
        "no_estimates" => m.still_figure_no_estimates(),
        "no_failures" => m.still_figure_no_failures(),
        "no_operating_time" => m.still_figure_no_operating(),
        "nothing_restored" => m.still_figure_no_restored(),
        "one_person" => m.still_figure_one_person(),
        _ => m.still_figure_no_hours(),
    }
}
