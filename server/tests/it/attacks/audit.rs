//! Somebody with the disk in their hands rewrites what was done.

use access::Role;
use serde_json::json;
use server::accounts::audit::{Doer, Verdict, verify};
use store::{DataDir, Records};

use crate::doors::{run, signed_in};
use crate::support::Gemba;
use crate::support::site::Site;

/// A log of some entries, one statement by somebody beside the server, and what walking it finds.
async fn tampered(statement: &'static str) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let data = DataDir::open(folder.path()).unwrap();
    let records = Records::open(&data.records()).await.unwrap();
    let clock = std::sync::Arc::new(server::clock::SystemClock);
    let log = server::accounts::audit::AuditLog::open(records.clone(), clock)
        .await
        .unwrap();
    for n in 0..6 {
        let doer = Doer {
            name: format!("person {n}"),
            ..Doer::command()
        };
        let subject = format!("account {n}");
        log.note(doer, "account.invite", subject, json!({"n": n}))
            .await
            .unwrap();
    }
    let sound = log.verify().await.unwrap();
    assert_eq!((sound.sound, sound.broken), (6, None));
    records.close().await;
    change(&data.records(), statement).await;
    let records = Records::open(&data.records()).await.unwrap();
    let verdict = verify(&records).await.unwrap();
    records.close().await;
    verdict
}

/// Changes the records beside the server.
async fn change(file: &std::path::Path, statement: &'static str) {
    let at = format!("sqlite://{}", file.display());
    let records = sqlx::SqlitePool::connect(&at).await.unwrap();
    let done = sqlx::raw_sql(statement).execute(&records).await.unwrap();
    assert!(done.rows_affected() > 0, "{statement}");
    records.close().await;
}

/// The first entry that does not hold.
fn broken_at(verdict: &Verdict) -> u64 {
    assert!(verdict.broken.is_some(), "{verdict:?}");
    verdict.sound + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_entry_made_another() {
    for (statement, expect) in [
        ("UPDATE audit SET subject = 'account 9' WHERE number = 2", 2),
        ("UPDATE audit SET action = 'account.remove' WHERE number = 3", 3),
        ("UPDATE audit SET details = '{\"n\":9}' WHERE number = 4", 4),
        ("UPDATE audit SET at = at + 1 WHERE number = 5", 5),
        ("UPDATE audit SET hash = zeroblob(32) WHERE number = 6", 6),
    ] {
        assert_eq!(broken_at(&tampered(statement).await), expect, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_entry_of_somebody_else() {
    let statement = "UPDATE audit SET person = replace(person, 'person 2', 'person 3') WHERE number = 3";
    assert_eq!(broken_at(&tampered(statement).await), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_entry_taken_out() {
    assert_eq!(
        broken_at(&tampered("DELETE FROM audit WHERE number = 3").await),
        3
    );
    assert_eq!(
        broken_at(&tampered("DELETE FROM audit WHERE number = 1").await),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn audit_entries_in_another_order() {
    let swap = "CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE number IN (2, 3);
        DELETE FROM audit WHERE number IN (2, 3);
        UPDATE kept SET number = 5 - number;
        INSERT INTO audit SELECT * FROM kept";
    assert_eq!(broken_at(&tampered(swap).await), 2);
    let renumbered = "UPDATE audit SET number = number + 10 WHERE number > 3";
    assert_eq!(broken_at(&tampered(renumbered).await), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_entry_put_in() {
    let statement = "INSERT INTO audit SELECT 7, at, action, subject, details, account, person, salt, person_hash, hash \
                     FROM audit WHERE number = 6";
    assert_eq!(broken_at(&tampered(statement).await), 7);
}

/// What is cut off at the end leaves a chain that holds: told by who kept the last hash, as the guide says.
#[tokio::test(flavor = "multi_thread")]
async fn an_audit_log_cut_off_at_its_end() {
    let whole = tampered("UPDATE audit SET number = number WHERE number = 6").await;
    let cut = tampered("DELETE FROM audit WHERE number > 4").await;
    assert_eq!((cut.sound, cut.broken), (4, None));
    assert_ne!(cut.head, whole.head, "the last hash says so");
}

/// The command that people run says it, and which one.
#[tokio::test(flavor = "multi_thread")]
async fn a_tampered_audit_log_by_the_command() {
    let mut gemba = Gemba::guarded(&["--mqtt", "mqtt://127.0.0.1:1"]).await;
    signed_in(&gemba, "ada", "administrator").await;
    let (is_sound, said) = run(&gemba, &["audit", "verify"]);
    assert!(is_sound && said.contains("entries hold"), "{said}");
    assert!(gemba.terminate());
    let file = gemba.data.join("records.db");
    change(&file, "UPDATE audit SET subject = 'account 9' WHERE number = 2").await;
    let (is_sound, said) = run(&gemba, &["audit", "verify"]);
    assert!(!is_sound && said.contains("entry 2 was changed"), "{said}");
}

/// A person who is forgotten stands nowhere in the log, which still holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_person_found_in_the_audit_log() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    site.session("grace", vec![site.grant(Role::Viewer, "")]).await;
    let form = "name=grace&password=correct+horse+battery";
    assert_eq!(site.post("/sign-in", form).await.status, 303);
    let grace = site.accounts.by_name("grace").unwrap().id;
    let log = async || site.get("/admin/audit.csv").by(&owner).await.body;
    assert!(log().await.contains("grace"));
    let path = format!("/admin/people/{}/remove", grace.get());
    assert_eq!(site.post(&path, "forget=on").by(&owner).await.status, 303);
    assert!(!log().await.contains("grace"));
    assert_eq!(site.accounts.audit.verify().await.unwrap().broken, None);
}
