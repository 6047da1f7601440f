//! `/labels`, `/share/label`, `/a/{code}`: labels of assets and links, and where an asset's label leads.

use access::Capability;
use app::i18n::Messages;
use app::routes;
use app::still::Frame;
use app::still::labels::{ChooseLabels, Label, LabelSize, Labels, LabelsOf, LabelsPage, NoLabel};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use leptos::prelude::*;
use serde::Deserialize;
use twin::{AssetId, Timestamp};

use super::doors::Doors;
use super::share::qr;
use super::{lines, who};
use crate::access::sees;
use crate::label::{asset_of, code_of};

/// Labels on one page of the browser.
const MOST: usize = 240;

/// Their routes. A code is in either case: in upper case a QR code is smaller.
pub fn router(doors: Doors) -> Router {
    Router::new()
        .route("/labels", get(labels))
        .route("/share/label", post(of_link))
        .route("/a/{code}", get(follow))
        .route("/A/{code}", get(follow))
        .with_state(doors)
}

/// Of what, and on what.
#[derive(Deserialize)]
struct Asked {
    /// None: somebody came without having chosen.
    asset: Option<u32>,
    #[serde(default)]
    size: String,
    below: Option<String>,
    test: Option<String>,
}

async fn labels(State(doors): State<Doors>, Query(asked): Query<Asked>, parts: Parts) -> Response {
    let Some(asset) = asked.asset else {
        let title = |m: Messages| m.still_labels().to_owned();
        let draw = || view! { <ChooseLabels/> };
        return doors
            .page_of(parts, StatusCode::OK, Frame::Header, title, draw)
            .await;
    };
    let viewer = who::viewer(&parts);
    let below = asked.below.is_some();
    let found = doors.backend.read(|twin| {
        let top = AssetId::new(asset);
        let name = twin
            .asset(top)
            .filter(|_| sees(&viewer, twin, top))?
            .name
            .to_string();
        let mut assets = vec![top];
        let mut at = 0;
        // One more than fit, to know that some are left out.
        while let Some(asset) = assets.get(at).copied().filter(|_| below && assets.len() <= MOST) {
            assets.extend(
                twin.children(asset)
                    .iter()
                    .filter(|child| sees(&viewer, twin, **child)),
            );
            at += 1;
        }
        let most = (assets.len() > MOST).then_some(MOST);
        assets.truncate(MOST);
        let named = |asset: AssetId| Some((asset, twin.asset(asset)?.name.to_string()));
        let assets: Vec<_> = assets.into_iter().filter_map(named).collect();
        Some((name, assets, most))
    });
    let Some((name, assets, most)) = found else {
        return (StatusCode::NOT_FOUND, "There is no such asset.\n").into_response();
    };
    let label = |(asset, name): (AssetId, String)| {
        let code = code_of(doors.backend.label_key, asset.get())?;
        let (first, last) = code.split_at_checked(4)?;
        Some(Label {
            qr: qr(&address(&doors.base_url, &code)),
            name,
            code: Some(format!("{first} {last}")),
            ends_millis: None,
        })
    };
    let page = LabelsPage {
        name,
        of: LabelsOf::Asset { asset, below },
        size: LabelSize::from_word(&asked.size),
        is_test: asked.test.is_some(),
        most,
        labels: assets.into_iter().filter_map(label).collect(),
        times: lines::times(&doors.backend, None),
    };
    doors.labels(parts, page).await
}

/// Which link. A form, so that its secret stands in no address but its own.
#[derive(Deserialize)]
struct OfLink {
    secret: String,
    #[serde(default)]
    size: String,
    test: Option<String>,
}

async fn of_link(State(doors): State<Doors>, parts: Parts, Form(asked): Form<OfLink>) -> Response {
    let viewer = who::viewer(&parts);
    let held = doors.accounts.by_link(&asked.secret, None).filter(|held| {
        let owner = doors.accounts.owner_of(held.id).filter(|owner| owner.get() > 0);
        owner == viewer.who.account() || viewer.who.may_everywhere(Capability::ManageLinks)
    });
    let Some(held) = held else {
        return (StatusCode::NOT_FOUND, "There is no such link.\n").into_response();
    };
    let asset = AssetId::new(held.link.asset);
    let name = doors
        .backend
        .read(|twin| twin.asset(asset).map(|asset| asset.name.to_string()))
        .unwrap_or_default();
    let label = Label {
        qr: qr(&format!("{}/s/{}", doors.base_url, asked.secret)),
        name: name.clone(),
        code: None,
        ends_millis: held.expires.map(Timestamp::millis),
    };
    let page = LabelsPage {
        name,
        of: LabelsOf::Link { secret: asked.secret },
        size: LabelSize::from_word(&asked.size),
        is_test: asked.test.is_some(),
        most: None,
        labels: vec![label],
        times: lines::times(&doors.backend, None),
    };
    doors.labels(parts, page).await
}

/// A label was scanned by somebody who is signed in. Whether they may see the asset says its page.
async fn follow(State(doors): State<Doors>, Path(code): Path<String>, parts: Parts) -> Response {
    match asset_of(doors.backend.label_key, &code) {
        Some(asset) => Redirect::to(&routes::url(&format!("/assets/{asset}"))).into_response(),
        None => {
            let title = |m: Messages| m.still_labels().to_owned();
            let draw = || view! { <NoLabel/> };
            doors
                .page_of(parts, StatusCode::NOT_FOUND, Frame::Header, title, draw)
                .await
        }
    }
}

impl Doors {
    async fn labels(&self, parts: Parts, page: LabelsPage) -> Response {
        let name = page.name.clone();
        let title = move |m: Messages| m.still_labels_of(&name);
        let draw = move || view! { <Labels page/> };
        self.page_of(parts, StatusCode::OK, Frame::Header, title, draw)
            .await
    }
}

/// Where a label leads: all in upper case, which makes the QR code smaller, where nothing but the host's name
/// stands before it.
fn address(base: &str, code: &str) -> String {
    let host = base.split_once("://").map_or(base, |(_, host)| host);
    if host.contains('/') {
        format!("{base}/a/{code}")
    } else {
        format!("{base}/A/{code}").to_uppercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_as_short_as_its_host_allows() {
        for (base, expect) in [
            (
                "https://gemba.plant.example",
                "HTTPS://GEMBA.PLANT.EXAMPLE/A/7K3Q9M2X",
            ),
            ("http://10.0.0.5:8080", "HTTP://10.0.0.5:8080/A/7K3Q9M2X"),
            (
                "https://apps.example/gemba",
                "https://apps.example/gemba/a/7K3Q9M2X",
            ),
        ] {
            assert_eq!(address(base, "7K3Q9M2X"), expect);
        }
    }
}
