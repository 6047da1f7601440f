//! What the tablet itself does, by `device.js`: its store, keys, camera, the network. Errors are the browser's names
//! of them (`QuotaExceededError`).

use serde::Deserialize;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, HtmlInputElement};

#[wasm_bindgen(js_namespace = gembaDevice)]
extern "C" {
    /// The tablet's clock, milliseconds since 1970.
    #[wasm_bindgen(js_name = now)]
    fn now_js() -> f64;
    fn random() -> String;
    /// Whether the browser lets this page keep itself and its secrets.
    #[wasm_bindgen(js_name = isSecure)]
    pub fn is_secure() -> bool;
    #[wasm_bindgen(catch)]
    async fn get(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn set(name: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    async fn items() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn keep(items: &str, photos: &str, gone: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_name = dropPhoto)]
    async fn drop_photo_js(hash: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    async fn photo(hash: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn erase() -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    async fn seal(pin: &str, secret: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn unseal(pin: &str, sealed: &str) -> Result<JsValue, JsValue>;
    /// Keeps the open seat until the tab is closed; empty forgets it.
    pub fn remember(value: &str);
    /// The seat that is open in this tab; empty for none.
    pub fn remembered() -> String;
    #[wasm_bindgen(catch)]
    async fn ask(method: &str, path: &str, secret: &str, body: &str, millis: u32)
    -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = sendPhoto)]
    async fn send_photo_js(path: &str, hash: &str, secret: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn shrink(input: &HtmlInputElement) -> Result<JsValue, JsValue>;
    /// Lets somebody draw on a canvas.
    pub fn signature(canvas: &HtmlElement);
    #[wasm_bindgen(catch, js_name = signed)]
    async fn signed_js(canvas: &HtmlElement) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn persist() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn wake(is_on: bool) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = canScan)]
    async fn can_scan_js() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn look(video: &HtmlElement, found: &JsValue) -> Result<(), JsValue>;
    /// Puts the camera out.
    #[wasm_bindgen(js_name = lookAway)]
    pub fn look_away();
    /// Gives a text to the person as a file.
    pub fn save(name: &str, content: &str);
    #[wasm_bindgen(catch)]
    async fn worker(path: &str, scope: &str, ready: &JsValue) -> Result<(), JsValue>;
    /// Goes over to the version that waits.
    pub fn renew();
    #[wasm_bindgen(catch)]
    async fn update() -> Result<(), JsValue>;
}

/// Why the tablet did not do it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// There is no room.
    Full,
    /// No network, or no answer in time.
    Unheard,
    /// Anything else.
    Other,
}

