//! Each number that is measured, and what it should be. The budgets are those of the architecture.

use serde_json::Value;

use super::Budget::{AtLeast, AtMost, None as Told};
use super::{Line, floor, scale};
use crate::bench::figures::several;

/// 500 updates a second, as many changes of few tags and as few of many.
const LOADS: [(&str, &str); 2] = [("50x10", "50 tags × 10 Hz"), ("500x1", "500 tags × 1 Hz")];

/// Titles and their lines.
pub fn all(results: &Value) -> Vec<(&'static str, Vec<Line>)> {
    vec![
        (
            "Publish → page, 500 updates a second, one browser",
            latency(results),
        ),
        ("Busy", busy(results)),
        ("First visit, nothing cached, values flowing", cold(results)),
        (
            "kill -9, two seconds of nothing, and back, without a reload",
            recovery(results),
        ),
        ("Broker → durable history", ingest(results)),
        ("Many sockets", sockets(results)),
        (
            "10,000 topics with 100,000 points through the broker",
            scale::large(results),
        ),
        (
            "Drill-down: 100,000 assets, one parent with 6,500 children",
            scale::drill(results),
        ),
        (
            "`gemba model apply`: 101,111 assets to a server with 100,000 live points",
            scale::model(results),
        ),
    ]
}

fn latency(results: &Value) -> Vec<Line> {
    LOADS
        .iter()
        .flat_map(|(load, name)| one_load(results, load, name))
        .collect()
}

fn one_load(results: &Value, load: &str, name: &str) -> Vec<Line> {
    let at = |path: &str| format!("latency/{load}/{path}");
    let floor = |path: &str| floor(results, &format!("{load}/{path}"));
    let windowed = |path: &str| super::floor(results, &format!("{load} 16 ms/{path}"));
    let line =
        |what: &str, path: &str, budget| Line::new(results, format!("{name}: {what}"), &at(path), budget);
    let most = |limit: Option<f64>| limit.map_or(Told, AtMost);
    let percentiles = |what: &str| {
        let paths = ["p50", "p95", "p99"].map(|p| at(&format!("{what}/{p}")));
        several(results, &paths.each_ref().map(String::as_str))
    };
    vec![
        line(
            "→ DOM p50 / p95 / p99, ms (ratio: p95 to the floor with the same 16 ms window)",
            "dom/p95",
            Told,
        )
        .showing(percentiles("dom"))
        .beside(windowed("dom/p95")),
        line(
            "→ painted p50 (of p50 / p95 / p99), ms: floor + 4",
            "paint/p50",
            most(floor("paint/p50").map(|f| f + 4.0)),
        )
        .showing(percentiles("paint"))
        .beside(floor("paint/p50")),
        line(
            "→ painted p95, ms: 1.5 × floor",
            "paint/p95",
            most(floor("paint/p95").map(|f| f * 1.5)),
        )
        .beside(floor("paint/p95")),
        line(
            "values never shown / shown backwards / misread",
            "missing",
            AtMost(0.0),
        )
        .showing(several(
            results,
            &["missing", "wentBack", "misread"]
                .map(at)
                .each_ref()
                .map(String::as_str),
        )),
        line(
            "server processor, s per 100,000 updates: 2.5 × floor",
            "serverCpuPer100k",
            most(floor("serverCpuPer100k").map(|f| f * 2.5)),
        )
        .beside(floor("serverCpuPer100k")),
        line("server memory with history, MiB", "rssMiB", AtMost(40.0)),
        line(
            "page's main thread, %: 1.3 × floor with a 16 ms window",
            "mainThreadPercent",
            most(windowed("mainThreadPercent").map(|f| f * 1.3)),
        )
        .beside(windowed("mainThreadPercent")),
        line(
            "bytes on the socket per shown value",
            "bytesPerShown",
            AtMost(13.0),
        ),
        line("server start → port, ms", "startMillis", AtMost(200.0)),
    ]
}

fn busy(results: &Value) -> Vec<Line> {
    let plans = [
        ("500 × 50 sockets", "500 updates/s, 50 sockets", Told),
        ("10000 × 1 socket", "10,000 updates/s, 1 socket", Told),
        (
            "10000 × 50 sockets",
            "10,000 updates/s, 50 sockets",
            AtMost(250.0),
        ),
    ];
    let mut lines = Vec::new();
    for (key, name, budget) in plans {
        let at = |path: &str| format!("busy/{key}/{path}");
        let three = |what: &str| {
            let paths = ["p50", "p95", "p99"].map(|p| at(&format!("{what}/{p}")));
            several(results, &paths.each_ref().map(String::as_str))
        };
        lines.extend([
            Line::new(
                results,
                format!("{name}: → DOM p50 / p95 / p99, ms"),
                &at("dom/p99"),
                Told,
            )
            .showing(three("dom")),
            Line::new(
                results,
                format!("{name}: → painted p99 (of p50 / p95 / p99), ms"),
                &at("paint/p99"),
                budget,
            )
            .showing(three("paint")),
            Line::new(
                results,
                format!("{name}: server processor, s per 100,000 updates"),
                &at("serverCpuPer100k"),
                Told,
            ),
            Line::new(
                results,
                format!("{name}: server memory, MiB"),
                &at("rssMiB"),
                AtMost(512.0),
            ),
            Line::new(
                results,
                format!("{name}: page's main thread, %"),
                &at("mainThreadPercent"),
                Told,
            ),
        ]);
    }
    let line = |what: &str, path: &str, budget| Line::new(results, what, path, budget);
    lines.extend([
        line(
            "50 tags, sustained at DOM p95 ≤ 100 ms, updates/s",
            "busy/ladder/sustained",
            AtLeast(8_000.0),
        ),
        line(
            "5,000 tags × 1 Hz, page shows 200: → painted p95, ms",
            "window/paint/p95",
            AtMost(40.0),
        ),
        line(
            "5,000 tags × 1 Hz: page's main thread, %",
            "window/mainThreadPercent",
            AtMost(25.0),
        ),
        line(
            "5,000 tags × 1 Hz: server processor, s per 100,000 updates",
            "window/serverCpuPer100k",
            AtMost(2.0),
        ),
        line(
            "5,000 tags × 1 Hz: server memory with history, MiB",
            "window/rssMiB",
            AtMost(80.0),
        ),
    ]);
    lines
}

