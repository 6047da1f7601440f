//! A twin, a hub, a listening socket, and clients of it.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use access::{Role, Who};
use axum::Extension;
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use twin::{Input, Leaf, Message, Outputs, PointId, SourceId, Span, Timestamp, Twin, TwinConfig, Value};
use wire::codec::{self, json};
use wire::message::{BINARY_SUBPROTOCOL, ClientMessage, PROTOCOL, Position, Selector, ServerMessage};

use crate::accounts::Accounts;
use crate::clock::{Clock as _, SystemClock};
use crate::http::limits::{Limits, PerMinute};
use crate::http::origin::Origins;
use crate::http::who::Asker;
use crate::live::{Hub, HubConfig, SocketState, router};

pub const SOURCE: SourceId = SourceId::new(1);

/// More than any test asks.
const LIMITS: PerMinute = PerMinute {
    reads: 1_000,
    writes: 1_000,
    sockets: 1_000,
    exports: 1_000,
    connections: 1_000,
    sockets_of_address: 1_000,
    sockets_of_account: 1_000,
    addresses: 1_000,
};

/// Everything is there within this, or the test fails.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who sees and may do everything.
pub fn owner() -> Who {
    Who::visitor("owner", Role::Owner)
}

/// A twin with one source.
pub fn twin() -> Twin {
    let mut twin = Twin::new(TwinConfig::default());
    twin.handle(
        Timestamp::from_millis(0),
        Input::SourceAdded {
            source: SOURCE,
            name: "test".into(),
        },
    );
    twin.handle(
        Timestamp::from_millis(0),
        Input::SourceConnected {
            source: SOURCE,
            is_continued: false,
        },
    );
    twin
}

/// Plain values by topic.
pub fn messages(now: Timestamp, values: &[(String, Value)]) -> Input {
    let message = |(topic, value): &(String, Value)| Message {
        source: SOURCE,
        topic: topic.as_str().into(),
        arrival: now,
        retained: false,
        qos: 0,
        leaves: vec![Leaf {
            value: Some(value.clone()),
            ..Leaf::default()
        }],
        availability: None,
    };
    Input::Messages(values.iter().map(message).collect())
}

