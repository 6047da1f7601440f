//! Figures of how often equipment fails, and how soon it is back.

use std::collections::BTreeSet;

use twin::{AssetId, Span, Timestamp};

use crate::id::OrderId;
use crate::order::{Order, Status};
use crate::span::{Stretch, hours};

use super::{Figure, NoFigure, Unit, count, figure};

/// How long equipment ran in a period, as counted by the twin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operated(pub Option<Span>);

/// A failure: a stop of one equipment that a failure caused, and the orders that tell of it.
struct Failure {
    asset: AssetId,
    from: Timestamp,
    /// None while it still stands.
    to: Option<Timestamp>,
    orders: Vec<OrderId>,
}

/// Failures that began in the period. Stops of one equipment that overlap are one failure.
fn failures<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    assets: &BTreeSet<AssetId>,
    period: Stretch,
) -> Vec<Failure> {
    let mut stops: Vec<Failure> = orders
        .into_iter()
        .filter(|order| order.status() != Status::Cancelled)
        .filter(|order| assets.contains(&order.request().asset))
        .flat_map(|order| {
            let stops = order.stops().into_iter().filter(|stop| stop.is_failure);
            stops.map(|stop| Failure {
                asset: order.request().asset,
                from: stop.from,
                to: stop.to,
                orders: vec![order.id()],
            })
        })
        .collect();
    stops.sort_by_key(|stop| (stop.asset, stop.from));
    let mut joined: Vec<Failure> = Vec::new();
    for stop in stops {
        match joined.last_mut() {
            Some(last) if last.asset == stop.asset && last.to.is_none_or(|to| stop.from < to) => {
                // Still standing by one of them is standing.
                last.to = last.to.zip(stop.to).map(|(one, other)| one.max(other));
                last.orders.extend(stop.orders);
            }
            _ => joined.push(stop),
        }
    }
    joined.retain(|failure| period.has(failure.from));
    joined
}

fn orders_of<'f>(failures: impl IntoIterator<Item = &'f Failure>) -> Vec<OrderId> {
    let orders = failures
        .into_iter()
        .flat_map(|failure| failure.orders.iter().copied());
    orders.collect::<BTreeSet<OrderId>>().into_iter().collect()
}

/// Operating time ÷ number of failures, in hours (SMRP 3.5.1; EN 15341 T17). Where nothing failed there is no
/// figure: it would be no less than the operating time, and nobody knows by how much.
///
/// # Errors
/// [`NoFigure::NoOperatingTime`], [`NoFigure::NoFailures`].
pub fn mtbf<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    assets: &BTreeSet<AssetId>,
    period: Stretch,
    operated: Operated,
) -> Result<Figure, NoFigure> {
    let operated = operated.0.ok_or(NoFigure::NoOperatingTime)?;
    let failures = failures(orders, assets, period);
    let of = orders_of(&failures);
    figure(
        Unit::Hours,
        hours(operated),
        count(&failures),
        (Vec::new(), of),
        NoFigure::NoFailures,
    )
}

/// Time to restoration ÷ number of failures, in hours (SMRP 3.5.2; EN 15341 T21), over failures that began in the
/// period and are over.
///
/// # Errors
/// [`NoFigure::NoFailures`], [`NoFigure::NothingRestored`].
pub fn mttr<'o>(
    orders: impl IntoIterator<Item = &'o Order>,
    assets: &BTreeSet<AssetId>,
    period: Stretch,
) -> Result<Figure, NoFigure> {
    let failures = failures(orders, assets, period);
    if failures.is_empty() {
        return Err(NoFigure::NoFailures);
    }
    let over: Vec<(&Failure, f64)> = failures
        .iter()
        .filter_map(|failure| Some((failure, hours(failure.to?.since(failure.from)))))
        .collect();
    let of = orders_of(over.iter().map(|(failure, _)| *failure));
    let restoring = over.iter().map(|(_, hours)| hours).sum();
    figure(
        Unit::Hours,
        restoring,
        count(&over),
        (of.clone(), of),
        NoFigure::NothingRestored,
    )
}
