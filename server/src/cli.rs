//! The command line: one binary, a subcommand for each job.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError, Layers, Origin};

/// A live digital twin of a plant, in the browser.
#[derive(Debug, Parser)]
#[command(name = "gemba", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `gemba` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the plant behind the configured brokers; without any, an embedded broker.
    Serve(ServeArgs),
    /// Serve the demo plant, in a data directory of its own.
    Demo(DemoArgs),
    /// Publish the demo plant to a broker (what `demo` starts by itself).
    Simulate(crate::simulate::SimulateArgs),
    /// Run the embedded broker (what `serve` starts by itself).
    Broker(BrokerArgs),
    /// Write everything a running or stopped server keeps into one file.
    Backup(BackupArgs),
    /// Make a data directory from a backup.
    Restore(RestoreArgs),
    /// Make and renew certificates for HTTPS.
    #[command(subcommand)]
    Tls(crate::tls::command::TlsCommand),
    /// Try the formulas of computed properties.
    #[command(subcommand)]
    Formula(crate::formula::FormulaCommand),
    /// Try the rules that map messages to assets, and capture samples for them.
    #[command(subcommand)]
    Bind(crate::bind::BindCommand),
    /// Check, plan and apply the files of the semantic model.
    #[command(subcommand)]
    Model(crate::model::command::ModelCommand),
    /// Solve scheduling problems of public benchmarks, as the planner does.
    #[command(subcommand)]
    Schedule(crate::schedule::ScheduleCommand),
    /// Show accounts, invite people, reset passwords.
    #[command(subcommand)]
    User(crate::accounts::command::UserCommand),
    /// Check the audit log.
    #[command(subcommand)]
    Audit(crate::accounts::command::AuditCommand),
    /// Try whether mail is sent.
    #[command(subcommand)]
    Mail(crate::mail::command::MailCommand),
    /// Print docs/configuration.md.
    #[command(hide = true)]
    ConfigDocs,
}

/// Flags of `serve`.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// Configuration file [default: gemba.toml, where it exists].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data directory [default: $STATE_DIRECTORY, else ./gemba-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address to serve pages on [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Broker to subscribe to; may be given several times.
    #[arg(long, value_name = "URL")]
    pub mqtt: Vec<String>,
    /// MQTT version for --mqtt: 5 or 3.
    #[arg(long, value_name = "VERSION")]
    pub mqtt_version: Option<String>,
    /// Serve machines beyond this one, though what is sent can be read on the way.
    #[arg(long)]
    pub open_to_network: bool,
    /// Serve HTTPS with the certificate that `gemba tls init` made.
    #[arg(long)]
    pub tls: bool,
    /// Folder of model files, applied at first start.
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Directory of the built web files, instead of those inside the binary.
    #[arg(long, value_name = "DIR")]
    pub site: Option<PathBuf>,
}

/// Flags of `demo`.
#[derive(Debug, Clone, Default, Args)]
pub struct DemoArgs {
    /// The same as for `serve`.
    #[command(flatten)]
    pub serve: ServeArgs,
    /// Seed of the demo plant.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many times faster than real its physics goes: 1 to 600.
    #[arg(long, default_value_t = 1)]
    pub speed: u32,
    /// Hours of history made at first start.
    #[arg(long, default_value_t = 8)]
    pub history_hours: u32,
}

/// Flags of `broker`. The password comes by `GEMBA_BROKER_PASSWORD`, never by a flag.
#[derive(Debug, Clone, Args)]
pub struct BrokerArgs {
    /// Data directory of the server it belongs to.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub listen: std::net::IpAddr,
    /// Port of MQTT 3.1.1.
    #[arg(long, default_value_t = 1883)]
    pub port: u16,
    /// Port of MQTT 5.
    #[arg(long, default_value_t = 1884)]
    pub port_v5: u16,
    /// Ends by itself after so long without a server.
    #[arg(long, default_value_t = 600)]
    pub alone_secs: u64,
    /// User name asked for.
    #[arg(long)]
    pub user: Option<String>,
}

