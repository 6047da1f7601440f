//! A server inside the test: two sites, one of them with something to hide. Asked without a listener, or over one.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use access::{Capability, Grant, Role, Scope};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, header};
use futures::{SinkExt as _, StreamExt as _};
use server::accounts::{AccountError, Accounts, NewAccount, Origin};
use server::clock::{Clock as _, SystemClock};
use server::config::Config;
use server::config::layer::{self, Layers};
use server::core::Core;
use server::engine::{Batch, EngineInput};
use server::http::connections::{self, Entrance, Limits};
use server::http::{self, Shared, Web};
use server::running::Running;
use server::share::Link;
use store::DataDir;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use twin::{AssetId, Leaf, Message, PointId, SourceId, Span, Value};

use super::{PATIENCE, until};

pub const PASSWORD: &str = "correct horse battery";
const SOURCE: SourceId = SourceId::new(1);

/// See the module.
pub struct Site {
    app: Router,
    pub running: Arc<Running>,
    pub accounts: Arc<Accounts>,
    /// Ends the engine: nothing changes any more while everything is asked.
    pub stop: CancellationToken,
    pub address: SocketAddr,
    pub dir: TempDir,
}

fn message(topic: &str, value: Value) -> Message {
    Message {
        source: SOURCE,
        topic: topic.into(),
        arrival: SystemClock.now(),
        retained: false,
        qos: 0,
        leaves: vec![Leaf {
            value: Some(value),
            ..Leaf::default()
        }],
        availability: None,
    }
}

impl Site {
    pub async fn new() -> Self {
        Self::with("").await
    }

    /// With these settings.
    pub async fn with(settings: &str) -> Self {
        Self::whose_sessions_last(settings, None).await
    }

    /// Whose sessions last for so long without being used.
    pub async fn whose_sessions_last(settings: &str, idle: Option<Span>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        let mut layers = Layers::default();
        let problems = layers.add_file("gemba.toml", settings);
        assert!(problems.is_empty(), "{problems:?}");
        let root = data.root().display().to_string();
        layers.set("data.dir", &root, layer::Origin::Default);
        let config = Config::from_layers(&layers).unwrap();
        let mut core = Core::open(&config, &data).await.unwrap();
        if let Some(idle) = idle {
            core.accounts = Accounts::open(core.records.clone(), core.clock.clone(), idle)
                .await
                .unwrap();
        }
        let stop = CancellationToken::new();
        let running = Running::start(&config, core, None, "test".to_owned(), &stop).unwrap();
        let running = Arc::new(running);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let files = dir.path().join("site");
        std::fs::create_dir_all(files.join("pkg")).unwrap();
        std::fs::write(files.join("pkg/client.js"), "// the client").unwrap();
        let web = Web::read(Some(files));
        let shared = Shared::new(&config, &running, &web, address, "token".to_owned()).unwrap();
        let app = http::app(&config, &shared, web, address);
        let limits = Limits {
            head: Duration::from_millis(500),
            ..Limits::of(&config.server)
        };
        let entrance = Entrance {
            listener,
            app: app.clone(),
            tls: None,
        };
        let served = running.clone();
        tokio::spawn(async move {
            connections::serve(vec![entrance], &limits, &served, std::future::pending()).await;
        });
        let accounts = running.backend.accounts.clone();
        let site = Self {
            app,
            running,
            accounts,
            stop,
            address,
            dir,
        };
        site.begin().await;
        site
    }

    async fn begin(&self) {
        let name = "broker".into();
        self.tell(EngineInput::SourceAdded { source: SOURCE, name }).await;
        self.tell(EngineInput::SourceConnected {
            source: SOURCE,
            is_continued: false,
        })
        .await;
        self.feed("acme/lyon/press/force", Value::Number(12.0)).await;
        self.feed("acme/lyon/oven/heat", Value::Number(200.0)).await;
        self.feed("acme/rotterdam/pump/secretflow", Value::Number(77_125.0))
            .await;
        let twin = self.running.backend.twin.clone();
        until("three points joined", async || {
            (twin.read().unwrap().plant_summary().points == 3).then_some(())
        })
        .await;
    }

    async fn tell(&self, input: EngineInput) {
        self.running.backend.engine.send(input).await.unwrap();
    }

    /// Waits until what came is on disk.
    pub async fn committed(&self, readings: u64) {
        let metrics = self.running.metrics.clone();
        until("readings are on disk", async || {
            (metrics.committed_readings.get() >= readings).then_some(())
        })
        .await;
    }

