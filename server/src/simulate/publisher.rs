//! One site's connection to the broker: a real MQTT client with a last will, back-off and a bound.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use plantsim::Publication;
use rumqttc::{AsyncClient, Event, EventLoop, LastWill, MqttOptions, Packet, QoS};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Messages that may wait for the broker; a burst after a cut network fits.
const QUEUE: usize = 4_096;

/// First and longest wait before the broker is tried again.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// A site's way to the broker.
pub(super) struct Publisher {
    site: &'static str,
    client: AsyncClient,
    shared: Arc<Shared>,
    cut: watch::Sender<bool>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    connected: AtomicBool,
    /// Connected anew, and what is said only once has not been said again.
    is_new: AtomicBool,
    /// Messages that found no room.
    dropped: AtomicU64,
}

impl Publisher {
    /// Connects to `mqtt` (`host:port`) and stays at it.
    pub(super) fn start(mqtt: &str, site: &'static str) -> anyhow::Result<Self> {
        let (host, port) = mqtt.rsplit_once(':').context("--mqtt is host:port")?;
        let port: u16 = port.parse().with_context(|| format!("{port} is no port"))?;
        let name = site.rsplit('/').next().unwrap_or(site);
        let mut options = MqttOptions::new(format!("plantsim-{name}-{}", std::process::id()), host, port);
        options.set_keep_alive(Duration::from_secs(10));
        // What is said once is said again after each connection, so the broker need not keep anything.
        options.set_clean_session(true);
        options.set_max_packet_size(1 << 20, 1 << 20);
        options.set_last_will(LastWill::new(
            availability(site),
            "offline",
            QoS::AtLeastOnce,
            true,
        ));
        let (client, events) = AsyncClient::new(options, QUEUE);
        let shared = Arc::new(Shared::default());
        let (cut, is_cut) = watch::channel(false);
        let task = tokio::spawn(drive(events, client.clone(), site, shared.clone(), is_cut));
        Ok(Self {
            site,
            client,
            shared,
            cut,
            task,
        })
    }

    /// Whether this topic leaves by this connection.
    pub(super) fn serves(&self, topic: &str) -> bool {
        topic
            .strip_prefix(self.site)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Hands a message over; without a connection it is lost, as in any simple device.
    pub(super) fn publish(&self, publication: Publication) {
        if !self.is_connected() {
            return;
        }
        let qos = if publication.qos == 0 {
            QoS::AtMostOnce
        } else {
            QoS::AtLeastOnce
        };
        let sent = self
            .client
            .try_publish(publication.topic, qos, publication.retain, publication.payload);
        if sent.is_err() {
            let dropped = self.shared.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            if dropped.is_power_of_two() {
                tracing::warn!(
                    site = self.site,
                    dropped,
                    "the broker does not keep up with the demo plant"
                );
            }
        }
    }

    /// Whether the broker is there.
    pub(super) fn is_connected(&self) -> bool {
        self.shared.connected.load(Ordering::Relaxed)
    }

    /// True once after each connection.
    pub(super) fn take_new_connection(&self) -> bool {
        self.shared.is_new.swap(false, Ordering::Relaxed)
    }

    /// Cuts the wire, or mends it.
    pub(super) fn set_cut(&self, cut: bool) {
        self.cut
            .send_if_modified(|now| std::mem::replace(now, cut) != cut);
    }

    /// Says goodbye: the site is offline by its own word.
    pub(super) async fn stop(self) {
        let goodbye = async {
            self.client
                .publish(availability(self.site), QoS::AtLeastOnce, true, "offline")
                .await?;
            self.client.disconnect().await
        };
        if let Err(error) = goodbye.await {
            tracing::debug!(site = self.site, %error, "no goodbye to the broker");
        }
        // The connection's task ends with the disconnect; without a broker it never would.
        let abort = self.task.abort_handle();
        if tokio::time::timeout(Duration::from_millis(500), self.task)
            .await
            .is_err()
        {
            abort.abort();
        }
    }
}

fn availability(site: &str) -> String {
    format!("{site}/availability")
}

/// Keeps the connection alive: connects, reconnects with back-off, holds still while the wire is cut.
async fn drive(
    mut events: EventLoop,
    client: AsyncClient,
    site: &'static str,
    shared: Arc<Shared>,
    mut cut: watch::Receiver<bool>,
) {
    let mut wait = BACK_OFF.0;
    loop {
        let event = tokio::select! {
            event = events.poll() => Some(event),
            Ok(_) = cut.wait_for(|cut| *cut) => None,
        };
        let Some(event) = event else {
            shared.connected.store(false, Ordering::Relaxed);
            // The socket closes without a goodbye, so the broker speaks the last will.
            events.clean();
            if cut.wait_for(|cut| !*cut).await.is_err() {
                return;
            }
            continue;
        };
        match event {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                tracing::info!(site, "the demo plant is connected");
                wait = BACK_OFF.0;
                shared.connected.store(true, Ordering::Relaxed);
                shared.is_new.store(true, Ordering::Relaxed);
                if let Err(error) = client.try_publish(availability(site), QoS::AtLeastOnce, true, "online") {
                    tracing::debug!(site, %error, "availability not sent");
                }
            }
            Ok(Event::Outgoing(rumqttc::Outgoing::Disconnect)) => return,
            Ok(_) => {}
            Err(error) => {
                if shared.connected.swap(false, Ordering::Relaxed) {
                    tracing::warn!(site, %error, "the demo plant has lost its broker");
                }
                // What waited is no longer the present; retained values are said again.
                events.clean();
                events.pending.clear();
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(BACK_OFF.1);
            }
        }
    }
}
