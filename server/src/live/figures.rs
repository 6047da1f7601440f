//! What the hub and its sockets count, for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::metrics::{Count, Figure};

/// Plain counters, bumped where things happen.
#[derive(Debug, Default)]
pub struct Figures {
    /// Sockets open now.
    pub sockets: AtomicU64,
    /// Marks set in views.
    pub marked: Count,
    /// Frames encoded, each once for all sockets of a form.
    pub encoded: Count,
    pub encoded_bytes: Count,
    /// Frames and bytes written to sockets.
    pub sent: Count,
    pub sent_bytes: Count,
    pub snapshots: Count,
    pub resumed: Count,
    pub refused: Count,
    /// Times a socket had no room for a frame.
    pub lagged: Count,
    /// Sockets turned away: wrong origin, too many.
    pub turned_away: Count,
}

impl Figures {
    /// The figures, in a fixed order.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts of sockets and views are small")]
    pub fn read(&self, views: usize) -> Vec<Figure> {
        use Figure::{Counter, Gauge};
        vec![
            Gauge(
                "gemba_sockets",
                "Live sockets open",
                self.sockets.load(Relaxed) as f64,
            ),
            Gauge("gemba_views", "Views that somebody watches", views as f64),
            Counter("gemba_view_marks", "Changes marked in views", self.marked.get()),
            Counter(
                "gemba_frames_encoded",
                "Frames encoded, once for all sockets of a view",
                self.encoded.get(),
            ),
            Counter(
                "gemba_frame_encoded_bytes",
                "Bytes of frames encoded",
                self.encoded_bytes.get(),
            ),
            Counter("gemba_frames_sent", "Frames written to sockets", self.sent.get()),
            Counter(
                "gemba_frame_sent_bytes",
                "Bytes written to sockets",
                self.sent_bytes.get(),
            ),
            Counter("gemba_snapshots", "Views sent whole", self.snapshots.get()),
            Counter(
                "gemba_resumptions",
                "Views gone on with from where the page stood",
                self.resumed.get(),
            ),
            Counter(
                "gemba_watches_refused",
                "Subscriptions refused",
                self.refused.get(),
            ),
            Counter(
                "gemba_socket_lags",
                "Times a socket had no room for a frame",
                self.lagged.get(),
            ),
            Counter(
                "gemba_sockets_turned_away",
                "Sockets not opened: origin, number, or of nobody",
                self.turned_away.get(),
            ),
        ]
    }
}
