//! Where the mail of an account goes, and the mail that carries its link.

use std::time::Duration;

use access::AccountId;
use app::i18n::{Locale, Messages};
use app::still::parts::{MadeLink, Sent};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::{Doors, messages};
use crate::mail::words::{self, Invites};
use crate::mail::{self, MailError};

/// Who sends a link waits so long to see how it went; it goes on being tried.
const WAITS: Duration = Duration::from_secs(8);

/// What forms say of it.
#[derive(Deserialize)]
pub(super) struct Contact {
    #[serde(default)]
    email: String,
    #[serde(default)]
    locale: String,
}

impl Contact {
    /// Address and language; the words for why they cannot be.
    pub(super) fn read(
        &self,
        m: Messages,
        is_needed: bool,
    ) -> Result<(Option<String>, Option<String>), String> {
        let email = match self.email.trim() {
            "" if is_needed => return Err(m.still_email_missing().to_owned()),
            "" => None,
            typed => match mail::address(typed) {
                Some(address) => Some(address.to_string()),
                None => return Err(m.still_email_bad().to_owned()),
            },
        };
        let locale = Locale::from_tag(&self.locale).map(|locale| locale.tag().to_owned());
        Ok((email, locale))
    }
}

pub(super) async fn change(
    State(doors): State<Doors>,
    Path(id): Path<u32>,
    parts: Parts,
    Form(form): Form<Contact>,
) -> Response {
    let account = match doors.changeable(&parts, id) {
        Ok(account) => account,
        Err(answer) => return *answer,
    };
    let (email, locale) = match form.read(messages(&parts), false) {
        Ok(contact) => contact,
        Err(words) => return doors.person(parts, id, None, Some(words)).await,
    };
    // The log names no address: people can be forgotten, what was written stays.
    let details = json!({"before": {"email": account.email.is_some(), "language": account.locale},
        "after": {"email": email.is_some(), "language": locale}});
    let done = doors.accounts.set_contact(account.id, email, locale).await;
    doors
        .after_with(parts, id, "account.contact", details, done)
        .await
}

impl Doors {
    /// Sends a link to the account it is for, in its language; whoever asked for it sees the link either way.
    pub(super) async fn sent(&self, made: MadeLink, id: AccountId, why: Invites) -> MadeLink {
        let account = self.accounts.account(id);
        let to = account.as_ref().and_then(|account| account.email.as_deref());
        let to = to.and_then(mail::address);
        let (Some(mailer), Some(account), Some(to)) = (&self.mail, &account, to) else {
            return made;
        };
        let locale = account.locale.as_deref().and_then(Locale::from_tag);
        let m = Messages::of(locale.unwrap_or_default());
        let why = if account.is_display { Invites::Screen } else { why };
        let named = to.to_string();
        let mail = words::link(m, to, why, &account.display, &account.name, &made.url);
        let outcome = tokio::time::timeout(WAITS, mailer.send(mail)).await;
        let sent = match outcome {
            Ok(Ok(Ok(()))) => Sent::Taken(named),
            Ok(Ok(Err(error))) => failed(named, error),
            // Told by nobody: the server is being stopped.
            Ok(Err(_)) => failed(named, MailError::Unreachable(String::new())),
            Err(_elapsed) => Sent::Waiting(named),
        };
        MadeLink {
            sent: Some(sent),
            ..made
        }
    }
}

fn failed(to: String, error: MailError) -> Sent {
    let (why, said) = match error {
        MailError::Unreachable(said) => ("unreachable", said),
        MailError::SignIn(said) => ("sign_in", said),
        MailError::Refused(said) => ("refused", said),
        MailError::Full => ("full", String::new()),
    };
    Sent::Failed { to, why, said }
}
