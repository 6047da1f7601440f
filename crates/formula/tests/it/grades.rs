//! Formulas that go on when members of their groups have no value.

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::graph::{Builder, Cause, CellId, Grade, Graph};
use formula::{Declared, Kind, Quality, Sample, Time};

use super::support::{MOMENT, check, printed};

fn group(source: &str) -> Arc<formula::Formula> {
    let declared = Declared {
        is_group: true,
        ..Declared::default()
    };
    let names = BTreeMap::from([("x".to_owned(), declared.clone()), ("w".to_owned(), declared)]);
    Arc::new(check(source, Kind::Transform, &names).unwrap())
}

/// Value and quality.
fn told(graph: &Graph, cell: CellId) -> (String, Quality) {
    let sample = graph.sample(cell).unwrap();
    (printed(sample.value.clone()), sample.quality)
}

#[test]
fn a_tolerant_sum_goes_on_and_says_so() {
    let mut builder = Builder::default();
    let leaves: Vec<CellId> = (0..3).map(|_| builder.leaf()).collect();
    let sum = builder.formula(group("sum(x)"), vec![leaves.clone()]);
    let above = builder.formula(group("sum(x) * 2"), vec![vec![sum]]);
    let strict = builder.formula(group("sum(x) * 3"), vec![vec![sum]]);
    let mut graph = builder.build().unwrap();
    graph.grade(sum, Grade::Tolerant, Cause::NONE);
    graph.grade(above, Grade::Tolerant, Cause::NONE);
    graph.mark_all();
    for leaf in &leaves {
        graph.set(*leaf, Sample::good(Time(0), 2.0));
    }
    graph.settle(MOMENT);
    assert_eq!(told(&graph, sum), ("6".to_owned(), Quality::Good));
    assert_eq!(told(&graph, strict), ("18".to_owned(), Quality::Good));

    let uncertain = Sample {
        quality: Quality::Uncertain,
        ..Sample::good(Time(1), 2.0)
    };
    graph.set(leaves[0], uncertain);
    graph.settle(MOMENT);
    assert_eq!(told(&graph, sum), ("4".to_owned(), Quality::Uncertain));
    assert_eq!(told(&graph, strict), ("no output".to_owned(), Quality::Bad));
    // Whoever grades says of the one above that something is missing further down.
    graph.grade(above, Grade::Partial, Cause::NONE);
    graph.settle(MOMENT);
    assert_eq!(told(&graph, above), ("8".to_owned(), Quality::Uncertain));

    graph.grade(above, Grade::Held, Cause::NONE);
    graph.settle(MOMENT);
    assert_eq!(told(&graph, above), ("no output".to_owned(), Quality::Bad));
    graph.set(leaves[0], Sample::good(Time(2), 2.0));
    graph.grade(above, Grade::Tolerant, Cause::NONE);
    graph.settle(MOMENT);
    assert_eq!(told(&graph, above), ("12".to_owned(), Quality::Good));
    assert_eq!(told(&graph, strict), ("18".to_owned(), Quality::Good));
}

#[test]
fn a_pair_is_left_out_together() {
    let mut builder = Builder::default();
    let cells: Vec<CellId> = (0..4).map(|_| builder.leaf()).collect();
    let formula = group("weighted_avg(x, w)");
    assert_eq!(formula.pairs(), [(0, 1)]);
    let inputs = vec![vec![cells[0], cells[1]], vec![cells[2], cells[3]]];
    let mean = builder.formula(formula, inputs);
    let mut graph = builder.build().unwrap();
    for (cell, number) in cells.iter().zip([10.0, 30.0, 1.0, 3.0]) {
        graph.set(*cell, Sample::good(Time(0), number));
    }
    graph.settle(MOMENT);
    assert_eq!(told(&graph, mean), ("25".to_owned(), Quality::Good));
    let gone = Sample {
        resumed: false,
        time: Time(1),
        value: None,
        quality: Quality::Bad,
    };
    graph.set(cells[2], gone);
    graph.settle(MOMENT);
    assert_eq!(told(&graph, mean), ("no output".to_owned(), Quality::Bad));
    graph.grade(mean, Grade::Tolerant, Cause::NONE);
    graph.settle(MOMENT);
    assert_eq!(told(&graph, mean), ("30".to_owned(), Quality::Uncertain));
}
