//! Over real sockets: what a connection may take, and what the others notice of it.

use std::time::Instant;

use axum::extract::WebSocketUpgrade;
use axum::routing::get;
use futures::{SinkExt as _, StreamExt as _};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use super::*;

/// More than the system keeps for a reader.
const MUCH: usize = 64 << 20;

const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    address: SocketAddr,
    places: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    /// A request to `/slow` has come.
    came: Arc<Notify>,
    /// Lets it be answered.
    go: Arc<Notify>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Stage {
    async fn set(limits: Limits) -> Self {
        Self::set_with(limits, None).await
    }

    async fn set_with(limits: Limits, tls: Option<Tls>) -> Self {
        let (came, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let slow = {
            let (came, go) = (came.clone(), go.clone());
            async move || {
                came.notify_one();
                go.notified().await;
                "slow"
            }
        };
        let echo = async |upgrade: WebSocketUpgrade| {
            upgrade.on_upgrade(async |mut socket| {
                while let Some(Ok(said)) = socket.recv().await {
                    if socket.send(said).await.is_err() {
                        return;
                    }
                }
            })
        };
        let peer = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string();
        let app = Router::new()
            .route("/", get(peer))
            .route("/slow", get(slow))
            .route("/much", get(async || vec![b'a'; MUCH]))
            .route("/ws", get(echo));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let metrics = Arc::new(Metrics::default());
        let (stop, stopped) = oneshot::channel::<()>();
        let door = Door::new(app, tls, &limits, metrics.clone());
        let places = door.places.all.clone();
        let served = tokio::spawn(door.open(listener, async { stopped.await.unwrap() }));
        Self {
            address,
            places,
            metrics,
            came,
            go,
            stop,
            served,
        }
    }

    fn door_is_full(&self) -> bool {
        self.places.available_permits() == 0
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// A connection that says this.
    async fn saying(&self, words: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(words.as_bytes()).await.unwrap();
        stream
    }

    async fn ask(&self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        heard(&mut self.saying(&request).await).await
    }
}

/// All that is said until the other side closes.
async fn heard(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut all))
        .await
        .expect("never closed")
        .unwrap();
    String::from_utf8_lossy(&all).into_owned()
}

fn limits() -> Limits {
    Limits {
        connections: 100,
        each: 100,
        proxies: Arc::default(),
        head: Duration::from_millis(300),
        taken: Duration::from_millis(300),
        finish: Duration::from_millis(300),
    }
}

#[tokio::test]
async fn half_heads_are_closed_within_the_limit() {
    let stage = Stage::set(limits()).await;
    let begun = Instant::now();
    for half in ["", "G", "GET / HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = stage.saying(half).await;
        heard(&mut stream).await;
    }
    assert!(begun.elapsed() >= 3 * limits().head, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn one_byte_at_a_time_buys_no_more_time() {
    let stage = Stage::set(limits()).await;
    let (mut heard, mut said) = stage.saying("GET / HTTP/1.1\r\nx: ").await.into_split();
    let drip = tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        while said.write_all(b"a").await.is_ok() {
            every.tick().await;
        }
    });
    let mut all = Vec::new();
    let closed = tokio::time::timeout(PATIENCE, heard.read_to_end(&mut all)).await;
    assert!(closed.is_ok(), "never closed");
    drip.await.unwrap();
}