fn cold(results: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    for (load, name) in LOADS {
        let line = |what: &str, path: &str, budget| {
            Line::new(
                results,
                format!("{name}: {what}"),
                &format!("cold/{load}/{path}"),
                budget,
            )
            .beside(floor(results, &format!("{load}/cold/{path}")))
        };
        lines.extend([
            line("on the wire, kB", "kB", AtMost(300.0)).beside(None),
            line(
                "first contentful paint with values, ms",
                "firstPaint",
                AtMost(200.0),
            ),
            line("all cells filled, ms", "allValues", AtMost(200.0)),
            line(
                "first value published after the visit began, ms",
                "firstLive",
                Told,
            ),
            line("all cells live, ms", "allLive", Told),
            line("main thread blocked until live, ms", "blocking", AtMost(100.0)).beside(None),
            line("longest task, ms", "longestTask", AtMost(150.0)).beside(None),
            line("layout shift", "shift", AtMost(0.0)).beside(None),
        ]);
    }
    let tablet = |what: &str, path: &str, limit| {
        let what = format!("weak tablet (processor ÷ 4, slow 4G), 50 tags: {what}");
        Line::new(results, what, &format!("cold/tablet/{path}"), AtMost(limit))
    };
    lines.extend([
        tablet("readable, ms", "firstPaint", 1_500.0),
        tablet("all cells live, ms", "allLive", 4_000.0),
    ]);
    lines
}

fn recovery(results: &Value) -> Vec<Line> {
    [("broker", 500.0), ("server", 1_000.0)]
        .into_iter()
        .flat_map(|(what, limit)| {
            let at = |path: &str| format!("recovery/{what}/{path}");
            [
                Line::new(
                    results,
                    format!("{what}: the page says so after, ms"),
                    &at("told"),
                    AtMost(2_000.0),
                ),
                Line::new(
                    results,
                    format!("{what}: start → all live, ms"),
                    &at("allLive"),
                    AtMost(limit),
                ),
            ]
        })
        .collect()
}

fn ingest(results: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    for (qos, least) in [(0, AtLeast(50_000.0)), (1, Told)] {
        let at = |path: &str| format!("ingest/qos{qos}/{path}");
        let line = |what: &str, path: &str, budget| {
            Line::new(results, format!("QoS {qos}: {what}"), &at(path), budget)
        };
        lines.extend([
            line("readings committed a second", "perSecond", least),
            line(
                "of what a bare subscriber counts in the same run, share",
                "ratio",
                AtLeast(0.6),
            ),
            line("committed of what was published, share", "share", AtLeast(1.0)),
            line("server processor, s per 100,000 readings", "cpuPer100k", Told),
            line("server memory at its largest, MiB", "peakMiB", Told),
        ]);
    }
    lines.push(Line::new(
        results,
        "no browser, 10,000 readings/s at QoS 0: of one core, %",
        "ingest/unwatched/corePercent",
        AtMost(15.0),
    ));
    lines
}

fn sockets(results: &Value) -> Vec<Line> {
    let cpu = |name: &str| crate::bench::figures::number(results, &format!("sockets/{name}/cpuPercent"));
    let twice = cpu("one").map_or(Told, |one| AtMost(2.0 * one));
    let line = |what: &str, path: &str, budget| Line::new(results, what, &format!("sockets/{path}"), budget);
    let mut lines = vec![
        line(
            "500 tags × 1 Hz, 1 socket: server, % of a core",
            "one/cpuPercent",
            Told,
        ),
        line("the same, 20 sockets: twice that", "twenty/cpuPercent", twice),
    ];
    for (key, how) in [
        ("manyScanned", "all tags at once each second"),
        ("manySpread", "spread over the second"),
    ] {
        let name = format!("1,000 sockets × 50 points × 1 Hz, {how}");
        let at = |path: &str| format!("{key}/{path}");
        let ages = ["p50", "p95", "p99"].map(|p| format!("sockets/{}", at(p)));
        lines.extend([
            line(
                &format!("{name}: publish → socket p99 (of p50 / p95 / p99), ms"),
                &at("p99"),
                AtMost(250.0),
            )
            .showing(several(results, &ages.each_ref().map(String::as_str))),
            line(&format!("{name}: server, % of a core"), &at("cpuPercent"), Told),
            line(&format!("{name}: frames a second"), &at("framesPerSecond"), Told),
            line(
                &format!("{name}: server memory, MiB"),
                &at("peakMiB"),
                AtMost(512.0),
            ),
        ]);
    }
    lines
}
