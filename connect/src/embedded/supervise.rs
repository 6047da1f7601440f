//! The server's side: find the broker of this data directory or start one, keep hold of it, start another
//! when it is lost, stop it in good order.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::args::PASSWORD_VARIABLE;
use super::control::{BrokerState, Hold};
use super::{BrokerArgs, BrokerError, Files, Ports, failed, taken_by, try_lock};
use crate::stop;

const COME_UP: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const RELEASE: Duration = Duration::from_secs(2);
const RESTART_AFTER: Duration = Duration::from_secs(1);
/// End of the log told when the child does not come up.
const LOG_TAIL: usize = 400;

/// The server's hold on its embedded broker. While it exists, the broker knows that it is not alone, and is
/// started again should it be lost. Dropping it leaves the broker running for the next start.
#[derive(Debug)]
pub struct EmbeddedBroker {
    /// Where it listens.
    pub ports: Ports,
    /// It was running before we came.
    pub adopted: bool,
    /// Its process id at the start.
    pub pid: u32,
    wanted: Ports,
    stop: watch::Sender<bool>,
    keeper: JoinHandle<Result<(), BrokerError>>,
}

impl EmbeddedBroker {
    /// Takes over the running broker of this data directory, or starts `gemba_exe broker` with the flags
    /// of [`BrokerArgs::flags`]; loopback only.
    pub async fn start_or_adopt(
        data_dir: &Path,
        gemba_exe: &Path,
        ports: Ports,
    ) -> Result<Self, BrokerError> {
        Self::start_or_adopt_with(BrokerArgs::new(data_dir, ports), gemba_exe).await
    }

    /// The same, with listen address and password. A running broker with others is replaced.
    pub async fn start_or_adopt_with(args: BrokerArgs, gemba_exe: &Path) -> Result<Self, BrokerError> {
        args.check()?;
        let starter = Starter {
            files: Files::new(&args.data_dir),
            args,
            exe: gemba_exe.to_owned(),
        };
        starter.files.create()?;
        let held = match starter.adopt().await? {
            Some(held) => held,
            None => starter.start().await?,
        };
        let (stop, stopped) = watch::channel(false);
        let wanted = starter.args.ports;
        let (ports, adopted, pid) = (held.state.ports(), held.child.is_none(), held.state.pid);
        let keeper = tokio::spawn(starter.keep(held, stopped));
        Ok(Self {
            ports,
            adopted,
            pid,
            wanted,
            stop,
            keeper,
        })
    }

    /// Why the ports are not those wanted, in words.
    #[must_use]
    pub fn moved(&self) -> Option<String> {
        if self.ports == self.wanted {
            return None;
        }
        let taken = [self.wanted.v311, self.wanted.v5].into_iter().filter_map(|port| {
            let owner = taken_by(port)?;
            Some(format!("port {port} is taken by {owner}"))
        });
        let reasons: Vec<String> = taken.collect();
        let why = if reasons.is_empty() {
            String::new()
        } else {
            format!(": {}", reasons.join(", "))
        };
        Some(format!(
            "the embedded broker listens on {} and {}{why}",
            self.ports.v311, self.ports.v5
        ))
    }

    /// Stops the broker in good order; takes a few seconds at most.
    pub async fn stop(mut self) -> Result<(), BrokerError> {
        self.stop.send_replace(true);
        match (&mut self.keeper).await {
            Ok(stopped) => stopped,
            Err(error) => Err(BrokerError::Run(error.to_string())),
        }
    }
}

impl Drop for EmbeddedBroker {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

struct Starter {
    args: BrokerArgs,
    files: Files,
    exe: PathBuf,
}

struct Held {
    state: BrokerState,
    hold: Hold,
    child: Option<Child>,
}

impl Starter {
    /// The broker that holds the lock, if there is one.
    async fn adopt(&self) -> Result<Option<Held>, BrokerError> {
        let until = Instant::now() + COME_UP;
        while try_lock(&self.files)?.is_none() {
            if let Some(state) = BrokerState::read(&self.files)
                && let Some(hold) = Hold::take(&state).await
            {
                if state.fingerprint == self.args.fingerprint(&state.token) {
                    return Ok(Some(Held {
                        state,
                        hold,
                        child: None,
                    }));
                }
                tracing::info!("replacing the embedded broker: its listen address or password changed");
                hold.stop().await;
            }
            if Instant::now() > until {
                return Err(BrokerError::Locked);
            }
            sleep(LOOK_AGAIN).await;
        }
        Ok(None)
    }

