//! From files to a model: every file, every mistake.

use std::collections::BTreeMap;

use formula::Zones;

use crate::beside;
use crate::check;
use crate::form::{Item, Key};
use crate::node::{Node, Table, Value};
use crate::plant::Model;
use crate::problem::{Finding, Problem, Sources, Told, counted, did_you_mean};
use crate::resolve::Resolved;
use crate::source::{MAX_BYTES, MAX_FILE, MAX_FILES, parse};

/// A model file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its path, as it is shown in problems.
    pub path: &'a str,
    /// What it says.
    pub text: &'a str,
}

/// A model that was read and checked.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The model, without what could not be read.
    pub model: Model,
    /// Its types with what they inherit.
    pub resolved: Resolved,
    /// What is wrong, in the order of the files.
    pub problems: Vec<Problem>,
    /// Problems beyond the most that are told.
    pub more: usize,
}

impl Checked {
    /// Whether it can be applied: there may be warnings.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        let warning = |problem: &Problem| problem.severity == formula::Severity::Warning;
        self.more == 0 && self.problems.iter().all(warning)
    }

    /// Every problem with its line, and their number.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            text.push_str(&problem.render());
            text.push_str("\n\n");
        }
        let total = self.problems.len() + self.more;
        let warnings = self
            .problems
            .iter()
            .filter(|problem| problem.severity == formula::Severity::Warning)
            .count();
        let errors = total - warnings;
        text.push_str(&format!(
            "{}, {}: {}, {}\n",
            counted(self.model.types.len(), "type"),
            counted(self.model.assets.len(), "asset"),
            counted(errors, "error"),
            counted(warnings, "warning"),
        ));
        if self.more > 0 {
            text.push_str(&format!("{} of them are not shown\n", self.more));
        }
        text
    }
}

