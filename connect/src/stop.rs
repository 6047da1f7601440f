//! The wish to end, told to a task.

use tokio::sync::watch;

/// Ends when it is time to stop, or when nobody is left who could say so.
pub(crate) async fn asked(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}
