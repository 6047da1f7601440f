//! One message through the rules for its topic.

use std::collections::BTreeSet;
use std::sync::Arc;

use decode::{Limits, LocalZone};
use formula::Zones;
use serde_json::Value;

use crate::compiled::{Compiled, ValueOf, What};
use crate::expr::PathId;
use crate::message::root;
use crate::miss::{Miss, Misses, Reason};
use crate::path::Key;
use crate::rules::{Applied, Bound, Incoming};
use crate::scene::Scene;

/// A list of plain values makes at most this many, as without a rule.
const LIST_VALUES: usize = 64;

/// What rules need to know beside a message.
#[derive(Clone, Copy)]
pub struct World<'w> {
    /// How large a message may be.
    pub limits: &'w Limits,
    /// The plant's clocks, for times without a zone.
    pub zone: &'w dyn LocalZone,
    /// Zones that rules name.
    pub zones: &'w dyn Zones,
    /// Whether every piece that becomes no value is told, and not only what fails.
    pub explain: bool,
}

pub(crate) fn apply(
    rules: &[(&Compiled, Vec<&str>)],
    message: Incoming<'_>,
    world: World<'_>,
    misses: &mut Misses,
) -> Applied {
    let mut applied = Applied::default();
    let name = rules
        .first()
        .map_or_else(|| Arc::from(""), |(rule, _)| Arc::clone(&rule.name));
    let read = decode::parts::text(message.payload, world.limits)
        .and_then(|text| Ok((text, root(text, world.limits)?)));
    let (text, root) = match read {
        Ok(read) => read,
        Err(problem) => {
            misses.add(Reason::Payload, || Miss {
                rule: name,
                at: String::new(),
                reason: Reason::Payload,
                detail: format!("{}: {}", problem.reason, problem.detail),
            });
            return applied;
        }
    };
    let mut walk = Walk {
        leaves: Vec::new(),
        given: BTreeSet::new(),
        several: rules.len() > 1,
        first: 0,
        left: world.limits.leaves.saturating_mul(8).saturating_add(64),
        most: world.limits.leaves,
        told_most: false,
        misses,
    };
    for (rule, captured) in rules {
        let mut scene = Scene::new(rule, captured, message, text, &root, world);
        if rule.ignore_retained && message.retained {
            applied.ignored = true;
            walk.miss(&scene, Reason::Retained, || "replayed by the broker".to_owned());
            continue;
        }
        walk.first = walk.leaves.len();
        walk.rule(&mut scene);
    }
    applied.leaves = walk.leaves;
    applied
}

/// A walk of several rules over one message.
pub(crate) struct Walk<'w> {
    leaves: Vec<Bound>,
    /// What earlier rules gave a value.
    given: BTreeSet<(Arc<str>, Arc<str>)>,
    several: bool,
    /// Where this rule's leaves begin.
    first: usize,
    /// Places that may still be looked at.
    left: usize,
    most: usize,
    told_most: bool,
    misses: &'w mut Misses,
}

