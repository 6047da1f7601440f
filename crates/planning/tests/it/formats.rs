//! Reading and writing the public formats.

use planning::formats::{Format, imopse, psplib, roadef};
use planning::{Solved, solve};
use proptest::prelude::*;

use crate::samples::{GRID, PROJECT, STAFFED};

fn solved(format: Format, text: &str) -> Solved {
    let mut steps = 0;
    let mut go_on = |_: &planning::core::Progress| {
        steps += 1;
        steps < 3
    };
    solve(format, text, 1, &mut go_on).unwrap()
}

#[test]
fn a_project_is_solved_into_jobs_and_starts_from_one() {
    let solved = solved(Format::Psplib, PROJECT);
    assert_eq!(solved.breaches, Vec::<String>::new());
    assert!((solved.progress.best - 7.0).abs() < 1e-9 && solved.progress.is_proven());
    let lines: Vec<&str> = solved.text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0], "1 0");
    assert_eq!(lines[4], "5 7");
}

#[test]
fn a_team_is_solved_into_the_librarys_own_form() {
    let solved = solved(Format::Imopse, STAFFED);
    assert_eq!(solved.breaches, Vec::<String>::new());
    assert!((solved.progress.best - 9.0).abs() < 1e-9);
    let mut lines = solved.text.lines();
    assert_eq!(
        lines.next(),
        Some("Hour \t Resource assignments (resource ID - task ID) ")
    );
    assert!(solved.text.contains(" 8-4 "), "{}", solved.text);
    for line in lines {
        let (hour, rest) = line.split_once(' ').unwrap();
        assert!(hour.parse::<u64>().is_ok() && rest.ends_with(' '), "{line}");
    }
}

#[test]
fn a_grid_is_solved_into_names_and_steps_from_one() {
    let solved = solved(Format::Roadef, GRID);
    assert_eq!(solved.breaches, Vec::<String>::new());
    let grid = roadef::read(GRID).unwrap();
    let starts = roadef::read_starts(&grid, &solved.text).unwrap();
    assert_eq!(roadef::write(&grid, &starts), solved.text);
}

/// The error of a file with one thing replaced: its line, and a word of it.
#[track_caller]
fn refused<T>(
    read: impl Fn(&str) -> Result<T, planning::formats::FormatError>,
    text: &str,
    old: &str,
    new: &str,
    line: usize,
    word: &str,
) {
    assert!(text.contains(old), "{old}");
    let Err(error) = read(&text.replacen(old, new, 1)) else {
        panic!("{new} was taken for {old}")
    };
    assert_eq!(error.line, line, "{error}");
    assert!(error.to_string().contains(word), "{error}");
}

#[test]
fn an_error_in_a_project_names_its_line() {
    let read = psplib::read;
    refused(read, PROJECT, "sink ):  5", "sink ):  many", 2, "`jobs`");
    refused(
        read,
        PROJECT,
        "nonrenewable              :  0",
        "nonrenewable              :  2",
        6,
        "nonrenewable",
    );
    refused(
        read,
        PROJECT,
        "2           2   3",
        "3           2   3",
        11,
        "says 3 successors",
    );
    refused(
        read,
        PROJECT,
        "2           2   3",
        "2           2   9",
        11,
        "job 9",
    );
    refused(
        read,
        PROJECT,
        "   3        1          1",
        "   3        2          1",
        13,
        "2 modes",
    );
    refused(
        read,
        PROJECT,
        "  2      1     3       2    1",
        "  2      1     x       2    1",
        21,
        "`x`",
    );
    refused(
        read,
        PROJECT,
        "  2      1     3       2    1",
        "  2      1     3       2",
        21,
        "requests",
    );
    refused(
        read,
        PROJECT,
        "    3    1\n",
        "    1    1\n",
        28,
        "needs 2 of resource 1",
    );
    refused(
        read,
        PROJECT,
        "RESOURCEAVAILABILITIES",
        "NOTHING",
        29,
        "RESOURCEAVAILABILITIES",
    );
}

#[test]
fn an_error_in_a_team_names_its_line() {
    let read = |text: &str| imopse::read(text);
    refused(read, STAFFED, "Tasks: 3", "Tasks: three", 4, "`Tasks:`");
    refused(read, STAFFED, "Q0: 2 ", "Q0 2 ", 10, "a skill and its level");
    refused(read, STAFFED, "\t5\t \t Q0: 2", "\t5\t \t Q0: 3", 15, "task 2");
    refused(read, STAFFED, "\t1\n", "\t3\n", 16, "task 3 is not in the file");
    refused(read, STAFFED, "2\t \t \t5", "2\t \t \t-5", 15, "`-5`");
}

#[test]
fn an_error_in_a_grid_names_its_line() {
    let read = roadef::read;
    refused(read, GRID, "\"Alpha\": 0.5", "\"Alpha\": x", 17, "expected value");
    refused(read, GRID, "\"tmax\": 2", "\"tmax\": 9", 10, "tmax");
    refused(read, GRID, "\"winter\"]", "\"summer\"]", 16, "summer");
    refused(
        read,
        GRID,
        "[\"A\", ",
        "[\"C\", ",
        16,
        "C, which is no intervention",
    );
    refused(
        read,
        GRID,
        "{ \"1\": [1, 3] }",
        "{ \"1\": [1] }",
        5,
        "1 risks at step 1",
    );
    refused(
        read,
        GRID,
        "\"workload\": { \"team\"",
        "\"workload\": { \"crew\"",
        5,
        "crew is no resource",
    );
}

proptest! {
    #[test]
    fn no_file_makes_the_readers_panic(which in 0_usize..3, at in 0.0_f64..1.0, cut in 0_usize..40, put in "[ -~\t\n]{0,6}") {
        let text = [PROJECT, STAFFED, GRID][which];
        let from = (text.len() as f64 * at) as usize;
        let until = (from + cut).min(text.len());
        let text = format!("{}{put}{}", text.get(..from).unwrap(), text.get(until..).unwrap());
        let line = [
            psplib::read(&text).err(),
            imopse::read(&text).err(),
            roadef::read(&text).err(),
        ];
        for error in line.into_iter().flatten() {
            prop_assert!(error.line >= 1 && error.line <= text.lines().count().max(1), "{}", error);
        }
    }
}
