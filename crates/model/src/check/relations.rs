//! Relations and hierarchies: their names, types and multiplicities.

use std::collections::BTreeMap;

use crate::plant::{BUILT_IN, HIERARCHIES, Model};
use crate::problem::{Finding, Told};

pub(super) fn check(model: &Model, told: &mut Told) {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for built_in in BUILT_IN {
        names.insert(built_in.name, built_in.name);
        names.insert(built_in.inverse, built_in.name);
    }
    for (name, relation) in &model.relations {
        let element = format!("relations/{name}");
        let inverse = relation
            .inverse
            .as_ref()
            .map(|inverse| (inverse.as_str(), "inverse"));
        for (word, key) in [(name.as_str(), "")].into_iter().chain(inverse) {
            let place = if key.is_empty() {
                element.clone()
            } else {
                format!("{element}/{key}")
            };
            if let Some(other) = names.get(word) {
                let what = if BUILT_IN.iter().any(|built_in| built_in.name == *other) {
                    format!("`{word}` is a name of the built-in relation `{other}`")
                } else {
                    format!("`{word}` is a name of the relation `{other}` already")
                };
                let finding = Finding::error(place, what).help("give it another name");
                told.tell(if key.is_empty() { finding.key() } else { finding });
            } else {
                names.insert(word, name.as_str());
            }
        }
        for (key, types) in [("from", &relation.from), ("to", &relation.to)] {
            for (at, ty) in types.iter().enumerate() {
                super::types::check_known(model, ty, &format!("{element}/{key}/{at}"), told);
            }
        }
    }
    for (name, hierarchy) in &model.hierarchies {
        let element = format!("hierarchies/{name}");
        if HIERARCHIES.iter().any(|(built_in, _)| *built_in == name.as_str()) {
            let message = format!("the hierarchy `{name}` is built in");
            told.tell(
                Finding::error(&*element, message)
                    .key()
                    .help("give it another name"),
            );
        }
        let element = format!("{element}/relation");
        let relation = hierarchy.relation.as_str();
        match model.relation_rules().find(|rule| rule.name == relation) {
            Some(rule) if rule.targets.most == Some(1) => {}
            Some(_) => {
                let message = format!("`{relation}` leads to several assets, a hierarchy has one parent");
                let help = format!("give the relation `{relation}` the multiplicity `targets = \"0..1\"`");
                told.tell(Finding::error(element, message).help(help));
            }
            None if relation.is_empty() => {}
            None => {
                let known = model.relation_rules().map(|rule| rule.name);
                let help = told
                    .nearest(relation, known)
                    .unwrap_or_else(|| format!("write it: `[relations.{relation}]`"));
                told.tell(Finding::error(element, format!("unknown relation `{relation}`")).help(help));
            }
        }
    }
}
