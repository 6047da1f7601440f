//! From accounts, sessions and tokens to the lines that their pages show.

use std::collections::BTreeSet;

use access::{Grant, Role, Scope};
use app::still::admin::PersonLine;
use app::still::credentials::{SessionLine, TabletLine, TokenLine};
use app::still::parts::{GrantLine, Times};
use store::records::access::CredentialKind;
use twin::{AssetId, Span, Timestamp, Twin};

use crate::accounts::{Account, Accounts, Credential, What};
use crate::backend::Gemba;
use crate::zone;

/// Paths to choose a scope from.
const PATHS: usize = 500;

/// Times of a page, back to its oldest moment where it has one.
pub fn times(backend: &Gemba, oldest_millis: Option<i64>) -> Times {
    let now = backend.clock.now();
    let day = Span::from_secs(86_400);
    let since = oldest_millis.map_or(now, Timestamp::from_millis);
    Times {
        zone: zone::periods(&backend.zone, since.min(now) - day, now + day),
        now_millis: now.millis(),
    }
}

/// Roles with the names of where they hold.
pub fn grants(twin: &Twin, grants: &[Grant]) -> Vec<GrantLine> {
    let name = |asset: &AssetId| {
        let path = twin.path(*asset);
        if path.is_empty() {
            format!("#{asset}")
        } else {
            path
        }
    };
    let line = |grant: &Grant| GrantLine {
        role: grant.role.word().to_owned(),
        below: match &grant.scope {
            Scope::Plant => Vec::new(),
            Scope::Below(tops) => tops.iter().map(name).collect(),
        },
        tops: tops(grant),
    };
    grants.iter().map(line).collect()
}

/// The numbers of where a role holds, between commas; nothing for everywhere.
pub fn tops(grant: &Grant) -> String {
    match &grant.scope {
        Scope::Plant => String::new(),
        Scope::Below(tops) => tops.iter().map(ToString::to_string).collect::<Vec<_>>().join(","),
    }
}

/// Roles with the paths of where they hold, for the audit log: `viewer`, `planner at acme/lyon`.
pub fn said(twin: &Twin, grants: &[Grant]) -> Vec<String> {
    let said = |grant: &Grant| match &grant.scope {
        Scope::Plant => grant.role.word().to_owned(),
        Scope::Below(tops) => {
            let paths: Vec<String> = tops.iter().map(|top| twin.path(*top)).collect();
            format!("{} at {}", grant.role.word(), paths.join(", "))
        }
    };
    grants.iter().map(said).collect()
}

/// An account in the list.
pub fn person(backend: &Gemba, account: &Account) -> PersonLine {
    let sessions = backend.accounts.credentials(CredentialKind::Session);
    let of_it = sessions.iter().filter(|session| session.account == account.id);
    let seen = of_it.map(|session| session.seen.unwrap_or(session.created)).max();
    PersonLine {
        id: account.id.get(),
        name: account.name.clone(),
        display: account.display.clone(),
        email: account.email.clone(),
        locale: account.locale.clone(),
        is_screen: account.is_display,
        is_active: account.is_active,
        is_waiting: account.password.is_none() && account.external.is_none() && seen.is_none(),
        grants: backend.read(|twin| grants(twin, &account.grants)),
        seen_millis: seen.map(Timestamp::millis),
    }
}

/// Sessions that have not ended.
pub fn sessions(
    accounts: &Accounts,
    this: Option<u32>,
    which: impl Fn(&Credential) -> bool,
) -> Vec<SessionLine> {
    let found = accounts.credentials(CredentialKind::Session);
    let line = |session: &Credential| {
        let What::Session { address, agent } = &session.what else {
            return None;
        };
        Some(SessionLine {
            id: session.id,
            name: accounts.account(session.account)?.display,
            address: address.clone(),
            agent: agent.clone(),
            created_millis: session.created.millis(),
            seen_millis: session.seen.map(Timestamp::millis),
            is_this: Some(session.id) == this,
        })
    };
    found
        .iter()
        .filter(|session| which(session))
        .filter_map(line)
        .collect()
}

/// Tokens that have not ended.
pub fn tokens(accounts: &Accounts, which: impl Fn(&Credential) -> bool) -> Vec<TokenLine> {
    let found = accounts.credentials(CredentialKind::Token);
    let line = |token: &Credential| {
        let What::Token { name, capabilities } = &token.what else {
            return None;
        };
        Some(TokenLine {
            id: token.id,
            name: name.clone(),
            account: accounts.account(token.account)?.display,
            capabilities: capabilities
                .iter()
                .map(|capability| capability.word().replace('_', " "))
                .collect(),
            created_millis: token.created.millis(),
            seen_millis: token.seen.map(Timestamp::millis),
            expires_millis: token.expires.map(Timestamp::millis),
        })
    };
    found
        .iter()
        .filter(|token| which(token))
        .filter_map(line)
        .collect()
}

/// Tablets that somebody sits at, and those that are to erase what they keep.
pub fn tablets(accounts: &Accounts, which: impl Fn(&Credential) -> bool) -> Vec<TabletLine> {
    let found = accounts.credentials(CredentialKind::Seat);
    let line = |known: &Credential| {
        let What::Seat(seat) = &known.what else {
            return None;
        };
        Some(TabletLine {
            id: known.id,
            // A visitor of the demo has no account.
            account: accounts
                .account(known.account)
                .map_or_else(String::new, |account| account.display),
            name: seat.name.clone(),
            created_millis: known.created.millis(),
            seen_millis: known.seen.map(Timestamp::millis),
            expires_millis: known.expires.map(Timestamp::millis),
            is_erased: seat.is_erased,
        })
    };
    found
        .iter()
        .filter(|known| which(known))
        .filter_map(line)
        .collect()
}

/// Paths of the highest assets, as many as fit a list.
pub fn paths(twin: &Twin) -> Vec<String> {
    let (mut level, mut paths) = (twin.roots().to_vec(), Vec::new());
    while !level.is_empty() && paths.len() < PATHS {
        paths.extend(level.iter().map(|asset| twin.path(*asset)));
        level = level
            .iter()
            .flat_map(|asset| twin.children(*asset))
            .copied()
            .collect();
    }
    paths.truncate(PATHS);
    paths
}

/// A role and where it holds, as a form says it: paths between commas, none of them for everywhere.
///
/// # Errors
/// The path that leads nowhere, or the role that is none.
pub fn grant_of(twin: &Twin, role: &str, below: &str) -> Result<Grant, String> {
    let role = Role::from_word(role).ok_or_else(|| role.to_owned())?;
    let mut tops = BTreeSet::new();
    for path in below
        .split([',', '\n'])
        .map(str::trim)
        .filter(|path| !path.is_empty())
    {
        tops.insert(twin.by_path(path).ok_or_else(|| path.to_owned())?);
    }
    if tops.len() > access::MOST_TOPS {
        return Err(below.to_owned());
    }
    let scope = if tops.is_empty() {
        Scope::Plant
    } else {
        Scope::Below(tops)
    };
    Ok(Grant { role, scope })
}
