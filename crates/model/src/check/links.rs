//! Links between assets: their ends, types, times, numbers; hierarchies without circles.

use std::collections::{BTreeMap, BTreeSet};

use formula::Time;

use crate::name::AssetKey;
use crate::plant::{Asset, Direction, Model, RelationRule};
use crate::problem::{Finding, Told};
use crate::property::{Count, Link};
use crate::resolve::Resolved;

/// Instants at which hierarchies are looked at for circles, besides those links that have no end.
const MAX_INSTANTS: usize = 64;
/// The way out of too many links at once.
const MANY: &str = "remove one, or say `from` when and `until` when each holds";

pub(super) fn check(model: &Model, resolved: &Resolved, told: &mut Told) {
    let rules: Vec<RelationRule<'_>> = model.relation_rules().collect();
    let mut reached: BTreeMap<(&str, &str), Vec<&Link>> = BTreeMap::new();
    for (key, asset) in &model.assets {
        for (name, links) in &asset.relations {
            let element = format!("assets/{key}/relations/{name}");
            let Some(rule) = rules.iter().find(|rule| rule.name == name.as_str()) else {
                tell_unknown(model, &element, name.as_str(), told);
                continue;
            };
            let start = Start {
                key,
                asset,
                element: &element,
                rule,
            };
            start.check(links, model, resolved, told);
            if rule.sources != Count::ANY {
                for link in links {
                    reached
                        .entry((rule.name, link.to.as_str()))
                        .or_default()
                        .push(link);
                }
            }
        }
        for rule in &rules {
            let missing = rule.targets.least > 0
                && !asset.relations.contains_key(rule.name)
                && fits(rule.from, asset, resolved);
            if missing {
                let message = format!("`{key}` has no `{}`, and it needs {}", rule.name, rule.targets);
                let help = format!("add `relations.{} = \"…\"`", rule.name);
                told.tell(Finding::error(format!("assets/{key}/relations"), message).help(help));
            }
        }
    }
    for rule in rules.iter().filter(|rule| rule.sources != Count::ANY) {
        for (key, asset) in &model.assets {
            let links = reached
                .get(&(rule.name, key.as_str()))
                .map_or(&[][..], Vec::as_slice);
            let (now, most) = (open(links.iter().copied()), most_at_once(links));
            let enough = now >= rule.sources.least as usize || !fits(rule.to, asset, resolved);
            if !enough || rule.sources.most.is_some_and(|limit| most > limit as usize) {
                let found = if enough { most } else { now };
                let what = rule.inverse.unwrap_or(rule.name);
                let message = format!("`{key}` has {found} `{what}`, and it may have {}", rule.sources);
                let help = if enough {
                    MANY.to_owned()
                } else {
                    format!("add `relations.{} = \"{key}\"` to another asset", rule.name)
                };
                told.tell(Finding::error(format!("assets/{key}"), message).key().help(help));
            }
        }
    }
    let relations: BTreeSet<&str> = model
        .hierarchy_relations()
        .map(|(_, relation)| relation)
        .collect();
    for relation in relations {
        tell_circles(model, relation, told);
    }
}

fn tell_unknown(model: &Model, element: &str, name: &str, told: &mut Told) {
    if let Some((rule, Direction::Backward)) = model.relation(name) {
        let message = format!("`{name}` is `{}` read from the other side", rule.name);
        let help = format!("write `{}` at the other asset", rule.name);
        told.tell(Finding::error(element, message).key().help(help));
        return;
    }
    let help = told
        .nearest(name, model.relation_rules().map(|rule| rule.name))
        .unwrap_or_else(|| format!("write it: `[relations.{name}]`"));
    told.tell(
        Finding::error(element, format!("unknown relation `{name}`"))
            .key()
            .help(help),
    );
}

