//! A publisher that is sure of what it has sent.

use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Outgoing, Packet, QoS};
use tokio::time::{Instant, timeout_at};

use super::PATIENCE;

/// Publishes over MQTT 3.1.1; at QoS 1 it waits for the broker's word.
pub struct Publisher {
    client: AsyncClient,
    events: EventLoop,
    confirmed: u64,
    sent: u64,
}

impl Publisher {
    pub async fn connect(port: u16) -> Self {
        Self::connect_as(port, None).await
    }

    pub async fn connect_as(port: u16, login: Option<(&str, &str)>) -> Self {
        let mut options = MqttOptions::new(format!("publisher-{port}"), "127.0.0.1", port);
        options.set_max_packet_size(1 << 28, 1 << 28).set_inflight(1_000);
        options.set_keep_alive(Duration::from_secs(30));
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        let (client, events) = AsyncClient::new(options, 10_000);
        let mut publisher = Self {
            client,
            events,
            confirmed: 0,
            sent: 0,
        };
        publisher.until_connected().await;
        publisher
    }

    /// A client tries again when its first attempt meets a broker that is just closing another link.
    async fn until_connected(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match timeout_at(deadline, self.events.poll())
                .await
                .expect("the publisher hangs")
            {
                Ok(Event::Incoming(Packet::ConnAck(_))) => return,
                Ok(_) => {}
                Err(error) => {
                    assert!(Instant::now() < deadline, "the publisher cannot connect: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            }
        }
    }

    async fn poll(&mut self) -> Event {
        let event = timeout_at(Instant::now() + PATIENCE, self.events.poll()).await;
        let event = event
            .expect("the publisher hangs")
            .expect("the publisher lost its link");
        match &event {
            Event::Incoming(Packet::PubAck(_)) => self.confirmed += 1,
            Event::Outgoing(Outgoing::Publish(0)) => self.confirmed += 1,
            _ => {}
        }
        event
    }

    /// Publishes many, then waits until all are on their way (QoS 0) or confirmed (QoS 1).
    pub async fn publish_all(&mut self, qos: u8, messages: impl IntoIterator<Item = (String, Vec<u8>)>) {
        let qos = if qos == 0 {
            QoS::AtMostOnce
        } else {
            QoS::AtLeastOnce
        };
        for (topic, payload) in messages {
            self.client.try_publish(topic, qos, false, payload).unwrap();
            self.sent += 1;
            if self.sent - self.confirmed > 5_000 {
                self.settle().await;
            }
        }
        self.settle().await;
    }

    async fn settle(&mut self) {
        while self.confirmed < self.sent {
            self.poll().await;
        }
    }

    pub async fn publish(&mut self, topic: &str, qos: u8, payload: impl Into<Vec<u8>>) {
        self.publish_all(qos, [(topic.to_owned(), payload.into())]).await;
    }

    pub async fn retain(&mut self, topic: &str, payload: impl Into<Vec<u8>>) {
        self.client
            .try_publish(topic, QoS::AtLeastOnce, true, payload)
            .unwrap();
        self.sent += 1;
        self.settle().await;
    }
}
