//! Search in a modelled plant: who answers for what, and what is known while the network is cut.

use serde_json::Value;

use crate::support::{Gemba, Mosquitto, Publisher, until};

const MODEL: &str = r#"
[types.place]
[types.pump]
name = "Pump"
owner = "mechanics"
steward = "automation"
properties.flow = { kind = "measurement", topic = "works/{asset}", field = "flow", expected = "1s" }
properties.double = { kind = "computed", formula = "flow * 2" }
properties.hourly = { kind = "computed", formula = "avg(flow)", window = "1s" }

[assets.works]
type = "place"
name = "Works"
[assets.mechanics-hall]
type = "place"
name = "Hall of mechanics"
relations.part_of = "works"
[assets.p-1]
type = "pump"
name = "Feed"
relations.part_of = "works"
[assets.p-2]
type = "pump"
name = "Return"
owner = "contractor"
relations.part_of = "works"
"#;

/// The choices of a facet, by their stable words.
fn choices(page: &Value, kind: &str) -> Vec<(String, u64)> {
    let facets = page["facets"].as_array().unwrap();
    let facet = facets.iter().find(|facet| facet["kind"] == kind);
    let choices = facet
        .into_iter()
        .flat_map(|facet| facet["choices"].as_array().unwrap());
    choices
        .map(|choice| {
            (
                choice["value"].as_str().unwrap().to_owned(),
                choice["count"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn named(page: &Value) -> Vec<(String, Option<String>, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let hits = page["hits"].as_array().unwrap().iter();
    let assets = hits.filter(|hit| hit["point"].is_null());
    assets
        .map(|hit| {
            (
                text(&hit["asset"]["name"]).unwrap(),
                text(&hit["owner"]),
                text(&hit["steward"]),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn owners_are_found_told_and_narrow_and_nothing_is_live_in_a_cut_network() {
    let mut mosquitto = Mosquitto::start().await;
    let model = tempfile::tempdir().unwrap();
    std::fs::write(model.path().join("plant.toml"), MODEL).unwrap();
    let url = mosquitto.url();
    let gemba = Gemba::serve(&["--mqtt", &url, "--model", model.path().to_str().unwrap()]).await;
    let port: u16 = url.rsplit(':').next().unwrap().trim_matches('/').parse().unwrap();
    let mut publisher = Publisher::new(port, "field");
    let find = async |query: &str| gemba.ask(&format!("find?{query}")).await;
    until("all is live", async || {
        for pump in ["p-1", "p-2"] {
            publisher
                .publish_one(&format!("works/{pump}"), br#"{"flow":3.5}"#, false)
                .await;
        }
        let page = find("query[words]=p-&query[kind]=computed").await?;
        (choices(&page, "data") == [("live".to_owned(), 4)]).then_some(())
    })
    .await;

    // Found by who answers: it says so. Found by its name: it does not.
    let page = find("query[words]=mechanics").await.unwrap();
    let some = |text: &str| Some(text.to_owned());
    let mut found = named(&page);
    found.sort();
    assert_eq!(
        found,
        [
            ("Feed".to_owned(), some("mechanics"), None),
            ("Hall of mechanics".to_owned(), None, None),
        ],
        "p-2 has an owner of its own: {page}"
    );
    assert_eq!(
        named(&find("query[words]=automation").await.unwrap())[0].2,
        some("automation")
    );
    assert_eq!(
        named(&find("query[words]=return%20contractor").await.unwrap()),
        [("Return".to_owned(), some("contractor"), None)]
    );

    // The facet counts what the others keep, and narrows to what it counted.
    let page = find("query[words]=p-").await.unwrap();
    let owners = choices(&page, "owner");
    assert_eq!(
        owners,
        [("contractor".to_owned(), 4), ("mechanics".to_owned(), 4)],
        "{page}"
    );
    for (owner, count) in owners {
        let page = find(&format!("query[words]=p-&query[owner]={owner}"))
            .await
            .unwrap();
        assert_eq!(page["total"], count, "{owner}");
        assert_eq!(choices(&page, "owner").len(), 2, "the others can still be chosen");
    }

    mosquitto.kill();
    until("nothing is live", async || {
        let page = find("query[words]=p-").await?;
        let data = choices(&page, "data");
        let is_live = |(word, _): &(String, u64)| word == "live";
        (!data.is_empty() && !data.iter().any(is_live)).then_some(())
    })
    .await;
    let page = find("query[words]=p-&query[kind]=computed").await.unwrap();
    assert_eq!(choices(&page, "data"), [("uncertain".to_owned(), 4)], "{page}");
}
