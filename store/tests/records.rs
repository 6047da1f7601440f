//! Records: what is stored is found again, after a restart too, and large plants load quickly.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::path::Path;
use std::time::Instant;

use store::{
    AssetRecord, Assets, PointRecord, Points, Records, RecordsError, Settings, SourceRecord, Sources,
};
use twin::{AssetId, Cadence, PointId, SourceId, Span, Timestamp};

fn asset(number: u32) -> AssetRecord {
    AssetRecord {
        id: AssetId::new(number),
        parent: (number > 1).then(|| AssetId::new(number / 10 + 1)),
        segment: format!("unit-{number}"),
        name: format!("Unit {number}"),
        path: format!("site/area/unit-{number}"),
        created: Timestamp::from_millis(1_750_000_000_000),
        model_key: number.is_multiple_of(7).then(|| format!("unit:{number}")),
    }
}

fn point(number: u32) -> PointRecord {
    PointRecord {
        id: PointId::new(number),
        asset: AssetId::new(number / 10 + 1),
        // Computed values are of source 0, which is nowhere in the list of sources.
        source: SourceId::new(number % 3),
        topic: format!("site/area/unit-{}", number / 10 + 1),
        field: format!("value-{}'); DROP TABLE points; --\"\u{1f}\n\0x", number % 10),
        leaf_asset: number.is_multiple_of(5).then(|| "pump/motor".to_owned()),
        name: "Température \u{1f321}".to_owned(),
        unit: number.is_multiple_of(2).then(|| "°C".to_owned()),
        unit_guessed: number.is_multiple_of(4),
        created: Timestamp::from_millis(-1),
    }
}

async fn assets(records: &Records) -> Vec<AssetRecord> {
    let mut assets = Vec::new();
    records.each_asset(|asset| assets.push(asset)).await.unwrap();
    assets
}

async fn points(records: &Records) -> Vec<PointRecord> {
    let mut points = Vec::new();
    records.each_point(|point| points.push(point)).await.unwrap();
    points
}

#[tokio::test]
async fn keeps_everything_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    let new_assets: Vec<_> = (1..=1_200).map(asset).collect();
    let mut new_points: Vec<_> = (1..=10_000).map(point).collect();
    records.add_structure(&new_assets, &new_points).await.unwrap();
    // Seen again with another name: what is known stays.
    let renamed = AssetRecord {
        name: "Other".to_owned(),
        ..asset(3)
    };
    records
        .add_structure(&[renamed, asset(1_201)], &[])
        .await
        .unwrap();
    records
        .set_asset_name(AssetId::new(3), Some("Pump"))
        .await
        .unwrap();
    records
        .set_asset_name(AssetId::new(3), Some("Dosing pump"))
        .await
        .unwrap();
    records
        .set_asset_name(AssetId::new(4), Some("Gone"))
        .await
        .unwrap();
    records.set_asset_name(AssetId::new(4), None).await.unwrap();
    let old = |asset| ("old/path".into(), AssetId::new(asset));
    records.add_redirects(&[old(2), old(3)]).await.unwrap();
    records.add_redirects(&[old(5)]).await.unwrap();
    records
        .set_point_settings(PointId::new(7), Some("{\"unit\":\"bar\"}"))
        .await
        .unwrap();
    records
        .set_point_settings(PointId::new(8), Some("{}"))
        .await
        .unwrap();
    records.set_point_settings(PointId::new(8), None).await.unwrap();
    let each = |micros| Cadence::Learned(Span::from_micros(micros));
    let learned = [
        (7, each(1_500)),
        (8, Cadence::OnChange),
        (9, Cadence::Learning),
        (10, Cadence::Declared(Span::from_secs(1))),
    ];
    records
        .put_cadences(&learned.map(|(point, cadence)| (PointId::new(point), cadence)))
        .await
        .unwrap();
    records
        .put_cadences(&[(PointId::new(7), each(2_000_000))])
        .await
        .unwrap();
    new_points[8].unit = Some("l/min".to_owned());
    new_points[8].unit_guessed = false;
    records.set_units(&[(PointId::new(9), "l/min")]).await.unwrap();
    records.close().await;

    let records = Records::open(&path).await.unwrap();
    let expected: Vec<_> = (1..=1_201).map(asset).collect();
    assert_eq!(assets(&records).await, expected);
    assert_eq!(points(&records).await, new_points);
    assert_eq!(records.last_point().await.unwrap(), 10_000);
    let mut tags = Vec::new();
    records.each_tag(4..=10_000, |tag| tags.push(tag)).await.unwrap();
    assert_eq!(tags.len(), 9_997);
    for (tag, point) in tags.into_iter().zip(&new_points[3..]) {
        let stated = (!point.unit_guessed).then(|| point.unit.clone()).flatten();
        assert_eq!(tag.unit, stated, "a guess is made again");
        let whole = PointRecord {
            id: tag.id,
            asset: tag.asset,
            source: tag.source,
            topic: tag.topic,
            field: tag.field,
            leaf_asset: tag.leaf_asset,
            ..point.clone()
        };
        assert_eq!(&whole, point);
    }
    assert_eq!(
        records.asset_names().await.unwrap(),
        [(AssetId::new(3), "Dosing pump".to_owned())]
    );
    assert_eq!(
        records.redirects().await.unwrap(),
        [("old/path".to_owned(), AssetId::new(5))]
    );
    assert_eq!(
        records.point_settings().await.unwrap(),
        [(PointId::new(7), "{\"unit\":\"bar\"}".to_owned())]
    );
    assert_eq!(
        records.cadences().await.unwrap(),
        [
            (PointId::new(7), each(2_000_000)),
            (PointId::new(8), Cadence::OnChange)
        ]
    );
}

