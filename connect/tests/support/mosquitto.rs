//! A real Mosquitto on a free port.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::{eventually, free_port};

const PROGRAM: &str = "/usr/sbin/mosquitto";

/// Stopped when it goes out of scope; may be killed and started again on the same port and data.
pub struct Mosquitto {
    pub port: u16,
    pub folder: TempDir,
    child: Option<Child>,
    verbose: bool,
}

impl Mosquitto {
    /// Persistent, with unlimited queues, open to everybody.
    pub async fn start() -> Self {
        Self::start_with("allow_anonymous true\n", |_| String::new()).await
    }

    /// With general settings, and settings of the listener made from the folder.
    pub async fn start_with(general: &str, more: impl FnOnce(&Path) -> String) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let mut text = String::new();
        let path = folder.path().display();
        write!(text, "persistence true\npersistence_location {path}/\n").unwrap();
        write!(
            text,
            "user root\nmax_queued_messages 0\nmax_queued_bytes 0\n{general}"
        )
        .unwrap();
        write!(text, "listener {port} 127.0.0.1\n{}", more(folder.path())).unwrap();
        std::fs::write(folder.path().join("mosquitto.conf"), text).unwrap();
        let mut broker = Self {
            port,
            folder,
            child: None,
            verbose: true,
        };
        broker.run().await;
        broker
    }

    /// Unlimited, and without a line of log for each packet.
    pub async fn quiet() -> Self {
        let mut broker = Self::start_with("allow_anonymous true\nmax_inflight_messages 0\n", |_| {
            String::new()
        })
        .await;
        broker.kill();
        broker.verbose = false;
        broker.run().await;
        broker
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts it, or starts it again.
    pub async fn run(&mut self) {
        let log = std::fs::File::create(self.file("log")).unwrap();
        let child = Command::new(PROGRAM)
            .args(self.verbose.then_some("-v"))
            .arg("-c")
            .arg(self.file("mosquitto.conf"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        self.child = Some(child.expect("mosquitto is installed"));
        let address = ("127.0.0.1", self.port);
        eventually("mosquitto listens", || {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(
                ended.is_none(),
                "{}",
                std::fs::read_to_string(self.folder.path().join("log")).unwrap()
            );
            std::net::TcpStream::connect(address).is_ok()
        })
        .await;
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Alive for the network, and deaf.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// In good order: what is persistent is written.
    pub fn terminate(&mut self) {
        if let Some(mut child) = self.child.take() {
            let killed = Command::new("kill").arg(child.id().to_string()).status().unwrap();
            assert!(killed.success());
            child.wait().unwrap();
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}
