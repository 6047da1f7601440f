//! The table of children: sorted and sieved over all of them on live values, then a page of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Locale;
use twin::{AssetId, Quality, Twin, Value};
use wire::page::{
    AssetNode, ChildRow, PointView, ROWS, RowsColumn, RowsOnly, RowsPage, RowsQuery, Units, state_of,
};
use wire::reading::wire_from_twin;

use super::columns::{Common, point_with};
use super::hierarchy::{self, Hierarchy, Sums};
use super::{count, is_abnormal};
use crate::backend::Gemba;
use crate::backend::shown::states as states_of;
use crate::model::LoadedModel;
use crate::{units, view};

/// Up to this many rows a level shows the one below it too.
const BOTH_LEVELS: usize = 24;
/// Columns shown when none is asked for.
const FEW: usize = 2;
/// Columns shown at most.
const MOST_SHOWN: usize = 3;
/// Values that get small trends; those of the first screen.
const WITH_TRENDS: usize = 80;
/// States to choose from.
const MOST_STATES: usize = 24;

/// For whom the table is made, and what the model says.
#[derive(Clone, Copy)]
struct Reader<'m> {
    units: Units,
    locale: Locale,
    loaded: &'m LoadedModel,
    /// Counts in the hierarchy of the page.
    sums: &'m Sums,
}

/// A child among the rows.
#[derive(Clone, Copy)]
struct Row {
    asset: AssetId,
    depth: u8,
    has_rows: bool,
}

/// By what a row is sorted.
#[derive(Debug, PartialEq)]
enum Key {
    Number(f64),
    Text(String),
    /// Nothing known: last, whichever way.
    Nothing,
}

impl Gemba {
    pub(in crate::backend) async fn rows_page(
        &self,
        viewer: &Viewer,
        path: &str,
        query: &RowsQuery,
    ) -> Result<RowsPage, ApiError> {
        let now = self.clock.now();
        let loaded = self.model.current();
        let tree = Hierarchy::for_viewer(viewer, &loaded, &query.by, now);
        let page = self.read(|twin| {
            let asset = self.visible_path(viewer, twin, &tree, path)?;
            let rows = self.all_rows(viewer, twin, &tree, asset);
            let bare = asset
                .filter(|_| rows.is_empty())
                .and_then(|asset| hierarchy::bare(&loaded, twin, &tree, asset, &query.by, now));
            let reader = Reader {
                units: viewer.units,
                locale: viewer.locale,
                loaded: &loaded,
                sums: &tree.sums(twin),
            };
            Some(RowsPage {
                position: self.position(twin),
                made_millis: now.millis(),
                bare,
                ..page(twin, &tree, rows, query, reader)
            })
        });
        let mut page = page.ok_or(ApiError::NotFound)?;
        let cells = page.rows.iter_mut().flat_map(|row| row.cells.iter_mut());
        self.sparks
            .fill(now, cells.flatten().take(WITH_TRENDS).collect())
            .await;
        Ok(page)
    }

    /// The children, or the roots; of a small level each followed by its own.
    fn all_rows(&self, viewer: &Viewer, twin: &Twin, tree: &Hierarchy<'_>, of: Option<AssetId>) -> Vec<Row> {
        let children = self.below(viewer, twin, tree, of);
        let both: usize = children
            .iter()
            .map(|child| 1 + tree.count(twin, *child))
            .take(BOTH_LEVELS + 1)
            .sum();
        let mut rows = Vec::with_capacity(children.len());
        for asset in children {
            let below = if both <= BOTH_LEVELS {
                self.below(viewer, twin, tree, Some(asset))
            } else {
                Vec::new()
            };
            rows.push(Row {
                asset,
                depth: 0,
                has_rows: !below.is_empty(),
            });
            rows.extend(below.into_iter().map(|asset| Row {
                asset,
                depth: 1,
                has_rows: false,
            }));
        }
        rows
    }
}

