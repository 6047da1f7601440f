//! `gemba model`: checks model files, shows what they would change, applies them, writes them back.
//!
//! What a command says goes through [`Terminal`], its exit code comes back: 0 when all is well, 2 when
//! files are wrong, 1 when nothing was done for another reason.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use store::ModelFile;

mod access;
mod apply;
mod check;
mod export;
mod plan;
mod relations;

use super::desk::{Answer, Head, Request};
use super::folder;
use access::Access;
pub(super) use check::checked_in;

/// All is well.
const OK: u8 = 0;
/// Nothing was done.
const NOTHING_DONE: u8 = 1;
/// The files are wrong.
const WRONG: u8 = 2;

/// Work with model files.
#[derive(Debug, Clone, Subcommand)]
pub enum ModelCommand {
    /// Check model files; no server is needed.
    Check(CheckArgs),
    /// Show what applying them would change.
    Plan(PlanArgs),
    /// Apply them as a new version, or go back to an older one.
    Apply(ApplyArgs),
    /// Write a version's files into a folder, as they were given.
    Export(ExportArgs),
    /// List the versions that are kept.
    Versions(VersionsArgs),
    /// Say how an asset was related when: "which pump sat here in March?"
    Relations(RelationsArgs),
}

/// Where the model files are.
#[derive(Debug, Clone, Args)]
pub struct FolderArgs {
    /// Folder of model files.
    #[arg(value_name = "DIR", default_value = "model")]
    pub dir: PathBuf,
}

/// Whose model it is.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Data directory of the server, running or not [default: $STATE_DIRECTORY, else ./gemba-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Flags of `model check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// Which files.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// The result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Flags of `model plan`.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    /// Which files.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// Against which model.
    #[command(flatten)]
    pub data: DataArgs,
    /// Show every line, however many there are.
    #[arg(long)]
    pub all: bool,
}

/// Flags of `model apply`.
#[derive(Debug, Clone, Args)]
pub struct ApplyArgs {
    /// Which files.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// Where to.
    #[command(flatten)]
    pub data: DataArgs,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// What to say of the new version.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub comment: String,
    /// Who applies it; the user of this shell when nobody says.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Only if this version holds.
    #[arg(long, value_name = "N")]
    pub expect: Option<u32>,
    /// Bring back the files of version N instead, or of the version before the one that holds.
    #[arg(long, value_name = "N", num_args = 0..=1, conflicts_with = "dir")]
    pub rollback: Option<Option<u32>>,
    /// Show every line of the plan, however many there are.
    #[arg(long)]
    pub all: bool,
}

/// Flags of `model export`.
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    /// Where to.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// Whose model.
    #[command(flatten)]
    pub data: DataArgs,
    /// Which version [default: the one that holds].
    #[arg(long, value_name = "N")]
    pub version: Option<u32>,
    /// Overwrite files that were changed.
    #[arg(long)]
    pub force: bool,
}

/// Flags of `model versions`.
#[derive(Debug, Clone, Args)]
pub struct VersionsArgs {
    /// Whose model.
    #[command(flatten)]
    pub data: DataArgs,
}

/// Flags of `model relations`.
#[derive(Debug, Clone, Args)]
pub struct RelationsArgs {
    /// The asset's id in the model.
    #[arg(value_name = "ASSET")]
    pub asset: String,
    /// Which files.
    #[command(flatten)]
    pub folder: FolderArgs,
    /// Only this relation, as it is read from the asset: `located_in`, `location_of`.
    #[arg(long, value_name = "NAME")]
    pub relation: Option<String>,
    /// On this day, or at this moment [default: now].
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "until"])]
    pub at: Option<String>,
    /// At any time from here on.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// At any time before.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// Where a command speaks and asks.
pub trait Terminal {
    /// An answer.
    fn say(&mut self, text: &str);
    /// What went wrong.
    fn complain(&mut self, text: &str);
    /// Whether a person says yes.
    fn confirm(&mut self, question: &str) -> bool;
}

/// Runs a command; answers its exit code.
pub async fn run(command: ModelCommand, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    match command {
        ModelCommand::Check(args) => Ok(check::run(&args, terminal)),
        ModelCommand::Plan(args) => plan::run(&args, terminal).await,
        ModelCommand::Apply(args) => apply::run(&args, terminal).await,
        ModelCommand::Export(args) => export::run(&args, terminal).await,
        ModelCommand::Versions(args) => versions(&args, terminal).await,
        ModelCommand::Relations(args) => Ok(relations::run(&args, terminal)),
    }
}

impl DataArgs {
    fn dir(&self) -> PathBuf {
        let given = self.data.clone();
        given.unwrap_or_else(|| crate::cli::default_data_dir("./gemba-data"))
    }
}

async fn versions(args: &VersionsArgs, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    let heads = access::versions(&Access::open(&args.data.dir()).await?).await?;
    if heads.is_empty() {
        terminal.say("There is no version yet; `gemba model apply DIR` makes the first.\n");
    }
    let most = heads.first().map_or(0, |head| head.number).to_string().len();
    for head in heads {
        terminal.say(&format!("{:>most$}  {}\n", head.number, described(&head)));
    }
    Ok(OK)
}

/// `2026-11-22 14:03:11 +0100  maintenance  Raise limits (files of version 2)`
fn described(head: &Head) -> String {
    let time = jiff::Timestamp::from_microsecond(head.micros).map_or_else(
        |_| head.micros.to_string(),
        |time| {
            let zoned = time.to_zoned(TimeZone::system());
            zoned.strftime("%Y-%m-%d %H:%M:%S %z").to_string()
        },
    );
    // Written by whoever applied it: one line, whatever is in it.
    let plain = |text: &str| -> String {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        line.chars().filter(|c| !c.is_control()).collect()
    };
    let mut parts = vec![time, plain(&head.author)];
    if head.is_from_browser {
        parts.push("in the browser".to_owned());
    }
    if let Some(restored) = head.restored {
        parts.push(format!("files of version {restored}"));
    }
    if !head.comment.is_empty() {
        parts.push(plain(&head.comment));
    }
    parts.join("  ")
}

/// The files of a folder, or what is wrong with it, told.
fn files_of(dir: &Path, terminal: &mut dyn Terminal) -> Option<Vec<ModelFile>> {
    match folder::read(dir) {
        Ok(files) => Some(files),
        Err(wrong) => {
            terminal.complain(&format!("{}\n", wrong.join("\n")));
            None
        }
    }
}

fn unexpected(answer: &Answer) -> anyhow::Error {
    anyhow::anyhow!("an answer nobody asked for: {answer:?}")
}