/// Reads and checks the files of a model. `zones` knows the zones that windows may name.
#[must_use]
pub fn check_files(files: &[File<'_>], zones: &dyn Zones) -> Checked {
    check_files_and(files, zones, |_, _| Vec::new())
}

/// The same, and what else somebody finds in a model that is right so far: elements, what is wrong
/// with them, and the way out.
#[must_use]
pub fn check_files_and(
    files: &[File<'_>],
    zones: &dyn Zones,
    find: impl FnOnce(&Model, &Resolved) -> Vec<(String, String, Option<String>)>,
) -> Checked {
    let mut told = Told::default();
    let mut sources = Sources::default();
    let model = read(files, &mut sources, &mut told);
    let resolved = check::check(&model, zones, &mut told);
    let error = |finding: &Finding| finding.severity == formula::Severity::Error;
    if told.more == 0 && !told.findings.iter().any(error) {
        for (element, message, help) in find(&model, &resolved) {
            told.tell(Finding::error(element, message).help_if(help));
        }
    }
    checked(model, resolved, told, &sources)
}

/// Reads files that were checked when they came in. What cannot be read is left out.
#[must_use]
pub fn read_files(files: &[File<'_>]) -> (Model, Resolved) {
    let model = read(files, &mut Sources::default(), &mut Told::default());
    let resolved = model.resolve();
    (model, resolved)
}

/// Checks a model that no file says: the problems have no places, but elements.
#[must_use]
pub fn check_model(model: &Model, zones: &dyn Zones) -> Checked {
    let mut told = Told::default();
    let resolved = check::check(model, zones, &mut told);
    checked(model.clone(), resolved, told, &Sources::default())
}

fn checked(model: Model, resolved: Resolved, mut told: Told, sources: &Sources) -> Checked {
    let findings = std::mem::take(&mut told.findings);
    let mut problems: Vec<Problem> = findings
        .into_iter()
        .map(|finding| told.places.problem(finding, sources))
        .collect();
    problems.sort_by_cached_key(|problem| {
        let place = problem.place.as_ref();
        let at = place.map(|place| (place.file.clone(), place.line, place.column));
        (at, problem.element.clone(), problem.message.clone())
    });
    Checked {
        model,
        resolved,
        problems,
        more: told.more,
    }
}

fn read(files: &[File<'_>], sources: &mut Sources, told: &mut Told) -> Model {
    let mut model = Model::default();
    let mut order: Vec<&File<'_>> = files.iter().collect();
    order.sort_by_key(|file| file.path);
    let (mut bytes, mut over) = (0_usize, 0_usize);
    let mut links = Vec::new();
    for (at, file) in order.into_iter().enumerate() {
        bytes = bytes.saturating_add(file.text.len());
        if at >= MAX_FILES || bytes > MAX_BYTES {
            over += 1;
            continue;
        }
        if file.text.len() > MAX_FILE {
            let message = format!("{}: the file is larger than {} MiB", file.path, MAX_FILE >> 20);
            told.tell(Finding::error("", message).help("split it; every file of the folder is read"));
            continue;
        }
        let number = sources.add(file.path, file.text);
        let mut table = parse(number, file.text, told);
        read_file(&mut model, &table, sources, told);
        links.extend(table.remove("links"));
    }
    // The assets they start from may stand in any file.
    for section in &links {
        beside::add(&mut model, section, told);
    }
    if over > 0 {
        let message = format!(
            "{over} files are beyond {MAX_FILES} files or {} MiB",
            MAX_BYTES >> 20
        );
        told.tell(Finding::error("", message).help("put several of them into one file"));
    }
    model
}

/// The sections of a file.
const SECTIONS: [&str; 6] = ["types", "relations", "hierarchies", "assets", "links", "bindings"];

fn read_file(model: &mut Model, file: &Table, sources: &Sources, told: &mut Told) {
    for (key, node) in file {
        let Value::Table(table) = &node.value else {
            let message = format!("`{key}` is {} here", node.value.kind());
            let help = "a file has tables such as `[types.pump]` and `[assets.pump-1]`";
            told.tell(Finding::error("", message).at(node.key).help(help));
            continue;
        };
        match &**key {
            "types" => read_section(&mut model.types, "types", table, sources, told),
            "relations" => read_section(&mut model.relations, "relations", table, sources, told),
            "hierarchies" => read_section(&mut model.hierarchies, "hierarchies", table, sources, told),
            "assets" => read_section(&mut model.assets, "assets", table, sources, told),
            // Read when all assets are there.
            "links" => {}
            "bindings" => read_section(&mut model.bindings, "bindings", table, sources, told),
            _ => {
                let help = did_you_mean(key, SECTIONS.into_iter())
                    .unwrap_or_else(|| format!("a file has {}", SECTIONS.join(", ")));
                let message = format!("unknown key `{key}`");
                told.tell(Finding::error("", message).at(node.key).help(help));
            }
        }
    }
}

fn read_section<K: Key, V: Item>(
    into: &mut BTreeMap<K, V>,
    section: &str,
    table: &Table,
    sources: &Sources,
    told: &mut Told,
) {
    for (key, node) in table {
        let element = format!("{section}/{key}");
        if let Some(first) = told.places.key_of(&element) {
            let there = sources
                .place(first)
                .map(|place| format!("{}:{}", place.file, place.line))
                .unwrap_or_default();
            let message = format!("`{key}` is already there");
            let help = format!("it is in {there}; rename or remove one of them");
            told.tell(Finding::error(element, message).at(node.key).help(help));
            continue;
        }
        match K::key(key) {
            Ok(name) => {
                if let Some(item) = told.within(&element, node, |told| V::read(node, told)) {
                    into.insert(name, item);
                }
            }
            Err(wrong) => {
                let finding = Finding::error(element, wrong.message);
                told.tell(finding.at(node.key).help_if(wrong.help));
            }
        }
    }
}

/// A model from its table, as [`crate::write::tree`] makes it. What cannot be read is told.
pub(crate) fn model_from_tree(tree: Table) -> Result<Model, Vec<Finding>> {
    let (mut told, mut model) = (Told::default(), Model::default());
    let sources = Sources::default();
    let file: Table = tree
        .into_iter()
        .filter(
            |(_, node): &(Box<str>, Node)| !matches!(&node.value, Value::Table(table) if table.is_empty()),
        )
        .collect();
    read_file(&mut model, &file, &sources, &mut told);
    if told.findings.is_empty() {
        Ok(model)
    } else {
        Err(told.findings)
    }
}
