//! `gemba formula eval`, as people and scripts call it.

use std::process::Command;

/// Exit code, standard output, standard error.
fn eval(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .args(["formula", "eval"])
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
fn values_and_no_output_are_answers() {
    for (args, expect) in [
        (&["x + 1", "--let", "x=3.2"][..], "4.2\n"),
        (&["0.1 + 0.2"], "0.30000000000000004\n"),
        (&["1e16 + 1e-7 * 0"], "1e16\n"),
        (&["3 > 2"], "1\n"),
        (&["x and true", "--let", "x=true"], "1\n"),
        (&["y + '!'", "--let", "y=abc"], "abc!\n"),
        (&["y", "--let", "y="], "\n"),
        (&["-x", "--let", "x=-4"], "4\n"),
        (&["x / 0", "--let", "x=1"], "no output\n"),
        (&["gt(x, 'a')", "--let", "x=1"], "no output\n"),
        (&["none"], "no output\n"),
        (&["now()", "--now", "2026-11-22T14:00:00Z"], "1795356000\n"),
        (
            &["hour(localtime(now(), 'Europe/Paris'))", "--now", "1795356000"],
            "15\n",
        ),
        (&["now()", "--now", "1795356000123"], "1795356000.123\n"),
        (&["now()", "--now", "2026-11-22 14:00:00"], "1795356000\n"),
        (&["to(p, 'kPa')", "--let", "p=3.2", "--unit", "p=bar"], "320\n"),
    ] {
        let (code, out, err) = eval(args);
        assert_eq!((code, out.as_str()), (0, expect), "{args:?}: {err}");
    }
}

#[test]
fn the_clock_is_the_default_of_now() {
    let before = jiff::Timestamp::now().as_second() as f64;
    let (code, out, _) = eval(&["now()"]);
    let said: f64 = out.trim().parse().unwrap();
    assert_eq!(code, 0);
    assert!((before..before + 60.0).contains(&said), "{said}");
}

#[test]
fn errors_have_a_place_and_exit_2() {
    for (args, place, help) in [
        (
            &["1 + sqr(4)"][..],
            "1:5: unknown function `sqr`",
            "did you mean `sqrt`?",
        ),
        (
            &["flwo * 2", "--let", "flow=1"],
            "1:1: unknown name `flwo`",
            "did you mean `flow`?",
        ),
        (&["1 +"], "1:4: the formula ends", ""),
        (
            &["y * 2", "--let", "y=abc"],
            "1:1: `*` needs a number",
            "number(s)",
        ),
        (
            &[
                "p + q", "--let", "p=1", "--let", "q=1", "--unit", "p=bar", "--unit", "q=Cel",
            ],
            "1:1: `+` of `bar` and `Cel`",
            "",
        ),
        (&["x", "--let", "x"], "--let x: write NAME=VALUE", ""),
        (
            &["x", "--let", "x=1", "--unit", "x=psi"],
            "`psi` is not a UCUM code",
            "[psi]",
        ),
        (&["1", "--let", "=3"], "--let =3: `` is no name", "letters"),
        (&["x", "--let", "1x=3"], "`1x` is no name", "letters"),
        (&["x", "--let", "and=3"], "`and` is no name", ""),
        (
            &["x", "--let", "x=1", "--let", "x=2"],
            "--let x=2: `x` has a value already",
            "",
        ),
        (
            &["x", "--series", "no.csv"],
            "no.csv: there is no such file",
            "path",
        ),
        (&["now()", "--now", "tomorrow"], "`tomorrow` is no time", ""),
    ] {
        let (code, out, err) = eval(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(place) && err.contains(help), "{args:?}: {err}");
    }
}

#[test]
fn metrics_run_over_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("series.csv");
    // The statetime scenario of the AWS IoT SiteWise user guide, and a second name in between.
    std::fs::write(
        &file,
        "time,name,value,quality\n\
         2026-11-22T14:00:00Z,idle,0,GOOD\n\
         2026-11-22T14:00:30Z,idle,1,GOOD\n\
         2026-11-22T14:00:40Z,\"state, raw\",\"a \"\"b\"\"\",GOOD\n\
         2026-11-22T14:01:15Z,idle,1,good\n\
         2026-11-22T14:02:00Z,idle,0,BAD\n\
         2026-11-22T14:02:45Z,idle,0,\n\
         2026-11-22T14:04:00Z,idle,0\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let (code, out, err) = eval(&["statetime(idle)", "--series", file, "--window", "1m"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        out,
        "2026-11-22T14:00:00Z no output\n\
         2026-11-22T14:01:00Z 30\n\
         2026-11-22T14:02:00Z 60\n\
         2026-11-22T14:03:00Z 45\n\
         2026-11-22T14:04:00Z 0\n"
    );
    let (_, out, _) = eval(&[
        "count(idle) * k",
        "--let",
        "k=10",
        "--series",
        file,
        "--window",
        "2m",
        "--every",
        "1m",
    ]);
    assert_eq!(out.lines().last(), Some("2026-11-22T14:04:00Z 20"), "{out}");
    let (_, out, _) = eval(&[
        "count(idle)",
        "--series",
        file,
        "--window",
        "1d",
        "--zone",
        "Europe/Paris",
        "--offset",
        "06:00",
    ]);
    assert_eq!(out, "2026-11-23T05:00:00Z 5\n");
    // Without a window a transform: once for every sample, and a bad one is not consumed.
    for (formula, expect) in [
        (
            "idle - pretrigger(idle)",
            ["no output", "1", "0", "no output", "-1", "0"],
        ),
        ("quality(idle)", ["good", "good", "good", "bad", "good", "good"]),
        ("if_bad(idle, 7)", ["0", "1", "1", "7", "0", "0"]),
        ("hold_last(idle, 3600)", ["0", "1", "1", "1", "0", "0"]),
    ] {
        let (_, out, _) = eval(&[formula, "--series", file, "--now", "2026-11-22T14:05:00Z"]);
        let values: Vec<&str> = out
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(_, value)| value)
            .collect();
        assert_eq!(values, expect, "{formula}");
    }
}

