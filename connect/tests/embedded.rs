//! The embedded broker as the server has it: started, adopted, lost, stopped.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Write;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use connect::embedded::{BrokerArgs, BrokerError, EmbeddedBroker, Ports, taken_by};
use connect::{BrokerConfig, Secret, State, Trouble, Version};
use support::publisher::Publisher;
use support::{Subject, config, eventually, free_port};
use tempfile::TempDir;

/// Stands for the `gemba` binary.
fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_embedded-broker"))
}

fn free_ports() -> Ports {
    Ports {
        v311: free_port(),
        v5: free_port(),
    }
}

async fn start(folder: &TempDir, ports: Ports) -> EmbeddedBroker {
    EmbeddedBroker::start_or_adopt(folder.path(), &program(), ports)
        .await
        .unwrap()
}

fn alive(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status
        .rsplit_once(')')
        .is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

fn kill(pid: u32) {
    assert!(
        Command::new("kill")
            .args(["-9", &pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

#[tokio::test]
async fn messages_through_both_ports() {
    let folder = TempDir::new().unwrap();
    let broker = start(&folder, free_ports()).await;
    let mut publisher = Publisher::connect(broker.ports.v311).await;
    // Before anybody has subscribed: rumqttd would cut the link by itself.
    publisher.publish("nobody/listens", 1, "0").await;
    for (port, version) in [(broker.ports.v5, Version::V5), (broker.ports.v311, Version::V311)] {
        let mut subject = Subject::subscribed(config(port, version)).await;
        for topic in ["plant/line", "Öl/Druck", "水/流量", "\u{1}odd", "a/ü/b"] {
            publisher.publish(topic, 1, "1").await;
            let message = subject.message().await;
            assert_eq!((message.topic.as_str(), message.qos), (topic, 1));
        }
        for size in [11 * 1024, 1024 * 1024] {
            publisher.publish("big", 1, vec![b'x'; size]).await;
            assert_eq!(subject.message().await.payload.len(), size);
        }
        subject.stop().await;
    }
    let umlaut = BrokerConfig {
        filters: vec!["Öl/+".to_owned()],
        ..config(broker.ports.v5, Version::V5)
    };
    let mut subject = Subject::subscribed(BrokerConfig {
        client_id: "site/a#1".to_owned(),
        ..umlaut
    })
    .await;
    publisher.publish("Öl/Stand", 0, "1").await;
    assert_eq!(subject.message().await.topic, "Öl/Stand");
    subject.stop().await;
    broker.stop().await.unwrap();
}

#[tokio::test]
async fn a_packet_that_is_too_large_costs_only_its_sender() {
    let folder = TempDir::new().unwrap();
    let broker = start(&folder, free_ports()).await;
    let mut subject = Subject::subscribed(config(broker.ports.v5, Version::V5)).await;
    let port = broker.ports.v311;
    let sender = tokio::spawn(async move {
        Publisher::connect(port)
            .await
            .publish("huge", 1, vec![b'x'; 17 * 1024 * 1024])
            .await;
    });
    assert!(
        sender.await.is_err(),
        "a publisher of 17 MiB should lose its link"
    );
    Publisher::connect(broker.ports.v311)
        .await
        .publish("after", 1, "x")
        .await;
    assert_eq!(subject.message().await.topic, "after");
    subject.stop().await;
    broker.stop().await.unwrap();
}

/// What an unfriendly or broken client may send after its greeting. None of it may hurt the others.
#[tokio::test]
async fn hostile_clients_hurt_only_themselves() {
    const CONNECT: &[u8] = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x05\x00\x04evil";
    const CONNECT_5: &[u8] = b"\x10\x11\x00\x04MQTT\x05\x02\x00\x05\x00\x00\x04evil";
    const SENT: &[&[u8]] = &[
        b"",
        b"\x00",
        b"\xff\xff\xff\xff\xff\xff",
        // Publish: empty topic, wildcard, shielded letter, not UTF-8, more topic than packet, to $SYS.
        b"\x30\x02\x00\x00",
        b"\x30\x04\x00\x01#x",
        b"\x30\x04\x00\x01\x01x",
        b"\x30\x05\x00\x02\xc3\x28x",
        b"\x30\x03\x00\xffx",
        b"\x30\x08\x00\x05$SYS/x",
        // Subscribe: shared, invalid, empty, to $SYS; then gone.
        b"\x82\x10\x00\x01\x00\x0b$share/g/ab\x01",
        b"\x82\x07\x00\x01\x00\x02a#\x00",
        b"\x82\x02\x00\x01",
        b"\x82\x0a\x00\x01\x00\x05$SYS/\x00",
        // Acknowledgements of nothing, a second greeting, packet types only a broker sends.
        b"\x40\x02\x00\x07",
        b"\x62\x02\x00\x07",
        b"\x70\x02\x00\x07",
        CONNECT,
        b"\x20\x02\x00\x00",
        b"\x90\x03\x00\x01\x00",
        b"\xf0\x00",
    ];
    let folder = TempDir::new().unwrap();
    let broker = start(&folder, free_ports()).await;
    let mut subject = Subject::subscribed(config(broker.ports.v5, Version::V5)).await;
    for port in [broker.ports.v311, broker.ports.v5] {
        for greeting in [CONNECT, CONNECT_5, b""] {
            for sent in SENT {
                let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
                // The broker may hang up before the end: that is its right.
                drop(stream.write_all(greeting).and_then(|()| stream.write_all(sent)));
            }
        }
    }
    Publisher::connect(broker.ports.v311)
        .await
        .publish("still/here", 1, "x")
        .await;
    subject.message_on("still/here").await;
    assert!(alive(broker.pid));
    let log = std::fs::read_to_string(folder.path().join("broker/broker.log")).unwrap();
    // rumqttd's codec panics on an AUTH packet, and is caught; its router must not.
    assert!(!log.contains("thread 'router"), "{log}");
    assert!(subject.troubles.is_empty() && subject.states.iter().all(|(state, _)| *state != State::Down));
    subject.stop().await;
    broker.stop().await.unwrap();
}

#[tokio::test]
async fn what_comes_while_the_server_is_away_is_kept() {
    let folder = TempDir::new().unwrap();
    let broker = start(&folder, free_ports()).await;
    let (ports, pid) = (broker.ports, broker.pid);
    assert!(!broker.adopted);
    Subject::subscribed(config(ports.v5, Version::V5))
        .await
        .stop()
        .await;
    // As after `kill -9` of the server: no goodbye.
    drop(broker);

    let mut publisher = Publisher::connect(ports.v311).await;
    publisher
        .publish_all(1, (0..300).map(|number| (format!("n/{number}"), b"x".to_vec())))
        .await;

    let broker = start(&folder, free_ports()).await;
    assert_eq!((broker.adopted, broker.pid, broker.ports), (true, pid, ports));
    let asked = BrokerConfig {
        expect_session: true,
        ..config(ports.v5, Version::V5)
    };
    let mut subject = Subject::start(asked);
    for number in 0..300 {
        assert_eq!(subject.message().await.topic, format!("n/{number}"));
    }
    assert_eq!(subject.troubles, []);
    subject.stop().await;
    broker.stop().await.unwrap();
    eventually("it ends", || !alive(pid)).await;
}

#[tokio::test]
async fn a_lost_broker_is_replaced_on_the_same_ports() {
    let folder = TempDir::new().unwrap();
    let broker = start(&folder, free_ports()).await;
    let mut subject = Subject::subscribed(config(broker.ports.v5, Version::V5)).await;
    kill(broker.pid);
    subject
        .until_trouble(|trouble| *trouble == Trouble::SessionLost)
        .await;
    subject.until_subscribed(2).await;
    Publisher::connect(broker.ports.v311)
        .await
        .publish("again", 1, "x")
        .await;
    assert_eq!(subject.message().await.topic, "again");
    subject.stop().await;
    broker.stop().await.unwrap();
    eventually("nobody listens", || taken_by(subject_port(&folder)).is_none()).await;
}

fn subject_port(folder: &TempDir) -> u16 {
    let state = std::fs::read_to_string(folder.path().join("broker/state.json")).unwrap();
    let state: serde_json::Value = serde_json::from_str(&state).unwrap();
    u16::try_from(state["v5"].as_u64().unwrap()).unwrap()
}

#[tokio::test]
async fn taken_ports_are_named_and_the_next_pair_is_used() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let broker = start(
        &folder,
        Ports {
            v311: port,
            v5: port + 1,
        },
    )
    .await;
    assert_ne!(broker.ports.v311, port);
    let words = broker.moved().unwrap();
    assert!(words.contains(&format!("port {port} is taken by")), "{words}");
    assert!(
        words.contains(&format!("(pid {})", std::process::id())),
        "{words}"
    );
    let subject = Subject::subscribed(config(broker.ports.v5, Version::V5)).await;
    subject.stop().await;
    broker.stop().await.unwrap();
}

#[tokio::test]
async fn alone_it_ends_by_itself() {
    let folder = TempDir::new().unwrap();
    let args = BrokerArgs {
        alone: Duration::from_secs(1),
        ..BrokerArgs::new(folder.path(), free_ports())
    };
    let broker = EmbeddedBroker::start_or_adopt_with(args, &program())
        .await
        .unwrap();
    let pid = broker.pid;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(alive(pid), "it is not alone");
    drop(broker);
    eventually("it ends", || !alive(pid)).await;
}

#[tokio::test]
async fn with_a_password_and_replaced_when_it_changes() {
    let folder = TempDir::new().unwrap();
    let mut args = BrokerArgs::new(folder.path(), free_ports());
    args.user = Some("plant".to_owned());
    args.password = Some(Secret::new("first"));
    let broker = EmbeddedBroker::start_or_adopt_with(args.clone(), &program())
        .await
        .unwrap();
    let (ports, first) = (broker.ports, broker.pid);
    let mut stranger = Subject::start(config(ports.v5, Version::V5));
    let detail = stranger.until_state(State::Down).await.unwrap();
    assert_eq!(detail, "hung_up_greeting", "the words say: user and password?");
    stranger.stop().await;
    drop(broker);

    args.password = Some(Secret::new("second"));
    let broker = EmbeddedBroker::start_or_adopt_with(args, &program())
        .await
        .unwrap();
    assert!(!broker.adopted && broker.pid != first);
    let password = Some(Secret::new("second"));
    let known = BrokerConfig {
        user: Some("plant".to_owned()),
        password,
        ..config(broker.ports.v5, Version::V5)
    };
    Subject::subscribed(known).await.stop().await;
    let state = std::fs::read_to_string(folder.path().join("broker/state.json")).unwrap();
    assert!(!state.contains("second"));
    broker.stop().await.unwrap();
}

#[tokio::test]
async fn never_open_to_the_network_without_a_password() {
    let folder = TempDir::new().unwrap();
    let mut args = BrokerArgs::new(folder.path(), free_ports());
    args.listen = "0.0.0.0".parse().unwrap();
    let refused = EmbeddedBroker::start_or_adopt_with(args.clone(), &program())
        .await
        .unwrap_err();
    assert!(matches!(refused, BrokerError::Unprotected));
    let status = Command::new(program())
        .arg("broker")
        .args(args.flags())
        .output()
        .unwrap()
        .status;
    assert!(!status.success());
}

#[tokio::test]
async fn a_program_that_is_no_broker_is_told() {
    let folder = TempDir::new().unwrap();
    let error = EmbeddedBroker::start_or_adopt(folder.path(), "/bin/false".as_ref(), free_ports()).await;
    assert!(matches!(error, Err(BrokerError::Start(_))), "{error:?}");
    let error = EmbeddedBroker::start_or_adopt(folder.path(), "/no/such/file".as_ref(), free_ports()).await;
    assert!(error.unwrap_err().to_string().contains("/no/such/file"));
}
