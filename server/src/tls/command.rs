//! `gemba tls`: an authority of the site's own and a server certificate, made, renewed, shown.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::{IpAddr, UdpSocket};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::authority::{self, Pair};
use super::certificate::{Certificate, fingerprint};
use super::{Folder, certificates};
use crate::random;

/// Longest common name (RFC 5280, ub-common-name).
const LONGEST_LABEL: usize = 64;

/// What can be done about certificates.
#[derive(Debug, Subcommand)]
pub enum TlsCommand {
    /// Make a certificate authority for this site and a server certificate signed by it.
    Init(TlsArgs),
    /// Make a new server certificate; a running server takes it within seconds.
    Renew(TlsArgs),
    /// Show the fingerprint to compare, and until when the certificates hold.
    Show(TlsArgs),
}

/// Flags of `gemba tls`.
#[derive(Debug, Clone, Args)]
pub struct TlsArgs {
    /// Data directory [default: $STATE_DIRECTORY, else ./gemba-data].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A host name or address browsers reach the server by; may be given several times. Added to this machine's
    /// own by `init`, to those of the certificate by `renew`.
    #[arg(long = "name", value_name = "HOST")]
    pub names: Vec<String>,
}

/// Runs; answers what is to be said.
pub fn run(command: &TlsCommand, now: Timestamp) -> anyhow::Result<String> {
    let (TlsCommand::Init(args) | TlsCommand::Renew(args) | TlsCommand::Show(args)) = command;
    let data = args
        .data
        .clone()
        .unwrap_or_else(|| crate::cli::default_data_dir("./gemba-data"));
    let folder = Folder::of(&data);
    match command {
        TlsCommand::Init(_) => init(&folder, &data, with(own_names(), &args.names), now),
        TlsCommand::Renew(_) => renew(&folder, &args.names, now),
        TlsCommand::Show(_) => show(&folder),
    }
}

fn init(folder: &Folder, data: &Path, names: Vec<String>, now: Timestamp) -> anyhow::Result<String> {
    ensure!(
        !folder.authority().exists() && !folder.authority_key().exists(),
        "{} is there already; `gemba tls renew` makes a new server certificate. To begin again, and trust a new \
         authority on every device, move {} away",
        folder.authority().display(),
        folder.0.display()
    );
    let mut make = std::fs::DirBuilder::new();
    make.recursive(true).mode(0o700);
    make.create(&folder.0)
        .with_context(|| format!("cannot make {}", folder.0.display()))?;
    let host = names.first().map_or("localhost", String::as_str);
    let date = now.to_zoned(TimeZone::UTC).date();
    // Two authorities of one name confuse browsers.
    let mark = random::number() & 0xffff;
    let label = format!("Gemba site CA {date} {mark:04x} {host}");
    let label: String = label.chars().take(LONGEST_LABEL).collect();
    let pair = authority::new(&label, &names, now)?;
    write(&folder.authority_key(), &pair.key, 0o600)?;
    write(&folder.authority(), &pair.certificate, 0o644)?;
    sign(folder, &names, now)?;
    Ok(format!(
        "{}\nNext:\n\
         1. Start the server with TLS:  gemba serve --data {} --tls --listen 0.0.0.0:8443 --open-to-network\n\
         2. On each device open  https://{host}:8443/help/trust , which says how to trust the authority, and compare \
         the fingerprint above with the one the device shows.\n\
         3. Within {} days:  gemba tls renew --data {}\n\
         {} signs for whoever has it: keep it from others, or off this machine between renewals.\n",
        show(folder)?,
        data.display(),
        authority::SERVER_DAYS,
        data.display(),
        folder.authority_key().display()
    ))
}

fn renew(folder: &Folder, more: &[String], now: Timestamp) -> anyhow::Result<String> {
    ensure!(
        folder.authority().exists(),
        "there is no authority in {}; `gemba tls init` makes one",
        folder.0.display()
    );
    ensure!(
        folder.authority_key().exists(),
        "{} is not there; put it back to renew",
        folder.authority_key().display()
    );
    let before = certificate(&folder.certificate()).map_or_else(|_| own_names(), |before| before.names);
    sign(folder, &with(before, more), now)?;
    show(folder)
}

/// The key before the certificate: a server that looks between the two keeps what it has.
fn sign(folder: &Folder, names: &[String], now: Timestamp) -> anyhow::Result<()> {
    let key = std::fs::read_to_string(folder.authority_key())?;
    let Pair { certificate, key } = authority::sign(&certificate(&folder.authority())?, &key, names, now)?;
    write(&folder.key(), &key, 0o600)?;
    write(&folder.certificate(), &certificate, 0o644)
}

fn show(folder: &Folder) -> anyhow::Result<String> {
    let authority = certificates(&folder.authority())?;
    let authority_der = authority.first().context("no certificate")?;
    let print = fingerprint(authority_der);
    let authority = certificate(&folder.authority())?;
    let server = certificate(&folder.certificate())?;
    let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    Ok(format!(
        "Authority:    {}\n              {} until {}\nSHA-256:      {print}\n\
         Certificate:  {} until {}\nNames:        {}\n",
        authority.subject,
        folder.authority().display(),
        day(authority.until),
        folder.certificate().display(),
        day(server.until),
        server.names.join(", ")
    ))
}

fn certificate(file: &Path) -> anyhow::Result<Certificate> {
    let chain = certificates(file)?;
    chain
        .first()
        .and_then(|der| Certificate::read(der))
        .with_context(|| format!("{} is no certificate", file.display()))
}

/// In place of what was there, at once: whoever reads gets one or the other.
fn write(file: &Path, text: &str, mode: u32) -> anyhow::Result<()> {
    let written = || -> std::io::Result<()> {
        let part = file.with_extension("new");
        // One that was left by a crash may be readable by others.
        if part.exists() {
            std::fs::remove_file(&part)?;
        }
        let mut open = OpenOptions::new();
        let mut out = open.write(true).create_new(true).mode(mode).open(&part)?;
        out.write_all(text.as_bytes())?;
        out.sync_all()?;
        std::fs::rename(&part, file)
    };
    written().with_context(|| format!("cannot write {}", file.display()))
}

/// What browsers may call this machine: its name, with and without `.local`, and its addresses.
fn own_names() -> Vec<String> {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim().to_lowercase();
    let mut names = Vec::new();
    if !host.is_empty() && host != "localhost" {
        if !host.contains('.') {
            names.push(format!("{host}.local"));
        }
        names.push(host);
    }
    names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
    names.extend(outward("0.0.0.0:0", "192.0.2.1:9").map(|address| address.to_string()));
    names
}

/// The address this machine would send from. Nothing is sent: connecting a datagram socket only chooses a route.
fn outward(from: &str, to: &str) -> Option<IpAddr> {
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(to).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

/// Those given come first: the first one names the certificate.
fn with(names: Vec<String>, more: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in more.iter().map(|name| name.trim().to_lowercase()).chain(names) {
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
