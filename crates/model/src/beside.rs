//! Links written beside the assets they start from: what one file learned, another may connect.
//!
//! `[links]` has a list for each relation; an entry is a way, `["a", "b", "c"]`: each of its assets
//! leads to the next. A way that holds for a stretch of time says so:
//! `{ way = ["a", "b"], from = 2026-01-01T00:00:00Z }`.

use formula::Time;

use crate::form::{Item, Record, Slot, Visit, read_record};
use crate::name::{AssetKey, RelationName};
use crate::node::{Node, Value};
use crate::plant::Model;
use crate::problem::{Finding, Told};
use crate::property::Link;

/// A way with its times; its assets are read where their links are made.
#[derive(Clone, Default)]
struct Timed {
    from: Option<Time>,
    until: Option<Time>,
}

impl Record for Timed {
    const WHAT: &'static str = "a way with its times";

    fn fields(&mut self, visit: &mut dyn Visit) {
        visit.needed("way", &mut Later);
        visit.field("from", &mut self.from);
        visit.field("until", &mut self.until);
    }
}

struct Later;

impl Slot for Later {
    fn read(&mut self, _: &Node, _: &mut Told) {}

    fn write(&self) -> Option<Value> {
        None
    }
}

/// Adds the links of such a section to the assets they start from.
pub(crate) fn add(model: &mut Model, section: &Node, told: &mut Told) {
    let Value::Table(relations) = &section.value else {
        return;
    };
    for (key, node) in relations {
        let Some(relation) = RelationName::new(key) else {
            let message = format!("`{key}` is no name of a relation");
            let finding = Finding::error("", message).at(node.key);
            told.tell(finding.help("write for example `feeds`, `located_in` or one of your own"));
            continue;
        };
        let Value::List(ways) = &node.value else {
            tell_form(node, told);
            continue;
        };
        for way in ways {
            add_way(model, &relation, node, way, told);
        }
    }
}

fn tell_form(node: &Node, told: &mut Told) {
    let message = format!("a list of ways is expected here, this is {}", node.value.kind());
    let finding = Finding::error("", message).at(node.at);
    told.tell(finding.help("write for example `feeds = [[\"tank-1\", \"pump-1\"]]`"));
}

fn add_way(model: &mut Model, relation: &RelationName, header: &Node, entry: &Node, told: &mut Told) {
    let (way, times) = match &entry.value {
        Value::Table(table) => match (read_record::<Timed>(entry, told), table.get("way")) {
            (Some(times), Some(way)) => (way, times),
            _ => return,
        },
        _ => (entry, Timed::default()),
    };
    let stops = match &way.value {
        Value::List(stops) if stops.len() > 1 => stops.as_slice(),
        Value::List(_) => {
            let finding = Finding::error("", "a way has two assets at least").at(way.at);
            told.tell(finding.help("write the asset it starts from, then those it leads to"));
            return;
        }
        _ => return tell_form(way, told),
    };
    for pair in stops.windows(2) {
        if let [from, to] = pair {
            add_link(model, relation, header, &times, (from, to), told);
        }
    }
}

fn add_link(
    model: &mut Model,
    relation: &RelationName,
    header: &Node,
    times: &Timed,
    (from, to): (&Node, &Node),
    told: &mut Told,
) {
    let (Some(start), Some(end)) = (
        <AssetKey as Item>::read(from, told),
        <AssetKey as Item>::read(to, told),
    ) else {
        return;
    };
    let Some(asset) = model.assets.get_mut(&start) else {
        let help = told
            .nearest(start.as_str(), model.assets.keys().map(AssetKey::as_str))
            .unwrap_or_else(|| format!("write it: `[assets.{start}]`"));
        let finding = Finding::error("", format!("unknown asset `{start}`")).at(from.at);
        told.tell(finding.help(help));
        return;
    };
    let Some(links) = asset.relations.entry(relation.clone()) else {
        return;
    };
    let link = Link {
        to: end,
        from: times.from,
        until: times.until,
    };
    if links.contains(&link) {
        return;
    }
    let element = format!("assets/{start}/relations/{relation}");
    if told.places.key_of(&element).is_none() {
        told.places.put(&element, header);
    }
    told.places.put(&format!("{element}/{}", links.len()), to);
    links.push(link);
}
