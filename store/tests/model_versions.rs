//! Versions of the model: files come back as they were given, numbers follow each other, one wins.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use store::{ModelFile, ModelOrigin, ModelVersion, ModelVersions, Records, RecordsError};
use twin::Timestamp;

fn version(number: u32) -> ModelVersion {
    ModelVersion {
        number,
        created: Timestamp::from_micros(1_795_356_000_000_000 + i64::from(number)),
        author: "maintenance".to_owned(),
        comment: format!("Grenzwerte für P-{number} 'n' \"so\""),
        origin: if number == 2 {
            ModelOrigin::Browser
        } else {
            ModelOrigin::Files
        },
        restored: (number > 2).then(|| number - 2),
    }
}

fn file(path: &str, text: &str) -> ModelFile {
    ModelFile {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn files_come_back_as_they_were_given_after_a_restart_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    assert_eq!(records.current_model().await.unwrap(), None);
    assert_eq!(records.model_files(1).await.unwrap(), None);
    let pump = "# was it µ or μ?\r\n[types.pump]\n\tversion = 1 # 'x' \u{1f321}\u{0}\n";
    let first = [file("types/pump.toml", pump), file("sites/lyon.toml", "")];
    records.add_model_version(&version(1), &first).await.unwrap();
    let second = [file("types/pump.toml", &pump.replace("= 1", "= 2"))];
    records.add_model_version(&version(2), &second).await.unwrap();
    records.add_model_version(&version(3), &first).await.unwrap();
    records.add_model_version(&version(4), &[]).await.unwrap();
    records.close().await;

    let records = Records::open(&path).await.unwrap();
    let all = [version(4), version(3), version(2), version(1)];
    assert_eq!(records.model_versions().await.unwrap(), all);
    assert_eq!(records.current_model().await.unwrap(), Some(version(4)));
    let [a, b] = first;
    let first = vec![b, a];
    for (number, files) in [
        (1, first.clone()),
        (2, second.to_vec()),
        (3, first),
        (4, Vec::new()),
    ] {
        assert_eq!(
            records.model_files(number).await.unwrap(),
            Some(files),
            "{number}"
        );
    }
    assert_eq!(records.model_files(5).await.unwrap(), None);
    for (path, text, is_known) in [
        ("types/pump.toml", pump, true),
        ("types/pump.toml", second[0].text.as_str(), true),
        ("sites/lyon.toml", "", true),
        ("sites/lyon.toml", pump, false),
        ("types/pump.toml", "# mine", false),
    ] {
        let known = records.knows_model_file(&file(path, text)).await.unwrap();
        assert_eq!(known, is_known, "{path} {text}");
    }
}

#[tokio::test]
async fn of_many_at_once_one_wins_and_the_others_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let records = Records::open(&dir.path().join("records.db")).await.unwrap();
    records.add_model_version(&version(1), &[]).await.unwrap();
    let tries: Vec<_> = (0..10)
        .map(|n| {
            let records = records.clone();
            let files = [file("a.toml", &format!("# {n}"))];
            tokio::spawn(async move { records.add_model_version(&version(2), &files).await })
        })
        .collect();
    let mut won = Vec::new();
    for (n, task) in tries.into_iter().enumerate() {
        match task.await.unwrap() {
            Ok(()) => won.push(n),
            Err(error) => assert!(
                matches!(error, RecordsError::ModelMoved { base: 1, current: 2 }),
                "{error}"
            ),
        }
    }
    let [won] = won[..] else {
        panic!("{won:?} won");
    };
    let files = records.model_files(2).await.unwrap().unwrap();
    assert_eq!(files, [file("a.toml", &format!("# {won}"))]);
    // Neither one that was, nor one that leaves a gap.
    for (number, base) in [(1, 0), (2, 1), (4, 3)] {
        let error = records
            .add_model_version(&version(number), &[])
            .await
            .unwrap_err();
        assert!(
            matches!(error, RecordsError::ModelMoved { base: b, current: 2 } if b == base),
            "{error}"
        );
    }
    assert_eq!(records.model_versions().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_version_that_cannot_be_written_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("records.db");
    let records = Records::open(&path).await.unwrap();
    records.close().await;
    let error = records.add_model_version(&version(1), &[]).await.unwrap_err();
    assert!(matches!(error, RecordsError::Write { .. }), "{error}");
    let records = Records::open(&path).await.unwrap();
    assert_eq!(records.model_versions().await.unwrap(), []);
}
