//! How fast messages come through, beside a bare subscriber in the same run. By hand, optimised:
//! `cargo test --release -p connect --test rate -- --ignored --nocapture`
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use connect::{Event, Trouble, Version};
use rumqttc::{AsyncClient, MqttOptions, Packet, QoS};
use support::mosquitto::Mosquitto;
use support::publisher::Publisher;
use support::{PATIENCE, Subject, config};

const COUNT: usize = 200_000;

/// Messages a second of a subscriber that does nothing but count; rumqttc acknowledges at once.
async fn bare(broker: &Mosquitto, qos: u8) -> f64 {
    let mut options = MqttOptions::new("bare", "127.0.0.1", broker.port);
    options
        .set_max_packet_size(1 << 20, 1 << 20)
        .set_keep_alive(Duration::from_secs(30));
    let (client, mut events) = AsyncClient::new(options, 10);
    let level = if qos == 0 {
        QoS::AtMostOnce
    } else {
        QoS::AtLeastOnce
    };
    client.subscribe("#", level).await.unwrap();
    while !matches!(
        events.poll().await.unwrap(),
        rumqttc::Event::Incoming(Packet::SubAck(_))
    ) {}
    let publishing = publish(broker.port, qos);
    let (mut heard, mut started) = (0, Instant::now());
    while heard < COUNT {
        if let rumqttc::Event::Incoming(Packet::Publish(_)) = events.poll().await.unwrap() {
            if heard == 0 {
                started = Instant::now();
            }
            heard += 1;
        }
    }
    publishing.join().unwrap();
    rate(started)
}

async fn ours(broker: &Mosquitto, version: Version, qos: u8) -> f64 {
    let mut subject = Subject::subscribed(config(broker.port, version)).await;
    let publishing = publish(broker.port, qos);
    let (mut heard, mut started) = (0, Instant::now());
    let mut batch = Vec::new();
    while heard < COUNT {
        let more = tokio::time::timeout(PATIENCE, subject.events.recv_many(&mut batch, 512)).await;
        assert!(more.unwrap_or_else(|_| panic!("only {heard} of {COUNT} came")) > 0);
        let mut acks = Vec::new();
        for event in batch.drain(..) {
            match event {
                Event::Message(message) => {
                    if heard == 0 {
                        started = Instant::now();
                    }
                    heard += 1;
                    acks.extend(message.ack);
                }
                // On a machine that is busy with other things.
                Event::Trouble(Trouble::QueueFull { dropped, .. }) => {
                    heard += usize::try_from(dropped).unwrap()
                }
                other => panic!("{other:?}"),
            }
        }
        subject.ack(acks);
    }
    let rate = rate(started);
    publishing.join().unwrap();
    subject.stop().await;
    rate
}

fn rate(started: Instant) -> f64 {
    f64::from(u32::try_from(COUNT).unwrap()) / started.elapsed().as_secs_f64()
}

/// From a thread of its own, as another program would.
fn publish(port: u16, qos: u8) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut publisher = Publisher::connect(port).await;
            let payload = br#"{"value":21.5,"unit":"bar"}"#.to_vec();
            publisher
                .publish_all(
                    qos,
                    (0..COUNT).map(|n| (format!("plant/{}", n % 500), payload.clone())),
                )
                .await;
        });
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn beside_a_bare_subscriber() {
    for qos in [0, 1] {
        let broker = Mosquitto::quiet().await;
        let floor = bare(&broker, qos).await;
        for version in [Version::V5, Version::V311] {
            let rate = ours(&broker, version, qos).await;
            println!(
                "QoS {qos}, version {version:?}: {rate:.0}/s beside {floor:.0}/s bare, {:.2}",
                rate / floor
            );
        }
    }
}
