//! What strains it: a reader that does not read, a full disk, messages beyond measure, another site's page.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::support::{Gemba, Mosquitto, PATIENCE, Publisher, free_port, until};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A live socket that watches these points, in JSON as any program may.
async fn watching(gemba: &Gemba, points: &[u64]) -> Socket {
    let address = format!("ws://127.0.0.1:{}/api/ws", gemba.port);
    let (mut socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    let selector = serde_json::json!({ "kind": "points", "points": points });
    let subscribe = serde_json::json!({ "type": "subscribe", "sub": 1, "selector": selector });
    for said in [
        r#"{"type":"hello","protocol":1}"#.to_owned(),
        subscribe.to_string(),
    ] {
        socket.send(Message::Text(said.into())).await.unwrap();
    }
    socket
}

/// Reads until some value of the view is this.
async fn until_value(socket: &mut Socket, wanted: &str) {
    let reads = async {
        while let Some(message) = socket.next().await {
            if message.unwrap().to_string().contains(wanted) {
                return;
            }
        }
        panic!("the socket was closed");
    };
    tokio::time::timeout(PATIENCE, reads)
        .await
        .expect("the value never came");
}

/// The points of the topics, when all are known.
async fn points(gemba: &Gemba, topic: &str, count: usize) -> Vec<u64> {
    until("all points are known", async || {
        let hits = gemba.ask(&format!("search?q={topic}")).await?;
        let points: Vec<u64> = hits
            .as_array()?
            .iter()
            .filter_map(|hit| hit["point"][0].as_u64())
            .collect();
        (points.len() >= count).then_some(points)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_does_not_read_costs_little_and_harms_nobody() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "press");
    let round = |text: String| {
        (0..20).map(move |tag| {
            (
                format!("plant/press/note{tag}"),
                format!("\"{text}\"").into_bytes(),
            )
        })
    };
    publisher.publish(round("first".to_owned())).await;
    let notes = points(&gemba, "note", 20).await;
    let _slow = watching(&gemba, &notes).await;
    let mut quick = watching(&gemba, &notes).await;
    until_value(&mut quick, "first").await;
    let before = gemba.resident();
    // 60 MB for each reader, far beyond what the kernel holds for the one that does not read.
    for n in 0..750 {
        publisher
            .publish(round(format!("{n} {}", "x".repeat(4_000))))
            .await;
        if n % 50 == 49 {
            until_value(&mut quick, &format!("\"{n} x")).await;
        }
    }
    until("told apart", async || {
        (gemba.figure("gemba_socket_lags_total").await? >= 1.0).then_some(())
    })
    .await;
    let grown = gemba.resident().saturating_sub(before);
    assert!(grown < 60 << 20, "{} MB more", grown >> 20);
    publisher.publish(round("last".to_owned())).await;
    until_value(&mut quick, "last").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_history_and_not_the_view_and_heals() {
    let broker = Mosquitto::start().await;
    let Some(mut gemba) = Gemba::serve_on_small_disk(64, &["--mqtt", &broker.url()]).await else {
        eprintln!("skipped: private mounts are not allowed here");
        return;
    };
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "press");
    let values = |range: std::ops::Range<u32>| {
        range.map(|n| ("plant/press/force".to_owned(), n.to_string().into_bytes()))
    };
    publisher.publish(values(0..100)).await;
    let stored = async |gemba: &Gemba, count: usize| {
        let mut values = gemba.history("force").await?;
        values.dedup();
        (values.len() == count).then_some(())
    };
    until("stored", async || stored(&gemba, 100).await).await;
    let point = points(&gemba, "force", 1).await;
    let mut socket = watching(&gemba, &point).await;

    let filler = gemba.inside(&gemba.data).join("filler");
    let full = std::fs::write(&filler, vec![0; 65 << 20]);
    assert!(full.is_err(), "the disk is full now");
    publisher.publish(values(100..2_000)).await;
    until("told that history stands still", async || {
        (gemba.figure("gemba_history_failing").await? > 0.0).then_some(())
    })
    .await;
    assert_eq!(gemba.exchange("GET /readyz", &[], "").await.0, 503);
    assert!(gemba.get("/overview").await.is_some(), "pages are served");
    // More than may be unacknowledged at once has come: only the second connection, which begins after five
    // seconds, can show what the plant goes on saying.
    let mut last = 70_000;
    let plant_speaks = async {
        loop {
            publisher.publish(values(last..last + 1)).await;
            last += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        () = until_value(&mut socket, "\"value\":70") => {}
        () = plant_speaks => {}
    }
    // What is new now is known by that one alone.
    publisher.publish_one("plant/press/strain", b"1", false).await;
    points(&gemba, "strain", 1).await;

    std::fs::remove_file(&filler).unwrap();
    until("history is written again", async || gemba.get("/readyz").await).await;
    // The one that was on its way when the value was seen may or may not have gone.
    let spoken = 2_000 + (last - 70_000) as usize;
    until("nothing is lost", async || {
        let mut values = gemba.history("force").await?;
        values.sort_by(f64::total_cmp);
        values.dedup();
        (spoken..=spoken + 1).contains(&values.len()).then_some(())
    })
    .await;
    until("the gap is told", async || {
        let status = gemba.ask("status").await?;
        (!status["history_gaps"].as_array()?.is_empty()).then_some(())
    })
    .await;
    until("the new one is recorded", async || {
        let tags = recorded_topics(&gemba.inside(&gemba.data)).await;
        tags.contains(&"plant/press/strain".to_owned()).then_some(())
    })
    .await;
    assert!(!gemba.has_ended());
}

/// The topics of all points in a copy of the records.
async fn recorded_topics(data: &std::path::Path) -> Vec<String> {
    use store::Points as _;
    let copy = tempfile::tempdir().unwrap();
    for file in ["records.db", "records.db-wal"] {
        std::fs::copy(data.join(file), copy.path().join(file)).unwrap();
    }
    let records = store::Records::open(&copy.path().join("records.db"))
        .await
        .unwrap();
    let mut topics = Vec::new();
    records
        .each_point(|point| topics.push(point.topic))
        .await
        .unwrap();
    topics
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_it_ends_soon_and_leaves_nothing_behind() {
    let ports = (free_port(), free_port());
    let dir = tempfile::tempdir().unwrap();
    let settings = format!(
        "[broker]\nlisten = \"127.0.0.1:{}\"\nlisten_v5 = \"127.0.0.1:{}\"\n",
        ports.0, ports.1
    );
    let file = dir.path().join("gemba.toml");
    std::fs::write(&file, settings).unwrap();
    let args = ["--config", file.to_str().unwrap()];
    let Some(mut gemba) = Gemba::serve_on_small_disk(64, &args).await else {
        eprintln!("skipped: private mounts are not allowed here");
        return;
    };
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(ports.0, "press");
    publisher.publish_one("plant/press/force", b"1", false).await;
    until("stored", async || {
        gemba.history("force").await.filter(|values| values == &[1.0])
    })
    .await;
    let filler = gemba.inside(&gemba.data).join("filler");
    assert!(
        std::fs::write(&filler, vec![0; 65 << 20]).is_err(),
        "the disk is full now"
    );
    // Topics nobody knew: what fails first is the records.
    let new = (0..2_000).map(|n| (format!("plant/press/new{n}"), b"1".to_vec()));
    let told = until("told that history stands still", async || {
        (gemba.figure("gemba_history_failing").await? > 0.0).then_some(())
    });
    tokio::select! {
        () = told => {}
        () = async { publisher.publish(new).await; std::future::pending().await } => {}
    }
    assert_eq!(gemba.exchange("GET /readyz", &[], "").await.0, 503);
    let began = std::time::Instant::now();
    gemba.terminate();
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    assert!(
        std::net::TcpStream::connect(("127.0.0.1", ports.0)).is_err(),
        "our broker ends with us"
    );
}

async fn takes_what_fits_and_goes_on(version: &str) {
    let broker = Mosquitto::start().await;
    let args = ["--mqtt", &broker.url(), "--mqtt-version", version];
    let mut gemba = Gemba::serve(&args).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "press");
    // JSON of exactly so many bytes: blanks count.
    let payload = |number: u32, bytes: usize| {
        let head = format!("{{\"value\":{number}");
        let rest = bytes - head.len() - 1;
        format!("{head}{}}}", " ".repeat(rest)).into_bytes()
    };
    let topic = || "plant/press/force".to_owned();
    publisher.publish([(topic(), payload(11, 11 << 10))]).await;
    until("11 KiB are read", async || {
        gemba.history("force").await.filter(|values| values == &[11.0])
    })
    .await;
    publisher.publish([(topic(), payload(12, (1 << 20) + 1))]).await;
    until("1 MiB and a byte are counted as a problem", async || {
        (gemba.figure("gemba_problems_total").await? >= 1.0).then_some(())
    })
    .await;
    // Beyond what a connection takes at all.
    publisher.publish([(topic(), payload(13, 17 << 20))]).await;
    let deadline = std::time::Instant::now() + PATIENCE;
    let mut next = 14;
    loop {
        // What is published while the connection comes back without its session is lost, and told so.
        publisher.publish([(topic(), payload(next, 100))]).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let values = gemba.history("force").await.unwrap_or_default();
        if values.last() == Some(&f64::from(next)) {
            assert!(!values.contains(&12.0) && !values.contains(&13.0), "{values:?}");
            break;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "stuck after 17 MiB: {values:?}"
        );
        next += 1;
    }
    assert!(!gemba.has_ended());
    assert!(gemba.get("/sources").await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_any_size_do_no_harm_with_mqtt_5() {
    takes_what_fits_and_goes_on("5").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_any_size_do_no_harm_with_mqtt_3() {
    takes_what_fits_and_goes_on("3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_page_gets_no_socket_and_writes_nothing() {
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let own = format!("origin: http://127.0.0.1:{}", gemba.port);
    for (origin, socket, write) in [
        (own.as_str(), 101, true),
        ("origin: http://evil.example", 403, false),
        ("origin: null", 403, false),
    ] {
        let address = format!("ws://127.0.0.1:{}/api/ws", gemba.port);
        let mut request =
            tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(address.as_str())
                .unwrap();
        let value = origin.split_once(": ").unwrap().1;
        request.headers_mut().insert("origin", value.parse().unwrap());
        let answer = match tokio_tungstenite::connect_async(request).await {
            Ok((_, response)) => response.status().as_u16(),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => response.status().as_u16(),
            Err(other) => panic!("{origin}: {other}"),
        };
        assert_eq!(answer, socket, "{origin}");
        let (status, _) = gemba.exchange("POST /api/fn/set_point", &[origin], "").await;
        assert_eq!(status != 403, write, "{origin}: {status}");
    }
}
