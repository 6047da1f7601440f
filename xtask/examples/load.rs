//! What `cargo xtask bench` loads a server with, and what it compares it to. Each prints one JSON object.
//!
//! - `load flood BROKER_PORT QOS COUNT TOPICS`: publishes as fast as the broker takes it.
//! - `load subscribe BROKER_PORT QOS COUNT`: a subscriber that only counts, for the same flood.
//! - `load sockets PORT SOCKETS VIEWS POINTS SECONDS`: live sockets, each watching `POINTS` points, every
//!   `VIEWS`th one, so that there are so many different views; a value is the wall clock's milliseconds modulo
//!   [`CLOCK`] at its publish. `heard` lists when each value came, on the same clock, and how old it was.

#![allow(clippy::print_stdout, reason = "it answers on standard output")]

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use futures::{SinkExt as _, StreamExt as _};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS};
use tokio::sync::Barrier;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};
use wire::message::{BINARY_SUBPROTOCOL, ClientMessage, PROTOCOL, Selector, ServerMessage};
use wire::reading::Value;

/// Times on the wire repeat after this many milliseconds.
const CLOCK: f64 = 1e7;
/// Of more than a hundred sockets one of so many reads its frames; the others only take them.
const READER_OF: usize = 10;
/// A subscriber that hears nothing for so long has heard everything.
const SILENCE: Duration = Duration::from_secs(3);
/// Publishes that wait for the broker's word.
const WAITING: u64 = 5_000;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_default();
    let numbers: Vec<u64> = args.map(|arg| arg.parse()).collect::<Result<_, _>>()?;
    let answer = match (what.as_str(), numbers.as_slice()) {
        ("flood", &[port, qos, count, topics]) => flood(u16::try_from(port)?, qos, count, topics).await?,
        ("subscribe", &[port, qos, count]) => subscribe(u16::try_from(port)?, qos, count).await?,
        ("sockets", &[port, sockets, views, points, seconds]) => {
            let crowd = Crowd {
                port: u16::try_from(port)?,
                views: views.max(1),
                points: u32::try_from(points)?,
                time: Duration::from_secs(seconds),
            };
            crowd.run(usize::try_from(sockets)?).await?
        }
        _ => bail!("flood, subscribe or sockets, and their numbers"),
    };
    println!("{answer}");
    Ok(())
}

fn client(name: &str, port: u16) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(format!("{name}-{}", std::process::id()), "127.0.0.1", port);
    options
        .set_keep_alive(Duration::from_secs(30))
        .set_inflight(1_000);
    AsyncClient::new(options, 10_000)
}

const fn level(qos: u64) -> QoS {
    if qos == 0 {
        QoS::AtMostOnce
    } else {
        QoS::AtLeastOnce
    }
}

