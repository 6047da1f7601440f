//! More rights than one has: given to oneself, kept after they were taken, won by being two at once.

use access::{AccountId, Capability, Role};
use twin::Span;

use crate::support::site::{PASSWORD, Site};

const DAY: Span = Span::from_secs(86_400);

fn id(site: &Site, name: &str) -> AccountId {
    site.accounts.by_name(name).unwrap().id
}

fn role(site: &Site, name: &str) -> Vec<Role> {
    let account = site.accounts.by_name(name).unwrap();
    account.grants.iter().map(|grant| grant.role).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_privilege_change_while_connected() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Engineer, "")]).await;
    let mut live = site.live_of(&session).await;
    let point = site.point("acme/rotterdam/pump").get();
    let watch = format!("{{\"kind\":\"points\",\"points\":[{point}]}}");
    assert_eq!(live.watch(&watch).await["type"], "snapshot");
    let less = vec![site.grant(Role::Viewer, "acme/lyon")];
    site.accounts
        .change_grants(id(&site, "ada"), |_| Some(less))
        .await
        .unwrap();
    assert_eq!(live.code().await, 4403);
    let mut again = site.live_of(&session).await;
    assert_eq!(again.watch(&watch).await["type"], "error");
    let tag = site.get(&format!("/api/fn/tag?point={point}")).by(&session);
    assert_eq!(tag.await.status, 404);
}

/// A new password takes a while to be hashed: what was decided on the account meanwhile stands.
#[tokio::test(flavor = "multi_thread")]
async fn a_privilege_change_undone_by_a_new_password() {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let session = site
        .session("ada", vec![site.grant(Role::Administrator, "")])
        .await;
    let ada = id(&site, "ada");
    let form = format!("old={}&new=another+horse+battery", PASSWORD.replace(' ', "+"));
    let change = async { site.post("/account/password", &form).by(&session).await };
    let cut = async {
        let less = vec![site.grant(Role::Viewer, "acme/lyon")];
        site.accounts.change_grants(ada, |_| Some(less)).await.unwrap();
    };
    let (_, ()) = tokio::join!(change, cut);
    assert_eq!(role(&site, "ada"), [Role::Viewer]);

    let pass = site.accounts.reset(ada).await.unwrap().secret;
    let form = "password=one+more+horse+battery";
    let path = format!("/welcome/{pass}");
    let enter = async { site.post(&path, form).await };
    let pause = async { site.accounts.set_active(ada, false).await.unwrap() };
    let (entered, ()) = tokio::join!(enter, pause);
    assert!(!site.accounts.account(ada).unwrap().is_active);
    assert_eq!(
        site.get("/api/fn/overview").by(entered.cookie()).await.status,
        401
    );
}