impl BrokerArgs {
    /// As the broker takes them.
    #[must_use]
    pub fn into_connect(self) -> connect::embedded::BrokerArgs {
        let ports = connect::embedded::Ports {
            v311: self.port,
            v5: self.port_v5,
        };
        let password = std::env::var_os("GEMBA_BROKER_PASSWORD").and_then(|word| word.into_string().ok());
        connect::embedded::BrokerArgs {
            listen: self.listen,
            user: self.user,
            password: password.map(connect::Secret::new),
            alone: std::time::Duration::from_secs(self.alone_secs),
            ..connect::embedded::BrokerArgs::new(self.data, ports)
        }
    }
}

/// Flags of `backup`.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// File to write.
    pub file: PathBuf,
    /// Data directory [default: $STATE_DIRECTORY, else ./gemba-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Flags of `restore`.
#[derive(Debug, Clone, Args)]
pub struct RestoreArgs {
    /// File to read.
    pub file: PathBuf,
    /// Directory to make; must not hold anything yet.
    #[arg(long, value_name = "DIR")]
    pub data: PathBuf,
}

impl ServeArgs {
    /// All layers of configuration, checked.
    pub fn load(&self, default_data: &str) -> Result<Config, Vec<ConfigError>> {
        let mut layers = Layers::default();
        let mut errors = self.add_file(&mut layers);
        errors.extend(layers.add_env(environment()));
        self.add_flags(&mut layers, default_data);
        match Config::from_layers(&layers) {
            Ok(config) if errors.is_empty() => Ok(config),
            Ok(_) => Err(errors),
            Err(more) => Err(errors.into_iter().chain(more).collect()),
        }
    }

    fn add_file(&self, layers: &mut Layers) -> Vec<ConfigError> {
        let path = self.config.clone().unwrap_or_else(|| PathBuf::from("gemba.toml"));
        match std::fs::read_to_string(&path) {
            Ok(text) => layers.add_file(&path.display().to_string(), &text),
            Err(_) if self.config.is_none() => Vec::new(),
            Err(error) => vec![ConfigError {
                origin: "--config".to_owned(),
                key: path.display().to_string(),
                expected: format!("a file that can be read ({error})"),
                example: "gemba.toml".to_owned(),
            }],
        }
    }

    fn add_flags(&self, layers: &mut Layers, default_data: &str) {
        if let Some(dir) = &self.data {
            layers.set("data.dir", &dir.display().to_string(), Origin::Flag("--data"));
        } else if layers.get("data.dir").is_none() {
            layers.set(
                "data.dir",
                &default_data_dir(default_data).display().to_string(),
                Origin::Default,
            );
        }
        if let Some(listen) = &self.listen {
            layers.set("server.listen", listen, Origin::Flag("--listen"));
        }
        if let Some(dir) = &self.model {
            layers.set("model.dir", &dir.display().to_string(), Origin::Flag("--model"));
        }
        if self.open_to_network {
            layers.set(
                "server.open_to_network",
                "true",
                Origin::Flag("--open-to-network"),
            );
        }
        if self.tls {
            layers.set("server.tls.enabled", "true", Origin::Flag("--tls"));
        }
        let first = layers.count("mqtt");
        for (n, url) in self.mqtt.iter().enumerate() {
            let key = |name: &str| format!("mqtt.{}.{name}", first + n);
            let url = if url.contains("://") {
                url.clone()
            } else {
                format!("mqtt://{url}")
            };
            layers.set(&key("url"), &url, Origin::Flag("--mqtt"));
            if let Some(version) = &self.mqtt_version {
                layers.set(&key("version"), version, Origin::Flag("--mqtt-version"));
            }
        }
    }
}

/// The data directory when no flag, file or variable names one.
#[must_use]
pub fn default_data_dir(default: &str) -> PathBuf {
    state_directory().unwrap_or_else(|| Path::new(default).to_path_buf())
}

fn state_directory() -> Option<PathBuf> {
    std::env::var("STATE_DIRECTORY")
        .ok()
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from)
}

fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
