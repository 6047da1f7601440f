//! A full queue: nothing at QoS 1 is lost, the order is kept, memory is bounded, the link stays up.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use connect::{BrokerConfig, State, Trouble, Version};
use support::mosquitto::Mosquitto;
use support::publisher::Publisher;
use support::{Subject, config, eventually};

fn numbered(count: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    (0..count).map(|number| (format!("n/{}", number % 7), number.to_string().into_bytes()))
}

fn number(message: &connect::Message) -> usize {
    std::str::from_utf8(&message.payload).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_full_queue_loses_nothing_at_qos_1() {
    let broker = Mosquitto::start_with("allow_anonymous true\nmax_inflight_messages 2000\n", |_| {
        String::new()
    })
    .await;
    let mut publisher = Publisher::connect(broker.port).await;
    let mut subject = Subject::start_with(config(broker.port, Version::V5), 16);
    subject.until_subscribed(1).await;
    publisher.publish_all(1, numbered(10_000)).await;
    // Longer than the keep-alive: a loop that had stopped polling would be cut off.
    tokio::time::sleep(std::time::Duration::from_secs(11)).await;
    for expect in 0..10_000 {
        let got = number(&subject.message().await);
        assert_eq!(got, expect, "{:?} {:?}", subject.states, subject.troubles);
    }
    assert_eq!(subject.troubles, []);
    assert!(subject.states.iter().all(|(state, _)| *state != State::Down));
    subject.stop().await;
}

#[tokio::test]
async fn what_has_no_room_at_all_comes_again() {
    // Version 3.1.1 cannot tell the broker how much we take at once, and this one takes that literally.
    let broker = Mosquitto::start_with("allow_anonymous true\nmax_inflight_messages 0\n", |_| {
        String::new()
    })
    .await;
    let mut publisher = Publisher::connect(broker.port).await;
    let asked = BrokerConfig {
        clean_session: Some(false),
        ..config(broker.port, Version::V311)
    };
    let mut subject = Subject::start_with(asked, 16);
    subject.until_subscribed(1).await;
    publisher.publish_all(1, numbered(20_000)).await;
    // Longer than we wait for a consumer before we leave messages to the broker.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    for expect in 0..20_000 {
        assert_eq!(number(&subject.message().await), expect);
    }
    assert!(
        subject
            .troubles
            .iter()
            .any(|trouble| matches!(trouble, Trouble::QueueFull { withheld: true, .. }))
    );
    subject.stop().await;
}

#[tokio::test]
async fn at_qos_0_the_oldest_give_way_and_are_counted() {
    const COUNT: usize = 30_000;
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    let mut subject = Subject::start_with(config(broker.port, Version::V5), 16);
    subject.until_subscribed(1).await;
    publisher.publish_all(0, numbered(COUNT)).await;
    publisher.publish("end", 1, "end").await;
    let mut heard = Vec::new();
    loop {
        let message = subject.message().await;
        if message.topic == "end" {
            break;
        }
        heard.push(number(&message));
    }
    assert!(heard.is_sorted());
    publisher.publish("really", 1, "end").await;
    subject.message_on("really").await;
    let dropped: u64 = subject
        .troubles
        .iter()
        .map(|trouble| match trouble {
            Trouble::QueueFull {
                dropped,
                withheld: false,
            } => *dropped,
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(u64::try_from(COUNT - heard.len()).unwrap(), dropped);
    subject.stop().await;
}

#[tokio::test]
async fn acknowledgements_in_any_order_and_in_large_lots() {
    let broker = Mosquitto::start_with("allow_anonymous true\nmax_inflight_messages 2000\n", |_| {
        String::new()
    })
    .await;
    let mut publisher = Publisher::connect(broker.port).await;
    let mut subject = Subject::subscribed(config(broker.port, Version::V5)).await;
    subject.acknowledge = false;
    publisher.publish_all(1, numbered(5_000)).await;
    let mut lot = Vec::new();
    for expect in 0..5_000 {
        let message = subject.message().await;
        assert_eq!(number(&message), expect);
        lot.extend(message.ack);
        if lot.len() == 1_000 {
            lot.reverse();
            subject.ack(std::mem::take(&mut lot));
        }
    }
    subject.stop().await;
    let log = broker.file("log");
    eventually("all acknowledged", || {
        let text = std::fs::read_to_string(&log).unwrap();
        text.matches("Received PUBACK from gemba").count() == 5_000
    })
    .await;
}
