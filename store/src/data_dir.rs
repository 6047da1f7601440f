//! The directory that holds everything a server keeps, locked to one server at a time.
//!
//! ```text
//! lock         held by the server that runs; its process id, for the message
//! token        the secret by which commands on this machine prove themselves
//! demo         there when the directory is the demo's
//! records.db   assets, points, sources, settings, versions of the model
//! history/     log/ and blocks/
//! files/       photos and files of work orders, by the hash of their content
//! broker/      of the embedded broker
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";
const TOKEN: &str = "token";
const DEMO: &str = "demo";

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataDirError {
    /// Another server has it.
    #[error("{} is in use by process {}", path.display(), pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string()))]
    InUse {
        /// Which directory.
        path: PathBuf,
        /// Who, where it could be read.
        pid: Option<u32>,
    },
    /// The file system said no.
    #[error("cannot {operation} {}: {source}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system has no random bytes for the token.
    #[error("cannot make a token: {0}")]
    Random(getrandom::Error),
}

impl DataDirError {
    fn io(operation: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            operation,
            path,
            source,
        }
    }
}

/// A data directory, held until dropped.
#[derive(Debug)]
pub struct DataDir {
    root: PathBuf,
    /// The lock goes with the file.
    _lock: File,
}

impl DataDir {
    /// Makes the directory where it is missing, and takes it for this process.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        make_private_dir(path).map_err(DataDirError::io("make", path))?;
        let broker = path.join("broker");
        std::fs::create_dir_all(&broker).map_err(DataDirError::io("make", &broker))?;
        let lock = lock(path)?;
        let dir = Self {
            root: path.to_owned(),
            _lock: lock,
        };
        dir.make_token()?;
        Ok(dir)
    }

    /// Whether other users of this machine can look into it.
    pub fn is_open_to_others(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::metadata(&self.root).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
        }
        #[cfg(not(unix))]
        false
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the history lives.
    pub fn history(&self) -> PathBuf {
        self.root.join("history")
    }

    /// Where photos and files of work orders live.
    pub fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// The file of the records.
    pub fn records(&self) -> PathBuf {
        self.root.join("records.db")
    }

    /// Where the embedded broker keeps its lock and its log.
    pub fn broker(&self) -> PathBuf {
        self.root.join("broker")
    }

    /// The secret by which the command line proves itself to the server: 32 hex digits, made once,
    /// readable by its owner only.
    pub fn token(&self) -> Result<String, DataDirError> {
        read_token(&self.root)
    }

    /// Whether the directory belongs to the demo.
    pub fn is_demo(&self) -> bool {
        self.root.join(DEMO).exists()
    }

    /// Marks the directory as the demo's.
    pub fn mark_demo(&self) -> Result<(), DataDirError> {
        let path = self.root.join(DEMO);
        std::fs::write(&path, "This directory holds simulated data.\n")
            .map_err(DataDirError::io("write", &path))
    }

    fn make_token(&self) -> Result<(), DataDirError> {
        let path = self.root.join(TOKEN);
        if path.exists() {
            return Ok(());
        }
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).map_err(DataDirError::Random)?;
        let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        // Whole or not at all, and never readable by others, not even for a moment.
        let draft = self.root.join("token.new");
        write_private(&draft, &digits).map_err(DataDirError::io("write", &draft))?;
        std::fs::rename(&draft, &path).map_err(DataDirError::io("write", &path))
    }
}

/// The token of the server that runs on `root`, for a command that does not take the lock.
pub fn read_token(root: &Path) -> Result<String, DataDirError> {
    let path = root.join(TOKEN);
    let token = std::fs::read_to_string(&path).map_err(DataDirError::io("read", &path))?;
    Ok(token.trim().to_owned())
}

fn lock(root: &Path) -> Result<File, DataDirError> {
    let path = root.join(LOCK);
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let mut file = opened.map_err(DataDirError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let pid = std::fs::read_to_string(&path)
                .ok()
                .and_then(|pid| pid.trim().parse().ok());
            return Err(DataDirError::InUse {
                path: root.to_owned(),
                pid,
            });
        }
        Err(TryLockError::Error(source)) => return Err(DataDirError::io("lock", &path)(source)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(DataDirError::io("write", &path))?;
    Ok(file)
}

/// A directory that only its owner looks into; one that is there stays as it is.
fn make_private_dir(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// How a file is opened that only its owner reads: secrets stand in it.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a database its owner's alone, and what stands beside it; a new one is empty. What SQLite lays beside it
/// later has the rights of the file itself.
pub(crate) fn keep_database_private(path: &Path) -> std::io::Result<()> {
    for end in ["-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(end);
        let beside = PathBuf::from(beside);
        if beside.exists() {
            keep_private(&beside)?;
        }
    }
    keep_private(path)
}

/// Makes a file its owner's alone, empty where it is not there.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let file = private().create(true).truncate(false).open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    drop(file);
    Ok(())
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = private().create(true).truncate(true).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
