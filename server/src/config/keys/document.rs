//! All keys as a page.

use super::all;

/// `docs/configuration.md`.
#[must_use]
pub fn document() -> String {
    let mut text = String::from(
        "# Configuration\n\nWritten by `gemba config-docs`; do not edit.\n\n\
         Layers, later ones win: defaults, `gemba.toml` (or `--config FILE`), environment, flags.\n\
         A key `server.listen` is `listen` in the table `[server]`, and `GEMBA__SERVER__LISTEN` in the environment.\n\
         Entries of `mqtt` are `[[mqtt]]` tables, and `GEMBA__MQTT__0__URL` in the environment.\n\
         No configuration at all is a valid one: embedded broker, embedded storage, this machine only.\n\n\
         | key | default | example | meaning |\n|---|---|---|---|\n",
    );
    for key in all() {
        let default = key
            .default
            .map_or_else(|| "–".to_owned(), |value| format!("`{value}`"));
        text.push_str(&format!(
            "| `{}` | {default} | `{}` | {} |\n",
            key.path, key.example, key.doc
        ));
    }
    text
}
