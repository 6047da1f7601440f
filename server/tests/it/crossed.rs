//! Every route against every role and scope, in one table.

use access::{Grant, Kind, Role, Scope, Who};
use server::http::page_routes;
use server::http::rules::{Need, RULES};

use crate::support::site::Site;

/// A path of the table with something in the place of its parameters.
fn concrete(path: &str) -> String {
    path.replace("{*path}", "acme/lyon")
        .replace("{id}", "1")
        .replace("{secret}", "none")
}

#[test]
fn every_page_and_function_has_a_rule_and_every_rule_a_route() {
    let known = |method: &str, path: &str| {
        let found = RULES
            .iter()
            .filter(|rule| rule.method == method && rule.path == path);
        assert_eq!(found.count(), 1, "{method} {path} must have one rule");
    };
    for page in page_routes() {
        known("GET", page.path());
    }
    let functions: Vec<(String, String)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method.to_string(), path.to_owned()))
        .collect();
    assert!(functions.len() > 25, "the functions are linked in: {functions:?}");
    for (method, path) in &functions {
        known(method, path);
    }
    for rule in RULES.iter().filter(|rule| rule.path.starts_with("/api/fn/")) {
        let is_there = functions
            .iter()
            .any(|(method, path)| method == rule.method && path == rule.path);
        assert!(is_there, "{} {} is a rule for nothing", rule.method, rule.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_for_every_role_and_scope() {
    let site = Site::new().await;
    site.stop.cancel();
    let scopes = [
        ("plant", Scope::Plant),
        ("site", Scope::Below([site.asset("acme/lyon")].into())),
        ("asset", Scope::Below([site.asset("acme/lyon/press")].into())),
    ];
    // The last owner cannot be taken away: there is one beside those tested.
    let mut asking = vec![(Who::nobody(), None)];
    for role in Role::ALL {
        for (word, scope) in &scopes {
            let grant = Grant {
                role,
                scope: scope.clone(),
            };
            let name = format!("{}-{word}", role.word());
            let session = site.session(&name, vec![grant.clone()]).await;
            let who = Who::new(Kind::Nobody, &name, [grant]);
            asking.push((who, Some(session)));
        }
    }
    let mut asked = 0;
    for rule in RULES {
        // Signing out ends the session; what follows would be asked by nobody. The doors have tests of their own.
        if rule.path == "/sign-out" || rule.path.starts_with("/sign-in") {
            continue;
        }
        for (who, session) in &asking {
            let path = concrete(rule.path);
            let ask = match session {
                Some(session) => site.get(&path).by(session),
                None => site.get(&path),
            };
            let kind = "application/x-www-form-urlencoded";
            let ask = ask.by_method(rule.method).with("content-type", kind);
            let answer = ask.with("accept", "application/json, text/html").await;
            let may = match rule.need {
                Need::Machine => false,
                Need::Known | Need::Account => session.is_some(),
                need => need.is_met(who),
            };
            let is_refused = answer.is_refused();
            // The socket asks by itself, and this is no handshake.
            let is_right = may != is_refused || rule.path == "/api/ws" || rule.path == "/visit";
            assert!(
                is_right,
                "{} {} for {:?}: {} {}",
                rule.method,
                rule.path,
                who.name,
                answer.status,
                answer.body.get(..200).unwrap_or(&answer.body)
            );
            asked += 1;
        }
    }
    assert!(asked > 1_000, "{asked}");
}
