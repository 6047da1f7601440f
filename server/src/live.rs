//! How changes reach browsers: the hub between the engine and every socket.
//!
//! The engine tells the [`Hub`] what changed and never waits for anybody. The hub's own task turns marks
//! into frames, one a view, and drops them into each socket's bounded outbox. A socket without room loses
//! the view's frames and takes the view whole when it has room again: never more memory, never a private
//! delta, nothing for the others to notice.
//!
//! [`board`] is what the hub knows (pure), [`views`] who watches what, [`socket`] one connection, and
//! `crates/wire` the protocol itself.

pub mod board;
pub mod figures;
pub mod outbox;
pub mod plants;
pub mod socket;
#[cfg(test)]
mod tests;
pub mod values;
pub mod views;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use access::Sight;
use bytes::Bytes;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use twin::{Change, Timestamp, Twin};
use wire::codec;
use wire::message::{Position, Selector, ServerMessage};
use wire::page::PlantStatus;

use crate::clock::{Clock as _, SystemClock};

pub use board::Refusal;
pub use figures::Figures;
pub use socket::{SocketState, router};

use board::Board;
use outbox::{Form, Frame, Outbox};
use views::{Due, Subscriber};

/// Views drained under one hold of the lock.
const DRAINED_AT_ONCE: usize = 16;

/// What a hub is made with.
#[derive(Clone, Copy, Debug)]
pub struct HubConfig {
    /// Counts server runs.
    pub epoch: u64,
    /// Frames that wait for one socket at most.
    pub outbox_frames: usize,
    /// A view sends at once, then at most so often.
    pub window: Duration,
    /// Beyond so many views new ones are refused.
    pub views: usize,
    /// Points and assets in the tables of all views together; beyond, new views are refused.
    pub covered: usize,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            epoch: 1,
            outbox_frames: 64,
            window: Duration::from_millis(16),
            views: 20_000,
            covered: 2_000_000,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Hub {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: HubConfig,
    board: Mutex<Board>,
    wake: Notify,
    stop: CancellationToken,
    figures: Figures,
}

impl Hub {
    /// A hub and its task. Call it within a runtime.
    #[must_use]
    pub fn new(config: HubConfig) -> Self {
        let shared = Arc::new(Shared {
            config,
            board: Mutex::new(Board::new(config, SystemClock.now().millis(), Instant::now())),
            wake: Notify::new(),
            stop: CancellationToken::new(),
            figures: Figures::default(),
        });
        tokio::spawn(run(shared.clone()));
        Self { shared }
    }

    /// Takes in what one input changed. Called by the engine under the twin's lock: marks, and returns.
    pub fn publish(&self, twin: &Twin, now: Timestamp, changes: &[Change]) {
        self.change(now, |board, instant| board.publish(twin, instant, changes));
    }

    /// Takes in the freshness bar. Lock order: the caller holds the twin's, the hub takes its own.
    pub fn publish_plant(&self, twin: &Twin, status: PlantStatus) {
        self.change(SystemClock.now(), |board, instant| {
            board.publish_plant(twin, status, instant)
        });
    }

    /// Says goodbye to every socket, and ends.
    pub fn shut_down(&self) {
        self.shared.stop.cancel();
    }

    /// Where the hub stands.
    #[must_use]
    pub fn position(&self) -> Position {
        self.shared.board().position()
    }

    /// What it counts.
    #[must_use]
    pub fn figures(&self) -> Vec<crate::metrics::Figure> {
        let views = self.shared.board().view_count();
        self.shared.figures.read(views)
    }

    /// Watches for a socket. The answer is to be sent before anything else is taken from the outbox.
    /// Lock order: the caller holds the twin's, the hub takes its own.
    pub(crate) fn watch(
        &self,
        twin: &Twin,
        outbox: &Arc<Outbox>,
        sub: u32,
        selector: Selector,
        sight: &Sight,
        max_hz: Option<u8>,
        since: Option<Position>,
    ) -> Result<(u32, ServerMessage), Refusal> {
        let subscriber = Subscriber {
            outbox: outbox.clone(),
            sub,
        };
        let (now, instant) = (SystemClock.now(), Instant::now());
        let watched = {
            let mut board = self.shared.board();
            board.set_wall(now.millis(), instant);
            board.watch(twin, instant, subscriber, (selector, sight), max_hz, since)
        };
        match &watched {
            Ok((_, ServerMessage::Resumed { .. })) => self.shared.figures.resumed.add(1),
            Ok(_) => self.shared.figures.snapshots.add(1),
            Err(_) => self.shared.figures.refused.add(1),
        }
        watched
    }

    /// Stops watching for a socket.
    pub(crate) fn unwatch(&self, view: u32, outbox: &Outbox, sub: u32) {
        self.shared.board().unwatch(view, outbox.id(), sub);
    }

    pub(crate) fn outbox(&self, form: Form) -> (Arc<Outbox>, outbox::Frames) {
        outbox::outbox(form, self.shared.config.outbox_frames)
    }

    pub(crate) fn stopping(&self) -> CancellationToken {
        self.shared.stop.clone()
    }

    pub(crate) fn counts(&self) -> &Figures {
        &self.shared.figures
    }

    fn change(&self, now: Timestamp, change: impl FnOnce(&mut Board, Instant) -> usize) {
        let instant = Instant::now();
        let marked = {
            let mut board = self.shared.board();
            board.set_wall(now.millis(), instant);
            change(&mut board, instant)
        };
        if marked > 0 {
            self.shared.figures.marked.add(marked as u64);
            self.shared.wake.notify_one();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Encodes what one view has to say, once for each form that somebody wants, and hands it out.
    fn send(&self, due: Due) {
        let Due {
            view,
            from,
            to,
            server_millis,
            delta,
            subscribers,
        } = due;
        let message = ServerMessage::Delta {
            view,
            from,
            to,
            server_millis,
            delta,
        };
        let wants = |form: Form| {
            subscribers
                .iter()
                .any(|subscriber| subscriber.outbox.form() == form)
        };
        let binary = wants(Form::Binary).then(|| Frame::Binary(Bytes::from(codec::encode_server(&message))));
        let json = wants(Form::Json).then(|| Frame::Json(codec::json::encode_server(&message).into()));
        for frame in [&binary, &json].into_iter().flatten() {
            self.figures.encoded.add(1);
            self.figures.encoded_bytes.add(frame.len() as u64);
        }
        let mut lagging = Vec::new();
        for subscriber in subscribers.iter() {
            let frame = match subscriber.outbox.form() {
                Form::Binary => &binary,
                Form::Json => &json,
            };
            let Some(frame) = frame else { continue };
            if !subscriber.outbox.offer(frame.clone(), subscriber.sub) {
                lagging.push((subscriber.outbox.id(), subscriber.sub));
            }
        }
        if !lagging.is_empty() {
            self.figures.lagged.add(lagging.len() as u64);
            let mut board = self.board();
            for (outbox, sub) in lagging {
                board.unwatch(view, outbox, sub);
            }
        }
    }
}

/// The hub's task: waits for marks, drains what is due, encodes and hands out with no lock held.
async fn run(shared: Arc<Shared>) {
    loop {
        let (due, next) = shared.board().drain(Instant::now(), DRAINED_AT_ONCE);
        if !due.is_empty() {
            for due in due {
                shared.send(due);
            }
            // Sockets and others get their turn between two rounds.
            tokio::task::yield_now().await;
            continue;
        }
        let next_due = async {
            match next {
                Some(next) => tokio::time::sleep_until(next.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shared.wake.notified() => {}
            () = next_due => {}
            () = shared.stop.cancelled() => return,
        }
    }
}
