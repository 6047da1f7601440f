//! Configuration: defaults, then `gemba.toml`, then `GEMBA__…`, then flags; every error at once.
//!
//! [`keys`] is the table of what can be set; `docs/configuration.md` is written from it.
//! [`layer`] gathers the layers, [`value`] reads one value as its kind asks.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use access::Role;
use connect::Secret;

use crate::http::client::{Proxies, Spelling};
use crate::http::limits::PerMinute;
use crate::needs::watch::WatchConfig;
use crate::tls::Folder;

pub mod keys;
pub mod layer;
mod mail;
mod openid;
pub mod value;

pub use layer::{Layers, Origin};
pub use mail::{MailConfig, MailSecurity};
pub use openid::OpenIdConfig;
use value::Reader;

/// One thing wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Where it was set, for example `gemba.toml` or `GEMBA__SERVER__LISTEN`.
    pub origin: String,
    /// The key, for example `server.listen`.
    pub key: String,
    /// What is wrong, and what was expected.
    pub expected: String,
    /// A value that would do.
    pub example: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {}: {}; for example {}",
            self.origin, self.key, self.expected, self.example
        )
    }
}

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub server: ServerConfig,
    pub access: AccessConfig,
    /// Where people sign in beside here.
    pub openid: Option<OpenIdConfig>,
    /// None: no mail is sent.
    pub mail: Option<MailConfig>,
    pub data_dir: PathBuf,
    /// Model files for the first start.
    pub model_dir: Option<PathBuf>,
    pub site: SiteConfig,
    pub mqtt: Vec<MqttConfig>,
    pub broker: BrokerConfig,
    pub history: HistoryConfig,
    pub decode: DecodeConfig,
    pub discovery: DiscoveryConfig,
    /// How needs for maintenance are looked for.
    pub needs: WatchConfig,
    pub work: WorkConfig,
    pub queues: QueuesConfig,
    pub log: LogConfig,
}

/// Where pages are served.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    pub listen: SocketAddr,
    /// The only source of absolute links and of the allowed origin; none: the bound address.
    pub public_url: Option<String>,
    pub open_to_network: bool,
    pub sockets: usize,
    pub connections: usize,
    pub tls: Option<TlsConfig>,
    /// Whose word on who asks is believed.
    pub proxies: Proxies,
    pub limits: PerMinute,
}

/// How pages are served over TLS.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    pub cert: PathBuf,
    pub key: PathBuf,
    /// The authority that devices are to trust, for who asks how.
    pub ca: PathBuf,
    /// Plain HTTP is led to HTTPS from here.
    pub redirect: Option<SocketAddr>,
}

/// What visitors without an account may be.
pub const VISITORS: [&str; 8] = [
    "none",
    "viewer",
    "operator",
    "technician",
    "planner",
    "engineer",
    "administrator",
    "owner",
];

/// Who is let in without an account, and for how long with one.
#[derive(Clone, Debug)]
pub struct AccessConfig {
    /// The role of visitors; none: they sign in.
    pub anonymous: Option<Role>,
    /// Visitors of the demo choose a role from other machines too.
    pub demo_everywhere: bool,
    pub session_days: u32,
}

/// What the plant is called, and its wall clock.
#[derive(Clone, Debug)]
pub struct SiteConfig {
    pub name: Option<String>,
    /// IANA name; none: the machine's.
    pub zone: Option<String>,
}

/// One broker.
#[derive(Clone, Debug)]
pub struct MqttConfig {
    pub name: String,
    pub url: String,
    pub version: u8,
    pub user: Option<String>,
    pub password: Option<Secret>,
    pub client_id: Option<String>,
    pub filters: Vec<String>,
    pub qos: u8,
    pub clean_session: Option<bool>,
    pub ca_file: Option<PathBuf>,
    pub cert_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
}

/// The embedded broker, used when no other is configured.
#[derive(Clone, Debug)]
pub struct BrokerConfig {
    pub listen: SocketAddr,
    pub listen_v5: SocketAddr,
    pub user: Option<String>,
    pub password: Option<Secret>,
}

