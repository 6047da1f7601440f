//! The model that holds. Readers take it from here; a new one comes in as one transaction: it is
//! checked, stored, taken by the engine, and only then shown.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_trait::async_trait;
use model::{Checked, File, Model, Problem, Resolved};
use store::{ModelFile, ModelOrigin, ModelVersion, ModelVersions as _, Records, RecordsError};
use tokio::sync::{Mutex, watch};

use super::folder;
use crate::clock::Clock;
use crate::formula::World;

/// Bytes of what is said of a version, and of who says it.
const MAX_COMMENT: usize = 4 << 10;
const MAX_AUTHOR: usize = 128;

/// A version of the model, ready for use.
#[derive(Debug, Default)]
pub struct LoadedModel {
    /// Its number; 0 before the first.
    pub version: u32,
    /// When and by whom it was applied.
    pub about: Option<ModelVersion>,
    /// Its files as they were given.
    pub files: Vec<ModelFile>,
    /// What they say.
    pub model: Model,
    /// Its types with what they inherit.
    pub resolved: Resolved,
    /// What should be known of it: warnings; errors only of one that an older program let in.
    pub problems: Vec<Problem>,
}

impl LoadedModel {
    /// How much depends on an asset: its own word, or its type's.
    #[must_use]
    pub fn criticality_of(&self, key: &str, ty: &str) -> Option<&'static str> {
        let own = self
            .model
            .assets
            .get(key)
            .and_then(|asset| asset.about.criticality);
        let of_type = || self.resolved.types.get(ty)?.about.value.criticality;
        own.or_else(of_type).map(|criticality| criticality.word())
    }

    fn new(about: Option<ModelVersion>, files: Vec<ModelFile>, checked: Checked) -> Self {
        Self {
            version: about.as_ref().map_or(0, |about| about.number),
            about,
            files,
            model: checked.model,
            resolved: checked.resolved,
            problems: checked.problems,
        }
    }
}

/// Reads and checks files, with the zones of this machine.
#[must_use]
pub fn check(files: &[ModelFile]) -> Checked {
    model::check_files_and(&borrowed(files), &World, |model, resolved| {
        let parts = |problem: compute::Problem| (problem.element, problem.message, problem.help);
        let circles = compute::Compute::check(model, resolved, &World);
        circles.into_iter().map(parts).collect()
    })
}

/// Reads the files of a version, which were checked when it was applied.
#[must_use]
pub fn read(files: &[ModelFile]) -> (Model, Resolved) {
    model::read_files(&borrowed(files))
}

fn borrowed(files: &[ModelFile]) -> Vec<File<'_>> {
    files
        .iter()
        .map(|file| File {
            path: &file.path,
            text: &file.text,
        })
        .collect()
}

/// Who works with the model and must have a new one before anybody is told that it holds: the engine.
#[async_trait]
pub trait TakesModel: Send + Sync {
    /// Works out, before it is stored, what can be without it holding yet.
    async fn prepare(&self, model: Arc<LoadedModel>) -> anyhow::Result<Box<dyn PreparedModel>>;
}

/// A model that can be taken.
#[async_trait]
pub trait PreparedModel: Send {
    /// Takes it; returns when it is worked with.
    async fn take(self: Box<Self>) -> anyhow::Result<()>;
}

/// A new version that somebody wants.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The version it was made for; none to replace whatever holds.
    pub base: Option<u32>,
    /// What it has.
    pub content: Content,
    /// Who wants it.
    pub author: String,
    /// What they say of it.
    pub comment: String,
    /// How it was made.
    pub origin: ModelOrigin,
}

/// What a new version has.
#[derive(Clone, Debug)]
pub enum Content {
    /// These files, and no others.
    Files(Vec<ModelFile>),
    /// The files of an older version.
    Restore(u32),
}

/// What became of a proposal.
#[derive(Debug)]
pub enum Applied {
    /// It holds now.
    New(Arc<LoadedModel>),
    /// The files are those that hold already.
    Unchanged(Arc<LoadedModel>),
    /// Another version holds than the one it was made for.
    Moved {
        /// The version that holds.
        current: u32,
    },
    /// The older version is not kept.
    NotKept(u32),
    /// It has errors.
    Wrong(Box<Checked>),
    /// It is none at all, for this reason.
    Refused(String),
}

/// The model that holds, and the way to a new one.
pub struct ModelShelf {
    records: Records,
    clock: Arc<dyn Clock>,
    current: watch::Sender<Arc<LoadedModel>>,
    taker: OnceLock<Arc<dyn TakesModel>>,
    /// One at a time.
    applying: Mutex<()>,
    /// Microseconds from the commit of the last version to its place in the engine.
    taken_micros: AtomicU64,
}