fn fits(types: &[crate::name::TypeName], asset: &Asset, resolved: &Resolved) -> bool {
    let is_a = |ty: &crate::name::TypeName| {
        let own = resolved.types.get(&asset.ty);
        own.is_none_or(|own| own.is_a(ty.as_str()))
    };
    types.is_empty() || types.iter().any(is_a)
}

/// Links that still hold.
fn open<'l>(links: impl Iterator<Item = &'l Link>) -> usize {
    links.filter(|link| link.until.is_none()).count()
}

/// The most links that hold at the same instant.
fn most_at_once(links: &[&Link]) -> usize {
    // Ends before beginnings: the end of a link is not included.
    let mut steps: Vec<(Time, i32)> = Vec::new();
    for link in links {
        steps.push((link.from.unwrap_or(Time(i64::MIN)), 1));
        steps.extend(link.until.map(|until| (until, -1)));
    }
    steps.sort_unstable();
    let mut now = 0_i32;
    let most = steps.into_iter().map(|(_, step)| {
        now += step;
        now
    });
    usize::try_from(most.max().unwrap_or_default()).unwrap_or_default()
}

/// The links of an asset along a relation.
struct Start<'a> {
    key: &'a AssetKey,
    asset: &'a Asset,
    element: &'a str,
    rule: &'a RelationRule<'a>,
}

impl Start<'_> {
    fn check(&self, links: &[Link], model: &Model, resolved: &Resolved, told: &mut Told) {
        let (element, rule) = (self.element, self.rule);
        if !fits(rule.from, self.asset, resolved) {
            let message = format!("a `{}` has no `{}`", self.asset.ty, rule.name);
            let help = format!("`{}` starts from {}", rule.name, words(rule.from));
            told.tell(Finding::error(element, message).key().help(help));
        }
        for (at, link) in links.iter().enumerate() {
            self.check_link(&format!("{element}/{at}"), link, model, resolved, told);
        }
        let all: Vec<&Link> = links.iter().collect();
        let most = most_at_once(&all);
        if rule.targets.most.is_some_and(|limit| most > limit as usize) {
            let message = format!(
                "`{}` has {most} `{}` at the same time, and it may have {}",
                self.key, rule.name, rule.targets
            );
            told.tell(Finding::error(element, message).key().help(MANY));
        }
        let now = open(links.iter());
        if now < rule.targets.least as usize {
            let message = format!(
                "`{}` has {now} `{}` without an end, and it needs {}",
                self.key, rule.name, rule.targets
            );
            let help = "add one without `until`";
            told.tell(Finding::error(element, message).key().help(help));
        }
    }

    fn check_link(&self, element: &str, link: &Link, model: &Model, resolved: &Resolved, told: &mut Told) {
        let to = &link.to;
        match model.assets.get(to) {
            _ if to == self.key => {
                let message = format!("`{to}` cannot be its own `{}`", self.rule.name);
                told.tell(Finding::error(element, message).help("let it lead to another asset"));
            }
            Some(asset) if !fits(self.rule.to, asset, resolved) => {
                let message = format!("`{to}` is a `{}`", asset.ty);
                let help = format!("`{}` leads to {}", self.rule.name, words(self.rule.to));
                told.tell(Finding::error(element, message).help(help));
            }
            Some(_) => {}
            // What could not be read is told already.
            None if told.places.key_of(&format!("assets/{to}")).is_some() => {}
            None => {
                let help = told
                    .nearest(to.as_str(), model.assets.keys().map(AssetKey::as_str))
                    .unwrap_or_else(|| format!("write it: `[assets.{to}]`"));
                told.tell(Finding::error(element, format!("unknown asset `{to}`")).help(help));
            }
        }
        if let (Some(from), Some(until)) = (link.from, link.until)
            && until <= from
        {
            let message = "this ends before it begins";
            let until = format!("{element}/until");
            told.tell(Finding::error(until, message).help("`until` comes after `from`"));
        }
    }
}

fn words(types: &[crate::name::TypeName]) -> String {
    let all: Vec<String> = types.iter().map(|ty| format!("`{ty}`")).collect();
    all.join(" or ")
}