pub struct Stage {
    pub twin: Arc<RwLock<Twin>>,
    pub hub: Arc<Hub>,
    pub address: SocketAddr,
    _records: tempfile::TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(HubConfig::default(), 100, owner()).await
    }

    /// For somebody who asks without a session.
    pub async fn with(config: HubConfig, sockets: usize, who: Who) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let twin = Arc::new(RwLock::new(twin()));
        let hub = Arc::new(Hub::new(config));
        let folder = tempfile::tempdir().unwrap();
        let records = store::Records::open(&folder.path().join("records.db"))
            .await
            .unwrap();
        let idle = Span::from_secs(3_600);
        let accounts = Accounts::open(records, Arc::new(SystemClock), idle)
            .await
            .unwrap();
        let state = SocketState {
            hub: hub.clone(),
            twin: twin.clone(),
            accounts,
            clock: Arc::new(SystemClock),
            build: "test".into(),
            origins: Arc::new(Origins::new(None, address, false)),
            limits: Arc::new(Limits::new(LIMITS, Arc::default())),
            permits: Arc::new(Semaphore::new(sockets)),
        };
        let app = router(state)
            .layer(Extension(Asker {
                who,
                ..Asker::nobody()
            }))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            twin,
            hub,
            address,
            _records: folder,
        }
    }

    /// What the engine does with one input.
    pub fn handle(&self, input: Input) -> Outputs {
        let now = SystemClock.now();
        let mut twin = self.twin.write().unwrap();
        let outputs = twin.handle(now, input);
        self.hub.publish(&twin, now, &outputs.changes);
        outputs
    }

    /// New values of `site/unit/tag{n}`, by number.
    pub fn feed(&self, values: &[(u32, f64)]) {
        let values = values
            .iter()
            .map(|(tag, number)| (topic(*tag), Value::Number(*number)));
        self.handle(messages(SystemClock.now(), &values.collect::<Vec<_>>()));
    }

    pub fn feed_text(&self, tags: u32, text: &str) {
        let values = (0..tags).map(|tag| (topic(tag), Value::Text(text.into())));
        self.handle(messages(SystemClock.now(), &values.collect::<Vec<_>>()));
    }

    pub fn position(&self) -> Position {
        self.hub.position()
    }

    /// A figure of the hub.
    pub fn figure(&self, name: &str) -> f64 {
        use crate::metrics::Figure::{Counter, Gauge};
        let found = self.hub.figures().into_iter().find_map(|figure| match figure {
            Counter(known, _, value) if known == name => Some(value as f64),
            Gauge(known, _, value) if known == name => Some(value),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no figure {name}"))
    }

    /// Waits until a figure is as wanted.
    pub async fn until(&self, name: &str, wanted: impl Fn(f64) -> bool) {
        let seen = async {
            while !wanted(self.figure(name)) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, seen).await;
        assert!(seen.is_ok(), "{name} is {}", self.figure(name));
    }

    /// A binary client that said hello.
    pub async fn client(&self) -> Client {
        let mut client = Client::connect(self.address, Some(BINARY_SUBPROTOCOL), None)
            .await
            .unwrap();
        client.hello().await;
        client
    }
}

pub fn topic(tag: u32) -> String {
    format!("site/unit/tag{tag}")
}

/// The points of the first tags: ids are given in the order of first sight.
pub fn points(tags: u32) -> Selector {
    Selector::Points {
        points: (1..=tags).collect(),
    }
}

pub struct Client {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    binary: bool,
}

impl Client {
    /// Connects; the status when it is refused.
    pub async fn connect(
        address: SocketAddr,
        subprotocol: Option<&str>,
        origin: Option<&str>,
    ) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/api/ws").into_client_request().unwrap();
        let headers = request.headers_mut();
        if let Some(subprotocol) = subprotocol {
            headers.insert(
                "sec-websocket-protocol",
                HeaderValue::from_str(subprotocol).unwrap(),
            );
        }
        if let Some(origin) = origin {
            headers.insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Self {
                stream,
                binary: subprotocol == Some(BINARY_SUBPROTOCOL),
            }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn hello(&mut self) -> ServerMessage {
        self.say(ClientMessage::Hello {
            protocol: PROTOCOL,
            build: String::new(),
            share: String::new(),
        })
        .await;
        self.hear().await
    }

    pub async fn say(&mut self, message: ClientMessage) {
        let frame = if self.binary {
            Frame::Binary(codec::encode_client(&message).into())
        } else {
            Frame::Text(json::encode_client(&message).into())
        };
        self.stream.send(frame).await.unwrap();
    }

    pub async fn subscribe(
        &mut self,
        sub: u32,
        selector: Selector,
        since: Option<Position>,
    ) -> ServerMessage {
        self.say(ClientMessage::Subscribe {
            sub,
            selector,
            max_hz: None,
            since,
        })
        .await;
        self.hear().await
    }

    /// The next message that is no beat.
    pub async fn hear(&mut self) -> ServerMessage {
        loop {
            match self.hear_any().await {
                Ok(ServerMessage::Beat { .. }) => {}
                Ok(message) => return message,
                Err(code) => panic!("closed with {code:?}"),
            }
        }
    }

    /// The next message, or the code it was closed with.
    pub async fn hear_any(&mut self) -> Result<ServerMessage, Option<CloseCode>> {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.stream.next())
                .await
                .expect("nothing came");
            match frame {
                Some(Ok(Frame::Binary(bytes))) => return Ok(codec::decode_server(&bytes).unwrap()),
                Some(Ok(Frame::Text(text))) => return Ok(json::decode_server(&text).unwrap()),
                Some(Ok(Frame::Close(close))) => return Err(close.map(|close| close.code)),
                Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Reads until a delta or snapshot shows this number at this index.
    pub async fn until_number(&mut self, index: u32, number: f64) {
        loop {
            let readings = match self.hear().await {
                ServerMessage::Delta { delta, .. } | ServerMessage::Resumed { delta, .. } => delta.readings,
                ServerMessage::Snapshot { state, .. } => {
                    let points = (0u32..).zip(state.points);
                    points
                        .filter_map(|(index, point)| Some((index, point.reading?)))
                        .collect()
                }
                other => panic!("{other:?}"),
            };
            let wanted = Some(wire::Value::Number(number));
            if readings
                .into_iter()
                .any(|(shown, reading)| shown == index && reading.value == wanted)
            {
                return;
            }
        }
    }
}

/// The id the twin gave a point, for messages of the tests.
pub const fn id(point: u32) -> PointId {
    PointId::new(point)
}
