//! `gemba model plan`: what files would change, and what was changed in the browser meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::{Action, Change, Checked, FieldChange, Model, Plan, Resolved};
use store::ModelFile;

use super::access::{Access, read, versions};
use super::check::checked_in;
use super::{Answer, Head, OK, PlanArgs, Request, Terminal, WRONG, described, files_of, unexpected};
use crate::model::edits::{self, Edit};
use crate::model::shelf;

/// Lines of a list of changes that are shown.
const MOST_LINES: usize = 200;

pub(super) async fn run(args: &PlanArgs, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    let Some(files) = files_of(&args.folder.dir, terminal) else {
        return Ok(WRONG);
    };
    let checked = checked_in(&args.folder.dir, &files);
    if !checked.is_ok() {
        terminal.complain(&checked.render());
        return Ok(WRONG);
    }
    let access = Access::open(&args.data.dir()).await?;
    let comparison = Comparison::make(&access, &files, &checked).await?;
    access.close().await;
    terminal.say(&comparison.shown(&args.folder.dir, args.all));
    Ok(OK)
}

/// Files held against the version that holds.
pub(super) struct Comparison {
    /// The version that holds.
    pub head: Option<Head>,
    plan: Plan,
    /// Files that are new, gone, or read differently.
    texts: Vec<String>,
    /// Changes made in the browser that applying the files would undo, and since which version.
    undone: Option<(u32, Plan)>,
    /// What people set for single assets and points, and the files do not say.
    set: Plan,
    /// What of it no file can say.
    notes: Vec<String>,
}

impl Comparison {
    pub async fn make(access: &Access, files: &[ModelFile], checked: &Checked) -> anyhow::Result<Self> {
        let (head, current_files) = read(access, None).await?;
        let texts = texts(&current_files, files);
        let current = shelf::read(&current_files);
        let plan = model::plan_resolved((&current.0, &current.1), (&checked.model, &checked.resolved));
        let undone = match &head {
            Some(head) if head.is_from_browser => undone(access, &current, &plan).await?,
            _ => None,
        };
        let edits = edits_of(access).await?;
        let (set, notes) = set_in(checked, &edits);
        Ok(Self {
            head,
            plan,
            texts,
            undone,
            set,
            notes,
        })
    }

    /// Without what should be known of files that go forward: going back lowers versions of types.
    pub fn going_back(mut self) -> Self {
        self.plan.notes.clear();
        self
    }

    /// The number of the version that holds.
    pub fn base(&self) -> u32 {
        self.head.as_ref().map_or(0, |head| head.number)
    }

    /// Whether the files are those of the version that holds.
    pub fn is_same(&self) -> bool {
        self.head.is_some() && self.texts.is_empty()
    }

    /// Changes made in the browser that applying would undo.
    pub fn undoes(&self) -> usize {
        self.undone.as_ref().map_or(0, |(_, plan)| plan.changes.len())
    }

    pub fn shown(&self, dir: &Path, all: bool) -> String {
        let mut text = match &self.head {
            Some(head) => format!("Against version {}: {}\n\n", head.number, described(head)),
            None => "There is no version yet: everything is new.\n\n".to_owned(),
        };
        text += &shortened(&self.plan.to_string(), all);
        if self.plan.is_empty() && !self.texts.is_empty() {
            text += &format!("but for the texts of {}\n", listed(&self.texts));
        }
        if let Some((since, plan)) = &self.undone {
            text += &format!(
                "\nChanged in the browser since {}, and not in these files:\n",
                match since {
                    0 => "the beginning".to_owned(),
                    since => format!("version {since}"),
                }
            );
            text += &shortened(&changes_of(plan), all);
            text += &format!(
                "Applying these files undoes that. Take it over first: gemba model export {}\n",
                dir.display()
            );
        }
        if !self.set.is_empty() || !self.notes.is_empty() {
            text += "\nSet in the browser for single assets, and not in these files:\n";
            text += &shortened(&edits::to_write(&self.set), all);
            for note in &self.notes {
                text += &format!("! {note}\n");
            }
            text += "It holds whatever the files say. Write it into them to take it over.\n";
        }
        text
    }
}

/// What people set and the files do not say, and what of it no file can say.
fn set_in(checked: &Checked, edits: &[Edit]) -> (Plan, Vec<String>) {
    if edits.is_empty() {
        return (Plan::default(), Vec::new());
    }
    let (with, notes) = edits::overlay(&checked.model, &checked.resolved, edits);
    if with == checked.model {
        return (Plan::default(), notes);
    }
    (model::plan(&checked.model, &with), notes)
}

/// What was changed in the browser since files were applied last, as far as the new files undo it.
async fn undone(
    access: &Access,
    current: &(Model, Resolved),
    plan: &Plan,
) -> anyhow::Result<Option<(u32, Plan)>> {
    let heads = versions(access).await?;
    let since = heads.iter().find(|head| !head.is_from_browser);
    let (number, before) = match since {
        Some(head) => (
            head.number,
            shelf::read(&read(access, Some(head.number)).await?.1),
        ),
        None => (0, Default::default()),
    };
    let mut made = model::plan_resolved((&before.0, &before.1), (&current.0, &current.1));
    made.changes
        .retain(|made| plan.changes.iter().any(|change| undoes(change, made)));
    Ok((!made.changes.is_empty()).then_some((number, made)))
}

