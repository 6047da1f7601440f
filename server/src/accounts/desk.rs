//! What `gemba user` and `gemba audit` ask, of the running server or of the store itself.

use access::{AccountId, Grant, Role};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::audit::Doer;
use super::{Accounts, Invited, NewAccount};

/// What a command asks.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Every account.
    List,
    /// A new one with a role everywhere.
    Invite { name: String, role: String },
    /// A link by which an account chooses a new password.
    Reset { name: String },
    /// Walks the audit log.
    Verify,
}

/// What it is told.
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Name, name as shown, roles, and whether it may be used.
    Accounts(Vec<(String, String, String, bool)>),
    /// What follows the server's address in a one-time link.
    Link { path: String, days: i64 },
    /// How many entries hold, the last one's hash, and what is wrong with the next.
    Audit {
        sound: u64,
        head: String,
        broken: Option<String>,
    },
    /// Why not.
    Refused(String),
}

/// Answers a command.
///
/// # Errors
/// When the records cannot be read or written.
pub async fn answer(accounts: &Accounts, request: Request) -> anyhow::Result<Answer> {
    Ok(match request {
        Request::List => Answer::Accounts(accounts.all().iter().map(row).collect()),
        Request::Invite { name, role } => {
            let Some(role) = Role::from_word(&role) else {
                let known = Role::ALL.map(Role::word).join(", ");
                return Ok(Answer::Refused(format!("no role {role:?}; there are {known}")));
            };
            let new = NewAccount {
                display: name.clone(),
                name,
                email: None,
                locale: None,
                is_display: false,
                grants: vec![Grant::everywhere(role)],
            };
            let invited = match accounts.invite(new).await {
                Ok(invited) => invited,
                Err(error) => return Ok(Answer::Refused(error.to_string())),
            };
            made(accounts, "account.invite", &invited).await?
        }
        Request::Reset { name } => {
            let Some(account) = accounts.by_name(&name) else {
                return Ok(Answer::Refused(format!(
                    "no account {name:?}; `gemba user list` shows them"
                )));
            };
            let invited = accounts.reset(account.id).await?;
            made(accounts, "account.reset", &invited).await?
        }
        Request::Verify => {
            let verdict = accounts.audit.verify().await?;
            Answer::Audit {
                sound: verdict.sound,
                head: hex(&verdict.head),
                broken: verdict.broken.map(|broken| broken.to_string()),
            }
        }
    })
}

fn row(account: &super::Account) -> (String, String, String, bool) {
    let roles: Vec<&str> = account.grants.iter().map(|grant| grant.role.word()).collect();
    (
        account.name.clone(),
        account.display.clone(),
        roles.join(", "),
        account.is_active,
    )
}

/// A one-time link was made by a command.
async fn made(accounts: &Accounts, action: &str, invited: &Invited) -> anyhow::Result<Answer> {
    let account = invited.account.unwrap_or(AccountId::new(0));
    let by = Doer::command();
    accounts.audit.note(by, action, account, json!({})).await?;
    Ok(Answer::Link {
        path: format!("/welcome/{}", invited.secret),
        days: 7,
    })
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
