//! A proposal as the page shows it.

use learn::{Decision, KindReason, Proposal, ProposedAsset, ProposedProperty, Reason, Session, UnitReason};
use twin::{PointId, Twin, Value};
use wire::page::{
    LEARN_ROWS, LearnAsset, LearnDecision, LearnDetail, LearnProperty, LearnProposal, LearnQuery,
    LearnReason, LearnTab, LearnTag, LearnType, OneShots,
};

use super::super::source::one_shots;
use super::topics::Topics;
use crate::view::point_view;

/// Places an asset could be moved to, as a list offers them.
const PLACES: usize = 300;

pub(super) fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What the page shows of a proposal.
pub fn proposal(session: &Session, query: &LearnQuery, heard_secs: u32, twin: &Twin) -> LearnProposal {
    let proposal = session.proposal();
    let unmapped = proposal.unmapped();
    let (accepted, assets) = proposal.accepted();
    let rejected = proposal
        .assets
        .iter()
        .filter(|asset| asset.decision == Decision::Rejected)
        .count();
    let (can_undo, can_redo) = session.steps();
    let ignored = proposal
        .tags
        .iter()
        .filter(|tag| proposal.ignores(&tag.topic))
        .count();
    let mut page = LearnProposal {
        heard_secs,
        tags: count(proposal.tags.len()),
        mapped: count(proposal.tags.len().saturating_sub(unmapped.len() + ignored)),
        mapped_before: count(proposal.mapped_before),
        assets: count(assets),
        accepted: count(accepted),
        rejected: count(rejected),
        unmapped: count(unmapped.len()),
        can_undo: count(can_undo),
        can_redo: count(can_redo),
        types: types(proposal),
        ignored: proposal.ignored.iter().map(ToString::to_string).collect(),
        offset: query.offset,
        ..LearnProposal::default()
    };
    let skip = query.offset as usize;
    match query.tab {
        LearnTab::Assets => {
            let is_wanted =
                |asset: &&(usize, &ProposedAsset)| query.ty.is_none_or(|ty| asset.1.ty == ty as usize);
            let all: Vec<(usize, &ProposedAsset)> = proposal.assets.iter().enumerate().collect();
            let wanted: Vec<&(usize, &ProposedAsset)> = all.iter().filter(is_wanted).collect();
            page.rows_total = count(wanted.len());
            let shown = wanted.iter().skip(skip).take(LEARN_ROWS as usize);
            page.rows = shown.map(|(at, asset)| row(proposal, *at, asset)).collect();
            let first = page.rows.first().map(|row| row.index);
            let at = query.asset.or(first).map(|at| at as usize);
            page.detail = at.and_then(|at| detail(proposal, at, twin));
        }
        LearnTab::Unmapped => {
            page.rows_total = count(unmapped.len());
            let shown = unmapped.iter().skip(skip).take(LEARN_ROWS as usize);
            page.unmapped_rows = shown.filter_map(|at| unmapped_tag(proposal, *at)).collect();
        }
        LearnTab::Topics => {
            page.one_shots = one_shots(twin);
            let is_open = |row: &OneShots| !page.ignored.contains(&format!("{}/#", row.topic));
            page.one_shots.retain(|row| is_open(row));
            let topics = Topics::of(proposal);
            if query.find.trim().is_empty() {
                page.topics = topics.tree(&query.at);
            } else {
                let (found, total) = topics.found(query.find.trim());
                page.topics = found;
                page.rows_total = count(total);
            }
        }
        LearnTab::Plan => {}
    }
    page
}

/// The types with assets, those with most first as they came.
fn types(proposal: &Proposal) -> Vec<LearnType> {
    let mut counts = vec![(0_u32, 0_u32); proposal.types.len()];
    for asset in &proposal.assets {
        if let Some((all, accepted)) = counts.get_mut(asset.ty) {
            *all += 1;
            *accepted += u32::from(asset.decision == Decision::Accepted);
        }
    }
    let of = |(at, ty): (usize, &learn::ProposedType)| {
        let (assets, accepted) = counts.get(at).copied().unwrap_or_default();
        LearnType {
            index: count(at),
            title: ty.title.to_string(),
            is_place: ty.is_place,
            base: ty.base.as_ref().map(|base| base.title.to_string()),
            assets,
            accepted,
            properties: count(ty.properties.len()),
            percent: ty.confidence.percent(),
            reason: reason(&ty.reason),
        }
    };
    proposal
        .types
        .iter()
        .enumerate()
        .map(of)
        .filter(|ty| ty.assets > 0)
        .collect()
}

