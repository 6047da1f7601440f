//! Why there is no link, or why a filter is not granted: a closed set with stable codes. The sentences for
//! people are the server's catalogue's; what the broker or the machine said by itself stands behind.

use std::fmt;

/// A reason, and what was said with it in somebody else's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Words {
    /// The reason.
    pub reason: Reason,
    /// The broker's own text, or the machine's.
    pub said: Option<String>,
}

impl Words {
    /// With what was said.
    pub(crate) fn said(reason: Reason, said: impl Into<String>) -> Self {
        Self {
            reason,
            said: Some(said.into()),
        }
    }
}

impl From<Reason> for Words {
    fn from(reason: Reason) -> Self {
        Self { reason, said: None }
    }
}

/// For logs: the code, and what was said.
impl fmt::Display for Words {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.said {
            Some(said) => write!(to, "{} ({said})", self.reason.as_str()),
            None => to.write_str(self.reason.as_str()),
        }
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// Why there is no link, or why a filter is not granted.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Reason {
            $($(#[$doc])* $name,)*
        }

        impl Reason {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its stable code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

reasons! {
    /// It refuses a filter and does not say why.
    FilterRefused = "filter_refused",
    /// Its access rules do not allow a filter.
    FilterNotAllowed = "filter_not_allowed",
    /// It calls a filter invalid, or it is.
    FilterInvalid = "filter_invalid",
    /// It allows no more subscriptions.
    FilterQuota = "filter_quota",
    /// It has no shared subscriptions.
    FilterShared = "filter_shared",
    /// It allows no wildcards.
    FilterWildcard = "filter_wildcard",
    /// It does not accept user and password.
    Password = "password",
    /// It does not let this user or client id in.
    NotAllowed = "not_allowed",
    /// It does not accept our client id.
    ClientId = "client_id",
    /// It does not speak MQTT 3.1.1.
    Not311 = "not_311",
    /// It does not speak MQTT 5.
    Not5 = "not_5",
    /// It is not ready to serve.
    NotReady = "not_ready",
    /// It hung up during the greeting.
    HungUpGreeting = "hung_up_greeting",
    /// It closed the connection.
    HungUp = "hung_up",
    /// The connection broke off in the middle of a packet.
    CutShort = "cut_short",
    /// It has gone silent.
    Silent = "silent",
    /// Nobody answers.
    NoAnswer = "no_answer",
    /// What answers does not speak MQTT of this version.
    NotMqtt = "not_mqtt",
    /// Another program connected with our client id.
    TakenOver = "taken_over",
    /// Many links, each cut at once without a reason.
    ThrownOut = "thrown_out",
    /// It asks for another way to log in.
    OtherLogin = "other_login",
    /// It has moved.
    Moved = "moved",
    /// It allows no more connections just now.
    NoMoreConnections = "no_more_connections",
    /// It refuses for another reason.
    Refused = "refused",
    /// Its operator cut the connection.
    OperatorCut = "operator_cut",
    /// It is shutting down.
    ShuttingDown = "shutting_down",
    /// It did not hear from us for too long.
    KeepAlive = "keep_alive",
    /// It says that we use more than we may.
    UseTooMuch = "use_too_much",
    /// It ended the connection for another reason.
    Ended = "ended",
    /// It sent a packet of so many bytes, more than we take.
    TooLarge = "too_large",
    /// Nothing listens at this address.
    NothingListens = "nothing_listens",
    /// There is no way to this address.
    NoWay = "no_way",
    /// Its host name is not known.
    UnknownHost = "unknown_host",
    /// The host name cannot stand in a certificate.
    HostNotNameable = "host_not_nameable",
    /// Its certificate is of an authority that we do not know.
    UnknownAuthority = "unknown_authority",
    /// Its certificate is for another host name.
    OtherHost = "other_host",
    /// Its certificate has expired.
    Expired = "expired",
    /// Its certificate is not valid yet.
    NotYetValid = "not_yet_valid",
    /// It asks for a certificate of ours.
    WantsCertificate = "wants_certificate",
    /// It rejects our certificate, or wants one.
    RejectsCertificate = "rejects_certificate",
    /// Its certificate is not valid.
    BadCertificate = "bad_certificate",
    /// What answers does not speak TLS.
    NotTls = "not_tls",
    /// No MQTT over WebSocket at this address and path.
    NoWebSocket = "no_web_socket",
    /// Our own certificate, key or authority cannot be read.
    Files = "files",
    /// Something else, as it was said.
    Broken = "broken",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_code_of_its_own() {
        let codes: std::collections::BTreeSet<&str> =
            Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        let words = Words::said(Reason::Ended, "NormalDisconnection");
        assert_eq!(words.to_string(), "ended (NormalDisconnection)");
        assert_eq!(Words::from(Reason::Silent).to_string(), "silent");
    }
}
