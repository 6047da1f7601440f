//! What went wrong, by what the client library says of it.

use std::io;

use rumqttc::mqttbytes::v4::ConnectReturnCode as Code311;
use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode as Code5, DisconnectReasonCode, SubscribeReasonCode};
use rumqttc::{TlsError, mqttbytes, v5};

use crate::client::{Failure, FailureKind};
use crate::reason::{Reason, Words};

/// A v3.1.1 link ended.
pub(crate) fn v311(error: &rumqttc::ConnectionError) -> Failure {
    use mqttbytes::Error as Codec;
    use rumqttc::{ConnectionError as E, StateError as S};
    match error {
        E::ConnectionRefused(code) => v311_refusal(*code),
        E::MqttState(S::Deserialization(Codec::PayloadSizeLimitExceeded(bytes))) => too_large(*bytes),
        E::MqttState(S::Io(error) | S::Deserialization(Codec::Io(error))) | E::Io(error) => io_error(error),
        E::MqttState(S::AwaitPingResp) => Failure::broken(Reason::Silent),
        E::MqttState(S::ConnectionAborted) => Failure::broken(Reason::HungUp),
        E::MqttState(S::Deserialization(_)) | E::NotConnAck(_) => Failure::broken(Reason::NotMqtt),
        E::NetworkTimeout | E::FlushTimeout => Failure::broken(Reason::NoAnswer),
        E::Tls(error) => tls(error),
        E::Websocket(error) => web_socket(&error.to_string()),
        E::ResponseValidation(_) => web_socket("it does not offer the protocol “mqtt”"),
        other => Failure::broken(Words::said(Reason::Broken, other.to_string())),
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
        E::MqttState(S::AwaitPingResp) => Failure::broken(Reason::Silent),
        E::MqttState(S::ConnectionAborted) => Failure::broken(Reason::HungUp),
        E::MqttState(S::ServerDisconnect {
            reason_code,
            reason_string,
        }) => v5_disconnect(*reason_code, reason_string.as_deref()),
        E::MqttState(S::Deserialization(_)) | E::NotConnAck(_) => Failure::broken(Reason::NotMqtt),
        E::Timeout(_) => Failure::broken(Reason::NoAnswer),
        E::Tls(error) => tls(error),
        E::Websocket(error) => web_socket(&error.to_string()),
        E::ResponseValidation(_) => web_socket("it does not offer the protocol “mqtt”"),
        other => Failure::broken(Words::said(Reason::Broken, other.to_string())),
    }
}

/// The link ended before the broker had greeted us.
pub(crate) fn during_greeting(failure: Failure, version_5: bool) -> Failure {
    let reason = match failure.words.reason {
        Reason::CutShort => Reason::NotMqtt,
        Reason::HungUp => Reason::HungUpGreeting,
        Reason::NotMqtt if version_5 => Reason::Not5,
        reason => reason,
    };
    Failure {
        words: Words {
            reason,
            ..failure.words
        },
        ..failure
    }
}

fn v311_refusal(code: Code311) -> Failure {
    match code {
        Code311::RefusedProtocolVersion => Failure::refused(Reason::Not311),
        Code311::BadClientId => Failure::refused(Reason::ClientId),
        Code311::BadUserNamePassword => Failure::refused(Reason::Password),
        // What Mosquitto answers to a wrong password.
        Code311::NotAuthorized => Failure::refused(Reason::Password),
        Code311::ServiceUnavailable | Code311::Success => Failure::broken(Reason::NotReady),
    }
}

fn v5_refusal(code: Code5) -> Failure {
    match code {
        Code5::RefusedProtocolVersion | Code5::UnsupportedProtocolVersion => Failure::refused(Reason::Not5),
        Code5::BadClientId | Code5::ClientIdentifierNotValid => Failure::refused(Reason::ClientId),
        // What Mosquitto answers to a wrong password is “not authorized”.
        Code5::BadUserNamePassword | Code5::NotAuthorized => Failure::refused(Reason::Password),
        Code5::Banned => Failure::refused(Reason::NotAllowed),
        Code5::BadAuthenticationMethod => Failure::refused(Reason::OtherLogin),
        Code5::UseAnotherServer | Code5::ServerMoved => Failure::refused(Reason::Moved),
        Code5::ServiceUnavailable | Code5::ServerUnavailable | Code5::ServerBusy => {
            Failure::broken(Reason::NotReady)
        }
        Code5::QuotaExceeded | Code5::ConnectionRateExceeded => Failure::refused(Reason::NoMoreConnections),
        other => Failure::refused(Words::said(Reason::Refused, format!("{other:?}"))),
    }
}

