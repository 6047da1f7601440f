//! Every route against every role and scope, in one table.

use std::collections::BTreeSet;
use std::path::Path;

use access::{Grant, Kind, Role, Scope, Who};
use server::http::page_routes;
use server::http::rules::{Need, RULES};

use crate::support::site::Site;

/// A path of the table with something in the place of its parameters.
fn concrete(path: &str) -> String {
    path.replace("{*path}", "acme/lyon")
        .replace("{id}", "1")
        .replace("{secret}", "none")
        .replace("{code}", "none")
        .replace("{system}", "none")
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

/// Method and path of every `.route(…)` in a source text.
fn registered(text: &str, to: &mut BTreeSet<(&'static str, String)>) {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    for call in text.split(".route(").skip(1) {
        let Some(path) = call
            .trim_start()
            .strip_prefix('"')
            .and_then(|rest| rest.split('"').next())
        else {
            continue;
        };
        let mut depth = 1;
        let whole = call.split_inclusive(['(', ')']).take_while(|part| {
            depth += if part.ends_with('(') { 1 } else { -1 };
            depth > 0
        });
        let whole: String = whole.collect();
        for (word, method) in [
            ("get(", "GET"),
            ("post(", "POST"),
            ("put(", "PUT"),
            ("delete(", "DELETE"),
        ] {
            let is_word = |(at, _): (usize, &str)| {
                let before = whole.get(..at).and_then(|before| before.chars().next_back());
                !before.is_some_and(|before| before.is_alphanumeric() || "_:".contains(before))
            };
            if whole.match_indices(word).any(is_word) {
                to.insert((method, path.to_owned()));
            }
        }
    }
}

fn read_all(folder: &Path, to: &mut BTreeSet<(&'static str, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, to);
        } else if path.ends_with("tests.rs") {
            // Of nobody's but the tests.
        } else if path.extension().is_some_and(|end| end == "rs") {
            registered(&std::fs::read_to_string(&path).unwrap(), to);
        }
    }
}

#[test]
fn every_route_that_is_registered_has_a_rule_and_every_rule_is_registered() {
    let mut routes = BTreeSet::new();
    read_all(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http"),
        &mut routes,
    );
    registered(include_str!("../../src/http.rs"), &mut routes);
    assert!(routes.len() > 40, "{routes:?}");
    let pages: BTreeSet<String> = page_routes().iter().map(|page| page.path().to_owned()).collect();
    // The functions are one route, each with a rule of its own.
    routes.retain(|(_, path)| path != "/api/fn/{*function}");
    let ruled = |method: &str, path: &str| {
        RULES
            .iter()
            .any(|rule| rule.method == method && rule.path == path)
    };
    let bare: Vec<_> = routes
        .iter()
        .filter(|(method, path)| !ruled(method, path))
        .collect();
    assert!(bare.is_empty(), "routes without a rule: {bare:?}");
    let is_there = |rule: &server::http::rules::Rule| {
        // Registered by the names of constants.
        let by_name = ["/api/ws", "/ca.crt", "/help/trust"];
        rule.path.starts_with("/api/fn/")
            || by_name.contains(&rule.path)
            || pages.contains(rule.path)
            || routes.contains(&(rule.method, rule.path.to_owned()))
    };
    let void: Vec<_> = RULES.iter().filter(|rule| !is_there(rule)).collect();
    assert!(void.is_empty(), "rules for nothing: {void:?}");
}

/// What a socket is asked for, inside a part of the plant and outside it.
#[tokio::test(flavor = "multi_thread")]
async fn every_selector_for_every_role_and_scope() {
    let site = Site::new().await;
    let (press, pump) = (
        site.asset("acme/lyon/press").get(),
        site.asset("acme/rotterdam/pump").get(),
    );
    let (inside, outside) = (
        site.point("acme/lyon/press").get(),
        site.point("acme/rotterdam/pump").get(),
    );
    let selectors = [
        (format!(r#"{{"kind":"points","points":[{inside}]}}"#), true),
        (format!(r#"{{"kind":"points","points":[{outside}]}}"#), false),
        (
            format!(r#"{{"kind":"points","points":[{inside},{outside}]}}"#),
            false,
        ),
        (format!(r#"{{"kind":"asset","asset":{press}}}"#), true),
        (format!(r#"{{"kind":"asset","asset":{pump}}}"#), false),
        (format!(r#"{{"kind":"summaries","assets":[{press}]}}"#), true),
        (
            format!(r#"{{"kind":"summaries","assets":[{press},{pump}]}}"#),
            false,
        ),
        (r#"{"kind":"plant"}"#.to_owned(), true),
    ];
    for role in Role::ALL {
        for path in ["", "acme/lyon", "acme/lyon/press"] {
            let name = format!("{}-{}", role.word(), path.replace('/', "-"));
            let session = site.session(&name, vec![site.grant(role, path)]).await;
            let mut live = site.live_of(&session).await;
            for (selector, within) in &selectors {
                let answer = live.watch(selector).await;
                let expect = if *within || path.is_empty() {
                    "snapshot"
                } else {
                    "error"
                };
                assert_eq!(answer["type"], expect, "{name} {selector}: {answer}");
            }
        }
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
                Need::Machine | Need::Seat => false,
                Need::Known | Need::Account | Need::Person => session.is_some(),
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
