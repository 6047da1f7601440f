//! Starts and stops what the tests need: Mosquitto, the `gemba` binary, a publisher. Free ports, own directories.

pub mod site;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rumqttc::{AsyncClient, EventLoop, MqttOptions, QoS};
use tempfile::TempDir;

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A port nobody listens on, and that no other test was given.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if GIVEN.lock().unwrap().insert(port) {
            return port;
        }
    }
}

/// Waits until a condition holds; panics with `what` when it never does.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// The same with another patience, for what takes its time by design.
pub async fn within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A Mosquitto of our own, with a persistent store.
pub struct Mosquitto {
    child: Option<Child>,
    pub port: u16,
    dir: TempDir,
}

impl Mosquitto {
    /// Starts it, as docs/operations.md tells integrators to set it.
    pub async fn start() -> Self {
        let mut broker = Self {
            child: None,
            port: free_port(),
            dir: tempfile::tempdir().unwrap(),
        };
        let config = format!(
            "listener {} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {}/\n\
             max_queued_messages 0\nautosave_interval 1\nautosave_on_changes false\nuser root\n",
            broker.port,
            broker.dir.path().display(),
        );
        std::fs::write(broker.dir.path().join("mosquitto.conf"), config).unwrap();
        broker.restart().await;
        broker
    }

