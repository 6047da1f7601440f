//! The audit log in SQLite.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use twin::Timestamp;

use super::access::hash;
use super::{id_from_number, reading, writing};
use crate::records::access::{Audit, AuditEntry, AuditQuery, Hash};
use crate::records::{Records, RecordsError};

const COLUMNS: &str = "SELECT number, at, action, subject, details, account, person, salt, person_hash, hash
     FROM audit";

impl Audit for Records {
    async fn audit_head(&self) -> Result<Option<(u64, Hash)>, RecordsError> {
        let query = sqlx::query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
        let failed = reading("the audit log");
        let row = query.fetch_optional(&self.pool).await.map_err(&failed)?;
        let head = row.map(|row| Ok((number(&row, 0)?, hash(&row, 1)?)));
        head.transpose().map_err(failed)
    }

    async fn add_audit(&self, entry: &AuditEntry) -> Result<(), RecordsError> {
        let query = sqlx::query(
            "INSERT INTO audit
                 (number, at, action, subject, details, account, person, salt, person_hash, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        );
        let query = query
            .bind(i64::try_from(entry.number).unwrap_or(i64::MAX))
            .bind(entry.at.micros())
            .bind(&entry.action)
            .bind(&entry.subject)
            .bind(&entry.details)
            .bind(entry.account.map(i64::from))
            .bind(entry.person.as_deref())
            .bind(entry.salt.as_ref().map(|salt| &salt[..]))
            .bind(&entry.person_hash[..])
            .bind(&entry.hash[..]);
        let done = query.execute(&self.pool).await;
        done.map(drop).map_err(writing("the audit log"))
    }

    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, RecordsError> {
        let mut select = QueryBuilder::<Sqlite>::new(COLUMNS);
        select.push(" WHERE 1 = 1");
        if let Some(before) = query.before {
            select
                .push(" AND number < ")
                .push_bind(i64::try_from(before).unwrap_or(i64::MAX));
        }
        if !query.action.is_empty() {
            let action = query.action.as_str();
            select
                .push(" AND substr(action, 1, length(")
                .push_bind(action)
                .push(")) = ")
                .push_bind(action);
        }
        if let Some(account) = query.account {
            select.push(" AND account = ").push_bind(i64::from(account));
        }
        if let Some(from) = query.from {
            select.push(" AND at >= ").push_bind(from.micros());
        }
        if let Some(to) = query.to {
            select.push(" AND at < ").push_bind(to.micros());
        }
        select
            .push(" ORDER BY number DESC LIMIT ")
            .push_bind(i64::from(query.most));
        let failed = reading("the audit log");
        let rows = select.build().fetch_all(&self.pool).await.map_err(&failed)?;
        let entries = rows.iter().map(entry_from_row);
        entries.collect::<Result<_, _>>().map_err(failed)
    }

    async fn each_audit(&self, each: impl FnMut(AuditEntry) + Send) -> Result<(), RecordsError> {
        let mut select = QueryBuilder::<Sqlite>::new(COLUMNS);
        select.push(" ORDER BY number");
        self.each_row("the audit log", select.build(), entry_from_row, each)
            .await
    }

    async fn forget_person(&self, account: u32) -> Result<u64, RecordsError> {
        let query = sqlx::query("UPDATE audit SET person = NULL, salt = NULL WHERE account = $1");
        let done = query.bind(i64::from(account)).execute(&self.pool).await;
        done.map(|done| done.rows_affected())
            .map_err(writing("the audit log"))
    }
}

fn number(row: &SqliteRow, column: usize) -> Result<u64, sqlx::Error> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn entry_from_row(row: &SqliteRow) -> Result<AuditEntry, sqlx::Error> {
    let salt: Option<Vec<u8>> = row.try_get(7)?;
    let account: Option<i64> = row.try_get(5)?;
    Ok(AuditEntry {
        number: number(row, 0)?,
        at: Timestamp::from_micros(row.try_get(1)?),
        action: row.try_get(2)?,
        subject: row.try_get(3)?,
        details: row.try_get(4)?,
        account: account.map(id_from_number).transpose()?,
        person: row.try_get(6)?,
        // A salt of another length fits nothing: the entry then reads as changed, as it is.
        salt: salt.map(|salt| <[u8; 16]>::try_from(salt).unwrap_or_default()),
        person_hash: hash(row, 8)?,
        hash: hash(row, 9)?,
    })
}
