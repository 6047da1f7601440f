//! Is it alive, is it ready, what does it count.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::page::SourceState;

use super::Shared;
use crate::metrics::{self, Figure};

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Readings are shown and stored.
pub async fn readyz(State(shared): State<Shared>) -> Response {
    let plant = shared.backend.plant.status();
    if plant.history_stopped_millis.is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, "history is not being written\n").into_response();
    }
    if let Some(percent) = shared.backend.demo.as_ref().and_then(|demo| demo.past_percent()) {
        let words = format!("the demo plant's past is being made: {percent} %\n");
        return (StatusCode::SERVICE_UNAVAILABLE, words).into_response();
    }
    let connected = plant
        .sources
        .iter()
        .filter(|source| source.state == SourceState::Connected)
        .count();
    if connected == 0 && !plant.sources.is_empty() {
        return (StatusCode::SERVICE_UNAVAILABLE, "no source is connected\n").into_response();
    }
    let mut words = format!("ok, {connected} of {} sources connected\n", plant.sources.len());
    for place in shared.backend.history.set_aside() {
        words += &format!("damaged history was set aside in {}\n", place.display());
    }
    words.into_response()
}

/// OpenMetrics for who asks for it, as Prometheus does; else its older text format.
pub async fn metrics(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let plant = shared.backend.plant.status();
    let connected = plant
        .sources
        .iter()
        .filter(|source| source.state == SourceState::Connected)
        .count();
    let mut figures = shared.metrics.figures();
    figures.extend(shared.hub.figures());
    let (late, dropped) = shared.backend.left_out_samples();
    figures.extend([
        Figure::Counter(
            "gemba_late_samples",
            "Samples that came after their window was closed, since the model was taken",
            late,
        ),
        Figure::Counter(
            "gemba_dropped_samples",
            "Samples left out of windows as there were too many of one input, since the model was taken",
            dropped,
        ),
        Figure::Gauge("gemba_assets", "Assets known", f64::from(plant.assets)),
        Figure::Gauge("gemba_points", "Points known", f64::from(plant.summary.points)),
        Figure::Gauge(
            "gemba_points_live",
            "Points whose reading is live",
            f64::from(plant.summary.live),
        ),
        Figure::Gauge(
            "gemba_model_version",
            "Version of the model that holds",
            f64::from(shared.backend.model.current().version),
        ),
        Figure::Gauge(
            "gemba_model_taken_seconds",
            "Time from the commit of the last model to its place in the twin",
            shared.backend.model.taken_in().as_secs_f64(),
        ),
        Figure::Gauge("gemba_sources", "Sources configured", plant.sources.len() as f64),
        Figure::Gauge("gemba_sources_connected", "Sources connected", connected as f64),
        Figure::Gauge(
            "gemba_history_bytes",
            "Size of the history on disk",
            shared.backend.history.size_bytes() as f64,
        ),
        Figure::Gauge(
            "gemba_history_set_aside",
            "Directories of damaged history that wait for somebody",
            shared.backend.history.set_aside().len() as f64,
        ),
        Figure::Gauge(
            "gemba_history_failing",
            "1 while history cannot be written",
            f64::from(u8::from(plant.history_stopped_millis.is_some())),
        ),
    ]);
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accepts.is_some_and(|kinds| kinds.contains("application/openmetrics-text")) {
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        return ([(header::CONTENT_TYPE, kind)], metrics::render_text(&figures)).into_response();
    }
    match metrics::render(figures) {
        Ok(page) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], page).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
