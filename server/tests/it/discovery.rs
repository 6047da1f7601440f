//! A broker nobody described: assets and points by themselves, readable without script.

use crate::support::{Gemba, Mosquitto, Publisher, until};

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

/// What a search finds, whatever state its data is in.
async fn found(gemba: &Gemba) -> Option<serde_json::Value> {
    let hits = gemba.get("/api/fn/search?q=pressure").await?;
    let mut hits: serde_json::Value = serde_json::from_str(&hits).ok()?;
    for hit in hits.as_array_mut()? {
        hit.as_object_mut()?.remove("data");
    }
    hits.to_string().contains("acme/pump").then_some(hits)
}
