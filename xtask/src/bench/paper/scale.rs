//! Large plants: what is measured of them, and what it should be.

use serde_json::Value;

use super::Budget::{AtMost, None as Told};
use super::Line;
use crate::bench::figures::several;

/// 100,000 points of a plant nobody described.
pub fn large(results: &Value) -> Vec<Line> {
    let line = |what: &str, path: &str, budget| Line::new(results, what, &format!("large/{path}"), budget);
    vec![
        line("points", "points", Told),
        line("all discovered and durable after, s", "joinSeconds", Told),
        line("one more round of all of them, s", "roundSeconds", Told),
        line(
            "server start → broker connected, ms",
            "startMillis",
            AtMost(10_000.0),
        ),
        line("memory after the start, MiB", "rssAfterStartMiB", Told),
        line(
            "bytes of memory per point, the empty server's included",
            "bytesPerPoint",
            AtMost(1_000.0),
        ),
        line("memory at its largest, MiB", "peakMiB", AtMost(512.0)),
        line("tree first paint, ms", "tree/paint", AtMost(500.0)),
        line("HTML, CSS and data of that page, kB", "tree/kB", AtMost(150.0)),
        line("search, slowest of twenty, ms", "search/slowest", AtMost(50.0)),
    ]
}

/// Pages of a plant with many assets, and of a parent with many children.
pub fn drill(results: &Value) -> Vec<Line> {
    let line = |what: &str, path: &str, budget| Line::new(results, what, &format!("drill/{path}"), budget);
    let mut lines = vec![
        line("assets", "assets", Told),
        line("points", "points", Told),
        line("server memory, MiB", "memoryMiB", AtMost(512.0)),
    ];
    for (key, name) in [
        ("top", "tree, top"),
        ("deep", "tree, four levels down"),
        ("wide", "6,500 children, a table of them beside the tree"),
        ("sorted", "the same, sorted by a live value"),
        ("found", "search with facets"),
    ] {
        let at = |path: &str| format!("{key}/{path}");
        lines.extend([
            line(&format!("{name}: first paint, ms"), &at("paint"), AtMost(500.0)),
            line(
                &format!("{name}: its HTML was there after, ms"),
                &at("html"),
                Told,
            ),
            line(
                &format!("{name}: HTML, CSS and data, kB"),
                &at("kB"),
                AtMost(150.0),
            ),
        ]);
    }
    let median_and_slowest = |of: &str| {
        let paths = ["median", "slowest"].map(|which| format!("drill/{of}/{which}"));
        several(results, &paths.each_ref().map(String::as_str))
    };
    lines.extend([
        line(
            "rows of the tree in the document, of 6,511",
            "wide/treeRows",
            Told,
        ),
        line(
            "scroll to the middle of the tree until rows stand there, ms",
            "wide/scrollMillis",
            Told,
        ),
        line(
            "6,500 children sorted and narrowed on live values: answer, ms, median / slowest",
            "rows/slowest",
            Told,
        )
        .showing(median_and_slowest("rows")),
        line(
            "search with facets: answer, ms, median / slowest",
            "find/slowest",
            AtMost(50.0),
        )
        .showing(median_and_slowest("find")),
    ]);
    lines
}

/// A model that takes over a running plant.
pub fn model(results: &Value) -> Vec<Line> {
    let line = |what: &str, path: &str, budget| Line::new(results, what, &format!("model/{path}"), budget);
    let mut lines = vec![
        line("points that are live", "points", Told),
        line(
            "before: publish → socket p99 (of p50 / p95 / p99 / slowest), ms",
            "before/ages/p99",
            Told,
        )
        .showing(ages(results, "before")),
        line("`gemba model check`, s", "checkSeconds", Told),
        line(
            "`gemba model plan` of a change of all machines, s",
            "planSeconds",
            Told,
        ),
    ];
    for (key, name) in [
        ("first", "the first version"),
        ("changed", "a limit of a type and every tenth name"),
        ("back", "back by `--rollback`"),
    ] {
        let at = |path: &str| format!("{key}/{path}");
        let line = |what: &str, path: &str, budget| line(&format!("{name}: {what}"), &at(path), budget);
        lines.extend([
            line("from its commit until it holds, s", "takenSeconds", AtMost(2.0)),
            line("the whole command, s", "applySeconds", Told),
            line(
                "publish → socket p99 (of p50 / p95 / p99 / slowest) meanwhile, ms",
                "ages/p99",
                AtMost(250.0),
            )
            .showing(ages(results, key)),
            line("readings lost / sockets begun anew", "lost", AtMost(0.0)).showing(several(
                results,
                &["lost", "wholeAgain"]
                    .map(|what| format!("model/{key}/{what}"))
                    .each_ref()
                    .map(String::as_str),
            )),
            line("server memory at its largest, MiB", "peakMiB", Told),
        ]);
    }
    lines
}

fn ages(results: &Value, of: &str) -> Option<String> {
    let paths = ["p50", "p95", "p99", "max"].map(|which| format!("model/{of}/ages/{which}"));
    several(results, &paths.each_ref().map(String::as_str))
}