/// How much of the past is kept.
#[derive(Clone, Debug)]
pub struct HistoryConfig {
    pub keep_days: u32,
    pub keep_bytes: u64,
}

/// Bounds on one message.
#[derive(Clone, Debug)]
pub struct DecodeConfig {
    pub payload_bytes: usize,
    pub depth: usize,
    pub leaves: usize,
    /// How far the clock of a source may run ahead.
    pub clock_ahead: twin::Span,
}

/// Bounds on what joins by itself.
#[derive(Clone, Debug)]
pub struct DiscoveryConfig {
    pub max_points: u32,
}

/// Bounds on what is kept of work.
#[derive(Clone, Debug)]
pub struct WorkConfig {
    /// Bytes of photos and files of orders.
    pub files_bytes: u64,
}

/// Sizes of the queues; ARCHITECTURE.md says what happens when each is full.
#[derive(Clone, Debug)]
pub struct QueuesConfig {
    pub connector: usize,
    pub engine: usize,
    pub history: usize,
    pub socket: usize,
}

/// How the log is written.
#[derive(Clone, Debug)]
pub struct LogConfig {
    pub level: String,
    pub json: bool,
}

impl Config {
    /// Reads all layers; every problem is in the list, not only the first.
    pub fn from_layers(layers: &Layers) -> Result<Self, Vec<ConfigError>> {
        let mut read = Reader::new(layers);
        let data_dir = PathBuf::from(read.text("data.dir"));
        let config = Self {
            server: ServerConfig {
                listen: read.address("server.listen"),
                public_url: read.optional_text("server.public_url"),
                open_to_network: read.bool("server.open_to_network"),
                sockets: read.size("server.sockets"),
                connections: read.size("server.connections"),
                tls: tls(&mut read, &data_dir),
                limits: PerMinute {
                    reads: read.count("limits.reads"),
                    writes: read.count("limits.writes"),
                    sockets: read.count("limits.sockets"),
                    exports: read.count("limits.exports"),
                    connections: read.count("limits.connections"),
                    sockets_of_address: read.count("limits.sockets_of_address"),
                    sockets_of_account: read.count("limits.sockets_of_account"),
                    addresses: read.size("limits.addresses"),
                },
                proxies: Proxies {
                    nets: read.nets("server.proxies"),
                    spelling: match read.text("server.proxy_headers").as_str() {
                        "forwarded" => Spelling::Forwarded,
                        _ => Spelling::XForwarded,
                    },
                },
            },
            access: AccessConfig {
                anonymous: Role::from_word(&read.text("access.anonymous")),
                demo_everywhere: read.text("access.demo_roles") == "everywhere",
                session_days: u32::try_from(read.size("access.session_days")).unwrap_or(u32::MAX),
            },
            openid: openid::read(&mut read),
            mail: MailConfig::read(&mut read),
            data_dir,
            model_dir: read.optional_text("model.dir").map(PathBuf::from),
            site: SiteConfig {
                name: read.optional_text("site.name"),
                zone: read.optional_text("site.zone"),
            },
            mqtt: (0..layers.count("mqtt")).map(|n| mqtt(&mut read, n)).collect(),
            broker: BrokerConfig {
                listen: read.address("broker.listen"),
                listen_v5: read.address("broker.listen_v5"),
                user: read.optional_text("broker.user"),
                password: read.secret("broker.password", "broker.password_file"),
            },
            history: HistoryConfig {
                keep_days: u32::try_from(read.size("history.keep_days")).unwrap_or(u32::MAX),
                keep_bytes: read.size("history.keep_bytes") as u64,
            },
            decode: DecodeConfig {
                payload_bytes: read.size("decode.payload_bytes"),
                depth: read.size("decode.depth"),
                leaves: read.size("decode.leaves"),
                clock_ahead: twin::Span::from_secs(read.size("decode.clock_ahead") as i64),
            },
            needs: WatchConfig {
                every: std::time::Duration::from_secs(read.size("needs.every_seconds") as u64),
                hold: twin::Span::from_secs(read.size("needs.hold_seconds") as i64),
                line_hour: read.size("needs.line_hour") as u64,
            },
            discovery: DiscoveryConfig {
                max_points: u32::try_from(read.size("discovery.max_points")).unwrap_or(u32::MAX),
            },
            work: WorkConfig {
                files_bytes: read.size("work.files_bytes") as u64,
            },
            queues: QueuesConfig {
                connector: read.size("queues.connector"),
                engine: read.size("queues.engine"),
                history: read.size("queues.history"),
                socket: read.size("queues.socket"),
            },
            log: LogConfig {
                level: read.text("log.level"),
                json: read.text("log.format") == "json",
            },
        };
        let mut errors = read.finish();
        config.check_exposure(layers, &mut errors);
        if errors.is_empty() {
            Ok(config)
        } else {
            Err(errors)
        }
    }

