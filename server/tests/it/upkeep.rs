//! Backup and restore, figures for monitoring.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::support::site::Site;
use crate::support::{Gemba, Mosquitto, Publisher, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_restores_everything() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let mut publisher = Publisher::new(broker.port, "press");
    let values = (0..500_u32).map(|n| ("plant/press/force".to_owned(), n.to_string().into_bytes()));
    publisher.publish(values).await;
    let count = |values: Vec<f64>| (values.len() == 500).then_some(values);
    let before = until("stored", async || gemba.history("force").await.and_then(count)).await;
    let dir = tempfile::tempdir().unwrap();
    let (file, data) = (dir.path().join("backup"), dir.path().join("restored"));
    let run = |args: &[&std::ffi::OsStr]| {
        Command::new(env!("CARGO_BIN_EXE_gemba"))
            .args(args)
            .output()
            .unwrap()
    };
    let taken = run(&[
        "backup".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        gemba.data.as_os_str(),
    ]);
    assert!(taken.status.success(), "{taken:?}");
    let restored = run(&[
        "restore".as_ref(),
        file.as_os_str(),
        "--data".as_ref(),
        data.as_os_str(),
    ]);
    assert!(restored.status.success(), "{restored:?}");
    let again = Gemba::serve_in(dir, data, &["--mqtt", "mqtt://127.0.0.1:9"]).await;
    assert_eq!(again.history("force").await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_learned_of_a_pace_holds_at_once_after_a_restart() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    // Once a minute, the last one just now.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let minutes = (0..12_u128).map(|n| {
        let millis = now - (11 - n) * 60_000;
        let payload = format!("{{\"value\":{n},\"timestamp\":{millis}}}");
        ("plant/press/force".to_owned(), payload.into_bytes())
    });
    Publisher::new(broker.port, "press").publish(minutes).await;
    until("all stored", async || {
        gemba.history("force").await.filter(|values| values.len() == 12)
    })
    .await;
    assert!(gemba.terminate());
    gemba.start().await;
    until("live without a new word", async || {
        (gemba.figure("gemba_points_live").await? == 1.0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_request_is_told_from_a_broken_server() {
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    for (function, expect) in [
        ("shell", 200),
        ("asset?asset=4000000&offset=0", 404),
        ("asset?asset=4000000", 400),
        ("trend?points[0]=1&from_millis=5&to_millis=4&width_px=300", 400),
    ] {
        let (status, body) = gemba.exchange(&format!("GET /api/fn/{function}"), &[], "").await;
        assert_eq!(status, expect, "{function}: {body}");
        assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_request_does_not_keep_it_from_stopping() {
    let broker = Mosquitto::start().await;
    let mut gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    let mut half = std::net::TcpStream::connect(("127.0.0.1", gemba.port)).unwrap();
    half.write_all(b"POST /api/fn/use_broker HTTP/1.1\r\nhost: x\r\n")
        .unwrap();
    let told = Instant::now();
    assert!(gemba.terminate());
    assert!(told.elapsed() < Duration::from_secs(8), "{:?}", told.elapsed());
    drop(half);
}

#[tokio::test(flavor = "multi_thread")]
async fn monitoring_reads_the_figures() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    until("connected", async || gemba.get("/readyz").await).await;
    let page = gemba.get("/metrics").await.unwrap();
    for figure in [
        "gemba_messages_total",
        "gemba_history_queue",
        "gemba_sources_connected",
    ] {
        assert!(
            page.lines().any(|line| line.starts_with(figure)),
            "{figure} is missing"
        );
    }
    // `cargo xtask test` says where it is; by hand it is on the path, or the test says what is missing.
    let promtool = std::env::var("PROMTOOL").unwrap_or_else(|_| "promtool".to_owned());
    let mut check = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool, which `cargo xtask setup` installs");
    check.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let said = check.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let accept = "accept: application/openmetrics-text;version=1.0.0,*/*;q=0.1";
    let (status, page) = gemba.exchange("GET /metrics", &[accept], "").await;
    assert!(status == 200 && page.ends_with("# EOF\n"), "{page}");
    assert!(page.contains("# TYPE gemba_messages counter\n"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_thousand_half_heads_hinder_nobody_and_are_closed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let begun = Instant::now();
    let mut halves = Vec::new();
    for _ in 0..3_000 {
        let mut half = tokio::net::TcpStream::connect(("127.0.0.1", gemba.port))
            .await
            .unwrap();
        half.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        halves.push(half);
    }
    let opened = begun.elapsed();
    let asked = Instant::now();
    let page = gemba.get("/").await;
    assert!(page.is_some_and(|page| page.contains("</html>")));
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    let closed = async {
        for half in &mut halves {
            let mut said = Vec::new();
            // Closed in good order or not: it has come to an end.
            let _end = half.read_to_end(&mut said).await;
        }
    };
    let within = opened + Duration::from_secs(30);
    assert!(
        tokio::time::timeout(within, closed).await.is_ok(),
        "some stayed open"
    );
}

/// What monitoring reads is explained, and what is explained is there.
#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_explained() {
    let site = Site::with("[access]\nanonymous = \"owner\"\n").await;
    let page = site.get("/metrics").await.body;
    let exported: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let explained: BTreeSet<&str> = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `gemba_").map(|_| line.split('`').nth(1))?)
        .collect();
    assert_eq!(exported, explained);
}

/// Passwords of brokers stand in the records and their copies.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&gemba.data), 0o700);
    for file in ["records.db", "records.db-wal", "token"] {
        assert_eq!(mode(&gemba.data.join(file)), 0o600, "{file}");
    }
    let copy = gemba.data.join("copy");
    let taken = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args([
            "backup".as_ref(),
            copy.as_os_str(),
            "--data".as_ref(),
            gemba.data.as_os_str(),
        ])
        .output()
        .unwrap();
    assert!(taken.status.success(), "{taken:?}");
    assert_eq!(mode(&copy), 0o600);
}
