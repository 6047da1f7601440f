//! Decisions on topics and counted problems come back as they were stored, the last word of each.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use store::{Ignored as _, ProblemRecord, Problems as _, Records};
use twin::{AssetId, IgnoreProposal, PointId, SourceId, Timestamp};

fn decision(asset: u32, ignored: bool) -> IgnoreProposal {
    IgnoreProposal {
        asset: AssetId::new(asset),
        children: 1_200,
        refused: 0,
        decision: Some(ignored),
    }
}

fn problem(reason: &str, count: u64) -> ProblemRecord {
    ProblemRecord {
        source: SourceId::new(1),
        reason: reason.to_owned(),
        count,
        first: Timestamp::from_millis(5),
        last: Timestamp::from_millis(7_000),
        topic: "a/ü/<b>".to_owned(),
        sample: "{\"x\": 'é".to_owned(),
    }
}

#[tokio::test]
async fn what_was_turned_away_is_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    for (asset, ignored) in [(7, true), (3, false), (7, false), (3, true)] {
        records.put_decision(&decision(asset, ignored)).await.unwrap();
    }
    let points: Vec<_> = (1..=1_500).map(|point| (PointId::new(point), true)).collect();
    records.set_ignored(&points).await.unwrap();
    records
        .set_ignored(&[(PointId::new(2), false), (PointId::new(9_999), false), points[0]])
        .await
        .unwrap();
    records
        .put_problems(&[problem("bad_json", 3), problem("empty", 1)])
        .await
        .unwrap();
    records.put_problems(&[problem("bad_json", 4)]).await.unwrap();
    records.close().await;

    let records = Records::open(&path).await.unwrap();
    assert_eq!(
        records.decisions().await.unwrap(),
        [decision(3, true), decision(7, false)]
    );
    let ignored = records.ignored_points().await.unwrap();
    assert_eq!((ignored.len(), ignored[1]), (1_499, PointId::new(3)));
    assert_eq!(records.problems().await.unwrap(), [problem("bad_json", 4)]);
}
