//! `cargo run --release -p formula --example incremental`: a million random updates of more than a
//! hundred thousand leaves under six levels of formulas, each compared with brute force on the
//! touched path, and every 10,000 of them in the whole tree.
#![expect(clippy::print_stdout, reason = "the answer of a command")]
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]

use std::time::{Duration, Instant};

mod tree;

use tree::{LEVELS, Random, Tree};

const UPDATES: u64 = 1_000_000;
const WHOLE: u64 = 10_000;

fn main() {
    let start = Instant::now();
    let mut tree = Tree::new(7);
    let (leaves, cells) = (tree.leaves(), tree.cells());
    println!(
        "{leaves} leaves, {cells} cells, {LEVELS} levels; built in {:.2?}",
        start.elapsed()
    );
    let mut random = Random(1);
    let (mut mismatches, mut updating) = (0, Duration::ZERO);
    for update in 1..=UPDATES {
        let before = Instant::now();
        tree.update(&mut random);
        updating += before.elapsed();
        mismatches += tree.compare_path();
        if update % WHOLE == 0 {
            mismatches += tree.compare_all();
        }
    }
    println!(
        "{UPDATES} updates, {} formulas computed, {mismatches} mismatches",
        tree.computed()
    );
    println!(
        "updates with their brute-force path {updating:.2?}, with all comparisons {:.2?}",
        start.elapsed()
    );
    assert_eq!(mismatches, 0, "the graph and brute force disagree");
}
