//! What is needed to reach one broker.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// One broker connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerConfig {
    /// Name for people; the first topic level when there are several brokers.
    pub name: String,
    /// Where it is and how to talk to it.
    pub url: BrokerUrl,
    /// Protocol version.
    pub version: Version,
    /// User, if the broker asks for one.
    pub user: Option<String>,
    /// Password of that user.
    pub password: Option<Secret>,
    /// Stable client id; the broker keeps our session under it.
    pub client_id: String,
    /// Throw the session away at each connect. Default: `false` for v5, `true` for v3.1.1, whose
    /// sessions have no expiry.
    pub clean_session: Option<bool>,
    /// Topic filters to subscribe to.
    pub filters: Vec<String>,
    /// Filters of an earlier configuration, given up at the first connect: a persistent session keeps
    /// them otherwise.
    pub former_filters: Vec<String>,
    /// This client id was connected before, so a broker that does not know it has lost messages.
    pub expect_session: bool,
    /// Quality of service asked for: 0 or 1.
    pub qos: u8,
    /// TLS, for `mqtts` and `wss`.
    pub tls: Tls,
    /// Keep-alive in seconds; never below 5.
    pub keep_alive_secs: u16,
    /// How long the broker keeps our session while we are away, in seconds (v5).
    pub session_expiry_secs: u32,
    /// Unacknowledged messages in flight (v5 tells the broker).
    pub receive_maximum: u16,
    /// Largest packet taken, in bytes.
    pub max_packet_bytes: u32,
    /// Payload bytes that may wait in the queue, all messages together.
    pub max_queued_bytes: usize,
}

impl BrokerConfig {
    /// A connection to `url` with everything else at its default.
    #[must_use]
    pub fn new(name: impl Into<String>, url: BrokerUrl, client_id: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            url,
            version: Version::V5,
            user: None,
            password: None,
            client_id: client_id.into(),
            clean_session: None,
            filters: vec!["#".to_owned()],
            former_filters: Vec::new(),
            expect_session: false,
            qos: 1,
            tls: Tls::default(),
            keep_alive_secs: 5,
            session_expiry_secs: 3_600,
            receive_maximum: 1_024,
            max_packet_bytes: 16 * 1024 * 1024,
            max_queued_bytes: 64 * 1024 * 1024,
        }
    }

    /// The second connection that feeds the view while history cannot be written: QoS 0, its own client
    /// id, no session.
    #[must_use]
    pub fn view_only(&self) -> Self {
        Self {
            client_id: format!("{}-view", self.client_id),
            clean_session: Some(true),
            session_expiry_secs: 0,
            qos: 0,
            ..self.clone()
        }
    }

    /// Whether the session is thrown away at each connect.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.clean_session.unwrap_or(self.version == Version::V311)
    }
}

/// MQTT protocol version.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Version {
    /// MQTT 5.0.
    #[default]
    V5,
    /// MQTT 3.1.1.
    V311,
}

impl Version {
    /// As people write it: `5` or `3.1.1`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V5 => "5",
            Self::V311 => "3.1.1",
        }
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim().trim_start_matches(['v', 'V']) {
            "5" | "5.0" => Ok(Self::V5),
            "3.1.1" | "3" | "311" | "4" => Ok(Self::V311),
            other => Err(format!("“{other}” is not an MQTT version; write 5 or 3.1.1")),
        }
    }
}

/// Certificates, as PEM files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The authority that signed the broker's certificate; the machine's own list when absent.
    pub ca: Option<PathBuf>,
    /// Our certificate, for brokers that ask for one.
    pub cert: Option<PathBuf>,
    /// The key of our certificate.
    pub key: Option<PathBuf>,
}

/// Text that never appears in a log or an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` to itself.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; mind where it goes.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How bytes travel to the broker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// `mqtt://`
    Tcp,
    /// `mqtts://`
    Tls,
    /// `ws://`
    WebSocket,
    /// `wss://`
    SecureWebSocket,
}