fn v5_disconnect(code: DisconnectReasonCode, reason: Option<&str>) -> Failure {
    use DisconnectReasonCode as D;
    let mut failure = match code {
        D::SessionTakenOver => Failure::refused(Reason::TakenOver),
        D::NotAuthorized | D::AdministrativeAction => Failure::refused(Reason::OperatorCut),
        D::ServerShuttingDown => Failure::broken(Reason::ShuttingDown),
        D::ServerBusy => Failure::broken(Reason::NotReady),
        D::KeepAliveTimeout => Failure::broken(Reason::KeepAlive),
        D::UseAnotherServer | D::ServerMoved => Failure::refused(Reason::Moved),
        D::QuotaExceeded | D::MessageRateTooHigh | D::ConnectionRateExceeded => {
            Failure::refused(Reason::UseTooMuch)
        }
        other => Failure::broken(Words::said(Reason::Ended, format!("{other:?}"))),
    };
    if let Some(said) = reason {
        failure.words.said = Some(said.to_owned());
    }
    failure
}

/// Why a filter was refused.
pub(crate) const fn v5_filter(code: SubscribeReasonCode) -> Reason {
    use SubscribeReasonCode as R;
    match code {
        R::NotAuthorized => Reason::FilterNotAllowed,
        R::TopicFilterInvalid => Reason::FilterInvalid,
        R::QuotaExceeded => Reason::FilterQuota,
        R::SharedSubscriptionsNotSupported => Reason::FilterShared,
        R::WildcardSubscriptionsNotSupported => Reason::FilterWildcard,
        R::PkidInUse | R::SubscriptionIdNotSupported | R::ImplementationSpecific => Reason::FilterRefused,
        R::Failure | R::Unspecified | R::Success(_) => Reason::FilterRefused,
    }
}

fn too_large(bytes: usize) -> Failure {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    Failure {
        kind: FailureKind::TooLarge { bytes },
        words: Words::said(Reason::TooLarge, bytes.to_string()),
    }
}

fn io_error(error: &io::Error) -> Failure {
    use io::ErrorKind as K;
    if let Some(failure) = certificate(&error.to_string()) {
        return failure;
    }
    let reason = match error.kind() {
        K::ConnectionRefused => Reason::NothingListens,
        K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof => Reason::HungUp,
        K::TimedOut => Reason::NoAnswer,
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown => Reason::NoWay,
        _ if error.to_string().contains("bytes remaining on stream") => Reason::CutShort,
        _ if error.to_string().contains("lookup address") => Reason::UnknownHost,
        _ => return Failure::broken(Words::said(Reason::Broken, error.to_string())),
    };
    Failure::broken(reason)
}

fn tls(error: &TlsError) -> Failure {
    match error {
        TlsError::Io(error) => io_error(error),
        TlsError::DNSName(_) => Failure::refused(Reason::HostNotNameable),
        other => {
            let text = other.to_string();
            certificate(&text).unwrap_or_else(|| Failure::broken(Words::said(Reason::Broken, text)))
        }
    }
}

fn web_socket(text: &str) -> Failure {
    certificate(text).unwrap_or_else(|| Failure::broken(Words::said(Reason::NoWebSocket, text)))
}

/// What rustls says about certificates.
fn certificate(text: &str) -> Option<Failure> {
    let reason = if text.contains("UnknownIssuer") {
        Reason::UnknownAuthority
    } else if text.contains("NotValidForName") || text.contains("not valid for name") {
        Reason::OtherHost
    } else if text.contains("Expired") || text.contains("certificate expired") {
        Reason::Expired
    } else if text.contains("NotValidYet") {
        Reason::NotYetValid
    } else if text.contains("CertificateRequired") {
        Reason::WantsCertificate
    } else if text.contains("received fatal alert") {
        Reason::RejectsCertificate
    } else if text.contains("invalid peer certificate") {
        Reason::BadCertificate
    } else if text.contains("InvalidContentType") || text.contains("corrupt message") {
        Reason::NotTls
    } else {
        return None;
    };
    Some(Failure::refused(reason))
}
