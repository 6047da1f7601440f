//! From a rule as written to what can be applied: every mistake is told, each with its key.

use std::collections::BTreeMap;

use formula::{Zone, Zones};

use crate::capture::{Filter, Pattern, is_name, is_taken};
use crate::compiled::{Compiled, Said, Test, TimeOf, UnitOf, ValueOf, What};
use crate::expr::{Expr, Name, Names, PathId, Reach, Template};
use crate::path::{Path, Start, is_path};
use crate::problem::Problem;
use crate::rule::{Rule, Time, Unit};

/// Fan-outs in one another.
const MAX_LEVELS: usize = 4;
/// Entries of a list or table of a rule.
const MAX_ENTRIES: usize = 10_000;
/// Alternatives of a value, time, quality or unit.
const MAX_CHOICES: usize = 8;

/// Compiles one rule that names no preset.
pub(crate) fn compile(
    name: &str,
    rule: &Rule,
    zones: &dyn Zones,
) -> Result<(Compiled, Vec<Problem>), Vec<Problem>> {
    let mut compiler = Compiler {
        rule,
        zones,
        names: Names::default(),
        told: Vec::new(),
    };
    let compiled = compiler.compile(name);
    let told = compiler.told;
    let wrong = told
        .iter()
        .any(|problem| problem.severity == formula::Severity::Error);
    match compiled {
        Some(compiled) if !wrong => Ok((compiled, told)),
        _ => Err(told),
    }
}

struct Compiler<'r> {
    rule: &'r Rule,
    zones: &'r dyn Zones,
    names: Names,
    told: Vec<Problem>,
}

