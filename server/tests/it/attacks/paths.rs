//! Paths that lead out of where they should stay.

use access::Role;

use crate::support::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_path_out_of_the_static_files() {
    let site = Site::new().await;
    std::fs::write(site.dir.path().join("secret.txt"), "sw0rdfish").unwrap();
    let owner = site.session("owner", vec![site.grant(Role::Owner, "")]).await;
    assert_eq!(site.get("/pkg/client.js").await.body, "// the client");
    for path in [
        "/../secret.txt",
        "/pkg/../../secret.txt",
        "/pkg/..%2f..%2fsecret.txt",
        "/pkg/%2e%2e/%2e%2e/secret.txt",
        "/pkg/..%5c..%5csecret.txt",
        "/%2e%2e%2fsecret.txt",
        "//secret.txt",
        "/pkg//../../data/records.db",
        "/pkg/....//....//secret.txt",
        "/pkg/client.js%00.txt",
        "/pkg/client.js/../../../secret.txt",
        "/index.html",
        "/.git/config",
        "/etc/passwd",
        "//etc/passwd",
    ] {
        // As it is sent: clients tidy paths up.
        let words = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: gemba_session={owner}\r\nconnection: close\r\n\r\n",
            site.address
        );
        let answer = site.says(words.as_bytes()).await;
        assert!(
            answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400"),
            "{path}: {}",
            answer.get(..200).unwrap_or(&answer)
        );
        assert!(
            !answer.contains("sw0rdfish") && !answer.contains("root:"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_out_of_the_folder_of_a_model() {
    let site = Site::new().await;
    for path in [
        "../evil.toml",
        "a/../../evil.toml",
        "/tmp/evil.toml",
        "a\\..\\evil.toml",
        ".hidden/evil.toml",
        "a//evil.toml",
        "evil.toml/../../x.toml",
        "evil\u{0}.toml",
        "evil.sh",
        "",
    ] {
        let request = serde_json::json!({"Apply": {"base": 0, "files": [{"path": path, "text": "# nothing\n"}],
            "author": "eve", "comment": ""}});
        let ask = site
            .post("/api/local/model", &request.to_string())
            .with("x-gemba-token", "token");
        let answer = ask.with("content-type", "application/json").await;
        assert!(
            answer.body.contains("Refused") || answer.body.contains("Wrong"),
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
}

/// A backup replaces an older one, and no database, key or anything else that the server may write.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_over_another_file() {
    let site = Site::new().await;
    let ask = async |file: &str| {
        let body = serde_json::json!({ "file": file }).to_string();
        let ask = site
            .post("/api/local/backup", &body)
            .with("x-gemba-token", "token");
        ask.with("content-type", "application/json").await
    };
    let there = |name: &str| site.dir.path().join(name).display().to_string();
    let note = there("note.txt");
    std::fs::write(&note, "kept").unwrap();
    for file in [
        note.clone(),
        there("data/records.db"),
        there("data"),
        there("none/x"),
    ] {
        let answer = ask(&file).await;
        assert_eq!(answer.status, 500, "{file}: {}", answer.body);
    }
    assert_eq!(std::fs::read_to_string(&note).unwrap(), "kept");
    let first = there("backup");
    for _ in 0..2 {
        assert_eq!(ask(&first).await.status, 200);
    }
}
