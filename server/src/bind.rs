//! Mapping rules on the server: those that hold now ([`LiveRules`]), and `gemba bind`, which tries
//! rules on samples and captures samples from a broker. What rules mean is crate `bind`'s.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use bind::Rules;
use clap::{Args, Subcommand};

use crate::model::command::Terminal;

mod capture;
mod fits;
mod rulebook;
mod samples;
mod trial;

/// The rules of the model that holds: read by every connection, replaced when a model is applied.
#[derive(Debug, Default)]
pub struct LiveRules(RwLock<Arc<Rules>>);

impl LiveRules {
    /// Those that hold now.
    #[must_use]
    pub fn current(&self) -> Arc<Rules> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From the next message on these hold.
    pub fn set(&self, rules: Rules) {
        let rules = Arc::new(rules);
        let before = std::mem::replace(
            &mut *self.0.write().unwrap_or_else(PoisonError::into_inner),
            rules,
        );
        drop(before);
    }
}

/// What `gemba bind` can do.
#[derive(Debug, Clone, Subcommand)]
pub enum BindCommand {
    /// Try rules on captured messages: what each gives, or why nothing; see docs/bindings.md.
    Test(TestArgs),
    /// Write what a broker says into a file of samples.
    Capture(CaptureArgs),
    /// List the presets, or print one as a model file.
    Presets(PresetsArgs),
}

/// Flags of `bind test`.
#[derive(Debug, Clone, Args)]
pub struct TestArgs {
    /// A model file with `[bindings.NAME]`.
    #[arg(long, value_name = "FILE.toml")]
    pub rule: Option<PathBuf>,
    /// A folder of model files: its rules, and whether its assets have what they give.
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// A preset as it is.
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// The topics for --preset, where they are not its own.
    #[arg(long, value_name = "FILTER", requires = "preset")]
    pub filter: Option<String>,
    /// The name of the connection the samples came by, for rules with a `source`.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub source: String,
    /// The zone of times without one [default: this machine's].
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Messages, one a line: {"topic":…,"payload":…}, or topic and payload with a space between; - reads
    /// standard input.
    #[arg(value_name = "SAMPLES")]
    pub samples: PathBuf,
}

/// Flags of `bind capture`. The password comes by `GEMBA_MQTT_PASSWORD`, never by a flag.
#[derive(Debug, Clone, Args)]
pub struct CaptureArgs {
    /// The broker.
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// How long to listen.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub seconds: u64,
    /// Topics to listen to; may be given several times [default: #].
    #[arg(long, value_name = "FILTER")]
    pub filter: Vec<String>,
    /// Most messages taken.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub most: usize,
    /// User name.
    #[arg(long)]
    pub user: Option<String>,
    /// MQTT version: 5 or 3.
    #[arg(long, value_name = "VERSION", default_value_t = 5)]
    pub mqtt_version: u8,
    /// File to write, a message a line; - writes to standard output.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Flags of `bind presets`.
#[derive(Debug, Clone, Args)]
pub struct PresetsArgs {
    /// Print this one.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// Every message gave values, and nothing of it failed.
const OK: u8 = 0;
/// Nothing was done.
const NOTHING_DONE: u8 = 1;
/// A rule has mistakes, or a message is read by no rule or not whole.
const WRONG: u8 = 2;

/// Runs a command; answers its exit code.
pub async fn run(command: BindCommand, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    match command {
        BindCommand::Test(args) => trial::run(&args, terminal),
        BindCommand::Capture(args) => capture::run(&args, terminal).await,
        BindCommand::Presets(args) => Ok(presets(&args, terminal)),
    }
}

fn presets(args: &PresetsArgs, terminal: &mut dyn Terminal) -> u8 {
    let Some(name) = &args.name else {
        for (name, rules) in bind::presets() {
            let filters: std::collections::BTreeSet<&str> =
                rules.iter().filter_map(|rule| rule.filter.as_deref()).collect();
            let filters: Vec<&str> = filters.into_iter().collect();
            terminal.say(&format!("{name:14}{}\n", filters.join("  ")));
        }
        return OK;
    };
    match bind::preset_file(name) {
        Some(text) => {
            terminal.say(text);
            OK
        }
        None => {
            let names: Vec<&str> = bind::presets().keys().copied().collect();
            terminal.complain(&format!(
                "unknown preset `{name}`; there are {}",
                names.join(", ")
            ));
            WRONG
        }
    }
}