/// Who is removed does not come back by what they had begun.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_kept_by_a_new_password() {
    let site = Site::new().await;
    site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let session = site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    let form = format!("old={}&new=another+horse+battery", PASSWORD.replace(' ', "+"));
    let change = async { site.post("/account/password", &form).by(&session).await };
    let remove = async { site.accounts.remove(id(&site, "ada"), true).await.unwrap() };
    tokio::join!(change, remove);
    assert!(site.accounts.by_name("ada").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_owner_taken_away_by_two_at_once() {
    let site = Site::new().await;
    for name in ["ada", "grace"] {
        site.session(name, vec![site.grant(Role::Owner, "")]).await;
    }
    let viewer = || vec![site.grant(Role::Viewer, "")];
    let (one, two) = tokio::join!(
        site.accounts.change_grants(id(&site, "ada"), |_| Some(viewer())),
        site.accounts
            .change_grants(id(&site, "grace"), |_| Some(viewer())),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    assert!(site.accounts.has_owner());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owners_rights_by_an_administrator() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let admin = site
        .session("admin", vec![site.grant(Role::Administrator, "")])
        .await;
    let (own, theirs) = (id(&site, "admin").get(), id(&site, "owner").get());
    for (path, form) in [
        (
            "/admin/people/invite".to_owned(),
            "name=eve&display=Eve&role=owner&below=",
        ),
        (format!("/admin/people/{own}/grant"), "role=owner&below="),
        (format!("/admin/people/{theirs}/reset"), ""),
        (format!("/admin/people/{theirs}/ungrant"), "role=owner&tops="),
        (format!("/admin/people/{theirs}/active"), "active=false"),
        (format!("/admin/people/{theirs}/remove"), ""),
    ] {
        let answer = site.post(&path, form).by(&admin).await;
        assert!(
            matches!(answer.status, 403 | 422),
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
    for number in 0..10 {
        site.post("/admin/sessions", &format!("id={number}"))
            .by(&admin)
            .await;
    }
    assert_eq!(role(&site, "admin"), [Role::Administrator]);
    assert_eq!(site.get("/api/fn/overview").by(&owner).await.status, 200);
    assert!(site.accounts.by_name("eve").is_none());
}

/// An administrator of a part administers nobody: accounts are the whole plant's.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_everywhere_by_an_administrator_of_a_part() {
    let site = Site::new().await;
    let grant = site.grant(Role::Administrator, "acme/lyon");
    let admin = site.session("admin", vec![grant]).await;
    let own = id(&site, "admin").get();
    let grant = site
        .post(&format!("/admin/people/{own}/grant"), "role=administrator&below=")
        .by(&admin);
    assert_eq!(grant.await.status, 403);
    let invite = site
        .post("/admin/people/invite", "name=eve&display=Eve&role=viewer&below=")
        .by(&admin);
    assert_eq!(invite.await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_token_was_given() {
    let site = Site::new().await;
    site.session("ada", vec![site.grant(Role::Owner, "")]).await;
    let (token, _) = site.token("ada", vec![Capability::See], DAY).await;
    let bearer = format!("Bearer {token}");
    let point = site.point("acme/lyon/press").get();
    for (path, expect) in [
        ("/api/fn/overview".to_owned(), 200),
        (format!("/api/export.csv?point={point}&from=0&to=9"), 403),
        ("/admin/people".to_owned(), 403),
        ("/admin/audit.csv".to_owned(), 403),
        ("/metrics".to_owned(), 403),
        ("/api/fn/sources".to_owned(), 403),
    ] {
        let ask = site.get(&path).with("accept", "application/json");
        let answer = ask.with("authorization", &bearer).await;
        assert_eq!(answer.status, expect, "{path}");
    }
    let form = format!("point={point}&form[name]=X");
    let write = site
        .post("/api/fn/save_point", &form)
        .with("authorization", &bearer);
    assert_eq!(write.await.status, 403);
}

/// A token that could make tokens would never end.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_renews_itself() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Owner, "")]).await;
    let (token, _) = site
        .token("ada", Capability::ALL.to_vec(), Span::from_secs(60))
        .await;
    let bearer = format!("Bearer {token}");
    let form = "name=forever&days=365&may=see";
    for (path, form) in [
        ("/account/tokens", form),
        ("/account/sessions", "id=1"),
        ("/account/password", "old=x&new=y"),
    ] {
        let answer = site.post(path, form).with("authorization", &bearer).await;
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(site.post("/account/tokens", form).by(&session).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_chosen_by_a_cookie_outside_the_demo() {
    let site = Site::new().await;
    let session = site.session("ada", vec![site.grant(Role::Viewer, "")]).await;
    let visit = site.post("/visit", "role=owner&below=").by(&session).await;
    assert_eq!(visit.status, 403);
    for cookie in [
        "gemba_role=owner".to_owned(),
        format!("gemba_role=owner; gemba_session={session}"),
    ] {
        let answer = site.get("/admin/people").with("cookie", &cookie).await;
        assert!(answer.is_refused(), "{cookie}: {}", answer.status);
    }
}

/// A wall screen reads; nobody sits before it.
#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_screen_may() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let invite = "name=hall&display=Hall&below=&screen=on&role=";
    let invited = site
        .post("/admin/people/invite", &format!("{invite}owner"))
        .by(&owner);
    assert_eq!(invited.await.status, 422);
    assert!(site.accounts.by_name("hall").is_none());
    let invited = site
        .post("/admin/people/invite", &format!("{invite}viewer"))
        .by(&owner);
    assert_eq!(invited.await.status, 200);
    let hall = id(&site, "hall");
    let grant = site.post(
        &format!("/admin/people/{}/grant", hall.get()),
        "role=owner&below=",
    );
    assert_eq!(grant.by(&owner).await.status, 422);
    assert_eq!(role(&site, "hall"), [Role::Viewer]);
    let pass = site.accounts.reset(hall).await.unwrap().secret;
    let screen = site.post(&format!("/welcome/{pass}"), "").await;
    let screen = screen.cookie();
    assert_eq!(site.get("/api/fn/overview").by(screen).await.status, 200);
    let token = site.post("/account/tokens", "name=x&days=365&may=see").by(screen);
    assert_eq!(token.await.status, 403);
    let made = site
        .accounts
        .make_token(hall, "x", vec![Capability::See], None)
        .await;
    assert!(made.is_err());
    // The next link ends the session of the device before.
    let pass = site.accounts.reset(hall).await.unwrap().secret;
    assert_eq!(site.post(&format!("/welcome/{pass}"), "").await.status, 303);
    assert_eq!(site.get("/api/fn/overview").by(screen).await.status, 401);
}

/// Whoever had the old password may have made tokens with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_outlives_a_reset() {
    let site = Site::new().await;
    site.session("ada", vec![site.grant(Role::Owner, "")]).await;
    let (token, _) = site.token("ada", vec![Capability::See], DAY).await;
    let ask = async || {
        let bearer = format!("Bearer {token}");
        site.get("/api/fn/overview")
            .with("authorization", &bearer)
            .await
            .status
    };
    assert_eq!(ask().await, 200);
    let pass = site.accounts.reset(id(&site, "ada")).await.unwrap().secret;
    let entered = site.post(&format!("/welcome/{pass}"), "password=one+more+horse+battery");
    assert_eq!(entered.await.status, 303);
    assert_eq!(ask().await, 401);
}

/// A role is taken away by what it is: pressed twice, or from an old page, nothing else goes with it. Of many at
/// once none is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_undone_by_another_at_once() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let all = vec![site.grant(Role::Administrator, ""), site.grant(Role::Planner, "")];
    site.session("ada", all).await;
    let ada = id(&site, "ada").get();
    let (take, give) = (
        format!("/admin/people/{ada}/ungrant"),
        format!("/admin/people/{ada}/grant"),
    );
    let post = async |path: &str, form: &str| site.post(path, form).by(&owner).await.status;
    let statuses = tokio::join!(
        post(&take, "role=administrator&tops="),
        post(&give, "role=viewer&below=acme/lyon"),
        post(&take, "role=administrator&tops="),
        post(&give, "role=operator&below=acme/rotterdam"),
    );
    assert_eq!(statuses, (303, 303, 303, 303));
    let mut left = role(&site, "ada");
    left.sort();
    assert_eq!(left, [Role::Viewer, Role::Operator, Role::Planner]);
    // The log says where.
    let log = site.get("/admin/audit.csv").by(&owner).await.body;
    assert!(log.contains("viewer at acme/lyon"), "{log}");
    // Without a word on where it is no role everywhere.
    assert_eq!(post(&give, "role=administrator").await, 422);
}
