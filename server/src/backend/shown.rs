//! Pages in the reader's units and words: limits, ranges, small trends, states and what is entered. Readings stay as measured and
//! carry the factor, since the socket sends them to everybody alike.

use app::api::backend::Viewer;
use app::i18n::Locale;
use twin::{AssetId, PointId, Twin};
use wire::page::{
    AssetNode, AssetPage, AssetRef, ComparePage, Doing, ExplainPage, Need, NeedKind, OverviewPage, PlacePage,
    PointInfo, PointSettings, PointView, RelatedAsset, RowsPage, Scale, Spark, StateWord, TagPage, Units,
    limits_by, settings_by,
};
use wire::reading::Value;

use super::Gemba;
use super::modelled::{known, worded};
use crate::access::{is_told_apart, sees};
use crate::model::LoadedModel;
use crate::{units, view};

/// A page whose values can be shown in other units.
pub trait Shown {
    /// Hands out each point that the page shows.
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView));

    /// Takes out what it says of assets that somebody may not see: ways to what is shown, neighbours.
    fn keep(&mut self, _sees: &dyn Fn(u32) -> bool) {}
}

impl Gemba {
    /// The page in the reader's units.
    pub(super) fn shown<T: Shown>(&self, viewer: &Viewer, mut page: T) -> T {
        let loaded = self.model.current();
        let sees_all = is_told_apart(viewer);
        self.read(|twin| {
            if !sees_all {
                page.keep(&|asset| sees(viewer, twin, AssetId::new(asset)));
            }
            page.each(&mut |view| {
                lend_limits(twin, &loaded, &mut view.info);
                show(twin, viewer.units, view);
                view.info.states = states(twin, &loaded, PointId::new(view.info.point), viewer.locale);
            });
        });
        page
    }

    /// What a person set, from the units it was written in to those measured. Where the same form says another
    /// unit of measurement, the numbers are for that one.
    pub(super) fn as_measured(&self, point: PointId, units: Units, settings: PointSettings) -> PointSettings {
        let measured = self.read(|twin| {
            let mut point = twin.point(point)?.clone();
            if let (Some(symbol), Some(unit)) = (&settings.unit, &mut point.unit) {
                unit.symbol = symbol.clone().into();
            }
            units::of_point(units, &point)
        });
        match measured {
            Some((_, measured)) => settings_by(settings, |value| units::back(measured.scale, value)),
            None => settings,
        }
    }
}

/// What is known of a point, in the reader's units.
pub fn show_info(twin: &Twin, units: Units, info: &mut PointInfo) {
    let found = twin
        .point(PointId::new(info.point))
        .and_then(|point| units::of_point(units, point));
    let Some((symbol, measured)) = found else { return };
    // Between the page and now somebody may have said another unit: then it is shown as measured.
    let Some(unit) = info.unit.as_mut().filter(|unit| unit.symbol == measured.symbol) else {
        return;
    };
    let by = |value: f64| units::rounded(measured.scale.show(value));
    let pair = |pair: Option<(f64, f64)>| pair.map(|(low, high)| (by(low), by(high)));
    unit.symbol = symbol;
    info.normal = pair(info.normal);
    info.range = pair(info.range);
    info.limits = limits_by(info.limits, by);
    info.decimals = units::decimals(info.decimals, measured.scale.factor);
    info.measured = Some(measured);
}

/// The highest or lowest of an asset's own values, without limits of its own, is judged by theirs where they are all
/// the same: what is beyond one is beyond the other. Told as a need once, of the value it was set for.
pub fn lend_limits(twin: &Twin, loaded: &LoadedModel, info: &mut PointInfo) {
    let lent = || {
        let point = twin.point(PointId::new(info.point))?;
        let (asset, path) = (known(twin, loaded, point.asset)?, point.property.as_deref()?);
        let formula = asset.effective.properties.get(path)?.value.formula.as_deref()?;
        let args = ["max(", "min("]
            .iter()
            .find_map(|call| formula.strip_prefix(call))?;
        let mut lent: Option<&twin::Point> = None;
        for input in args.strip_suffix(')')?.split(',') {
            let alias = asset.effective.inputs.get(input.trim());
            let alias = alias.filter(|alias| alias.value.through.is_none());
            let path = alias.map_or(input.trim(), |alias| alias.value.property.as_str());
            let input = twin.point(twin.property(point.asset, path)?)?;
            let judged = |point: &twin::Point| (point.limits(), point.priorities());
            let is_same = lent.is_none_or(|lent| judged(lent) == judged(input));
            let symbol = |point: &twin::Point| point.unit.as_ref().map(|unit| unit.symbol.clone());
            lent = Some(input).filter(|input| is_same && symbol(input) == symbol(point));
            lent?;
        }
        lent.filter(|_| point.limits().is_empty())
    };
    if let Some(lent) = lent() {
        info.limits = view::limits(lent);
    }
}

/// The states that a point tells, in the reader's words; none for what tells none.
pub fn states(twin: &Twin, loaded: &LoadedModel, point: PointId, locale: Locale) -> Vec<StateWord> {
    let said = || {
        let point = twin.point(point)?;
        let (asset, path) = (known(twin, loaded, point.asset)?, point.property.as_deref()?);
        let property = &asset.effective.properties.get(path)?.value;
        Some(
            property
                .states
                .iter()
                .map(|state| state_word(state, locale))
                .collect(),
        )
    };
    said().unwrap_or_default()
}

