//! How long a change takes from a leaf to the plant:
//! `cargo run --release -p compute --example leaf_to_plant`.
//!
//! A plant of 100,000 machines below five levels of ten, each level with a sum, a mean that goes on
//! with nine of ten, the worst state and a count; and one hall with 6,500 machines under one parent.

#![allow(clippy::print_stdout, reason = "a measurement for the shell")]
#![allow(clippy::disallowed_methods, reason = "it measures")]

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use compute::{Compute, LeafId, Taken};
use formula::NoZones;
use model::{Checked, File, check_files};
use twin::{Quality, Span, Timestamp, Value};

const TYPES: &str = r#"
[types.machine.properties]
power = { kind = "measurement", unit = "kW" }
load = { kind = "computed", formula = "power / 20" }
[types.machine.properties.state]
kind = "state"
states = [{ name = "failed", when = "power > 99" }, { name = "running", when = "power > 1" }, { name = "stopped" }]
[types.place]
inputs.powers = { through = "has_part", property = "power" }
inputs.loads = { through = "has_part", property = "load" }
inputs.states = { through = "has_part", property = "state" }
[types.place.properties]
power = { kind = "computed", unit = "kW", formula = "sum(powers)" }
load = { kind = "computed", formula = "avg(loads)", coverage = 0.9 }
state = { kind = "computed", formula = "worst(states, 'failed', 'stopped', 'running')" }
running = { kind = "computed", formula = "count_if(states == 'running')" }
"#;

/// At every machine: the second and third count each sample, of the reading and of what is made of it.
const WINDOWS: &str = r#"
[types.machine.properties.energy_hour]
kind = "computed"
unit = "kW.h"
formula = "to(integrate(power), 'kW.h')"
window = "1h"
[types.machine.properties.peak]
kind = "computed"
formula = "max(power)"
window = "1h"
[types.machine.properties.mean_load]
kind = "computed"
formula = "avg(load)"
window = "1h"
"#;

/// Five levels of ten below the plant, the last of them machines.
fn plant() -> String {
    let mut text = TYPES.to_owned();
    let mut level = vec!["plant".to_owned()];
    text.push_str("[assets.plant]\ntype = \"place\"\n");
    for depth in 0..5 {
        let ty = if depth == 4 { "machine" } else { "place" };
        let mut below = Vec::new();
        for parent in &level {
            for child in 0..10 {
                let key = format!("{parent}-{child}");
                add(&mut text, &key, ty, parent);
                below.push(key);
            }
        }
        level = below;
    }
    text
}

fn hall(machines: usize) -> String {
    let mut text = format!("{TYPES}[assets.plant]\ntype = \"place\"\n");
    for machine in 0..machines {
        add(&mut text, &format!("plant-{machine}"), "machine", "plant");
    }
    text
}

fn add(text: &mut String, key: &str, ty: &str, parent: &str) {
    let written = writeln!(
        text,
        "[assets.{key}]\ntype = \"{ty}\"\nrelations.part_of = \"{parent}\""
    );
    debug_assert!(written.is_ok());
}

/// Mebibytes of this process, as Linux counts them.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok());
    pages.unwrap_or_default() * 4096.0 / (1024.0 * 1024.0)
}

struct Plant {
    compute: Compute,
    leaves: Vec<LeafId>,
    now: Timestamp,
    random: u64,
}

impl Plant {
    /// SplitMix64 (Steele, Lea and Flood, 2014).
    fn below(&mut self, bound: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound.max(1) as u64) as usize
    }

    fn put(&mut self, leaf: usize, fresh: bool) {
        let number = self.below(9_000) as f64 / 100.0;
        let taken = Taken {
            value: Some(Value::Number(number)),
            quality: Quality::Good,
            time: self.now,
            fresh,
            measured: fresh,
        };
        if let Some(leaf) = self.leaves.get(leaf) {
            self.compute.take(*leaf, taken);
        }
    }

    /// Settles after so many changed leaves, so many times.
    fn measure(&mut self, what: &str, changes: usize, fresh: bool, times: usize) {
        let mut spent: Vec<Duration> = Vec::new();
        let mut outputs = 0;
        for _ in 0..times {
            self.now = self.now + Span::from_millis(100);
            for _ in 0..changes {
                let leaf = self.below(self.leaves.len());
                self.put(leaf, fresh);
            }
            let start = Instant::now();
            outputs += self.compute.settle(self.now).len();
            spent.push(start.elapsed());
        }
        spent.sort_unstable();
        let at = |share: usize| spent.get(spent.len() * share / 100).or(spent.last());
        let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e3);
        println!(
            "{what}: p50 {:.3} ms, p99 {:.3} ms, most {:.3} ms; {} outputs each",
            ms(at(50)),
            ms(at(99)),
            ms(spent.last()),
            outputs / times.max(1)
        );
    }
}

/// Built, and every leaf with a value.
fn start(checked: &Checked) -> Plant {
    let start = Instant::now();
    let now = Timestamp::from_millis(1_790_000_000_000);
    let (compute, problems) = Compute::new(&checked.model, &checked.resolved, now, Arc::new(NoZones));
    let (leaves, outputs) = (compute.leaves().count(), compute.outputs().count());
    let built = start.elapsed();
    let leaf_ids = compute.leaves().map(|(leaf, _, _)| leaf).collect();
    let mut plant = Plant {
        compute,
        leaves: leaf_ids,
        now,
        random: 7,
    };
    for leaf in 0..leaves {
        plant.put(leaf, true);
    }
    let start = Instant::now();
    let told = plant.compute.settle(now).len();
    println!(
        "built in {built:?}: {leaves} leaves, {outputs} outputs, {} problems; first settle in {:?}: {told} outputs",
        problems.len(),
        start.elapsed()
    );
    plant
}

fn run(name: &str, text: &str) {
    println!("{name}");
    let begun = Instant::now();
    let checked = check_files(&[File { path: "m.toml", text }], &NoZones);
    println!("model read and checked in {:?}", begun.elapsed());
    // What the check gave back is used up by the first of them; the last one takes new memory.
    let mut plants: Vec<Plant> = (0..3).map(|_| start(&checked)).collect();
    let before = resident();
    let mut plant = start(&checked);
    println!("one more of the same takes {:.0} MiB", resident() - before);
    plants.clear();
    plant.measure("1 changed leaf", 1, true, 2_000);
    plant.measure("100 changed leaves", 100, true, 200);
    plant.measure("10,000 changed leaves", 10_000, true, 30);
    plant.measure("1 leaf lost", 1, false, 500);
    plant.measure("10,000 leaves lost", 10_000, false, 10);
    plant.measure("10,000 leaves changed or back", 10_000, true, 30);
}

fn main() {
    run("100,000 leaves, 6 levels", &plant());
    run("100,000 leaves, 6 levels, 300,000 windows", &(plant() + WINDOWS));
    run("6,500 machines under one parent", &hall(6_500));
}
