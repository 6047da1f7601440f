//! The data directory, backup and restore.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use store::backup::{BackupError, Contents, backup, restore};
use store::data_dir::read_token;
use store::{
    AssetRecord, Assets, DataDir, DataDirError, Durability, History, HistoryConfig, PointRecord, Points,
    Records, Settings,
};
use twin::{AssetId, Flags, PointId, Quality, Reading, SourceId, Timestamp, Value};

#[test]
fn one_server_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    let first = DataDir::open(&path).unwrap();
    let error = DataDir::open(&path).unwrap_err();
    assert!(
        matches!(&error, DataDirError::InUse { pid: Some(pid), .. } if *pid == std::process::id()),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains(&format!("is in use by process {}", std::process::id())),
        "{error}"
    );
    let token = first.token().unwrap();
    assert_eq!(token.len(), 32);
    assert!(token.bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert!(!first.is_demo());
    first.mark_demo().unwrap();
    drop(first);
    let again = DataDir::open(&path).unwrap();
    assert!(again.is_demo());
    assert_eq!(again.token().unwrap(), token);
    assert_eq!(read_token(&path).unwrap(), token);
    assert_ne!(
        DataDir::open(&dir.path().join("other")).unwrap().token().unwrap(),
        token
    );
}

#[cfg(unix)]
#[test]
fn the_token_is_the_owners() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let _data = DataDir::open(dir.path()).unwrap();
    let mode = std::fs::metadata(dir.path().join("token"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn says_where_it_cannot_be() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = DataDir::open(&file.join("data")).unwrap_err();
    assert!(
        matches!(
            error,
            DataDirError::Io {
                operation: "make",
                ..
            }
        ),
        "{error}"
    );
}

fn reading(second: u32) -> (PointId, Reading) {
    let time = Timestamp::from_millis(1_750_000_000_000 + i64::from(second) * 1_000);
    let value = if second.is_multiple_of(10) {
        Value::Text(format!("state {}", second % 3).into())
    } else {
        Value::Number(f64::from(second) / 3.0)
    };
    let reading = Reading {
        value: Some(value),
        quality: Quality::Good,
        source_time: Some(time),
        arrival: time,
        flags: Flags::SIMULATED,
    };
    (PointId::new(1 + second % 5), reading)
}

fn all(history: &History) -> Vec<(PointId, Reading)> {
    let (from, to) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
    let mut readings = Vec::new();
    for point in (1..=5).map(PointId::new) {
        let series = history.series(point, from, to, usize::MAX).unwrap();
        readings.extend(series.into_iter().map(|reading| (point, reading)));
    }
    readings.sort_by_key(|(_, reading)| reading.time());
    readings
}

fn small() -> HistoryConfig {
    HistoryConfig {
        log_bytes: 50_000,
        keep_bytes: 500_000,
        ..HistoryConfig::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_has_all_that_was_acknowledged_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDir::open(&dir.path().join("data")).unwrap();
    let history = Arc::new(History::open(&data.history(), small()).unwrap());
    let records = Records::open(&data.records()).await.unwrap();
    let asset = AssetRecord {
        id: AssetId::new(1),
        parent: None,
        segment: "ro-1".to_owned(),
        name: "RO 1".to_owned(),
        path: "ro-1".to_owned(),
        created: Timestamp::from_millis(1),
        model_key: Some("ro:1".to_owned()),
    };
    let point = PointRecord {
        id: PointId::new(1),
        asset: AssetId::new(1),
        source: SourceId::new(1),
        topic: "ro-1/flow".to_owned(),
        field: String::new(),
        leaf_asset: Some("pump/motor".to_owned()),
        name: "flow".to_owned(),
        unit: None,
        unit_guessed: false,
        created: Timestamp::from_millis(1),
    };
    records
        .add_structure(std::slice::from_ref(&asset), std::slice::from_ref(&point))
        .await
        .unwrap();
    history
        .record_gap(Timestamp::from_millis(10), Timestamp::from_millis(20))
        .unwrap();
    data.mark_demo().unwrap();

    let (acknowledged, stop) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
    let appending = {
        let (history, acknowledged, stop) = (history.clone(), acknowledged.clone(), stop.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::Acquire) {
                let from = acknowledged.load(Ordering::Acquire);
                let batch: Vec<_> = (from..from + 100).map(reading).collect();
                history.append(&batch, Durability::Synced).unwrap();
                acknowledged.store(from + 100, Ordering::Release);
            }
        })
    };
    while acknowledged.load(Ordering::Acquire) < 20_000 {
        tokio::task::yield_now().await;
    }
    let file = dir.path().join("gemba.backup");
    let before = acknowledged.load(Ordering::Acquire);
    let is_demo = data.is_demo();
    let contents = Contents {
        history: history.clone(),
        records,
        files: data.files(),
        is_demo,
    };
    backup(contents, &file).await.unwrap();
    stop.store(true, Ordering::Release);
    appending.join().unwrap();
    let names: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "nothing is left beside the backup: {names:?}");

    let restored = dir.path().join("restored");
    restore(&file, &restored).unwrap();
    let restored = DataDir::open(&restored).unwrap();
    assert_ne!(restored.token().unwrap(), data.token().unwrap());
    assert!(
        restored.is_demo(),
        "what a simulator made says so after a restore too"
    );
    let history = History::open(&restored.history(), small()).unwrap();
    let found = all(&history);
    assert!(found.len() >= before as usize, "{} of {before}", found.len());
    assert_eq!(found, (0..found.len() as u32).map(reading).collect::<Vec<_>>());
    assert_eq!(
        history
            .gaps(Timestamp::from_millis(0), Timestamp::from_millis(15))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(history.reach(), Some(reading(0).1.time()));
    let records = Records::open(&restored.records()).await.unwrap();
    let (mut assets, mut points) = (Vec::new(), Vec::new());
    records.each_asset(|asset| assets.push(asset)).await.unwrap();
    records.each_point(|point| points.push(point)).await.unwrap();
    assert_eq!((assets, points), (vec![asset], vec![point]));

    // And it goes on from there, over a restart.
    let next = found.len() as u32;
    history
        .append(
            &(next..next + 5_000).map(reading).collect::<Vec<_>>(),
            Durability::Synced,
        )
        .unwrap();
    drop(history);
    let history = History::open(&restored.history(), small()).unwrap();
    assert_eq!(all(&history).len(), next as usize + 5_000);
}

