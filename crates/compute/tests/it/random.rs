//! Random plants against brute force: values, qualities and coverages, and that what changed is told
//! once and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use twin::{Quality, Value};

use crate::support::Plant;

const FORMULAS: [&str; 6] = [
    "sum(ins) + m",
    "avg(ins)",
    "if_bad(m, 1) + count_if(ins > 2)",
    "max(ins) * 2",
    "m / 2",
    "weighted_avg(ins, sizes)",
];
const COVERAGES: [Option<f64>; 4] = [None, Some(0.0), Some(0.5), Some(0.9)];
/// How far inputs go: one step, two, to the end of every way, to the first that fits on each.
const LEVELS: [&str; 4] = ["", ", levels = 2", ", levels = \"all\"", ", levels = \"nearest\""];

/// An asset: its formula, the coverage it asks for, how far its inputs go, whether it has none of the properties
/// itself, and which earlier assets feed it.
#[derive(Clone, Debug)]
struct Node {
    formula: usize,
    coverage: usize,
    levels: usize,
    bare: bool,
    fed_by: BTreeSet<usize>,
}

/// What an asset comes to.
#[derive(Clone, PartialEq, Debug, Default)]
struct Outcome {
    value: Option<f64>,
    partial: bool,
    leaves: BTreeSet<usize>,
    fresh: u32,
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let bare = proptest::bool::weighted(0.25);
    let kind = (0..FORMULAS.len(), 0..COVERAGES.len(), 0..LEVELS.len(), bare);
    let node = (kind, vec(any::<usize>(), 0..5));
    vec(node, 2..24).prop_map(|nodes| {
        let made = nodes.into_iter().enumerate();
        made.map(|(at, ((formula, coverage, levels, bare), picks))| Node {
            formula,
            coverage,
            levels,
            bare,
            fed_by: picks
                .into_iter()
                .filter(|_| at > 0)
                .map(|pick| pick % at)
                .collect(),
        })
        .collect()
    })
}

fn text_of(nodes: &[Node]) -> String {
    let mut text = "[types.bare]\n".to_owned();
    let types: BTreeSet<_> = nodes
        .iter()
        .map(|node| (node.formula, node.coverage, node.levels))
        .collect();
    for (formula, coverage, levels) in types {
        let (name, source, far) = (
            format!("t{formula}_{coverage}_{levels}"),
            FORMULAS[formula],
            LEVELS[levels],
        );
        let least = COVERAGES[coverage].map_or(String::new(), |share| format!(", coverage = {share:?}"));
        write!(
            text,
            "[types.{name}]\n\
             inputs.ins = {{ through = \"fed_by\", property = \"v\"{far} }}\n\
             inputs.sizes = {{ through = \"fed_by\", property = \"m\"{far} }}\n\
             [types.{name}.properties]\n\
             m = {{ kind = \"measurement\" }}\n\
             v = {{ kind = \"computed\", formula = \"{source}\"{least} }}\n"
        )
        .unwrap();
    }
    for (at, node) in nodes.iter().enumerate() {
        let fed: Vec<String> = nodes
            .iter()
            .enumerate()
            .filter(|(_, other)| other.fed_by.contains(&at))
            .map(|(other, _)| format!("\"a-{other:02}\""))
            .collect();
        let ty = match node.bare {
            true => "bare".to_owned(),
            false => format!("t{}_{}_{}", node.formula, node.coverage, node.levels),
        };
        let fed = fed.join(", ");
        writeln!(
            text,
            "[assets.a-{at:02}]\ntype = \"{ty}\"\nrelations.feeds = [{fed}]"
        )
        .unwrap();
    }
    text
}

impl Outcome {
    /// Whether it is told as uncertain: of a part of its inputs, or of none of them.
    fn shaken(&self) -> bool {
        let of_nothing = self.fresh == 0 && !self.leaves.is_empty();
        self.partial || (of_nothing && self.value.is_some())
    }
}

/// Whom the inputs of an asset stand for.
fn members(nodes: &[Node], at: usize) -> Vec<usize> {
    let most = [1, 2, nodes.len(), nodes.len()][nodes[at].levels];
    let mut found = BTreeSet::new();
    let mut level = BTreeSet::from([at]);
    for _ in 0..most {
        let next = level.iter().flat_map(|from| nodes[*from].fed_by.iter().copied());
        level = next.collect();
        found.extend(level.iter().copied().filter(|member| !nodes[*member].bare));
        if nodes[at].levels == 3 {
            level.retain(|member| nodes[*member].bare);
        }
    }
    found.into_iter().collect()
}

