//! `/tags/{id}/explain`: how a number comes about, from the formulas and the model.

use std::sync::PoisonError;

use app::api::backend::Viewer;
use app::api::error::ApiError;
use twin::{AssetId, PointId, Twin};
use wire::page::{ExplainInput, ExplainMember, ExplainPage, InputCoverage, Means, MissingInput, Why};

use super::Gemba;
use super::modelled::{known, related, type_ref};
use crate::model::LoadedModel;
use crate::view;

/// Members of one input, and missing inputs, that a page shows.
const MOST: usize = 60;

impl Gemba {
    pub(super) fn explain_page(&self, viewer: &Viewer, point: u32) -> Result<ExplainPage, ApiError> {
        let (id, asset) = self.visible_point(viewer, point)?;
        let loaded = self.model.current();
        self.read(|twin| {
            let mut page = self.plain(twin, id, asset)?;
            self.say_model(twin, &loaded, asset, &mut page);
            self.say_formula(twin, &loaded, asset, &mut page);
            page.times = self.times(twin, &loaded, id, viewer);
            Some(page)
        })
        .ok_or(ApiError::NotFound)
    }

    /// What is known without a model: where it is measured.
    fn plain(&self, twin: &Twin, id: PointId, asset: AssetId) -> Option<ExplainPage> {
        let point = twin.point(id)?;
        let source = self.plant.sources.get(point.source);
        Some(ExplainPage {
            position: self.position(twin),
            point: view::point_view(twin, id)?,
            crumbs: view::crumbs(twin, asset),
            means: Means::Tag,
            formula: None,
            window: None,
            ty: None,
            said_by: None,
            model_version: 0,
            property: point.property.as_deref().map(str::to_owned),
            description: None,
            owner: None,
            steward: None,
            inputs: Vec::new(),
            coverage: None,
            least: 1.0,
            missing: Vec::new(),
            why: None,
            seen: None,
            circle: Vec::new(),
            scaled: twin.scaled(id),
            times: None,
            binding: source.map(|source| {
                (
                    source.status().name,
                    point.topic.to_string(),
                    point.field.to_string(),
                )
            }),
        })
    }

    /// What the model says of the property: owner, steward, who said it.
    fn say_model(&self, twin: &Twin, loaded: &LoadedModel, asset: AssetId, page: &mut ExplainPage) {
        let (Some(known), Some(path)) = (known(twin, loaded, asset), page.property.clone()) else {
            return;
        };
        page.model_version = loaded.version;
        page.ty = Some(type_ref(&loaded.model, known.asset.ty.as_str()));
        let Some(property) = loaded.resolved.property(known.asset, &path) else {
            return;
        };
        let said = known.effective.properties.get(path.as_str());
        let said = said.and_then(|traced| traced.said_by("formula").or_else(|| traced.origin()));
        page.said_by = said.map(|name| type_ref(&loaded.model, name.as_str()));
        let own = [&property.about, &known.asset.about, &known.effective.about.value];
        let first = |pick: fn(&model::About) -> &Option<Box<str>>| {
            own.iter()
                .find_map(|about| pick(about).as_deref())
                .map(str::to_owned)
        };
        page.owner = first(|about| &about.owner);
        page.steward = first(|about| &about.steward);
        page.description = property.about.description.as_deref().map(str::to_owned);
        page.means = match (property.kind, property.window.is_some()) {
            (Some(model::Kind::Computed), true) => Means::Metric,
            (Some(model::Kind::Computed), false) => Means::Transform,
            (Some(model::Kind::State), _) => Means::State,
            (Some(model::Kind::Attribute), _) => Means::Attribute,
            (Some(model::Kind::Measurement) | None, _) => Means::Measurement,
        };
        page.formula = property.formula.as_deref().map(str::to_owned);
        let parts = [
            &property.window,
            &property.every,
            &property.offset,
            &property.zone,
        ];
        let window: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
        page.window = (!window.is_empty()).then(|| window.join(" · "));
    }