async fn flood(port: u16, qos: u64, count: u64, topics: u64) -> Result<serde_json::Value> {
    let (client, mut events) = client("flood", port);
    while !matches!(events.poll().await?, Event::Incoming(Packet::ConnAck(_))) {}
    let start = Instant::now();
    let (mut sent, mut done) = (0, 0);
    while done < count {
        while sent < count && sent - done < WAITING {
            let topic = format!("bench/t{}", sent % topics);
            client.try_publish(topic, level(qos), false, sent.to_string())?;
            sent += 1;
        }
        match events.poll().await? {
            Event::Incoming(Packet::PubAck(_)) | Event::Outgoing(Outgoing::Publish(0)) => done += 1,
            _ => {}
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok(serde_json::json!({ "count": count, "seconds": seconds, "perSecond": count as f64 / seconds }))
}

async fn subscribe(port: u16, qos: u64, count: u64) -> Result<serde_json::Value> {
    let (client, mut events) = client("subscribe", port);
    client.subscribe("bench/#", level(qos)).await?;
    let (mut heard, mut first, mut last) = (0, Instant::now(), Instant::now());
    while heard < count {
        // Nothing yet: somebody will publish soon.
        let patience = if heard == 0 { SILENCE * 5 } else { SILENCE };
        let Ok(event) = tokio::time::timeout(patience, events.poll()).await else {
            break;
        };
        if let Event::Incoming(Packet::Publish(_)) = event? {
            last = Instant::now();
            if heard == 0 {
                first = last;
            }
            heard += 1;
        }
    }
    let seconds = (last - first).as_secs_f64();
    Ok(serde_json::json!({ "count": heard, "seconds": seconds, "perSecond": heard as f64 / seconds }))
}

/// Many live sockets.
#[derive(Clone, Copy)]
struct Crowd {
    port: u16,
    views: u64,
    points: u32,
    time: Duration,
}

/// What one socket was sent.
#[derive(Default)]
struct Heard {
    frames: u64,
    bytes: u64,
    values: u64,
    /// Snapshots after the first: it was too slow and lost deltas.
    snapshots: u64,
    /// When each value came, and how old it was, in milliseconds.
    ages: Vec<(f64, f64)>,
}

impl Crowd {
    async fn run(self, sockets: usize) -> Result<serde_json::Value> {
        let start = Instant::now();
        let ready = Arc::new(Barrier::new(sockets + 1));
        let tasks: Vec<_> = (0..sockets)
            .map(|number| {
                let is_reader = sockets <= 100 || number.is_multiple_of(READER_OF);
                tokio::spawn(self.socket(number, is_reader, Arc::clone(&ready)))
            })
            .collect();
        let opened = tokio::time::timeout(Duration::from_secs(30), ready.wait()).await;
        opened.context("the sockets did not all open in 30 s")?;
        let opened = start.elapsed();
        let mut all = Heard::default();
        for task in tasks {
            let heard = task.await??;
            all.frames += heard.frames;
            all.bytes += heard.bytes;
            all.values += heard.values;
            all.snapshots += heard.snapshots;
            all.ages.extend(heard.ages);
        }
        let mut ages: Vec<f64> = all.ages.iter().map(|(_, age)| *age).collect();
        ages.sort_by(f64::total_cmp);
        let at = |share: f64| ages.get((ages.len() as f64 * share) as usize).copied();
        Ok(serde_json::json!({
            "sockets": sockets, "openMillis": opened.as_secs_f64() * 1e3, "seconds": self.time.as_secs_f64(),
            "frames": all.frames, "bytes": all.bytes, "valuesRead": all.values, "wholeAgain": all.snapshots,
            "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": ages.last(), "heard": all.ages,
        }))
    }

    async fn socket(self, number: usize, is_reader: bool, ready: Arc<Barrier>) -> Result<Heard> {
        let mut request = format!("ws://127.0.0.1:{}/api/ws", self.port).into_client_request()?;
        let protocol = HeaderValue::from_static(BINARY_SUBPROTOCOL);
        request.headers_mut().insert("Sec-WebSocket-Protocol", protocol);
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
        let view = u32::try_from(number as u64 % self.views)?;
        let step = u32::try_from(self.views)?;
        let points = (0..self.points).map(|nth| 1 + view + nth * step).collect();
        let hello = ClientMessage::Hello {
            protocol: PROTOCOL,
            build: String::new(),
            share: String::new(),
        };
        let subscribe = ClientMessage::Subscribe {
            sub: 1,
            selector: Selector::Points { points },
            max_hz: None,
            since: None,
        };
        for message in [hello, subscribe] {
            let bytes = wire::codec::encode_client(&message);
            socket.send(Message::Binary(bytes.into())).await?;
        }
        // Its view is there once it was sent whole.
        while !matches!(next(socket.next().await)?, Some(ServerMessage::Snapshot { .. })) {}
        ready.wait().await;
        let mut heard = Heard::default();
        let end = tokio::time::Instant::now() + self.time;
        while let Ok(frame) = tokio::time::timeout_at(end, socket.next()).await {
            let frame = frame.context("the server closed a socket")??;
            heard.frames += 1;
            heard.bytes += frame.len() as u64;
            if is_reader {
                heard.read(frame)?;
            }
        }
        Ok(heard)
    }
}

impl Heard {
    fn read(&mut self, frame: Message) -> Result<()> {
        let readings = match next(Some(Ok(frame)))? {
            Some(ServerMessage::Delta { delta, .. }) => delta.readings,
            Some(ServerMessage::Snapshot { .. }) => {
                self.snapshots += 1;
                return Ok(());
            }
            _ => return Ok(()),
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1e3 % CLOCK;
        for (_, reading) in readings {
            if let Some(Value::Number(then)) = reading.value {
                self.values += 1;
                self.ages
                    .push((now.round(), (now - then).rem_euclid(CLOCK).round()));
            }
        }
        Ok(())
    }
}

type Frame = Option<Result<Message, tokio_tungstenite::tungstenite::Error>>;

/// The message in a frame; none in those that only keep the connection.
fn next(frame: Frame) -> Result<Option<ServerMessage>> {
    match frame.context("the server closed a socket")?? {
        Message::Binary(bytes) => Ok(Some(wire::codec::decode_server(&bytes).context("not a message")?)),
        Message::Close(_) => bail!("the server closed a socket"),
        _ => Ok(None),
    }
}
