//! What pages are drawn from: by position for pages, as JSON for everybody else, and the same in both.

use std::fmt::Debug;

use app::api::ask::BY_POSITION;
use app::api::place::PlaceAnswer;
use app::api::{ApiError, plain};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wire::message::Summary;
use wire::page::{
    AssetPage, BrokerTest, ComparePage, ExplainPage, FindPage, Hit, LearnPage, OverviewPage, RowsPage, Shell,
    SourcesPage, StatusPage, TagPage, TreePart, TreeWay, Trend,
};

use crate::support::site::Site;
use crate::support::{Gemba, until};

/// Formats without names cannot read data that say themselves what they are (`tag`, `untagged`, `flatten`,
/// `skip_serializing_if`): what a page gets is read from JSON, written by position, and must come back.
async fn check<T>(gemba: &Gemba, function: &str) -> T
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let json = gemba.get(&format!("/api/fn/{function}")).await.expect(function);
    let named: T = serde_json::from_str(&json).expect(function);
    let bytes = plain::bytes_of(&named);
    assert_eq!(
        plain::from_bytes::<T>(&bytes).as_ref(),
        Some(&named),
        "{function}"
    );
    assert_eq!(plain::bytes_in(&plain::text_of(&bytes)), bytes, "{function}");
    let answer = by_position::<T>(gemba, function).await;
    assert!(matches!(answer, (200, Some(Ok(_)))), "{function}: {answer:?}");
    named
}

async fn by_position<T: DeserializeOwned>(
    gemba: &Gemba,
    function: &str,
) -> (u16, Option<Result<T, ApiError>>) {
    let accept = format!("accept: {BY_POSITION}");
    let request = format!("GET /api/fn/{function}");
    let (status, bytes) = gemba.exchange_bytes(&request, &[&accept], "").await;
    (status, plain::from_bytes(&bytes))
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_data_come_by_position_as_they_are() {
    let gemba = Gemba::demo(&["--history-hours", "1"]).await;
    until("the past is made", async || gemba.get("/readyz").await).await;
    gemba.send("demo_fault", "kind=bearing_wear&active=true").await;
    until("something needs somebody", async || {
        let overview = gemba.ask("overview").await?;
        (!overview["needs"].as_array()?.is_empty()).then_some(())
    })
    .await;
    let shell: Shell = check(&gemba, "shell").await;
    let overview: OverviewPage = check(&gemba, "overview").await;
    let point = overview
        .needs
        .iter()
        .find_map(|need| need.point.as_ref())
        .unwrap();
    let (asset, point) = (point.info.asset, point.info.point);
    let site = &overview.rows.first().unwrap().node.asset;

    check::<PlaceAnswer>(&gemba, "place?path=&by=").await;
    check::<PlaceAnswer>(&gemba, &format!("place?path={}&by=", site.path)).await;
    check::<RowsPage>(&gemba, &format!("rows?path={}", site.path)).await;
    check::<TreeWay>(&gemba, &format!("tree?path={}", site.path)).await;
    check::<TreePart>(&gemba, "branch?offset=0").await;
    check::<Vec<(u32, Summary)>>(&gemba, &format!("counts?by=&assets[0]={}", site.asset)).await;
    check::<AssetPage>(&gemba, &format!("asset?asset={asset}&offset=0")).await;
    check::<ComparePage>(&gemba, "compare?ty=&property=&descending=true").await;
    check::<TagPage>(&gemba, &format!("tag?point={point}")).await;
    check::<ExplainPage>(&gemba, &format!("explain?point={point}")).await;
    check::<Vec<(u32, String)>>(&gemba, &format!("topics?points[0]={point}")).await;
    let (from, to) = (shell.server_millis - 600_000, shell.server_millis);
    let trend = format!("trend?points[0]={point}&from_millis={from}&to_millis={to}&width_px=300");
    check::<Trend>(&gemba, &trend).await;
    check::<Vec<Hit>>(&gemba, "search?q=pump").await;
    check::<FindPage>(&gemba, "find?query[words]=pump").await;
    check::<SourcesPage>(&gemba, "sources").await;
    check::<Option<(String, Result<BrokerTest, ApiError>)>>(&gemba, "tested?name=none").await;
    check::<LearnPage>(
        &gemba,
        "learn?query[tab]=Assets&query[offset]=0&query[at]=&query[find]=",
    )
    .await;
    check::<StatusPage>(&gemba, "status").await;

    let gone = by_position::<AssetPage>(&gemba, "asset?asset=4000000&offset=0").await;
    assert_eq!(gone, (404, Some(Err(ApiError::NotFound))));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_needs_somebody_stands_in_one_list_without_script() {
    let site = Site::new().await;
    let owner = site
        .session("owner", vec![site.grant(access::Role::Owner, "")])
        .await;
    let calm = site.get("/overview/needs").by(&owner).await;
    assert!(calm.body.contains("Nothing needs you now."), "{}", calm.body);
    let overview = site.get("/overview").by(&owner).await.body;
    assert!(
        overview.contains("No limits are set"),
        "no limit is called kept where there is none"
    );
    for (path, field) in [
        ("acme/lyon/press", "force"),
        ("acme/lyon/oven", "heat"),
        ("acme/rotterdam/pump", "secretflow"),
    ] {
        let form = format!("point={}&form[name]={field}&form[high]=1", site.point(path).get());
        let ask = site.post("/api/fn/save_point", &form).by(&owner);
        assert_eq!(ask.with("accept", "application/json").await.status, 200, "{path}");
    }
    let list = site.get("/overview/needs").by(&owner).await.body;
    for expect in ["force", "heat", "secretflow", "3 matters"] {
        assert!(list.contains(expect), "{expect}: {list}");
    }
    let lyon = vec![site.grant(access::Role::Viewer, "acme/lyon")];
    let lyon = site.session("lyon", lyon).await;
    let list = site.get("/overview/needs").by(&lyon).await.body;
    assert!(
        list.contains("2 matters") && !list.contains("secretflow"),
        "{list}"
    );
}