impl Transport {
    const ALL: [Self; 4] = [Self::Tcp, Self::Tls, Self::WebSocket, Self::SecureWebSocket];

    const fn scheme(self) -> &'static str {
        match self {
            Self::Tcp => "mqtt",
            Self::Tls => "mqtts",
            Self::WebSocket => "ws",
            Self::SecureWebSocket => "wss",
        }
    }

    const fn default_port(self) -> u16 {
        match self {
            Self::Tcp => 1883,
            Self::Tls => 8883,
            Self::WebSocket => 80,
            Self::SecureWebSocket => 443,
        }
    }

    /// Whether the link is encrypted.
    #[must_use]
    pub const fn secure(self) -> bool {
        matches!(self, Self::Tls | Self::SecureWebSocket)
    }
}

/// The address of a broker: `mqtt://`, `mqtts://`, `ws://`, `wss://`, or `host:port`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerUrl {
    /// How bytes travel.
    pub transport: Transport,
    /// Host name or address, without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Path of a WebSocket, beginning with `/`; empty otherwise.
    pub path: String,
}

/// Why a text is not the address of a broker.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BrokerUrlError {
    /// Another scheme.
    #[error("“{0}://” is not a way to reach a broker; use mqtt://, mqtts://, ws:// or wss://")]
    Scheme(String),
    /// No host.
    #[error("the address has no host; an example: mqtt://broker.example:1883")]
    Host,
    /// A port that is no port.
    #[error("“{0}” is not a port between 1 and 65535")]
    Port(String),
    /// A user name inside the address.
    #[error("leave user and password out of the address; they have their own settings")]
    Credentials,
    /// A path where there is none.
    #[error("only ws:// and wss:// addresses have a path")]
    Path,
}

impl FromStr for BrokerUrl {
    type Err = BrokerUrlError;

