//! Last values as a tablet keeps them: in words, with when they were measured and why they could not be trusted.

use app::api::backend::Viewer;
use app::components::live_value::shown::{self, Trust};
use app::fmt::Fmt;
use app::i18n::Messages;
use crew::day::ValueCard;
use twin::{AssetId, PointId, Twin};
use wire::page::{PointView, state_of};
use wire::reading::Value;

use crate::backend::Gemba;
use crate::view;

/// Values of one asset; those with limits first.
const MOST: usize = 12;

/// The last values of an asset, in the reader's words and units.
pub(super) fn values(backend: &Gemba, twin: &Twin, asset: AssetId, viewer: &Viewer) -> Vec<ValueCard> {
    let mut points = twin.points_of(asset).to_vec();
    let plain = |id: &PointId| {
        twin.point(*id)
            .is_none_or(|point| point.normal().is_none() && point.limits() == twin::Limits::default())
    };
    points.sort_by_key(plain);
    let (m, fmt) = (Messages::of(viewer.locale), Fmt::new(viewer.locale));
    let now = backend.clock.now().millis();
    let views = points
        .iter()
        .take(MOST)
        .filter_map(|point| view::point_view(twin, *point));
    views
        .map(|mut view| {
            backend.show_point(twin, viewer, &mut view);
            card(&view, now, fmt, m)
        })
        .collect()
}

fn card(view: &PointView, now: i64, fmt: Fmt, m: Messages) -> ValueCard {
    let mut shown = view.reading.clone();
    if let Some(reading) = &mut shown {
        if let Some(measured) = &view.info.measured {
            *reading = measured.scale.show_reading(reading);
        }
        let state = reading
            .value
            .as_ref()
            .and_then(|value| state_of(&view.info.states, value));
        if let Some(state) = state {
            reading.value = Some(Value::Text(state.word.clone()));
        }
    }
    let is_number = shown::number(shown.as_ref()).is_some();
    let unit = view.info.unit.as_ref().filter(|_| is_number);
    let text = match &shown {
        Some(reading) if reading.value.is_some() => {
            let text = shown::text(Some(reading), view.info.decimals, fmt, m);
            unit.map_or_else(|| text.clone(), |unit| format!("{text}\u{A0}{}", unit.symbol))
        }
        _ => String::new(),
    };
    let trust = Trust::of(view.reading.as_ref(), view.cadence, now);
    let doubt = shown::words(trust, view.reading.as_ref(), now, fmt, m);
    let at = view
        .reading
        .as_ref()
        .and_then(|reading| shown::age_millis(reading, now));
    ValueCard {
        name: view.info.name.clone(),
        text,
        at: at.map(|age| now.saturating_sub(age).saturating_mul(1_000)),
        doubt: (!doubt.is_empty()).then_some(doubt),
    }
}