/// All that a plant comes to, from the leaves up.
fn brute_force(nodes: &[Node], leaves: &[Option<f64>]) -> Vec<Outcome> {
    let mut all: Vec<Outcome> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        if node.bare {
            all.push(Outcome::default());
            continue;
        }
        let below = members(nodes, at);
        let (uses_m, uses_ins) = (matches!(node.formula, 0 | 2 | 4), node.formula != 4);
        let mut made = Outcome::default();
        made.leaves.extend(uses_m.then_some(at));
        for member in below.iter().filter(|_| uses_ins) {
            made.leaves.extend(all[*member].leaves.clone());
            made.leaves.extend((node.formula == 5).then_some(*member));
        }
        made.fresh = made.leaves.iter().filter(|leaf| leaves[**leaf].is_some()).count() as u32;
        let share = match made.leaves.len() {
            0 => 1.0,
            count => f64::from(made.fresh) / count as f64,
        };
        let least = COVERAGES[node.coverage];
        let member = |member: &usize| {
            let there = &all[*member];
            there.value.filter(|_| least.is_some() || !there.partial)
        };
        let ins: Vec<Option<f64>> = below.iter().map(member).collect();
        let sizes: Vec<Option<f64>> = below.iter().map(|member| leaves[*member]).collect();
        let pairs = || ins.iter().zip(&sizes);
        let lacks = match node.formula {
            4 => false,
            5 => pairs().any(|(number, size)| number.is_none() || size.is_none()),
            _ => ins.iter().any(Option::is_none),
        };
        let known: Vec<f64> = ins.iter().flatten().copied().collect();
        let (sum, some) = (known.iter().sum::<f64>(), !known.is_empty());
        let m = leaves[at];
        let value = match node.formula {
            0 => some.then_some(sum).zip(m).map(|(sum, m)| sum + m),
            1 => some.then(|| sum / known.len() as f64),
            2 => Some(m.unwrap_or(1.0) + known.iter().filter(|number| **number > 2.0).count() as f64),
            3 => known.iter().copied().reduce(f64::max).map(|most| most * 2.0),
            4 => m.map(|m| m / 2.0),
            _ => weighted(pairs()),
        };
        // A pair with a negative weight spoils the mean, whatever else is missing.
        let held = least.is_some_and(|least| share < least) || (least.is_none() && lacks);
        made.value = value.filter(|value| value.is_finite() && !held);
        let unsure = uses_ins && below.iter().any(|member| all[*member].partial);
        made.partial = made.value.is_some() && least.is_some() && (share < 1.0 || lacks || unsure);
        all.push(made);
    }
    all
}

fn weighted<'a>(pairs: impl Iterator<Item = (&'a Option<f64>, &'a Option<f64>)>) -> Option<f64> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (number, weight) in pairs {
        if let (Some(number), Some(weight)) = (number, weight) {
            if *weight < 0.0 {
                return None;
            }
            sum += number * weight;
            total += weight;
        }
    }
    (total > 0.0).then(|| sum / total)
}

/// What the crate says of each asset's `v`.
fn outcome(plant: &Plant, at: usize) -> (Option<f64>, bool, u32, u32) {
    let output = plant.compute.output(&format!("a-{at:02}"), "v").unwrap();
    let coverage = plant.compute.coverage(output);
    let latest = plant.compute.latest(output).unwrap();
    let value = latest.value.as_ref().and_then(Value::as_number);
    let partial = latest.quality == Quality::Uncertain;
    (value, partial, coverage.fresh, coverage.all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_plant_agrees_with_brute_force(
        nodes in nodes(),
        updates in vec(vec((any::<usize>(), proptest::option::weighted(0.7, -2i8..6)), 1..6), 1..30),
    ) {
        let mut plant = Plant::new(&text_of(&nodes));
        prop_assert_eq!(&plant.problems, &[]);
        let mut leaves: Vec<Option<f64>> = vec![None; nodes.len()];
        let mut before: Option<Vec<Outcome>> = None;
        for batch in updates {
            plant.pass(1);
            for (pick, number) in batch {
                let at = pick % nodes.len();
                let point = format!("a-{at:02}/m");
                if plant.compute.leaf(&format!("a-{at:02}"), "m").is_none() {
                    continue;
                }
                leaves[at] = number.map(f64::from);
                match leaves[at] {
                    Some(number) => plant.put(&point, number),
                    None => plant.lose(&point),
                }
            }
            plant.settle();
            let expect = brute_force(&nodes, &leaves);
            for (at, expect) in expect.iter().enumerate().filter(|(at, _)| !nodes[*at].bare) {
                let wanted = (expect.value, expect.shaken(), expect.fresh, expect.leaves.len() as u32);
                prop_assert_eq!(outcome(&plant, at), wanted, "asset {}", at);
                let output = plant.compute.output(&format!("a-{at:02}"), "v").unwrap();
                let is_there = expect.value.is_some();
                prop_assert_eq!(plant.compute.why_not(output).is_none(), is_there);
                let lacks = (expect.fresh as usize) < expect.leaves.len();
                let missing = plant.compute.missing(output, 100);
                prop_assert!(!lacks || !missing.is_empty(), "asset {}", at);
            }
            prop_assert_eq!(plant.all.len(), plant.told.len(), "each output once");
            if let Some(before) = before {
                let told: BTreeMap<String, bool> = plant
                    .told
                    .iter()
                    .map(|(name, computed)| (name.clone(), computed.only_coverage))
                    .collect();
                let changed = before.iter().zip(&expect).enumerate().filter_map(|(at, (before, after))| {
                    let same = (before.value, before.shaken()) == (after.value, after.shaken());
                    // Of six leaves three may go and three others come: that is told too.
                    (!same).then(|| (format!("a-{at:02}/v"), false))
                });
                for (name, only_coverage) in changed {
                    prop_assert_eq!(told.get(&name), Some(&only_coverage), "{}", name);
                }
                for (at, (before, after)) in before.iter().zip(&expect).enumerate() {
                    let told = told.get(&format!("a-{at:02}/v"));
                    prop_assert!(before.fresh == after.fresh || told.is_some());
                    prop_assert!(told != Some(&false) || before != after);
                }
            }
            before = Some(expect);
        }
    }
}
