//! What accounts may: roles given and taken, and what must always hold of them.

use access::{AccountId, Grant, Kind, Role, Who};

use super::{Account, AccountError, Accounts, Writing};

impl Accounts {
    /// What an account may now; nothing where there is none, or it is paused.
    #[must_use]
    pub fn who_owns(&self, id: AccountId) -> Who {
        let account = self.account(id).filter(|account| account.is_active);
        account.map_or_else(Who::nobody, |account| {
            Self::who(&account, Kind::Account(account.id))
        })
    }

    /// Gives an account other roles: what `decide` makes of those it has now. Gives the roles before and after;
    /// none where `decide` leaves it as it is.
    ///
    /// # Errors
    /// When it is the last owner and would be none any more, or a screen and would be more than a reader.
    pub async fn change_grants(
        &self,
        id: AccountId,
        decide: impl FnOnce(&Account) -> Option<Vec<Grant>>,
    ) -> Result<Option<(Vec<Grant>, Vec<Grant>)>, AccountError> {
        let one = self.writing().await;
        let account = self.account(id).ok_or(AccountError::None)?;
        let Some(grants) = decide(&account) else {
            return Ok(None);
        };
        self.regrant(&one, id, grants.clone()).await?;
        Ok(Some((account.grants, grants)))
    }

    pub(super) async fn regrant(
        &self,
        one: &Writing<'_>,
        id: AccountId,
        grants: Vec<Grant>,
    ) -> Result<(), AccountError> {
        let account = self.account(id).ok_or(AccountError::None)?;
        let account = Account { grants, ..account };
        account.refuse_more_than_a_screen()?;
        self.refuse_without_owner(&account)?;
        self.put_account(one, account).await?;
        // What they shared may be more than they see now: somebody looks at it first.
        self.pause_links_of(one, id).await
    }

    /// There is always one owner who can sign in, once there was one.
    pub(super) fn refuse_without_owner(&self, next: &Account) -> Result<(), AccountError> {
        let book = self.read();
        let is_owner = |account: &Account| account.is_owner() && account.can_sign_in();
        let was = book.account(next.id).is_some_and(is_owner);
        let others = book
            .accounts()
            .any(|account| account.id != next.id && is_owner(account));
        if was && !others && !is_owner(next) {
            return Err(AccountError::LastOwner);
        }
        Ok(())
    }
}

impl Account {
    /// A wall screen reads, and nothing else: nobody sits before it.
    pub(super) fn refuse_more_than_a_screen(&self) -> Result<(), AccountError> {
        if self.is_display && self.grants.iter().any(|grant| grant.role != Role::Viewer) {
            return Err(AccountError::Bad {
                field: "role",
                reason: "screen",
            });
        }
        Ok(())
    }

    pub(super) fn is_owner(&self) -> bool {
        let whole = Grant::everywhere(Role::Owner);
        self.grants.contains(&whole)
    }

    /// Whether a password or a provider proves it.
    pub(super) fn can_sign_in(&self) -> bool {
        self.is_active && (self.password.is_some() || self.external.is_some())
    }
}
