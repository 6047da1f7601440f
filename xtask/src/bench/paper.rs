//! What was measured beside what it should be, as the tables of `docs/benchmarks.md`.

mod budgets;
mod peers;
mod scale;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::figures::{number, shown};

const BEGIN: &str = "<!-- bench: written by `cargo xtask bench` -->";
const END: &str = "<!-- bench: end -->";
/// The floor may not move more than this within a run, at its 95th percentile.
const STEADY: f64 = 2.0;

/// The tables between the markers.
pub fn tables(results: &Value) -> String {
    let text = |path: &str| results.pointer(path).map_or_else(String::new, plain);
    let date = text("/at");
    let mut out = format!(
        "Measured {} by `cargo xtask bench` in {:.0} min on {} cores ({}), {} GiB, load {} before.\n\n{}\n\n",
        date.get(..16).unwrap_or(&date).replace('T', " "),
        results["seconds"].as_f64().unwrap_or(0.0) / 60.0,
        text("/machine/cores"),
        text("/machine/processor"),
        text("/machine/memoryGiB"),
        text("/machine/loadBefore"),
        steadiness(results)
    );
    for (title, lines) in budgets::all(results) {
        let lines: Vec<String> = lines.iter().filter_map(Line::row).collect();
        if lines.is_empty() {
            continue;
        }
        out +=
            &format!("### {title}\n\n| what | budget | measured | to the floor | |\n|---|---|---|---|---|\n");
        out += &lines.concat();
        out.push('\n');
    }
    out += &peers::table(results);
    out += &failures(results);
    out.trim_end().to_owned()
}

/// The paper with new tables; everything outside the markers stays.
pub fn with_tables(old: &str, tables: &str) -> Result<String> {
    let (before, rest) = old
        .split_once(BEGIN)
        .context("docs/benchmarks.md lost the mark where the tables begin")?;
    let (_, after) = rest
        .split_once(END)
        .context("docs/benchmarks.md lost the mark where the tables end")?;
    Ok(format!("{before}{BEGIN}\n\n{tables}\n\n{END}{after}"))
}

/// One line: what, what it should be, what it is.
pub struct Line {
    what: String,
    /// Several numbers, ready to read.
    measured: Option<String>,
    /// The number that is judged.
    number: Option<f64>,
    budget: Budget,
    /// The floor's same number.
    floor: Option<f64>,
}

/// What a number should be.
#[derive(Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
    /// Only told.
    None,
}

impl Line {
    /// A line about one number.
    pub fn new(results: &Value, what: impl Into<String>, path: &str, budget: Budget) -> Self {
        let number = number(results, path);
        Self {
            what: what.into(),
            measured: number.map(shown),
            number,
            budget,
            floor: None,
        }
    }

    /// Shows more than the number that is judged.
    pub fn showing(mut self, measured: Option<String>) -> Self {
        self.measured = measured;
        self
    }

    /// Beside the floor's number.
    pub const fn beside(mut self, floor: Option<f64>) -> Self {
        self.floor = floor;
        self
    }

    fn row(&self) -> Option<String> {
        let measured = self.measured.as_ref()?;
        let budget = match self.budget {
            Budget::AtMost(limit) => format!("≤ {}", shown(limit)),
            Budget::AtLeast(limit) => format!("≥ {}", shown(limit)),
            Budget::None => "–".to_owned(),
        };
        let ratio = match (self.number, self.floor) {
            (Some(number), Some(floor)) if floor > 0.0 => format!("{} ×", shown(number / floor)),
            _ => String::new(),
        };
        let verdict = self.verdict();
        Some(format!(
            "| {} | {budget} | {measured} | {ratio} | {verdict} |\n",
            self.what
        ))
    }

    fn verdict(&self) -> String {
        let (Some(number), missed) = (self.number, |by: f64| format!("**missed by {}**", shown(by))) else {
            return String::new();
        };
        match self.budget {
            Budget::AtMost(limit) if number > limit => missed(number - limit),
            Budget::AtLeast(limit) if number < limit => missed(limit - number),
            Budget::None => String::new(),
            Budget::AtMost(_) | Budget::AtLeast(_) => "met".to_owned(),
        }
    }
}

/// The floor's number: the mean of before and after.
pub fn floor(results: &Value, path: &str) -> Option<f64> {
    let at = |when: &str| number(results, &format!("floor {when}/{path}"));
    match (at("first"), at("last")) {
        (Some(first), Some(last)) => Some(first.midpoint(last)),
        (one, other) => one.or(other),
    }
}

fn steadiness(results: &Value) -> String {
    let mut worst = 1.0_f64;
    let mut said = Vec::new();
    for load in ["50x10", "500x1"] {
        let at = |when: &str| number(results, &format!("floor {when}/{load}/paint/p95"));
        if let (Some(first), Some(last)) = (at("first"), at("last")) {
            worst = worst.max(first / last).max(last / first);
            said.push(format!("{load}: {} → {} ms", shown(first), shown(last)));
        }
    }
    let judged = if said.is_empty() {
        return "The floor was not measured: ratios mean nothing.".to_owned();
    } else if worst > STEADY {
        "**It moved more than twofold: this run is void.**"
    } else {
        "It held, so the run counts."
    };
    format!(
        "The floor, published → painted p95, first and last: {}. {judged}",
        said.join("; ")
    )
}

fn failures(results: &Value) -> String {
    let rows = results["rows"].as_object();
    let failed = rows
        .into_iter()
        .flatten()
        .filter_map(|(name, row)| Some(format!("- {name} failed: {}\n", row.get("error")?.as_str()?)));
    failed.collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results() -> Value {
        let floor = |p95: f64| serde_json::json!({"50x10": {"paint": {"p50": 10.0, "p95": p95}}});
        serde_json::json!({
            "at": "2026-01-02T03:04:05Z", "seconds": 600.0, "machine": {"cores": 2},
            "rows": {
                "floor first": floor(16.0),
                "floor last": floor(20.0),
                "latency": {"50x10": {"paint": {"p50": 12.0, "p95": 30.0, "p99": 40.0}}},
                "cold": {"error": "no page"}
            }
        })
    }

    #[test]
    fn what_is_missed_says_by_how_much() {
        let tables = tables(&results());
        assert!(
            tables.contains("| ≤ 14 | 12 / 30 / 40 | 1.2 × | met |"),
            "{tables}"
        );
        assert!(
            tables.contains("| ≤ 27 | 30 | 1.67 × | **missed by 3** |"),
            "{tables}"
        );
        assert!(tables.contains("- cold failed: no page"), "{tables}");
        assert!(
            !tables.contains("Many sockets"),
            "what was not measured has no line"
        );
    }

    #[test]
    fn a_floor_that_moved_voids_the_run() {
        assert!(tables(&results()).contains("so the run counts"));
        let mut moved = results();
        moved["rows"]["floor last"]["50x10"]["paint"]["p95"] = serde_json::json!(33.0);
        assert!(tables(&moved).contains("void"));
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let old = format!("# Benchmarks\n\n{BEGIN}\nold\n{END}\n\nBy hand.\n");
        let new = with_tables(&old, "new").unwrap();
        assert_eq!(
            new,
            format!("# Benchmarks\n\n{BEGIN}\n\nnew\n\n{END}\n\nBy hand.\n")
        );
        assert_eq!(with_tables(&new, "new").unwrap(), new);
        assert!(with_tables("# Benchmarks\n", "new").is_err());
    }
}
