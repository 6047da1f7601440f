//! MQTT 3.1.1.

use std::sync::Arc;

use rumqttc::{
    AsyncClient, Event, EventLoop, MqttOptions, Outgoing, Packet, Publish, QoS, SubscribeFilter,
    SubscribeReasonCode,
};

use super::{Attempt, Failure, Link, OUTGOING, Publication, REQUESTS, Requests, Signal, qos_number};
use crate::config::BrokerConfig;
use crate::reason::{Reason, Words};
use crate::words;

struct Loop {
    events: EventLoop,
}

/// Prepares a link; connecting begins with the first poll.
pub(crate) fn open(config: &BrokerConfig, attempt: &Attempt) -> (Arc<dyn Requests>, impl Link + use<>) {
    let mut options = MqttOptions::new(&config.client_id, super::address(config), config.url.port);
    let limit = usize::try_from(attempt.max_packet_bytes).unwrap_or(usize::MAX);
    options
        .set_transport(super::transport(config, attempt))
        .set_keep_alive(super::keep_alive(config))
        .set_clean_session(attempt.clean)
        .set_max_packet_size(limit, limit)
        .set_inflight(OUTGOING)
        .set_manual_acks(attempt.manual_acks);
    if let Some(user) = &config.user {
        options.set_credentials(
            user,
            config.password.as_ref().map_or("", |password| password.expose()),
        );
    }
    let (client, mut events) = AsyncClient::new(options, REQUESTS);
    events.set_network_options(super::network_options());
    (Arc::new(client), Loop { events })
}

impl Link for Loop {
    async fn poll(&mut self) -> Result<Signal, Failure> {
        match self.events.poll().await {
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                self.events.state.await_pingresp = false;
                Ok(Signal::Publish(publication(publish)))
            }
            Ok(Event::Incoming(Packet::ConnAck(connack))) => Ok(Signal::Connected {
                session_present: connack.session_present,
            }),
            Ok(Event::Incoming(Packet::SubAck(suback))) => Ok(Signal::Granted(
                suback.return_codes.into_iter().map(granted).collect(),
            )),
            Ok(Event::Outgoing(Outgoing::Disconnect)) => Ok(Signal::Left),
            Ok(_) => Ok(Signal::Other),
            Err(error) => Err(words::v311(&error)),
        }
    }
}

fn publication(publish: Publish) -> Publication {
    Publication {
        topic: publish.topic,
        payload: publish.payload,
        qos: qos_number(publish.qos),
        retain: publish.retain,
        packet: publish.pkid,
    }
}

fn granted(code: SubscribeReasonCode) -> Result<u8, Words> {
    match code {
        SubscribeReasonCode::Success(qos) => Ok(qos_number(qos)),
        SubscribeReasonCode::Failure => Err(Reason::FilterRefused.into()),
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
            topic: String::new(),
            pkid: packet,
            payload: bytes::Bytes::new(),
        };
        Self::try_ack(self, &publish).is_ok()
    }

    fn try_subscribe(&self, filters: &[String], qos: u8) -> bool {
        let filters = filters
            .iter()
            .map(|filter| SubscribeFilter::new(filter.clone(), level(qos)));
        self.try_subscribe_many(filters).is_ok()
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
