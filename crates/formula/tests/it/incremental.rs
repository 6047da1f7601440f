//! The graph against a brute-force evaluator: random updates over six levels; after each one the
//! touched path is compared, now and then every cell.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::graph::{BuildError, Builder, CellId, Graph};
use formula::{Declared, Kind, Moment, Quality, Sample, Time, Type, Value};
use proptest::prelude::*;

use super::support::{MOMENT, check, names};

#[path = "../../examples/incremental/tree.rs"]
mod tree;

use tree::{Random, Tree};

#[test]
fn a_tree_of_six_levels_agrees_with_brute_force() {
    let mut random = Random(7);
    let mut tree = Tree::new(4);
    assert_eq!((tree.leaves(), tree.cells()), (4096, 5461));
    for update in 0..20_000u64 {
        tree.update(&mut random);
        assert_eq!(tree.compare_path(), 0, "update {update}");
        if update % 5_000 == 4_999 {
            assert_eq!(tree.compare_all(), 0, "update {update}");
        }
    }
    // Six levels: an update computes at most one formula a level.
    assert!(tree.computed() <= 6 * 20_000, "{}", tree.computed());
}

/// A random formula over up to three earlier cells, and the same by hand.
#[derive(Clone, Debug)]
struct Op {
    kind: u8,
    inputs: [usize; 3],
}

fn source(kind: u8) -> &'static str {
    match kind % 6 {
        0 => "a + b * c",
        1 => "if(a > b, c, a)",
        2 => "max(a, b, c)",
        3 => "if_bad(a, b) - c",
        4 => "a / b",
        _ => "coalesce(sqrt(a), c)",
    }
}

fn by_hand(kind: u8, [a, b, c]: [Option<f64>; 3]) -> Option<f64> {
    let made = match kind % 6 {
        0 => a? + b? * c?,
        1 if a? > b? => c?,
        1 => a?,
        2 => a?.max(b?).max(c?),
        3 => a.or(b)? - c?,
        4 => a? / b?,
        _ => match a.map(f64::sqrt).filter(|root| root.is_finite()) {
            Some(root) => root,
            None => c?,
        },
    };
    made.is_finite().then_some(made)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_graph_agrees_with_brute_force(
        ops in proptest::collection::vec((any::<u8>(), [any::<usize>(), any::<usize>(), any::<usize>()]), 1..40),
        updates in proptest::collection::vec((0usize..8, proptest::option::weighted(0.8, -3i8..4)), 1..60),
    ) {
        let ops: Vec<Op> = ops
            .into_iter()
            .enumerate()
            .map(|(at, (kind, picks))| Op { kind, inputs: picks.map(|pick| pick % (8 + at)) })
            .collect();
        let mut builder = Builder::default();
        let mut ids: Vec<CellId> = (0..8).map(|_| builder.leaf()).collect();
        let three = names(&[("a", "1"), ("b", "1"), ("c", "1")]);
        for op in &ops {
            let formula = Arc::new(check(source(op.kind), Kind::Transform, &three).unwrap());
            let slot = |name: &str| op.inputs["abc".find(name).unwrap()];
            let inputs = formula.inputs().iter().map(|input| vec![ids[slot(&input.name)]]).collect();
            ids.push(builder.formula(formula, inputs));
        }
        let mut graph = builder.build().unwrap();
        let mut values: Vec<Option<f64>> = vec![None; ids.len()];
        for (leaf, number) in updates {
            let number = number.map(f64::from);
            graph.set(ids[leaf], Sample { resumed: false,
                time: Time(0),
                value: number.map(Value::Number),
                quality: if number.is_some() { Quality::Good } else { Quality::Bad },
            });
            graph.settle(MOMENT);
            values[leaf] = number;
            for (at, op) in ops.iter().enumerate() {
                values[8 + at] = by_hand(op.kind, op.inputs.map(|input| values[input]));
            }
            for (id, value) in ids.iter().zip(&values) {
                let reached = graph.sample(*id).is_some();
                let got = match graph.value(*id) {
                    Some(Value::Number(number)) => Some(*number),
                    _ => None,
                };
                prop_assert!(got == *value || !reached, "{id:?}: {got:?} for {value:?}");
            }
        }
        // What was never touched has no value yet; then everything has.
        graph.mark_all();
        graph.settle(MOMENT);
        for (id, value) in ids.iter().zip(&values) {
            prop_assert_eq!(graph.value(*id).cloned(), value.map(Value::Number));
        }
    }
}

