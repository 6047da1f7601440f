//! The browser's entry: Trunk builds this to WASM. All of it is `app`.

fn main() {
    app::shell::hydrate();
}
