//! Which operating state a point's value tells: pure.

use wire::page::Doing;
use wire::reading::Value;

/// What equipment does. Participles: "Stopped" is a state, "Stop" would be a command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Operating {
    Running,
    Idle,
    Stopped,
    Starting,
    Stopping,
    Maintenance,
    /// A word of the plant's own, shown as it came.
    Other(String),
}

impl From<Doing> for Operating {
    fn from(doing: Doing) -> Self {
        match doing {
            Doing::Running => Self::Running,
            Doing::Standby => Self::Idle,
            Doing::Stopped | Doing::Failed => Self::Stopped,
            Doing::Maintenance => Self::Maintenance,
        }
    }
}

/// Reads a state off a value: a switch, or a word of PackML and its usual synonyms.
#[must_use]
pub fn operating(value: &Value) -> Option<Operating> {
    match value {
        Value::Bool(true) => Some(Operating::Running),
        Value::Bool(false) => Some(Operating::Stopped),
        Value::Number(number) if *number == 0.0 => Some(Operating::Stopped),
        Value::Number(number) if (*number - 1.0).abs() < f64::EPSILON => Some(Operating::Running),
        // Every plant has its own codes: a number that nobody explained says nothing.
        Value::Number(_) => None,
        Value::Text(text) => Some(word(text)),
    }
}

fn word(text: &str) -> Operating {
    match text.trim().to_lowercase().as_str() {
        "running" | "run" | "on" | "execute" | "executing" | "producing" | "operating" | "active" => {
            Operating::Running
        }
        "idle" | "standby" | "ready" | "waiting" | "starved" | "blocked" | "suspended" | "complete"
        | "completed" => Operating::Idle,
        "stopped" | "stop" | "off" | "halted" | "aborted" | "held" | "tripped" | "fault" | "down" => {
            Operating::Stopped
        }
        "starting" | "resetting" | "unholding" | "unsuspending" => Operating::Starting,
        "stopping" | "aborting" | "holding" | "completing" | "suspending" | "clearing" => Operating::Stopping,
        "maintenance" | "in maintenance" | "service" | "cip" | "cleaning" => Operating::Maintenance,
        _ => Operating::Other(text.trim().chars().take(24).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Operating) {
        assert_eq!(operating(&Value::Text(text.to_owned())), Some(expect), "{text}");
    }

    #[test]
    fn words_of_packml_and_switches_are_understood() {
        check("Running", Operating::Running);
        check(" EXECUTE ", Operating::Running);
        check("Standby", Operating::Idle);
        check("ABORTED", Operating::Stopped);
        check("starting", Operating::Starting);
        check("CIP", Operating::Maintenance);
        check("Rinsing 3", Operating::Other("Rinsing 3".to_owned()));
        assert_eq!(operating(&Value::Bool(false)), Some(Operating::Stopped));
        assert_eq!(operating(&Value::Number(1.0)), Some(Operating::Running));
        assert_eq!(operating(&Value::Number(7.0)), None);
    }
}