    fn check_exposure(&self, layers: &Layers, errors: &mut Vec<ConfigError>) {
        let mut complain = |key: &str, expected: &str, example: &str| {
            errors.push(ConfigError {
                origin: layers.origin(key),
                key: key.to_owned(),
                expected: expected.to_owned(),
                example: example.to_owned(),
            });
        };
        if !self.server.listen.ip().is_loopback() && !self.server.open_to_network {
            complain(
                "server.listen",
                "an address of this machine only, as passwords could be read on the way; use --tls, or a proxy, or add --open-to-network",
                "127.0.0.1:8080",
            );
        }
        if !self.server.listen.ip().is_loopback()
            && self.access.anonymous.is_some_and(|role| role != Role::Viewer)
        {
            complain(
                "access.anonymous",
                "none or viewer, where other machines can reach server.listen",
                "viewer",
            );
        }
        let open_broker = !self.broker.listen.ip().is_loopback() || !self.broker.listen_v5.ip().is_loopback();
        if open_broker && (self.broker.user.is_none() || self.broker.password.is_none()) {
            complain(
                "broker.listen",
                "an address of this machine only, unless broker.user and broker.password_file are set",
                "127.0.0.1:1883",
            );
        }
    }
}

/// With a certificate of one's own, or with the one `gemba tls init` makes.
fn tls(read: &mut Reader<'_>, data_dir: &Path) -> Option<TlsConfig> {
    let made = Folder::of(data_dir);
    let file = |read: &mut Reader<'_>, key| read.optional_text(key).map(PathBuf::from);
    let (cert, key) = (file(read, "server.tls.cert"), file(read, "server.tls.key"));
    let ca = file(read, "server.tls.ca").unwrap_or_else(|| made.authority());
    let redirect = read
        .optional_text("server.tls.redirect")
        .map(|_| read.address("server.tls.redirect"));
    let pair = match (cert, key) {
        (None, None) if read.bool("server.tls.enabled") => (made.certificate(), made.key()),
        (Some(cert), Some(key)) => (cert, key),
        (Some(_), None) => return read.missing("server.tls.key"),
        (None, Some(_)) => return read.missing("server.tls.cert"),
        (None, None) => return None,
    };
    let (cert, key) = pair;
    Some(TlsConfig {
        cert,
        key,
        ca,
        redirect,
    })
}

