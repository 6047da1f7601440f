//! Accounts, secrets and views of links in SQLite.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use twin::Timestamp;

use super::{id, id_from_number, writing};
use crate::records::access::{
    AccountRecord, Accounts, CredentialKind, CredentialRecord, Credentials, Hash, LINK_VIEWS, LinkViewRecord,
};
use crate::records::{Records, RecordsError};

impl Accounts for Records {
    async fn accounts(&self) -> Result<Vec<AccountRecord>, RecordsError> {
        let query =
            "SELECT id, name, display, email, kind, password, grants, is_active, created, external, locale
             FROM accounts ORDER BY id";
        self.all_rows("accounts", query, account_from_row).await
    }

    async fn put_account(&self, account: &AccountRecord) -> Result<(), RecordsError> {
        let query = sqlx::query(
            "INSERT INTO accounts
                 (id, name, display, email, kind, password, grants, is_active, created, external, locale)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, display = excluded.display,
                 email = excluded.email, kind = excluded.kind, password = excluded.password,
                 grants = excluded.grants, is_active = excluded.is_active, external = excluded.external,
                 locale = excluded.locale",
        );
        let query = query
            .bind(i64::from(account.id))
            .bind(&account.name)
            .bind(&account.display)
            .bind(account.email.as_deref())
            .bind(if account.is_display { "display" } else { "person" })
            .bind(account.password.as_deref())
            .bind(&account.grants)
            .bind(i64::from(account.is_active))
            .bind(account.created.micros())
            .bind(account.external.as_deref())
            .bind(account.locale.as_deref());
        let done = query.execute(&self.pool).await;
        done.map(drop).map_err(writing("an account"))
    }

    async fn remove_account(&self, account: u32) -> Result<(), RecordsError> {
        let failed = writing("an account");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for query in [
            "DELETE FROM credentials WHERE account = $1",
            "DELETE FROM accounts WHERE id = $1",
        ] {
            let query = sqlx::query(query).bind(i64::from(account));
            query.execute(&mut *transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

impl Credentials for Records {
    async fn credentials(&self) -> Result<Vec<CredentialRecord>, RecordsError> {
        let query = "SELECT id, kind, hash, account, created, seen, expires, document
             FROM credentials ORDER BY id";
        self.all_rows("sessions, tokens and links", query, credential_from_row)
            .await
    }

    async fn put_credential(&self, credential: &CredentialRecord) -> Result<(), RecordsError> {
        let query = sqlx::query(
            "INSERT INTO credentials (id, kind, hash, account, created, seen, expires, document)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, account = excluded.account,
                 seen = excluded.seen, expires = excluded.expires, document = excluded.document",
        );
        let query = query
            .bind(i64::from(credential.id))
            .bind(credential.kind.word())
            .bind(&credential.hash[..])
            .bind(i64::from(credential.account))
            .bind(credential.created.micros())
            .bind(credential.seen.map(Timestamp::micros))
            .bind(credential.expires.map(Timestamp::micros))
            .bind(&credential.document);
        let done = query.execute(&self.pool).await;
        done.map(drop).map_err(writing("a session, token or link"))
    }

    async fn remove_credentials(&self, ids: &[u32]) -> Result<(), RecordsError> {
        let failed = writing("sessions, tokens or links");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        for gone in ids {
            for query in [
                "DELETE FROM link_views WHERE link = $1",
                "DELETE FROM credentials WHERE id = $1",
            ] {
                let query = sqlx::query(query).bind(i64::from(*gone));
                query.execute(&mut *transaction).await.map_err(&failed)?;
            }
        }
        transaction.commit().await.map_err(failed)
    }

    async fn add_link_view(&self, view: &LinkViewRecord) -> Result<(), RecordsError> {
        let failed = writing("a view of a link");
        let mut transaction = self.pool.begin().await.map_err(&failed)?;
        let insert = sqlx::query("INSERT INTO link_views (link, at, document) VALUES ($1, $2, $3)")
            .bind(i64::from(view.link))
            .bind(view.at.micros())
            .bind(&view.document);
        insert.execute(&mut *transaction).await.map_err(&failed)?;
        let trim = sqlx::query(
            "DELETE FROM link_views WHERE link = $1 AND at <
                 (SELECT at FROM link_views WHERE link = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)",
        );
        let trim = trim.bind(i64::from(view.link)).bind(i64::from(LINK_VIEWS) - 1);
        trim.execute(&mut *transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(failed)
    }

    async fn link_views(&self, link: u32) -> Result<Vec<LinkViewRecord>, RecordsError> {
        let query = sqlx::query("SELECT link, at, document FROM link_views WHERE link = $1 ORDER BY at DESC");
        let from_row = |row: &SqliteRow| {
            Ok(LinkViewRecord {
                link: id(row, 0)?,
                at: Timestamp::from_micros(row.try_get(1)?),
                document: row.try_get(2)?,
            })
        };
        let mut views = Vec::new();
        self.each_row("views of a link", query.bind(i64::from(link)), from_row, |view| {
            views.push(view);
        })
        .await?;
        Ok(views)
    }
}

fn account_from_row(row: &SqliteRow) -> Result<AccountRecord, sqlx::Error> {
    Ok(AccountRecord {
        id: id(row, 0)?,
        name: row.try_get(1)?,
        display: row.try_get(2)?,
        email: row.try_get(3)?,
        is_display: row.try_get::<String, _>(4)? == "display",
        password: row.try_get(5)?,
        grants: row.try_get(6)?,
        is_active: row.try_get::<i64, _>(7)? != 0,
        created: Timestamp::from_micros(row.try_get(8)?),
        external: row.try_get(9)?,
        locale: row.try_get(10)?,
    })
}

fn credential_from_row(row: &SqliteRow) -> Result<CredentialRecord, sqlx::Error> {
    let kind: String = row.try_get(1)?;
    let unknown = || sqlx::Error::Decode(format!("no kind of secret: {kind}").into());
    Ok(CredentialRecord {
        id: id(row, 0)?,
        kind: CredentialKind::from_word(&kind).ok_or_else(unknown)?,
        hash: hash(row, 2)?,
        account: id_from_number(row.try_get(3)?)?,
        created: Timestamp::from_micros(row.try_get(4)?),
        seen: row.try_get::<Option<i64>, _>(5)?.map(Timestamp::from_micros),
        expires: row.try_get::<Option<i64>, _>(6)?.map(Timestamp::from_micros),
        document: row.try_get(7)?,
    })
}

/// A digest of 32 bytes.
pub(super) fn hash(row: &SqliteRow, column: usize) -> Result<Hash, sqlx::Error> {
    let bytes: Vec<u8> = row.try_get(column)?;
    Hash::try_from(bytes).map_err(|bytes| {
        sqlx::Error::Decode(format!("a digest of {} bytes instead of 32", bytes.len()).into())
    })
}