/// Whether a change takes back what another made: what goes on from it does not.
fn undoes(change: &Change, made: &Change) -> bool {
    let is_same = (change.section, &change.name) == (made.section, &made.name);
    let meets = |field: &FieldChange| {
        let other =
            |made: &FieldChange| field.path.starts_with(&made.path) || made.path.starts_with(&field.path);
        made.fields.iter().any(other)
    };
    is_same
        && match (made.action, change.action) {
            (Action::Add, action) => action == Action::Remove,
            (Action::Remove, action) => action == Action::Add,
            (Action::Change, Action::Change) => change.fields.iter().any(meets),
            (Action::Change, Action::Add | Action::Remove) => true,
        }
}

async fn edits_of(access: &Access) -> anyhow::Result<Vec<Edit>> {
    match access.ask(Request::Edits).await? {
        Answer::Edits(edits) => Ok(edits),
        other => Err(unexpected(&other)),
    }
}

fn texts(before: &[ModelFile], after: &[ModelFile]) -> Vec<String> {
    let by_path = |files: &[ModelFile]| -> BTreeMap<String, String> {
        let pair = |file: &ModelFile| (file.path.clone(), file.text.clone());
        files.iter().map(pair).collect()
    };
    let (before, after) = (by_path(before), by_path(after));
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |path: &&&String| before.get(**path) != after.get(**path);
    paths.iter().filter(differs).map(|path| (*path).clone()).collect()
}

/// The changes themselves, without what they come to.
fn changes_of(plan: &Plan) -> String {
    let text = plan.to_string();
    let lines = text
        .lines()
        .take_while(|line| line.starts_with(['+', '~', '-', ' ']));
    lines.map(|line| format!("{line}\n")).collect()
}

/// A list of changes with its end, and as much of its beginning as people read.
fn shortened(text: &str, all: bool) -> String {
    let is_change = |line: &&str| line.starts_with(['+', '~', '-', ' ']);
    let changes = text.lines().take_while(is_change).count();
    if all || changes <= MOST_LINES {
        return text.to_owned();
    }
    let mut shown: Vec<String> = text.lines().take(MOST_LINES).map(str::to_owned).collect();
    shown.push(format!("… {} more lines; --all shows them", changes - MOST_LINES));
    shown.extend(text.lines().skip(changes).map(str::to_owned));
    shown.join("\n") + "\n"
}

fn listed(paths: &[String]) -> String {
    match paths {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        few => few.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Model;

    #[test]
    fn only_what_takes_a_change_back_undoes_it() {
        let model = |text: &str| {
            let checked = shelf::check(&[ModelFile {
                path: "a.toml".to_owned(),
                text: text.to_owned(),
            }]);
            assert!(checked.is_ok(), "{}", checked.render());
            checked.model
        };
        let pump = |flow: &str, power: &str| {
            model(&format!(
                "[types.pump.properties]\nflow = {{ kind = \"measurement\", limits = {{ low = {flow} }} }}\n\
                 power = {{ kind = \"measurement\", range = [0, {power}] }}"
            ))
        };
        let none = Model::default();
        for (before, current, after, expect) in [
            // The browser set a limit: taken back, set otherwise, left alone.
            (pump("5", "9"), pump("7", "9"), pump("5", "9"), true),
            (pump("5", "9"), pump("7", "9"), pump("6", "9"), true),
            (pump("5", "9"), pump("7", "9"), pump("7", "8"), false),
            (pump("5", "9"), pump("7", "9"), pump("7", "9"), false),
            // It made the type: a file that goes on from it undoes nothing.
            (none.clone(), pump("7", "9"), pump("6", "9"), false),
            (none.clone(), pump("7", "9"), none.clone(), true),
            (pump("7", "9"), none.clone(), pump("7", "9"), true),
        ] {
            let (made, plan) = (model::plan(&before, &current), model::plan(&current, &after));
            let undone = made
                .changes
                .iter()
                .any(|made| plan.changes.iter().any(|change| undoes(change, made)));
            assert_eq!(undone, expect, "{made}then\n{plan}");
        }
    }

    #[test]
    fn a_long_plan_is_cut_and_keeps_its_end() {
        let pumps: String = (0..300).map(|n| format!("[types.pump_{n}]\n")).collect();
        let file = ModelFile {
            path: "a.toml".to_owned(),
            text: pumps,
        };
        let after = shelf::check(&[file]);
        let text = model::plan(&Model::default(), &after.model).to_string();
        let short = shortened(&text, false);
        assert_eq!(short.lines().count(), 200 + 1 + 2, "{short}");
        assert!(
            short.contains("\n… 100 more lines; --all shows them\n300 to add"),
            "{short}"
        );
        assert_eq!(shortened(&text, true), text);
        assert_eq!(
            changes_of(&model::plan(&Model::default(), &after.model))
                .lines()
                .count(),
            300
        );
    }
}
