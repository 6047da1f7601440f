//! Seats: one person on one tablet. A seat proves its person to the routes of the crew tablet and to nothing else,
//! and never gives more than the person may at that moment.

use std::sync::PoisonError;

use access::{AccountId, Capability, Kind, Role, Who};
use maintenance::id::Key;
use store::records::access::CredentialKind;
use twin::{Span, Timestamp};

use super::{AccountError, Accounts, Credential, Seat, What, secret};
use crate::http::limits::whose;

/// What crews need: nothing else is done on a tablet.
const CREW: [Capability; 4] = [
    Capability::See,
    Capability::SeeWork,
    Capability::RequestWork,
    Capability::DoWork,
];
/// Seats of one person; those of tablets that are to be erased beside.
pub const MOST_SEATS: usize = 20;
/// Longest name of a tablet, in characters.
const NAME: usize = 60;
/// A tablet that is to be erased is told so for as long.
const ERASES: Span = Span::from_secs(400 * 86_400);
/// That a seat was used is stored this often.
const SEEN_EVERY: Span = Span::from_secs(300);

/// A seat to be.
#[derive(Clone, Debug)]
pub struct NewSeat {
    /// Whose; none for a visitor of the demo, with what they look as.
    pub account: Option<AccountId>,
    pub visitor: Option<Role>,
    /// The tablet.
    pub device: String,
    pub name: String,
}

/// Who sits there.
#[derive(Clone, Debug)]
pub struct Seated {
    pub who: Who,
    /// The seat's number.
    pub id: u32,
    /// The tablet.
    pub device: Key,
    /// When it ends.
    pub ends: Option<Timestamp>,
}

/// Why nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatError {
    /// There is no such seat, it has ended, or its account may not be used.
    Over,
    /// The tablet was signed out as lost and erases what it keeps.
    Erase,
    /// Too many from there showed what is no seat.
    Wait(Span),
}

/// Whether it is a seat that may be used.
pub(super) fn is_open(credential: &Credential) -> bool {
    matches!(&credential.what, What::Seat(seat) if !seat.is_erased)
}

impl Accounts {
    /// A seat, in the place of the one that the same person had on the same tablet. Gives its secret.
    ///
    /// # Errors
    /// When the tablet's name or number cannot be, or there are too many.
    pub async fn make_seat(&self, new: NewSeat) -> Result<(String, u32, Timestamp), AccountError> {
        let name: String = new.name.trim().to_owned();
        let bad = |field, reason| AccountError::Bad { field, reason };
        if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
            return Err(bad("name", "length"));
        }
        let device = Key::from_text(&new.device).ok_or_else(|| bad("device", "format"))?;
        let device = device.to_string();
        let account = new.account.unwrap_or(AccountId::new(0));
        let of_person: Vec<Credential> = self
            .credentials(CredentialKind::Seat)
            .into_iter()
            .filter(|seat| seat.account == account && is_open(seat))
            .collect();
        let is_same = |seat: &&Credential| matches!(&seat.what, What::Seat(known) if known.device == device);
        let before: Vec<u32> = of_person.iter().filter(is_same).map(|seat| seat.id).collect();
        if of_person.len() - before.len() >= MOST_SEATS {
            return Err(AccountError::Full);
        }
        let ends = self.clock.now() + self.idle;
        let what = What::Seat(Seat {
            device,
            name,
            visitor: new.visitor,
            is_erased: false,
        });
        let (secret, credential) = self.issue(account, what, Some(ends)).await?;
        if !before.is_empty() {
            self.end(&before).await?;
        }
        Ok((secret, credential.id, ends))
    }

    /// Who sits where this secret was given, as they may now. `is_demo`: whether visitors of the demo are let in.
    ///
    /// # Errors
    /// See [`SeatError`].
    pub async fn by_seat(&self, given: &str, address: &str, is_demo: bool) -> Result<Seated, SeatError> {
        let net = address.parse().map(|address| whose(address).to_string());
        let net = net.unwrap_or_else(|_| address.to_owned());
        let now = self.clock.now();
        let found = secret::is_one(given)
            .then(|| self.read().by_hash(&secret::hash(given)).cloned())
            .flatten();
        let found = found.filter(|known| !known.has_ended(now));
        let Some((credential, seat)) = found.and_then(|known| match &known.what {
            What::Seat(seat) => Some((known.clone(), seat.clone())),
            _ => None,
        }) else {
            let mut bad = self.bad_seats.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(wait) = bad.wait(&net, now) {
                return Err(SeatError::Wait(wait));
            }
            bad.fail(&net, now);
            return Err(SeatError::Over);
        };
        if seat.is_erased {
            self.saw_seat(&credential, now).await;
            return Err(SeatError::Erase);
        }
        let who = match seat.visitor {
            Some(role) if is_demo && credential.account.get() == 0 => Who::visitor("", role),
            Some(_) => return Err(SeatError::Over),
            None => {
                let account = self.account(credential.account);
                let account = account.filter(|account| account.is_active && !account.is_display);
                Self::who(
                    &account.ok_or(SeatError::Over)?,
                    Kind::Account(credential.account),
                )
            }
        };
        self.saw_seat(&credential, now).await;
        Ok(Seated {
            who: who.only(CREW),
            id: credential.id,
            device: Key::from_text(&seat.device).ok_or(SeatError::Over)?,
            ends: credential.expires,
        })
    }

    /// Signs a tablet out, and has it erase what it keeps when it asks next.
    ///
    /// # Errors
    /// When there is no such seat, or the records cannot be written.
    pub async fn erase_seat(&self, id: u32) -> Result<(), AccountError> {
        let until = self.clock.now() + ERASES;
        let known = self.credential(id).ok_or(AccountError::None)?;
        if known.what.kind() != CredentialKind::Seat {
            return Err(AccountError::None);
        }
        self.change_credential(id, |credential| {
            if let What::Seat(seat) = &mut credential.what {
                // Whether it was heard of since is what somebody who lost it looks for.
                (seat.is_erased, credential.seen, credential.expires) = (true, None, Some(until));
            }
        })
        .await
    }

    async fn saw_seat(&self, credential: &Credential, now: Timestamp) {
        if credential.seen.is_none_or(|seen| seen + SEEN_EVERY < now) {
            self.saw(credential, now, credential.expires).await;
        }
    }
}
