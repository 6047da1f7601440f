//! MQTT 5.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rumqttc::Outgoing;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnAck, ConnectProperties, Filter, Packet, Publish, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};

use super::{Attempt, Failure, Link, OUTGOING, Publication, REQUESTS, Requests, Signal};
use crate::config::BrokerConfig;
use crate::reason::Words;
use crate::words;

/// Instead of a keep-alive of 0, which a broker may ask for and rumqttc turns into a broken link.
const NO_KEEP_ALIVE: Duration = Duration::from_secs(3_600);

struct Loop {
    events: EventLoop,
}

/// Prepares a link; connecting begins with the first poll.
pub(crate) fn open(config: &BrokerConfig, attempt: &Attempt) -> (Arc<dyn Requests>, impl Link + use<>) {
    let mut properties = ConnectProperties::new();
    properties.session_expiry_interval = Some(config.session_expiry_secs);
    properties.receive_maximum = Some(config.receive_maximum.max(1));
    properties.max_packet_size = Some(attempt.max_packet_bytes);

    let mut options = MqttOptions::new(&config.client_id, super::address(config), config.url.port);
    options
        .set_transport(super::transport(config, attempt))
        .set_keep_alive(super::keep_alive(config))
        .set_clean_start(attempt.clean)
        .set_connect_properties(properties)
        .set_connection_timeout(super::CONNECT_SECS)
        .set_network_options(super::network_options())
        .set_outgoing_inflight_upper_limit(OUTGOING)
        .set_manual_acks(attempt.manual_acks);
    if let Some(user) = &config.user {
        options.set_credentials(
            user,
            config.password.as_ref().map_or("", |password| password.expose()),
        );
    }
    let (client, events) = AsyncClient::new(options, REQUESTS);
    (Arc::new(client), Loop { events })
}

impl Loop {
    fn connected(&mut self, connack: &ConnAck) -> Signal {
        let asked = connack
            .properties
            .as_ref()
            .and_then(|properties| properties.server_keep_alive);
        if asked == Some(0) {
            self.events.options.set_keep_alive(NO_KEEP_ALIVE);
        }
        Signal::Connected {
            session_present: connack.session_present,
        }
    }
}

impl Link for Loop {
    async fn poll(&mut self) -> Result<Signal, Failure> {
        match self.events.poll().await {
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                self.events.state.await_pingresp = false;
                Ok(Signal::Publish(publication(publish)))
            }
            Ok(Event::Incoming(Packet::ConnAck(connack))) => Ok(self.connected(&connack)),
            Ok(Event::Incoming(Packet::SubAck(suback))) => Ok(Signal::Granted(
                suback.return_codes.into_iter().map(granted).collect(),
            )),
            Ok(Event::Outgoing(Outgoing::Disconnect)) => Ok(Signal::Left),
            Ok(_) => Ok(Signal::Other),
            Err(error) => Err(words::v5(&error)),
        }
    }
}

fn publication(publish: Publish) -> Publication {
    Publication {
        topic: text(publish.topic),
        payload: publish.payload,
        qos: number(publish.qos),
        retain: publish.retain,
        packet: publish.pkid,
    }
}

fn text(topic: Bytes) -> String {
    String::from_utf8(Vec::from(topic))
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn granted(code: SubscribeReasonCode) -> Result<u8, Words> {
    match code {
        SubscribeReasonCode::Success(qos) => Ok(number(qos)),
        refusal => Err(words::v5_filter(refusal).into()),
    }
}

fn number(qos: QoS) -> u8 {
    match qos {
        QoS::AtMostOnce => 0,
        QoS::AtLeastOnce => 1,
        QoS::ExactlyOnce => 2,
    }
}

fn level(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

impl Requests for AsyncClient {
    fn try_ack(&self, packet: u16, qos: u8) -> bool {
        let publish = Publish {
            dup: false,
            qos: level(qos),
            retain: false,
            topic: Bytes::new(),
            pkid: packet,
            payload: Bytes::new(),
            properties: None,
        };
        Self::try_ack(self, &publish).is_ok()
    }

    fn try_subscribe(&self, filters: &[String], qos: u8) -> bool {
        self.try_subscribe_many(
            filters
                .iter()
                .map(|filter| Filter::new(filter.clone(), level(qos))),
        )
        .is_ok()
    }

    fn try_unsubscribe(&self, filters: &[String]) {
        for filter in filters {
            if Self::try_unsubscribe(self, filter).is_err() {
                tracing::warn!(filter, "no room to give up a filter");
            }
        }
    }

    fn try_disconnect(&self) -> bool {
        Self::try_disconnect(self).is_ok()
    }
}