    /// A reading comes.
    pub async fn feed(&self, topic: &str, value: Value) {
        let batch = Batch {
            source: SOURCE,
            messages: vec![message(topic, value)],
            acks: Vec::new(),
            view_only: false,
        };
        self.tell(EngineInput::Batch(batch)).await;
    }

    pub fn asset(&self, path: &str) -> AssetId {
        self.running.backend.twin.read().unwrap().by_path(path).unwrap()
    }

    pub fn point(&self, path: &str) -> PointId {
        let twin = self.running.backend.twin.read().unwrap();
        twin.points_of(twin.by_path(path).unwrap())[0]
    }

    /// A role at and below a path; everywhere without one.
    pub fn grant(&self, role: Role, path: &str) -> Grant {
        let scope = match path {
            "" => Scope::Plant,
            path => Scope::Below([self.asset(path)].into()),
        };
        Grant { role, scope }
    }

    /// A session of a new account with these grants.
    pub async fn session(&self, name: &str, grants: Vec<Grant>) -> String {
        let new = NewAccount {
            name: name.to_owned(),
            display: name.to_owned(),
            email: None,
            locale: None,
            is_display: false,
            grants,
        };
        let pass = self.accounts.invite(new).await.unwrap();
        let origin = Origin::default();
        let entered = self
            .accounts
            .use_pass(&pass.secret, "", PASSWORD.to_owned(), origin);
        entered.await.unwrap().secret
    }

    /// A token of an account, for so long.
    pub async fn token(&self, name: &str, capabilities: Vec<Capability>, lasts: Span) -> (String, u32) {
        let account = self.accounts.by_name(name).unwrap().id;
        let ends = SystemClock.now() + lasts;
        let made = self
            .accounts
            .make_token(account, "program", capabilities, Some(ends));
        made.await.unwrap()
    }

    /// A link of an account to an asset that shows everything of it, for so long; its secret and number.
    pub async fn link(&self, owner: &str, path: &str, lasts: Span, pin: Option<&str>) -> (String, u32) {
        self.link_tried(owner, path, lasts, pin).await.unwrap()
    }

    /// The same, where it may fail.
    pub async fn link_tried(
        &self,
        owner: &str,
        path: &str,
        lasts: Span,
        pin: Option<&str>,
    ) -> Result<(String, u32), AccountError> {
        self.link_like(owner, self.link_to(path), lasts, pin).await
    }

    /// A link to an asset that shows everything of it.
    pub fn link_to(&self, path: &str) -> Link {
        Link {
            purpose: "a visit".to_owned(),
            asset: self.asset(path).get(),
            children: true,
            values: true,
            history: true,
            alarms: true,
            ..Link::default()
        }
    }

    /// This link, made by an account.
    pub async fn link_like(
        &self,
        owner: &str,
        link: Link,
        lasts: Span,
        pin: Option<&str>,
    ) -> Result<(String, u32), AccountError> {
        let owner = self.accounts.by_name(owner).unwrap().id;
        let ends = SystemClock.now() + lasts;
        let made = self
            .accounts
            .make_link(Some(owner), link, pin.map(str::to_owned), ends);
        made.await
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        Ask::new(self, "GET", path)
    }

