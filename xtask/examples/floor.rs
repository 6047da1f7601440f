//! The floor of `cargo xtask bench`: MQTT → WebSocket → text, and nothing else.
//!
//! `floor PORT BROKER_PORT TAGS WINDOW_MILLIS`: values of `bench/t0` … as JSON `[index,value,…]`, the newest
//! of each; sent at once, and then not again before the window is over. What a product takes beyond this
//! is its own.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast};

/// The page's program. It comes back at once, then more slowly.
const PAGE: &str = "const cells=[...document.querySelectorAll('b')].map(b=>b.firstChild);let wait=50;\
function go(){const w=new WebSocket('ws://'+location.host+'/ws');\
w.onmessage=m=>{wait=50;const a=JSON.parse(m.data);for(let k=0;k<a.length;k+=2)if(cells[a[k]])cells[a[k]].data=a[k+1]};\
w.onclose=()=>{setTimeout(go,wait);wait=Math.min(wait*2,1000)}}go();";

/// The newest values, and which of them were not sent yet.
#[derive(Default)]
struct Values {
    newest: Vec<Option<f64>>,
    changed: Vec<usize>,
    is_changed: Vec<bool>,
}

struct Floor {
    values: Mutex<Values>,
    wake: Notify,
    frames: broadcast::Sender<Arc<str>>,
}

impl Floor {
    fn with<T>(&self, work: impl FnOnce(&mut Values) -> T) -> T {
        work(&mut self.values.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self, topic: &str, payload: &[u8]) -> Option<()> {
        let tag: usize = topic.rsplit('t').next()?.parse().ok()?;
        let value: f64 = std::str::from_utf8(payload).ok()?.parse().ok()?;
        self.with(|values| {
            *values.newest.get_mut(tag)? = Some(value);
            if !std::mem::replace(values.is_changed.get_mut(tag)?, true) {
                values.changed.push(tag);
            }
            Some(())
        })?;
        self.wake.notify_one();
        Some(())
    }

    /// What changed since the last call.
    fn changes(&self) -> Option<String> {
        self.with(|values| {
            let changed = std::mem::take(&mut values.changed);
            for tag in &changed {
                values.is_changed[*tag] = false;
            }
            (!changed.is_empty()).then(|| frame(&values.newest, changed.into_iter()))
        })
    }

    fn everything(&self) -> String {
        self.with(|values| frame(&values.newest, 0..values.newest.len()))
    }
}

fn frame(newest: &[Option<f64>], tags: impl Iterator<Item = usize>) -> String {
    let known = tags.filter_map(|tag| Some((tag, newest.get(tag).copied().flatten()?)));
    let mut text = String::from("[");
    for (tag, value) in known {
        let comma = if text.len() > 1 { "," } else { "" };
        text += &format!("{comma}{tag},{value}");
    }
    text + "]"
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let args: Vec<u64> = std::env::args()
        .skip(1)
        .map(|arg| arg.parse())
        .collect::<Result<_, _>>()?;
    let [port, broker, tags, window] = args
        .try_into()
        .ok()
        .context("PORT BROKER_PORT TAGS WINDOW_MILLIS")?;
    let tags = usize::try_from(tags)?;
    let values = Values {
        newest: vec![None; tags],
        is_changed: vec![false; tags],
        changed: Vec::new(),
    };
    let floor = Arc::new(Floor {
        values: Mutex::new(values),
        wake: Notify::new(),
        frames: broadcast::channel(4096).0,
    });
    tokio::spawn(listen(Arc::clone(&floor), u16::try_from(broker)?));
    tokio::spawn(send(Arc::clone(&floor), Duration::from_millis(window)));
    let router = Router::new()
        .route("/", get(page))
        .route("/ws", get(socket))
        .with_state(floor);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", u16::try_from(port)?)).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn listen(floor: Arc<Floor>, broker: u16) {
    let mut options = MqttOptions::new(format!("floor-{}", std::process::id()), "127.0.0.1", broker);
    options.set_keep_alive(Duration::from_secs(20));
    let (client, mut events) = AsyncClient::new(options, 64);
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                if client.try_subscribe("bench/#", QoS::AtMostOnce).is_err() {
                    return;
                }
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                floor.take(&message.topic, &message.payload);
            }
            Ok(_) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

#[allow(clippy::infinite_loop, reason = "it ends with the program")]
async fn send(floor: Arc<Floor>, window: Duration) {
    loop {
        floor.wake.notified().await;
        if let Some(frame) = floor.changes() {
            // Nobody looks: nobody misses it.
            floor.frames.send(frame.into()).ok();
        }
        if !window.is_zero() {
            tokio::time::sleep(window).await;
        }
    }
}

async fn page(State(floor): State<Arc<Floor>>) -> Html<String> {
    let cells = floor.with(|values| {
        let text = |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
        let cell = |(tag, value)| format!("<b id=t{tag}>{}</b> ", text(value));
        values.newest.iter().enumerate().map(cell).collect::<String>()
    });
    let head = "<!doctype html><meta charset=utf-8><title>floor</title>";
    Html(format!("{head}<body>{cells}<script>{PAGE}</script>"))
}

async fn socket(State(floor): State<Arc<Floor>>, upgrade: WebSocketUpgrade) -> impl IntoResponse {
    upgrade.on_upgrade(move |socket| serve(floor, socket))
}

async fn serve(floor: Arc<Floor>, mut socket: WebSocket) {
    let mut frames = floor.frames.subscribe();
    let mut next = floor.everything();
    while socket.send(Message::Text(next.into())).await.is_ok() {
        next = match frames.recv().await {
            Ok(frame) => frame.to_string(),
            Err(RecvError::Lagged(_)) => floor.everything(),
            Err(RecvError::Closed) => return,
        };
    }
}
