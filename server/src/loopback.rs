//! Small requests between our own processes on this machine.

use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Most of an answer that is read, where nobody says otherwise.
const MOST_BYTES: u64 = 256 * 1024;

/// Reads.
pub async fn get(address: &str, path: &str, token: &str, patience: Duration) -> anyhow::Result<String> {
    tokio::time::timeout(patience, exchange("GET", address, path, token, "", MOST_BYTES))
        .await
        .context("no answer")?
}

/// Sends JSON; waits as long as it takes.
pub async fn post(address: &str, path: &str, token: &str, body: &str) -> anyhow::Result<String> {
    post_for(address, path, token, body, MOST_BYTES).await
}

/// Sends JSON for an answer of so many bytes at most; waits as long as it takes.
pub async fn post_for(
    address: &str,
    path: &str,
    token: &str,
    body: &str,
    most_bytes: u64,
) -> anyhow::Result<String> {
    exchange("POST", address, path, token, body, most_bytes).await
}

/// HTTP/1.0 keeps it to a write and a read until the end.
async fn exchange(
    method: &str,
    address: &str,
    path: &str,
    token: &str,
    body: &str,
    most_bytes: u64,
) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address)
        .await
        .with_context(|| format!("nobody listens at {address}"))?;
    let request = format!(
        "{method} {path} HTTP/1.0\r\nhost: {address}\r\nx-gemba-token: {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len(),
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.take(most_bytes).read_to_string(&mut answer).await?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .context("an answer that is not HTTP")?;
    let status = head.split_whitespace().nth(1).unwrap_or_default();
    anyhow::ensure!(status.starts_with('2'), "refused: {status} {}", body.trim());
    Ok(body.to_owned())
}
