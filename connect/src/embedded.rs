//! The embedded broker: a child process that outlives a crash of the server.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crate::Secret;

/// What `gemba broker` is told.
#[derive(Clone, Debug)]
pub struct BrokerArgs {
    /// The data directory; lock, state file and log are there.
    pub data_dir: PathBuf,
    /// Address to listen on; other than loopback only with user and password.
    pub listen: IpAddr,
    /// Ports wanted; the next free pair is taken when one is in use.
    pub ports: Ports,
    /// User that clients must give.
    pub user: Option<String>,
    /// Password of that user.
    pub password: Option<Secret>,
}

/// One listener per protocol version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ports {
    /// MQTT 3.1.1: devices and command line tools.
    pub v311: u16,
    /// MQTT 5: Gemba itself.
    pub v5: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { v311: 1883, v5: 1884 }
    }
}

/// Why there is no embedded broker.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// Reading or writing in the data directory.
    #[error("cannot use {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another one runs with this data directory.
    #[error("an embedded broker already runs for this data directory")]
    Locked,
    /// Open to the network without a password.
    #[error("the embedded broker listens on other addresses than loopback only with user and password")]
    Unprotected,
    /// No free ports.
    #[error("no free pair of ports at or above {0}")]
    NoPorts(u16),
    /// The child did not come up.
    #[error("the embedded broker did not start: {0}")]
    Start(String),
    /// The broker stopped.
    #[error("the embedded broker failed: {0}")]
    Run(String),
}

/// The body of `gemba broker`: runs until it is stopped or has been alone for ten minutes.
pub fn run_broker(args: BrokerArgs) -> Result<(), BrokerError> {
    drop(args);
    Ok(())
}

/// The server's hold on its embedded broker. While it exists, the broker knows that it is not alone.
#[derive(Debug)]
pub struct EmbeddedBroker {
    /// Where it listens.
    pub ports: Ports,
    /// It was running before we came.
    pub adopted: bool,
    /// Its process id.
    pub pid: u32,
}

impl EmbeddedBroker {
    /// Takes over the running broker of this data directory, or starts `gemba_exe broker` with the flags
    /// `--data DIR --port-v311 N --port-v5 N`.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn start_or_adopt(data_dir: &Path, gemba_exe: &Path, ports: Ports) -> Result<Self, BrokerError> {
        let _ = (data_dir, gemba_exe, ports);
        Err(BrokerError::Start("not yet".to_owned()))
    }

    /// Stops the broker in good order.
    #[expect(clippy::unused_async, reason = "skeleton")]
    pub async fn stop(self) -> Result<(), BrokerError> {
        Ok(())
    }
}

/// Says who holds a TCP port of this machine, when that can be found out: `mosquitto (pid 812)`.
#[must_use]
pub fn taken_by(port: u16) -> Option<String> {
    let _ = port;
    None
}
