//! The simulator's control: faults and speed, as JSON on loopback, for holders of the token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use plantsim::FaultKind;
use serde::{Deserialize, Serialize};

use super::SharedPlant;

/// What the simulator says of itself.
#[derive(Serialize)]
struct StateView {
    speed: u32,
    faults: Vec<FaultView>,
}

/// The truth about a fault.
#[derive(Serialize)]
struct FaultView {
    kind: &'static str,
    active: bool,
    onset_millis: Option<i64>,
    progress: f64,
    asset_topic: String,
}

/// The tags that show a fault.
#[derive(Serialize)]
struct TruthView {
    kind: &'static str,
    affected: Vec<TagView>,
}

/// A tag by its name in the messages.
#[derive(Serialize)]
struct TagView {
    topic: String,
    field: String,
}

#[derive(Deserialize)]
struct FaultBody {
    kind: String,
    active: bool,
    /// How many times faster than real it comes on at least.
    #[serde(default = "real_time")]
    pace: u32,
}

const fn real_time() -> u32 {
    1
}

#[derive(Deserialize)]
struct SpeedBody {
    factor: u32,
}

/// The control's routes, all behind the token.
pub(super) fn router(plant: SharedPlant, token: String) -> Router {
    Router::new()
        .route("/state", get(state))
        .route("/truth", get(truth))
        .route("/fault", post(fault))
        .route("/speed", post(speed))
        .layer(middleware::from_fn_with_state(Arc::<str>::from(token), guard))
        .with_state(plant)
}

async fn guard(State(token): State<Arc<str>>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get("x-gemba-token")
        .map(axum::http::HeaderValue::as_bytes);
    if given.is_some_and(|given| same(given, token.as_bytes())) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

/// Equal, in a time that tells nothing of where they differ.
fn same(given: &[u8], expected: &[u8]) -> bool {
    given.len() == expected.len() && given.iter().zip(expected).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

async fn state(State(plant): State<SharedPlant>) -> Json<StateView> {
    Json(view(&plant))
}

/// For tests and benches: what a reader of the plant ought to find.
async fn truth(State(plant): State<SharedPlant>) -> Json<Vec<TruthView>> {
    let faults = plant.lock().faults();
    let view = faults.into_iter().map(|fault| TruthView {
        kind: fault.kind.as_str(),
        affected: fault
            .affected
            .into_iter()
            .map(|tag| TagView {
                topic: tag.topic,
                field: tag.field,
            })
            .collect(),
    });
    Json(view.collect())
}

async fn fault(State(plant): State<SharedPlant>, Json(body): Json<FaultBody>) -> Response {
    let Some(kind) = FaultKind::from_word(&body.kind) else {
        let words: Vec<&str> = FaultKind::ALL.iter().map(|kind| kind.as_str()).collect();
        return (
            StatusCode::BAD_REQUEST,
            format!("no such fault; there are {}", words.join(", ")),
        )
            .into_response();
    };
    if !(1..=600).contains(&body.pace) {
        return (StatusCode::BAD_REQUEST, "the pace is 1 to 600").into_response();
    }
    {
        let mut plant = plant.lock();
        if body.active {
            plant.start_fault_at(kind, body.pace);
        } else {
            plant.end_fault(kind);
        }
    }
    Json(view(&plant)).into_response()
}

async fn speed(State(plant): State<SharedPlant>, Json(body): Json<SpeedBody>) -> Response {
    if !(1..=600).contains(&body.factor) {
        return (StatusCode::BAD_REQUEST, "the factor is 1 to 600").into_response();
    }
    plant.lock().set_speed(body.factor);
    Json(view(&plant)).into_response()
}

fn view(plant: &SharedPlant) -> StateView {
    let (speed, faults) = {
        let plant = plant.lock();
        (plant.speed(), plant.faults())
    };
    let faults = faults
        .into_iter()
        .map(|fault| FaultView {
            kind: fault.kind.as_str(),
            active: fault.active,
            onset_millis: fault.onset_micros.map(|micros| micros.div_euclid(1_000)),
            progress: fault.progress,
            asset_topic: fault.asset,
        })
        .collect();
    StateView { speed, faults }
}