impl Walk<'_> {
    pub(crate) fn miss(&mut self, scene: &Scene<'_>, reason: Reason, detail: impl FnOnce() -> String) {
        self.misses.add(reason, || Miss {
            rule: Arc::clone(&scene.rule.name),
            at: scene.place(),
            reason,
            detail: detail(),
        });
    }

    fn rule<'m>(&mut self, scene: &mut Scene<'m>) {
        let rule: &'m Compiled = scene.rule;
        if let Some(test) = rule.gates.iter().find(|test| !scene.holds(test)) {
            self.miss(scene, Reason::Condition, || {
                format!("`{}` does not hold", test.source)
            });
            return;
        }
        self.level(scene, 0);
        if self.several {
            let own = self.leaves.get(self.first..).unwrap_or_default();
            let own = own
                .iter()
                .map(|leaf| (Arc::clone(&leaf.asset), Arc::clone(&leaf.property)));
            self.given.extend(own);
        }
    }

    fn level<'m>(&mut self, scene: &mut Scene<'m>, level: usize) {
        let rule: &'m Compiled = scene.rule;
        let Some(id) = rule.foreach.get(level) else {
            self.item(scene);
            return;
        };
        let items = scene.all(*id);
        if items.is_empty() {
            let path = rule.names.paths.get(id.0).map_or("", |path| &path.source);
            self.miss(scene, Reason::NoItems, || format!("`{path}` finds nothing"));
        }
        for (key, node) in items {
            if self.spent(scene) {
                return;
            }
            if matches!(key, Key::Name(name) if rule.without.contains(name)) {
                continue;
            }
            scene.enter(level + 1, key, node);
            self.level(scene, level + 1);
        }
    }

    /// Whether no more places are looked at; told once.
    fn spent(&mut self, scene: &Scene<'_>) -> bool {
        if self.left > 0 && self.leaves.len() < self.most {
            self.left -= 1;
            return false;
        }
        self.left = 0;
        if !std::mem::replace(&mut self.told_most, true) {
            let most = self.most;
            self.miss(scene, Reason::TooMany, || {
                format!("more than {most} values; the first are kept")
            });
        }
        true
    }

    fn item<'m>(&mut self, scene: &mut Scene<'m>) {
        let rule: &'m Compiled = scene.rule;
        scene.names.clear();
        scene.leaf = None;
        match &rule.value {
            ValueOf::Formula(_) => self.leaf(scene),
            ValueOf::Paths(ids) => match scene.find_any(ids) {
                Some(node) => self.node(scene, node),
                None => {
                    // An item that is not meant is no item without a value.
                    if let Some(test) = self.unmet(scene, false) {
                        self.miss(scene, Reason::Condition, || format!("`{test}` does not hold"));
                        return;
                    }
                    let path = ids.first().and_then(|id| rule.names.paths.get(id.0));
                    let path = path.map_or("", |path| &path.source);
                    self.miss(scene, Reason::Absent, || format!("`{path}` finds nothing"));
                }
            },
        }
    }

    /// Takes objects and lists apart, where the rule says so.
    fn node<'m>(&mut self, scene: &mut Scene<'m>, node: &'m Value) {
        let rule: &'m Compiled = scene.rule;
        match node {
            Value::Object(members) if rule.flatten => {
                for (name, inner) in members {
                    if rule.without.contains(name.as_str()) {
                        continue;
                    }
                    if self.spent(scene) {
                        return;
                    }
                    scene.names.push(Key::Name(name));
                    self.node(scene, inner);
                    scene.names.pop();
                }
            }
            Value::Array(items) if rule.flatten => {
                for (at, inner) in items.iter().enumerate() {
                    let plain = !inner.is_object() && !inner.is_array();
                    if plain && at >= LIST_VALUES {
                        self.miss(scene, Reason::TooMany, || {
                            format!(
                                "{} values in a list, the first {LIST_VALUES} are kept",
                                items.len()
                            )
                        });
                        return;
                    }
                    if self.spent(scene) {
                        return;
                    }
                    scene.names.push(Key::At(at));
                    self.node(scene, inner);
                    scene.names.pop();
                }
            }
            Value::Object(_) | Value::Array(_) => {
                // A fan-out to every depth meets the objects around the values too.
                let deep = |id: &PathId| rule.names.paths.get(id.0).is_some_and(|path| path.deep);
                if !rule.foreach.iter().any(deep) && self.unmet(scene, false).is_none() {
                    let what = if node.is_object() { "an object" } else { "a list" };
                    self.miss(scene, Reason::NotPlain, || {
                        format!("this is {what}; say `flatten = true` or which value of it")
                    });
                }
            }
            plain => {
                scene.leaf = Some(plain);
                self.leaf(scene);
            }
        }
    }

    /// The first condition that does not hold; those over the value only where there is one.
    fn unmet<'m>(&mut self, scene: &mut Scene<'m>, with_value: bool) -> Option<&'m str> {
        let rule: &'m Compiled = scene.rule;
        let test = rule.tests.iter().find(|test| {
            let looks = matches!(&test.what, What::Holds(expr) if expr.uses_value());
            (with_value || !looks) && !scene.holds(test)
        });
        test.map(|test| &*test.source)
    }

    /// Makes a leaf of the plain value, or of what the formula makes.
    fn leaf<'m>(&mut self, scene: &mut Scene<'m>) {
        let rule: &'m Compiled = scene.rule;
        if let Some((template, pattern)) = &rule.parts {
            scene.parts.clear();
            match scene.render(template) {
                Err(detail) => return self.miss(scene, Reason::Absent, || detail),
                Ok(text) => match pattern.capture(&text) {
                    None => {
                        let shown = decode::sample(text.as_bytes(), 40);
                        return self.miss(scene, Reason::Unlike, || {
                            format!("`{shown}` is not like the pattern of `parts`")
                        });
                    }
                    Some(parts) => scene.parts = parts.into_iter().map(str::to_owned).collect(),
                },
            }
        }
        if let Some(test) = self.unmet(scene, true) {
            return self.miss(scene, Reason::Condition, || format!("`{test}` does not hold"));
        }
        let (time_node, time) = self.time(scene);
        let (quality_node, quality) = self.quality(scene);
        // What is said of a value is no value itself.
        let said = [time_node, quality_node].into_iter().flatten();
        if let Some(leaf) = scene.leaf
            && said.into_iter().any(|node| std::ptr::eq(node, leaf))
        {
            return;
        }
        let Some(read) = self.value(scene) else { return };
        let Some(target) = self.target(scene) else { return };
        if self.several
            && self
                .given
                .contains(&(Arc::clone(&target.asset), Arc::clone(&target.property)))
        {
            let (asset, property) = (target.asset, target.property);
            return self.miss(scene, Reason::Twice, || {
                format!("{asset} {property} has a value by another rule")
            });
        }
        if self.leaves.len() >= self.most {
            self.spent(scene);
            return;
        }
        let unit = self.unit(scene, &target.property, &read);
        self.leaves.push(Bound {
            asset: target.asset,
            property: target.property,
            quality: read.quality.max(quality),
            value: read.value,
            time,
            unit,
            tag: target.tag,
            scaled: read.scaled,
            rule: Arc::clone(&rule.name),
        });
    }
}