    /// What the formulas say: inputs, coverage, what is missing and why.
    fn say_formula(&self, twin: &Twin, loaded: &LoadedModel, asset: AssetId, page: &mut ExplainPage) {
        let computing = self.computing.read().unwrap_or_else(PoisonError::into_inner);
        let explained = computing.as_ref().and_then(|computing| {
            let key = &twin.asset(asset)?.modelled.as_ref()?.key;
            computing.formulas().explain(key, page.property.as_deref()?)
        });
        let Some(explained) = explained else { return };
        page.formula = explained.formula.map(|formula| formula.to_string());
        page.least = explained.least;
        page.coverage = coverage(explained.coverage);
        page.why = explained.why.map(why);
        page.seen = explained
            .seen
            .filter(|(seen, window)| seen < window)
            .map(|(seen, window)| (seen as u32, window as u32));
        let is_measured = !twin
            .point(PointId::new(page.point.info.point))
            .is_some_and(twin::Point::is_computed);
        if !is_measured {
            page.binding = None;
        }
        page.circle = explained
            .circle
            .iter()
            .map(|(asset, property)| format!("{} · {property}", related(twin, &loaded.model, asset).name))
            .collect();
        page.inputs = explained
            .inputs
            .iter()
            .map(|input| ExplainInput {
                name: input.name.to_string(),
                is_group: input.is_group,
                count: u32::try_from(input.count).unwrap_or(u32::MAX),
                members: input
                    .members
                    .iter()
                    .take(MOST)
                    .map(|member| explain_member(twin, loaded, input, member))
                    .collect(),
            })
            .collect();
        let missing = explained.missing.iter().take(MOST).map(|missing| MissingInput {
            asset: related(twin, &loaded.model, &missing.asset),
            property: missing.property.to_string(),
            point: point_of(twin, &missing.asset, &missing.property).map(PointId::get),
            why: why(missing.why),
            expected: expected(loaded, missing.why, &missing.asset, &missing.property),
        });
        page.missing = missing.collect();
    }
}

fn explain_member(
    twin: &Twin,
    loaded: &LoadedModel,
    input: &compute::ExplainedInput,
    member: &compute::Member,
) -> ExplainMember {
    let point = point_of(twin, &member.asset, &member.property).and_then(|id| view::point_view(twin, id));
    let value = point.is_none().then(|| match member.value.as_ref()? {
        twin::Value::Number(number) => Some(match &input.unit {
            Some(unit) => format!("{number} {}", model::symbol(unit.code()))
                .trim_end()
                .to_owned(),
            None => number.to_string(),
        }),
        twin::Value::Bool(on) => Some(on.to_string()),
        twin::Value::Text(text) => Some(text.to_string()),
    });
    ExplainMember {
        asset: related(twin, &loaded.model, &member.asset),
        property: member.property.to_string(),
        point,
        value: value.flatten(),
        coverage: coverage(member.coverage),
        why: member.why.map(why),
        expected: member
            .why
            .and_then(|why| expected(loaded, why, &member.asset, &member.property)),
    }
}

/// Where a property is expected from of which nothing ever came: topic and field.
fn expected(
    loaded: &LoadedModel,
    why: compute::Why,
    asset: &str,
    property: &str,
) -> Option<(String, String)> {
    if why != compute::Why::NeverSeen {
        return None;
    }
    let (key, asset) = loaded.model.assets.get_key_value(asset)?;
    let bindings = loaded.resolved.bindings(key, asset).into_iter();
    let binding = bindings
        .into_iter()
        .find(|binding| binding.property.as_str() == property)?;
    Some((binding.topic, binding.field.unwrap_or_default()))
}

fn point_of(twin: &Twin, asset: &str, property: &str) -> Option<PointId> {
    twin.property(twin.modelled(asset)?, property)
}

fn coverage(coverage: compute::Coverage) -> Option<InputCoverage> {
    (coverage.all > 0).then_some(InputCoverage {
        fresh: coverage.fresh,
        all: coverage.all,
    })
}

pub(super) const fn why(why: compute::Why) -> Why {
    use compute::Why as From;
    match why {
        From::NeverSeen => Why::NeverSeen,
        From::NotFresh => Why::NotFresh,
        From::NotGood => Why::NotGood,
        From::NoValue => Why::NoValue,
        From::NotGiven => Why::NotGiven,
        From::NoProperty => Why::NoProperty,
        From::Missing => Why::Missing,
        From::TooFew => Why::TooFew,
        From::NoCalendar => Why::NoCalendar,
        From::Circle => Why::Circle,
        From::Mistake => Why::Mistake,
        From::Waiting => Why::Waiting,
        From::NotSeen => Why::NotSeen,
        From::Implausible => Why::Implausible,
        From::NoSample => Why::NoSample,
        From::NoMembers => Why::NoMembers,
        From::Undefined => Why::Undefined,
        From::Unresolved => Why::Unresolved,
    }
}