#[tokio::test]
async fn who_asks_for_much_and_reads_none_of_it_loses_the_place() {
    let one = Limits {
        connections: 1,
        ..limits()
    };
    let stage = Stage::set(one).await;
    let mut greedy = stage.saying("GET /much HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let begun = Instant::now();
    while !stage.ask("/").await.starts_with("HTTP/1.1 200 ") {
        assert!(begun.elapsed() < PATIENCE, "it keeps its place");
    }
    let mut all = Vec::new();
    // What was on the way, and then the end.
    let _cut = greedy.read_to_end(&mut all).await;
    assert!((1..MUCH).contains(&all.len()), "{}", all.len());
    // Somebody who reads slowly, but reads, has it whole.
    let stage = Stage::set(limits()).await;
    let mut slow = stage
        .saying("GET /much HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    let (mut had, mut part) = (0, vec![0; MUCH / 8]);
    loop {
        match slow.read(&mut part).await.unwrap() {
            0 => break,
            more => had += more,
        }
        if had < MUCH / 4 {
            tokio::time::sleep(limits().taken / 10).await;
        }
    }
    assert!(had > MUCH, "{had}");
}

#[tokio::test]
async fn a_head_too_large_is_answered_so() {
    let stage = Stage::set(limits()).await;
    let head = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(2 * HEAD_BYTES));
    let mut stream = stage.connect().await;
    // It may close before it has read it all.
    let _cut = stream.write_all(head.as_bytes()).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 431");
}

#[tokio::test]
async fn who_comes_on_top_hears_why() {
    let one = Limits {
        connections: 1,
        ..limits()
    };
    let stage = Stage::set(one).await;
    let mut half = stage.saying("GET / HT").await;
    let refused = stage.ask("/").await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    assert!(refused.ends_with("Try again in a while."), "{refused}");
    let (head, body) = refused.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains(&format!("content-length: {}\r\n", body.len())),
        "{refused}"
    );
    assert_eq!(stage.metrics.refused_connections.get(), 1);
    heard(&mut half).await;
    // The place of the half one is free a moment after its end is seen.
    let begun = Instant::now();
    loop {
        let answer = stage.ask("/").await;
        if answer.starts_with("HTTP/1.1 200 ") {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{answer}");
    }
}

#[tokio::test]
async fn a_live_socket_outlasts_the_limits_and_takes_no_place() {
    let one = Limits {
        connections: 1,
        ..limits()
    };
    let stage = Stage::set(one).await;
    let url = format!("ws://{}/ws", stage.address);
    let (mut first, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let (mut second, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    tokio::time::sleep(2 * limits().head).await;
    for socket in [&mut first, &mut second] {
        socket.send(Message::text("still here")).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("still here"));
    }
}

#[tokio::test]
async fn a_stop_waits_for_answers_but_not_for_ever() {
    // In time.
    let stage = Stage::set(limits()).await;
    let mut slow = stage.saying("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    stage.came.notified().await;
    stage.stop.send(()).unwrap();
    stage.go.notify_one();
    assert!(heard(&mut slow).await.ends_with("slow"));
    stage.served.await.unwrap();
    // Never.
    let stage = Stage::set(limits()).await;
    let mut slow = stage.saying("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut idle = stage.connect().await;
    stage.came.notified().await;
    stage.stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, stage.served)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(heard(&mut slow).await, "");
    assert_eq!(heard(&mut idle).await, "");
    assert!(TcpStream::connect(stage.address).await.is_err());
}

/// A port of HTTPS, and what trusts it.
fn tls() -> (Tls, tokio_rustls::TlsConnector) {
    use rustls::pki_types::pem::PemObject as _;
    let dir = tempfile::tempdir().unwrap();
    let names = ["localhost".to_owned()];
    let now = crate::clock::civil_now();
    let authority = crate::tls::authority::new("Test", &names, now).unwrap();
    let trusted =
        rustls::pki_types::CertificateDer::from_pem_slice(authority.certificate.as_bytes()).unwrap();
    let read = crate::tls::certificate::Certificate::read(&trusted).unwrap();
    let pair = crate::tls::authority::sign(&read, &authority.key, &names, now).unwrap();
    let file = |name: &str, text: &str| {
        let file = dir.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    };
    let (certificate, key) = (file("crt", &pair.certificate), file("key", &pair.key));
    let shown = crate::tls::Shown::read(certificate, key).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trusted).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = Tls {
        acceptor: shown.acceptor().unwrap(),
        plain: Router::new().fallback(async || "in the open"),
        within: limits().head,
    };
    (tls, Arc::new(client).into())
}

#[tokio::test]
async fn over_tls_the_limits_hold_too() {
    let (tls, connector) = tls();
    let one = Limits {
        connections: 1,
        ..limits()
    };
    let stage = Stage::set_with(one, Some(tls)).await;
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    // Whoever does not shake hands in time is closed, and holds the only place until then.
    let begun = Instant::now();
    for half in [&b""[..], &b"\x16"[..], &b"\x16\x03\x01\x02\x00\x01"[..]] {
        let mut idle = stage.connect().await;
        idle.write_all(half).await.unwrap();
        let refused = connector.connect(name.clone(), stage.connect().await).await;
        assert!(refused.is_err());
        heard(&mut idle).await;
        while stage.door_is_full() {
            tokio::task::yield_now().await;
        }
    }
    assert!(begun.elapsed() >= 3 * limits().head, "{:?}", begun.elapsed());
    assert_eq!(stage.metrics.refused_connections.get(), 3);
    // Half a head is closed too.
    let mut secure = connector.connect(name, stage.connect().await).await.unwrap();
    secure.write_all(b"GET / HT").await.unwrap();
    let mut rest = Vec::new();
    let read = tokio::time::timeout(PATIENCE, secure.read_to_end(&mut rest)).await;
    assert!(read.is_ok(), "never closed");
}

#[tokio::test]
async fn on_a_port_of_https_both_ways_of_speaking_are_understood() {
    let (tls, connector) = tls();
    let stage = Stage::set_with(limits(), Some(tls)).await;
    assert!(stage.ask("/").await.ends_with("in the open"));
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut secure = connector.connect(name, stage.connect().await).await.unwrap();
    secure
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut all = Vec::new();
    // Our client need not say goodbye.
    let _end = secure.read_to_end(&mut all).await;
    let all = String::from_utf8(all).unwrap();
    assert!(
        all.starts_with("HTTP/1.1 200 ") && all.contains("127.0.0.1:"),
        "{all}"
    );
}
