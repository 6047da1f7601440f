//! Who gets in, and what is said to those who do not: passwords, access rules, certificates.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use connect::{
    BrokerConfig, BrokerUrl, ConnectError, Reason, Secret, State, Tls, Transport, Version, listen_briefly,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use support::mosquitto::Mosquitto;
use support::publisher::Publisher;
use support::{Subject, config, free_port};

const BOTH: [Version; 2] = [Version::V5, Version::V311];

async fn with_password(user: &str, password: &str) -> Mosquitto {
    let file = tempfile::NamedTempFile::new().unwrap();
    let made = Command::new("mosquitto_passwd")
        .arg("-b")
        .arg("-c")
        .arg(file.path())
        .args([user, password])
        .output();
    assert!(made.unwrap().status.success());
    let text = std::fs::read(file.path()).unwrap();
    let general = |folder: &Path| {
        let path = folder.join("passwords");
        std::fs::write(&path, &text).unwrap();
        format!("password_file {}\n", path.display())
    };
    Mosquitto::start_with("", general).await
}

fn login(config: BrokerConfig, user: &str, password: &str) -> BrokerConfig {
    BrokerConfig {
        user: Some(user.to_owned()),
        password: Some(Secret::new(password)),
        ..config
    }
}

#[tokio::test]
async fn a_wrong_password_says_so_and_a_right_one_does_not() {
    let broker = with_password("plant", "right").await;
    for version in BOTH {
        let mut subject = Subject::start(login(config(broker.port, version), "plant", "wrong"));
        let detail = subject.until_state(State::Refused).await.unwrap();
        assert!(detail.starts_with("password"), "{detail}");
        assert!(!detail.contains("wrong"));
        subject.stop().await;

        let none = listen_briefly(&config(broker.port, version), Duration::from_secs(5), 1).await;
        assert!(matches!(none, Err(ConnectError::Refused(_))), "{none:?}");

        let right = Subject::subscribed(login(config(broker.port, version), "plant", "right")).await;
        right.stop().await;
    }
}

#[tokio::test]
async fn a_closed_door_is_named() {
    for version in BOTH {
        let mut subject = Subject::start(config(free_port(), version));
        let detail = subject.until_state(State::Down).await.unwrap();
        assert!(detail.contains("nothing_listens"), "{detail}");
        subject.stop().await;
    }
    let config = BrokerConfig::new("b", BrokerUrl::tcp("no-such-host.invalid", 1883), "gemba-0");
    let mut subject = Subject::start(config);
    let detail = subject.until_state(State::Down).await.unwrap();
    assert!(detail.contains("unknown_host"), "{detail}");
    subject.stop().await;
}

#[tokio::test]
async fn something_that_is_no_broker() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answering = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // All of the greeting, so that closing does not reset the connection.
            tokio::io::AsyncReadExt::read_buf(&mut stream, &mut Vec::new())
                .await
                .unwrap();
            let answer = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer)
                .await
                .unwrap();
        }
    });
    for version in BOTH {
        let heard = listen_briefly(&config(port, version), Duration::from_secs(5), 1).await;
        let error = heard.unwrap_err().to_string();
        assert!(error.contains("not_mqtt"), "{error}");
    }
    answering.abort();
}

/// Access rules of Mosquitto's own plugin: a role that may not subscribe to `secret/#`.
fn rules(folder: &Path) -> String {
    let path = folder.join("rules.json");
    let acl = |kind: &str, topic: &str, allow: bool| {
        format!(r#"{{"acltype":"{kind}","topic":"{topic}","priority":0,"allow":{allow}}}"#)
    };
    let acls = [
        acl("subscribePattern", "open/#", true),
        acl("publishClientReceive", "#", true),
        acl("publishClientSend", "#", true),
        acl("unsubscribePattern", "#", true),
    ];
    let text = format!(
        r#"{{"defaultACLAccess":{{"publishClientSend":false,"publishClientReceive":false,"subscribe":false,"unsubscribe":false}},
            "anonymousGroup":"all","groups":[{{"groupname":"all","roles":[{{"rolename":"reader"}}]}}],
            "roles":[{{"rolename":"reader","acls":[{}]}}],"clients":[]}}"#,
        acls.join(",")
    );
    std::fs::write(&path, text).unwrap();
    format!("plugin_opt_config_file {}\n", path.display())
}