fn page(
    twin: &Twin,
    tree: &Hierarchy<'_>,
    mut rows: Vec<Row>,
    query: &RowsQuery,
    reader: Reader<'_>,
) -> RowsPage {
    let units = reader.units;
    let assets: Vec<AssetId> = rows.iter().map(|row| row.asset).collect();
    let common = Common::of(twin, &assets, units);
    let shown = shown(&common.columns, &query.columns);
    let (total, before) = (count(rows.len()), rows.len());
    sieve(twin, &mut rows, query, &common, reader);
    let is_mixed = rows.len() < before || !query.sort.is_empty();
    sort(twin, &mut rows, query, &common, reader);
    let draw = |row: &Row| {
        let cells = if shown.is_empty() {
            let own = view::row_indicators(twin, row.asset, FEW);
            own.into_iter().map(Some).collect()
        } else {
            shown
                .iter()
                .map(|column| cell(twin, row.asset, &column.key))
                .collect()
        };
        Some(ChildRow {
            node: AssetNode {
                children: count(tree.count(twin, row.asset)),
                summary: reader.sums.of(twin, row.asset),
                ..view::node(twin, row.asset)?
            },
            cells,
            // Sorted or sieved, the levels mix: no row stands below its own parent.
            depth: if is_mixed { 0 } else { row.depth },
            has_rows: row.has_rows && !is_mixed,
        })
    };
    let offset = query.offset.min(count(rows.len()).saturating_sub(1));
    let offset = offset - offset % ROWS;
    RowsPage {
        position: wire::message::Position {
            epoch: 0,
            revision: 0,
        },
        made_millis: 0,
        rows: rows
            .iter()
            .skip(offset as usize)
            .take(ROWS as usize)
            .filter_map(draw)
            .collect(),
        offset,
        matching: count(rows.len()),
        total,
        bare: None,
        bounds: bounds(twin, &assets, query, units),
        states: states(twin, &assets, &common, reader),
        shown,
        columns: common.columns,
    }
}

/// Those asked for, else the most telling.
fn shown(columns: &[RowsColumn], asked: &[String]) -> Vec<RowsColumn> {
    let known = |key: &String| columns.iter().find(|column| column.key == *key).cloned();
    let found: Vec<RowsColumn> = asked.iter().filter_map(known).take(MOST_SHOWN).collect();
    if found.is_empty() && columns.len() < FEW {
        // One value for all says less than each row's own two.
        Vec::new()
    } else if found.is_empty() {
        columns.iter().take(FEW).cloned().collect()
    } else {
        found
    }
}

fn cell(twin: &Twin, asset: AssetId, key: &str) -> Option<PointView> {
    view::point_view(twin, point_with(twin, asset, key)?)
}

fn sieve(twin: &Twin, rows: &mut Vec<Row>, query: &RowsQuery, common: &Common, reader: Reader<'_>) {
    let words: Vec<String> = query
        .words
        .split_whitespace()
        .take(8)
        .map(str::to_lowercase)
        .collect();
    if !words.is_empty() {
        rows.retain(|row| {
            let name = twin
                .asset(row.asset)
                .map(|asset| asset.name.to_lowercase())
                .unwrap_or_default();
            words.iter().all(|word| name.contains(word.as_str()))
        });
    }
    if query.only != RowsOnly::All {
        rows.retain(|row| {
            let summary = reader.sums.of(twin, row.asset);
            match query.only {
                RowsOnly::All => true,
                RowsOnly::Abnormal => is_abnormal(&summary),
                RowsOnly::Beyond => summary.high + summary.medium > 0,
                RowsOnly::Silent => summary.live < summary.points,
            }
        });
    }
    if !query.state.is_empty() {
        rows.retain(|row| {
            state(twin, row.asset, common, reader).is_some_and(|(state, _)| state == query.state)
        });
    }
    if !query.column.is_empty() && (query.min.is_some() || query.max.is_some()) {
        rows.retain(|row| match value(twin, row.asset, &query.column, query.units) {
            Key::Number(number) => {
                query.min.is_none_or(|min| number >= min) && query.max.is_none_or(|max| number <= max)
            }
            _ => false,
        });
    }
}

/// Rows come in the natural order of their names and keep it among equals.
fn sort(twin: &Twin, rows: &mut Vec<Row>, query: &RowsQuery, common: &Common, reader: Reader<'_>) {
    let by: &dyn Fn(AssetId) -> Key = match query.sort.as_str() {
        "" => return,
        "name" => {
            if query.descending {
                rows.reverse();
            }
            return;
        }
        "state" => {
            &|asset| state(twin, asset, common, reader).map_or(Key::Nothing, |(_, word)| Key::Text(word))
        }
        "beyond" => &|asset| {
            let summary = reader.sums.of(twin, asset);
            Key::Number(f64::from(summary.high) * 1e6 + f64::from(summary.medium))
        },
        // By what is missing, not by size.
        "tags" => &|asset| {
            let summary = reader.sums.of(twin, asset);
            Key::Number(f64::from(summary.live) - f64::from(summary.points))
        },
        other => {
            let column = other.strip_prefix("p:").unwrap_or_default();
            &move |asset| value(twin, asset, column, reader.units)
        }
    };
    let mut keyed: Vec<(Key, Row)> = rows.iter().map(|row| (by(row.asset), *row)).collect();
    keyed.sort_by(|(a, _), (b, _)| compare(a, b, query.descending));
    *rows = keyed.into_iter().map(|(_, row)| row).collect();
}

