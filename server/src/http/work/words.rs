//! From what the domain refuses to the stable words that pages translate.

use axum::http::StatusCode;
use maintenance::order::{ConflictKind, Refusal};

use crate::work::WorkError;

/// The status and the word of why an act was not taken.
pub fn of_error(error: &WorkError) -> (StatusCode, &'static str) {
    match error {
        WorkError::Refused(refusal) => (status(refusal), of_refusal(refusal)),
        WorkError::Full => (StatusCode::UNPROCESSABLE_ENTITY, "full"),
        WorkError::None => (StatusCode::NOT_FOUND, "other_order"),
        WorkError::Records(_) | WorkError::Broken(_) => (StatusCode::SERVICE_UNAVAILABLE, "full"),
    }
}

const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::NoRight(_) => StatusCode::FORBIDDEN,
        Refusal::KeyTaken | Refusal::FromTheFuture | Refusal::NothingToSettle(_) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The word of a refusal.
pub const fn of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::OtherOrder(_) => "other_order",
        Refusal::NotFirst => "not_first",
        Refusal::NoRequest => "no_request",
        Refusal::KeyTaken => "key_taken",
        Refusal::FromTheFuture => "from_the_future",
        Refusal::NoRight(_) => "no_right",
        Refusal::NoTransition { .. } => "no_transition",
        Refusal::Ended(_) => "ended",
        Refusal::NoReason => "no_reason",
        Refusal::NoSlot => "no_slot",
        Refusal::PermitsOpen(_) => "permits_open",
        Refusal::LocksOpen(_) => "locks_open",
        Refusal::LocksStand(_) => "locks_stand",
        Refusal::StepsOpen(_) => "steps_open",
        Refusal::ConflictsOpen(_) => "conflicts_open",
        Refusal::NotInJob => "not_in_job",
        Refusal::WrongAnswer(_) => "wrong_answer",
        Refusal::Empty => "empty",
        Refusal::BadNumber => "bad_number",
        Refusal::BadDates => "bad_dates",
        Refusal::BadJob(_) => "bad_job",
        Refusal::NothingToWithdraw(_) => "nothing_to_withdraw",
        Refusal::NothingToSettle(_) => "nothing_to_settle",
        Refusal::CannotKeep(_) => "cannot_keep",
    }
}

/// The word of what a conflict is about.
pub const fn of_conflict(kind: &ConflictKind) -> &'static str {
    match kind {
        ConflictKind::Field(_) => "field",
        ConflictKind::Moved { .. } => "moved",
        ConflictKind::Hindered(_) => "hindered",
        ConflictKind::Answers(_) => "answers",
        ConflictKind::StepGone(_) => "step_gone",
        ConflictKind::NotInJob => "not_in_job",
        ConflictKind::AfterEnd(_) => "after_end",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use app::i18n::{Locale, Messages};
    use app::still::work::words::refusal;
    use maintenance::id::{Key, OrderId, StepId};
    use maintenance::order::job::BadJob;
    use maintenance::order::{Keep, Right, Status};

    use super::*;

    #[test]
    fn every_refusal_has_words_of_its_own_in_three_languages() {
        let (key, step) = (Key::new(1), StepId::new(1));
        let (from, to) = (Status::Done, Status::Planned);
        let all = [
            Refusal::OtherOrder(OrderId::new(1)),
            Refusal::NotFirst,
            Refusal::NoRequest,
            Refusal::KeyTaken,
            Refusal::FromTheFuture,
            Refusal::NoRight(Right::Plan),
            Refusal::NoTransition { from, to },
            Refusal::Ended(from),
            Refusal::NoReason,
            Refusal::NoSlot,
            Refusal::PermitsOpen(vec![]),
            Refusal::LocksOpen(vec![]),
            Refusal::LocksStand(vec![]),
            Refusal::StepsOpen(vec![step]),
            Refusal::ConflictsOpen(vec![key]),
            Refusal::NotInJob,
            Refusal::WrongAnswer(step),
            Refusal::Empty,
            Refusal::BadNumber,
            Refusal::BadDates,
            Refusal::BadJob(BadJob::BadAmount),
            Refusal::NothingToWithdraw(key),
            Refusal::NothingToSettle(key),
            Refusal::CannotKeep(Keep::Both),
        ];
        for locale in Locale::OFFERED {
            let m = Messages::of(locale);
            let said: BTreeSet<&str> = all.iter().map(|one| refusal(m, of_refusal(one))).collect();
            assert_eq!(said.len(), all.len(), "{locale:?}: {said:?}");
        }
        let english: BTreeSet<&str> = all
            .iter()
            .map(|one| refusal(Messages::of(Locale::En), of_refusal(one)))
            .collect();
        for locale in [Locale::Fr, Locale::De] {
            let m = Messages::of(locale);
            for one in &all {
                assert!(
                    !english.contains(refusal(m, of_refusal(one))),
                    "{locale:?} {one:?}"
                );
            }
        }
    }
}
