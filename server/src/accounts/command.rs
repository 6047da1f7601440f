//! `gemba user` and `gemba audit`: accounts and the audit log from the command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, Subcommand};
use twin::Span;

use super::Accounts;
use super::desk::{self, Answer, Request};
use crate::clock::SystemClock;
use crate::loopback;
use crate::nearby::Nearby;
use crate::shell::{complain, say};

/// What `gemba user` can do.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Show every account with its roles.
    List(DataArgs),
    /// Make an account, and print the link by which it begins.
    Invite(InviteArgs),
    /// Print a link by which somebody chooses a new password.
    Reset(ResetArgs),
}

/// What `gemba audit` can do.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Walk the log and say whether anything was changed, taken out or put in.
    Verify(DataArgs),
}

/// Where the data are.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// Data directory [default: $STATE_DIRECTORY, else ./gemba-data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Flags of `user invite`.
#[derive(Debug, Args)]
pub struct InviteArgs {
    /// What they sign in with.
    name: String,
    /// viewer, operator, technician, planner, engineer, administrator or owner; everywhere.
    #[arg(long, default_value = "viewer")]
    role: String,
    #[command(flatten)]
    data: DataArgs,
}

/// Flags of `user reset`.
#[derive(Debug, Args)]
pub struct ResetArgs {
    /// Whose password.
    name: String,
    #[command(flatten)]
    data: DataArgs,
}

/// Runs `gemba user`.
///
/// # Errors
/// When nothing can be asked.
pub async fn user(command: UserCommand) -> anyhow::Result<ExitCode> {
    let (data, request) = match command {
        UserCommand::List(data) => (data, Request::List),
        UserCommand::Invite(InviteArgs { name, role, data }) => (data, Request::Invite { name, role }),
        UserCommand::Reset(ResetArgs { name, data }) => (data, Request::Reset { name }),
    };
    tell(ask(&data, request).await?)
}

/// Runs `gemba audit`.
///
/// # Errors
/// When nothing can be asked.
pub async fn audit(command: AuditCommand) -> anyhow::Result<ExitCode> {
    let AuditCommand::Verify(data) = command;
    tell(ask(&data, Request::Verify).await?)
}

/// The answer, and the address of the server where one runs.
async fn ask(data: &DataArgs, request: Request) -> anyhow::Result<(Answer, Option<String>)> {
    let data = data.data.clone();
    let data = data.unwrap_or_else(|| crate::cli::default_data_dir("./gemba-data"));
    match Nearby::find(&data).await? {
        Nearby::Here { lock, records } => {
            // A session made here would be none of the server's: none is.
            let idle = Span::from_secs(0);
            let accounts: Arc<Accounts> =
                Accounts::open(records.clone(), Arc::new(SystemClock), idle).await?;
            let answer = desk::answer(&accounts, request).await?;
            records.close().await;
            drop(lock);
            Ok((answer, None))
        }
        Nearby::There { address, token } => {
            let body = serde_json::to_string(&request)?;
            let answer = loopback::post(&address, "/api/local/accounts", &token, &body).await?;
            Ok((serde_json::from_str(&answer)?, Some(address)))
        }
    }
}

fn tell((answer, address): (Answer, Option<String>)) -> anyhow::Result<ExitCode> {
    match answer {
        Answer::Accounts(accounts) => {
            for (name, display, roles, is_active) in accounts {
                let paused = if is_active { "" } else { "  (paused)" };
                say(&format!("{name}  {display}  {roles}{paused}\n"));
            }
        }
        Answer::Link { path, days } => {
            let base = address.map_or_else(
                || "http://SERVER".to_owned(),
                |address| format!("http://{address}"),
            );
            say(&format!("Works once, within {days} days:\n  {base}{path}\n"));
        }
        Answer::Audit {
            sound,
            head,
            broken: None,
        } => say(&format!("{sound} entries hold; the last has hash {head}\n")),
        Answer::Audit {
            sound,
            broken: Some(broken),
            ..
        } => {
            complain(&format!("{broken}; the {sound} before it hold\n"));
            return Ok(ExitCode::FAILURE);
        }
        Answer::Refused(why) => bail!(why),
    }
    Ok(ExitCode::SUCCESS)
}