    pub fn post(&self, path: &str, form: &str) -> Ask<'_> {
        Ask {
            body: form.to_owned(),
            ..Ask::new(self, "POST", path)
        }
        .with("content-type", "application/x-www-form-urlencoded")
    }

    /// Whatever is said, over the wire, until the server closes; at most 1 MiB of it.
    pub async fn says(&self, words: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // It may have heard enough before all was said.
        let _gone = stream.write_all(words).await;
        let mut answer = Vec::new();
        let mut heard = stream.take(1 << 20);
        let read = tokio::time::timeout(PATIENCE, heard.read_to_end(&mut answer)).await;
        let _reset = read.expect("the server never closes");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A live socket with these header lines; the status where there is none.
    pub async fn live(&self, head: &[(&'static str, &str)]) -> Result<Live, u16> {
        let address = format!("ws://{}/api/ws", self.address);
        let mut request = address.into_client_request().unwrap();
        for (name, value) in head {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Live(socket)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    /// A live socket of a session that has said hello.
    pub async fn live_of(&self, session: &str) -> Live {
        let cookie = format!("gemba_session={session}");
        let mut live = self.live(&[("cookie", &cookie)]).await.unwrap();
        live.hello("").await;
        live
    }
}

/// A request to be sent.
pub struct Ask<'s> {
    site: &'s Site,
    method: &'s str,
    path: String,
    head: HeaderMap,
    body: String,
    from: IpAddr,
}

impl<'s> Ask<'s> {
    fn new(site: &'s Site, method: &'s str, path: &str) -> Self {
        let ask = Self {
            site,
            method,
            path: path.to_owned(),
            head: HeaderMap::new(),
            body: String::new(),
            from: IpAddr::from([127, 0, 0, 1]),
        };
        let host = site.address.to_string();
        ask.with("accept", "*/*")
            .with("host", &host)
            .with("origin", &format!("http://{host}"))
    }

    /// By another method.
    pub fn by_method(self, method: &'s str) -> Self {
        Self { method, ..self }
    }

    /// With this header line in the place of another.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.head.insert(name, value.parse().unwrap());
        self
    }

    /// Without this header line.
    pub fn without(mut self, name: &'static str) -> Self {
        self.head.remove(name);
        self
    }

    /// As who holds a session.
    pub fn by(self, session: &str) -> Self {
        let cookie = format!("gemba_session={session}");
        self.with("cookie", &cookie)
    }

    /// From another machine.
    pub fn from(self, address: &str) -> Self {
        Self {
            from: address.parse().unwrap(),
            ..self
        }
    }

    async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path);
        let mut request = Request::builder().method(self.method).uri(&self.path);
        request.headers_mut().unwrap().extend(self.head);
        let length = self.body.len().to_string();
        let request = request.header(header::CONTENT_LENGTH, length);
        let mut request = request.body(Body::from(self.body)).unwrap();
        let peer = ConnectInfo(SocketAddr::new(self.from, 40_000));
        request.extensions_mut().insert(peer);
        let answer = tokio::time::timeout(PATIENCE, self.site.app.clone().oneshot(request)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{what} never ends")).unwrap();
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, 8 << 20).await.unwrap();
        Answer {
            status: head.status.as_u16(),
            head: head.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}

impl<'s> IntoFuture for Ask<'s> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 's>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: HeaderMap,
    pub body: String,
}

impl Answer {
    /// A header line; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.head.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the cookie that it sets.
    pub fn cookie(&self) -> &str {
        let pair = self.header("set-cookie").split(';').next().unwrap_or_default();
        pair.split_once('=').map_or("", |(_, value)| value)
    }

    /// Whether it says that somebody is to sign in, or may not.
    pub fn is_refused(&self) -> bool {
        matches!(self.status, 401 | 403) || self.header("location").starts_with("/sign-in")
    }
}

/// A live socket.
pub struct Live(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Live {
    pub async fn say(&mut self, words: &str) {
        // It may be closed: what was heard last says why.
        let _closed = self.0.send(Frame::text(words.to_owned())).await;
    }

    /// Says hello, with a link's secret or without.
    pub async fn hello(&mut self, share: &str) {
        self.say(&format!(
            "{{\"type\":\"hello\",\"protocol\":1,\"share\":\"{share}\"}}"
        ))
        .await;
    }

    /// Watches something; the answer is to be heard.
    pub async fn watch(&mut self, selector: &str) -> serde_json::Value {
        self.say(&format!(
            "{{\"type\":\"subscribe\",\"sub\":1,\"selector\":{selector}}}"
        ))
        .await;
        loop {
            let heard = self.hear().await;
            if heard["sub"] == 1 {
                return heard;
            }
        }
    }

    pub async fn hear(&mut self) -> serde_json::Value {
        loop {
            let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap();
            match frame.expect("the socket ended").unwrap() {
                Frame::Text(text) => return serde_json::from_str(&text).unwrap(),
                Frame::Close(frame) => panic!("closed: {frame:?}"),
                _ => {}
            }
        }
    }

    /// With what code and words it is closed; none where it just ends.
    pub async fn closed(&mut self) -> Option<(u16, String)> {
        let close = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Frame::Close(frame))) => {
                        return frame.map(|frame| (u16::from(frame.code), frame.reason.to_string()));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::time::timeout(PATIENCE, close)
            .await
            .expect("it stays open")
    }

    /// The same, as the code alone.
    pub async fn code(&mut self) -> u16 {
        self.closed().await.map_or(0, |(code, _)| code)
    }
}
