//! From a model to its tables and to files.

use std::collections::{BTreeMap, BTreeSet};

use crate::emit;
use crate::form::{Item, Key};
use crate::name::AssetKey;
use crate::node::{Node, Table, Value};
use crate::plant::Model;

/// Assets in one file; a larger site is given several.
const MAX_ASSETS: usize = 2000;

/// The model as one table.
pub(crate) fn tree(model: &Model) -> Table {
    [
        ("types", section(&model.types)),
        ("relations", section(&model.relations)),
        ("hierarchies", section(&model.hierarchies)),
        ("assets", section(&model.assets)),
        ("bindings", section(&model.bindings)),
    ]
    .into_iter()
    .map(|(name, table)| (Box::from(name), Node::from(Value::Table(table))))
    .collect()
}

fn section<K: Key, V: Item>(entries: &BTreeMap<K, V>) -> Table {
    let node = |(key, value): (&K, &V)| (Box::from(key.text()), Node::from(value.write()));
    entries.iter().map(node).collect()
}

/// Every file of a model by its path in the model's folder: relations and hierarchies in
/// `relations.toml`, mapping rules in `bindings.toml`, a file for each type in `types/`, and for each
/// site (an asset that is part of nothing) in `sites/`.
#[must_use]
pub fn export(model: &Model) -> BTreeMap<String, String> {
    let mut files = Files::default();
    let shared: Vec<(&str, Table)> = [
        ("relations", section(&model.relations)),
        ("hierarchies", section(&model.hierarchies)),
    ]
    .into();
    let text = written(&shared);
    if !text.is_empty() {
        files.put("relations", &text);
    }
    let text = written(&[("bindings", section(&model.bindings))]);
    if !text.is_empty() {
        files.put("bindings", &text);
    }
    for (name, ty) in &model.types {
        let table = Table::from([(Box::from(name.as_str()), Node::from(ty.write()))]);
        files.put(&format!("types/{name}"), &written(&[("types", table)]));
    }
    for (site, assets) in by_site(model) {
        for (part, assets) in assets.chunks(MAX_ASSETS).enumerate() {
            let entries = assets.iter().filter_map(|key| {
                let asset = model.assets.get(key.as_str())?;
                Some((Box::from(key.as_str()), Node::from(asset.write())))
            });
            let more = if part == 0 {
                String::new()
            } else {
                format!("-{}", part + 1)
            };
            let path = format!("sites/{site}{more}");
            files.put(&path, &written(&[("assets", entries.collect())]));
        }
    }
    files.files
}

/// Files under paths that stay apart where letters have no case and names no colon.
#[derive(Default)]
struct Files {
    files: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Files {
    fn put(&mut self, path: &str, text: &str) {
        let plain = path.replace(':', "_");
        let mut free = format!("{plain}.toml");
        let mut more = 1;
        while !self.taken.insert(free.to_lowercase()) {
            free = format!("{plain}~{more}.toml");
            more += 1;
        }
        self.files.insert(free, text.to_owned());
    }
}

fn written(sections: &[(&str, Table)]) -> String {
    let mut tables: Vec<(Vec<&str>, &Table)> = Vec::new();
    for (section, entries) in sections {
        for (key, node) in entries {
            if let Value::Table(table) = &node.value {
                tables.push((vec![section, key], table));
            }
        }
    }
    emit::file(&tables)
}

/// The assets below each asset that is part of nothing, by their own order.
fn by_site(model: &Model) -> BTreeMap<&str, Vec<&AssetKey>> {
    let mut root_of: BTreeMap<&str, &str> = BTreeMap::new();
    for key in model.assets.keys() {
        let mut way: Vec<&str> = Vec::new();
        let mut at = key.as_str();
        // A circle ends where it meets itself; the check tells it.
        let root = loop {
            if let Some(root) = root_of.get(at) {
                break *root;
            }
            if way.contains(&at) || way.len() > 64 {
                break at;
            }
            way.push(at);
            let open = model
                .links(at, "part_of")
                .iter()
                .rfind(|link| link.until.is_none());
            match open.filter(|link| model.assets.contains_key(link.to.as_str())) {
                Some(link) => at = link.to.as_str(),
                None => break at,
            }
        };
        for step in way {
            root_of.insert(step, root);
        }
    }
    let mut sites: BTreeMap<&str, Vec<&AssetKey>> = BTreeMap::new();
    for key in model.assets.keys() {
        if let Some(root) = root_of.get(key.as_str()) {
            sites.entry(root).or_default().push(key);
        }
    }
    sites
}
