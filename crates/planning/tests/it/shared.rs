//! Real instances of public benchmarks, where they are: beside the repository in `shared/data`, or where
//! `GEMBA_EVAL_DATA` says.

#![allow(clippy::print_stdout, reason = "what is skipped is said")]
#![allow(
    clippy::disallowed_methods,
    reason = "where the data are is said by the environment"
)]

use std::io::Read as _;
use std::path::{Path, PathBuf};

use planning::formats::{Format, roadef};
use planning::grid::{check_grid, objective};
use planning::solve;

/// The folder of some data; none, with a line that says so, where it is not.
fn data(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let dir = std::env::var("GEMBA_EVAL_DATA")
        .map_or_else(|_| beside(), PathBuf::from)
        .join(name);
    if !dir.is_dir() {
        println!(
            "skipped: {} is not there; set GEMBA_EVAL_DATA to the folder of evaluation data",
            dir.display()
        );
        return None;
    }
    Some(dir)
}

fn files(dir: &Path, end: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|found| found == end));
    files.sort();
    files
}

/// The best found in so many rounds, which breaks nothing.
#[track_caller]
fn solved(format: Format, path: &Path, rounds: u32) -> f64 {
    let text = std::fs::read_to_string(path).unwrap();
    let mut left = rounds;
    let solved = solve(format, &text, 1, &mut |_| {
        left = left.saturating_sub(1);
        left > 0
    });
    let solved = solved.unwrap();
    assert_eq!(solved.breaches, Vec::<String>::new(), "{}", path.display());
    assert!(
        solved.progress.best >= solved.progress.bound - 1e-6,
        "{}",
        path.display()
    );
    solved.progress.best
}

#[test]
fn every_team_is_solved_not_far_from_the_best_known() {
    let Some(dir) = data("msrcpsp") else { return };
    let known = std::fs::read_to_string(dir.join("reference.csv")).unwrap();
    let mut seen = 0;
    for path in ["Small", "d36"]
        .iter()
        .flat_map(|part| files(&dir.join(part), "def"))
    {
        let best = solved(Format::Imopse, &path, 5);
        let name = path.file_name().unwrap().to_str().unwrap();
        let row = known
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name},")));
        let Some((lower, upper)) = row.and_then(|row| row.split_once(',')) else {
            continue;
        };
        let (lower, upper): (f64, f64) = (lower.parse().unwrap(), upper.parse().unwrap());
        assert!(best >= lower, "{name}: {best} is below the bound {lower}");
        assert!(best <= 1.15 * upper, "{name}: {best}, best known {upper}");
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
}

#[test]
fn the_reference_solutions_of_grids_cost_what_is_published() {
    let Some(dir) = data("roadef2020") else { return };
    for (name, published) in [("A_07", 2272.7823), ("A_12", 789.6349)] {
        let grid = roadef::read(&std::fs::read_to_string(dir.join(format!("{name}.json"))).unwrap()).unwrap();
        let text = std::fs::read_to_string(dir.join(format!("{name}.reference_solution.txt"))).unwrap();
        let starts = roadef::read_starts(&grid, &text).unwrap();
        assert_eq!(check_grid(&grid, &starts), vec![], "{name}");
        let cost = objective(&grid, &starts).total;
        assert!((cost - published).abs() < 1e-3, "{name}: {cost}");
    }
}

#[test]
fn grids_are_solved_not_far_from_the_best_known() {
    let Some(dir) = data("roadef2020") else { return };
    for (name, published) in [("A_07", 2272.7823), ("A_12", 789.6349)] {
        let cost = solved(Format::Roadef, &dir.join(format!("{name}.json")), 60);
        assert!(cost <= 1.01 * published, "{name}: {cost}");
    }
    for path in files(&dir, "json") {
        solved(Format::Roadef, &path, 2);
    }
}

/// The files of a packed archive.
fn unpacked(path: &Path) -> Vec<(String, String)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()));
    let entries = archive.entries().unwrap().map(Result::unwrap);
    let files = entries.map(|mut entry| {
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (entry.path().unwrap().display().to_string(), text)
    });
    files.collect()
}

#[test]
fn every_project_is_solved_not_far_from_the_best_known() {
    let Some(dir) = data("rcpsp") else { return };
    let known = std::fs::read_to_string(dir.join("best_known.csv")).unwrap();
    let (mut seen, mut gaps) = (0, 0.0);
    for (name, text) in ["j30.inst1-5.tgz", "j60.inst1-5.tgz"]
        .iter()
        .flat_map(|file| unpacked(&dir.join(file)))
    {
        let row = known
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name},")))
            .unwrap();
        let (lower, best) = row.split_once(',').unwrap();
        let (lower, best): (f64, f64) = (lower.parse().unwrap(), best.parse().unwrap());
        let solved = solve(Format::Psplib, &text, 1, &mut |_| false).unwrap();
        assert_eq!(solved.breaches, Vec::<String>::new(), "{name}");
        let found = solved.progress.best;
        assert!(
            found >= lower && solved.progress.bound <= best,
            "{name}: {found}, {:?}",
            solved.progress
        );
        assert!(found <= 1.15 * best, "{name}: {found}, best known {best}");
        gaps += found / best - 1.0;
        seen += 1;
    }
    assert_eq!(seen, 480);
    assert!(
        gaps / f64::from(seen) < 0.02,
        "mean gap {:.4}",
        gaps / f64::from(seen)
    );
}
