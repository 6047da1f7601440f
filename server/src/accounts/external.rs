//! Accounts of people who sign in elsewhere: made at their first sign-in, brought up to date at each.

use access::Grant;

use super::invite::{NAME, account_name, display_name};
use super::{Account, AccountError, Accounts, NewAccount, NewSession, Origin, Writing};

/// Somebody whom a provider proved.
#[derive(Clone, Debug)]
pub struct External {
    /// Issuer and subject.
    pub key: String,
    /// What they sign in with there.
    pub name: Option<String>,
    /// As shown.
    pub display: Option<String>,
    pub email: Option<String>,
    /// None: an administrator gives roles.
    pub grants: Option<Vec<Grant>>,
}

/// What came of it.
#[derive(Debug)]
pub enum Entered {
    /// Signed in; whether the account is new, and whether its roles were others before.
    In {
        session: NewSession,
        is_new: bool,
        roles_changed: bool,
    },
    /// Known, but without any role.
    NoRole(Option<Account>),
    /// An administrator paused the account.
    Paused(Account),
}

impl Accounts {
    /// Signs somebody in whom a provider proved. An account of the same name that is not theirs stays as it is:
    /// names are no proof. One at a time, or somebody becomes two.
    ///
    /// # Errors
    /// When the records cannot be read or written, or there are too many accounts.
    pub async fn enter(&self, external: External, origin: Origin) -> Result<Entered, AccountError> {
        let one = self.writing().await;
        let known = self
            .read()
            .accounts()
            .find(|account| account.external.as_ref() == Some(&external.key))
            .cloned();
        let is_new = known.is_none();
        let account = match known {
            Some(account) if !account.is_active => return Ok(Entered::Paused(account)),
            Some(account) => account,
            None if external.grants.as_ref().is_some_and(Vec::is_empty) => return Ok(Entered::NoRole(None)),
            None => self.add_external(&one, &external).await?,
        };
        let before = account.grants.clone();
        let account = self.bring_up_to_date(&one, account, external).await?;
        if account.grants.is_empty() {
            return Ok(Entered::NoRole(Some(account)));
        }
        Ok(Entered::In {
            roles_changed: !is_new && before != account.grants,
            session: self.begin_session(&account, origin).await?,
            is_new,
        })
    }

    async fn add_external(&self, one: &Writing<'_>, external: &External) -> Result<Account, AccountError> {
        let wanted = external.name.as_deref().or(external.email.as_deref());
        let wanted = wanted
            .and_then(|name| account_name(name).ok())
            .unwrap_or_else(|| "openid".to_owned());
        let new = NewAccount {
            name: self.free_name(&wanted),
            display: wanted,
            email: None,
            locale: None,
            is_display: false,
            grants: external.grants.clone().unwrap_or_default(),
        };
        let account = Account {
            external: Some(external.key.clone()),
            ..self.add(one, new).await?
        };
        self.put_account(one, account.clone()).await?;
        Ok(account)
    }

    /// The name, or with the first number behind it that nobody has.
    fn free_name(&self, wanted: &str) -> String {
        let stem: String = wanted.chars().take(NAME - 6).collect();
        let numbered = (2..).map(|n: u32| format!("{stem} {n}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| self.is_free(name)).unwrap_or(stem)
    }

    /// Names, mail and roles as the provider says now.
    async fn bring_up_to_date(
        &self,
        one: &Writing<'_>,
        account: Account,
        external: External,
    ) -> Result<Account, AccountError> {
        let display = external
            .display
            .as_deref()
            .and_then(|name| display_name(name).ok());
        let next = Account {
            display: display.unwrap_or_else(|| account.display.clone()),
            email: external.email.or_else(|| account.email.clone()),
            ..account.clone()
        };
        if next != account {
            self.put_account(one, next.clone()).await?;
        }
        let Some(grants) = external.grants.filter(|grants| *grants != next.grants) else {
            return Ok(next);
        };
        match self.regrant(one, next.id, grants.clone()).await {
            Ok(()) => Ok(Account { grants, ..next }),
            // Somebody must be able to give roles.
            Err(AccountError::LastOwner) => {
                tracing::warn!(
                    account = next.id.get(),
                    "the last owner stays one, whatever its groups are"
                );
                Ok(next)
            }
            Err(error) => Err(error),
        }
    }
}
