//! Where the tags of an asset are: one topic for all of them, and what each is called there.

use std::collections::{BTreeMap, BTreeSet};

use model::Property;

use crate::base::PREFIX;
use crate::heard::Tag;
use crate::proposal::{Proposal, ProposedAsset};

/// The addresses of an asset's tags.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Address {
    /// The topic they share; with `{field}` where a plain value's topic holds its name.
    pub topic: String,
    /// What each key is called there.
    pub fields: BTreeMap<String, String>,
    /// Those elsewhere: topic, and path in the payload where there is one.
    pub elsewhere: BTreeMap<String, (String, Option<String>)>,
    /// Tags that cannot be named: a brace stands for a parameter.
    pub left_out: Vec<usize>,
    /// What stands before all its fields, with its own level in it: `PMP001.`.
    pub prefix: String,
    /// The asset's own level, where it is part of the fields: `PU1` of `F_PU1`.
    level: String,
    /// Whether that level is one of the topics': the fields only repeat it.
    is_topic_level: bool,
}

pub(crate) fn address(asset: &ProposedAsset, tags: &[Tag]) -> Address {
    let mut address = Address {
        level: asset.levels.last().map_or_else(String::new, ToString::to_string),
        topic: format!("{}/{{field}}", asset.levels.join("/")),
        ..Address::default()
    };
    let mut known: Vec<(&String, &Tag)> = Vec::new();
    for (key, at) in &asset.tags {
        match tags.get(*at) {
            Some(tag) if !tag.topic.contains(['{', '}', '+', '#']) && !tag.field.contains(['{', '}']) => {
                known.push((key, tag));
            }
            _ => address.left_out.push(*at),
        }
    }
    let (plain, inside): (Vec<_>, Vec<_>) = known.into_iter().partition(|(_, tag)| tag.field.is_empty());
    if plain.len() >= inside.len() && !plain.is_empty() {
        let way = common(&plain);
        let skip = if way.is_empty() { 0 } else { way.len() + 1 };
        for (key, tag) in plain {
            let rest = tag.topic.get(skip..).unwrap_or_default();
            address.fields.insert(key.clone(), rest.to_owned());
        }
        address.topic = if way.is_empty() {
            "{field}".to_owned()
        } else {
            format!("{way}/{{field}}")
        };
        address.put_elsewhere(&inside);
    } else if let Some(topic) = most_common(inside.iter().map(|(_, tag)| &*tag.topic)) {
        let topic = topic.to_owned();
        let (here, others): (Vec<_>, Vec<_>) = inside.into_iter().partition(|(_, tag)| *tag.topic == *topic);
        for (key, tag) in here {
            address.fields.insert(key.clone(), tag.field.to_string());
        }
        address.topic = topic;
        address.put_elsewhere(&others);
        address.put_elsewhere(&plain);
    }
    address.prefix = address.own_prefix().unwrap_or_default().to_owned();
    address.is_topic_level = address.topic.split('/').any(|level| level == address.level);
    address
}

/// Writes `{prefix}` for what stands before the names of each asset's values, where it is each asset's own.
pub(crate) fn take_prefixes(members: &mut [(usize, Address)]) -> bool {
    let prefixes: BTreeSet<&str> = members
        .iter()
        .map(|(_, address)| address.prefix.as_str())
        .filter(|prefix| !prefix.is_empty())
        .collect();
    let is_own = |(_, address): &(usize, Address)| !address.prefix.is_empty() && !address.is_topic_level;
    let has_own = prefixes.len() > 1 || members.iter().any(is_own);
    for (_, address) in members {
        if !has_own {
            address.prefix.clear();
            continue;
        }
        for field in address.fields.values_mut() {
            let rest = field.get(address.prefix.len()..).unwrap_or_default();
            *field = format!("{{{PREFIX}}}{rest}");
        }
    }
    has_own
}