fn compare(a: &Key, b: &Key, descending: bool) -> Ordering {
    let order = match (a, b) {
        (Key::Nothing, Key::Nothing) => return Ordering::Equal,
        (Key::Nothing, _) => return Ordering::Greater,
        (_, Key::Nothing) => return Ordering::Less,
        (Key::Number(a), Key::Number(b)) => a.total_cmp(b),
        (Key::Text(a), Key::Text(b)) => a.cmp(b),
        (Key::Number(_), Key::Text(_)) => Ordering::Less,
        (Key::Text(_), Key::Number(_)) => Ordering::Greater,
    };
    if descending { order.reverse() } else { order }
}

/// The value of an asset in a column, in these units; nothing where it is bad or not there.
fn value(twin: &Twin, asset: AssetId, column: &str, units: Units) -> Key {
    let Some(point) = point_with(twin, asset, column) else {
        return Key::Nothing;
    };
    match (reading(twin, point), twin.point(point)) {
        (Key::Number(number), Some(point)) => Key::Number(units::number(units, point, number)),
        (other, _) => other,
    }
}

/// What was asked for as bounds, in the reader's units: the address may have been written in others.
fn bounds(twin: &Twin, assets: &[AssetId], query: &RowsQuery, units: Units) -> (Option<f64>, Option<f64>) {
    let asked = (query.min, query.max);
    let point = assets
        .iter()
        .find_map(|asset| point_with(twin, *asset, &query.column));
    let Some(point) = point
        .and_then(|point| twin.point(point))
        .filter(|_| query.units != units)
    else {
        return asked;
    };
    let there = units::of_point(query.units, point).map(|(_, measured)| measured.scale);
    let by = |value: f64| {
        let measured = there.map_or(value, |scale| units::back(scale, value));
        units::rounded(units::number(units, point, measured))
    };
    (asked.0.map(by), asked.1.map(by))
}

fn reading(twin: &Twin, point: twin::PointId) -> Key {
    let usable = twin
        .reading(point)
        .filter(|reading| reading.quality != Quality::Bad);
    match usable.and_then(|reading| reading.value.as_ref()) {
        Some(Value::Number(number)) => Key::Number(*number),
        Some(Value::Bool(on)) => Key::Number(f64::from(u8::from(*on))),
        Some(Value::Text(text)) => Key::Text(text.to_string()),
        None => Key::Nothing,
    }
}

/// The operating state and the word for it: what it means where the model says so, else as it is sent.
fn state(twin: &Twin, asset: AssetId, common: &Common, reader: Reader<'_>) -> Option<(String, String)> {
    let usual = common
        .state
        .as_deref()
        .and_then(|key| point_with(twin, asset, key));
    let point = usual.or_else(|| twin.state_point(asset))?;
    let value = twin.reading(point).map(wire_from_twin)?.value?;
    let said = states_of(twin, reader.loaded, point, reader.locale);
    match (state_of(&said, &value), reading(twin, point)) {
        (_, Key::Nothing) | (None, Key::Number(_)) => None,
        (Some(state), _) => Some((state.name.clone(), state.word.clone())),
        (None, Key::Text(text)) => Some((text.clone(), text)),
    }
}

/// The states that occur, as they are asked for and in words.
fn states(twin: &Twin, assets: &[AssetId], common: &Common, reader: Reader<'_>) -> Vec<(String, String)> {
    let mut states = BTreeMap::new();
    for asset in assets {
        states.extend(state(twin, *asset, common, reader));
        if states.len() >= MOST_STATES {
            break;
        }
    }
    states.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unknown_stands_last_either_way() {
        let one = || Key::Number(1.0);
        for descending in [false, true] {
            assert_eq!(compare(&Key::Nothing, &one(), descending), Ordering::Greater);
            assert_eq!(compare(&one(), &Key::Nothing, descending), Ordering::Less);
        }
        assert_eq!(compare(&one(), &Key::Number(2.0), true), Ordering::Greater);
        assert_eq!(
            compare(&Key::Number(f64::NAN), &Key::Nothing, false),
            Ordering::Less
        );
    }
}
