//! The terminal a command was started in. Whoever reads its answer may leave before the end
//! (`gemba model versions | head`): then nobody is left to tell, and what was asked is still done.

use std::io::{self, Write as _};

use crate::model::command::Terminal;

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
