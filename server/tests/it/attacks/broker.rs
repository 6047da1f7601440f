//! The embedded broker, reached from elsewhere.

use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};

use crate::support::{Gemba, PATIENCE, free_port, until};

/// What a client with these credentials is answered; whether it may publish.
async fn connects(port: u16, login: Option<(&str, &str)>) -> bool {
    let mut options = MqttOptions::new("eve", "127.0.0.1", port);
    options.set_keep_alive(Duration::from_secs(5));
    if let Some((user, password)) = login {
        options.set_credentials(user, password);
    }
    let (client, mut events) = AsyncClient::new(options, 10);
    client
        .publish("acme/evil/press/force", QoS::AtLeastOnce, false, "666")
        .await
        .unwrap();
    let heard = async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Packet::PubAck(_))) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.unwrap()
}

/// A server whose broker listens on every address of this machine.
async fn open_to_all(login: &str) -> (Gemba, u16) {
    let dir = tempfile::tempdir().unwrap();
    let (port, port_v5) = (free_port(), free_port());
    let settings =
        format!("[broker]\nlisten = \"0.0.0.0:{port}\"\nlisten_v5 = \"0.0.0.0:{port_v5}\"\n{login}");
    std::fs::write(dir.path().join("gemba.toml"), settings).unwrap();
    let data = dir.path().join("data");
    (Gemba::serve_in(dir, data, &[]).await, port)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_credentials_on_a_broker_that_others_reach() {
    let (gemba, port) = open_to_all("user = \"plant\"\npassword = \"sw0rdfish\"\n").await;
    for login in [
        None,
        Some(("plant", "")),
        Some(("plant", "sw0rdfis")),
        Some(("", "sw0rdfish")),
        Some(("plantt", "sw0rdfish")),
    ] {
        assert!(!connects(port, login).await, "{login:?}");
    }
    assert!(connects(port, Some(("plant", "sw0rdfish"))).await);
    until("only the right one was heard", async || {
        let hits = gemba.get("/api/fn/search?q=evil").await?;
        hits.contains("evil").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_others_reach_without_a_password() {
    let dir = tempfile::tempdir().unwrap();
    for login in ["", "user = \"plant\"\n", "password = \"x\"\n"] {
        let settings = format!(
            "[broker]\nlisten = \"0.0.0.0:{}\"\nlisten_v5 = \"0.0.0.0:{}\"\n{login}",
            free_port(),
            free_port()
        );
        std::fs::write(dir.path().join("gemba.toml"), settings).unwrap();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_gemba"))
            .args(["serve", "--listen", &format!("127.0.0.1:{}", free_port())])
            .arg("--data")
            .arg(dir.path().join("data"))
            .current_dir(dir.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let ended = until("it refuses to start", async || child.try_wait().unwrap()).await;
        assert!(!ended.success(), "{login}");
    }
}
