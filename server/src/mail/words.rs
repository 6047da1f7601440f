//! What mails say, in the language of whom they go to.

use app::i18n::Messages;
use lettre::Address;

use super::Mail;

/// What a one-time link that is sent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invites {
    /// A new account.
    New,
    /// A new password.
    Reset,
    /// A wall screen.
    Screen,
}

/// The link by which an account begins, or chooses a new password.
#[must_use]
pub fn link(m: Messages, to: Address, why: Invites, display: &str, name: &str, url: &str) -> Mail {
    let (subject, what) = match why {
        Invites::New => (m.server_mail_new_subject(), m.server_mail_new()),
        Invites::Reset => (m.server_mail_reset_subject(), m.server_mail_reset()),
        Invites::Screen => (m.server_mail_screen_subject(), m.server_mail_screen()),
    };
    let sign_in = match why {
        Invites::Screen => String::new(),
        Invites::New | Invites::Reset => m.server_mail_name(name),
    };
    let hello = m.server_mail_hello(display);
    paragraphs(
        to,
        subject.to_owned(),
        &[&hello, what, url, &sign_in, m.server_mail_unexpected()],
    )
}

/// The code that opens a share link.
#[must_use]
pub fn code(m: Messages, to: Address, code: &str, shared: &str) -> Mail {
    let subject = m.server_mail_code_subject().to_owned();
    let what = m.server_mail_code(shared);
    paragraphs(
        to,
        subject,
        &[&what, code, m.server_mail_code_ends(), m.server_mail_unexpected()],
    )
}

/// That mail arrives.
#[must_use]
pub fn test(m: Messages, to: Address) -> Mail {
    let subject = m.server_mail_test_subject().to_owned();
    paragraphs(to, subject, &[m.server_mail_test()])
}

fn paragraphs(to: Address, subject: String, texts: &[&str]) -> Mail {
    let texts: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    Mail {
        to,
        subject,
        text: format!("{}\r\n", texts.join("\r\n\r\n")),
    }
}
