//! From the twin to what pages and sockets carry. Pure; called under the twin's read lock.

use twin::{AssetId, LimitKind, NeedKind, PointId, Twin, UnitOrigin};
use wire::page::{self, AssetNode, AssetRef, Need, PointInfo, PointView};
use wire::reading::{wire_cadence_from_twin, wire_from_twin};

use crate::model::wire_from_limits;
use crate::plant::summary_from_twin;
use crate::sources::SourceBook;

/// An asset by name and address.
#[must_use]
pub fn asset_ref(twin: &Twin, asset: AssetId) -> Option<AssetRef> {
    let found = twin.asset(asset)?;
    Some(AssetRef {
        asset: asset.get(),
        name: found.name.to_string(),
        path: twin.path(asset),
    })
}

/// From the root down to the asset itself.
#[must_use]
pub fn crumbs(twin: &Twin, asset: AssetId) -> Vec<AssetRef> {
    twin.trail(asset)
        .into_iter()
        .filter_map(|above| asset_ref(twin, above))
        .collect()
}

/// An asset in a tree or table.
#[must_use]
pub fn node(twin: &Twin, asset: AssetId) -> Option<AssetNode> {
    let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    Some(AssetNode {
        asset: asset_ref(twin, asset)?,
        children: count(twin.children(asset).len()),
        points: count(twin.points_of(asset).len()),
        summary: summary_from_twin(twin.summary(asset)),
        state: twin.state_point(asset).and_then(|point| point_view(twin, point)),
    })
}

/// What is known of a point beside its value.
#[must_use]
pub fn point_info(twin: &Twin, id: PointId) -> Option<PointInfo> {
    let point = twin.point(id)?;
    let simulated = twin
        .reading(id)
        .is_some_and(|reading| reading.flags.has(twin::Flags::SIMULATED));
    Some(PointInfo {
        point: id.get(),
        asset: point.asset.get(),
        name: point.name.to_string(),
        unit: point.unit.as_ref().map(|unit| page::Unit {
            symbol: unit.symbol.to_string(),
            guessed: unit.origin == UnitOrigin::Guessed,
        }),
        normal: point.normal(),
        limits: limits(point),
        range: point.range(),
        decimals: point.decimals,
        is_simulated: simulated,
        measured: None,
        states: Vec::new(),
    })
}

/// The limits of a point, and how urgent each is.
#[must_use]
pub fn limits(point: &twin::Point) -> page::Limits {
    page::Limits {
        priorities: wire_from_priorities(point.priorities()),
        ..wire_from_limits(point.limits())
    }
}

/// A point as pages show it, its small trend still missing.
#[must_use]
pub fn point_view(twin: &Twin, id: PointId) -> Option<PointView> {
    Some(PointView {
        info: point_info(twin, id)?,
        cadence: wire_cadence_from_twin(twin.cadence(id)),
        reading: twin.reading(id).map(wire_from_twin),
        spark: None,
    })
}

/// The telling values of an asset.
#[must_use]
pub fn indicators(twin: &Twin, asset: AssetId, most: usize) -> Vec<PointView> {
    twin.indicators(asset, most)
        .into_iter()
        .filter_map(|point| point_view(twin, point))
        .collect()
}

/// The same for a row: a part's value is called by the part, or it would pass for the row's own.
#[must_use]
pub fn row_indicators(twin: &Twin, asset: AssetId, most: usize) -> Vec<PointView> {
    let mut views = indicators(twin, asset, most);
    for view in &mut views {
        let part = AssetId::new(view.info.asset);
        if let Some(part) = twin.asset(part).filter(|_| part != asset) {
            view.info.name = format!("{} · {}", part.name, view.info.name);
        }
    }
    views
}

/// Something that asks for somebody.
#[must_use]
pub fn need_from_twin(twin: &Twin, sources: &SourceBook, need: &twin::Need) -> Option<Need> {
    let (kind, point) = match need.kind {
        NeedKind::Limit { point, limit, at } => (
            page::NeedKind::Limit {
                limit: wire_from_limit(limit),
                at,
            },
            point_view(twin, point),
        ),
        NeedKind::SourceDown { source } => {
            let status = sources.get(source)?.status();
            (
                page::NeedKind::SourceDown {
                    source: status.source,
                    name: status.name,
                    state: status.state,
                },
                None,
            )
        }
        NeedKind::Silent {
            late,
            stale,
            offline,
            among,
        } => (
            page::NeedKind::Silent {
                late,
                stale,
                offline,
                among,
            },
            None,
        ),
        NeedKind::Bad { points } => (page::NeedKind::Bad { points }, None),
    };
    Some(Need {
        kind,
        since_millis: need.since.millis(),
        is_longer: need.is_longer,
        trail: need.asset.map(|asset| crumbs(twin, asset)).unwrap_or_default(),
        point,
    })
}

const fn wire_from_limit(limit: LimitKind) -> page::LimitKind {
    match limit {
        LimitKind::LowLow => page::LimitKind::LowLow,
        LimitKind::Low => page::LimitKind::Low,
        LimitKind::High => page::LimitKind::High,
        LimitKind::HighHigh => page::LimitKind::HighHigh,
    }
}

const fn wire_from_priorities(priorities: twin::Priorities) -> page::Priorities {
    page::Priorities {
        low_low: priorities.low_low,
        low: priorities.low,
        high: priorities.high,
        high_high: priorities.high_high,
    }
}