impl From<JsValue> for Fault {
    fn from(error: JsValue) -> Self {
        let name = js_sys::Reflect::get(&error, &"name".into()).ok();
        match name.and_then(|name| name.as_string()).as_deref() {
            Some("QuotaExceededError") => Self::Full,
            Some("TypeError" | "TimeoutError" | "AbortError" | "NetworkError") => Self::Unheard,
            _ => Self::Other,
        }
    }
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// The tablet's clock, milliseconds since 1970.
#[must_use]
pub fn now() -> i64 {
    now_js() as i64
}

/// Random bits.
#[must_use]
pub fn dice() -> u128 {
    u128::from_str_radix(&random(), 16).unwrap_or_default()
}

/// What is kept under a name; none when nothing is, or when it cannot be read.
pub async fn kept<T: serde::de::DeserializeOwned>(name: &str) -> Result<Option<T>, Fault> {
    Ok(serde_json::from_str(&text(&get(name).await?)).ok())
}

/// Keeps something under a name.
pub async fn store<T: serde::Serialize>(name: &str, value: &T) -> Result<(), Fault> {
    let json = serde_json::to_string(value).map_err(|_unwritten| Fault::Other)?;
    Ok(set(name, &json).await?)
}

/// All items that are kept.
pub async fn kept_items() -> Result<Vec<crew::outbox::Kept>, Fault> {
    Ok(serde_json::from_str(&text(&items().await?)).unwrap_or_default())
}

/// Writes items with their photos and takes others away: all of it, or nothing.
pub async fn write(items: &[crew::outbox::Kept], photos: &[String], gone: &[String]) -> Result<(), Fault> {
    let json = |value: Result<String, serde_json::Error>| value.map_err(|_unwritten| Fault::Other);
    let (items, photos, gone) = (
        json(serde_json::to_string(items))?,
        json(serde_json::to_string(photos))?,
        json(serde_json::to_string(gone))?,
    );
    Ok(keep(&items, &photos, &gone).await?)
}

/// Forgets a photo.
pub async fn drop_photo(hash: &str) -> Result<(), Fault> {
    Ok(drop_photo_js(hash).await?)
}

/// An address under which a photo can be seen; empty when it is not here.
pub async fn photo_address(hash: &str) -> String {
    photo(hash).await.map(|value| text(&value)).unwrap_or_default()
}

/// Takes everything off the tablet.
pub async fn erase_all() -> Result<(), Fault> {
    Ok(erase().await?)
}

/// Hides a secret under a PIN.
pub async fn hide(pin: &str, secret: &str) -> Result<String, Fault> {
    Ok(text(&seal(pin, secret).await?))
}

/// The secret under a PIN; an error when the PIN is wrong.
pub async fn reveal(pin: &str, hidden: &str) -> Result<String, Fault> {
    Ok(text(&unseal(pin, hidden).await?))
}

/// What a server said.
#[derive(Deserialize, Debug)]
pub struct Said {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
    /// How long it took.
    pub millis: u32,
}

/// Asks the server.
pub async fn request(method: &str, path: &str, secret: &str, body: &str, millis: u32) -> Result<Said, Fault> {
    let said = ask(method, path, secret, body, millis).await?;
    serde_json::from_str(&text(&said)).map_err(|_unread| Fault::Other)
}

/// Sends a photo; the status of the answer.
pub async fn send_photo(path: &str, hash: &str, secret: &str) -> Result<u16, Fault> {
    let status = send_photo_js(path, hash, secret).await?;
    Ok(status.as_f64().unwrap_or_default() as u16)
}

/// A picture that was taken.
#[derive(Deserialize, Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// SHA-256 of its bytes, hexadecimal.
    pub hash: String,
    /// How many bytes.
    pub bytes: u64,
}

/// The picture that was chosen, no larger than it need be.
pub async fn picture(input: &HtmlInputElement) -> Result<Option<Picture>, Fault> {
    Ok(serde_json::from_str(&text(&shrink(input).await?)).ok())
}

/// What was drawn; none when nothing was.
pub async fn signed(canvas: &HtmlElement) -> Result<Option<Picture>, Fault> {
    Ok(serde_json::from_str(&text(&signed_js(canvas).await?)).ok())
}

/// Asks the browser to throw nothing away.
pub async fn ask_to_stay() {
    // It may say no; then it says so when room runs out.
    drop_error(persist().await);
}

/// Keeps the screen on, or no longer.
pub async fn keep_awake(is_on: bool) {
    drop_error(wake(is_on).await);
}

/// Whether the camera can read codes.
pub async fn can_scan() -> bool {
    can_scan_js().await.is_ok_and(|can| can.is_truthy())
}

/// Looks for codes through the camera until [`look_away`].
pub async fn look_for(video: &HtmlElement, found: impl FnMut(String) + 'static) -> Result<(), Fault> {
    let found = Closure::<dyn FnMut(String)>::new(found).into_js_value();
    Ok(look(video, &found).await?)
}

/// Has the page kept by the browser; tells when a new version waits.
pub async fn keep_page(path: &str, scope: &str, ready: impl FnMut() + 'static) {
    let ready = Closure::<dyn FnMut()>::new(ready).into_js_value();
    drop_error(worker(path, scope, &ready).await);
}

/// Looks for a new version.
pub async fn look_for_version() {
    drop_error(update().await);
}

/// For what is a convenience: without it the page works as well.
fn drop_error<T>(result: Result<T, JsValue>) {
    result.map(|_| ()).unwrap_or_default();
}
