//! Mail, where a server for it is configured: invitations, resets, codes that open a share link.
//!
//! Nothing waits for it: what is to be sent stands in a bounded queue, one task sends it, each try ends within
//! [`WITHIN`]. Without mail, and when it fails, every flow has a link to copy. Logs name neither addresses nor
//! what was sent.

pub mod command;
mod transport;
pub mod words;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lettre::Address;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::config::MailConfig;
use transport::Transport;

/// Mails that wait.
const QUEUE: usize = 64;
/// One try ends within this.
const WITHIN: Duration = Duration::from_secs(20);
/// A try that failed says something of the next for so long.
const NOT_LONG: Duration = Duration::from_secs(300);
/// Longest address (RFC 5321, 4.5.3.1.3).
const LONGEST_ADDRESS: usize = 254;

/// A mail to one person, plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: Address,
    pub subject: String,
    pub text: String,
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// No answer, or none in time.
    #[error("the mail server does not answer: {0}")]
    Unreachable(String),
    /// It does not want our name and password.
    #[error("the mail server refuses the sign-in: {0}")]
    SignIn(String),
    /// It does not take this mail.
    #[error("the mail server refuses the mail: {0}")]
    Refused(String),
    /// As many wait as may.
    #[error("too many mails wait to be sent")]
    Full,
}

impl MailError {
    /// For logs: what the server said may name people.
    const fn word(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::SignIn(_) => "sign-in refused",
            Self::Refused(_) => "refused",
            Self::Full => "full",
        }
    }
}

/// How a mail went.
pub type Outcome = Result<(), MailError>;

enum Job {
    Send(Mail, oneshot::Sender<Outcome>),
    /// Only greets the server: what would be sent goes to nobody, and must not be told from what does.
    Greet,
}

/// See the module.
pub struct Mailer {
    jobs: mpsc::Sender<Job>,
    failed: Arc<Mutex<Option<Instant>>>,
}

impl Mailer {
    /// Sends until the stop.
    ///
    /// # Errors
    /// When the authority's certificate cannot be read.
    pub fn start(config: &MailConfig, stop: CancellationToken) -> anyhow::Result<Self> {
        let transport = Transport::new(config)?;
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let failed = Arc::default();
        tokio::spawn(work(transport, waiting, Arc::clone(&failed), stop));
        Ok(Self { jobs, failed })
    }

    /// Queues a mail; who waits learns how it went.
    pub fn send(&self, mail: Mail) -> oneshot::Receiver<Outcome> {
        let (told, tells) = oneshot::channel();
        if let Err(error) = self.jobs.try_send(Job::Send(mail, told)) {
            tracing::warn!("a mail was not sent: too many wait");
            if let Job::Send(_, told) = error.into_inner() {
                // Who does not wait for it is not told.
                told.send(Err(MailError::Full)).unwrap_or_default();
            }
        }
        tells
    }

    /// Does what sending does, but for the mail.
    pub fn greet(&self) {
        // With so many waiting nobody sees a difference.
        self.jobs.try_send(Job::Greet).unwrap_or_default();
    }

    /// The last try failed, not long ago.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.is_some_and(|at| at.elapsed() < NOT_LONG)
    }
}

async fn work(
    transport: Transport,
    mut jobs: mpsc::Receiver<Job>,
    failed: Arc<Mutex<Option<Instant>>>,
    stop: CancellationToken,
) {
    loop {
        let job = tokio::select! {
            job = jobs.recv() => job,
            () = stop.cancelled() => return,
        };
        let Some(job) = job else { return };
        let (outcome, told) = match job {
            Job::Send(mail, told) => (transport.send(&mail).await, Some(told)),
            Job::Greet => (transport.greet().await, None),
        };
        if let Err(error) = &outcome {
            tracing::warn!(why = error.word(), "a mail was not sent");
        }
        // A mail that is refused says nothing of the next.
        let is_refused = matches!(outcome, Err(MailError::Refused(_)));
        let has_failed = outcome.is_err() && !is_refused;
        *failed.lock().unwrap_or_else(PoisonError::into_inner) = has_failed.then(Instant::now);
        if let Some(told) = told {
            told.send(outcome).unwrap_or_default();
        }
    }
}

/// An address that mail can go to; none for anything else.
#[must_use]
pub fn address(text: &str) -> Option<Address> {
    let text = text.trim();
    if text.len() > LONGEST_ADDRESS
        || text
            .chars()
            .any(|letter| letter.is_control() || letter.is_whitespace())
    {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_nothing_beside_it() {
        let long = format!("{}@example.org", "a".repeat(250));
        for (text, is_one) in [
            ("ada@example.org", true),
            (" ada.l+plant@mail.example.org ", true),
            ("grace@localhost", true),
            ("jürgen@bücher.example", true),
            ("", false),
            ("ada", false),
            ("ada@", false),
            ("ada@example.org, eve@example.org", false),
            ("Ada <ada@example.org>", false),
            ("ada@example.org\r\nBcc: eve@example.org", false),
            ("ada@example.org\nSubject: x", false),
            ("ada@exam ple.org", false),
            (long.as_str(), false),
        ] {
            assert_eq!(address(text).is_some(), is_one, "{text:?}");
        }
    }
}
