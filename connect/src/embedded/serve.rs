//! The child's side: rumqttd with our limits, a control port, and an end when nobody needs it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep};

use super::control::{self, BrokerState, HOLD, STOP};
use super::listeners::{self, Listeners};
use super::{BrokerArgs, BrokerError, Files, Ports, ports};
use crate::backoff::random;
use crate::stop;

const LOG_BYTES: u64 = 4 * 1024 * 1024;
const TICK: Duration = Duration::from_secs(1);
const COME_UP: Duration = Duration::from_secs(5);

/// The body of `gemba broker`: runs until it is told to stop or has been alone for too long. Makes its
/// own runtime, so it must not be called from within one.
pub fn run_broker(args: BrokerArgs) -> Result<(), BrokerError> {
    args.check()?;
    let files = Files::new(&args.data_dir);
    files.create()?;
    let Some(lock) = super::try_lock(&files)? else {
        return Err(BrokerError::Locked);
    };
    listeners::watch_for_panics();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| BrokerError::Run(error.to_string()))?;
    let ended = runtime.block_on(serve(&args, &files));
    runtime.shutdown_background();
    drop(lock);
    ended
}

async fn serve(args: &BrokerArgs, files: &Files) -> Result<(), BrokerError> {
    let run = |error: std::io::Error| BrokerError::Run(error.to_string());
    let ports = ports::free_pair(args.listen, args.ports)?;
    let mut listeners = Listeners::start(args, ports);
    let control = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(run)?;
    let token = format!("{:016x}{:016x}", random(), random());
    let state = BrokerState {
        pid: std::process::id(),
        started: SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        listen: args.listen,
        v311: ports.v311,
        v5: ports.v5,
        control: control.local_addr().map_err(run)?.port(),
        fingerprint: args.fingerprint(&token),
        token,
    };
    let (stopper, mut stopped) = watch::channel(false);
    let servers = Arc::new(AtomicUsize::new(0));
    tokio::select! {
        failed = listeners.failed() => return Err(failed),
        answering = answer(args, ports) => answering?,
    }
    state.write(files)?;
    tracing::info!(v311 = ports.v311, v5 = ports.v5, "embedded broker is up");
    let accepting = tokio::spawn(accept(control, state, Arc::clone(&servers), stopper));
    let ended = tokio::select! {
        failed = listeners.failed() => Err(failed),
        () = stop::asked(&mut stopped) => Ok(()),
        () = asked_to_end() => Ok(()),
        () = alone(&servers, args.alone, files) => {
            tracing::info!("no server for a long time; ending");
            Ok(())
        }
    };
    accepting.abort();
    ended
}

/// Both ports answer.
async fn answer(args: &BrokerArgs, ports: Ports) -> Result<(), BrokerError> {
    let until = Instant::now() + COME_UP;
    for port in [ports.v311, ports.v5] {
        while TcpStream::connect(reachable(args, port)).await.is_err() {
            if Instant::now() > until {
                return Err(BrokerError::Run(format!("port {port} does not answer")));
            }
            sleep(Duration::from_millis(5)).await;
        }
    }
    Ok(())
}

fn reachable(args: &BrokerArgs, port: u16) -> SocketAddr {
    let address = if args.listen.is_unspecified() {
        Ipv4Addr::LOCALHOST.into()
    } else {
        args.listen
    };
    SocketAddr::from((address, port))
}

async fn accept(
    control: TcpListener,
    state: BrokerState,
    servers: Arc<AtomicUsize>,
    stop: watch::Sender<bool>,
) {
    let state = Arc::new(state);
    while let Ok((stream, _)) = control.accept().await {
        let (state, servers, stop) = (Arc::clone(&state), Arc::clone(&servers), stop.clone());
        tokio::spawn(async move {
            let Some((mut stream, wish)) = control::welcome(stream, &state).await else {
                return;
            };
            if wish != HOLD {
                return;
            }
            servers.fetch_add(1, Ordering::Relaxed);
            while let Ok(line) = control::read_line(&mut stream).await {
                match line.as_str() {
                    STOP => drop(stop.send_replace(true)),
                    "" => break,
                    _ => {}
                }
            }
            servers.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// Ends when no server has held us for `limit`; keeps the log small meanwhile.
async fn alone(servers: &AtomicUsize, limit: Duration, files: &Files) {
    let mut since = Instant::now();
    let mut ticks = interval(TICK.min(limit / 4).max(Duration::from_millis(10)));
    loop {
        ticks.tick().await;
        if servers.load(Ordering::Relaxed) > 0 {
            since = Instant::now();
        } else if since.elapsed() >= limit {
            return;
        }
        shorten_log(files);
    }
}

/// The log is our standard error, opened for appending: cutting it here is safe.
fn shorten_log(files: &Files) {
    let path = files.log();
    if std::fs::metadata(&path).is_ok_and(|log| log.len() > LOG_BYTES) {
        let cut = std::fs::File::options()
            .write(true)
            .open(&path)
            .and_then(|log| log.set_len(0));
        if let Err(error) = cut {
            tracing::warn!(%error, "cannot shorten the log");
        }
    }
}

#[cfg(unix)]
async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn asked_to_end() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
