//! How long a large plant takes: `cargo run --release -p model --example scale -- 100000`.
//!
//! An area for every 50 assets, areas in areas, pumps with a motor each; one limit of the type is
//! changed for the plan.

#![allow(clippy::print_stdout, reason = "a measurement for the shell")]
#![allow(clippy::disallowed_methods, reason = "it measures")]

use std::fmt::Write as _;
use std::time::Instant;

use formula::NoZones;
use model::{File, check_files, export, plan_resolved};

const TYPES: &str = r#"
[types.machine]
abstract = true
parameters.line = { data = "text" }
properties.power = { kind = "measurement", unit = "kW", topic = "acme/{line}/{asset}/power" }
[types.motor]
properties.temp = { kind = "measurement", unit = "Cel", topic = "acme/{asset}/motor" }
[types.pump]
extends = ["machine"]
components.motor = { type = "motor" }
[types.pump.properties]
flow = { kind = "measurement", unit = "m3/h", topic = "acme/{line}/{asset}/flow", limits = { low = 5 } }
energy = { kind = "computed", unit = "kW.h/m3", formula = "power / flow" }
[types.area]
inputs.powers = { through = "has_part", property = "power" }
properties.power = { kind = "computed", unit = "kW", formula = "sum(powers)" }
"#;

fn plant(assets: usize) -> String {
    let mut text = String::new();
    for number in 0..assets {
        let (parent, is_area) = (number / 50, number < assets.div_ceil(50));
        let part_of = if number == 0 {
            String::new()
        } else {
            format!("relations.part_of = \"a-{parent}\"\n")
        };
        let rest = if is_area {
            "type = \"area\"\n".to_owned()
        } else {
            format!("name = \"Pump {number}\"\ntype = \"pump\"\nparameters.line = \"L{parent}\"\n")
        };
        let written = write!(text, "[assets.a-{number}]\n{rest}{part_of}");
        if written.is_err() {
            break;
        }
    }
    text
}

fn main() {
    let assets = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(100_000);
    let plant = plant(assets);
    println!("{assets} assets, {:.1} MB", plant.len() as f64 / 1e6);
    let start = Instant::now();
    let read = |types: &str| {
        let files = [("types.toml", types), ("plant.toml", plant.as_str())];
        check_files(&files.map(|(path, text)| File { path, text }), &NoZones)
    };
    let before = read(TYPES);
    println!(
        "read and checked in {:?}: {}",
        start.elapsed(),
        before.render().trim()
    );
    let after = read(&TYPES.replace("low = 5", "low = 6"));
    let start = Instant::now();
    let plan = plan_resolved((&before.model, &before.resolved), (&after.model, &after.resolved));
    println!("planned in {:?}\n{plan}", start.elapsed());
    let start = Instant::now();
    let same = plan.apply(&before.model).is_ok_and(|model| model == after.model);
    println!("applied in {:?}: {same}", start.elapsed());
    let start = Instant::now();
    let files = export(&before.model);
    println!("exported {} files in {:?}", files.len(), start.elapsed());
}
