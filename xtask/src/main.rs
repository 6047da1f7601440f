//! Every developer and CI command: `cargo xtask` lists them.
//!
//! Plain code over processes. What takes long says so before it starts and how long it took after;
//! what was built from the same sources is not built again (`fresh`).

#![allow(clippy::print_stdout, reason = "a command line talks by printing")]

use std::process::ExitCode;

use anyhow::Result;

mod bench;
mod css;
mod demo;
mod dev;
mod dist;
mod fresh;
mod paths;
mod run;
mod screenshots;
mod setup;
mod size;
mod snip;
mod split;
mod tablet;
mod test;
mod tidy;
mod web;

/// A command: its name, what it does, and its code.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const COMMANDS: [Command; 9] = [
    Command {
        name: "demo",
        about: "set everything up, build, and serve the demo plant (arguments go to `gemba demo`)",
        run: demo::run,
    },
    Command {
        name: "test",
        about: "set everything up and run every check, or only the named steps",
        run: test::run,
    },
    Command {
        name: "dev",
        about: "like demo, and build and start again whenever a source changes",
        run: dev::run,
    },
    Command {
        name: "tidy",
        about: "check sizes, module docs, colours, dependencies, licences; --fix writes the protocol hash",
        run: tidy::run,
    },
    Command {
        name: "setup",
        about: "install what building and testing need, and nothing else",
        run: setup::run,
    },
    Command {
        name: "web",
        about: "build the browser's half into target/site",
        run: web::run,
    },
    Command {
        name: "dist",
        about: "build one self-contained release binary into target/dist",
        run: dist::run,
    },
    Command {
        name: "bench",
        about: "measure how fast it is, beside a bare floor; writes docs/benchmarks.md",
        run: bench::run,
    },
    Command {
        name: "screenshots",
        about: "make every page's picture in every theme and size",
        run: screenshots::run,
    },
];

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let name = args.next().unwrap_or_default();
    let args: Vec<String> = args.collect();
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        println!("cargo xtask COMMAND\n");
        for command in &COMMANDS {
            println!("  {:12} {}", command.name, command.about);
        }
        return if name.is_empty() || name == "help" {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(2)
        };
    };
    match (command.run)(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask {name}: {error:#}");
            ExitCode::from(if error.is::<setup::Missing>() { 3 } else { 1 })
        }
    }
}
