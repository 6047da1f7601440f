//! Lines and headers put in where a name, an address or a claim was asked for.

use access::Role;

use crate::support::site::{Ask, Site};

async fn owned(settings: &str) -> (Site, String) {
    let site = Site::with(settings).await;
    let session = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    (site, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_end_in_a_name() {
    let (site, session) = owned("").await;
    for name in [
        "a%0d%0aset-cookie:+x=1",
        "a%0aERROR+forged",
        "a%1b[31m",
        "a%00b",
        "a%e2%80%aeb",
    ] {
        for form in [
            format!("name=eve&display={name}&role=viewer&below="),
            format!("name={name}&display=Eve&role=viewer&below="),
        ] {
            let answer = site.post("/admin/people/invite", &form).by(&session).await;
            assert_eq!(answer.status, 422, "{form}");
        }
        let form = format!("name={name}&days=30&may=see");
        let answer = site.post("/account/tokens", &form).by(&session).await;
        assert_eq!(answer.status, 422, "{form}");
    }
    assert_eq!(site.accounts.all().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_put_into_the_answer() {
    let (site, session) = owned("").await;
    let end = "%0d%0aset-cookie:%20planted=1%0d%0a%0d%0a%3Cscript%3E";
    let form = format!("name=owner&password=correct+horse+battery&next=/x{end}");
    let entered = site.post("/sign-in", &form).await;
    assert_eq!(entered.header("location"), "/");
    let point = site.point("acme/lyon/press").get();
    for path in [
        format!("/sign-in?next=/x{end}"),
        format!("/overview{end}"),
        format!("/s/x{end}"),
        format!("/api/export.csv?point={point}&from=0&to=1&x={end}"),
        format!("/admin/audit.csv?action={end}"),
    ] {
        for ask in [site.get(&path), site.get(&path).by(&session)] {
            let answer = ask.with("accept", "text/html").await;
            assert!(!answer.header("set-cookie").contains("planted"), "{path}");
            assert!(!answer.header("location").contains('\n'), "{path}");
        }
    }
}

/// Names of assets become names of files.
#[tokio::test(flavor = "multi_thread")]
async fn a_header_put_into_the_name_of_a_file() {
    let (site, session) = owned("").await;
    let point = site.point("acme/lyon/press").get();
    let name = "x%22%3b+filename%3d%22evil.exe";
    let form = format!("point={point}&form[name]={name}");
    site.post("/api/fn/save_point", &form).by(&session).await;
    let path = format!("/api/export.csv?point={point}&from=0&to=1");
    let answer = site.get(&path).by(&session).await;
    let says = answer.header("content-disposition");
    assert_eq!(says.matches('"').count(), 2, "{says}");
    assert!(says.ends_with(".csv\""), "{says}");
}

fn claims<'s>(ask: Ask<'s>, address: &str) -> Ask<'s> {
    ask.with("x-forwarded-for", address)
        .with("x-real-ip", address)
        .with("x-forwarded-proto", "https")
        .with("x-forwarded-host", "evil.example")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_address_scheme_and_host_from_who_is_no_proxy() {
    let (site, session) = owned("[limits]\nwrites = 2\n").await;
    let entered = claims(
        site.post("/sign-in", "name=owner&password=correct+horse+battery"),
        "127.0.0.1",
    );
    let entered = entered.from("203.0.113.7").await;
    assert_eq!(entered.status, 303);
    assert!(!entered.header("set-cookie").contains("Secure"));
    // What it says of its address is neither counted nor written down.
    let mut statuses = Vec::new();
    for n in 0..3 {
        let ask = claims(
            site.post("/api/fn/prefs", "name=theme&value=dark"),
            &format!("10.0.0.{n}"),
        );
        statuses.push(ask.from("203.0.113.7").await.status);
    }
    assert!(statuses.ends_with(&[429]), "{statuses:?}");
    let log = site.get("/admin/audit.csv").by(&session).await.body;
    assert!(log.contains("203.0.113.7") && !log.contains("10.0.0."), "{log}");
}

/// Where links lead that are passed on is configured, not what somebody says the host is.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_host_in_a_link_that_is_passed_on() {
    let (site, session) =
        owned("[server]\npublic_url = \"https://gemba.example\"\nproxies = [\"127.0.0.1\"]\n").await;
    let asset = site.asset("acme/lyon/press").get();
    for (name, value) in [
        ("host", "10.9.9.9"),
        ("x-forwarded-host", "10.9.9.9"),
        ("x-forwarded-host", "localhost:1"),
    ] {
        for (path, form) in [
            (
                "/share",
                format!("asset={asset}&purpose=x&until=day&protection=none&embed=on"),
            ),
            (
                "/admin/people/invite",
                format!(
                    "name=eve{}&display=Eve&role=viewer&below=",
                    site.accounts.all().len()
                ),
            ),
        ] {
            let ask = site.post(path, &form).by(&session).without("origin");
            let answer = ask.with(name, value).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            assert!(answer.body.contains("https://gemba.example/"), "{path}");
            assert!(
                !answer.body.contains("10.9.9.9") && !answer.body.contains("localhost:1"),
                "{path}"
            );
        }
    }
}

/// Entries of the audit log are one row each, whatever is in them.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_put_into_the_audit_file() {
    let (site, session) = owned("").await;
    let forged = "x%22%0a99,2026-01-01T00:00:00Z,owner,,,account.remove,account+1,,";
    let point = site.point("acme/lyon/press").get();
    let form = format!("point={point}&form[name]={forged}");
    site.post("/api/fn/save_point", &form).by(&session).await;
    let form = format!("name={forged}&password=x");
    site.post("/sign-in", &form).with("user-agent", "x\"").await;
    let file = site.get("/admin/audit.csv").by(&session).await.body;
    for line in file.lines().skip(1) {
        let number = line.trim_start_matches('"').split('"').next().unwrap_or_default();
        assert!(number.parse::<u64>().is_ok_and(|number| number < 99), "{line}");
    }
}