#[tokio::test]
async fn keeps_which_asset_of_the_model_an_asset_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    let new: Vec<_> = (6..=8).map(asset).collect();
    records.add_structure(&new, &[]).await.unwrap();
    let id = AssetId::new;
    records.set_asset_key(id(6), Some("p-14")).await.unwrap();
    let changes = [(id(6), None), (id(7), Some("p-15")), (id(8), Some("Lyon:1"))];
    records.set_asset_keys(&changes).await.unwrap();
    // One that is not there is nobody's.
    records.set_asset_key(id(99), Some("p-99")).await.unwrap();
    records.close().await;
    let records = Records::open(&path).await.unwrap();
    let keys: Vec<_> = assets(&records)
        .await
        .into_iter()
        .map(|asset| asset.model_key)
        .collect();
    assert_eq!(keys, [None, Some("p-15".to_owned()), Some("Lyon:1".to_owned())]);
}

#[tokio::test]
async fn keeps_sources_in_their_order() {
    let dir = tempfile::tempdir().unwrap();
    let records = Records::open(&dir.path().join("records.db")).await.unwrap();
    let source = |id, order| SourceRecord {
        id: SourceId::new(id),
        name: format!("broker {id}"),
        url: "mqtt://127.0.0.1:1883".to_owned(),
        config: "{}".to_owned(),
        enabled: true,
        order,
    };
    for (id, order) in [(1, 5), (2, 4), (3, 6)] {
        records.put_source(&source(id, order)).await.unwrap();
    }
    let disabled = SourceRecord {
        enabled: false,
        ..source(3, -1)
    };
    records.put_source(&disabled).await.unwrap();
    records.remove_source(SourceId::new(1)).await.unwrap();
    assert_eq!(records.sources().await.unwrap(), [disabled, source(2, 4)]);
}

#[tokio::test]
async fn keeps_settings_and_counts() {
    let dir = tempfile::tempdir().unwrap();
    let records = Records::open(&dir.path().join("records.db")).await.unwrap();
    assert_eq!(records.setting("client").await.unwrap(), None);
    records.set_setting("client", Some("gemba-1")).await.unwrap();
    records.set_setting("client", Some("gemba-2")).await.unwrap();
    assert_eq!(
        records.setting("client").await.unwrap().as_deref(),
        Some("gemba-2")
    );
    records.set_setting("client", None).await.unwrap();
    assert_eq!(records.setting("client").await.unwrap(), None);
    for expected in 1..=12 {
        assert_eq!(records.next_number("epoch").await.unwrap(), expected);
    }
    let counts = (0..20).map(|_| {
        let records = records.clone();
        tokio::spawn(async move { records.next_number("source").await.unwrap() })
    });
    let mut numbers = Vec::new();
    for count in counts.collect::<Vec<_>>() {
        numbers.push(count.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn says_what_it_cannot_open() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    std::fs::write(
        &path,
        "this is not a database, it is a text of more than a hundred bytes".repeat(4),
    )
    .unwrap();
    let error = Records::open(&path).await.unwrap_err();
    assert!(
        matches!(error, RecordsError::Open { .. } | RecordsError::Migrate { .. }),
        "{error}"
    );
    let missing = Path::new("/dev/null/records.db");
    let error = Records::open(missing).await.unwrap_err();
    assert!(
        matches!(&error, RecordsError::Open { path, .. } if path == missing),
        "{error}"
    );
}

#[tokio::test]
async fn a_failed_write_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    records.close().await;
    let error = records.add_structure(&[asset(1)], &[point(1)]).await.unwrap_err();
    assert!(
        matches!(
            error,
            RecordsError::Write {
                what: "assets and points",
                ..
            }
        ),
        "{error}"
    );
    let records = Records::open(&path).await.unwrap();
    assert_eq!(assets(&records).await, []);
}

/// Run by hand, in release: `cargo test -p store --release --test records -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "a measurement"]
async fn loads_a_large_plant() {
    let dir = tempfile::tempdir().unwrap();
    let records = Records::open(&dir.path().join("records.db")).await.unwrap();
    let started = Instant::now();
    for part in 0..100 {
        let assets: Vec<_> = (1..=1_000).map(|number| asset(part * 1_000 + number)).collect();
        let points: Vec<_> = (1..=10_000).map(|number| point(part * 10_000 + number)).collect();
        records.add_structure(&assets, &points).await.unwrap();
    }
    println!(
        "stored 100,000 assets and 1,000,000 points in {:?}",
        started.elapsed()
    );
    let started = Instant::now();
    let mut count = 0;
    records.each_asset(|_| count += 1).await.unwrap();
    records.each_point(|_| count += 1).await.unwrap();
    println!("loaded {count} in {:?}", started.elapsed());
}
