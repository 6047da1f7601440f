//! Other products beside ours, when they ran in the same session.

use serde_json::Value;

use crate::bench::figures::shown;

const COLUMNS: [(&str, &str); 13] = [
    ("DOM p50 ms", "/dom/p50"),
    ("DOM p95", "/dom/p95"),
    ("painted p50", "/paint/p50"),
    ("painted p95", "/paint/p95"),
    ("never shown", "/missing"),
    ("server s/100k", "/serverCpuPer100k"),
    ("server MiB", "/rssMiB"),
    ("main thread %", "/mainThreadPercent"),
    ("first visit kB", "/cold/kB"),
    ("first paint ms", "/cold/firstPaint"),
    ("first live ms", "/cold/firstLive"),
    ("blocked ms", "/cold/blocking"),
    ("runs", "/runs"),
];

/// Empty when none ran.
pub fn table(results: &Value) -> String {
    let Some(loads) = results.pointer("/rows/peers/loads") else {
        return String::new();
    };
    let heads: Vec<&str> = COLUMNS.iter().map(|(head, _)| *head).collect();
    let mut out = format!(
        "### Beside other products, same harness, same session, in turns\n\n| product | load | {} |\n|---|---|{}\n",
        heads.join(" | "),
        "---|".repeat(heads.len())
    );
    for load in ["50x10", "500x1"] {
        for (product, run) in loads[load].as_object().into_iter().flatten() {
            let cell = |path: &str| {
                run.pointer(path)
                    .and_then(Value::as_f64)
                    .map_or_else(|| "–".to_owned(), shown)
            };
            let cells: Vec<String> = COLUMNS.iter().map(|(_, path)| cell(path)).collect();
            out += &format!("| {product} | {load} | {} |\n", cells.join(" | "));
        }
    }
    let versions = results.pointer("/rows/peers/versions").and_then(Value::as_object);
    let said: Vec<String> = versions
        .into_iter()
        .flatten()
        .filter_map(|(name, version)| Some(format!("{name}: {}", version.as_str()?)))
        .collect();
    format!("{out}\n{}\n", said.join("; "))
}