/// The levels all topics begin with, without their last one.
fn common(tags: &[(&String, &Tag)]) -> String {
    let ways: Vec<Vec<&str>> = tags
        .iter()
        .map(|(_, tag)| {
            let mut levels: Vec<&str> = tag.topic.split('/').collect();
            levels.pop();
            levels
        })
        .collect();
    let Some((first, others)) = ways.split_first() else {
        return String::new();
    };
    let is_shared = |at: usize| others.iter().all(|way| way.get(at) == first.get(at));
    let length = (0..first.len()).take_while(|at| is_shared(*at)).count();
    first.get(..length).unwrap_or_default().join("/")
}

fn most_common<'t>(texts: impl Iterator<Item = &'t str>) -> Option<&'t str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        *counts.entry(text).or_default() += 1;
    }
    // The first of those that are as common.
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(text, _)| text)
}

/// What a property is called by the assets of a type.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Fields {
    /// What most of them call it; `{tag}` stands for what is each asset's own.
    pub usual: Box<str>,
    /// How many have it.
    pub count: usize,
}

pub(crate) fn fields(key: &str, members: &[(usize, Address)], proposal: &Proposal) -> Fields {
    let has = |(at, _): &&(usize, Address)| {
        proposal
            .assets
            .get(*at)
            .is_some_and(|asset| asset.tags.contains_key(key))
    };
    let count = members.iter().filter(has).count();
    let plain = most_common(
        members
            .iter()
            .filter_map(|(_, address)| address.fields.get(key))
            .map(String::as_str),
    );
    let usual = plain.unwrap_or(key);
    let agree = members
        .iter()
        .filter(|(_, address)| address.fields.get(key).is_some_and(|own| own == usual))
        .count();
    if agree < 2 && count > 1 {
        let patterns: Vec<String> = members
            .iter()
            .filter_map(|(_, address)| address.pattern(key))
            .collect();
        if let Some(pattern) = most_common(patterns.iter().map(String::as_str)) {
            return Fields {
                usual: pattern.into(),
                count,
            };
        }
    }
    Fields {
        usual: usual.into(),
        count,
    }
}

impl Address {
    fn put_elsewhere(&mut self, tags: &[(&String, &Tag)]) {
        for (key, tag) in tags {
            let field = (!tag.field.is_empty()).then(|| tag.field.to_string());
            self.elsewhere
                .insert((*key).clone(), (tag.topic.to_string(), field));
        }
    }

    /// What all fields begin with, up to the asset's own level and what parts it from the rest.
    fn own_prefix(&self) -> Option<&str> {
        let first = self.fields.values().next().filter(|_| !self.level.is_empty())?;
        let end = first.find(&self.level)? + self.level.len();
        let rest = first.get(end..)?;
        let parting = rest.len() - rest.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
        let prefix = first.get(..end + parting).filter(|_| parting > 0)?;
        let has_rest = |field: &String| field.starts_with(prefix) && field.len() > prefix.len();
        self.fields.values().all(has_rest).then_some(prefix)
    }

    /// What a key is called, with `{tag}` for the asset's own level.
    fn pattern(&self, key: &str) -> Option<String> {
        let field = self.fields.get(key)?;
        (self.level.len() >= 2 && field.contains(&self.level))
            .then(|| field.replacen(&self.level, "{tag}", 1))
    }

    /// What an asset says of a property itself, where its type says something else.
    pub fn different(&self, key: &str, fields: &Fields, by_type: Option<&str>) -> Option<Property> {
        let said = |topic: &str, field: Option<&str>| Property {
            topic: Some(topic.into()),
            field: field.map(Into::into),
            ..Property::default()
        };
        if let Some((topic, field)) = self.elsewhere.get(key) {
            return Some(match field {
                Some(field) => said(topic, Some(field)),
                // The type's field would be taken for a path in the payload.
                None => match topic.rsplit_once('/') {
                    Some((way, last)) => said(&format!("{way}/{{field}}"), Some(last)),
                    None => said("{field}", Some(topic)),
                },
            });
        }
        let own = self.fields.get(key)?;
        let is_as_usual = by_type.is_some_and(|usual| {
            usual == own || (usual == &*fields.usual && self.pattern(key).as_deref() == Some(usual))
        });
        (!is_as_usual).then(|| said("{topic}", Some(own)))
    }
}
