//! Accounts, secrets and the audit log: what is stored is found again, and what must be bounded is.

#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use store::Records;
use store::records::access::{
    AccountRecord, Accounts as _, Audit as _, AuditEntry, AuditQuery, CredentialKind, CredentialRecord,
    Credentials as _, LINK_VIEWS, LinkViewRecord,
};
use twin::Timestamp;

fn account(id: u32, name: &str) -> AccountRecord {
    AccountRecord {
        id,
        name: name.to_owned(),
        display: "Ada L.".to_owned(),
        email: Some("ada@example.org".to_owned()),
        locale: Some("fr".to_owned()),
        is_display: id == 2,
        password: None,
        grants: "[]".to_owned(),
        is_active: true,
        created: Timestamp::from_millis(5),
        external: (id == 2).then(|| "https://id.example.org|7".to_owned()),
    }
}

fn credential(id: u32, account: u32) -> CredentialRecord {
    CredentialRecord {
        id,
        kind: CredentialKind::Session,
        hash: [u8::try_from(id).unwrap(); 32],
        account,
        created: Timestamp::from_millis(1),
        seen: None,
        expires: Some(Timestamp::from_millis(9)),
        document: "{}".to_owned(),
    }
}

fn entry(number: u64, action: &str, account: Option<u32>) -> AuditEntry {
    AuditEntry {
        number,
        at: Timestamp::from_millis(i64::try_from(number).unwrap()),
        action: action.to_owned(),
        subject: "account 1".to_owned(),
        details: "{}".to_owned(),
        account,
        person: Some("{\"name\":\"ada\"}".to_owned()),
        salt: Some([3; 16]),
        person_hash: [1; 32],
        hash: [u8::try_from(number).unwrap(); 32],
    }
}

async fn records() -> (tempfile::TempDir, Records) {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(&folder.path().join("records.db")).await.unwrap();
    (folder, records)
}

#[tokio::test]
async fn accounts_and_their_secrets_go_together() {
    let (_folder, records) = records().await;
    let (mut ada, wall) = (account(1, "ada"), account(2, "wall"));
    records.put_account(&ada).await.unwrap();
    records.put_account(&wall).await.unwrap();
    ada.password = Some("$argon2id$…".to_owned());
    ada.is_active = false;
    records.put_account(&ada).await.unwrap();
    assert_eq!(records.accounts().await.unwrap(), [ada, wall.clone()]);
    assert!(
        records.put_account(&account(3, "ada")).await.is_err(),
        "a name is one account's"
    );

    let mut session = credential(1, 1);
    let others = [credential(2, 2), credential(3, 1)];
    records.put_credential(&session).await.unwrap();
    for other in &others {
        records.put_credential(other).await.unwrap();
    }
    session.seen = Some(Timestamp::from_millis(4));
    records.put_credential(&session).await.unwrap();
    assert_eq!(
        records.credentials().await.unwrap(),
        [session, others[0].clone(), others[1].clone()]
    );
    let same_hash = CredentialRecord {
        id: 9,
        ..others[0].clone()
    };
    assert!(records.put_credential(&same_hash).await.is_err());

    records.remove_credentials(&[3, 77]).await.unwrap();
    records.remove_account(1).await.unwrap();
    assert_eq!(records.accounts().await.unwrap(), [wall]);
    assert_eq!(records.credentials().await.unwrap(), [others[0].clone()]);
}

#[tokio::test]
async fn the_newest_views_of_a_link_are_kept() {
    let (_folder, records) = records().await;
    let view = |link, at: u32| LinkViewRecord {
        link,
        at: Timestamp::from_millis(i64::from(at)),
        document: "{}".to_owned(),
    };
    records.add_link_view(&view(8, 1)).await.unwrap();
    for at in 0..LINK_VIEWS + 3 {
        records.add_link_view(&view(7, at)).await.unwrap();
    }
    let views = records.link_views(7).await.unwrap();
    assert_eq!(views.len(), LINK_VIEWS as usize);
    assert_eq!(views.first(), Some(&view(7, LINK_VIEWS + 2)));
    assert_eq!(records.link_views(8).await.unwrap(), [view(8, 1)]);
}

#[tokio::test]
async fn the_audit_log_only_grows_and_is_asked_from_its_end() {
    let (_folder, records) = records().await;
    assert_eq!(records.audit_head().await.unwrap(), None);
    let entries = [
        entry(1, "sign_in", Some(1)),
        entry(2, "share.make", Some(1)),
        entry(3, "share.revoke", Some(2)),
        entry(4, "sign_in", None),
    ];
    for entry in &entries {
        records.add_audit(entry).await.unwrap();
    }
    assert!(records.add_audit(&entry(4, "forged", None)).await.is_err());
    assert_eq!(records.audit_head().await.unwrap(), Some((4, [4; 32])));
    let all = AuditQuery {
        most: 10,
        ..AuditQuery::default()
    };
    for (query, expect) in [
        (all.clone(), &[4, 3, 2, 1][..]),
        (
            AuditQuery {
                most: 2,
                ..all.clone()
            },
            &[4, 3],
        ),
        (
            AuditQuery {
                before: Some(3),
                ..all.clone()
            },
            &[2, 1],
        ),
        (
            AuditQuery {
                action: "share".to_owned(),
                ..all.clone()
            },
            &[3, 2],
        ),
        (
            AuditQuery {
                action: "%' OR 1=1 --".to_owned(),
                ..all.clone()
            },
            &[],
        ),
        (
            AuditQuery {
                account: Some(1),
                ..all.clone()
            },
            &[2, 1],
        ),
        (
            AuditQuery {
                from: Some(Timestamp::from_millis(2)),
                to: Some(Timestamp::from_millis(4)),
                ..all.clone()
            },
            &[3, 2],
        ),
    ] {
        let found: Vec<u64> = records
            .audit(&query)
            .await
            .unwrap()
            .iter()
            .map(|entry| entry.number)
            .collect();
        assert_eq!(found, expect, "{query:?}");
    }

    assert_eq!(records.forget_person(1).await.unwrap(), 2);
    let mut left = Vec::new();
    records.each_audit(|entry| left.push(entry)).await.unwrap();
    let forgotten = |entry: &AuditEntry| AuditEntry {
        person: None,
        salt: None,
        ..entry.clone()
    };
    assert_eq!(
        left,
        [
            forgotten(&entries[0]),
            forgotten(&entries[1]),
            entries[2].clone(),
            entries[3].clone()
        ]
    );
}
