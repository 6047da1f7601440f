//! The dependency rule, banned crates and licences, over what `cargo metadata` says is built.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::{Finding, licence};
use crate::run::{cargo, output};

/// Which of our own crates each may build on. `formula ← twin ← wire ← {app, server}`.
const MAY_USE: [(&str, &[&str]); 18] = [
    ("formula", &[]),
    ("access", &["twin"]),
    ("bind", &["formula", "twin", "decode"]),
    ("model", &["formula", "bind"]),
    ("twin", &["formula"]),
    ("compute", &["formula", "model", "twin"]),
    ("learn", &["formula", "model", "twin"]),
    ("decode", &["twin"]),
    ("wire", &["twin"]),
    ("planning", &["twin"]),
    ("plantsim", &["twin"]),
    ("maintenance", &["twin"]),
    ("crew", &["maintenance", "twin"]),
    ("connect", &["twin"]),
    ("store", &["twin"]),
    ("app", &["access", "crew", "maintenance", "twin", "wire"]),
    (
        "server",
        &[
            "access",
            "formula",
            "bind",
            "model",
            "learn",
            "twin",
            "compute",
            "decode",
            "wire",
            "planning",
            "plantsim",
            "maintenance",
            "crew",
            "connect",
            "store",
            "app",
        ],
    ),
    ("xtask", &[]),
];

/// The domain: no IO, no clock; native and WebAssembly. What [`NOT_IN_DOMAIN`] names is nowhere below it.
pub const DOMAIN: [&str; 13] = [
    "access",
    "formula",
    "bind",
    "model",
    "learn",
    "twin",
    "compute",
    "decode",
    "wire",
    "planning",
    "plantsim",
    "maintenance",
    "crew",
];
const NOT_IN_DOMAIN: [&str; 9] = [
    "tokio", "axum", "leptos", "sqlx", "rumqttc", "reqwest", "rand", "chrono", "mio",
];

/// In no binary of ours: name and reason.
const BANNED: [(&str, &str); 5] = [
    (
        "aws-lc-sys",
        "two rustls providers in one binary panic at first use; ring only",
    ),
    (
        "aws-lc-rs",
        "two rustls providers in one binary panic at first use; ring only",
    ),
    ("openssl-sys", "rustls only"),
    ("native-tls", "rustls only"),
    ("evalexpr", "AGPL"),
];

/// Crates that say their licence in a file only: name and what the file says.
const BY_FILE: [(&str, &str); 1] = [("ring", "Apache-2.0 AND ISC")];

/// What is built, as a graph.
struct Graph {
    names: BTreeMap<String, String>,
    licences: BTreeMap<String, String>,
    /// Normal dependencies by package id.
    uses: BTreeMap<String, Vec<String>>,
    ours: BTreeMap<String, String>,
}

/// Every finding.
pub fn check() -> Result<Vec<Finding>> {
    let text = output(cargo().args(["metadata", "--format-version", "1", "--locked"]))?;
    let graph =
        Graph::read(&serde_json::from_str(&text)?).context("cargo metadata speaks another language")?;
    let mut findings = graph.own_rule();
    findings.extend(graph.domain_rule());
    findings.extend(graph.bans());
    findings.extend(graph.licences());
    Ok(findings)
}

impl Graph {
    fn read(metadata: &Value) -> Option<Self> {
        let mut graph = Self {
            names: BTreeMap::new(),
            licences: BTreeMap::new(),
            uses: BTreeMap::new(),
            ours: BTreeMap::new(),
        };
        let members: BTreeSet<&str> = metadata["workspace_members"]
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        for package in metadata["packages"].as_array()? {
            let (id, name) = (package["id"].as_str()?, package["name"].as_str()?);
            graph.names.insert(id.to_owned(), name.to_owned());
            graph.licences.insert(
                id.to_owned(),
                package["license"].as_str().unwrap_or_default().to_owned(),
            );
            if members.contains(id) {
                graph.ours.insert(name.to_owned(), id.to_owned());
            }
        }
        let packages: BTreeMap<&str, &Value> = metadata["packages"]
            .as_array()?
            .iter()
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        for node in metadata["resolve"]["nodes"].as_array()? {
            let package = packages.get(node["id"].as_str()?)?;
            let normal = |dep: &&Value| {
                dep["dep_kinds"]
                    .as_array()
                    .is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
            };
            let deps = node["deps"]
                .as_array()?
                .iter()
                .filter(normal)
                .filter(|dep| is_active(package, node, dep["name"].as_str().unwrap_or_default()))
                .filter_map(|dep| dep["pkg"].as_str().map(str::to_owned));
            graph.uses.insert(node["id"].as_str()?.to_owned(), deps.collect());
        }
        Some(graph)
    }

    fn name(&self, id: &str) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    /// Every package built for these, with the way there.
    fn reached(&self, from: &[&str]) -> BTreeMap<&str, String> {
        let mut found: BTreeMap<&str, String> = BTreeMap::new();
        let mut open: Vec<(&str, String)> = from
            .iter()
            .filter_map(|name| Some((self.ours.get(*name)?.as_str(), (*name).to_owned())))
            .collect();
        while let Some((id, way)) = open.pop() {
            if found.contains_key(id) {
                continue;
            }
            for next in self.uses.get(id).into_iter().flatten() {
                open.push((next, format!("{way} → {}", self.name(next))));
            }
            found.insert(id, way);
        }
        found
    }

