//! From a mail to what the configured server is told, and from its answer to what it means.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::{Mail, MailError, Outcome, WITHIN};
use crate::accounts::secret;
use crate::config::{MailConfig, MailSecurity};

/// Each answer of the server comes within this.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Answers that say who we are is not believed (RFC 4954, 6): bad credentials, too weak, none given.
const SIGN_IN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// The way to the configured server. Every mail has a connection of its own: there are few.
pub(super) struct Transport {
    smtp: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Transport {
    /// Nothing is connected yet.
    pub(super) fn new(config: &MailConfig) -> anyhow::Result<Self> {
        let tls = match config.security {
            MailSecurity::None => Tls::None,
            MailSecurity::StartTls => Tls::Required(parameters(config)?),
            MailSecurity::Tls => Tls::Wrapper(parameters(config)?),
        };
        let host = config.from.email.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.server)
            .port(config.port)
            .tls(tls)
            .hello_name(ClientId::Domain(host))
            .timeout(Some(ANSWER_WITHIN));
        if let Some((user, password)) = &config.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self {
            smtp: builder.build(),
            from: config.from.clone(),
        })
    }

    /// Sends one mail.
    pub(super) async fn send(&self, mail: &Mail) -> Outcome {
        let message = self.message(mail)?;
        let sent = tokio::time::timeout(WITHIN, self.smtp.send(message)).await;
        match sent {
            Ok(sent) => sent.map(drop).map_err(|error| told(&error)),
            Err(_elapsed) => Err(too_late()),
        }
    }

    /// Connects, signs in, and goes.
    pub(super) async fn greet(&self) -> Outcome {
        match tokio::time::timeout(WITHIN, self.smtp.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(MailError::Unreachable("it hung up".to_owned())),
            Ok(Err(error)) => Err(told(&error)),
            Err(_elapsed) => Err(too_late()),
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        // Subjects name people and assets: a line break in one would begin a header of its own.
        let subject: String = mail
            .subject
            .chars()
            .map(|letter| if letter.is_control() { ' ' } else { letter })
            .collect();
        let built = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, mail.to.clone()))
            .message_id(Some(format!("<{}@{}>", secret::new(), self.from.email.domain())))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone());
        built.map_err(|error| MailError::Refused(error.to_string()))
    }
}

fn parameters(config: &MailConfig) -> anyhow::Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(config.server.clone());
    if let Some(file) = &config.ca_file {
        let read = || anyhow::Ok(Certificate::from_pem(&std::fs::read(file)?)?);
        let authority = read().with_context(|| format!("mail.ca_file: {}", file.display()))?;
        parameters = parameters.add_root_certificate(authority);
    }
    parameters.build_rustls().context("mail: TLS")
}

fn too_late() -> MailError {
    MailError::Unreachable("it takes too long".to_owned())
}

fn told(error: &Error) -> MailError {
    let words = whole(error);
    match error.status().map(u16::from) {
        Some(status) if SIGN_IN_REFUSED.contains(&status) => MailError::SignIn(words),
        Some(_) => MailError::Refused(words),
        // It does not speak as it should, or offers no way to sign in.
        None if error.is_client() || error.is_response() => MailError::Refused(words),
        None => MailError::Unreachable(words),
    }
}

/// An error with what led to it.
fn whole(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !words.contains(&more) {
            words.push_str(": ");
            words.push_str(&more);
        }
        source = cause.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::address;

    /// What would be sent, as bytes.
    fn formatted(subject: &str, text: &str) -> String {
        let config = MailConfig {
            server: "127.0.0.1".to_owned(),
            port: 1,
            security: MailSecurity::None,
            login: None,
            from: "Gemba <gemba@plant.example>".parse().unwrap(),
            ca_file: None,
        };
        let mail = Mail {
            to: address("ada@example.org").unwrap(),
            subject: subject.to_owned(),
            text: text.to_owned(),
        };
        let message = Transport::new(&config).unwrap().message(&mail).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    #[test]
    fn nothing_in_a_mail_begins_a_header() {
        for subject in [
            "Press\r\nBcc: eve@example.org",
            "Press\nBcc: eve@example.org",
            "Press\r\n\r\nBcc: eve@example.org",
            "Press\u{2028}Bcc: eve@example.org",
            "Presse für Gießerei\r\nBcc: eve@example.org",
        ] {
            let whole = formatted(
                subject,
                "Hello,\r\nBcc: eve@example.org\r\n.\r\nRCPT TO:<eve@example.org>",
            );
            let head = whole.split("\r\n\r\n").next().unwrap();
            let headers: Vec<&str> = head.lines().filter(|line| !line.starts_with(' ')).collect();
            assert!(
                headers.iter().all(|line| !line.to_lowercase().starts_with("bcc")),
                "{head}"
            );
            assert_eq!(headers.len(), 7, "{headers:?}");
        }
    }
}
