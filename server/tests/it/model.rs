//! `gemba model`: check, plan, apply, roll back, export, with and without a server.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use server::clock::SystemClock;
use server::model::{Applied, Content, ModelShelf, Proposal};

use crate::support::{Gemba, until};

const PUMP: &str = r#"# Pumps, as bought in 2019.
[types.pump]
version = 1   # raise it

[types.pump.properties.flow]
kind = "measurement"
unit = "m3/h"
topic = "acme/{asset}/flow"
limits = { low = 5 }
"#;
const SITE: &str = "[assets.p-14]\r\ntype = \"pump\" # the north one\r\nname = \"Pumpe 14 – Nord\"\r\n";

/// A folder of model files and a data directory, and what commands say of them.
struct Bench {
    dir: tempfile::TempDir,
    data: PathBuf,
}

/// Exit code, standard output, standard error.
type Said = (i32, String, String);

impl Bench {
    fn new(data: &Path) -> Self {
        let bench = Self {
            dir: tempfile::tempdir().unwrap(),
            data: data.to_owned(),
        };
        bench.write("types/pump.toml", PUMP);
        bench.write("sites/lyon.toml", SITE);
        bench
    }

    /// With a store that no server holds.
    async fn stopped() -> (Self, Gemba) {
        let mut gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
        assert!(gemba.terminate());
        (Self::new(&gemba.data), gemba)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join("model").join(file)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn change(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(file, &text.replace(from, to));
    }

    fn command(&self, verb: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
        command
            .current_dir(self.dir.path())
            .args(["model", verb])
            .args(args);
        command.env("USER", "maintenance").env("TZ", "UTC");
        if !["check", "relations"].contains(&verb) {
            command.arg("--data").arg(&self.data);
        }
        command
    }

    fn run(&self, verb: &str, args: &[&str]) -> Said {
        said(self.command(verb, args).stdin(Stdio::null()).output().unwrap())
    }

    /// The same, with this typed at the question.
    fn typed(&self, verb: &str, args: &[&str], line: &str) -> Said {
        let mut command = self.command(verb, args);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
        said(child.wait_with_output().unwrap())
    }

    fn spawn(&self, verb: &str, args: &[&str]) -> Child {
        let mut command = self.command(verb, args);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Runs a command that must do well; answers what it said.
    fn ok(&self, verb: &str, args: &[&str]) -> String {
        let (code, out, err) = self.run(verb, args);
        assert_eq!(code, 0, "{verb} {args:?}: {out}{err}");
        out
    }

    /// The numbers of the versions that are kept.
    fn versions(&self) -> Vec<u32> {
        let listed = self.ok("versions", &[]);
        listed
            .lines()
            .filter_map(|line| line.split_whitespace().next()?.parse().ok())
            .collect()
    }

    fn exported(&self, into: &str, args: &[&str]) -> (String, String) {
        self.ok("export", &[&[into], args].concat());
        let read = |file: &str| std::fs::read_to_string(self.dir.path().join(into).join(file)).unwrap();
        (read("types/pump.toml"), read("sites/lyon.toml"))
    }
}

fn said(output: std::process::Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn every_mistake_is_told_with_its_place_and_exit_2() {
    let bench = Bench::new(Path::new("/nowhere"));
    assert_eq!(bench.ok("check", &[]), "1 type, 1 asset: 0 errors, 0 warnings\n");
    bench.change("types/pump.toml", "m3/h", "m³/h");
    bench.change("sites/lyon.toml", "\"pump\"", "\"pmup\"");
    let (code, out, _) = bench.run("check", &["model"]);
    assert_eq!(code, 2, "{out}");
    for part in [
        "model/sites/lyon.toml:2:8: unknown type `pmup`; did you mean `pump`?\n  type = \"pmup\" # the north one\n         ^^^^^^\n",
        "model/types/pump.toml:7:8: `m³/h` is not a UCUM code; write `m3/h`\n",
        "2 errors, 0 warnings",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let (code, out, _) = bench.run("check", &["--json"]);
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["ok"]), (2, &serde_json::json!(false)));
    let first = &told["problems"][0];
    assert_eq!(first["file"], "model/sites/lyon.toml");
    assert_eq!((&first["line"], &first["column"]), (&2.into(), &8.into()));
    assert_eq!(
        (&first["text"], &first["severity"]),
        (&"\"pmup\"".into(), &"error".into())
    );
    assert_eq!(first["help"], "did you mean `pump`?");

    let (code, _, err) = bench.run("check", &["modle"]);
    assert_eq!(code, 2);
    assert!(err.contains("modle: there is no such folder"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_round_as_they_were_given() {
    let (bench, _gemba) = Bench::stopped().await;
    let plan = bench.ok("plan", &[]);
    assert!(
        plan.contains("There is no version yet") && plan.contains("+ types/pump"),
        "{plan}"
    );
    let (code, _, err) = bench.typed("apply", &[], "n\n");
    assert_eq!(code, 1);
    assert!(
        err.contains("Apply as version 1? [y/N]") && err.contains("Nothing was applied."),
        "{err}"
    );
    assert!(bench.versions().is_empty());
    let (code, out, _) = bench.typed("apply", &["--comment", "As built"], "y\n");
    assert!(code == 0 && out.ends_with("Version 1 holds now.\n"), "{out}");
    assert!(bench.ok("plan", &[]).contains("nothing changes"));
    assert!(
        bench
            .ok("apply", &["--yes"])
            .contains("Version 1 has these files already.")
    );

    bench.change("types/pump.toml", "low = 5", "low = 6");
    bench.change("types/pump.toml", "version = 1", "version = 2");
    let plan = bench.ok("plan", &[]);
    for part in [
        "Against version 1: ",
        "maintenance  As built\n",
        "~ properties.flow.limits.low: 5 → 6\n",
        "0 to add, 1 to change, 0 to remove\nreaches 1 asset, 0 roll-ups, 1 binding",
    ] {
        assert!(plan.contains(part), "{part}\n{plan}");
    }
    let (code, _, err) = bench.run("apply", &["--yes", "--expect", "3"]);
    assert_eq!(code, 1);
    assert!(err.contains("version 1 holds now, not 3"), "{err}");
    bench.ok("apply", &["--yes", "--expect", "1"]);
    // A comment alone is a version too.
    bench.write("sites/lyon.toml", &format!("# checked\n{SITE}"));
    let plan = bench.ok("plan", &[]);
    assert!(
        plan.contains("nothing changes\nbut for the texts of sites/lyon.toml\n"),
        "{plan}"
    );
    bench.ok("apply", &["--yes"]);

    let back = bench.ok("apply", &["--rollback", "1", "--yes", "--comment", "Too high"]);
    assert!(
        back.contains("~ properties.flow.limits.low: 6 → 5\n") && back.ends_with("Version 4 holds now.\n"),
        "{back}"
    );
    let listed = bench.ok("versions", &[]);
    let first = listed.lines().next().unwrap();
    assert!(
        first.starts_with("4  ") && first.ends_with("maintenance  files of version 1  Too high"),
        "{listed}"
    );
    assert_eq!(bench.versions(), [4, 3, 2, 1]);
    assert_eq!(bench.exported("now", &[]), (PUMP.to_owned(), SITE.to_owned()));
    let (_, site) = bench.exported("then", &["--version", "3"]);
    assert_eq!(site, format!("# checked\n{SITE}"));
    // Back from going back.
    bench.ok("apply", &["--rollback", "--yes"]);
    assert_eq!(bench.exported("again", &[]).1, format!("# checked\n{SITE}"));
    let (code, _, err) = bench.run("apply", &["--rollback", "99", "--yes"]);
    assert!(code == 1 && err.contains("version 99 is not kept"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn export_keeps_what_nobody_applied() {
    let (bench, _gemba) = Bench::stopped().await;
    bench.ok("apply", &["--yes"]);
    bench.change("types/pump.toml", "2019", "2020");
    bench.ok("apply", &["--yes"]);
    // What some version has is replaced without a word, and back.
    let said = bench.ok("export", &["--version", "1"]);
    assert!(said.contains("0 new, 1 replaced, 1 the same."), "{said}");
    bench.ok("export", &[]);
    // What none has is not.
    bench.change("types/pump.toml", "2020", "2021");
    std::fs::remove_file(bench.path("sites/lyon.toml")).unwrap();
    bench.write("mine.toml", "");
    let (code, _, err) = bench.run("export", &[]);
    assert_eq!(code, 1, "{err}");
    assert!(
        err.contains("model/types/pump.toml") && err.contains("--force"),
        "{err}"
    );
    assert!(!bench.path("sites/lyon.toml").exists());
    let said = bench.ok("export", &["--force"]);
    assert!(
        said.contains("1 new, 1 replaced") && said.contains("left alone:\n  model/mine.toml"),
        "{said}"
    );
    let text = std::fs::read_to_string(bench.path("types/pump.toml")).unwrap();
    assert_eq!(text, PUMP.replace("2019", "2020"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_takes_a_model_and_refuses_a_wrong_one() {
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let bench = Bench::new(&gemba.data);
    assert!(bench.ok("apply", &["--yes"]).ends_with("Version 1 holds now.\n"));
    until("the asset is there", async || {
        let hits = gemba.ask("search?q=Pumpe").await?;
        hits.to_string().contains("Pumpe 14").then_some(())
    })
    .await;
    bench.change("types/pump.toml", "m3/h", "m3//h");
    let (code, _, err) = bench.run("apply", &["--yes"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("model/types/pump.toml:7:8: ") && err.contains("Nothing was applied."),
        "{err}"
    );
    assert_eq!(bench.versions(), [1]);
    // Not every caller has looked before.
    let token = std::fs::read_to_string(gemba.data.join("token")).unwrap();
    let ask = async |token: &str, body: &str| {
        let head = format!("x-gemba-token: {token}");
        gemba.exchange("POST /api/local/model", &[&head], body).await
    };
    let apply = |path: &str, text: &str| {
        let file = serde_json::json!({ "path": path, "text": text });
        serde_json::json!({ "Apply": { "base": 1, "files": [file], "author": "a", "comment": "" } })
            .to_string()
    };
    let (status, answer) = ask(token.trim(), &apply("a.toml", "[types.a]\nx = 1")).await;
    assert!(
        status == 200 && answer.contains("Wrong") && answer.contains("unknown key `x`"),
        "{answer}"
    );
    let (status, answer) = ask(token.trim(), &apply("../a.toml", "")).await;
    assert!(status == 200 && answer.contains("Refused"), "{answer}");
    assert_eq!(ask("wrong", &apply("a.toml", "")).await.0, 403);
    assert_eq!(ask(token.trim(), "{}").await.0, 400);
    assert_eq!(bench.versions(), [1]);
    bench.write("types/pump.toml", &PUMP.replace("low = 5", "low = 4"));
    bench.ok("apply", &["--yes"]);
    assert_eq!(bench.versions(), [2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_running_server_exports_is_what_it_has() {
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let bench = Bench::new(&gemba.data);
    bench.write("mixed/bindings.toml", "# by rule\n[bindings.m]\nfilter = \"m/+asset\"\nasset = \"{asset}\"\nproperty = \"flow\"\nvalue = \"$\"\n");
    bench.ok("apply", &["--yes"]);
    // Applied and exported over and over, with one change between: never more than that change.
    for (round, low) in ["low = 5", "low = 6"].into_iter().enumerate() {
        let version = u32::try_from(round).unwrap() + 1;
        let said = bench.ok("export", &[]);
        assert!(said.contains("0 new, 0 replaced, 3 the same."), "{said}");
        std::fs::remove_dir_all(bench.path("")).unwrap();
        let said = bench.ok("export", &[]);
        assert!(said.contains("3 new, 0 replaced, 0 the same."), "{said}");
        let plan = bench.ok("plan", &[]);
        assert!(
            plan.contains("nothing changes") && !plan.contains("but for"),
            "{plan}"
        );
        let said = bench.ok("apply", &["--yes"]);
        assert!(
            said.ends_with(&format!("Version {version} has these files already.\n")),
            "{said}"
        );
        let expect: Vec<u32> = (1..=version).rev().collect();
        assert_eq!(bench.versions(), expect, "no version for nothing");
        bench.change("types/pump.toml", low, "low = 6");
        bench.change("types/pump.toml", "# raise it", "# raise it!");
        bench.ok("apply", &["--yes"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_wins() {
    for is_running in [true, false] {
        let (bench, _gemba) = if is_running {
            let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
            (Bench::new(&gemba.data), gemba)
        } else {
            Bench::stopped().await
        };
        bench.ok("apply", &["--yes"]);
        let others: Vec<Bench> = (0..4)
            .map(|n| {
                let other = Bench::new(&bench.data);
                other.change("types/pump.toml", "low = 5", &format!("low = {}", n + 6));
                other
            })
            .collect();
        let runs: Vec<Child> = others
            .iter()
            .map(|other| other.spawn("apply", &["--yes", "--expect", "1"]))
            .collect();
        let results: Vec<Said> = runs
            .into_iter()
            .map(|run| said(run.wait_with_output().unwrap()))
            .collect();
        let won: Vec<usize> = (0..4).filter(|n| results[*n].0 == 0).collect();
        assert_eq!(won.len(), 1, "{is_running}: {results:?}");
        for (code, _, err) in results.iter().filter(|(code, ..)| *code != 0) {
            assert!(
                *code == 1 && err.contains("version 2 holds now, not 1"),
                "{is_running}: {err}"
            );
        }
        assert_eq!(bench.versions(), [2, 1]);
        let (pump, _) = bench.exported("won", &[]);
        assert!(pump.contains(&format!("low = {}", won[0] + 6)), "{pump}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_loses_no_version_and_makes_no_half_one() {
    let mut gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let bench = Bench::new(&gemba.data);
    // Long enough to be written for some milliseconds.
    let filler = "# words words words\n".repeat(100_000);
    let (mut promised, mut cut_short) = (0, 0);
    for round in 0..24_u32 {
        for (file, text) in [
            ("types/pump.toml", PUMP),
            ("sites/lyon.toml", SITE),
            ("filler.toml", &filler),
        ] {
            bench.write(file, &format!("# round {round}\n{text}"));
        }
        // Of three rounds one kills the server that applies, one the command that does it without.
        let (victim, moment) = (round % 3, Duration::from_millis(u64::from(round) * 4));
        if victim == 1 {
            assert!(gemba.terminate());
        }
        let mut apply = bench.spawn("apply", &["--yes"]);
        if victim < 2 {
            // At a moment of its own: before, amid or after.
            tokio::time::sleep(moment).await;
        }
        match victim {
            0 => gemba.kill(),
            1 => apply.kill().unwrap(),
            _ => {}
        }
        let (code, out, _) = said(apply.wait_with_output().unwrap());
        if code == 0 {
            let version = out.split("Version ").last().unwrap().split(' ').next().unwrap();
            promised = version.parse().unwrap();
        } else {
            cut_short += 1;
        }
        let versions = bench.versions();
        let current = versions.first().copied().unwrap_or(0);
        assert!(current >= promised, "{promised} was promised, {current} is there");
        for number in versions.into_iter().take(2) {
            let (pump, site) = bench.exported("seen", &["--force", "--version", &number.to_string()]);
            let filler = std::fs::read_to_string(bench.dir.path().join("seen/filler.toml")).unwrap();
            let mark = |text: &str| text.lines().next().unwrap().to_owned();
            assert_eq!(mark(&pump), mark(&site), "version {number}");
            assert_eq!(mark(&pump), mark(&filler), "version {number}");
        }
        if victim < 2 {
            gemba.start().await;
        }
    }
    assert!(promised > 0 && cut_short > 0, "{promised} {cut_short}");
    eprintln!("{cut_short} of 24 were cut short; version {promised} is the last promised");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_takes_a_folder_and_a_backup_has_it() {
    let bench = Bench::new(Path::new("/nowhere"));
    let folder = bench.path("").display().to_string();
    let args = ["--mqtt", "mqtt://127.0.0.1:9", "--model", folder.as_str()];
    let mut gemba = Gemba::serve(&args).await;
    let bench = Bench {
        data: gemba.data.clone(),
        ..bench
    };
    assert_eq!(bench.versions(), [1]);
    // Only at the first.
    bench.change("types/pump.toml", "low = 5", "low = 6");
    assert!(gemba.terminate());
    gemba.start().await;
    assert_eq!(bench.versions(), [1]);
    bench.ok("apply", &["--yes"]);

    let (file, restored) = (bench.dir.path().join("backup"), bench.dir.path().join("restored"));
    let gemba_does = |verb: &str, data: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
        command.arg(verb).arg(&file).arg("--data").arg(data);
        assert!(command.output().unwrap().status.success(), "{verb}");
    };
    gemba_does("backup", &gemba.data);
    gemba_does("restore", &restored);
    let bench = Bench {
        data: restored,
        ..bench
    };
    assert_eq!(bench.versions(), [2, 1]);
    assert_eq!(
        bench.exported("first", &["--version", "1"]),
        (PUMP.to_owned(), SITE.to_owned())
    );
    let (pump, _) = bench.exported("second", &[]);
    assert!(pump.contains("low = 6"), "{pump}");
}

#[test]
fn a_wrong_folder_at_a_first_start_is_told() {
    let bench = Bench::new(Path::new("/nowhere"));
    bench.change("types/pump.toml", "measurement", "measurment");
    let mut command = Command::new(env!("CARGO_BIN_EXE_gemba"));
    command.current_dir(bench.dir.path());
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        "data",
        "--model",
        "model",
    ]);
    let (code, _, err) = said(command.output().unwrap());
    assert_eq!(code, 1, "{err}");
    assert!(
        err.contains("model/types/pump.toml:6:8: `measurment` is not a kind"),
        "{err}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_in_the_browser_is_listed_to_be_taken_over() {
    let broker = crate::support::Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    let bench = Bench::new(&gemba.data);
    bench.ok("apply", &["--yes"]);
    let mut publisher = crate::support::Publisher::new(broker.port, "pump");
    let message = ("acme/p-14/flow".to_owned(), b"7.5".to_vec());
    publisher.publish([message]).await;
    let point = until("the point is there", async || {
        let hits = gemba.ask("search?q=flow").await?;
        hits.as_array()?.iter().find_map(|hit| hit["point"][0].as_u64())
    })
    .await;
    assert!(!bench.ok("plan", &[]).contains("in the browser"));
    let form = format!("point={point}&form[name]=Zulauf&form[low]=4.5");
    assert_eq!(gemba.send("save_point", &form).await, 200);
    let plan = bench.ok("plan", &[]);
    assert!(
        plan.contains("Set in the browser for single assets, and not in these files:\n~ assets/p-14\n"),
        "{plan}"
    );
    assert!(
        plan.contains("limits = { low = 4.5 }") && plan.contains("name = \"Zulauf\""),
        "{plan}"
    );
    let taken_over = "[assets.p-14.properties]\nflow = { name = \"Zulauf\", limits = { low = 4.5 } }\n";
    bench.write("sites/lyon.toml", &format!("{SITE}{taken_over}"));
    let plan = bench.ok("plan", &[]);
    assert!(!plan.contains("in the browser"), "{plan}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_in_the_browser_is_not_undone_unasked() {
    let (bench, gemba) = Bench::stopped().await;
    bench.ok("apply", &["--yes"]);
    let in_browser = PUMP.replace("low = 5", "low = 7");
    {
        let records = store::Records::open(&gemba.data.join("records.db"))
            .await
            .unwrap();
        let shelf = ModelShelf::open(records, Arc::new(SystemClock)).await.unwrap();
        let file = |path: &str, text: &str| store::ModelFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let files = vec![
            file("types/pump.toml", &in_browser),
            file("sites/lyon.toml", SITE),
        ];
        let proposal = Proposal {
            base: Some(1),
            content: Content::Files(files),
            author: "anyone".to_owned(),
            comment: String::new(),
            origin: store::ModelOrigin::Browser,
        };
        let applied = shelf.apply(proposal).await.unwrap();
        assert!(matches!(applied, Applied::New(_)), "{applied:?}");
        shelf.records().close().await;
    }
    bench.change("sites/lyon.toml", "Nord", "Süd");
    let plan = bench.ok("plan", &[]);
    let listed = "Changed in the browser since version 1, and not in these files:\n\
                  ~ types/pump  (1 asset)\n    ~ properties.flow.limits.low: 5 → 7\n\
                  Applying these files undoes that. Take it over first: gemba model export model\n";
    assert!(plan.contains(listed), "{plan}");
    let (code, _, err) = bench.run("apply", &["--yes"]);
    assert!(
        code == 1 && err.contains("it would undo 1 change made in the browser"),
        "{err}"
    );
    let (code, _, err) = bench.typed("apply", &[], "no\n");
    assert!(
        code == 1 && err.contains("This undoes 1 change made in the browser. Apply as"),
        "{err}"
    );
    // Taking over keeps what was changed here.
    let mine = std::fs::read_to_string(bench.path("sites/lyon.toml")).unwrap();
    let exported = bench.ok("export", &[]);
    assert!(
        exported.contains("left alone:\n  model/sites/lyon.toml\n"),
        "{exported}"
    );
    assert_eq!(
        std::fs::read_to_string(bench.path("sites/lyon.toml")).unwrap(),
        mine
    );
    assert_eq!(
        std::fs::read_to_string(bench.path("types/pump.toml")).unwrap(),
        in_browser
    );
    assert!(!bench.ok("plan", &[]).contains("in the browser since"));
    // Knowing it, one may undo it.
    bench.write("types/pump.toml", PUMP);
    bench.ok("apply", &["--yes", "--expect", "2"]);
    assert_eq!(bench.versions(), [3, 2, 1]);
}

/// The commands of docs/model-files.md give what stands below them: `…` for any lines, and any time.
#[tokio::test(flavor = "multi_thread")]
async fn the_documented_commands_say_what_is_documented() {
    const PAGE: &str = include_str!("../../../docs/model-files.md");
    let blocks = |language: &str| -> Vec<&str> {
        let fence = format!("```{language}\n");
        let after = PAGE.split(fence.as_str()).skip(1);
        after.filter_map(|rest| rest.split("```").next()).collect()
    };
    let gemba = Gemba::serve(&["--mqtt", "mqtt://127.0.0.1:9"]).await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("model")).unwrap();
    std::fs::write(dir.path().join("model/plant.toml"), blocks("toml").join("\n")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_gemba")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let script = blocks("console").concat();
    let steps: Vec<&str> = script.split("$ ").filter(|step| !step.is_empty()).collect();
    assert!(steps.len() >= 9, "{steps:?}");
    for step in steps {
        let (line, expect) = step.split_once('\n').unwrap();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", line])
            .current_dir(dir.path())
            .stdin(Stdio::null());
        shell.env("STATE_DIRECTORY", &gemba.data).env("PATH", &path);
        shell.env("USER", "maria").env("TZ", "UTC");
        let (code, out, err) = said(shell.output().unwrap());
        assert_eq!(code, 0, "{line}: {out}{err}");
        assert!(
            agrees(&timeless(expect), &timeless(&out)),
            "{line}\n{out}\nis not\n{expect}"
        );
    }
}

/// With every time the same.
fn timeless(text: &str) -> String {
    const TIME: usize = "2026-11-22 14:03:11".len();
    let line = |line: &str| {
        let (before, after) = line.split_once(" +0000").unzip();
        let head = before.and_then(|before| before.get(..before.len().checked_sub(TIME)?));
        match (head, after) {
            (Some(head), Some(after)) => format!("{head}TIME{after}\n"),
            _ => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

fn agrees(expect: &str, out: &str) -> bool {
    let (mut expect, mut out) = (expect.lines().peekable(), out.lines().peekable());
    while let Some(line) = expect.next() {
        if line == "…" {
            let next = expect.peek();
            while out.peek().is_some() && out.peek() != next {
                out.next();
            }
        } else if out.next() != Some(line) {
            return false;
        }
    }
    out.next().is_none()
}

#[test]
fn who_sat_here_when_is_answered_from_the_files() {
    let bench = Bench::new(Path::new("nowhere"));
    let pump = |id: &str, times: &str| {
        format!(
            "[assets.{id}]\ntype = \"pump\"\n[[assets.{id}.relations.located_in]]\nto = \"slot\"\n{times}"
        )
    };
    let site = [
        "[types.place]\n[assets.slot]\ntype = \"place\"\n".to_owned(),
        pump("old", "until = 2026-03-10T00:00:00Z\n"),
        pump("new", "from = 2026-03-10T00:00:00Z\n"),
        "[links]\nfeeds = [{ way = [\"old\", \"new\"], until = 2026-01-01T00:00:00Z }]\n".to_owned(),
    ];
    bench.write("sites/lyon.toml", &site.concat());
    let old = "location_of  old  until 2026-03-10T00:00:00Z\n";
    let new = "location_of  new  from 2026-03-10T00:00:00Z\n";
    for (args, expect) in [
        (
            &["slot", "--from", "2026-03-01", "--until", "2026-04-01"][..],
            format!("{new}{old}"),
        ),
        (&["slot", "--at", "2026-03-09"], old.to_owned()),
        (&["slot", "--at", "2026-03-10T06:00:00+01:00"], new.to_owned()),
        (
            &["slot", "--relation", "location_of", "--until", "2026-02-01"],
            old.to_owned(),
        ),
        (&["slot", "--relation", "feeds"], "Nothing then.\n".to_owned()),
        (
            &["new", "--at", "2025-12-24"],
            "fed_by  old  until 2026-01-01T00:00:00Z\n".to_owned(),
        ),
    ] {
        assert_eq!(bench.ok("relations", args), expect, "{args:?}");
    }
    for (args, expect) in [
        (&["pit"][..], "there is no asset `pit`"),
        (
            &["slot", "--at", "March"],
            "`March` is no time: write a day, 2026-03-15",
        ),
        (
            &["slot", "--from", "2026-03-02", "--until", "2026-03-01"],
            "ends before it begins",
        ),
    ] {
        let (code, _, err) = bench.run("relations", args);
        assert!(code == 1 && err.contains(expect), "{args:?}: {err}");
    }
}
