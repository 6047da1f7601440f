//! What went wrong, in words for a plant engineer: what the broker did, and what to look at.

use std::io;

use rumqttc::mqttbytes::v4::ConnectReturnCode as Code311;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode as Code5, DisconnectReasonCode, SubscribeReasonCode};
use rumqttc::{TlsError, mqttbytes, v5};

use crate::client::{Failure, FailureKind};

pub(crate) const FILTER_REFUSED: &str = "The broker refuses this filter; its access rules may not allow it";
const PASSWORD: &str = "The broker does not accept this user and password";
const NOT_ALLOWED: &str = "The broker does not let this user or client id in";
const CLIENT_ID: &str = "The broker does not accept our client id";
const NOT_311: &str = "The broker does not speak MQTT 3.1.1; try version 5";
const NOT_5: &str = "The broker does not speak MQTT 5; try version 3.1.1";
const NOT_READY: &str = "The broker is not ready to serve";
const HUNG_UP_GREETING: &str =
    "The broker hung up during the greeting; look at its log, and at version, user and password";
const HUNG_UP: &str = "The broker closed the connection";
const CUT_SHORT: &str = "The connection broke off in the middle of a packet";
const SILENT: &str = "The broker has gone silent";
pub(crate) const NO_ANSWER: &str =
    "No answer; is this the right address, and does a firewall let us through?";
const NOT_MQTT: &str = "What answers at this address does not speak MQTT of this version";
const TAKEN_OVER: &str = "Another program connected with our client id; give each its own";

/// What many links, each cut at once without a reason, most probably mean.
pub(crate) const THROWN_OUT: &str =
    "The broker lets us in and hangs up at once, again and again; another program may use our client id";

/// A v3.1.1 link ended.
pub(crate) fn v311(error: &rumqttc::ConnectionError) -> Failure {
    use mqttbytes::Error as Codec;
    use rumqttc::{ConnectionError as E, StateError as S};
    match error {
        E::ConnectionRefused(code) => v311_refusal(*code),
        E::MqttState(S::Deserialization(Codec::PayloadSizeLimitExceeded(bytes))) => too_large(*bytes),
        E::MqttState(S::Io(error) | S::Deserialization(Codec::Io(error))) | E::Io(error) => io_error(error),
        E::MqttState(S::AwaitPingResp) => Failure::broken(SILENT),
        E::MqttState(S::ConnectionAborted) => Failure::broken(HUNG_UP),
        E::MqttState(S::Deserialization(_)) | E::NotConnAck(_) => Failure::broken(NOT_MQTT),
        E::NetworkTimeout | E::FlushTimeout => Failure::broken(NO_ANSWER),
        E::Tls(error) => tls(error),
        E::Websocket(error) => web_socket(&error.to_string()),
        E::ResponseValidation(_) => web_socket("it does not offer the protocol “mqtt”"),
        other => Failure::broken(other.to_string()),
    }
}

/// A v5 link ended.
pub(crate) fn v5(error: &v5::ConnectionError) -> Failure {
    use v5::mqttbytes::Error as Codec;
    use v5::{ConnectionError as E, StateError as S};
    match error {
        E::ConnectionRefused(code) | E::MqttState(S::ConnFail { reason: code }) => v5_refusal(*code),
        E::MqttState(S::Deserialization(Codec::PayloadSizeLimitExceeded { pkt_size, .. })) => {
            too_large(*pkt_size)
        }
        E::MqttState(S::IncomingPacketTooLarge { pkt_size, .. }) => too_large(*pkt_size),
        E::MqttState(S::Io(error) | S::Deserialization(Codec::Io(error))) | E::Io(error) => io_error(error),
        E::MqttState(S::AwaitPingResp) => Failure::broken(SILENT),
        E::MqttState(S::ConnectionAborted) => Failure::broken(HUNG_UP),
        E::MqttState(S::ServerDisconnect {
            reason_code,
            reason_string,
        }) => v5_disconnect(*reason_code, reason_string.as_deref()),
        E::MqttState(S::Deserialization(_)) | E::NotConnAck(_) => Failure::broken(NOT_MQTT),
        E::Timeout(_) => Failure::broken(NO_ANSWER),
        E::Tls(error) => tls(error),
        E::Websocket(error) => web_socket(&error.to_string()),
        E::ResponseValidation(_) => web_socket("it does not offer the protocol “mqtt”"),
        other => Failure::broken(other.to_string()),
    }
}

/// The link ended before the broker had greeted us.
pub(crate) fn during_greeting(failure: Failure, version_5: bool) -> Failure {
    match failure.words.as_str() {
        CUT_SHORT => Failure {
            words: NOT_MQTT.to_owned(),
            ..failure
        },
        HUNG_UP => Failure {
            words: HUNG_UP_GREETING.to_owned(),
            ..failure
        },
        NOT_MQTT if version_5 => Failure {
            words: NOT_5.to_owned(),
            ..failure
        },
        _ => failure,
    }
}

fn v311_refusal(code: Code311) -> Failure {
    match code {
        Code311::RefusedProtocolVersion => Failure::refused(NOT_311),
        Code311::BadClientId => Failure::refused(CLIENT_ID),
        Code311::BadUserNamePassword => Failure::refused(PASSWORD),
        // What Mosquitto answers to a wrong password.
        Code311::NotAuthorized => Failure::refused(PASSWORD),
        Code311::ServiceUnavailable | Code311::Success => Failure::broken(NOT_READY),
    }
}