fn reason(reason: &Reason) -> LearnReason {
    match reason {
        Reason::Alike { assets, percent } => LearnReason::Alike {
            assets: *assets,
            percent: *percent,
        },
        Reason::Known { ty, matched, of } => LearnReason::Known {
            ty: ty.to_string(),
            matched: *matched,
            of: *of,
        },
        Reason::Named { word } => LearnReason::Named {
            word: word.to_string(),
        },
        Reason::Level { depth } => LearnReason::Level { depth: *depth },
        Reason::Alone => LearnReason::Alone,
        Reason::Said => LearnReason::Said,
    }
}

fn row(proposal: &Proposal, at: usize, asset: &ProposedAsset) -> LearnAsset {
    let ty = proposal.types.get(asset.ty);
    LearnAsset {
        index: count(at),
        name: asset.name.to_string(),
        path: asset.levels.join("/"),
        ty: count(asset.ty),
        type_title: ty.map_or_else(String::new, |ty| ty.title.to_string()),
        reason: reason(&asset.reason),
        percent: asset.confidence.percent(),
        tags: count(asset.tags.len()),
        of_tags: ty.map_or(0, |ty| count(ty.properties.len())),
        decision: match asset.decision {
            Decision::Open => LearnDecision::Open,
            Decision::Accepted => LearnDecision::Accepted,
            Decision::Rejected => LearnDecision::Rejected,
        },
    }
}

fn detail(proposal: &Proposal, at: usize, twin: &Twin) -> Option<LearnDetail> {
    let asset = proposal.assets.get(at)?;
    let ty = proposal.types.get(asset.ty)?;
    let property = |(key, property): (&String, &ProposedProperty)| {
        let tag = asset.tags.get(key).and_then(|tag| proposal.tags.get(*tag));
        LearnProperty {
            key: key.clone(),
            title: property.title.to_string(),
            kind: property.kind.word().to_owned(),
            kind_reason: kind_word(property.kind_reason).to_owned(),
            unit: property
                .unit
                .as_ref()
                .map_or_else(String::new, |unit| unit.code().to_owned()),
            unit_reason: unit_word(property.unit_reason).to_owned(),
            percent: property.confidence.percent(),
            expected_secs: property.expected_secs,
            states: property.states.iter().map(|(name, _)| name.to_string()).collect(),
            is_known: property.of_base.is_some(),
            point: tag.and_then(|tag| point_view(twin, PointId::new(tag.point))),
            topic: tag.map_or_else(String::new, |tag| tag.topic.to_string()),
        }
    };
    let below = proposal.picked(&learn::Pick::Below(at));
    Some(LearnDetail {
        asset: row(proposal, at, asset),
        key: asset.key.to_string(),
        below: count(below.len().saturating_sub(1)),
        parent: asset.parent.map(count),
        under: asset.under.as_ref().map(ToString::to_string).unwrap_or_default(),
        places: proposal
            .places(at, PLACES)
            .into_iter()
            .filter_map(|at| Some((count(at), proposal.assets.get(at)?.levels.join("/"))))
            .collect(),
        properties: ty.properties.iter().map(property).collect(),
    })
}

fn unmapped_tag(proposal: &Proposal, at: usize) -> Option<LearnTag> {
    let tag = proposal.tags.get(at)?;
    Some(LearnTag {
        point: tag.point,
        topic: tag.topic.to_string(),
        field: tag.field.to_string(),
        sample: tag.seen.last.as_ref().map(sample).unwrap_or_default(),
        unit: tag.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
        is_constant: tag.seen.changed == 0,
    })
}

pub(super) fn sample(value: &Value) -> String {
    match value {
        Value::Number(number) => formula::shortest(*number),
        Value::Bool(on) => on.to_string(),
        Value::Text(text) => decode::sample(text.as_bytes(), 40),
    }
}

const fn kind_word(reason: KindReason) -> &'static str {
    match reason {
        KindReason::Numbers => "numbers",
        KindReason::StateWord => "state_word",
        KindReason::FewTexts => "few_texts",
        KindReason::Codes => "codes",
        KindReason::Switch => "switch",
        KindReason::OnlyRises => "only_rises",
        KindReason::CounterWord => "counter_word",
        KindReason::ConstantWord => "constant_word",
        KindReason::Texts => "texts",
        KindReason::Known => "known",
        KindReason::Said => "said",
    }
}

const fn unit_word(reason: UnitReason) -> &'static str {
    match reason {
        UnitReason::Stated => "stated",
        UnitReason::Guessed => "guessed",
        UnitReason::None => "none",
        UnitReason::Known => "known",
        UnitReason::Said => "said",
    }
}
