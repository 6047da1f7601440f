//! The table of every key: what it means, what it must be, what it is when nobody sets it.

mod document;
mod find;
mod mail;
mod needs;
mod openid;
mod queues;

pub use document::document;
pub use find::{find, meant};

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Yes or no.
    Bool,
    /// A whole number within bounds.
    Size { min: u64, max: u64 },
    /// `address:port`.
    Address,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Several texts.
    List,
    /// A URL of one of these schemes.
    Url(&'static [&'static str]),
    /// Text that never shows.
    Secret,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Dotted; `*` stands for the number of an entry.
    pub path: &'static str,
    pub kind: Kind,
    /// None: it may stay unset.
    pub default: Option<&'static str>,
    pub example: &'static str,
    pub doc: &'static str,
}

const fn key(
    path: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key {
        path,
        kind,
        default,
        example,
        doc,
    }
}

const MIB: u64 = 1024 * 1024;

/// All keys, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Key> {
    [KEYS, queues::KEYS, needs::KEYS, openid::KEYS, mail::KEYS]
        .into_iter()
        .flatten()
}

const KEYS: &[Key] = &[
    key(
        "server.listen",
        Kind::Address,
        Some("127.0.0.1:8080"),
        "127.0.0.1:8080",
        "Where pages and the live socket are served.",
    ),
    key(
        "server.public_url",
        Kind::Url(&["http", "https"]),
        None,
        "https://gemba.example.org",
        "The address people use, when it differs from `server.listen`; source of absolute links and of the allowed origin.",
    ),
    key(
        "server.open_to_network",
        Kind::Bool,
        Some("false"),
        "true",
        "Allows `server.listen` on an address other machines can reach, without access control.",
    ),
    key(
        "access.anonymous",
        Kind::Word(&super::VISITORS),
        Some("none"),
        "viewer",
        "The role of visitors without an account. More than `viewer` only while `server.listen` is an address of this machine.",
    ),
    key(
        "access.demo_roles",
        Kind::Word(&["loopback", "everywhere"]),
        Some("loopback"),
        "loopback",
        "From where visitors of the demo choose a role without an account.",
    ),
    key(
        "access.session_days",
        Kind::Size { min: 1, max: 365 },
        Some("30"),
        "30",
        "Days after which a session that was not used ends.",
    ),
    key(
        "server.sockets",
        Kind::Size { min: 1, max: 100_000 },
        Some("2000"),
        "2000",
        "Most live sockets at once.",
    ),
    key(
        "server.connections",
        Kind::Size { min: 8, max: 100_000 },
        Some("4000"),
        "4000",
        "Most connections waiting for or answering requests at once, live sockets not among them; who comes on top is answered 503.",
    ),
    key(
        "server.tls.enabled",
        Kind::Bool,
        Some("false"),
        "true",
        "Serves HTTPS with the certificate that `gemba tls init` made (`--tls`).",
    ),
    key(
        "server.tls.cert",
        Kind::Text,
        None,
        "/etc/gemba/server.crt",
        "Serves HTTPS with this certificate, as PEM, followed by those that lead to its authority. Changed files are taken within seconds.",
    ),
    key(
        "server.tls.key",
        Kind::Text,
        None,
        "/etc/gemba/server.key",
        "Key of the certificate, as PEM; for nobody else to read.",
    ),
    key(
        "server.tls.ca",
        Kind::Text,
        None,
        "/etc/gemba/ca.crt",
        "Certificate of the authority that devices are to trust, offered at `/help/trust`; otherwise the one that `gemba tls init` made, where there is one.",
    ),
    key(
        "server.tls.redirect",
        Kind::Address,
        None,
        "0.0.0.0:8080",
        "Where plain HTTP is led to HTTPS. On the port of HTTPS it is too.",
    ),
    key(
        "server.proxies",
        Kind::List,
        None,
        "[\"10.0.0.5\", \"192.168.7.0/24\"]",
        "Proxies in front of the server, as addresses or nets: only these are believed when they say for whom they ask.",
    ),
    key(
        "server.proxy_headers",
        Kind::Word(&["x-forwarded", "forwarded"]),
        Some("x-forwarded"),
        "forwarded",
        "In which headers they say it: `X-Forwarded-For`, `-Proto` and `-Host`, or RFC 7239 `Forwarded`. The others are not read.",
    ),
    key(
        "limits.reads",
        Kind::Size {
            min: 1,
            max: 1_000_000,
        },
        Some("6000"),
        "6000",
        "Requests a minute of one address that only read: pages, files, their data; and of one account or share link, wherever from. More is answered 429. A whole office may come from one address; programs on this machine are not counted.",
    ),
    key(
        "limits.writes",
        Kind::Size {
            min: 1,
            max: 1_000_000,
        },
        Some("300"),
        "300",
        "Requests a minute of one address, account or share link that change something.",
    ),
    key(
        "limits.sockets",
        Kind::Size {
            min: 1,
            max: 1_000_000,
        },
        Some("600"),
        "600",
        "Live sockets a minute that one address, account or share link opens.",
    ),
    key(
        "limits.exports",
        Kind::Size {
            min: 1,
            max: 1_000_000,
        },
        Some("60"),
        "60",
        "Exports a minute of one address or account.",
    ),
    key(
        "limits.connections",
        Kind::Size { min: 4, max: 100_000 },
        Some("500"),
        "500",
        "Connections of one address at once, live sockets not among them; proxies and programs on this machine may have all.",
    ),
    key(
        "limits.sockets_of_address",
        Kind::Size { min: 1, max: 100_000 },
        Some("500"),
        "500",
        "Live sockets of one address at once; programs on this machine may have all. More is answered 429.",
    ),
    key(
        "limits.sockets_of_account",
        Kind::Size { min: 1, max: 100_000 },
        Some("200"),
        "200",
        "Live sockets of one account or share link at once, from everywhere; more are closed with 4429.",
    ),
    key(
        "limits.addresses",
        Kind::Size {
            min: 1_000,
            max: 1_000_000,
        },
        Some("50000"),
        "50000",
        "Addresses, accounts and links remembered to count their requests; beyond, who asked longest ago is forgotten.",
    ),
    key(
        "data.dir",
        Kind::Text,
        Some("./gemba-data"),
        "/var/lib/gemba",
        "Where history and records are kept. One server at a time.",
    ),
    key(
        "model.dir",
        Kind::Text,
        None,
        "/etc/gemba/model",
        "Folder of model files, applied at the first start, while there is no model yet; later `gemba model apply` does it.",
    ),
    key(
        "site.name",
        Kind::Text,
        None,
        "Norvia Foods",
        "What the plant is called; otherwise the root of the hierarchy.",
    ),
    key(
        "site.zone",
        Kind::Text,
        None,
        "Europe/Paris",
        "IANA time zone of the plant; otherwise the machine's, for the demo Europe/Paris.",
    ),
    key(
        "mqtt.*.name",
        Kind::Text,
        None,
        "lyon",
        "What the source is called; `broker-N` otherwise. With several brokers it is the first level of the hierarchy.",
    ),
    key(
        "mqtt.*.url",
        Kind::Url(&["mqtt", "mqtts", "ws", "wss"]),
        None,
        "mqtt://broker.plant.local:1883",
        "Where the broker is.",
    ),
    key(
        "mqtt.*.version",
        Kind::Word(&["5", "3"]),
        Some("5"),
        "3",
        "MQTT version: 5, or 3 for 3.1.1.",
    ),
    key("mqtt.*.user", Kind::Text, None, "gemba", "User name."),
    key(
        "mqtt.*.password",
        Kind::Secret,
        None,
        "***",
        "Password; better set by `password_file` or the environment.",
    ),
    key(
        "mqtt.*.password_file",
        Kind::Text,
        None,
        "/run/secrets/mqtt",
        "File that holds the password.",
    ),
    key(
        "mqtt.*.client_id",
        Kind::Text,
        None,
        "gemba-1a2b3c4d",
        "Client id; otherwise `gemba-` and eight digits made at first start and kept.",
    ),
    key(
        "mqtt.*.filters",
        Kind::List,
        Some("#"),
        "[\"plant/#\"]",
        "Topic filters to subscribe to.",
    ),
    key(
        "mqtt.*.qos",
        Kind::Size { min: 0, max: 2 },
        Some("1"),
        "1",
        "Quality of service asked for.",
    ),
    key(
        "mqtt.*.clean_session",
        Kind::Bool,
        None,
        "false",
        "Whether the broker forgets us between connections; otherwise no for version 5, yes for 3.1.1.",
    ),
    key(
        "mqtt.*.ca_file",
        Kind::Text,
        None,
        "/etc/gemba/ca.pem",
        "Certificate authority of the broker; otherwise the machine's.",
    ),
    key(
        "mqtt.*.cert_file",
        Kind::Text,
        None,
        "/etc/gemba/client.pem",
        "Client certificate, for mutual TLS.",
    ),
    key(
        "mqtt.*.key_file",
        Kind::Text,
        None,
        "/etc/gemba/client.key",
        "Key of the client certificate.",
    ),
    key(
        "broker.listen",
        Kind::Address,
        Some("127.0.0.1:1883"),
        "127.0.0.1:1883",
        "Embedded broker, MQTT 3.1.1 (what devices and mosquitto_pub speak). Used when no `mqtt` entry exists.",
    ),
    key(
        "broker.listen_v5",
        Kind::Address,
        Some("127.0.0.1:1884"),
        "127.0.0.1:1884",
        "Embedded broker, MQTT 5.",
    ),
    key(
        "broker.user",
        Kind::Text,
        None,
        "plant",
        "User name the embedded broker asks for.",
    ),
    key(
        "broker.password",
        Kind::Secret,
        None,
        "***",
        "Password the embedded broker asks for.",
    ),
    key(
        "broker.password_file",
        Kind::Text,
        None,
        "/run/secrets/broker",
        "File that holds that password.",
    ),
    key(
        "history.keep_days",
        Kind::Size { min: 1, max: 36_500 },
        Some("7"),
        "30",
        "Days of readings kept.",
    ),
    key(
        "history.keep_bytes",
        Kind::Size {
            min: 64 * MIB,
            max: u64::MAX / 4,
        },
        Some("2147483648"),
        "2147483648",
        "Bytes of readings kept; whichever bound is first.",
    ),
    key(
        "work.files_bytes",
        Kind::Size {
            min: MIB,
            max: u64::MAX / 4,
        },
        Some("4294967296"),
        "4294967296",
        "Bytes of photos and files of work orders, all together; when they are reached none is taken any more.",
    ),
    key(
        "decode.payload_bytes",
        Kind::Size {
            min: 1024,
            max: 16 * MIB,
        },
        Some("1048576"),
        "1048576",
        "Largest payload that is read.",
    ),
    key(
        "decode.depth",
        Kind::Size { min: 1, max: 100 },
        Some("32"),
        "32",
        "Deepest nesting that is read.",
    ),
    key(
        "decode.leaves",
        Kind::Size {
            min: 1,
            max: 1_000_000,
        },
        Some("10000"),
        "10000",
        "Most values read from one message.",
    ),
    key(
        "decode.clock_ahead",
        Kind::Size { min: 0, max: 86_400 },
        Some("5"),
        "5",
        "Seconds the clock of a source may run ahead before its time stamps are not believed.",
    ),
    key(
        "discovery.max_points",
        Kind::Size {
            min: 1,
            max: 2_000_000,
        },
        Some("200000"),
        "200000",
        "Most points that join by themselves.",
    ),
    key(
        "log.level",
        Kind::Text,
        Some("info"),
        "info,connect=debug",
        "What is logged, as tracing's filter reads it.",
    ),
    key(
        "log.format",
        Kind::Word(&["text", "json"]),
        Some("text"),
        "json",
        "How log lines look.",
    ),
];