#[tokio::test]
async fn a_refused_filter_is_told_in_words_and_the_others_work() {
    const PLUGIN: &str = "/usr/lib/x86_64-linux-gnu/mosquitto_dynamic_security.so";
    if !Path::new(PLUGIN).exists() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let general = format!("allow_anonymous true\nplugin {PLUGIN}\n{}", rules(folder.path()));
    let broker = Mosquitto::start_with(&general, |_| String::new()).await;
    let mut publisher = Publisher::connect(broker.port).await;
    for version in BOTH {
        let filters = ["open/#", "secret/#", "not#valid"].map(str::to_owned).to_vec();
        let mut subject = Subject::subscribed(BrokerConfig {
            filters,
            ..config(broker.port, version)
        })
        .await;
        let grants = &subject.grants[0];
        assert_eq!(grants["open/#"], Ok(1));
        // Only version 5 says why.
        let refused = match version {
            Version::V5 => Reason::FilterNotAllowed,
            Version::V311 => Reason::FilterRefused,
        };
        assert_eq!(grants["secret/#"], Err(refused.into()));
        assert_eq!(grants["not#valid"], Err(Reason::FilterInvalid.into()));
        publisher.publish("secret/a", 1, "x").await;
        publisher.publish("open/a", 1, "x").await;
        assert_eq!(subject.message().await.topic, "open/a");
        subject.stop().await;
    }
}

#[tokio::test]
async fn another_program_with_our_client_id_is_named() {
    let broker = Mosquitto::start().await;
    for version in BOTH {
        let mut first = Subject::subscribed(config(broker.port, version)).await;
        let mut second = Subject::subscribed(config(broker.port, version)).await;
        let both = thrown_out(&mut first, &mut second).await;
        assert!(["taken_over", "thrown_out"].contains(&&*both), "{both}");
        second.stop().await;
        first.stop().await;
    }
}

/// The two throw each other out until one has had enough.
async fn thrown_out(first: &mut Subject, second: &mut Subject) -> String {
    let detail = tokio::select! {
        detail = first.until_state(State::Refused) => detail,
        detail = second.until_state(State::Refused) => detail,
    };
    detail.unwrap()
}

/// An authority, a certificate for the broker and one for us, as PEM files.
struct Certificates {
    folder: tempfile::TempDir,
}

impl Certificates {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Test plant authority");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("ca.pem", &authority.pem());
        for (name, host) in [("server", "localhost"), ("client", "gemba")] {
            let key = KeyPair::generate().unwrap();
            let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
            params.distinguished_name.push(DnType::CommonName, host);
            let certificate = params.signed_by(&key, &authority).unwrap();
            write(&format!("{name}.pem"), &certificate.pem());
            write(&format!("{name}.key"), &key.serialize_pem());
        }
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn listener(&self, mutual: bool) -> String {
        let folder = self.folder.path().display();
        format!(
            "cafile {folder}/ca.pem\ncertfile {folder}/server.pem\nkeyfile {folder}/server.key\nrequire_certificate {mutual}\n"
        )
    }

    fn tls(&self, with_ours: bool) -> Tls {
        Tls {
            ca: Some(self.file("ca.pem")),
            cert: with_ours.then(|| self.file("client.pem")),
            key: with_ours.then(|| self.file("client.key")),
        }
    }
}

fn secure(host: &str, port: u16, version: Version, tls: Tls) -> BrokerConfig {
    let url = BrokerUrl {
        transport: Transport::Tls,
        ..BrokerUrl::tcp(host, port)
    };
    BrokerConfig {
        version,
        tls,
        ..BrokerConfig::new("b", url, "gemba-00000001")
    }
}

async fn said_to(config: BrokerConfig) -> String {
    let mut subject = Subject::start(config);
    let detail = subject.until_state(State::Refused).await.unwrap();
    subject.stop().await;
    detail
}