impl ModelShelf {
    /// With the version that the store has.
    pub async fn open(records: Records, clock: Arc<dyn Clock>) -> anyhow::Result<Arc<Self>> {
        let loaded = match records.current_model().await? {
            None => LoadedModel::default(),
            Some(about) => {
                let files = records.model_files(about.number).await?.unwrap_or_default();
                let loaded = tokio::task::spawn_blocking(move || {
                    let checked = check(&files);
                    LoadedModel::new(Some(about), files, checked)
                })
                .await?;
                tell(&loaded);
                loaded
            }
        };
        Ok(Arc::new(Self {
            records,
            clock,
            current: watch::Sender::new(Arc::new(loaded)),
            taker: OnceLock::new(),
            applying: Mutex::new(()),
            taken_micros: AtomicU64::new(0),
        }))
    }

    /// The model that holds.
    #[must_use]
    pub fn current(&self) -> Arc<LoadedModel> {
        self.current.borrow().clone()
    }

    /// The model that holds, now and whenever it changes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Arc<LoadedModel>> {
        self.current.subscribe()
    }

    /// How long it took from the commit of the last version until it held.
    #[must_use]
    pub fn taken_in(&self) -> Duration {
        Duration::from_micros(self.taken_micros.load(Relaxed))
    }

    /// Where versions are kept.
    #[must_use]
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// From now on every new version is handed to this one first. Holds once.
    pub fn hand_to(&self, taker: Arc<dyn TakesModel>) {
        if self.taker.set(taker).is_err() {
            tracing::error!("the model is handed to somebody already");
        }
    }

    /// Checks, stores, hands over and shows a new version. Goes on when whoever asked goes away.
    pub async fn apply(self: &Arc<Self>, proposal: Proposal) -> anyhow::Result<Applied> {
        let shelf = self.clone();
        tokio::spawn(async move { shelf.apply_next(proposal).await }).await?
    }

    /// Hands the model that holds over once more: a link of it has begun or ended.
    pub async fn renew(&self) -> anyhow::Result<()> {
        let _one = self.applying.lock().await;
        match self.taker.get() {
            Some(taker) => taker.prepare(self.current()).await?.take().await,
            None => Ok(()),
        }
    }

    async fn apply_next(&self, proposal: Proposal) -> anyhow::Result<Applied> {
        let _one = self.applying.lock().await;
        let current = self.current();
        if let Some(base) = proposal.base.filter(|base| *base != current.version) {
            tracing::info!(
                base,
                current = current.version,
                "a model for another version was refused"
            );
            return Ok(Applied::Moved {
                current: current.version,
            });
        }
        let (mut files, restored) = match proposal.content {
            Content::Files(files) => (files, None),
            Content::Restore(number) => match self.records.model_files(number).await? {
                Some(files) => (files, Some(number)),
                None => return Ok(Applied::NotKept(number)),
            },
        };
        if let Some(why) = unfit(&files, &proposal.author, &proposal.comment) {
            return Ok(Applied::Refused(why));
        }
        files.sort();
        if current.version > 0 && files == current.files {
            return Ok(Applied::Unchanged(current));
        }
        let (checked, files) = tokio::task::spawn_blocking(move || (check(&files), files)).await?;
        if !checked.is_ok() {
            return Ok(Applied::Wrong(Box::new(checked)));
        }
        let about = ModelVersion {
            number: current.version + 1,
            created: self.clock.now(),
            author: proposal.author,
            comment: proposal.comment,
            origin: proposal.origin,
            restored,
        };
        let loaded = Arc::new(LoadedModel::new(Some(about.clone()), files, checked));
        let prepared = match self.taker.get() {
            Some(taker) => Some(taker.prepare(loaded.clone()).await?),
            None => None,
        };
        match self.records.add_model_version(&about, &loaded.files).await {
            Ok(()) => {}
            Err(RecordsError::ModelMoved { current, .. }) => return Ok(Applied::Moved { current }),
            Err(error) => return Err(error.into()),
        }
        let committed = Instant::now();
        tell(&loaded);
        let version = loaded.version;
        if let Some(prepared) = prepared {
            prepared.take().await.with_context(|| {
                format!("version {version} is stored, and holds from the next start of the server")
            })?;
        }
        let before = self.current.send_replace(loaded.clone());
        // A large one takes long to be forgotten.
        tokio::task::spawn_blocking(move || drop((before, current)));
        let micros = u64::try_from(committed.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.taken_micros.store(micros, Relaxed);
        tracing::info!(version, millis = micros / 1_000, "the model holds");
        Ok(Applied::New(loaded))
    }
}

/// Why this is no version at all.
fn unfit(files: &[ModelFile], author: &str, comment: &str) -> Option<String> {
    let wrong = files.iter().find_map(|file| {
        let wrong = folder::wrong_path(&file.path)?;
        Some(format!("{}: {wrong}", file.path.escape_debug()))
    });
    if wrong.is_some() {
        return wrong;
    }
    let mut paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    paths.sort_unstable();
    if let Some([path, _]) = paths.array_windows().find(|[a, b]| a == b) {
        return Some(format!("{path} is there twice"));
    }
    if author.len() > MAX_AUTHOR || comment.len() > MAX_COMMENT {
        return Some(format!(
            "a comment has at most {MAX_COMMENT} bytes, a name {MAX_AUTHOR}"
        ));
    }
    None
}

