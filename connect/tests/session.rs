//! Connection, session and acknowledgement against a real Mosquitto.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use connect::{BrokerConfig, State, Trouble, Version};
use support::mosquitto::Mosquitto;
use support::publisher::Publisher;
use support::{Subject, config};

const BOTH: [Version; 2] = [Version::V5, Version::V311];

#[tokio::test]
async fn messages_arrive_with_all_that_is_known_of_them() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    publisher.retain("plant/kept", "1").await;
    for version in BOTH {
        let mut subject = Subject::subscribed(config(broker.port, version)).await;
        let kept = subject.message().await;
        assert_eq!(
            (kept.topic.as_str(), kept.retain, &kept.payload[..]),
            ("plant/kept", true, &b"1"[..])
        );
        publisher.publish("plant/über/水", 1, "2").await;
        let live = subject.message_on("plant/über/水").await;
        assert_eq!((live.retain, live.qos, live.ack.is_some()), (false, 1, true));
        assert_eq!(live.source, twin::SourceId::new(7));
        publisher.publish("plant/light", 0, "3").await;
        let light = subject.message_on("plant/light").await;
        assert_eq!((light.qos, light.ack), (0, None));
        assert!(light.arrival >= live.arrival);
        assert_eq!(subject.grants[0]["#"], Ok(1));
        subject.stop().await;
    }
}

#[tokio::test]
async fn large_payloads_pass() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    for version in BOTH {
        for qos in [0, 1] {
            let mut subject = Subject::subscribed(config(broker.port, version)).await;
            for size in [11 * 1024, 1024 * 1024 + 1] {
                publisher.publish("big", qos, vec![b'x'; size]).await;
                assert_eq!(subject.message().await.payload.len(), size);
            }
            publisher.publish("after", qos, "on").await;
            assert_eq!(subject.message().await.topic, "after");
            assert!(subject.troubles.is_empty());
            subject.stop().await;
        }
    }
}

#[tokio::test]
async fn too_large_a_payload_does_not_end_the_stream() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    for (version, clean) in [
        (Version::V5, false),
        (Version::V311, true),
        (Version::V311, false),
    ] {
        let asked = BrokerConfig {
            clean_session: Some(clean),
            ..config(broker.port, version)
        };
        let mut subject = Subject::subscribed(asked).await;
        publisher.publish("before", 1, "0").await;
        assert_eq!(subject.message().await.topic, "before");
        publisher.publish("huge", 1, vec![b'x'; 17 * 1024 * 1024]).await;
        if version == Version::V311 && !clean {
            let given_up = |trouble: &Trouble| {
                matches!(
                    trouble,
                    Trouble::PacketTooLarge {
                        session_given_up: true,
                        bytes: Some(_),
                        ..
                    }
                )
            };
            subject.until_trouble(given_up).await;
            subject.until_connected().await;
        }
        // A link may be between two attempts just now: say it until it is heard.
        for attempt in 0.. {
            publisher.publish("after", 1, "on").await;
            let heard = tokio::time::timeout(Duration::from_millis(500), subject.message_on("after")).await;
            match heard {
                Ok(_) => break,
                Err(_) => assert!(attempt < 20, "the stream ended: {:?}", subject.states),
            }
        }
        subject.stop().await;
    }
}

#[tokio::test]
async fn a_retained_payload_that_is_too_large_is_got_past() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    publisher.retain("huge", vec![b'x'; 17 * 1024 * 1024]).await;
    let mut subject = Subject::start(config(broker.port, Version::V311));
    subject
        .until_trouble(|trouble| {
            matches!(
                trouble,
                Trouble::PacketTooLarge {
                    session_given_up: false,
                    ..
                }
            )
        })
        .await;
    publisher.publish("after", 1, "on").await;
    subject.message_on("after").await;
    subject.stop().await;
}

#[tokio::test]
async fn unacknowledged_messages_come_again_and_acknowledged_do_not() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    for version in BOTH {
        let asked = BrokerConfig {
            clean_session: Some(false),
            ..config(broker.port, version)
        };
        let mut subject = Subject::subscribed(asked.clone()).await;
        subject.acknowledge = false;
        publisher
            .publish_all(1, (0..10).map(|number| (format!("n/{number}"), b"x".to_vec())))
            .await;
        let mut acks = Vec::new();
        for _ in 0..10 {
            acks.extend(subject.message().await.ack);
        }
        acks.truncate(6);
        subject.ack(acks);
        subject.stop().await;

        let mut again = Subject::start(BrokerConfig {
            expect_session: true,
            ..asked
        });
        for number in 6..10 {
            assert_eq!(again.message().await.topic, format!("n/{number}"), "{version:?}");
        }
        publisher.publish("end", 1, "x").await;
        assert_eq!(again.message().await.topic, "end");
        assert_eq!(again.troubles, []);
        again.stop().await;
    }
}

#[tokio::test]
async fn what_comes_while_we_are_away_is_kept_for_us() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    Subject::subscribed(config(broker.port, Version::V5))
        .await
        .stop()
        .await;
    publisher
        .publish_all(1, (0..500).map(|number| (format!("n/{number}"), b"x".to_vec())))
        .await;
    let mut subject = Subject::start(config(broker.port, Version::V5));
    for number in 0..500 {
        assert_eq!(subject.message().await.topic, format!("n/{number}"));
    }
    subject.stop().await;
}