    fn own_rule(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (name, id) in &self.ours {
            let Some((_, may)) = MAY_USE.iter().find(|(own, _)| own == name) else {
                findings.push(format!("{name}: a new crate; say what it may use in xtask/src/tidy/crates.rs and in ARCHITECTURE.md [layers]"));
                continue;
            };
            for used in self
                .uses
                .get(id)
                .into_iter()
                .flatten()
                .map(|used| self.name(used))
            {
                if self.ours.contains_key(used) && !may.contains(&used) {
                    findings.push(format!("{name} must not use {used} [layers]"));
                }
            }
        }
        findings
    }

    fn domain_rule(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for name in DOMAIN {
            for (id, way) in self.reached(&[name]) {
                if NOT_IN_DOMAIN.contains(&self.name(id)) {
                    findings.push(format!(
                        "{way}: the domain has no IO, no clock and no randomness [layers]"
                    ));
                }
            }
        }
        findings
    }

    fn bans(&self) -> Vec<Finding> {
        self.reached(&["server", "app"])
            .into_iter()
            .filter_map(|(id, way)| {
                let (_, reason) = BANNED.iter().find(|(name, _)| *name == self.name(id))?;
                Some(format!("{way}: {reason} [ban]"))
            })
            .collect()
    }

    fn licences(&self) -> Vec<Finding> {
        self.reached(&["server", "app"])
            .into_iter()
            .filter_map(|(id, way)| {
                let said = self
                    .licences
                    .get(id)
                    .filter(|said| !said.is_empty())
                    .map(String::as_str);
                let said = said.or_else(|| Some(BY_FILE.iter().find(|(name, _)| *name == self.name(id))?.1));
                match said {
                    Some(said) if licence::allowed(said) => None,
                    said => Some(format!(
                        "{way}: licence {} is not on the list [licence]",
                        said.unwrap_or("unknown")
                    )),
                }
            })
            .collect()
    }
}

/// Whether a package is really built with this dependency. What a weak feature (`rand?/std`) only
/// mentions is in the metadata all the same.
fn is_active(package: &Value, node: &Value, name: &str) -> bool {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let is_named = |dep: &Value| {
        let own = dep["rename"].as_str().or_else(|| dep["name"].as_str());
        dep["kind"].is_null() && own.is_some_and(|own| own.replace('-', "_") == name)
    };
    let declared: Vec<Value> = list(&package["dependencies"])
        .into_iter()
        .filter(is_named)
        .collect();
    if declared.iter().any(|dep| dep["optional"] == false) || declared.is_empty() {
        return true;
    }
    let turns_on = |entry: &Value| {
        let entry = entry.as_str().unwrap_or_default().replace('-', "_");
        entry
            .strip_prefix("dep:")
            .or_else(|| entry.split_once('/').map(|(dep, _)| dep))
            == Some(name)
    };
    list(&node["features"])
        .iter()
        .filter_map(Value::as_str)
        .any(|feature| list(&package["features"][feature]).iter().any(turns_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        Graph::read(&serde_json::json!({
            "workspace_members": ["w#twin", "w#app", "w#server", "w#odd"],
            "packages": [
                {"id": "w#twin", "name": "twin", "license": "MIT"},
                {"id": "w#app", "name": "app", "license": "MIT"},
                {"id": "w#server", "name": "server", "license": "MIT"},
                {"id": "w#odd", "name": "odd", "license": "MIT"},
                {"id": "r#tokio", "name": "tokio", "license": "MIT"},
                {"id": "r#evalexpr", "name": "evalexpr", "license": "AGPL-3.0-only"},
                {"id": "r#dev", "name": "openssl-sys", "license": "MIT"}
            ],
            "resolve": {"nodes": [
                {"id": "w#twin", "deps": [{"pkg": "r#tokio", "dep_kinds": [{"kind": null}]}, {"pkg": "r#dev", "dep_kinds": [{"kind": "dev"}]}]},
                {"id": "w#app", "deps": [{"pkg": "w#server", "dep_kinds": [{"kind": null}]}]},
                {"id": "w#server", "deps": [{"pkg": "r#evalexpr", "dep_kinds": [{"kind": null}]}]},
                {"id": "w#odd", "deps": []},
                {"id": "r#tokio", "deps": []},
                {"id": "r#evalexpr", "deps": []}
            ]}
        }))
        .expect("metadata")
    }

    #[test]
    fn what_a_weak_feature_mentions_is_not_built() {
        let package = serde_json::json!({
            "dependencies": [
                {"name": "rand", "kind": null, "optional": true},
                {"name": "rand", "kind": "dev", "optional": false},
                {"name": "serde", "rename": "ser-de", "kind": null, "optional": true},
                {"name": "libm", "kind": null, "optional": false}
            ],
            "features": {"std": ["rand?/std"], "text": ["dep:ser-de"], "rand": ["dep:rand"]}
        });
        let node = serde_json::json!({"features": ["std", "text"]});
        let built = |name: &str| is_active(&package, &node, name);
        assert_eq!(
            [built("rand"), built("ser_de"), built("libm")],
            [false, true, true]
        );
        let node = serde_json::json!({"features": ["rand"]});
        assert!(is_active(&package, &node, "rand"));
    }

    #[test]
    fn each_rule_bites() {
        let graph = graph();
        assert_eq!(
            graph.own_rule().len(),
            2,
            "app uses server, and odd is new: {:?}",
            graph.own_rule()
        );
        assert_eq!(
            graph.domain_rule(),
            ["twin → tokio: the domain has no IO, no clock and no randomness [layers]"]
        );
        assert_eq!(graph.bans().len(), 1, "evalexpr, and no dev dependency");
        assert_eq!(graph.licences().len(), 1);
    }
}