    async fn start(&self) -> Result<Held, BrokerError> {
        let mut child = self.spawn()?;
        let until = Instant::now() + COME_UP;
        loop {
            let state = BrokerState::read(&self.files).filter(|state| Some(state.pid) == child.id());
            if let Some(state) = state
                && let Some(hold) = Hold::take(&state).await
            {
                return Ok(Held {
                    state,
                    hold,
                    child: Some(child),
                });
            }
            match child.try_wait() {
                Ok(None) if Instant::now() < until => sleep(LOOK_AGAIN).await,
                Ok(None) => {
                    let killed = child.kill().await;
                    return Err(BrokerError::Start(format!(
                        "no answer ({killed:?}); {}",
                        self.log_tail()
                    )));
                }
                Ok(Some(status)) => return Err(BrokerError::Start(format!("{status}; {}", self.log_tail()))),
                Err(error) => return Err(BrokerError::Start(error.to_string())),
            }
        }
    }

    fn spawn(&self) -> Result<Child, BrokerError> {
        let path = self.files.log();
        let log = File::options().create(true).append(true).open(&path);
        let log = log.map_err(|source| failed(&path, source))?;
        let errors = log.try_clone().map_err(|source| failed(&path, source))?;
        let mut command = std::process::Command::new(&self.exe);
        command
            .arg("broker")
            .args(self.args.flags())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors);
        command.env_remove(PASSWORD_VARIABLE);
        if let Some(password) = &self.args.password {
            command.env(PASSWORD_VARIABLE, password.expose());
        }
        // Ctrl-C in the terminal is for the server, which stops the broker itself.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = Command::from(command).kill_on_drop(false).spawn();
        child.map_err(|error| BrokerError::Start(format!("{}: {error}", self.exe.display())))
    }

    fn log_tail(&self) -> String {
        let log = std::fs::read(self.files.log()).unwrap_or_default();
        let tail = log.get(log.len().saturating_sub(LOG_TAIL)..).unwrap_or_default();
        String::from_utf8_lossy(tail).trim().to_owned()
    }

    /// Keeps hold of the broker until it is to be stopped.
    async fn keep(mut self, mut held: Held, mut stop: watch::Receiver<bool>) -> Result<(), BrokerError> {
        // Another broker must be where clients know this one to be.
        self.args.ports = held.state.ports();
        loop {
            tokio::select! {
                () = held.hold.gone() => {}
                () = stop::asked(&mut stop) => return self.end(held).await,
            }
            tracing::error!(
                pid = held.state.pid,
                "the embedded broker is gone; starting another"
            );
            held = loop {
                match self.start().await {
                    Ok(held) => break held,
                    Err(error) => tracing::error!(%error, "the embedded broker did not start again"),
                }
                tokio::select! {
                    () = sleep(RESTART_AFTER) => {}
                    () = stop::asked(&mut stop) => return Ok(()),
                }
            };
        }
    }

    /// The next start finds nobody holding the lock.
    async fn released(&self) {
        let until = Instant::now() + RELEASE;
        while matches!(try_lock(&self.files), Ok(None)) && Instant::now() < until {
            sleep(LOOK_AGAIN).await;
        }
    }

    async fn end(&self, held: Held) -> Result<(), BrokerError> {
        let ended = held.hold.stop().await;
        if let Some(mut child) = held.child {
            if !ended {
                child
                    .kill()
                    .await
                    .map_err(|error| BrokerError::Run(error.to_string()))?;
            }
            child
                .wait()
                .await
                .map_err(|error| BrokerError::Run(error.to_string()))?;
        }
        self.released().await;
        if ended {
            Ok(())
        } else {
            Err(BrokerError::Run("it did not stop when asked".to_owned()))
        }
    }
}