fn v5_refusal(code: Code5) -> Failure {
    match code {
        Code5::RefusedProtocolVersion | Code5::UnsupportedProtocolVersion => Failure::refused(NOT_5),
        Code5::BadClientId | Code5::ClientIdentifierNotValid => Failure::refused(CLIENT_ID),
        // What Mosquitto answers to a wrong password is “not authorized”.
        Code5::BadUserNamePassword | Code5::NotAuthorized => Failure::refused(PASSWORD),
        Code5::Banned => Failure::refused(NOT_ALLOWED),
        Code5::BadAuthenticationMethod => Failure::refused("The broker asks for another way to log in"),
        Code5::UseAnotherServer | Code5::ServerMoved => Failure::refused("The broker has moved"),
        Code5::ServiceUnavailable | Code5::ServerUnavailable | Code5::ServerBusy => {
            Failure::broken(NOT_READY)
        }
        Code5::QuotaExceeded | Code5::ConnectionRateExceeded => {
            Failure::refused("The broker allows no more connections just now")
        }
        other => Failure::refused(format!("The broker refuses the connection: {other:?}")),
    }
}

fn v5_disconnect(code: DisconnectReasonCode, reason: Option<&str>) -> Failure {
    use DisconnectReasonCode as D;
    let mut failure = match code {
        D::SessionTakenOver => Failure::refused(TAKEN_OVER),
        D::NotAuthorized | D::AdministrativeAction => {
            Failure::refused("The broker's operator cut the connection")
        }
        D::ServerShuttingDown => Failure::broken("The broker is shutting down"),
        D::ServerBusy => Failure::broken(NOT_READY),
        D::KeepAliveTimeout => Failure::broken("The broker did not hear from us for too long"),
        D::UseAnotherServer | D::ServerMoved => Failure::refused("The broker has moved"),
        D::QuotaExceeded | D::MessageRateTooHigh | D::ConnectionRateExceeded => {
            Failure::refused("The broker says that we use more than we may")
        }
        other => Failure::broken(format!("The broker ended the connection: {other:?}")),
    };
    if let Some(reason) = reason {
        failure.words = format!("{} ({reason})", failure.words);
    }
    failure
}

/// Why a filter was refused.
pub(crate) fn v5_filter(code: SubscribeReasonCode) -> String {
    use SubscribeReasonCode as R;
    match code {
        R::NotAuthorized => "The broker's access rules do not allow this filter",
        R::TopicFilterInvalid => "The broker calls this filter invalid",
        R::QuotaExceeded => "The broker allows no more subscriptions",
        R::SharedSubscriptionsNotSupported => "The broker has no shared subscriptions",
        R::WildcardSubscriptionsNotSupported => "The broker allows no wildcards",
        R::PkidInUse | R::SubscriptionIdNotSupported | R::ImplementationSpecific => FILTER_REFUSED,
        R::Failure | R::Unspecified | R::Success(_) => FILTER_REFUSED,
    }
    .to_owned()
}

fn too_large(bytes: usize) -> Failure {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    Failure {
        kind: FailureKind::TooLarge { bytes },
        words: format!("The broker sent a packet of {bytes} bytes, more than we take"),
    }
}

fn io_error(error: &io::Error) -> Failure {
    use io::ErrorKind as K;
    if let Some(failure) = certificate(&error.to_string()) {
        return failure;
    }
    let words = match error.kind() {
        K::ConnectionRefused => "Nothing listens at this address; is the broker running?".to_owned(),
        K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof => HUNG_UP.to_owned(),
        K::TimedOut => NO_ANSWER.to_owned(),
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown => {
            "There is no way to this address in the network".to_owned()
        }
        _ if error.to_string().contains("bytes remaining on stream") => CUT_SHORT.to_owned(),
        _ if error.to_string().contains("lookup address") => "This host name is not known".to_owned(),
        _ => error.to_string(),
    };
    Failure::broken(words)
}

fn tls(error: &TlsError) -> Failure {
    match error {
        TlsError::Io(error) => io_error(error),
        TlsError::DNSName(_) => Failure::refused("This host name cannot stand in a certificate"),
        other => {
            let text = other.to_string();
            certificate(&text).unwrap_or_else(|| Failure::broken(text))
        }
    }
}

fn web_socket(text: &str) -> Failure {
    certificate(text).unwrap_or_else(|| {
        Failure::broken(format!("No MQTT over WebSocket at this address and path: {text}"))
    })
}

/// What rustls says about certificates, said again.
fn certificate(text: &str) -> Option<Failure> {
    let words = if text.contains("UnknownIssuer") {
        "The broker's certificate is not signed by an authority that we know; give its CA file"
    } else if text.contains("NotValidForName") || text.contains("not valid for name") {
        "The broker's certificate is for another host name"
    } else if text.contains("Expired") || text.contains("certificate expired") {
        "The broker's certificate has expired, or one of the clocks is wrong"
    } else if text.contains("NotValidYet") {
        "The broker's certificate is not valid yet, or one of the clocks is wrong"
    } else if text.contains("CertificateRequired") {
        "The broker asks for a certificate of ours"
    } else if text.contains("received fatal alert") {
        "The broker rejects our certificate, or wants one"
    } else if text.contains("invalid peer certificate") {
        "The broker's certificate is not valid"
    } else if text.contains("InvalidContentType") || text.contains("corrupt message") {
        "What answers at this address does not speak TLS"
    } else {
        return None;
    };
    Some(Failure::refused(words))
}