    /// Starts it (again).
    pub async fn restart(&mut self) {
        let program = [
            "/usr/sbin/mosquitto",
            "/usr/local/sbin/mosquitto",
            "/opt/homebrew/sbin/mosquitto",
        ]
        .into_iter()
        .find(|path| Path::new(path).exists())
        .expect("Mosquitto must be installed: apt-get install mosquitto");
        let child = Command::new(program)
            .arg("-c")
            .arg(self.dir.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let port = self.port;
        until("Mosquitto listens", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// Throws away what it keeps. Kill it before.
    pub fn forget(&self) {
        // It may not have been written yet.
        std::fs::remove_file(self.dir.path().join("mosquitto.db")).ok();
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The `gemba` binary, serving.
pub struct Gemba {
    child: Option<Child>,
    /// What starts the program, when it is not started directly.
    wrap: Vec<String>,
    args: Vec<String>,
    /// Everybody is let in as owner; off where a test is about who is let in.
    open: bool,
    /// Words to wait for in what it prints, and what was printed until then.
    hear: Option<String>,
    heard: String,
    log: Arc<Mutex<String>>,
    pub port: u16,
    pub data: PathBuf,
    _dir: TempDir,
}

impl Gemba {
    /// `gemba serve` with these further arguments.
    pub async fn serve(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        Self::serve_in(dir, data, args).await
    }

    /// One that lets nobody in without an account, as it comes.
    pub async fn guarded(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let mut gemba = Self::made(dir, data, &[], "serve", args);
        gemba.open = false;
        gemba.start().await;
        gemba
    }

    /// Starts it again, and gives what it prints up to a line with these words.
    pub async fn start_and_hear(&mut self, words: &str) -> String {
        self.hear = Some(words.to_owned());
        self.start().await;
        self.hear = None;
        std::mem::take(&mut self.heard)
    }

    /// The same with a data directory that exists.
    pub async fn serve_in(dir: TempDir, data: PathBuf, args: &[&str]) -> Self {
        Self::run_in(dir, data, &[], "serve", args).await
    }

    /// `gemba serve` on a disk of its own of so many MiB; none where mounting is not allowed.
    pub async fn serve_on_small_disk(mib: u32, args: &[&str]) -> Option<Self> {
        let mount = |then: &str| format!("mount -t tmpfs -o size={mib}m none \"$0\" || exit 77; {then}");
        let dir = tempfile::tempdir().unwrap();
        let disk = dir.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let disk_name = disk.display().to_string();
        let unshare = ["unshare", "--mount", "--map-root-user", "sh", "-c"].map(str::to_owned);
        let tried = Command::new(&unshare[0])
            .args(&unshare[1..])
            .args([&mount("true"), &disk_name])
            .status();
        if !tried.is_ok_and(|status| status.success()) {
            return None;
        }
        let wrap = [unshare.to_vec(), vec![mount("exec \"$@\""), disk_name]].concat();
        Some(Self::run_in(dir, disk.join("data"), &wrap, "serve", args).await)
    }

    /// `gemba serve` as nobody, with nothing but its data directory to write; none where mounting is not allowed.
    pub async fn serve_confined(args: &[&str]) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let disk = dir.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let disk_name = disk.display().to_string();
        let confine = "mount -t tmpfs -o size=64m,mode=0700,uid=65534,gid=65534 none \"$0\" \
            && mount -o remount,bind,ro / \
            && exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --no-new-privs \"$@\"";
        let wrap = ["unshare", "--mount", "sh", "-c", confine, &disk_name].map(str::to_owned);
        // It is nobody's to enter otherwise.
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let tried = Command::new(&wrap[0])
            .args(&wrap[1..])
            .args(["test", "-w"])
            .arg(&disk)
            .status();
        if !tried.is_ok_and(|status| status.success()) {
            return None;
        }
        Some(Self::run_in(dir, disk.join("data"), &wrap, "serve", args).await)
    }

    /// The first word of a line of the process's status.
    pub fn status_line(&self, name: &str) -> Option<String> {
        let pid = self.child.as_ref()?.id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next().map(str::to_owned)
    }

    /// A path as the running program sees it: it may have mounts of its own.
    pub fn inside(&self, path: &Path) -> PathBuf {
        let pid = self.child.as_ref().unwrap().id();
        PathBuf::from(format!("/proc/{pid}/root{}", path.display()))
    }

    /// Resident memory in bytes.
    pub fn resident(&self) -> u64 {
        let pid = self.child.as_ref().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1_024
    }

    /// `gemba demo` with these further arguments; its broker is at a free pair of ports.
    pub async fn demo(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        let settings = format!(
            "[broker]\nlisten = \"127.0.0.1:{}\"\nlisten_v5 = \"127.0.0.1:{}\"\n",
            free_port(),
            free_port()
        );
        std::fs::write(dir.path().join("gemba.toml"), settings).unwrap();
        Self::run_in(dir, data, &[], "demo", args).await
    }

    async fn run_in(dir: TempDir, data: PathBuf, wrap: &[String], verb: &str, args: &[&str]) -> Self {
        let mut gemba = Self::made(dir, data, wrap, verb, args);
        gemba.start().await;
        gemba
    }

    fn made(dir: TempDir, data: PathBuf, wrap: &[String], verb: &str, args: &[&str]) -> Self {
        let wrap = wrap.to_vec();
        let port = free_port();
        let mut all = vec![
            verb.to_owned(),
            "--listen".to_owned(),
            format!("127.0.0.1:{port}"),
        ];
        all.extend(["--data".to_owned(), data.display().to_string()]);
        all.extend(args.iter().map(|arg| (*arg).to_owned()));
        Self {
            child: None,
            wrap,
            args: all,
            open: true,
            hear: None,
            heard: String::new(),
            log: Arc::default(),
            port,
            data,
            _dir: dir,
        }
    }

    /// Starts it (again) and waits until it answers.
    pub async fn start(&mut self) {
        let program = env!("CARGO_BIN_EXE_gemba").to_owned();
        let words = [self.wrap.clone(), vec![program], self.args.clone()].concat();
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .current_dir(self.data.parent().unwrap())
            .env(
                "GEMBA__ACCESS__ANONYMOUS",
                if self.open { "owner" } else { "none" },
            )
            .stdin(Stdio::null())
            .stdout(if self.hear.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if let (Some(words), Some(out)) = (&self.hear, child.stdout.take()) {
            let mut printed = BufReader::new(out).lines().map_while(Result::ok);
            for line in printed.by_ref() {
                self.heard.push_str(&line);
                self.heard.push('\n');
                if line.contains(words.as_str()) {
                    break;
                }
            }
            // What else it prints is read and dropped, so that it never waits.
            std::thread::spawn(move || printed.for_each(drop));
        }
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = self.log.clone();
        // Shown by the test harness when the test fails.
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| {
                eprintln!("gemba: {line}");
                *log.lock().unwrap() += &format!("{line}\n");
            })
        });
        self.child = Some(child);
        until("gemba answers", async || self.answers().await).await;
    }

    /// A server of HTTPS leads plain requests there: that is an answer too.
    async fn answers(&self) -> Option<()> {
        let address = format!("127.0.0.1:{}", self.port);
        match server::loopback::get(&address, "/healthz", "", PATIENCE).await {
            Ok(_) => Some(()),
            Err(error) => error.to_string().contains("refused: 308").then_some(()),
        }
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The body of a page, when it answers well.
    pub async fn get(&self, path: &str) -> Option<String> {
        server::loopback::get(
            &format!("127.0.0.1:{}", self.port),
            path,
            "",
            Duration::from_secs(10),
        )
        .await
        .ok()
    }

    /// A whole exchange of HTTP: status and body of the answer. `head` are further lines of the request.
    pub async fn exchange(&self, request: &str, head: &[&str], body: &str) -> (u16, String) {
        let (status, answer) = self.exchange_bytes(request, head, body).await;
        (status, String::from_utf8_lossy(&answer).into_owned())
    }

    /// The same for an answer that is no text.
    pub async fn exchange_bytes(&self, request: &str, head: &[&str], body: &str) -> (u16, Vec<u8>) {
        let (head, body) = self.exchange_raw(request, head, body).await;
        (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body)
    }

    /// Head and body of the answer, as texts.
    pub async fn exchange_whole(&self, request: &str, head: &[&str], body: &str) -> (String, String) {
        let (head, body) = self.exchange_raw(request, head, body).await;
        (head, String::from_utf8_lossy(&body).into_owned())
    }

    async fn exchange_raw(&self, request: &str, head: &[&str], body: &str) -> (String, Vec<u8>) {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let address = format!("127.0.0.1:{}", self.port);
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let length = format!("content-length: {}", body.len());
        let head = [&[length.as_str()], head].concat().join("\r\n");
        let request = format!("{request} HTTP/1.0\r\nhost: {address}\r\n{head}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let mut stream = stream.take(4 << 20);
        let read = stream.read_to_end(&mut answer);
        tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let body = answer.split_off(end + 4);
        (String::from_utf8_lossy(&answer).into_owned(), body)
    }

    /// Calls a server function that changes something, as a form does; answers its status.
    pub async fn send(&self, function: &str, form: &str) -> u16 {
        let head = [
            "content-type: application/x-www-form-urlencoded",
            "accept: application/json",
        ];
        self.exchange(&format!("POST /api/fn/{function}"), &head, form)
            .await
            .0
    }

    /// What a page asks a server function, as JSON.
    pub async fn ask(&self, function: &str) -> Option<serde_json::Value> {
        serde_json::from_str(&self.get(&format!("/api/fn/{function}")).await?).ok()
    }

    /// One figure of `/metrics`.
    pub async fn figure(&self, name: &str) -> Option<f64> {
        let page = self.get("/metrics").await?;
        page.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        let child = self.child.as_mut().unwrap();
        child.try_wait().unwrap().is_some()
    }

    /// Asks it to stop, and answers whether it ended well.
    pub fn terminate(&mut self) -> bool {
        let Some(mut child) = self.child.take() else {
            return true;
        };
        let pid = child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        child.wait().unwrap().success()
    }

    /// Every value of one point, from the history. The point is found by searching for it.
    pub async fn history(&self, topic: &str) -> Option<Vec<f64>> {
        let hits = self.get(&format!("/api/fn/search?q={topic}")).await?;
        let hits: serde_json::Value = serde_json::from_str(&hits).ok()?;
        let point = hits.as_array()?.iter().find_map(|hit| hit["point"][0].as_u64())?;
        // Some thousand rows: more than `get` takes.
        let path = format!("GET /api/export.csv?point={point}&from=0&to=9999999999999");
        let (_, rows) = self.exchange(&path, &[], "").await;
        let mut rows = rows.lines();
        let at = rows.next()?.split(',').position(|column| column == "value")?;
        let values = rows.filter_map(|row| row.split(',').nth(at)?.parse().ok());
        Some(values.collect())
    }
}

impl Drop for Gemba {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A publisher whose messages are all acknowledged by the broker.
pub struct Publisher {
    client: AsyncClient,
    events: EventLoop,
}

impl Publisher {
    pub fn new(port: u16, id: &str) -> Self {
        let mut options = MqttOptions::new(id, "127.0.0.1", port);
        options.set_keep_alive(Duration::from_secs(5));
        options.set_max_packet_size(32 << 20, 32 << 20);
        let (client, events) = AsyncClient::new(options, 100);
        Self { client, events }
    }

    /// Publishes all of them at QoS 1 and waits for every acknowledgement.
    pub async fn publish(&mut self, messages: impl IntoIterator<Item = (String, Vec<u8>)>) {
        use rumqttc::{Event, Packet};
        let mut messages = messages.into_iter().peekable();
        let (mut sent, mut acknowledged) = (0_u64, 0_u64);
        while messages.peek().is_some() || acknowledged < sent {
            if sent - acknowledged < 50
                && let Some((topic, payload)) = messages.next()
            {
                self.client
                    .publish(topic, QoS::AtLeastOnce, false, payload)
                    .await
                    .unwrap();
                sent += 1;
                continue;
            }
            if let Event::Incoming(Packet::PubAck(_)) = self.events.poll().await.unwrap() {
                acknowledged += 1;
            }
        }
    }

    /// One message at QoS 0. What follows says that it has gone.
    pub async fn publish_lightly(&mut self, topic: &str, payload: &[u8]) {
        self.client
            .publish(topic, QoS::AtMostOnce, false, payload)
            .await
            .unwrap();
        // Published by the broker for nobody: gemba's filters have no such topics.
        self.publish_one("$gone", b"", false).await;
    }

    /// One message, retained or not, acknowledged.
    pub async fn publish_one(&mut self, topic: &str, payload: &[u8], retain: bool) {
        use rumqttc::{Event, Packet};
        self.client
            .publish(topic, QoS::AtLeastOnce, retain, payload)
            .await
            .unwrap();
        while !matches!(
            self.events.poll().await.unwrap(),
            Event::Incoming(Packet::PubAck(_))
        ) {}
    }
}

/// A clock that is set by hand.
pub struct Hand(std::sync::atomic::AtomicI64);

impl server::clock::Clock for Hand {
    fn now(&self) -> twin::Timestamp {
        twin::Timestamp::from_micros(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

impl Hand {
    /// A clock that stands at a time.
    pub fn at(time: twin::Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(time.micros()))
    }

    /// Goes on, or back.
    pub fn go(&self, span: twin::Span) {
        self.0
            .fetch_add(span.micros(), std::sync::atomic::Ordering::Relaxed);
    }
}
