//! `GET /api/crew/day`: all that a day is worked by without a network. Asking again costs little: what is the same
//! is not sent again, and last values are only looked at anew every few minutes.

use std::collections::BTreeSet;

use app::api::backend::Viewer;
use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use crew::day::{AssetCard, Day, MOST_ASSETS, MOST_PARTS, PartCard};
use sha2::{Digest as _, Sha256};
use twin::{AssetId, Span, Timestamp, Twin};

use super::values::values;
use crate::access::{sees, tops};
use crate::http::doors::Doors;
use crate::label::code_of;
use crate::stock;
use crate::zone;

/// Assets looked at under one hold of the twin's lock.
const SLICE: usize = 250;
/// Newer values alone are sent this often.
const VALUES_EVERY: i64 = 300_000_000;
/// The site's clock is told this far back and ahead.
const BACK: Span = Span::from_secs(60 * 86_400);

/// `GET /api/crew/day`
pub(super) async fn day(State(doors): State<Doors>, parts: Parts) -> Response {
    let sitting = match doors.seated(&parts).await {
        Ok(sitting) => sitting,
        Err(answer) => return *answer,
    };
    let day = doors.day_of(&sitting.viewer);
    let tag = tag_of(&day, sitting.viewer.locale.tag());
    let is_known = parts
        .headers
        .get(header::IF_NONE_MATCH)
        .and_then(|known| known.to_str().ok())
        .is_some_and(|known| known.split(',').any(|known| known.trim() == tag));
    let mut answer = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(day).into_response()
    };
    let head = answer.headers_mut();
    // Kept by the tablet itself, never by anything between.
    head.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        head.insert(header::ETAG, tag);
    }
    answer
}

/// What tells this day from another: not by the moment, and by last values only now and then.
fn tag_of(day: &Day, locale: &str) -> String {
    let still = Day {
        now: day.now.div_euclid(VALUES_EVERY),
        assets: day
            .assets
            .iter()
            .map(|asset| AssetCard {
                values: Vec::new(),
                ..asset.clone()
            })
            .collect(),
        ..day.clone()
    };
    // Plain fields can always be written.
    let text = serde_json::to_vec(&still).unwrap_or_default();
    let hash = Sha256::new().chain_update(locale).chain_update(text).finalize();
    let digits: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{digits}\"")
}

impl Doors {
    fn day_of(&self, viewer: &Viewer) -> Day {
        let now = self.backend.clock.now();
        let orders = self.orders_of(viewer);
        let busy: BTreeSet<AssetId> = orders.iter().map(|order| AssetId::new(order.asset)).collect();
        Day {
            build: self.backend.build.clone(),
            now: now.micros(),
            zone: self.offsets(now),
            me: self.me(viewer),
            assets: self.assets_of(viewer, &busy),
            parts: self.parts_of(&busy),
            orders,
        }
    }

    fn offsets(&self, now: Timestamp) -> Vec<(i64, i32)> {
        let day = Span::from_secs(86_400).micros();
        // The same all day long, so that asking again is answered by "the same".
        let now = Timestamp::from_micros(now.micros() - now.micros().rem_euclid(day));
        let known = zone::periods(&self.backend.zone, now - BACK, now + BACK + BACK);
        let period = |period: &wire::page::ZonePeriod| {
            (period.from_millis.saturating_mul(1_000), period.offset_secs / 60)
        };
        known.periods.iter().map(period).collect()
    }

    /// Equipment with work first, then all that they see, from the top down.
    fn assets_of(&self, viewer: &Viewer, busy: &BTreeSet<AssetId>) -> Vec<AssetCard> {
        let found: Vec<AssetId> = self.backend.read(|twin| {
            let mut found: Vec<AssetId> = busy.iter().copied().collect();
            let mut level = tops(&viewer.who.sight(), twin);
            while !level.is_empty() && found.len() < MOST_ASSETS {
                found.extend(level.iter().filter(|asset| !busy.contains(asset)));
                let below = level.iter().flat_map(|asset| twin.children(*asset)).copied();
                level = below
                    .filter(|asset| sees(viewer, twin, *asset))
                    .take(MOST_ASSETS)
                    .collect();
            }
            found.truncate(MOST_ASSETS);
            found
        });
        let mut cards = Vec::with_capacity(found.len());
        for slice in found.chunks(SLICE) {
            self.backend.read(|twin| {
                cards.extend(
                    slice
                        .iter()
                        .filter_map(|asset| self.asset_card(twin, *asset, viewer, busy)),
                );
            });
        }
        cards
    }

    fn asset_card(
        &self,
        twin: &Twin,
        asset: AssetId,
        viewer: &Viewer,
        busy: &BTreeSet<AssetId>,
    ) -> Option<AssetCard> {
        let known = twin.asset(asset)?;
        let above = twin.trail(asset);
        let above = above
            .iter()
            .filter(|step| **step != asset && sees(viewer, twin, **step));
        Some(AssetCard {
            id: asset.get(),
            name: known.name.to_string(),
            place: above
                .filter_map(|step| Some(twin.asset(*step)?.name.to_string()))
                .collect(),
            code: code_of(self.backend.label_key, asset.get()).unwrap_or_default(),
            values: match busy.contains(&asset) && sees(viewer, twin, asset) {
                true => values(&self.backend, twin, asset, viewer),
                false => Vec::new(),
            },
        })
    }

    /// Parts that their work may take.
    fn parts_of(&self, busy: &BTreeSet<AssetId>) -> Vec<PartCard> {
        let assets: Vec<AssetId> = busy.iter().copied().collect();
        let mut parts = stock::cards(&self.backend, &assets);
        parts.truncate(MOST_PARTS);
        parts
    }
}
