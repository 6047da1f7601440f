//! `gemba schedule solve`, as people and scripts call it.

use std::process::Command;

const PROJECT: &str = "\
jobs (incl. supersource/sink ):  3
  - renewable                 :  1   R
  - nonrenewable              :  0   N
  - doubly constrained        :  0   D
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          1           2
   2        1          1           3
   3        1          0
REQUESTS/DURATIONS:
jobnr. mode duration  R 1
  1      1     0       0
  2      1     3       2
  3      1     0       0
RESOURCEAVAILABILITIES:
  R 1
    3
";

/// Exit code, standard output, standard error.
fn solve(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(["schedule", "solve"])
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn a_problem_is_solved_into_a_file_or_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("tiny.sm");
    std::fs::write(&file, PROJECT).unwrap();
    let file = file.to_str().unwrap();
    let (code, out, err) = solve(&["--format", "psplib", file]);
    assert_eq!((code, out.as_str()), (0, "1 0\n2 0\n3 3\n"), "{err}");
    assert!(err.starts_with("3: proven to be the best; "), "{err}");
    let to = dir.path().join("tiny.txt");
    let (code, out, _) = solve(&[
        "--format",
        "psplib",
        file,
        "--seconds",
        "1",
        "--out",
        to.to_str().unwrap(),
    ]);
    assert_eq!((code, out.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(to).unwrap(), "1 0\n2 0\n3 3\n");
}

#[test]
fn what_cannot_be_solved_is_said_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("wrong.sm");
    std::fs::write(&file, PROJECT.replace("2      1     3", "2      1     x")).unwrap();
    let file = file.to_str().unwrap();
    for (args, word) in [
        (
            &["--format", "psplib", file][..],
            "line 13: `x` is no whole number",
        ),
        (&["--format", "psplib", "nowhere.sm"], "there is no such file"),
        (&["--format", "psplib", file, "--seconds", "-1"], "--seconds"),
        (&["--format", "sudoku", file], "write psplib, imopse or roadef"),
    ] {
        let (code, out, err) = solve(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(word), "{args:?}: {err}");
    }
}