fn mqtt(read: &mut Reader<'_>, n: usize) -> MqttConfig {
    let key = |name: &str| format!("mqtt.{n}.{name}");
    MqttConfig {
        name: read
            .optional_text(&key("name"))
            .unwrap_or_else(|| format!("broker-{}", n + 1)),
        url: read.text(&key("url")),
        version: if read.text(&key("version")) == "3" { 3 } else { 5 },
        user: read.optional_text(&key("user")),
        password: read.secret(&key("password"), &key("password_file")),
        client_id: read.optional_text(&key("client_id")),
        filters: read.list(&key("filters")),
        qos: u8::try_from(read.size(&key("qos"))).unwrap_or(1),
        clean_session: read.optional_bool(&key("clean_session")),
        ca_file: read.optional_text(&key("ca_file")).map(PathBuf::from),
        cert_file: read.optional_text(&key("cert_file")).map(PathBuf::from),
        key_file: read.optional_text(&key("key_file")).map(PathBuf::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(toml: &str, env: &[(&str, &str)]) -> Vec<String> {
        let mut layers = Layers::default();
        let mut problems = layers.add_file("gemba.toml", toml);
        problems.extend(layers.add_env(env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))));
        if let Err(more) = Config::from_layers(&layers) {
            problems.extend(more);
        }
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn nothing_at_all_is_a_valid_configuration() {
        let config = Config::from_layers(&Layers::default()).unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert!(config.mqtt.is_empty());
    }

    #[test]
    fn every_error_is_told_with_key_expectation_and_example() {
        let told = errors(
            "[server]\nlisten = \"nowhere\"\n[history]\nkeep_days = -1\n[decode]\ndepht = 3\n",
            &[("GEMBA__LOG__FORMAT", "xml")],
        );
        assert_eq!(told.len(), 4, "{told:#?}");
        assert!(told.iter().any(
            |e| e.starts_with("gemba.toml: server.listen: ") && e.contains("for example 127.0.0.1:8080")
        ));
        assert!(
            told.iter()
                .any(|e| e.contains("decode.depht") && e.contains("decode.depth"))
        );
        assert!(
            told.iter()
                .any(|e| e.starts_with("GEMBA__LOG__FORMAT: log.format"))
        );
    }

    #[test]
    fn an_unknown_key_is_told_with_the_one_that_is_meant_or_those_beside_it() {
        let told = errors(
            "[server]\nlistn = \"x\"\nfoo = 1\n[[mqtt]]\nuserr = \"x\"\n[mqqt]\na = 1\n",
            &[],
        );
        for expect in [
            "server.listn: there is no such key; did you mean `server.listen`?; for example server.listen = ",
            "server.foo: there is no such key; there are `server.listen`, ",
            "mqtt.0.userr: there is no such key; did you mean `mqtt.0.user`?; for example mqtt.0.user = ",
            "mqqt.a: there is no such key (docs/configuration.md lists them)",
        ] {
            assert!(
                told.iter().any(|told| told.contains(expect)),
                "{expect}: {told:#?}"
            );
        }
        // As if there were only one broker.
        let told = errors("[mqtt]\nhst = \"x\"\n", &[]);
        assert!(
            told.iter().any(|told| told.contains("there are `mqtt.0.")),
            "{told:#?}"
        );
    }

    #[test]
    fn a_later_layer_wins() {
        let mut layers = Layers::default();
        assert!(
            layers
                .add_file("gemba.toml", "[[mqtt]]\nurl = \"mqtt://a\"\n[site]\nname = \"A\"")
                .is_empty()
        );
        assert!(
            layers
                .add_env([("GEMBA__MQTT__0__URL".to_owned(), "mqtt://b".to_owned())])
                .is_empty()
        );
        layers.set("site.name", "C", Origin::Flag("--site-name"));
        let config = Config::from_layers(&layers).unwrap();
        assert_eq!(config.mqtt[0].url, "mqtt://b");
        assert_eq!(config.site.name.as_deref(), Some("C"));
    }

    #[test]
    fn roles_have_the_same_words_in_configuration_pages_and_rules() {
        let words = access::Role::ALL.map(access::Role::word);
        assert_eq!(VISITORS.split_first(), Some((&"none", &words[..])));
        assert_eq!(app::shell::header::ROLES, words);
        for locale in app::i18n::Locale::OFFERED {
            let shown =
                words.map(|word| app::shell::header::role_word(app::i18n::Messages::of(locale), word));
            let different: std::collections::BTreeSet<_> = shown.into_iter().collect();
            assert_eq!(different.len(), words.len(), "{shown:?}");
        }
    }

    #[test]
    fn a_wide_open_server_needs_saying_so() {
        let told = errors("[server]\nlisten = \"0.0.0.0:8080\"", &[]);
        assert!(told[0].contains("--open-to-network"), "{told:?}");
        assert!(errors("[server]\nlisten = \"0.0.0.0:8080\"\nopen_to_network = true", &[]).is_empty());
    }
}