async fn small_backup(dir: &Path) -> std::path::PathBuf {
    let data = DataDir::open(&dir.join("data")).unwrap();
    let history = Arc::new(History::open(&data.history(), small()).unwrap());
    let records = Records::open(&data.records()).await.unwrap();
    records.set_setting("seed", Some("42")).await.unwrap();
    history
        .append(&(0..3_000).map(reading).collect::<Vec<_>>(), Durability::Synced)
        .unwrap();
    std::fs::create_dir(data.files()).unwrap();
    std::fs::write(data.files().join("ab".repeat(32)), "a photo").unwrap();
    std::fs::write(data.files().join("half.part"), "half a photo").unwrap();
    let file = dir.join("gemba.backup");
    let is_demo = data.is_demo();
    let contents = Contents {
        history,
        records,
        files: data.files(),
        is_demo,
    };
    backup(contents, &file).await.unwrap();
    file
}

#[tokio::test]
async fn restores_into_an_empty_place_only() {
    let dir = tempfile::tempdir().unwrap();
    let file = small_backup(dir.path()).await;
    let place = dir.path().join("place");
    std::fs::create_dir(&place).unwrap();
    std::fs::write(place.join("holiday.jpg"), "").unwrap();
    let error = restore(&file, &place).unwrap_err();
    assert!(
        matches!(&error, BackupError::NotEmpty { path } if *path == place),
        "{error}"
    );
    assert!(place.join("holiday.jpg").exists());
    std::fs::remove_file(place.join("holiday.jpg")).unwrap();
    restore(&file, &place).unwrap();
    let records = Records::open(&place.join("records.db")).await.unwrap();
    assert_eq!(records.setting("seed").await.unwrap().as_deref(), Some("42"));
    let photo = place.join("files").join("ab".repeat(32));
    assert_eq!(std::fs::read_to_string(photo).unwrap(), "a photo");
    assert!(!place.join("files/half.part").exists());
}

#[tokio::test]
async fn refuses_what_is_not_a_whole_backup() {
    let dir = tempfile::tempdir().unwrap();
    let file = small_backup(dir.path()).await;
    let whole = std::fs::read(&file).unwrap();
    let place = dir.path().join("place");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let mut huge = whole.clone();
    huge[16..24].copy_from_slice(&u64::MAX.to_le_bytes());
    for bytes in [
        &b""[..],
        b"PK\x03\x04 something else",
        &whole[..whole.len() - 1],
        &whole[..100],
        &flipped,
        &huge,
    ] {
        let damaged = dir.path().join("damaged");
        std::fs::write(&damaged, bytes).unwrap();
        let error = restore(&damaged, &place).unwrap_err();
        assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
        assert!(!place.exists());
    }
    let missing = restore(&dir.path().join("missing"), &place).unwrap_err();
    assert!(
        matches!(
            missing,
            BackupError::Io {
                operation: "read",
                ..
            }
        ),
        "{missing}"
    );
}