fn tell(loaded: &LoadedModel) {
    let errors = loaded
        .problems
        .iter()
        .filter(|problem| problem.severity == model::Severity::Error)
        .count();
    let LoadedModel { version, model, .. } = loaded;
    tracing::info!(
        version,
        types = model.types.len(),
        assets = model.assets.len(),
        "model"
    );
    if errors > 0 {
        tracing::error!(version, errors, "the model has errors; what is wrong is left out");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    /// Says what held while it took a model, and takes only good ones.
    #[derive(Clone)]
    struct Engine {
        shelf: Arc<ModelShelf>,
        seen: Arc<Mutex<Vec<(u32, u32)>>>,
        is_stopping: bool,
    }

    #[async_trait]
    impl TakesModel for Engine {
        async fn prepare(&self, model: Arc<LoadedModel>) -> anyhow::Result<Box<dyn PreparedModel>> {
            let stored = self.shelf.records.current_model().await?;
            let stored = stored.map_or(0, |stored| stored.number);
            anyhow::ensure!(stored < model.version, "it is prepared before it is stored");
            Ok(Box::new((self.clone(), model.version)))
        }
    }

    #[async_trait]
    impl PreparedModel for (Engine, u32) {
        async fn take(self: Box<Self>) -> anyhow::Result<()> {
            let (engine, version) = *self;
            tokio::task::yield_now().await;
            let holds = engine.shelf.current().version;
            engine.seen.lock().await.push((holds, version));
            anyhow::ensure!(!engine.is_stopping, "the server is stopping");
            Ok(())
        }
    }

    async fn shelf(dir: &tempfile::TempDir) -> Arc<ModelShelf> {
        let records = Records::open(&dir.path().join("records.db")).await.unwrap();
        ModelShelf::open(records, Arc::new(SystemClock)).await.unwrap()
    }

    fn engine(shelf: &Arc<ModelShelf>, is_stopping: bool) -> Arc<Engine> {
        let engine = Arc::new(Engine {
            shelf: shelf.clone(),
            seen: Arc::default(),
            is_stopping,
        });
        shelf.hand_to(engine.clone());
        engine
    }

    fn proposal(base: Option<u32>, text: &str) -> Proposal {
        Proposal {
            base,
            content: Content::Files(vec![ModelFile {
                path: "a.toml".to_owned(),
                text: text.to_owned(),
            }]),
            author: "a".to_owned(),
            comment: String::new(),
            origin: ModelOrigin::Files,
        }
    }

    #[tokio::test]
    async fn the_engine_has_a_version_before_it_is_shown() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = shelf(&dir).await;
        let engine = engine(&shelf, false);
        let mut changes = shelf.watch();
        for (base, text) in [(Some(0), "[types.a]"), (None, "[types.b]")] {
            let applied = shelf.apply(proposal(base, text)).await.unwrap();
            assert!(matches!(applied, Applied::New(_)), "{applied:?}");
            assert!(changes.has_changed().unwrap());
            changes.mark_unchanged();
        }
        assert_eq!(*engine.seen.lock().await, [(0, 1), (1, 2)]);
        // What is not applied reaches nobody.
        for refused in [
            proposal(Some(1), "[types.c]"),
            proposal(None, "[types.b]"),
            proposal(None, "[types"),
            Proposal {
                content: Content::Restore(7),
                ..proposal(None, "")
            },
            Proposal {
                comment: "x".repeat(5_000),
                ..proposal(None, "[types.c]")
            },
        ] {
            let applied = shelf.apply(refused).await.unwrap();
            assert!(!matches!(applied, Applied::New(_)), "{applied:?}");
        }
        assert!(!changes.has_changed().unwrap());
        assert_eq!(engine.seen.lock().await.len(), 2);
        assert!(shelf.current().model.types.contains_key("b"));
    }

    #[tokio::test]
    async fn a_version_the_engine_did_not_take_holds_from_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let first = shelf(&dir).await;
        engine(&first, true);
        let error = first.apply(proposal(None, "[types.a]")).await.unwrap_err();
        assert!(format!("{error:#}").contains("version 1 is stored"), "{error:#}");
        assert_eq!(first.current().version, 0);
        first.records().close().await;
        let next = shelf(&dir).await;
        assert_eq!(next.current().version, 1);
        assert!(next.current().model.types.contains_key("a"));
    }

    #[tokio::test]
    async fn it_goes_on_when_whoever_asked_goes_away() {
        let dir = tempfile::tempdir().unwrap();
        let shelf = shelf(&dir).await;
        let engine = engine(&shelf, false);
        let mut changes = shelf.watch();
        {
            let mut asked = Box::pin(shelf.apply(proposal(None, "[types.a]")));
            // Begun, then dropped.
            assert!(futures::poll!(&mut asked).is_pending());
        }
        changes.changed().await.unwrap();
        assert_eq!(shelf.current().version, 1);
        assert_eq!(*engine.seen.lock().await, [(0, 1)]);
    }
}