#[test]
fn broken_files_are_told_with_their_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("broken.csv");
    for (text, expect) in [
        (
            "2026-11-22T14:00:00Z,x,1,GOOD\nyesterday,x,2,GOOD\n",
            ":2: `yesterday` is no time",
        ),
        ("2026-11-22T14:00:00Z,x\n", ":1: expected time,name,value,quality"),
        (
            "2026-11-22T14:00:00Z,x,1,PERFECT\n",
            ":1: `PERFECT` is no quality",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let (code, _, err) = eval(&["sum(x)", "--series", file.to_str().unwrap(), "--window", "1m"]);
        assert_eq!(code, 2);
        assert!(err.contains(expect), "{err}");
    }
}

#[test]
fn long_files_and_far_times_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("long.csv");
    // More samples than a metric keeps at once: 250,000 over 250 minutes.
    let lines: String = (0..250_000)
        .map(|n| format!("{},x,1\n", 1_000_000.0 + f64::from(n) * 0.06))
        .collect();
    std::fs::write(&file, lines).unwrap();
    let (code, out, err) = eval(&["count(x)", "--series", file.to_str().unwrap(), "--window", "1h"]);
    let counted: u64 = out
        .lines()
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum();
    assert_eq!((code, counted), (0, 250_000), "{err}");
    std::fs::write(&file, "0,x,1\n1e300,x,2\n").unwrap();
    let (code, _, err) = eval(&["count(x)", "--series", file.to_str().unwrap(), "--window", "1s"]);
    assert_eq!(code, 2);
    assert!(err.contains("choose longer ones"), "{err}");
    std::fs::write(&file, "1e300,x,2\n").unwrap();
    let (code, out, _) = eval(&["sum(x)", "--series", file.to_str().unwrap(), "--window", "1s"]);
    assert_eq!((code, out.lines().count()), (0, 1), "{out}");
}
