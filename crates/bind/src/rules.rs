//! All rules of a plant together: which ones a topic meets, and what they make of a message.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use formula::{Severity, Zones};
use twin::{Leaf, Quality, Target, Timestamp, Value};

use crate::apply::{World, apply};
use crate::capture::Level;
use crate::compile::compile;
use crate::compiled::Compiled;
use crate::miss::{Miss, Misses};
use crate::preset::presets;
use crate::problem::{Problem, did_you_mean};
use crate::rule::Rule;

/// Rules that were compiled.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Compiled>,
    /// Steps of a tree over the levels of the filters; the first is its root.
    steps: Vec<Step>,
}

#[derive(Clone, Debug, Default)]
struct Step {
    by_text: BTreeMap<Box<str>, usize>,
    by_any: Option<usize>,
    /// Rules whose filter ends here, and those that go on with `#`.
    ends: Vec<usize>,
    rest: Vec<usize>,
}

/// One message as it came.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'m> {
    /// The name of the connection.
    pub source: &'m str,
    /// The full topic.
    pub topic: &'m str,
    /// What it holds.
    pub payload: &'m [u8],
    /// Replayed by the broker from its retained store.
    pub retained: bool,
    /// When it reached us.
    pub arrival: Timestamp,
}

/// One value with where it belongs.
#[derive(Clone, PartialEq, Debug)]
pub struct Bound {
    /// The key of the asset.
    pub asset: Arc<str>,
    /// The path of its property.
    pub property: Arc<str>,
    /// The value; none for null and for what `null_if` names.
    pub value: Option<Value>,
    /// The source's own time.
    pub time: Option<Timestamp>,
    /// How far the source trusts it.
    pub quality: Quality,
    /// The unit, where the rule or the payload states it.
    pub unit: Option<Box<str>>,
    /// What the tag is known by without a model: asset named in the payload, path in the payload.
    pub tag: (Option<Box<str>>, Box<str>),
    /// Factor and offset that made it of what came.
    pub scaled: Option<(f64, f64)>,
    /// The binding that made it.
    pub rule: Arc<str>,
}

/// What the rules make of a message.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Applied {
    /// Its values.
    pub leaves: Vec<Bound>,
    /// What could not be read, and when it was asked for what was passed over; the first of them.
    pub misses: Vec<Miss>,
    /// How many more there were.
    pub more: usize,
    /// A rule said that nobody reads it.
    pub ignored: bool,
}

impl Bound {
    /// As the twin takes it.
    #[must_use]
    pub fn into_leaf(self) -> Leaf {
        let (asset, field) = self.tag;
        Leaf {
            field,
            value: self.value,
            time: self.time,
            quality: self.quality,
            unit: self.unit,
            asset,
            target: Some(Box::new(Target {
                asset: self.asset,
                property: self.property,
            })),
            scaled: self.scaled,
        }
    }
}

impl Applied {
    /// Whether the message is read by rules and by nothing else.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        !self.leaves.is_empty() || self.ignored
    }
}

