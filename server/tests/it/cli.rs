//! The command line: errors with a way out, exit codes.

use std::process::Command;

fn gemba(args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(args)
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    (output.status.code().unwrap_or(-1), text)
}

#[test]
fn every_configuration_error_is_told_at_once_with_exit_2() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("gemba.toml");
    std::fs::write(
        &file,
        "[server]\nlisten = \"nowhere\"\nport = 1\n[history]\nkeep_days = 0\n",
    )
    .unwrap();
    let (code, told) = gemba(&["serve", "--config", file.to_str().unwrap()]);
    assert_eq!(code, 2, "{told}");
    for key in ["server.listen", "server.port", "history.keep_days"] {
        assert!(told.contains(key), "{key} is not told: {told}");
    }
    assert!(told.contains("for example"), "{told}");
}

#[test]
fn a_taken_port_is_told_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let (code, told) = gemba(&[
        "serve",
        "--data",
        dir.path().to_str().unwrap(),
        "--listen",
        &address,
    ]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("--listen"), "{told}");
}

#[test]
fn the_documented_configuration_is_the_real_one() {
    let (code, printed) = gemba(&["config-docs"]);
    assert_eq!(code, 0);
    let written =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md")).unwrap();
    assert_eq!(
        printed, written,
        "run `cargo run -p server -- config-docs > docs/configuration.md`"
    );
}

/// `gemba model versions | head -2`, `… 2>&1 | true`: who asked has gone, and that is no mistake.
#[test]
fn a_reader_who_leaves_is_no_mistake() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    for (args, code) in [
        (&["config-docs"][..], 0),
        (&["--help"], 0),
        (&["formula", "eval", "1 + 1"], 0),
        (&["formula", "eval", "1 +"], 2),
        (&["model", "versions", "--data", data], 1),
        (&["model", "check", "nowhere"], 2),
    ] {
        let told = gone(args, Gone::Output);
        let silent = gone(args, Gone::Both);
        assert!(!told.1.contains("panicked"), "{args:?}: {}", told.1);
        assert_eq!((told.0, silent.0), (code, code), "{args:?}: {}", told.1);
    }
}

#[derive(PartialEq)]
enum Gone {
    Output,
    Both,
}

/// What a command ends with, and says on standard error, when nobody reads.
fn gone(args: &[&str], what: Gone) -> (i32, String) {
    let closed = || std::io::pipe().unwrap().1;
    let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
    command.args(args).stdout(closed());
    if what == Gone::Both {
        command.stderr(closed());
    }
    let output = command.output().unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}
