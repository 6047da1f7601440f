//! `gemba bind capture`: what a broker says, as samples.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use app::i18n::{Locale, Messages};
use connect::{BrokerConfig, BrokerUrl, Secret, Version, listen_briefly};

use super::{CaptureArgs, NOTHING_DONE, OK, samples};
use crate::model::command::Terminal;
use crate::sources::words::{link_words, test_words};

/// Longest time to listen.
const MOST_SECS: u64 = 24 * 3_600;

pub(super) async fn run(args: &CaptureArgs, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    let url: BrokerUrl = args.url.parse().context("--url")?;
    let mut config = BrokerConfig::new("capture", url, "gemba-capture");
    config.user.clone_from(&args.user);
    let password = std::env::var_os("GEMBA_MQTT_PASSWORD").and_then(|word| word.into_string().ok());
    config.password = password.map(Secret::new);
    config.version = if args.mqtt_version == 3 {
        Version::V311
    } else {
        Version::V5
    };
    if !args.filter.is_empty() {
        config.filters.clone_from(&args.filter);
    }
    let seconds = args.seconds.clamp(1, MOST_SECS);
    let heard = listen_briefly(&config, Duration::from_secs(seconds), args.most.max(1)).await;
    let english = Messages::of(Locale::En);
    let heard = heard.map_err(|error| anyhow::anyhow!(test_words(english, &error)))?;
    let mut text = String::new();
    for sample in &heard.samples {
        text.push_str(&samples::write(&sample.topic, &sample.payload, sample.retain));
    }
    if args.out == Path::new("-") {
        terminal.say(&text);
    } else {
        let mut file = std::fs::File::create(&args.out).with_context(|| args.out.display().to_string())?;
        file.write_all(text.as_bytes())?;
    }
    let kept = heard.samples.len();
    terminal.complain(&format!(
        "{kept} messages of {} heard, {} bytes",
        heard.messages, heard.bytes
    ));
    if let Some(why) = heard.cut_short {
        terminal.complain(&link_words(english, &why));
    }
    if kept == 0 {
        terminal.complain("nothing was heard: listen longer, or to other topics with --filter");
        return Ok(NOTHING_DONE);
    }
    Ok(OK)
}
