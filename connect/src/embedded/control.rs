//! How server and broker find and hold each other: a state file, and a line of text over the loopback.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{BrokerError, Files, Ports, failed};

const PATIENCE: Duration = Duration::from_secs(2);
/// Longest line either side reads.
const LINE: u64 = 256;

/// Said by a server that wants to be there.
pub(super) const HOLD: &str = "hold";
/// Said by a server that stops the broker.
pub(super) const STOP: &str = "stop";

/// What a running broker writes about itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BrokerState {
    pub(super) pid: u32,
    /// Seconds since 1970.
    pub(super) started: u64,
    pub(super) listen: IpAddr,
    pub(super) v311: u16,
    pub(super) v5: u16,
    pub(super) control: u16,
    pub(super) token: String,
    pub(super) fingerprint: String,
}

impl BrokerState {
    pub(super) fn ports(&self) -> Ports {
        Ports {
            v311: self.v311,
            v5: self.v5,
        }
    }

    pub(super) fn read(files: &Files) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(files.state()).ok()?).ok()
    }

    /// Whole or not at all, and only for our own user: the token is in it.
    pub(super) fn write(&self, files: &Files) -> Result<(), BrokerError> {
        let path = files.state();
        let fresh = path.with_extension("new");
        let text = serde_json::to_vec_pretty(self).map_err(|error| BrokerError::Run(error.to_string()))?;
        let mut options = std::fs::File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&fresh)
            .and_then(|mut file| file.write_all(&text))
            .and_then(|()| std::fs::rename(&fresh, &path))
            .map_err(|source| failed(&path, source))
    }

    fn greeting(&self) -> String {
        format!("gemba-broker {}", self.pid)
    }
}

/// The server's side of the control connection.
pub(super) struct Hold {
    stream: BufReader<TcpStream>,
}

impl Hold {
    /// Takes hold of the broker that wrote `state`; fails when something else answers there.
    pub(super) async fn take(state: &BrokerState) -> Option<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, state.control));
        let greeted = timeout(PATIENCE, async {
            let mut stream = BufReader::new(TcpStream::connect(address).await?);
            stream
                .write_all(format!("{} {HOLD}\n", state.token).as_bytes())
                .await?;
            let line = read_line(&mut stream).await?;
            std::io::Result::Ok((stream, line))
        });
        let (stream, line) = greeted.await.ok()?.ok()?;
        (line == state.greeting()).then_some(Self { stream })
    }

    /// Ends when the broker is gone.
    pub(super) async fn gone(&mut self) {
        while let Ok(line) = read_line(&mut self.stream).await {
            if line.is_empty() {
                return;
            }
        }
    }

    /// Asks the broker to end; `true` when it has.
    pub(super) async fn stop(mut self) -> bool {
        let asked = self.stream.write_all(format!("{STOP}\n").as_bytes()).await;
        asked.is_err() || timeout(Duration::from_secs(5), self.gone()).await.is_ok()
    }
}

/// The broker's side: what a caller wants, once it has shown the token.
pub(super) async fn welcome(
    stream: TcpStream,
    state: &BrokerState,
) -> Option<(BufReader<TcpStream>, String)> {
    let mut stream = BufReader::new(stream);
    let line = timeout(PATIENCE, read_line(&mut stream)).await.ok()?.ok()?;
    let wish = line
        .strip_prefix(state.token.as_str())?
        .strip_prefix(' ')?
        .to_owned();
    let greeting = format!("{}\n", state.greeting());
    timeout(PATIENCE, stream.write_all(greeting.as_bytes()))
        .await
        .ok()?
        .ok()?;
    Some((stream, wish))
}

/// A line without its end; empty at the end of the stream.
pub(super) async fn read_line(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    stream.take(LINE).read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}
