//! One socket's outbox: bounded, and never waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use axum::extract::ws::{Message, Utf8Bytes};
use bytes::Bytes;
use tokio::sync::mpsc;

/// Which of the two forms a socket speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Binary,
    Json,
}

/// An encoded message; cheap to hand to many.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Frame {
    Binary(Bytes),
    Json(Utf8Bytes),
}

impl Frame {
    /// Bytes of payload.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Binary(bytes) => bytes.len(),
            Self::Json(text) => text.len(),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<Frame> for Message {
    fn from(frame: Frame) -> Self {
        match frame {
            Frame::Binary(bytes) => Self::Binary(bytes),
            Frame::Json(text) => Self::Text(text),
        }
    }
}

/// The hub's end.
#[derive(Debug)]
pub struct Outbox {
    id: u64,
    form: Form,
    frames: mpsc::Sender<Frame>,
    lagging: Mutex<Vec<u32>>,
}

/// The socket's end.
pub type Frames = mpsc::Receiver<Frame>;

/// Both ends of a new outbox with room for so many frames.
#[must_use]
pub fn outbox(form: Form, room: usize) -> (Arc<Outbox>, Frames) {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let (frames, receiver) = mpsc::channel(room.max(1));
    let id = LAST.fetch_add(1, Relaxed);
    (
        Arc::new(Outbox {
            id,
            form,
            frames,
            lagging: Mutex::new(Vec::new()),
        }),
        receiver,
    )
}

impl Outbox {
    /// Its number, never used twice.
    #[must_use]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// Which form it takes.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Puts a frame in. False when there is no room: the subscription lags from now on.
    pub fn offer(&self, frame: Frame, sub: u32) -> bool {
        match self.frames.try_send(frame) {
            Ok(()) => true,
            // The socket is going; it will unwatch by itself.
            Err(mpsc::error::TrySendError::Closed(_)) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.lagging
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(sub);
                false
            }
        }
    }

    /// The subscriptions that lost a frame since it was last asked.
    pub fn take_lagging(&self) -> Vec<u32> {
        std::mem::take(&mut *self.lagging.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