    fn from_str(text: &str) -> Result<Self, BrokerUrlError> {
        let text = text.trim();
        let (transport, rest) = match text.split_once("://") {
            None => (Transport::Tcp, text),
            Some((scheme, rest)) => (transport_from_scheme(scheme)?, rest),
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if authority.contains('@') {
            return Err(BrokerUrlError::Credentials);
        }
        let web = matches!(transport, Transport::WebSocket | Transport::SecureWebSocket);
        let path = match (web, path) {
            (true, "") => "/mqtt",
            (true, path) => path,
            (false, "" | "/") => "",
            (false, _) => return Err(BrokerUrlError::Path),
        };
        let (host, port) = split_authority(authority)?;
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(BrokerUrlError::Host);
        }
        let port = match port {
            None => transport.default_port(),
            Some(port) => match port.parse() {
                Ok(0) | Err(_) => return Err(BrokerUrlError::Port(port.to_owned())),
                Ok(port) => port,
            },
        };
        Ok(Self {
            transport,
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
    }
}

fn transport_from_scheme(scheme: &str) -> Result<Transport, BrokerUrlError> {
    match scheme.to_ascii_lowercase().as_str() {
        "mqtt" | "tcp" => Ok(Transport::Tcp),
        "mqtts" | "ssl" | "tls" => Ok(Transport::Tls),
        other => Transport::ALL
            .into_iter()
            .find(|transport| transport.scheme() == other)
            .ok_or_else(|| BrokerUrlError::Scheme(scheme.to_owned())),
    }
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`, or a bare v6 address.
fn split_authority(authority: &str) -> Result<(&str, Option<&str>), BrokerUrlError> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']').ok_or(BrokerUrlError::Host)?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if after.is_empty() => Ok((host, None)),
            None => Err(BrokerUrlError::Host),
        };
    }
    match authority.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Ok((authority, None)),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

impl BrokerUrl {
    /// Plain MQTT at `host:port`.
    #[must_use]
    pub fn tcp(host: impl Into<String>, port: u16) -> Self {
        Self {
            transport: Transport::Tcp,
            host: host.into(),
            port,
            path: String::new(),
        }
    }

    /// Whether both lead to the same broker, as far as the addresses tell: case, encryption and the names
    /// of this machine aside.
    #[must_use]
    pub fn is_same_place(&self, other: &Self) -> bool {
        let place = |url: &Self| {
            (
                plain_host(&url.host),
                url.port,
                url.path.trim_end_matches('/').to_owned(),
            )
        };
        place(self) == place(other)
    }

    /// The host as it stands in an address: a v6 address in brackets.
    pub(crate) fn bracketed_host(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }
}

/// A host in small letters; every name of this machine that everybody knows is `localhost`.
fn plain_host(host: &str) -> String {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_here = match host.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(ip) if ip.is_loopback() || ip.is_unspecified() => true,
        Ok(ip) => return ip.to_string(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    };
    if is_here { "localhost".to_owned() } else { host }
}

impl fmt::Display for BrokerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}://{}:{}{}",
            self.transport.scheme(),
            self.bracketed_host(),
            self.port,
            self.path
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        fn check(text: &str, expect: &str) {
            let got = match text.parse::<BrokerUrl>() {
                Ok(url) => url.to_string(),
                Err(error) => format!("{error:?}"),
            };
            assert_eq!(got, expect, "{text}");
        }
        check("broker", "mqtt://broker:1883");
        check("broker:1884", "mqtt://broker:1884");
        check(" 10.0.0.7 ", "mqtt://10.0.0.7:1883");
        check("mqtt://broker/", "mqtt://broker:1883");
        check("tcp://broker", "mqtt://broker:1883");
        check("mqtts://broker", "mqtts://broker:8883");
        check("SSL://broker:1", "mqtts://broker:1");
        check("ws://broker", "ws://broker:80/mqtt");
        check("wss://broker:9001/a/b", "wss://broker:9001/a/b");
        check("[::1]:1883", "mqtt://[::1]:1883");
        check("mqtt://[fe80::1]", "mqtt://[fe80::1]:1883");
        check("::1", "mqtt://[::1]:1883");
        check("http://broker", r#"Scheme("http")"#);
        check("", "Host");
        check("mqtt://:1883", "Host");
        check("mqtt://[::1", "Host");
        check("my broker", "Host");
        check("broker:0", r#"Port("0")"#);
        check("broker:99999", r#"Port("99999")"#);
        check("broker:", r#"Port("")"#);
        check("mqtt://user:word@broker", "Credentials");
        check("mqtt://broker/path", "Path");
    }

    #[test]
    fn the_same_place_by_any_name() {
        let same = |a: &str, b: &str| {
            let (a, b): (BrokerUrl, BrokerUrl) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(a.is_same_place(&b), b.is_same_place(&a));
            a.is_same_place(&b)
        };
        for other in [
            "127.0.0.1",
            "::1",
            "LOCALHOST:1883",
            "tcp://127.8.8.8",
            "[::ffff:127.0.0.1]:1883",
            "0.0.0.0",
            "localhost.",
        ] {
            assert!(same("localhost", other), "{other}");
        }
        assert!(same("Broker.Example", "broker.example:1883"));
        assert!(same("fe80:0::1", "[fe80::1]"));
        assert!(same("ws://broker/mqtt", "ws://broker/mqtt/"));
        for other in [
            "localhost:1884",
            "10.0.0.1",
            "broker",
            "localhost.example",
            "ws://localhost:1883/site",
        ] {
            assert!(!same("localhost", other), "{other}");
        }
    }

    #[test]
    fn secrets_stay_secret() {
        let config = BrokerConfig {
            password: Some(Secret::new("hunter2")),
            ..BrokerConfig::new("b", BrokerUrl::tcp("b", 1), "c")
        };
        assert!(!format!("{config:?}").contains("hunter2"));
        assert_eq!(Secret::new("x").to_string(), "***");
    }

    #[test]
    fn versions() {
        assert_eq!("5".parse(), Ok(Version::V5));
        assert_eq!("v3.1.1".parse(), Ok(Version::V311));
        assert!("7".parse::<Version>().is_err());
    }
}
