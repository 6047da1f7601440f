//! What `gemba broker` is told, as a structure and as flags.

use std::ffi::OsString;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::BrokerError;
use crate::Secret;

/// Carries the password to the child: flags can be read by everybody on the machine.
pub(super) const PASSWORD_VARIABLE: &str = "GEMBA_BROKER_PASSWORD";
const ALONE: Duration = Duration::from_secs(600);

/// What `gemba broker` is told.
#[derive(Clone, Debug)]
pub struct BrokerArgs {
    /// The data directory; lock, state file and log are in its folder `broker`.
    pub data_dir: PathBuf,
    /// Address to listen on; other than loopback only with user and password.
    pub listen: IpAddr,
    /// Ports wanted; the next free pair is taken when one is in use.
    pub ports: Ports,
    /// User that clients must give.
    pub user: Option<String>,
    /// Password of that user.
    pub password: Option<Secret>,
    /// Without a server for this long, the broker ends.
    pub alone: Duration,
}

/// One listener per protocol version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ports {
    /// MQTT 3.1.1: devices and command line tools.
    pub v311: u16,
    /// MQTT 5: Gemba itself.
    pub v5: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { v311: 1883, v5: 1884 }
    }
}

impl BrokerArgs {
    /// Loopback only, without a password.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>, ports: Ports) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ports,
            user: None,
            password: None,
            alone: ALONE,
        }
    }

    /// The flags that [`BrokerArgs::parse`] reads; the password goes by the environment.
    #[must_use]
    pub fn flags(&self) -> Vec<OsString> {
        let mut flags: Vec<OsString> = vec![
            "--data".into(),
            self.data_dir.clone().into(),
            "--listen".into(),
            self.listen.to_string().into(),
            "--port".into(),
            self.ports.v311.to_string().into(),
            "--port-v5".into(),
            self.ports.v5.to_string().into(),
            "--alone-secs".into(),
            self.alone.as_secs().to_string().into(),
        ];
        if let Some(user) = &self.user {
            flags.extend(["--user".into(), user.into()]);
        }
        flags
    }

    /// Reads the flags that follow `gemba broker`, and the password from `GEMBA_BROKER_PASSWORD`.
    pub fn parse(flags: impl IntoIterator<Item = OsString>) -> Result<Self, BrokerError> {
        let mut args = Self::new(PathBuf::new(), Ports::default());
        let mut flags = flags.into_iter();
        while let Some(flag) = flags.next() {
            let flag = flag.to_string_lossy().into_owned();
            let value = flags
                .next()
                .ok_or_else(|| BrokerError::Flag(format!("{flag} needs a value")))?;
            let text = value.to_string_lossy();
            match flag.as_str() {
                "--data" => args.data_dir = PathBuf::from(&value),
                "--listen" => args.listen = number(&flag, &text)?,
                "--port" => args.ports.v311 = number(&flag, &text)?,
                "--port-v5" => args.ports.v5 = number(&flag, &text)?,
                "--alone-secs" => args.alone = Duration::from_secs(number(&flag, &text)?),
                "--user" => args.user = Some(text.into_owned()),
                _ => return Err(BrokerError::Flag(format!("{flag} is not known"))),
            }
        }
        if args.data_dir == Path::new("") {
            return Err(BrokerError::Flag("--data is missing".to_owned()));
        }
        args.password = std::env::var(PASSWORD_VARIABLE).ok().map(Secret::new);
        Ok(args)
    }

    /// Without a password only this machine may come in.
    pub(super) fn check(&self) -> Result<(), BrokerError> {
        let protected = self.user.is_some() && self.password.is_some();
        if self.listen.is_loopback() || protected {
            Ok(())
        } else {
            Err(BrokerError::Unprotected)
        }
    }

    /// Equal for brokers that let the same clients in; `salt` keeps the password out of the state file.
    pub(super) fn fingerprint(&self, salt: &str) -> String {
        let password = self.password.as_ref().map(Secret::expose);
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        format!(
            "{:016x}",
            hasher.hash_one((salt, self.listen, &self.user, password))
        )
    }
}

fn number<T: std::str::FromStr>(flag: &str, text: &str) -> Result<T, BrokerError> {
    text.parse()
        .map_err(|_unreadable| BrokerError::Flag(format!("{flag} does not take “{text}”")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_survive_the_journey() {
        let mut args = BrokerArgs::new("/some/where", Ports { v311: 2001, v5: 2002 });
        args.user = Some("plant".to_owned());
        args.alone = Duration::from_secs(7);
        let again = BrokerArgs::parse(args.flags()).unwrap();
        assert_eq!(format!("{args:?}"), format!("{again:?}"));
    }

    #[test]
    fn flags_that_make_no_sense() {
        fn check(flags: &[&str], expect: &str) {
            let flags = flags.iter().map(OsString::from);
            let error = BrokerArgs::parse(flags).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        }
        check(&["--data"], "needs a value");
        check(&["--colour", "red"], "not known");
        check(&["--data", "d", "--port", "70000"], "does not take");
        check(&["--port", "1"], "--data is missing");
    }

    #[test]
    fn open_to_the_network_only_with_a_password() {
        let mut args = BrokerArgs::new("d", Ports::default());
        assert!(args.check().is_ok());
        args.listen = "0.0.0.0".parse().unwrap();
        assert!(matches!(args.check(), Err(BrokerError::Unprotected)));
        args.user = Some("u".to_owned());
        assert!(args.check().is_err());
        args.password = Some(Secret::new("p"));
        assert!(args.check().is_ok());
    }
}
