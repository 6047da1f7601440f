//! `/compare`: every asset of one type over all sites, by one property.

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use model::Kind;
use twin::{AssetId, Quality, Twin, Value};
use wire::page::{ComparePage, CompareRow, RowsColumn, TypeRef, Units};

use super::Gemba;
use super::modelled::{type_ref, types_in_use};
use super::shell::regions;
use crate::access::{check_somewhere, sees};
use crate::model::{LoadedModel, placing};
use crate::{units, view};

/// Rows shown: the most, or the least.
const MOST: usize = 100;
/// Rows that get small trends.
const WITH_TRENDS: usize = 60;

impl Gemba {
    pub(super) async fn compare_page(
        &self,
        viewer: &Viewer,
        ty: &str,
        property: &str,
        descending: bool,
    ) -> Result<ComparePage, ApiError> {
        check_somewhere(viewer, Capability::See)?;
        let loaded = self.model.current();
        let mut page = self.read(|twin| {
            let (types, chosen) = chosen(viewer, twin, &loaded, ty);
            let unknown = (chosen.is_none() && !ty.is_empty()).then(|| ty.to_owned());
            let ty = chosen;
            let properties = ty
                .as_ref()
                .map(|ty| properties(&loaded, &ty.id, viewer.units))
                .unwrap_or_default();
            let property = properties
                .iter()
                .find(|known| known.key == property)
                .or_else(|| properties.first())
                .cloned();
            let mut page = ComparePage {
                position: Some(self.position(twin)),
                types,
                unknown,
                ty,
                properties,
                property,
                descending,
                ..ComparePage::default()
            };
            self.compared(viewer, twin, &loaded, &mut page);
            page
        });
        let values = page.rows.iter_mut().filter_map(|row| row.value.as_mut());
        self.sparks
            .fill(self.clock.now(), values.take(WITH_TRENDS).collect())
            .await;
        Ok(page)
    }

    /// Those of the type or of one that is a kind of it, sorted; the unknown stand last.
    fn compared(&self, viewer: &Viewer, twin: &Twin, loaded: &LoadedModel, page: &mut ComparePage) {
        let (Some(ty), Some(property)) = (&page.ty, &page.property) else {
            return;
        };
        let is_it = |id: &str| {
            let effective = loaded.resolved.types.get(id);
            effective.is_some_and(|effective| effective.is_a(&ty.id))
        };
        let assets = twin.assets().filter(|asset| {
            let modelled = asset.modelled.as_ref();
            modelled.is_some_and(|modelled| is_it(&modelled.ty)) && sees(viewer, twin, asset.id)
        });
        let mut found: Vec<(Option<f64>, AssetId)> = assets
            .map(|asset| (number(twin, asset.id, &property.key, viewer.units), asset.id))
            .collect();
        found.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) if page.descending => b.total_cmp(a),
            (Some(a), Some(b)) => a.total_cmp(b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        page.total = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let sites = regions(viewer, twin);
        let row = |(_, asset): &(Option<f64>, AssetId)| {
            let point = twin.property(*asset, &property.key);
            let site = twin.trail(*asset).into_iter().find(|step| sites.contains(step));
            Some(CompareRow {
                asset: view::asset_ref(twin, *asset)?,
                site: site.and_then(|site| view::asset_ref(twin, site)),
                state: twin
                    .state_point(*asset)
                    .and_then(|point| view::point_view(twin, point)),
                value: point.and_then(|point| view::point_view(twin, point)),
            })
        };
        page.rows = found.iter().take(MOST).filter_map(row).collect();
        let largest = found.iter().filter_map(|(number, _)| *number).map(f64::abs);
        let worth = digits(largest.fold(0.0, f64::max));
        let infos = || page.rows.iter().filter_map(|row| Some(&row.value.as_ref()?.info));
        // One column, one number of digits: they are read one below the other.
        let decimals = infos()
            .map(|info| info.decimals)
            .max()
            .unwrap_or_default()
            .min(worth);
        for view in page.rows.iter_mut().filter_map(|row| row.value.as_mut()) {
            view.info.decimals = decimals;
        }
    }
}

/// Digits after the decimal sign that are worth telling apart beside a number of this size.
fn digits(largest: f64) -> u8 {
    match largest {
        _ if largest >= 1_000.0 => 0,
        _ if largest >= 10.0 => 1,
        _ if largest >= 1.0 => 2,
        _ => 3,
    }
}

/// The types to choose from, and the one that was asked for: also one that others are kinds of. Without a
/// word the one with the most assets.
fn chosen(
    viewer: &Viewer,
    twin: &Twin,
    loaded: &LoadedModel,
    asked: &str,
) -> (Vec<(TypeRef, u32)>, Option<TypeRef>) {
    let mut types = types_in_use(twin, &loaded.model, |asset| sees(viewer, twin, asset));
    if asked.is_empty() {
        let most = types.iter().max_by_key(|(_, count)| *count);
        let most = most.map(|(ty, _)| ty.clone());
        return (types, most);
    }
    if !types.iter().any(|(known, _)| known.id == asked) {
        let is_kind = |ty: &str| {
            let effective = loaded.resolved.types.get(ty);
            effective.is_some_and(|effective| effective.is_a(asked))
        };
        let kinds = types.iter().filter(|(known, _)| is_kind(&known.id));
        let count = kinds.map(|(_, count)| count).sum::<u32>();
        if count > 0 {
            types.push((type_ref(&loaded.model, asked), count));
        }
    }
    let found = types.iter().find(|(known, _)| known.id == asked);
    let found = found.map(|(ty, _)| ty.clone());
    (types, found)
}

/// What can be compared: numbers that are measured or computed, those that can be judged first.
fn properties(loaded: &LoadedModel, ty: &str, units: Units) -> Vec<RowsColumn> {
    let Some(effective) = loaded.resolved.types.get(ty) else {
        return Vec::new();
    };
    let mut found: Vec<(u8, RowsColumn)> = Vec::new();
    for (path, traced) in &effective.properties {
        let property = &traced.value;
        let is_number = property.data.is_none_or(model::Data::is_numeric);
        if !is_number || !matches!(property.kind, Some(Kind::Measurement | Kind::Computed)) {
            continue;
        }
        let is_judged = property.normal.is_some() || property.limits.each().next().is_some();
        let rank = match property.kind {
            Some(Kind::Computed) if property.window.is_some() => 3,
            Some(Kind::Computed) if property.unit.is_some() => 0,
            _ if is_judged => 1,
            _ => 2,
        };
        let name = property.about.name.as_deref();
        let name = name.map_or_else(|| placing::name(path), str::to_owned);
        let unit = property.unit.as_ref().map(|unit| model::symbol(unit.code()));
        found.push((
            rank,
            RowsColumn {
                key: path.as_str().to_owned(),
                unit: unit.map(|symbol| units::symbol(units, symbol, &[&name, path.as_str()])),
                name,
            },
        ));
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, column)| column).collect()
}

fn number(twin: &Twin, asset: AssetId, property: &str, units: Units) -> Option<f64> {
    let point = twin.property(asset, property)?;
    let reading = twin.reading(point)?;
    match (&reading.value, reading.quality) {
        (_, Quality::Bad) => None,
        (Some(Value::Number(number)), _) => Some(units::number(units, twin.point(point)?, *number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_says_how_many_digits_are_worth_reading() {
        for (largest, expect) in [
            (12_345.6, 0),
            (123.4, 1),
            (12.3, 1),
            (1.2, 2),
            (0.012, 3),
            (0.0, 3),
        ] {
            assert_eq!(digits(largest), expect, "{largest}");
        }
    }
}