#[tokio::test]
async fn encrypted_with_our_own_authority() {
    let files = Certificates::make();
    let broker = Mosquitto::start_with("allow_anonymous true\n", |_| files.listener(false)).await;
    for version in BOTH {
        let subject = Subject::subscribed(secure("localhost", broker.port, version, files.tls(false))).await;
        subject.stop().await;
        let unknown = said_to(secure("localhost", broker.port, version, Tls::default())).await;
        assert!(unknown.contains("unknown_authority"), "{unknown}");
        let elsewhere = said_to(secure("127.0.0.1", broker.port, version, files.tls(false))).await;
        assert!(elsewhere.contains("other_host"), "{elsewhere}");
    }
    let missing = Tls {
        ca: Some(files.file("none.pem")),
        ..Tls::default()
    };
    let detail = said_to(secure("localhost", broker.port, Version::V5, missing)).await;
    assert!(detail.contains("none.pem"), "{detail}");
    let half = Tls {
        key: None,
        ..files.tls(true)
    };
    let detail = said_to(secure("localhost", broker.port, Version::V5, half)).await;
    assert!(detail.contains("needs its key"), "{detail}");
}

#[tokio::test]
async fn both_sides_show_a_certificate() {
    let files = Certificates::make();
    let broker = Mosquitto::start_with("allow_anonymous true\n", |_| files.listener(true)).await;
    for version in BOTH {
        let subject = Subject::subscribed(secure("localhost", broker.port, version, files.tls(true))).await;
        subject.stop().await;
        let detail = said_to(secure("localhost", broker.port, version, files.tls(false))).await;
        assert!(detail.contains("certificate"), "{detail}");
    }
}

#[tokio::test]
async fn over_web_sockets() {
    let files = Certificates::make();
    for encrypted in [false, true] {
        // Mosquitto wants a plain listener beside it.
        let port = free_port();
        let tls = if encrypted {
            files.listener(false)
        } else {
            String::new()
        };
        let more = |_: &Path| format!("listener {port} 127.0.0.1\nprotocol websockets\n{tls}");
        let _broker = Mosquitto::start_with("allow_anonymous true\n", more).await;
        let scheme = if encrypted { "wss" } else { "ws" };
        let url: BrokerUrl = format!("{scheme}://localhost:{port}/mqtt").parse().unwrap();
        for version in BOTH {
            let config = BrokerConfig::new("b", url.clone(), "gemba-00000001");
            let config = BrokerConfig {
                version,
                tls: files.tls(false),
                ..config
            };
            Subject::subscribed(config).await.stop().await;
        }
    }
}

#[tokio::test]
async fn a_short_look_leaves_nothing_behind() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    for number in 0..20 {
        publisher.retain(&format!("kept/{number}"), "1").await;
    }
    for version in BOTH {
        let started = Instant::now();
        let heard = listen_briefly(&config(broker.port, version), Duration::from_secs(60), 20)
            .await
            .unwrap();
        assert!(started.elapsed() < Duration::from_secs(10));
        assert_eq!((heard.samples.len(), heard.messages, heard.bytes), (20, 20, 20));
        assert!(heard.samples.iter().all(|sample| sample.retain));
        let quiet = BrokerConfig {
            filters: vec!["nothing/#".to_owned()],
            ..config(broker.port, version)
        };
        let heard = listen_briefly(&quiet, Duration::from_millis(200), 20)
            .await
            .unwrap();
        assert_eq!(heard.messages, 0);
        assert_eq!(heard.grants[0].granted, Ok(1));
        let wrong = BrokerConfig {
            filters: vec!["a#".to_owned()],
            ..config(broker.port, version)
        };
        let error = listen_briefly(&wrong, Duration::from_millis(200), 20)
            .await
            .unwrap_err();
        assert!(matches!(error, ConnectError::Config(_)));
    }
    // Our own session is neither taken over nor made.
    let subject = Subject::subscribed(config(broker.port, Version::V5)).await;
    listen_briefly(&config(broker.port, Version::V5), Duration::from_millis(100), 1)
        .await
        .unwrap();
    assert!(subject.states.iter().all(|(state, _)| *state != State::Refused));
    subject.stop().await;
}
