//! rumqttd with our limits: one router, and a listener for each protocol version, started again when
//! rumqttd has broken it.
//!
//! A listener breaks for good when a client hangs up in the middle of its greeting and comes again: rumqttd
//! panics with a lock held that every later client needs. The router and the links that stand are not
//! touched by that.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use rumqttd::protocol::Protocol;
use rumqttd::protocol::v4::V4;
use rumqttd::protocol::v5::V5;
use rumqttd::{ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::careful::{self, Careful};
use super::{BrokerArgs, BrokerError, Ports};

/// Queues are in memory: 8 segments of 16 MiB for each filter that anybody subscribes to.
const SEGMENT_BYTES: usize = 16 * 1024 * 1024;
const SEGMENTS: usize = 8;
/// A payload of 1 MiB, with room for topic and header.
const PACKET_BYTES: usize = 1024 * 1024 + 72 * 1024;
const CONNECTIONS: usize = 1_000;
/// Between two starts of a broken listener.
const BREATH: Duration = Duration::from_millis(20);

/// A link of rumqttd has panicked.
static PANICKED: Notify = Notify::const_new();

/// To be called once, before anything runs. Without its router rumqttd goes on accepting clients and
/// serves none of them: that ends the process, and the server starts another.
pub(super) fn watch_for_panics() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        print(panic);
        if std::thread::current()
            .name()
            .is_some_and(|name| name.starts_with("router"))
        {
            std::process::abort();
        }
        if !careful::catching() {
            PANICKED.notify_one();
        }
    }));
}

/// Both listeners, on one router.
pub(super) struct Listeners {
    tasks: JoinSet<Result<(), String>>,
    start: Box<dyn Fn() -> JoinSet<Result<(), String>> + Send>,
}

impl Listeners {
    pub(super) fn start(args: &BrokerArgs, ports: Ports) -> Self {
        let router = Router::new(0, router_config()).spawn();
        let (v311, v5) = (settings(args, "v311", ports.v311), settings(args, "v5", ports.v5));
        let start = move || {
            let mut tasks = JoinSet::new();
            let v4 = Careful::new(V4, false);
            tasks.spawn(listen(Server::new(v311.clone(), router.clone(), v4)));
            tasks.spawn(listen(Server::new(
                v5.clone(),
                router.clone(),
                Careful::new(V5, true),
            )));
            tasks
        };
        Self {
            tasks: start(),
            start: Box::new(start),
        }
    }

    /// Keeps the listeners alive; returns when that cannot be done.
    pub(super) async fn failed(&mut self) -> BrokerError {
        loop {
            tokio::select! {
                ended = self.tasks.join_next() => {
                    let why = match ended {
                        Some(Ok(Err(why))) => why,
                        Some(Err(error)) => error.to_string(),
                        Some(Ok(Ok(()))) | None => "a listener ended".to_owned(),
                    };
                    return BrokerError::Run(why);
                }
                () = PANICKED.notified() => {
                    tracing::warn!("a link has panicked; starting the listeners again");
                    self.tasks.shutdown().await;
                    self.tasks = (self.start)();
                    sleep(BREATH).await;
                }
            }
        }
    }
}

async fn listen<P: Protocol + Clone + Send + 'static>(mut server: Server<P>) -> Result<(), String> {
    server
        .start(LinkType::Remote)
        .await
        .map_err(|error| error.to_string())
}

fn router_config() -> RouterConfig {
    RouterConfig {
        max_connections: CONNECTIONS,
        // Messages written to a QoS 0 subscriber at a time; also the most retained ones it ever gets.
        max_outgoing_packet_count: 500,
        max_segment_size: SEGMENT_BYTES,
        max_segment_count: SEGMENTS,
        custom_segment: None,
        // Without a filter that matches, rumqttd cuts the publisher's connection.
        initialized_filters: Some(vec!["#".to_owned()]),
        ..RouterConfig::default()
    }
}

fn settings(args: &BrokerArgs, name: &str, port: u16) -> ServerSettings {
    let login = args.user.clone().zip(
        args.password
            .as_ref()
            .map(|password| password.expose().to_owned()),
    );
    ServerSettings {
        name: name.to_owned(),
        listen: SocketAddr::from((args.listen, port)),
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 5_000,
            max_payload_size: PACKET_BYTES,
            max_inflight_count: 100,
            auth: login.map(|login| HashMap::from([login])),
            external_auth: None,
            dynamic_filters: false,
        },
    }
}
