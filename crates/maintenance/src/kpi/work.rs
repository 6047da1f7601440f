//! Figures of how work is managed.

use std::collections::BTreeSet;

use twin::{Span, Timestamp};

use crate::id::{OrderId, PersonId};
use crate::order::event::TimeKind;
use crate::order::{Order, Status, WorkKind};
use crate::span::{Stretch, hours};

use super::{Figure, NoFigure, Unit, count, figure};

/// Orders that count at all.
fn counted<'o>(orders: impl IntoIterator<Item = &'o Order>) -> impl Iterator<Item = &'o Order> {
    orders
        .into_iter()
        .filter(|order| order.status() != Status::Cancelled)
}

/// Orders performed as scheduled ÷ orders scheduled (SMRP 5.4.4; EN 15341 O22).
///
/// Scheduled are those whose slot, as it stood when the period began, starts in it and is over by its end: what is still
/// going on is not missed. For those that got their first slot later, that one. Performed as scheduled is what was done by the end of the period: moving a slot away does
/// not help. SMRP takes the whole week as the schedule, so the period should be one.
///
/// # Errors
/// [`NoFigure::NothingScheduled`].
pub fn schedule_compliance<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    period: Stretch,
) -> Result<Figure, NoFigure> {
    let scheduled: Vec<&Order> = counted(orders)
        .filter(|order| {
            committed(order, period).is_some_and(|slot| period.has(slot.from()) && slot.to() <= period.to())
        })
        .collect();
    let of: Vec<OrderId> = scheduled.iter().map(|order| order.id()).collect();
    let rows: Vec<OrderId> = scheduled
        .iter()
        .filter(|order| order.done_at().is_some_and(|done| done < period.to()))
        .map(|order| order.id())
        .collect();
    figure(
        Unit::Share,
        count(&rows),
        count(&of),
        (rows, of),
        NoFigure::NothingScheduled,
    )
}

/// The slot that was in force when the period began, else the first that was given in it.
fn committed(order: &Order, period: Stretch) -> Option<Stretch> {
    let mut committed = None;
    for (slot, at) in order.slots() {
        if at <= period.from() || (committed.is_none() && at < period.to()) {
            committed = slot;
        }
    }
    committed
}

/// Preventive orders done by their latest date ÷ preventive orders whose latest date is in the period
/// (SMRP 5.4.14). The latest date is the one it was asked for with, tolerance included: moving it does not help.
///
/// # Errors
/// [`NoFigure::NothingDue`].
pub fn pm_compliance<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    period: Stretch,
) -> Result<Figure, NoFigure> {
    let due: Vec<&Order> = counted(orders)
        .filter(|order| order.request().kind.is_preventive())
        .filter(|order| asked_latest(order).is_some_and(|latest| period.has(latest)))
        .collect();
    let of: Vec<OrderId> = due.iter().map(|order| order.id()).collect();
    let in_time = due.iter().filter(|order| {
        order
            .done_at()
            .is_some_and(|done| asked_latest(order) >= Some(done))
    });
    let rows: Vec<OrderId> = in_time.map(|order| order.id()).collect();
    figure(
        Unit::Share,
        count(&rows),
        count(&of),
        (rows, of),
        NoFigure::NothingDue,
    )
}

/// The latest date as it was asked for; the present one where nothing was said.
fn asked_latest(order: &Order) -> Option<Timestamp> {
    order.request().dates.latest.or(order.dates().latest)
}

/// Hours of work that is ready ÷ hours the crews have in a week (SMRP 5.4.9, ready backlog). Ready is what is planned
/// or scheduled and not begun; orders whose job says nothing about hours count nowhere.
///
/// # Errors
/// [`NoFigure::NoCapacity`], and [`NoFigure::NoEstimates`] when there is ready work and none has hours.
pub fn backlog_weeks<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    weekly: Span,
) -> Result<Figure, NoFigure> {
    let ready: Vec<&Order> = counted(orders)
        .filter(|order| matches!(order.status(), Status::Planned | Status::Scheduled))
        .collect();
    let estimated: Vec<&Order> = ready
        .iter()
        .copied()
        .filter(|order| order.job().hours() > 0.0)
        .collect();
    if estimated.is_empty() && !ready.is_empty() {
        return Err(NoFigure::NoEstimates);
    }
    let open: f64 = estimated.iter().map(|order| order.job().hours()).sum();
    let rows = estimated.iter().map(|order| order.id()).collect();
    figure(
        Unit::Weeks,
        open,
        hours(weekly),
        (rows, Vec::new()),
        NoFigure::NoCapacity,
    )
}

/// Hours on work that broke into the schedule because something had failed ÷ all hours (SMRP 5.4.1, reactive work;
/// EN 15341 O17, immediate corrective maintenance). Hours count where they were worked.
///
/// # Errors
/// [`NoFigure::NoHours`].
pub fn reactive_share<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    period: Stretch,
) -> Result<Figure, NoFigure> {
    let (mut rows, mut of) = (Vec::new(), Vec::new());
    let (mut reactive, mut all) = (0.0, 0.0);
    for order in counted(orders) {
        let spent = worked(order, period, |_, _| true);
        if spent <= 0.0 {
            continue;
        }
        of.push(order.id());
        all += spent;
        let kind = order.request().kind;
        if kind == WorkKind::CorrectiveImmediate || (kind.is_corrective() && order.is_break_in()) {
            rows.push(order.id());
            reactive += spent;
        }
    }
    figure(Unit::Share, reactive, all, (rows, of), NoFigure::NoHours)
}

/// Hours with hands on the job ÷ all hours of these people (SMRP 5.6.1). Of a crew, not of one person: who wants
/// that must pass one person's id and know that the site has turned it on.
///
/// # Errors
/// [`NoFigure::NoHours`].
pub fn wrench_time<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    people: &BTreeSet<PersonId>,
    period: Stretch,
) -> Result<Figure, NoFigure> {
    let (mut rows, mut of) = (Vec::new(), Vec::new());
    let (mut hands_on, mut all) = (0.0, 0.0);
    for order in counted(orders) {
        let spent = worked(order, period, |person, _| people.contains(&person));
        if spent <= 0.0 {
            continue;
        }
        of.push(order.id());
        all += spent;
        let wrench = worked(order, period, |person, kind| {
            people.contains(&person) && kind == TimeKind::Wrench
        });
        if wrench > 0.0 {
            rows.push(order.id());
            hands_on += wrench;
        }
    }
    figure(Unit::Share, hands_on, all, (rows, of), NoFigure::NoHours)
}

/// Hours worked within the period.
fn worked(order: &Order, period: Stretch, counts: impl Fn(PersonId, TimeKind) -> bool) -> f64 {
    let work = order.work().into_iter();
    work.filter(|work| counts(work.person, work.kind))
        .filter_map(|work| work.time.and(period))
        .map(|time| hours(time.len()))
        .sum()
}
