//! A broker nobody described: assets and points by themselves, readable without script.

use std::time::Duration;

use crate::support::{Gemba, Mosquitto, Publisher, until, within};

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_broker_becomes_pages() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    let mut publisher = Publisher::new(broker.port, "gateway");
    let messages = [
        ("acme/lyon/boiler/pressure_bar", "6.25"),
        ("acme/lyon/boiler/state", "Running"),
        ("acme/lyon/mixer", r#"{"speed":{"rpm":118},"load_pct":41.5}"#),
        ("acme/rotterdam/tank-1/level", "\"73,5\""),
    ];
    publisher
        .publish(messages.map(|(topic, payload)| (topic.to_owned(), payload.as_bytes().to_vec())))
        .await;
    let page = until("the asset is on a page", async || {
        let page = gemba.get("/h/acme/lyon").await?;
        (page.contains("6.25") && page.contains("118")).then_some(page)
    })
    .await;
    assert!(page.contains("bar"), "the unit is guessed from the tag");
    assert!(gemba.get("/overview").await.unwrap().contains("acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_and_settings_survive_a_restart() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    let mut publisher = Publisher::new(broker.port, "gateway");
    publisher.publish_one("acme/pump/flow", b"12.5", true).await;
    publisher.publish_one("acme/pump/pressure", b"3.25", true).await;
    let before = until("found", async || found(&gemba).await).await;
    assert!(gemba.terminate());
    gemba.start().await;
    let after = until("found again", async || found(&gemba).await).await;
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_turned_away_is_remembered_however_the_server_ends() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "gateway");
    publisher.publish_one("acme/pump/flow", b"{\"a\":", false).await;
    // More than the twin sorts out within one call.
    let once = (0..2_500).map(|n| (format!("rpc/response/{n}"), b"1".to_vec()));
    publisher.publish(once).await;
    // A minute of silence tells that they spoke once.
    let asset = within(Duration::from_secs(120), "proposed", async || {
        gemba.ask("sources").await?["one_shots"][0]["asset"].as_u64()
    })
    .await;
    let form = format!("asset={asset}&ignored=true");
    assert_eq!(gemba.send("set_ignored", &form).await, 200);
    let points = async |gemba: &Gemba| gemba.ask("sources").await?["sources"][0]["points"].as_u64();
    until("taken away", async || (points(&gemba).await? == 0).then_some(())).await;
    assert!(gemba.terminate());
    gemba.start().await;
    let page = until("back", async || gemba.ask("sources").await).await;
    assert_eq!(page["sources"][0]["points"], 0, "{page}");
    assert_eq!(page["one_shots"][0]["decision"], true, "{page}");
    let problems = async || gemba.ask("sources").await?["problems"][0]["count"].as_u64();
    assert_eq!(until("counted on", problems).await, 1);
}

/// What a search finds, whatever state its data is in.
async fn found(gemba: &Gemba) -> Option<serde_json::Value> {
    let hits = gemba.get("/api/fn/search?q=pressure").await?;
    let mut hits: serde_json::Value = serde_json::from_str(&hits).ok()?;
    for hit in hits.as_array_mut()? {
        hit.as_object_mut()?.remove("data");
    }
    hits.to_string().contains("acme/pump").then_some(hits)
}
