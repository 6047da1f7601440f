//! `gemba backup`: asks the running server, or opens the store under its lock where none runs.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use store::backup::Contents;
use store::{DataDir, DataDirError, History, HistoryConfig, Records};

/// Writes a backup; says what it did.
pub async fn take(data: &Path, file: &Path) -> anyhow::Result<String> {
    let file = std::path::absolute(file)?;
    match DataDir::open(data) {
        Ok(dir) => {
            anyhow::ensure!(
                dir.records().exists(),
                "{} holds nothing to back up",
                data.display()
            );
            let contents = Contents {
                records: Records::open(&dir.records()).await?,
                history: Arc::new(History::open(&dir.history(), HistoryConfig::default())?),
                files: dir.files(),
                is_demo: dir.is_demo(),
            };
            let records = contents.records.clone();
            store::backup::backup(contents, &file).await?;
            records.close().await;
        }
        Err(DataDirError::InUse { .. }) => ask_server(data, &file).await?,
        Err(error) => return Err(error.into()),
    }
    Ok(format!(
        "Backup of {} written to {}.\n",
        data.display(),
        file.display()
    ))
}

/// The server that holds the lock writes the file itself.
async fn ask_server(data: &Path, file: &Path) -> anyhow::Result<()> {
    let token = store::data_dir::read_token(data)?;
    let address =
        std::fs::read_to_string(data.join("address")).context("the running server left no address")?;
    let body = serde_json::json!({ "file": file }).to_string();
    crate::loopback::post(address.trim(), "/api/local/backup", &token, &body)
        .await
        .map(drop)
}