/// Tells assets that are below themselves: along links without an end, or at any instant at which a link
/// begins or is about to end.
fn tell_circles(model: &Model, relation: &str, told: &mut Told) {
    let linked = model.assets.iter().filter_map(|(key, asset)| {
        let links = asset.relations.get(relation)?;
        Some((key, links.as_slice()))
    });
    let linked: Linked<'_> = linked.collect();
    let links = linked.values().copied().flatten();
    let begins = |link: &Link| link.from.map(|from| (from, "on", from));
    let ends = |link: &Link| link.until.map(|until| (until.plus_micros(-1), "until", until));
    let instants: BTreeSet<(Time, &str, Time)> = links
        .flat_map(|link| [begins(link), ends(link)])
        .flatten()
        .collect();
    let passed_over = instants.len().saturating_sub(MAX_INSTANTS);
    if passed_over > 0 {
        let message = format!(
            "`{relation}` begins or ends at {} instants; circles were looked for at the last {MAX_INSTANTS} of them",
            instants.len()
        );
        let help = "take out links that nobody asks for any more";
        told.tell(Finding::warning(format!("relations/{relation}"), message).help(help));
    }
    let late = instants.into_iter().rev().take(MAX_INSTANTS).map(Some);
    for instant in [None].into_iter().chain(late) {
        if let Some(round) = circle(&linked, instant.map(|(at, ..)| at)) {
            let way: Vec<&str> = round
                .iter()
                .map(|key| key.as_str())
                .chain(round.first().map(|key| key.as_str()))
                .collect();
            let at = round.first().map_or("", |key| key.as_str());
            let when = instant.map_or(String::new(), |(_, word, time)| {
                format!(" {word} {}", crate::time::rfc3339(time))
            });
            let message = format!("`{at}` is below itself{when}: {}", way.join(" → "));
            let element = format!("assets/{at}/relations/{relation}");
            told.tell(Finding::error(element, message).help("remove one step of the circle"));
            return;
        }
    }
}

/// The assets that lead anywhere along a relation.
type Linked<'m> = BTreeMap<&'m AssetKey, &'m [Link]>;

fn circle<'m>(linked: &Linked<'m>, instant: Option<Time>) -> Option<Vec<&'m AssetKey>> {
    let parent = |key: &AssetKey| {
        let holds = |link: &&Link| instant.map_or(link.until.is_none(), |time| link.holds_at(time));
        let link = linked.get(key)?.iter().find(holds)?;
        linked.get_key_value(&link.to).map(|(key, _)| *key)
    };
    let mut clear: BTreeSet<&AssetKey> = BTreeSet::new();
    for start in linked.keys().copied() {
        let mut way: Vec<&AssetKey> = Vec::new();
        let mut here: BTreeSet<&AssetKey> = BTreeSet::new();
        let mut at = Some(start);
        while let Some(key) = at.filter(|key| !clear.contains(key)) {
            if !here.insert(key) {
                let first = way.iter().position(|step| *step == key).unwrap_or_default();
                return Some(way.split_off(first));
            }
            way.push(key);
            at = parent(key);
        }
        clear.extend(way);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_at_the_same_time_are_counted() {
        let link = |from: Option<i64>, until: Option<i64>| Link {
            from: from.map(Time),
            until: until.map(Time),
            ..Link::default()
        };
        for (links, expect) in [
            (vec![], 0),
            (vec![link(None, None)], 1),
            (vec![link(None, Some(5)), link(Some(5), None)], 1),
            (vec![link(None, Some(6)), link(Some(5), None)], 2),
            (
                vec![link(Some(1), Some(2)), link(Some(3), None), link(None, None)],
                2,
            ),
        ] {
            assert_eq!(
                most_at_once(&links.iter().collect::<Vec<_>>()),
                expect,
                "{links:?}"
            );
        }
    }
}
