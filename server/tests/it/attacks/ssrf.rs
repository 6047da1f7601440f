//! The server made to ask others in somebody's name. What an OpenID provider's description may lead to is tested in
//! `server/tests/it/openid.rs`.

use std::time::Duration;

use access::Role;
use tokio::net::TcpListener;

use crate::support::site::Site;

/// Whether anybody connects while something is asked.
async fn is_reached(listener: &TcpListener, asked: impl Future<Output = ()>) -> bool {
    let reached = async {
        tokio::time::timeout(Duration::from_millis(600), listener.accept())
            .await
            .is_ok()
    };
    tokio::join!(reached, asked).0
}

/// Brokers are tried by who may add them: nobody else makes the server knock at an address of their choice.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_ones_choice_as_a_broker() {
    let site = Site::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let form = format!(
        "broker[address]=mqtt://{}&broker[version]=3",
        listener.local_addr().unwrap()
    );
    for (role, reaches) in [
        (Role::Engineer, false),
        (Role::Operator, false),
        (Role::Administrator, true),
    ] {
        let session = site.session(role.word(), vec![site.grant(role, "")]).await;
        let ask = async {
            for function in ["test_broker", "try_broker", "use_broker"] {
                let path = format!("/api/fn/{function}");
                let answer = site.post(&path, &form).by(&session).await;
                assert!(
                    reaches || answer.status == 403,
                    "{role:?} {path}: {}",
                    answer.status
                );
                if reaches {
                    return;
                }
            }
        };
        assert_eq!(is_reached(&listener, ask).await, reaches, "{role:?}");
    }
}

/// Nothing that a page, a model or a name says is fetched.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_ones_choice_in_a_name_or_a_purpose() {
    let site = Site::new().await;
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/x.png", listener.local_addr().unwrap());
    let ask = async {
        let point = site.point("acme/lyon/press").get();
        let asset = site.asset("acme/lyon/press").get();
        for (path, form) in [
            (
                "/api/fn/save_point",
                format!("point={point}&form[name]={address}"),
            ),
            (
                "/share",
                format!("asset={asset}&until=day&protection=none&embed=on&purpose={address}"),
            ),
        ] {
            let answer = site.post(path, &form).by(&owner).await;
            assert!(answer.status < 400, "{path}: {}", answer.status);
        }
        for path in ["/overview", "/h/acme/lyon", "/links"] {
            site.get(path).by(&owner).with("referer", &address).await;
        }
    };
    assert!(!is_reached(&listener, ask).await);
}
