//! `gemba mail test`: sends one mail as the configuration says, and tells what the server said.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use app::i18n::{Locale, Messages};
use clap::{Args, Subcommand};

use super::transport::Transport;
use super::{address, words};
use crate::cli::ServeArgs;
use crate::shell::say;

/// What `gemba mail` can do.
#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Send a test mail, and say how it went.
    Test(TestArgs),
}

/// Flags of `mail test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// To whom.
    address: String,
    /// Configuration file [default: gemba.toml, where it exists].
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs `gemba mail`.
///
/// # Errors
/// When there is no mail server, or the mail was not sent.
pub async fn run(command: MailCommand) -> anyhow::Result<ExitCode> {
    let MailCommand::Test(args) = command;
    let to = address(&args.address).with_context(|| format!("{:?} is no e-mail address", args.address))?;
    let serve = ServeArgs {
        config: args.config,
        ..ServeArgs::default()
    };
    let config = match serve.load("./gemba-data") {
        Ok(config) => config,
        Err(errors) => {
            let words: Vec<String> = errors.iter().map(ToString::to_string).collect();
            bail!("{}", words.join("\n"));
        }
    };
    let Some(mail) = &config.mail else {
        bail!("no mail server is configured: set mail.server (docs/configuration.md)");
    };
    let transport = Transport::new(mail)?;
    transport.send(&words::test(Messages::of(Locale::En), to)).await?;
    say(&format!(
        "{}:{} took the mail; see whether it arrives.\n",
        mail.server, mail.port
    ));
    Ok(ExitCode::SUCCESS)
}
