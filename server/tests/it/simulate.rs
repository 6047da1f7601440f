//! The demo plant's simulator: real messages, faults by its control only, and an end with its parent.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, Packet, Publish, QoS};
use server::loopback;

use crate::support::{Mosquitto, until};

const TOKEN: &str = "of-the-test";

/// A running `gemba simulate`.
struct Simulator {
    child: Child,
    control: String,
}

impl Simulator {
    fn start(broker: &Mosquitto) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gemba"))
            .args([
                "simulate",
                "--mqtt",
                &format!("127.0.0.1:{}", broker.port),
                "--speed",
                "60",
            ])
            .env("GEMBA_SIMULATE_TOKEN", TOKEN)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self {
            child,
            control: said["control"].as_str().unwrap().to_owned(),
        }
    }

    async fn state(&self) -> serde_json::Value {
        let body = loopback::get(&self.control, "/state", TOKEN, Duration::from_secs(5))
            .await
            .unwrap();
        serde_json::from_str(&body).unwrap()
    }

    async fn fault(&self, kind: &str, active: bool) {
        let body = serde_json::json!({ "kind": kind, "active": active }).to_string();
        loopback::post(&self.control, "/fault", TOKEN, &body)
            .await
            .unwrap();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Everything heard since it was last asked for.
#[derive(Clone)]
struct Ear(Arc<Mutex<Vec<Publish>>>);

impl Ear {
    fn listen(broker: &Mosquitto) -> Self {
        let mut options = MqttOptions::new("ear", "127.0.0.1", broker.port);
        options.set_max_packet_size(1 << 20, 1 << 20);
        let (client, mut events) = AsyncClient::new(options, 10);
        let ear = Self(Arc::default());
        let heard = ear.clone();
        tokio::spawn(async move {
            client.subscribe("#", QoS::AtLeastOnce).await.unwrap();
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(Packet::Publish(publish)) = event {
                    heard.0.lock().unwrap().push(publish);
                }
            }
        });
        ear
    }

    fn take(&self) -> Vec<Publish> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// Waits for a message of which this holds; forgets those before.
    async fn hears(&self, what: &str, holds: impl Fn(&Publish) -> bool) {
        until(what, async || self.take().iter().any(&holds).then_some(())).await;
    }
}

fn says(publish: &Publish, topic: &str, payload: &str) -> bool {
    publish.topic == topic && publish.payload == payload.as_bytes()
}

#[tokio::test]
async fn the_plant_speaks_breaks_and_is_mended() {
    let broker = Mosquitto::start().await;
    let ear = Ear::listen(&broker);
    let simulator = Simulator::start(&broker);
    ear.hears("Rotterdam is online", |one| {
        says(one, "norvia/rotterdam/availability", "online")
    })
    .await;

    let mut topics = BTreeSet::new();
    until("hundreds of topics of both sites", async || {
        topics.extend(ear.take().into_iter().map(|one| one.topic));
        let of = |site: &str| topics.iter().filter(|topic| topic.starts_with(site)).count();
        (of("norvia/lyon/") > 200 && of("norvia/rotterdam/") > 200).then_some(())
    })
    .await;

    let state = simulator.state().await;
    assert_eq!(state["speed"], 60);
    assert_eq!(state["faults"].as_array().unwrap().len(), 14);
    assert!(
        state["faults"]
            .as_array()
            .unwrap()
            .iter()
            .all(|fault| fault["active"] == false)
    );

    simulator.fault("cut_network", true).await;
    ear.hears("the broker speaks Rotterdam's last will", |one| {
        says(one, "norvia/rotterdam/availability", "offline")
    })
    .await;
    ear.take();
    ear.hears("Lyon goes on", |one| one.topic.starts_with("norvia/lyon/"))
        .await;
    assert!(
        !ear.take()
            .iter()
            .any(|one| one.topic.starts_with("norvia/rotterdam/"))
    );
    let state = simulator.state().await;
    let cut = state["faults"]
        .as_array()
        .unwrap()
        .iter()
        .find(|fault| fault["kind"] == "cut_network")
        .unwrap();
    assert_eq!(
        (&cut["active"], &cut["asset_topic"]),
        (&true.into(), &"norvia/rotterdam".into())
    );

    simulator.fault("cut_network", false).await;
    ear.hears("Rotterdam is back", |one| {
        says(one, "norvia/rotterdam/availability", "online")
    })
    .await;
    ear.hears("Rotterdam speaks", |one| {
        one.topic.starts_with("norvia/rotterdam/utilities/")
    })
    .await;
}

#[tokio::test]
async fn the_broker_may_go_and_come_back() {
    let mut broker = Mosquitto::start().await;
    let _simulator = Simulator::start(&broker);
    let ear = Ear::listen(&broker);
    ear.hears("Lyon speaks", |one| {
        one.topic.starts_with("norvia/lyon/utilities/")
    })
    .await;
    broker.kill();
    broker.restart().await;
    let ear = Ear::listen(&broker);
    let mut topics = BTreeSet::new();
    until("values and states are said again", async || {
        topics.extend(ear.take().into_iter().map(|one| one.topic));
        let has = |end: &str| topics.iter().any(|topic| topic.ends_with(end));
        (has("/filling-line-2/order") && has("/filling-line-2/output") && has("/_historian/velocity"))
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn strangers_and_nonsense_are_refused() {
    let broker = Mosquitto::start().await;
    let simulator = Simulator::start(&broker);
    let answer = async |token: &str, path: &str, body: &str| {
        loopback::post(&simulator.control, path, token, body)
            .await
            .map_err(|error| error.to_string())
    };
    let refused = |answer: Result<String, String>, code: &str| {
        let error = answer.unwrap_err();
        assert!(error.contains(code), "{error}");
    };
    refused(
        answer("", "/fault", r#"{"kind":"bearing_wear","active":true}"#).await,
        "401",
    );
    refused(answer("of-the-tesu", "/speed", r#"{"factor":600}"#).await, "401");
    refused(
        answer(TOKEN, "/fault", r#"{"kind":"rust","active":true}"#).await,
        "400",
    );
    refused(answer(TOKEN, "/speed", r#"{"factor":601}"#).await, "400");
    refused(answer(TOKEN, "/speed", "{").await, "400");
    answer(TOKEN, "/speed", r#"{"factor":600}"#).await.unwrap();
    assert_eq!(simulator.state().await["speed"], 600);
}

#[tokio::test]
async fn it_ends_with_its_parent_and_says_goodbye() {
    let broker = Mosquitto::start().await;
    let ear = Ear::listen(&broker);
    let mut simulator = Simulator::start(&broker);
    ear.hears("Lyon is online", |one| {
        says(one, "norvia/lyon/availability", "online")
    })
    .await;
    drop(simulator.child.stdin.take());
    let status = until("the simulator ends", async || simulator.child.try_wait().unwrap()).await;
    assert!(status.success());
    ear.hears("Lyon says goodbye", |one| {
        says(one, "norvia/lyon/availability", "offline")
    })
    .await;
}
