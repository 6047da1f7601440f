//! The binary `gemba`: reads the command line and hands over.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use server::cli::{BackupArgs, BrokerArgs, Cli, Command, RestoreArgs, ServeArgs};
use server::clock::{Clock as _, SystemClock, civil_now};
use server::config::{Config, ConfigError, keys};
use server::demo::DemoPlan;
use server::formula::{EvalArgs, FormulaCommand};
use server::model::command;
use server::schedule::{ScheduleCommand, SolveArgs};
use server::shell::{Shell, complain, say};
use server::{accounts, backup, log, mail, serve, simulate, tls};

/// Where the demo's plants stand, unless the configuration says otherwise.
const DEMO_ZONE: &str = "Europe/Paris";
/// Wrong configuration.
const EXIT_CONFIG: u8 = 2;

fn main() -> ExitCode {
    // One provider for every TLS connection of the process; an earlier one can only be this same one.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("gemba: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => with_config(&args, "./gemba-data", |config| serve_plant(config, &args, None)),
        Command::Demo(args) => {
            let plan = DemoPlan {
                seed: args.seed,
                speed: args.speed.clamp(1, 600),
                history_hours: args.history_hours,
            };
            with_config(&args.serve, "./gemba-demo-data", |mut config| {
                config.site.zone.get_or_insert_with(|| DEMO_ZONE.to_owned());
                serve_plant(config, &args.serve, Some(plan))
            })
        }
        Command::Simulate(args) => runtime()?
            .block_on(simulate::run(args))
            .map(|()| ExitCode::SUCCESS),
        Command::Broker(args) => run_broker(args),
        Command::Backup(args) => run_backup(&args),
        Command::Restore(args) => run_restore(&args),
        Command::Tls(command) => {
            say(&tls::command::run(&command, civil_now())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Formula(FormulaCommand::Eval(args)) => Ok(eval_formula(&args)),
        Command::Bind(command) => runtime()?
            .block_on(server::bind::run(command, &mut Shell))
            .map(ExitCode::from),
        Command::Model(command) => runtime()?
            .block_on(command::run(command, &mut Shell))
            .map(ExitCode::from),
        Command::Schedule(ScheduleCommand::Solve(args)) => Ok(solve_schedule(&args)),
        Command::User(command) => runtime()?.block_on(accounts::command::user(command)),
        Command::Audit(command) => runtime()?.block_on(accounts::command::audit(command)),
        Command::Mail(command) => runtime()?.block_on(mail::command::run(command)),
        Command::ConfigDocs => {
            say(&keys::document());
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn with_config(
    args: &ServeArgs,
    default_data: &str,
    run: impl FnOnce(Config) -> anyhow::Result<()>,
) -> anyhow::Result<ExitCode> {
    match args.load(default_data) {
        Ok(config) => {
            log::start(&config.log);
            run(config).map(|()| ExitCode::SUCCESS)
        }
        Err(errors) => {
            errors
                .iter()
                .for_each(|error: &ConfigError| complain(&error.to_string()));
            Ok(ExitCode::from(EXIT_CONFIG))
        }
    }
}

fn serve_plant(config: Config, args: &ServeArgs, demo: Option<DemoPlan>) -> anyhow::Result<()> {
    runtime()?.block_on(serve::run(config, args.site.clone(), demo))
}

fn run_broker(args: BrokerArgs) -> anyhow::Result<ExitCode> {
    log::start(&server::config::LogConfig {
        level: "warn".to_owned(),
        json: false,
    });
    connect::embedded::run_broker(args.into_connect())?;
    Ok(ExitCode::SUCCESS)
}

fn run_backup(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let data = args
        .data
        .clone()
        .unwrap_or_else(|| server::cli::default_data_dir("./gemba-data"));
    let said = runtime()?.block_on(backup::take(&data, &args.file))?;
    say(&said);
    Ok(ExitCode::SUCCESS)
}

fn run_restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    store::backup::restore(&args.file, &args.data).context("nothing was restored")?;
    say(&format!("Restored into {}.\n", args.data.display()));
    Ok(ExitCode::SUCCESS)
}

/// A value, or `no output`, is an answer; a formula that cannot be checked is not.
fn eval_formula(args: &EvalArgs) -> ExitCode {
    match server::formula::eval(args, SystemClock.now()) {
        Ok(answer) => {
            if !answer.err.is_empty() {
                complain(&answer.err);
            }
            say(&answer.out);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            ExitCode::from(EXIT_CONFIG)
        }
    }
}

/// A solution that breaks something is written all the same, and said to be none.
fn solve_schedule(args: &SolveArgs) -> ExitCode {
    match server::schedule::solve(args) {
        Ok(answer) => {
            complain(&answer.err);
            say(&answer.out);
            if answer.is_feasible {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            complain(&error);
            ExitCode::from(EXIT_CONFIG)
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")
}
