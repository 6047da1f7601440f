//! Times in states come back as they were stored, the last word of each.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use store::{Records, StateTotals as _, StateTotalsRecord};

fn totals(asset: &str, document: &str) -> StateTotalsRecord {
    StateTotalsRecord {
        asset: asset.to_owned(),
        property: "state".to_owned(),
        document: document.to_owned(),
    }
}

#[tokio::test]
async fn the_last_word_of_each_comes_back() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    assert_eq!(records.state_totals().await.unwrap(), []);
    let many: Vec<_> = (0..1_200).map(|n| totals(&format!("p-{n:04}"), "{}")).collect();
    records.put_state_totals(&many).await.unwrap();
    records
        .put_state_totals(&[totals("p-0007", "{\"starts\":3}"), totals("Kühler", "{}")])
        .await
        .unwrap();
    records.close().await;
    let records = Records::open(&path).await.unwrap();
    let known = records.state_totals().await.unwrap();
    assert_eq!(known.len(), 1_201);
    assert_eq!(known[0], totals("Kühler", "{}"));
    assert_eq!(known[8], totals("p-0007", "{\"starts\":3}"));
}
