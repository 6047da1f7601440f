//! Two tables of other people, replayed as topics: a test rig (SKAB) and a water network (BATADAL).
//! Their columns stand here; with `GEMBA_DATA` set to a folder with `skab/` and `batadal/` the numbers are theirs.

use std::path::Path;

use learn::Proposal;

use crate::common::{Ear, accepted, show};

const RIG: [&str; 8] = [
    "Accelerometer1RMS",
    "Accelerometer2RMS",
    "Current",
    "Pressure",
    "Temperature",
    "Thermocouple",
    "Voltage",
    "Volume Flow RateRMS",
];

/// Seven tanks, eleven pumps with flow and state, a valve, twelve junctions.
fn network() -> Vec<String> {
    let mut columns: Vec<String> = (1..=7).map(|tank| format!("L_T{tank}")).collect();
    for pump in 1..=11 {
        columns.extend([format!("F_PU{pump}"), format!("S_PU{pump}")]);
    }
    columns.extend(["F_V2".to_owned(), "S_V2".to_owned()]);
    let junctions = [280, 269, 300, 256, 289, 415, 302, 306, 307, 317, 14, 422];
    columns.extend(junctions.iter().map(|junction| format!("P_J{junction}")));
    columns
}

/// Rows of a table, or made-up ones that look alike.
fn rows(file: &str, separator: char, columns: &[String]) -> Vec<Vec<f64>> {
    let folder = std::env::var("GEMBA_DATA").ok();
    let text = folder.and_then(|folder| std::fs::read_to_string(Path::new(&folder).join(file)).ok());
    let Some(text) = text else {
        let value = |row: usize, at: usize, column: &str| match column.starts_with("S_") {
            true => ((row + at) / 7 % 2) as f64,
            false => 2.0 + at as f64 + ((row * 3 + at) % 11) as f64 / 13.0,
        };
        let row = |row| {
            columns
                .iter()
                .enumerate()
                .map(|(at, column)| value(row, at, column))
                .collect()
        };
        return (0..60).map(row).collect();
    };
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(separator).map(str::trim).collect();
    let at: Vec<usize> = columns
        .iter()
        .map(|column| head.iter().position(|own| own == column).unwrap())
        .collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(separator).map(str::trim).collect();
        at.iter().map(|at| cells[*at].parse().unwrap()).collect()
    };
    lines.take(60).map(row).collect()
}

fn replay(prefix: &str, columns: &[String], rows: &[Vec<f64>], as_object: bool) -> Proposal {
    let mut ear = Ear::new(1_793_697_600_000_000);
    for row in rows {
        let pairs = columns.iter().zip(row);
        let messages: Vec<(String, Vec<u8>)> = if as_object {
            let fields: Vec<String> = pairs
                .map(|(column, value)| format!("{column:?}:{value}"))
                .collect();
            vec![(
                prefix.to_owned(),
                format!("{{{}}}", fields.join(",")).into_bytes(),
            )]
        } else {
            pairs
                .map(|(column, value)| (format!("{prefix}/{column}"), value.to_string().into_bytes()))
                .collect()
        };
        ear.second(&messages);
    }
    ear.learn()
}

#[test]
fn a_test_rig_is_one_asset() {
    let columns: Vec<String> = RIG.iter().map(ToString::to_string).collect();
    let rows = rows("skab/valve1/0.csv", ';', &columns);
    for as_object in [false, true] {
        let proposal = replay("lab/rig1", &columns, &rows, as_object);
        let with_tags: Vec<_> = proposal
            .assets
            .iter()
            .filter(|asset| !asset.tags.is_empty())
            .collect();
        assert_eq!(with_tags.len(), 1, "{}", show(&proposal));
        assert_eq!((with_tags[0].tags.len(), &*with_tags[0].name), (8, "Rig 1"));
        let tags = proposal.tags.len();
        let (_, _, mapped) = accepted(proposal);
        assert_eq!(mapped, tags);
    }
}

#[test]
fn a_water_network_is_tanks_pumps_valves_and_junctions() {
    let columns = network();
    let rows = rows("batadal/dataset03.csv", ',', &columns);
    for as_object in [false, true] {
        let proposal = replay("ctown", &columns, &rows, as_object);
        let count = |name: &str| {
            let ty = proposal.types.iter().position(|ty| ty.name.as_str() == name);
            ty.map_or(0, |ty| proposal.assets_of(ty).count())
        };
        let counts = ["tank", "pump", "valve", "junction", "site"].map(count);
        assert_eq!(counts, [7, 11, 1, 12, 1], "{}", show(&proposal));
        let pump = proposal
            .types
            .iter()
            .find(|ty| ty.name.as_str() == "pump")
            .unwrap();
        let kinds: Vec<&str> = pump
            .properties
            .values()
            .map(|property| property.kind.word())
            .collect();
        assert_eq!(kinds, ["measurement", "state"]);
        let tags = proposal.tags.len();
        let (checked, _, mapped) = accepted(proposal);
        assert_eq!(mapped, tags, "{:?}", checked.model.types);
    }
}