#[tokio::test]
async fn what_is_retained_comes_again_with_each_link() {
    let mut broker = Mosquitto::start().await;
    let mut subject = Subject::subscribed(config(broker.port, Version::V5)).await;
    let mut publisher = Publisher::connect(broker.port).await;
    publisher.retain("plant/door", "open").await;
    assert!(!subject.message_on("plant/door").await.retain);
    broker.terminate();
    subject.until_state(State::Down).await;
    broker.run().await;
    assert!(subject.until_connected().await);
    // What it had not seen acknowledged may come first.
    while !subject.message_on("plant/door").await.retain {}
    subject.stop().await;
}

#[tokio::test]
async fn a_killed_broker_is_back_within_half_a_second() {
    for version in BOTH {
        let mut broker = Mosquitto::start().await;
        let mut subject = Subject::subscribed(config(broker.port, version)).await;
        broker.kill();
        let detail = subject.until_state(State::Down).await.unwrap();
        assert!(detail.starts_with("hung_up"), "{detail}");
        broker.run().await;
        let back = Instant::now();
        assert!(!subject.until_connected().await, "nothing was kept");
        while subject.grants.len() < 2 {
            subject.until_subscribed(2).await;
        }
        let took = back.elapsed();
        assert!(took < Duration::from_millis(500), "{took:?}");
        let mut publisher = Publisher::connect(broker.port).await;
        publisher.publish("again", 1, "x").await;
        subject.message_on("again").await;
        // What happened in between was not kept: version 5 had a session, 3.1.1 had none.
        assert_eq!(
            subject.troubles.contains(&Trouble::SessionLost),
            version == Version::V5
        );
        subject.stop().await;
    }
}

#[tokio::test]
async fn a_broker_that_stops_in_good_order_keeps_the_session() {
    let mut broker = Mosquitto::start().await;
    let mut subject = Subject::subscribed(config(broker.port, Version::V5)).await;
    subject.acknowledge = false;
    Publisher::connect(broker.port)
        .await
        .publish("kept", 1, "x")
        .await;
    let kept = subject.message().await;
    broker.terminate();
    subject.until_state(State::Down).await;
    // Void: the broker was told nothing, and sends it again.
    subject.ack(kept.ack.into_iter().collect());
    broker.run().await;
    subject.acknowledge = true;
    assert_eq!(subject.message_on("kept").await.payload, kept.payload);
    assert_eq!(subject.troubles, []);
    let mut states = subject.states.iter().rev().map(|(state, _)| *state);
    let last = states.find(|state| matches!(state, State::Connected { .. }));
    assert_eq!(last, Some(State::Connected { is_continued: true }));
    subject.stop().await;
}

#[tokio::test]
async fn acknowledgements_still_go_out_when_no_more_messages_are_taken() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    let mut subject = Subject::subscribed(config(broker.port, Version::V5)).await;
    subject.acknowledge = false;
    publisher.publish("first", 1, "x").await;
    let ack = subject.message().await.ack;
    subject.deafen();
    publisher
        .publish_all(
            1,
            (0..3_000).map(|number| (format!("later/{number}"), b"x".to_vec())),
        )
        .await;
    subject.ack(ack.into_iter().collect());
    subject.stop().await;

    let mut again = Subject::start(config(broker.port, Version::V5));
    for number in 0..3_000 {
        assert_eq!(again.message().await.topic, format!("later/{number}"));
    }
    again.stop().await;
}

#[tokio::test]
async fn a_broker_that_falls_silent_is_noticed() {
    let broker = Mosquitto::start().await;
    let mut subject = Subject::subscribed(config(broker.port, Version::V5)).await;
    let silent = Instant::now();
    broker.freeze();
    let detail = subject.until_state(State::Down).await.unwrap();
    assert!(detail.contains("silent"), "{detail}");
    assert!(
        silent.elapsed() < Duration::from_secs(12),
        "{:?}",
        silent.elapsed()
    );
    broker.thaw();
    subject.until_connected().await;
    subject.stop().await;
}

#[tokio::test]
async fn a_session_that_should_be_there_and_is_not_is_a_gap() {
    let broker = Mosquitto::start().await;
    let asked = BrokerConfig {
        expect_session: true,
        ..config(broker.port, Version::V5)
    };
    let mut subject = Subject::start(asked.clone());
    subject
        .until_trouble(|trouble| *trouble == Trouble::SessionLost)
        .await;
    subject.until_subscribed(1).await;
    subject.stop().await;
    let again = Subject::subscribed(asked).await;
    assert_eq!(again.troubles, []);
    again.stop().await;
}

#[tokio::test]
async fn filters_of_an_earlier_configuration_are_given_up() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::connect(broker.port).await;
    let old = BrokerConfig {
        filters: vec!["old/#".to_owned()],
        ..config(broker.port, Version::V5)
    };
    Subject::subscribed(old).await.stop().await;
    let new = BrokerConfig {
        filters: vec!["new/#".to_owned()],
        former_filters: vec!["old/#".to_owned()],
        ..config(broker.port, Version::V5)
    };
    let mut subject = Subject::subscribed(new).await;
    let is_continued = |state: State| matches!(state, State::Connected { is_continued: true });
    assert!(
        !subject.states.iter().any(|(state, _)| is_continued(*state)),
        "it was not asked for all of it"
    );
    publisher.publish("old/a", 1, "x").await;
    publisher.publish("new/a", 1, "x").await;
    assert_eq!(subject.message().await.topic, "new/a");
    subject.stop().await;
}
