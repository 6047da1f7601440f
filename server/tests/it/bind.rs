//! Mapping rules: tried at a shell, captured from a broker, and at work in a running server.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Gemba, Mosquitto, Publisher, until};

const MODEL: &str = r#"
[types.pump.properties]
flow = { kind = "measurement", unit = "m3/h" }
running = { kind = "measurement", data = "boolean" }

[assets.p-14]
name = "Pump 14 north"
type = "pump"

[bindings.gateway]
preset = "kepware"
filter = "plant/kepware"
assets = { "Channel1.Device1" = "p-14" }
properties = { Tag1 = "flow", Tag2 = "running" }
"#;

const MESSAGE: &str = r#"{"timestamp":1593698672213,"values":[{"id":"Channel1.Device1.Tag1","v":11.25,"q":true,"t":1593698671342},{"id":"Channel1.Device1.Tag2","v":true,"q":true,"t":1593698671342}]}"#;

/// Exit code, standard output, standard error.
fn gemba(dir: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .current_dir(dir)
        .arg("bind")
        .args(args)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn folder(samples: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("model")).unwrap();
    std::fs::write(dir.path().join("model/plant.toml"), MODEL).unwrap();
    std::fs::write(dir.path().join("samples"), samples).unwrap();
    dir
}

#[test]
fn samples_are_tried_and_each_says_what_becomes_of_it() {
    let dir = folder(&format!("plant/kepware {MESSAGE}\n"));
    let (code, out, err) = gemba(dir.path(), &["test", "--model", "model", "samples"]);
    assert_eq!(
        out,
        "plant/kepware\n\
         \x20 gateway: p-14 flow = 11.25, good, 2020-07-02T14:04:31.342Z\n\
         \x20 gateway: p-14 running = true, good, 2020-07-02T14:04:31.342Z\n\
         1 message, 1 read by rules; 2 values, 0 not read\n"
    );
    assert_eq!((code, err.as_str()), (0, ""));

    // What the model has not, what no rule is for, what is no sample.
    let samples = format!(
        "{}\nacme/flow 24.7\n{{\n",
        format!("plant/kepware {MESSAGE}").replace("Tag2", "Tag3")
    );
    std::fs::write(dir.path().join("samples"), samples).unwrap();
    let (code, out, _) = gemba(dir.path(), &["test", "--model", "model", "samples"]);
    assert_eq!(
        out,
        "plant/kepware\n\
         \x20 gateway: p-14 flow = 11.25, good, 2020-07-02T14:04:31.342Z\n\
         \x20 gateway: p-14 Tag3 = true, good, 2020-07-02T14:04:31.342Z\n\
         \x20   ! a `pump` has no property `Tag3`\n\
         acme/flow\n\
         \x20 no rule is for this topic\n\
         \x20 without a rule: 1 value\n\
         {\n\
         \x20 line 3: this is no JSON: EOF while parsing an object at line 1 column 1\n\
         3 messages, 1 read by rules; 2 values, 2 not read\n"
    );
    assert_eq!(code, 2);
}

#[test]
fn a_rule_with_a_mistake_says_where() {
    let dir = folder("");
    let rule = "[bindings.a]\nfilter = \"acme/+asset/#tag\"\nasset = \"{aset}\"\nproperty = \"{tag}\"\n";
    std::fs::write(dir.path().join("rule.toml"), rule).unwrap();
    let (code, out, err) = gemba(dir.path(), &["test", "--rule", "rule.toml", "samples"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("rule.toml:3:10: unknown name `aset`; did you mean `asset`?\n"),
        "{err}"
    );
    let (code, _, err) = gemba(dir.path(), &["test", "samples"]);
    assert_eq!(code, 2);
    assert!(err.starts_with("there is no rule"), "{err}");
    let (code, _, err) = gemba(dir.path(), &["test", "--preset", "kepwear", "samples"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean `kepware`?"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_broker_says_is_captured_and_can_be_tried() {
    let broker = Mosquitto::start().await;
    let mut publisher = Publisher::new(broker.port, "gateway");
    publisher
        .publish_one("plant/kepware", MESSAGE.as_bytes(), true)
        .await;
    publisher.publish_one("plant/raw", b"\xff\x00", true).await;
    let dir = folder("");
    let url = broker.url();
    let args = ["capture", "--url", &url, "--seconds", "1", "--out", "captured"];
    let (code, _, err) = gemba(dir.path(), &args);
    assert_eq!(code, 0, "{err}");
    assert!(err.starts_with("2 messages of 2 heard"), "{err}");
    let (code, out, _) = gemba(dir.path(), &["test", "--model", "model", "captured"]);
    assert!(
        out.contains("plant/kepware (retained)\n  gateway: p-14 flow = 11.25"),
        "{out}"
    );
    assert!(
        out.contains("plant/raw (retained)\n  no rule is for this topic"),
        "{out}"
    );
    assert_eq!(code, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applied_rule_takes_the_next_message() {
    let broker = Mosquitto::start().await;
    let gemba = Gemba::serve(&["--mqtt", &broker.url()]).await;
    let mut publisher = Publisher::new(broker.port, "gateway");
    publisher
        .publish_one("plant/kepware", MESSAGE.as_bytes(), false)
        .await;
    // Without a rule: what the message itself says.
    until("found by itself", async || {
        gemba
            .get("/api/fn/search?q=Tag1")
            .await
            .filter(|hits| hits.contains("Tag1"))
    })
    .await;

    let dir = folder("");
    let applied = Command::new(env!("CARGO_BIN_EXE_gemba"))
        .current_dir(dir.path())
        .args(["model", "apply", "model", "--yes", "--data"])
        .arg(&gemba.data)
        .output()
        .unwrap();
    assert!(applied.status.success(), "{applied:?}");
    let message = MESSAGE
        .replace("11.25", "12.75")
        .replace("1593698671342", "1593698681342");
    publisher
        .publish_one("plant/kepware", message.as_bytes(), false)
        .await;
    publisher
        .publish_one("plant/kepware", br#"{"values":[{"id":"x","v":1}]}"#, false)
        .await;
    until("on the page of the model's asset", async || {
        let page = gemba.get("/h/p-14").await?;
        (page.contains("Pump 14 north") && page.contains("12.75")).then_some(())
    })
    .await;
    until("what could not be read is told", async || {
        gemba
            .get("/sources")
            .await
            .filter(|page| page.contains("is not like the pattern"))
    })
    .await;
}
