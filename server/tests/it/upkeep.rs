//! Backup and restore, figures for monitoring.

use std::process::Command;

use crate::support::{Gemba, Mosquitto, Publisher, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_server_restores_everything() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
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
    assert!(page.ends_with("# EOF\n"));
}
