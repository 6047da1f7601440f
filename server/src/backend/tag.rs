//! `/tags/{id}`: where a point comes from, and what a person may set for it.

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Messages;
use serde_json::json;
use store::Points as _;
use tokio::sync::oneshot;
use twin::{PointId, Twin};
use wire::page::{PointSettings, SourceState, SourceStatus, TagPage, TypeRef};

use super::modelled::type_ref;
use super::{Gemba, internal};
use crate::access::{may, sees};
use crate::engine::EngineInput;
use crate::{model, view};

impl Gemba {
    pub(super) async fn tag_page(&self, viewer: &Viewer, point: u32) -> Result<TagPage, ApiError> {
        let (id, asset) = self.visible_point(viewer, point)?;
        let page = self.read(|twin| {
            let point = twin.point(id)?;
            let counts = twin.counts(id);
            Some(TagPage {
                position: self.position(twin),
                point: view::point_view(twin, id)?,
                crumbs: view::crumbs(twin, asset),
                source: self.source_of(point),
                topic: point.topic.to_string(),
                field: point.field.to_string(),
                qos: twin.qos(id),
                readings: counts.readings,
                duplicates: counts.duplicates,
                out_of_order: counts.out_of_order,
                settings: point
                    .settings
                    .as_deref()
                    .map(model::wire_from_settings)
                    .unwrap_or_default(),
                modelled: self.type_of_point(twin, point),
                brief: String::new(),
                times: String::new(),
            })
        });
        let mut page = page.ok_or(ApiError::NotFound)?;
        self.sparks.fill(self.clock.now(), vec![&mut page.point]).await;
        Ok(page)
    }

    /// The type whose property a point is.
    fn type_of_point(&self, twin: &Twin, point: &twin::Point) -> Option<TypeRef> {
        point.property.as_ref()?;
        let ty = &twin.asset(point.asset)?.modelled.as_ref()?.ty;
        Some(type_ref(&self.model.current().model, ty))
    }

    /// Where a point comes from; what is computed comes from the model.
    fn source_of(&self, point: &twin::Point) -> SourceStatus {
        let source = self.plant.sources.get(point.source);
        source.map_or_else(
            || SourceStatus {
                source: point.source.get(),
                name: "model".to_owned(),
                state: SourceState::Connected,
                since_millis: self.started.millis(),
            },
            |source| source.status(),
        )
    }

    /// One that is gone meanwhile, or that the viewer may not see, has no topic here.
    pub(super) fn topics_of(&self, viewer: &Viewer, points: &[u32]) -> Vec<(u32, String)> {
        self.read(|twin| {
            let topic = |number: &u32| {
                let point = twin.point(PointId::new(*number))?;
                sees(viewer, twin, point.asset).then(|| (*number, words(&point.topic, &point.field)))
            };
            points.iter().filter_map(topic).collect()
        })
    }

    pub(super) async fn set_point_settings(
        &self,
        viewer: &Viewer,
        point: u32,
        settings: PointSettings,
    ) -> Result<(), ApiError> {
        let (id, asset) = self.visible_point(viewer, point)?;
        if !self.read(|twin| may(viewer, twin, Capability::ChangePoint, asset)) {
            return Err(ApiError::NotAllowed);
        }
        let owner = self.read(|twin| self.type_of_point(twin, twin.point(id)?));
        if let (Some(ty), Some(_)) = (owner, &settings.unit) {
            let words = Messages::of(viewer.locale).server_error_unit(&ty.id);
            return Err(ApiError::BadRequest(format!("unit: {words}")));
        }
        complain(&settings).map_or(Ok(()), |words| Err(ApiError::BadRequest(words)))?;
        let settings = model::settings_from_wire(&settings);
        let json = model::json_from_settings(&settings).map_err(|error| internal(&error))?;
        let before = self.read(|twin| {
            let settings = twin.point(id)?.settings.as_deref()?;
            model::json_from_settings(settings).ok()
        });
        self.records
            .set_point_settings(id, Some(&json))
            .await
            .map_err(|error| internal(&error))?;
        let details = json!({"before": before, "after": json});
        let noted = self.accounts.audit.note(viewer, "point.set", id, details).await;
        noted.map_err(|error| internal(&error))?;
        tracing::info!(viewer = %viewer.who.name, point = %id, settings = json, "point set");
        let (done, applied) = oneshot::channel();
        let input = EngineInput::SetPoint {
            point: id,
            settings,
            done,
        };
        self.engine.send(input).await.map_err(|error| internal(&error))?;
        applied.await.map_err(|error| internal(&error))
    }
}

/// A topic, and the leaf in its payload where there is one.
fn words(topic: &str, field: &str) -> String {
    if field.is_empty() {
        topic.to_owned()
    } else {
        format!("{topic} · {field}")
    }
}

/// What is wrong with settings, in words; stable words before the colon for the page.
fn complain(settings: &PointSettings) -> Option<String> {
    let too_long =
        |text: &Option<String>, most: usize| text.as_ref().is_some_and(|text| text.chars().count() > most);
    let finite = |pair: Option<(f64, f64)>| {
        pair.is_none_or(|(low, high)| low.is_finite() && high.is_finite() && low < high)
    };
    let limits = settings.limits;
    let ladder: Vec<f64> = [limits.low_low, limits.low, limits.high, limits.high_high]
        .into_iter()
        .flatten()
        .collect();
    if too_long(&settings.name, 120) {
        Some("name: at most 120 characters".to_owned())
    } else if too_long(&settings.unit, 24) {
        Some("unit: at most 24 characters".to_owned())
    } else if settings
        .expected_millis
        .is_some_and(|millis| !(10..=604_800_000).contains(&millis))
    {
        Some("expected: from 10 ms to 7 days".to_owned())
    } else if !finite(settings.normal) {
        Some("normal: the lower end must be below the upper end".to_owned())
    } else if !finite(settings.range) {
        Some("range: the lower end must be below the upper end".to_owned())
    } else if ladder.iter().any(|limit| !limit.is_finite()) || !ladder.is_sorted_by(|a, b| a < b) {
        Some("limits: LL < L < H < HH".to_owned())
    } else {
        None
    }
}
