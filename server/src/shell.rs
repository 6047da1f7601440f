//! The terminal a command was started in. Whoever reads its answer may leave before the end
//! (`gemba model versions | head`): then nobody is left to tell, and what was asked is still done.

use std::io::{self, Write as _};
use std::path::Path;

use crate::model::command::Terminal;

/// Why a file cannot be read, with the way out.
#[must_use]
pub fn unreadable(path: &Path, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; look at its path",
        io::ErrorKind::IsADirectory => "this is a folder; name a file in it",
        io::ErrorKind::PermissionDenied => "it may not be read; look at its permissions",
        io::ErrorKind::InvalidData => "it is no UTF-8 text; save it as UTF-8",
        _ => return format!("{}: {error}", path.display()),
    };
    format!("{}: {why}", path.display())
}

/// An answer, as it is.
pub fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _gone = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// What went wrong, as a line.
pub fn complain(text: &str) {
    write_err(&format!("{text}\n"));
}

fn write_err(text: &str) {
    let _gone = io::stderr().lock().write_all(text.as_bytes());
}

/// Standard output, standard error and whoever sits there.
#[derive(Debug, Clone, Copy)]
pub struct Shell;

impl Terminal for Shell {
    fn say(&mut self, text: &str) {
        say(text);
    }

    fn complain(&mut self, text: &str) {
        complain(text.trim_end());
    }

    fn confirm(&mut self, question: &str) -> bool {
        write_err(question);
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer);
        read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }
}
