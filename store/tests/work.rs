//! The log of work: what was stored is read back in its order, and nothing is stored twice or in part.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use store::Records;
use store::records::work::{WorkEventRecord, WorkLog as _};
use twin::Timestamp;

fn event(sequence: u64, key: u128) -> WorkEventRecord {
    WorkEventRecord {
        sequence,
        order: 7,
        key,
        received: Timestamp::from_micros(1_772_431_200_000_001),
        document: format!("{{\"value\":0.1,\"n\":{sequence}}}"),
    }
}

async fn all(records: &Records) -> Vec<WorkEventRecord> {
    let mut found = Vec::new();
    records.each_work_event(|event| found.push(event)).await.unwrap();
    found
}

#[tokio::test]
async fn events_come_back_as_they_were_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.sqlite");
    let records = Records::open(&path).await.unwrap();
    let (second, first) = (event(2, 1), event(1, u128::MAX));
    records
        .add_work_events(std::slice::from_ref(&first))
        .await
        .unwrap();
    records
        .add_work_events(std::slice::from_ref(&second))
        .await
        .unwrap();
    records.close().await;
    let records = Records::open(&path).await.unwrap();
    assert_eq!(all(&records).await, [first, second]);
}

#[tokio::test]
async fn a_key_or_a_place_that_is_taken_stores_nothing_of_what_comes_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let records = Records::open(&dir.path().join("records.sqlite")).await.unwrap();
    records.add_work_events(&[event(1, 5)]).await.unwrap();
    for refused in [[event(2, 6), event(3, 5)], [event(2, 6), event(1, 7)]] {
        records.add_work_events(&refused).await.unwrap_err();
        assert_eq!(all(&records).await, [event(1, 5)]);
    }
}
