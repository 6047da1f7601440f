//! What the children of a level have in common: the values that make columns, and the state.

use std::borrow::Cow;
use std::collections::BTreeMap;

use twin::{AssetId, Point, PointId, Twin};
use wire::page::{RowsColumn, Units};

use crate::units;

/// Children looked at to find what they have in common.
const SAMPLE: usize = 200;
/// Points looked at of each.
const POINTS: usize = 64;
/// Columns to choose from.
const MOST: usize = 24;

/// What the children have in common.
#[derive(Debug, Default)]
pub struct Common {
    /// The most telling first.
    pub columns: Vec<RowsColumn>,
    /// The key of the points that tell operating states.
    pub state: Option<String>,
}

/// How often a key was met.
struct Met {
    children: usize,
    /// How telling, the least the most.
    rank: (u32, u8),
    first: PointId,
}

impl Common {
    /// Looks at some of the children, evenly over all of them.
    pub fn of(twin: &Twin, children: &[AssetId], units: Units) -> Self {
        let step = children.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<AssetId> = children.iter().step_by(step).copied().collect();
        let mut met: BTreeMap<Cow<'_, str>, Met> = BTreeMap::new();
        let mut states: BTreeMap<Cow<'_, str>, usize> = BTreeMap::new();
        for child in &sample {
            for (point, known) in points(twin, *child) {
                if let Some(rank) = twin.telling(point) {
                    let met = met.entry(key(known)).or_insert(Met {
                        children: 0,
                        rank,
                        first: point,
                    });
                    met.children += 1;
                    met.rank = met.rank.min(rank);
                }
            }
            let state = twin.state_point(*child).and_then(|point| twin.point(point));
            if let Some(state) = state {
                *states.entry(key(state)).or_default() += 1;
            }
        }
        // Four of five: a column with holes in every other row says less than each row's own values.
        met.retain(|_, met| met.children * 5 >= sample.len() * 4);
        let mut columns: Vec<_> = met.into_iter().collect();
        columns.sort_by_key(|(_, met)| (met.rank, met.first));
        let column = |(key, met): (Cow<'_, str>, Met)| {
            let known = twin.point(met.first)?;
            Some(RowsColumn {
                key: key.into_owned(),
                name: known.name.to_string(),
                unit: known.unit.as_ref().map(|unit| {
                    units::of_point(units, known)
                        .map_or_else(|| unit.symbol.to_string(), |(symbol, _)| symbol)
                }),
            })
        };
        Self {
            columns: columns.into_iter().take(MOST).filter_map(column).collect(),
            state: states
                .into_iter()
                .max_by_key(|(_, children)| *children)
                .map(|(key, _)| key.into_owned()),
        }
    }
}

/// What a point is called among its like: its property in the model, else its tag.
fn key(point: &Point) -> Cow<'_, str> {
    match point.property.as_deref() {
        Some(property) => Cow::Borrowed(property),
        None => point.tag(),
    }
}

fn points(twin: &Twin, asset: AssetId) -> impl Iterator<Item = (PointId, &Point)> {
    let points = twin.points_of(asset).iter().take(POINTS);
    points.filter_map(|point| Some((*point, twin.point(*point)?)))
}

/// The point of an asset with this key.
pub fn point_with(twin: &Twin, asset: AssetId, wanted: &str) -> Option<PointId> {
    points(twin, asset)
        .find(|(_, point)| key(point) == wanted)
        .map(|(id, _)| id)
}