impl Compiler<'_> {
    fn compile(&mut self, name: &str) -> Option<Compiled> {
        let rule = self.rule;
        self.check_sizes();
        let filter = self.filter();
        let foreach = self.foreach();
        self.lets();
        let parts = self.parts();
        let tests = self.tests();
        let value = self.value();
        let asset = self.needed("asset", rule.asset.as_deref(), "asset = \"{site}-{asset}\"");
        let property = self.needed("property", rule.property.as_deref(), "property = \"{key}\"");
        let time = rule.time.as_ref().and_then(|time| self.time(time));
        let quality = rule.quality.as_ref().map(|quality| {
            let paths = self.paths("quality/path", &quality.path);
            self.choices("quality/path", quality.path.len());
            (paths, quality.clone())
        });
        let unit = rule.unit.as_ref().map(|unit| self.unit("unit", unit));
        let units: BTreeMap<Box<str>, UnitOf> = rule
            .units
            .iter()
            .map(|(key, unit)| (key.clone(), self.unit(&format!("units/{key}"), unit)))
            .collect();
        self.check_targets();
        let (gates, tests) = tests.into_iter().partition(|test| self.is_gate(test));
        Some(Compiled {
            name: name.into(),
            source: rule.source.clone(),
            filter: filter?,
            field: self.field(value.as_ref()?),
            foreach,
            flatten: rule.flatten.unwrap_or_default(),
            without: rule.without.iter().cloned().collect(),
            parts,
            gates,
            tests,
            asset: asset?,
            property: property?,
            value: value?,
            time,
            quality,
            unit,
            units,
            null_if: rule.null_if.clone(),
            scale: (rule.scale.is_some() || rule.offset.is_some())
                .then(|| (rule.scale.unwrap_or(1.0), rule.offset.unwrap_or(0.0))),
            ignore_retained: rule.ignore_retained.unwrap_or_default(),
            assets: rule.assets.clone(),
            properties: rule.properties.clone(),
            names: std::mem::take(&mut self.names),
        })
    }

    fn keep<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        result.map_err(|problem| self.told.push(problem)).ok()
    }

    fn check_sizes(&mut self) {
        let rule = self.rule;
        for (key, len) in [
            ("without", rule.without.len()),
            ("let", rule.lets.len()),
            ("when", rule.when.len()),
            ("units", rule.units.len()),
            ("null_if", rule.null_if.len()),
            ("assets", rule.assets.len()),
            ("properties", rule.properties.len()),
            (
                "quality/map",
                rule.quality.as_ref().map_or(0, |quality| quality.map.len()),
            ),
            ("unit/map", rule.unit.as_ref().map_or(0, |unit| unit.map.len())),
        ] {
            let most = if matches!(key, "assets" | "properties") {
                MAX_ENTRIES
            } else {
                64
            };
            if len > most {
                self.told
                    .push(Problem::error(key, format!("{len} entries, the most are {most}")));
            }
        }
        for (key, number) in [("scale", rule.scale), ("offset", rule.offset)] {
            if number.is_some_and(|number| !number.is_finite()) || (key == "scale" && number == Some(0.0)) {
                self.told.push(Problem::error(
                    key,
                    format!("`{key}` would make every value the same or none"),
                ));
            }
        }
    }

    fn filter(&mut self) -> Option<Filter> {
        let rule = self.rule;
        let Some(text) = rule.filter.as_deref() else {
            let problem = Problem::error("filter", "the rule has no `filter`");
            self.told
                .push(problem.help("write the topics it reads: `filter = \"acme/+site/+asset/#tag\"`"));
            return None;
        };
        let filter = Filter::parse(
            text,
            rule.split_at.as_deref(),
            &mut self.names.slots,
            &mut self.told,
        );
        self.names.parts_from = self.names.slots.0.len();
        filter
    }

    fn foreach(&mut self) -> Vec<PathId> {
        let (rule, mut found, mut deep) = (self.rule, Vec::new(), false);
        if rule.foreach.len() > MAX_LEVELS {
            let message = format!("at most {MAX_LEVELS} fan-outs in one another");
            self.told.push(Problem::error("foreach", message));
            return found;
        }
        for (at, text) in rule.foreach.iter().enumerate() {
            let key = format!("foreach/{at}");
            let first = at == 0;
            if text.starts_with('$') != first || (!first && !text.starts_with("@")) {
                let (message, help) = if first {
                    (
                        "the first fan-out starts at the message",
                        "write for example `$.values[*]`",
                    )
                } else {
                    (
                        "a further fan-out starts at what the one before it found",
                        "write for example `@.values.*`",
                    )
                };
                self.told.push(Problem::error(key, message).help(help));
                continue;
            }
            let path = self.names.path(&key, text);
            let Some(id) = self.keep(path) else { continue };
            let path = self.names.paths.get(id.0);
            if !first && path.is_some_and(|path| path.start != Start::Item(at)) {
                let problem =
                    Problem::error(&key, "a further fan-out starts at what the one before it found");
                self.told.push(problem.help("write `@` without a number"));
            }
            if path.is_some_and(|path| path.deep) {
                if deep {
                    let problem = Problem::error(key, "`..` may be in one fan-out only");
                    self.told.push(problem);
                }
                deep = true;
            }
            found.push(id);
            self.names.levels = at + 1;
        }
        self.names.levels = rule.foreach.len();
        found
    }

    fn lets(&mut self) {
        for (name, path) in &self.rule.lets {
            let key = format!("let/{name}");
            let wrong = if !is_name(name) {
                Some(format!(
                    "`{name}` is no name: letters, digits and `_`, no digit first"
                ))
            } else if is_taken(name) {
                Some(format!("`{name}` has a meaning of its own; take another name"))
            } else {
                let twice = self.names.slots.get(name).is_some();
                twice.then(|| format!("`{name}` is a part of the topic already"))
            };
            if let Some(message) = wrong {
                self.told.push(Problem::error(key, message));
                continue;
            }
            let path = self.names.path(&key, path);
            if let Some(id) = self.keep(path) {
                self.names.lets.push((name.clone(), id));
            }
        }
    }

    fn parts(&mut self) -> Option<(Template, Pattern)> {
        let parts = self.rule.parts.as_ref()?;
        let template = Template::parse("parts/text", &parts.text, &mut self.names);
        let template = self.keep(template);
        let pattern = Pattern::parse(&parts.like, &mut self.names.slots);
        let pattern = self.keep(pattern);
        self.names.parts_by_item = template
            .as_ref()
            .is_some_and(|template| template.reach == Reach::Item);
        Some((template?, pattern?))
    }

    fn tests(&mut self) -> Vec<Test> {
        let mut tests = Vec::new();
        for (at, text) in self.rule.when.iter().enumerate() {
            let key = format!("when/{at}");
            let inner = text
                .strip_prefix('!')
                .map(str::trim_start)
                .filter(|rest| is_path(rest));
            let what = if let Some(path) = inner {
                let path = self.names.path(&key, path);
                self.keep(path).map(What::FindsNothing)
            } else if is_path(text) {
                let path = self.names.path(&key, text);
                self.keep(path).map(What::Finds)
            } else {
                self.expr(&key, text).map(Box::new).map(What::Holds)
            };
            tests.extend(what.map(|what| Test {
                source: text.clone(),
                what,
            }));
        }
        tests
    }

    fn is_gate(&self, test: &Test) -> bool {
        match &test.what {
            What::Finds(id) | What::FindsNothing(id) => self.names.reach_of_path(*id) < Reach::Item,
            What::Holds(expr) => expr.reach < Reach::Item,
        }
    }

    fn value(&mut self) -> Option<ValueOf> {
        let own = &self.rule.value;
        self.choices("value", own.len());
        match own.first() {
            None => {
                let text = if self.names.levels > 0 { "@" } else { "$" };
                let path = self.names.path("value", text);
                self.keep(path).map(|id| ValueOf::Paths(vec![id]))
            }
            Some(first) if is_path(first) => Some(ValueOf::Paths(self.paths("value", own))),
            Some(first) => {
                if own.len() > 1 {
                    let problem = Problem::error("value", "one formula, or JSON paths only");
                    self.told
                        .push(problem.help("`coalesce(x, y)` takes the first that is there"));
                }
                let expr = self.expr("value/0", first)?;
                if expr.uses_value() {
                    let problem = Problem::error("value/0", "`value` is what this formula makes");
                    let help = "name what it is made of: `let = { v = \"$.v\" }`";
                    self.told.push(problem.help(help));
                }
                if self.rule.flatten == Some(true) {
                    let problem = Problem::error("flatten", "what a formula makes has nothing below it");
                    self.told
                        .push(problem.help("leave `flatten` out, or `value` be a path"));
                }
                Some(ValueOf::Formula(Box::new(expr)))
            }
        }
    }

    fn expr(&mut self, key: &str, text: &str) -> Option<Expr> {
        let expr = Expr::parse(key, text, &self.names, self.zones, &mut self.told)?;
        let many = self.names.levels > 0 || self.rule.flatten == Some(true);
        if many && expr.inputs.contains(&Name::Payload) {
            let problem = Problem::error(key, "the whole payload again for every value");
            let help = "name what is needed of it: `let = { x = \"$.x\" }`";
            self.told.push(problem.help(help));
        }
        Some(expr)
    }

    /// Paths, the first that finds something.
    fn paths(&mut self, key: &str, texts: &[Box<str>]) -> Vec<PathId> {
        let mut found = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let path = self.names.path(&format!("{key}/{at}"), text);
            found.extend(self.keep(path));
        }
        found
    }

    fn choices(&mut self, key: &str, len: usize) {
        if len > MAX_CHOICES {
            self.told.push(Problem::error(
                key,
                format!("at most {MAX_CHOICES} to choose from"),
            ));
        }
    }

    fn needed(&mut self, key: &str, text: Option<&str>, example: &str) -> Option<Template> {
        let Some(text) = text else {
            let problem = Problem::error(key, format!("the rule has no `{key}`"));
            self.told
                .push(problem.help(format!("write for example `{example}`")));
            return None;
        };
        let template = Template::parse(key, text, &mut self.names);
        self.keep(template)
    }

    fn said(&mut self, key: &str, texts: &[Box<str>]) -> Vec<Said> {
        self.choices(key, texts.len());
        let mut found = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let key = format!("{key}/{at}");
            if is_path(text) {
                let path = self.names.path(&key, text);
                found.extend(self.keep(path).map(Said::Path));
            } else {
                let template = Template::parse(&key, text, &mut self.names);
                found.extend(self.keep(template).map(Said::Words));
            }
        }
        found
    }

    fn time(&mut self, time: &Time) -> Option<TimeOf> {
        let said = self.said("time/path", &time.path);
        let fixed = |said: &Said| matches!(said, Said::Words(template) if template.is_fixed());
        if time.path.is_empty() || said.iter().any(fixed) {
            let problem = Problem::error("time/path", "this is no place of a time");
            self.told
                .push(problem.help("write a JSON path such as `$.timestamp`, or a template such as `{key}`"));
        }
        let zone = time.zone.as_deref().and_then(|text| {
            let zone = Zone::parse(text).filter(|zone| zone.known(self.zones));
            if zone.is_none() {
                let problem = Problem::error("time/zone", format!("unknown time zone `{text}`"));
                self.told
                    .push(problem.help("write for example `Europe/Paris`, `+02:00` or `Z`"));
            }
            zone
        });
        let back = time.back.as_deref().and_then(|text| self.expr("time/back", text));
        Some(TimeOf {
            said,
            unit: time.unit.unwrap_or_default(),
            zone,
            back,
        })
    }

    fn unit(&mut self, key: &str, unit: &Unit) -> UnitOf {
        UnitOf {
            said: self.said(&format!("{key}/path"), &unit.path),
            map: unit.map.clone(),
        }
    }

    /// What names are renamed to must be names of the model.
    fn check_targets(&mut self) {
        for (table, words, make) in [
            (
                "assets",
                &self.rule.assets,
                crate::name::asset_key as fn(&str) -> Option<String>,
            ),
            ("properties", &self.rule.properties, crate::name::property_path),
        ] {
            for (from, to) in words {
                let made = make(to);
                if made.as_deref() != Some(to) {
                    let problem =
                        Problem::error(format!("{table}/{from}"), format!("`{to}` is no name in a model"));
                    let help = made.map(|made| format!("write `{made}`"));
                    self.told.push(problem.help_if(help));
                }
            }
        }
    }

    /// `$.a.v` is known by `a.v`, and `value` alone by nothing.
    fn field(&self, value: &ValueOf) -> Box<str> {
        let ValueOf::Paths(ids) = value else {
            return "".into();
        };
        let path = ids.first().and_then(|id| self.names.paths.get(id.0));
        let mut names = path.and_then(Path::names).unwrap_or_default();
        let plain = ["value", "v", "val"];
        if names
            .last()
            .is_some_and(|name| plain.iter().any(|word| name.eq_ignore_ascii_case(word)))
        {
            names.pop();
        }
        names.join(".").into()
    }
}
