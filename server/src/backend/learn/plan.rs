//! What applying would do, in numbers and as files.

use std::collections::BTreeSet;

use learn::{Built, Decision, Proposal};
use model::{Action, Checked, Model, Section};
use wire::page::{LearnPlan, PlanCount};

use super::shown::count;
use crate::model::LoadedModel;

/// Files whose text is shown, and bytes of one.
const FILES: usize = 12;
const FILE_BYTES: usize = 4_000;
/// Problems that are shown.
const PROBLEMS: usize = 20;

/// The plan as `gemba model plan` has it, and the tags that were heard of what is accepted: a type may look
/// for others too.
pub fn plan(built: &Built, checked: &Checked, before: &LoadedModel, proposal: &Proposal) -> LearnPlan {
    let accepted = proposal
        .assets
        .iter()
        .filter(|asset| asset.decision == Decision::Accepted);
    let tags: usize = accepted.map(|asset| asset.tags.len()).sum();
    let tags = tags.saturating_sub(built.left_out.len());
    let errors = checked
        .problems
        .iter()
        .filter(|problem| problem.severity == model::Severity::Error);
    let text = |(at, (path, text)): (usize, (&String, &String))| {
        let shown: String = if at < FILES {
            text.chars().take(FILE_BYTES).collect()
        } else {
            String::new()
        };
        (path.clone(), shown)
    };
    let plan = model::plan_resolved(
        (&before.model, &before.resolved),
        (&checked.model, &checked.resolved),
    );
    let of = |section: Section| {
        let number = |action: Action| {
            let is_it = |change: &&model::Change| change.section == section && change.action == action;
            count(plan.changes.iter().filter(is_it).count())
        };
        PlanCount {
            added: number(Action::Add),
            changed: number(Action::Change),
            removed: number(Action::Remove),
        }
    };
    let bindings = plan.radius.bindings;
    LearnPlan {
        of_types: of(Section::Types),
        of_assets: of(Section::Assets),
        of_relations: relations(&before.model, &checked.model),
        of_bindings: PlanCount {
            added: count(bindings.added),
            changed: count(bindings.changed),
            removed: count(bindings.removed),
        },
        reaches: (count(plan.radius.assets.len()), count(plan.radius.roll_ups.len())),
        types: count(built.added.types.len()),
        assets: count(built.added.assets.len()),
        tags: count(tags),
        left_out: count(built.left_out.len()),
        problems: errors.take(PROBLEMS).map(ToString::to_string).collect(),
        files: built.files.iter().enumerate().map(text).take(100).collect(),
        files_total: count(built.files.len()),
    }
}

/// How many relations between assets come and go.
fn relations(before: &Model, after: &Model) -> PlanCount {
    let (before, after) = (links(before), links(after));
    PlanCount {
        added: count(after.difference(&before).count()),
        changed: 0,
        removed: count(before.difference(&after).count()),
    }
}

/// From which asset, which relation, to which.
fn links(model: &Model) -> BTreeSet<(&str, &str, &str)> {
    let mut links = BTreeSet::new();
    for (from, asset) in &model.assets {
        for (relation, to) in &asset.relations {
            links.extend(
                to.iter()
                    .map(|link| (from.as_str(), relation.as_str(), link.to.as_str())),
            );
        }
    }
    links
}
