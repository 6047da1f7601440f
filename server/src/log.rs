//! Structured logs on standard error: text for people, JSON for machines.

use tracing_subscriber::EnvFilter;

use crate::config::LogConfig;

/// Starts logging; a filter that cannot be read falls back to `info` and says so.
pub fn start(config: &LogConfig) {
    let (filter, problem) = match config.level.parse::<EnvFilter>() {
        Ok(filter) => (filter, None),
        Err(error) => (EnvFilter::new("info"), Some(error)),
    };
    let filter = quiet(filter);
    let writer = std::io::stderr;
    let started = if config.json {
        tracing_subscriber::fmt()
            .json()
            .with_env_filter(filter)
            .with_writer(writer)
            .try_init()
    } else {
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(writer)
            .with_target(false)
            .try_init()
    };
    if let (Ok(()), Some(error)) = (started, problem) {
        tracing::warn!(level = config.level, %error, "log.level cannot be read; logging at info");
    }
}

/// Libraries that say too much at `info`.
fn quiet(mut filter: EnvFilter) -> EnvFilter {
    for directive in [
        "rumqttd=warn",
        "fjall=warn",
        "lsm_tree=warn",
        "sqlx=warn",
        "hyper=warn",
    ] {
        if let Ok(directive) = directive.parse() {
            filter = filter.add_directive(directive);
        }
    }
    filter
}
