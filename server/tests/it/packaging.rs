//! What the files in `packaging/` promise: nobody's privileges, a root that is not written to.

use std::process::Command;

use crate::support::Gemba;

const UNIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packaging/gemba.service");

/// Of ten; what `docs/security.md` says of it, and a little for other versions of systemd.
const MOST_EXPOSED: f64 = 1.5;

#[test]
fn the_unit_is_as_confined_as_the_guide_says() {
    let analyzed = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", UNIT])
        .output();
    let Ok(analyzed) = analyzed else {
        eprintln!("skipped: there is no systemd-analyze here");
        return;
    };
    let said = String::from_utf8_lossy(&analyzed.stdout);
    let score = said.lines().rev().find_map(|line| {
        let (_, score) = line.split_once("exposure level for gemba.service: ")?;
        score.split(' ').next()?.parse::<f64>().ok()
    });
    let score = score.unwrap_or_else(|| panic!("no score: {said}"));
    assert!(score <= MOST_EXPOSED, "{said}");
    let guide = include_str!("../../../docs/security.md");
    assert!(guide.contains(&format!("**{score} OK**")) || score < MOST_EXPOSED);
}

/// As `nobody`, without capabilities, with everything read-only but the data directory.
#[tokio::test(flavor = "multi_thread")]
async fn it_runs_without_privileges_on_a_read_only_root() {
    let Some(mut gemba) = Gemba::serve_confined(&[]).await else {
        eprintln!("skipped: no mounts of one's own here");
        return;
    };
    assert_eq!(gemba.get("/healthz").await.as_deref(), Some("ok\n"));
    assert!(gemba.get("/overview").await.is_some());
    assert_eq!(gemba.status_line("Uid").as_deref(), Some("65534"));
    assert_eq!(gemba.status_line("CapEff").as_deref(), Some("0000000000000000"));
    assert_eq!(gemba.status_line("NoNewPrivs").as_deref(), Some("1"));
    assert!(gemba.terminate(), "it did not stop in order");
}