fn number(graph: &Graph, cell: CellId) -> Option<f64> {
    match graph.value(cell) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

#[test]
fn only_what_depends_on_a_change_is_computed() {
    let xy = names(&[("x", "1"), ("y", "1")]);
    let formula = |source: &str| Arc::new(check(source, Kind::Transform, &xy).unwrap());
    let mut builder = Builder::default();
    let (a, b) = (builder.leaf(), builder.leaf());
    let sign = builder.formula(formula("signum(x)"), vec![vec![a]]);
    let sum = builder.formula(formula("x + y"), vec![vec![sign], vec![b]]);
    let other = builder.formula(formula("x * 2"), vec![vec![b]]);
    let mut graph = builder.build().unwrap();
    graph.set(a, Sample::good(Time(0), 5.0));
    graph.set(b, Sample::good(Time(0), 1.0));
    assert_eq!(graph.settle(MOMENT), [sign, other, sum]);
    assert_eq!(
        (number(&graph, sum), number(&graph, other)),
        (Some(2.0), Some(2.0))
    );
    let before = graph.computed();
    graph.set(a, Sample::good(Time(1), 7.0));
    assert!(
        graph.settle(MOMENT).is_empty(),
        "the sign is the same: nothing else is computed"
    );
    assert_eq!(graph.computed(), before + 1);
    graph.set(sum, Sample::good(Time(1), 9.0));
    assert_eq!(number(&graph, sum), Some(2.0), "what is computed cannot be set");
}

#[test]
fn what_looks_back_sees_the_value_before() {
    let mut builder = Builder::default();
    let x = builder.leaf();
    let names = names(&[("x", "1")]);
    let formula = |source: &str| Arc::new(check(source, Kind::Transform, &names).unwrap());
    let step = builder.formula(formula("x - pretrigger(x)"), vec![vec![x]]);
    let held = builder.formula(formula("hold_last(x, 60)"), vec![vec![x]]);
    let mut graph = builder.build().unwrap();
    let at = |secs: i64| Moment {
        now: Time::from_secs(secs),
        trigger: Time::from_secs(secs),
        ..MOMENT
    };
    graph.set(x, Sample::good(Time::from_secs(10), 4.0));
    graph.settle(at(10));
    assert_eq!((number(&graph, step), number(&graph, held)), (None, Some(4.0)));
    graph.set(x, Sample::good(Time::from_secs(20), 4.0));
    graph.settle(at(20));
    assert_eq!(number(&graph, step), Some(0.0), "an equal value is an update too");
    let bad = Sample {
        quality: Quality::Bad,
        ..Sample::good(Time::from_secs(30), 9.0)
    };
    graph.set(x, bad);
    graph.settle(at(30));
    assert_eq!((number(&graph, step), number(&graph, held)), (None, Some(4.0)));
    graph.mark_time(Time::from_secs(81));
    graph.settle(at(81));
    assert_eq!(number(&graph, held), None, "held for 60 seconds and no longer");
}

#[test]
fn a_circle_is_told_with_its_way() {
    let xy = names(&[("x", "1"), ("y", "1")]);
    let sum = Arc::new(check("x + y", Kind::Transform, &xy).unwrap());
    let mut builder = Builder::default();
    let leaf = builder.leaf();
    let (first, second) = (builder.leaf(), builder.leaf());
    drop(builder);
    let mut builder = Builder::default();
    assert_eq!(builder.leaf(), leaf);
    builder.formula(Arc::clone(&sum), vec![vec![leaf], vec![second]]);
    builder.formula(sum, vec![vec![leaf], vec![first]]);
    let Err(BuildError::Cycle(way)) = builder.build() else {
        panic!("a circle was built")
    };
    assert_eq!(way.len(), 3);
    assert_eq!(way.first(), way.last());
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let x = names(&[("x", "1")]);
    let formula = Arc::new(check("x + 1", Kind::Transform, &x).unwrap());
    let mut builder = Builder::default();
    let leaf = builder.leaf();
    let cell = builder.formula(Arc::clone(&formula), vec![vec![leaf, leaf]]);
    assert_eq!(builder.build().unwrap_err(), BuildError::Inputs(cell));
    let declared = Declared {
        ty: Type::Number,
        ..Declared::default()
    };
    let names = BTreeMap::from([("x".to_owned(), declared)]);
    let metric = Arc::new(check("avg(x)", Kind::Metric, &names).unwrap());
    let mut builder = Builder::default();
    let leaf = builder.leaf();
    let cell = builder.formula(metric, vec![vec![leaf]]);
    assert_eq!(builder.build().unwrap_err(), BuildError::Metric(cell));
}