/// A problem in a binding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The binding.
    pub binding: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Rules {
    /// Compiles bindings. What is wrong is told, and a binding with an error is left out.
    #[must_use]
    pub fn compile<'r>(
        bindings: impl IntoIterator<Item = (&'r str, &'r Rule)>,
        zones: &dyn Zones,
    ) -> (Self, Vec<Found>) {
        let (mut rules, mut told) = (Self::default(), Vec::new());
        rules.steps.push(Step::default());
        for (name, rule) in bindings {
            let (compiled, problems) = compile_binding(name, rule, zones);
            told.extend(problems.into_iter().map(|problem| Found {
                binding: name.to_owned(),
                problem,
            }));
            compiled.into_iter().for_each(|rule| rules.add(rule));
        }
        (rules, told)
    }

    fn add(&mut self, rule: Compiled) {
        let number = self.rules.len();
        let mut at = 0;
        for level in &rule.filter.levels {
            let fresh = self.steps.len();
            let Some(step) = self.steps.get_mut(at) else {
                return;
            };
            at = match level {
                Level::Text(text) => *step.by_text.entry(text.clone()).or_insert(fresh),
                Level::One(_) => *step.by_any.get_or_insert(fresh),
            };
            if at == fresh {
                self.steps.push(Step::default());
            }
        }
        if let Some(step) = self.steps.get_mut(at) {
            let into = if rule.filter.rest.is_some() {
                &mut step.rest
            } else {
                &mut step.ends
            };
            into.push(number);
        }
        self.rules.push(rule);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many there are; a preset may be several.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// The bindings whose filter takes this topic, for tools that explain.
    #[must_use]
    pub fn meeting(&self, topic: &str) -> Vec<Arc<str>> {
        let all = self.candidates(topic);
        let names: BTreeSet<Arc<str>> = all.iter().map(|rule| Arc::clone(&rule.name)).collect();
        names.into_iter().collect()
    }

    /// Rules whose levels fit, those with more said levels first: on the way down plain texts come
    /// before `+`, and what ends deeper before `#`.
    fn candidates(&self, topic: &str) -> Vec<&Compiled> {
        let mut found = Vec::new();
        if !self.rules.is_empty() {
            self.search(0, Some(topic), &mut found);
        }
        found
            .iter()
            .filter_map(|number| self.rules.get(*number))
            .collect()
    }

    /// No deeper than the longest filter, which has 32 levels, and no further than the tree is large.
    fn search(&self, at: usize, left: Option<&str>, found: &mut Vec<usize>) {
        let Some(step) = self.steps.get(at) else { return };
        match left {
            None => found.extend(&step.ends),
            Some(left) => {
                let (level, after) = match left.split_once('/') {
                    Some((level, after)) => (level, Some(after)),
                    None => (left, None),
                };
                if let Some(next) = step.by_text.get(level) {
                    self.search(*next, after, found);
                }
                if let Some(next) = step.by_any {
                    self.search(next, after, found);
                }
            }
        }
        found.extend(&step.rest);
    }

    /// What the rules make of a message; none when no rule is for its topic.
    #[must_use]
    pub fn apply(&self, message: Incoming<'_>, world: World<'_>) -> Option<Applied> {
        let rules: Vec<(&Compiled, Vec<&str>)> = self
            .candidates(message.topic)
            .into_iter()
            .filter(|rule| {
                rule.source
                    .as_deref()
                    .is_none_or(|source| source == message.source)
            })
            .filter_map(|rule| Some((rule, rule.filter.capture(message.topic)?)))
            .collect();
        if rules.is_empty() || message.payload.is_empty() {
            return None;
        }
        let mut misses = Misses::new(world.explain);
        let mut applied = apply(&rules, message, world, &mut misses);
        (applied.misses, applied.more) = misses.into_parts();
        Some(applied)
    }
}

/// A binding's rules: its own, or those of its preset with what it says itself.
fn compile_binding(name: &str, rule: &Rule, zones: &dyn Zones) -> (Vec<Compiled>, Vec<Problem>) {
    let Some(preset) = rule.preset.as_deref() else {
        return match compile(name, rule, zones) {
            Ok((compiled, warnings)) => (vec![compiled], warnings),
            Err(problems) => (Vec::new(), problems),
        };
    };
    let Some(of_preset) = presets().get(preset) else {
        let names = || presets().keys().map(|name| &**name);
        let help = did_you_mean(preset, names())
            .unwrap_or_else(|| format!("there are {}", names().collect::<Vec<_>>().join(", ")));
        let problem = Problem::error("preset", format!("unknown preset `{preset}`"));
        return (Vec::new(), vec![problem.help(help)]);
    };
    let (mut all, mut told) = (Vec::new(), Vec::<Problem>::new());
    for part in of_preset {
        let problems = match compile(name, &rule.over(part), zones) {
            Ok((compiled, warnings)) => {
                all.push(compiled);
                warnings
            }
            Err(problems) => problems,
        };
        for problem in problems {
            let problem = of_preset_key(problem, rule, preset);
            if !told.contains(&problem) {
                told.push(problem);
            }
        }
    }
    if told.iter().any(|problem| problem.severity == Severity::Error) {
        all.clear();
    }
    (all, told)
}

/// A mistake in a key that the preset brought: its place is the binding, its words name the key.
fn of_preset_key(problem: Problem, rule: &Rule, preset: &str) -> Problem {
    let key = problem.key.split('/').next().unwrap_or_default().to_owned();
    if rule.says(&key) || key == "filter" {
        return problem;
    }
    let what = problem.message;
    let help = format!("capture it in `filter`, or say `{key}` here");
    Problem {
        key: String::new(),
        span: None,
        message: format!("{what} in `{key}` of the preset `{preset}`"),
        help: Some(help),
        severity: problem.severity,
    }
}
