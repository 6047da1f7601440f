//! The log of needs: what was stored is read back in its order, and nothing is stored twice or in part.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use store::Records;
use store::records::needs::{NeedEntryRecord, NeedLog as _};
use twin::Timestamp;

fn entry(sequence: u64) -> NeedEntryRecord {
    NeedEntryRecord {
        sequence,
        at: Timestamp::from_micros(1_772_431_200_000_001),
        document: format!("{{\"met\":{sequence}}}"),
    }
}

async fn all(records: &Records) -> Vec<NeedEntryRecord> {
    let mut found = Vec::new();
    records.each_need_entry(|entry| found.push(entry)).await.unwrap();
    found
}

#[tokio::test]
async fn entries_come_back_in_their_order_and_a_place_that_is_taken_stores_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let records = Records::open(&path).await.unwrap();
    records.add_need_entries(&[entry(2)]).await.unwrap();
    records.add_need_entries(&[entry(1)]).await.unwrap();
    records.add_need_entries(&[entry(3), entry(2)]).await.unwrap_err();
    records.close().await;
    let records = Records::open(&path).await.unwrap();
    assert_eq!(all(&records).await, [entry(1), entry(2)]);
}