fn state_word(state: &model::State, locale: Locale) -> StateWord {
    let words = |language: &str| state.words.get(language).map(|word| word.to_string());
    let is_last = state.values.is_empty() && state.when.is_none();
    let name = Value::Text(state.name.to_string());
    let told = state.values.iter().map(|value| match value {
        model::Scalar::Number(number) => Value::Number(*number),
        model::Scalar::Flag(on) => Value::Bool(*on),
        model::Scalar::Text(text) => Value::Text(text.to_string()),
    });
    StateWord {
        name: state.name.to_string(),
        word: worded(
            &words(locale.tag())
                .or_else(|| words("en"))
                .unwrap_or_else(|| state.name.to_string()),
        ),
        // Formulas tell it by its name, the source as it likes.
        values: if is_last {
            Vec::new()
        } else {
            told.chain([name]).collect()
        },
        counts_as: state.counts_as.map(|counts_as| match counts_as {
            model::CountsAs::Running => Doing::Running,
            model::CountsAs::Standby => Doing::Standby,
            model::CountsAs::Stopped => Doing::Stopped,
            model::CountsAs::Failed => Doing::Failed,
            model::CountsAs::Maintenance => Doing::Maintenance,
        }),
    }
}

fn show(twin: &Twin, units: Units, view: &mut PointView) {
    show_info(twin, units, &mut view.info);
    if let (Some(measured), Some(spark)) = (&view.info.measured, &mut view.spark) {
        show_spark(measured.scale, spark);
    }
}

impl Gemba {
    /// One point in the reader's units and words.
    pub(crate) fn show_point(&self, twin: &Twin, viewer: &Viewer, view: &mut PointView) {
        let loaded = self.model.current();
        show(twin, viewer.units, view);
        view.info.states = states(twin, &loaded, PointId::new(view.info.point), viewer.locale);
    }
}

fn show_spark(scale: Scale, spark: &mut Spark) {
    for (low, high) in spark.buckets.iter_mut().flatten() {
        (*low, *high) = (scale.show(*low), scale.show(*high));
    }
}

fn keep_way(way: &mut Vec<AssetRef>, sees: &dyn Fn(u32) -> bool) {
    way.retain(|step| sees(step.asset));
}

/// What the model alone knows has no place to judge by: it is left out.
fn is_seen(related: &RelatedAsset, sees: &dyn Fn(u32) -> bool) -> bool {
    related.asset.as_ref().is_some_and(|asset| sees(asset.asset))
}

impl Shown for AssetNode {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        self.state.iter_mut().for_each(show);
    }
}

impl Shown for Need {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        let Some(point) = &mut self.point else { return };
        show(point);
        if let (NeedKind::Limit { at, .. }, Some(measured)) = (&mut self.kind, &point.info.measured) {
            *at = units::rounded(measured.scale.show(*at));
        }
    }
}

impl Shown for OverviewPage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        self.needs.iter_mut().for_each(|need| need.each(show));
        for row in &mut self.rows {
            row.node.each(show);
            row.indicators.iter_mut().for_each(&mut *show);
        }
    }

    fn keep(&mut self, sees: &dyn Fn(u32) -> bool) {
        for need in &mut self.needs {
            keep_way(&mut need.trail, sees);
        }
    }
}

impl Shown for PlacePage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        self.node.each(show);
        self.indicators.iter_mut().for_each(|(_, view)| show(view));
    }

    fn keep(&mut self, sees: &dyn Fn(u32) -> bool) {
        keep_way(&mut self.crumbs, sees);
    }
}

impl Shown for RowsPage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        for row in &mut self.rows {
            row.node.each(show);
            row.cells.iter_mut().flatten().for_each(&mut *show);
        }
    }
}

impl Shown for AssetPage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        self.node.each(show);
        self.points.iter_mut().for_each(&mut *show);
        self.children.iter_mut().for_each(|child| child.each(show));
        self.needs.iter_mut().for_each(|need| need.each(show));
    }

    fn keep(&mut self, sees: &dyn Fn(u32) -> bool) {
        keep_way(&mut self.crumbs, sees);
        for need in &mut self.needs {
            keep_way(&mut need.trail, sees);
        }
        if let Some(about) = &mut self.about {
            about.relations.retain(|row| is_seen(&row.other, sees));
        }
    }
}

impl Shown for TagPage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        show(&mut self.point);
        if let Some(measured) = &self.point.info.measured {
            let settings = std::mem::take(&mut self.settings);
            self.settings = settings_by(settings, |value| units::rounded(measured.scale.show(value)));
        }
    }

    fn keep(&mut self, sees: &dyn Fn(u32) -> bool) {
        keep_way(&mut self.crumbs, sees);
    }
}

impl Shown for ExplainPage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        show(&mut self.point);
        let members = self.inputs.iter_mut().flat_map(|input| &mut input.members);
        members.filter_map(|member| member.point.as_mut()).for_each(show);
    }

    fn keep(&mut self, sees: &dyn Fn(u32) -> bool) {
        keep_way(&mut self.crumbs, sees);
        for input in &mut self.inputs {
            input.members.retain(|member| is_seen(&member.asset, sees));
        }
        self.missing.retain(|missing| is_seen(&missing.asset, sees));
        self.circle.clear();
    }
}

impl Shown for ComparePage {
    fn each(&mut self, show: &mut dyn FnMut(&mut PointView)) {
        for row in &mut self.rows {
            row.state.iter_mut().chain(&mut row.value).for_each(&mut *show);
        }
    }

    fn keep(&mut self, sees: &dyn Fn(u32) -> bool) {
        for row in &mut self.rows {
            row.site = row.site.take().filter(|site| sees(site.asset));
        }
    }
}
