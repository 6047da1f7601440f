//! How grants and secrets are written into records.

use access::{Capability, Grant, Role, Scope};
use serde::{Deserialize, Serialize};
use store::records::access::CredentialKind;
use twin::AssetId;

use super::{Purpose, Seat, What};
use crate::share::Link;

#[derive(Serialize, Deserialize)]
struct StoredGrant {
    role: String,
    /// None: everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<Vec<u32>>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredSession {
    address: String,
    agent: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredToken {
    name: String,
    capabilities: Vec<String>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredPass {
    purpose: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredSeat {
    device: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor: Option<String>,
    is_erased: bool,
}

/// What cannot be read grants nothing.
pub fn grants_from_text(text: &str) -> Vec<Grant> {
    let stored: Vec<StoredGrant> = read(text);
    let grant = |stored: StoredGrant| {
        let scope = match stored.below {
            None => Scope::Plant,
            Some(below) => Scope::Below(below.into_iter().map(AssetId::new).collect()),
        };
        Some(Grant {
            role: Role::from_word(&stored.role)?,
            scope,
        })
    };
    stored.into_iter().filter_map(grant).collect()
}

pub fn text_from_grants(grants: &[Grant]) -> String {
    let stored: Vec<StoredGrant> = grants
        .iter()
        .map(|grant| StoredGrant {
            role: grant.role.word().to_owned(),
            below: match &grant.scope {
                Scope::Plant => None,
                Scope::Below(tops) => Some(tops.iter().map(|top| top.get()).collect()),
            },
        })
        .collect();
    write(&stored)
}

pub fn what_from_text(kind: CredentialKind, text: &str) -> What {
    match kind {
        CredentialKind::Session => {
            let StoredSession { address, agent } = read(text);
            What::Session { address, agent }
        }
        CredentialKind::Pass => {
            let stored: StoredPass = read(text);
            What::Pass(purpose_from_word(&stored.purpose))
        }
        CredentialKind::Token => {
            let stored: StoredToken = read(text);
            let known = |word: &String| {
                Capability::ALL
                    .into_iter()
                    .find(|capability| capability.word() == word)
            };
            What::Token {
                name: stored.name,
                capabilities: stored.capabilities.iter().filter_map(known).collect(),
            }
        }
        CredentialKind::Link => What::Link(Box::new(read::<Link>(text))),
        CredentialKind::Seat => {
            let stored: StoredSeat = read(text);
            What::Seat(Seat {
                device: stored.device,
                name: stored.name,
                visitor: stored.visitor.and_then(|word| Role::from_word(&word)),
                is_erased: stored.is_erased,
            })
        }
    }
}

pub fn text_from_what(what: &What) -> String {
    match what {
        What::Session { address, agent } => write(&StoredSession {
            address: address.clone(),
            agent: agent.clone(),
        }),
        What::Pass(purpose) => write(&StoredPass {
            purpose: word_from_purpose(*purpose).to_owned(),
        }),
        What::Token { name, capabilities } => write(&StoredToken {
            name: name.clone(),
            capabilities: capabilities
                .iter()
                .map(|capability| capability.word().to_owned())
                .collect(),
        }),
        What::Link(link) => write(&**link),
        What::Seat(seat) => write(&StoredSeat {
            device: seat.device.clone(),
            name: seat.name.clone(),
            visitor: seat.visitor.map(|role| role.word().to_owned()),
            is_erased: seat.is_erased,
        }),
    }
}

const fn word_from_purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::FirstOwner => "first_owner",
        Purpose::Choose => "choose",
        Purpose::Screen => "screen",
    }
}

/// A word nobody knows gives the least: to choose a password of an account that must be there.
fn purpose_from_word(word: &str) -> Purpose {
    match word {
        "first_owner" => Purpose::FirstOwner,
        "screen" => Purpose::Screen,
        _ => Purpose::Choose,
    }
}

fn read<T: Default + for<'a> Deserialize<'a>>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_else(|error| {
        tracing::error!(%error, "what is kept of an account or secret cannot be read");
        T::default()
    })
}

fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_read_back() {
        let grants = vec![
            Grant::everywhere(Role::Viewer),
            Grant {
                role: Role::Engineer,
                scope: Scope::Below([3, 9].map(AssetId::new).into()),
            },
        ];
        assert_eq!(grants_from_text(&text_from_grants(&grants)), grants);
        assert_eq!(
            text_from_grants(&grants),
            r#"[{"role":"viewer"},{"role":"engineer","below":[3,9]}]"#
        );
        for what in [
            What::Session {
                address: "127.0.0.1".to_owned(),
                agent: "Firefox \"1\"".to_owned(),
            },
            What::Pass(Purpose::FirstOwner),
            What::Pass(Purpose::Screen),
            What::Token {
                name: "export".to_owned(),
                capabilities: vec![Capability::See, Capability::Export],
            },
            What::Seat(Seat {
                device: "0f".repeat(16),
                name: "Tablet 3".to_owned(),
                visitor: Some(Role::Technician),
                is_erased: true,
            }),
        ] {
            assert_eq!(what_from_text(what.kind(), &text_from_what(&what)), what);
        }
    }

    #[test]
    fn what_cannot_be_read_grants_nothing() {
        for text in [
            "",
            "{}",
            "[{\"role\":\"root\"}]",
            "[{\"role\":\"owner\",\"below\":7}]",
        ] {
            assert_eq!(grants_from_text(text), [], "{text}");
        }
    }
}
