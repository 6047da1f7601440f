//! Line icons of the tablet, 20 × 20, in the text's colour.

use leptos::prelude::*;

/// Back.
pub const BACK: &str = "m12 5-5 5 5 5";
/// On.
pub const ON: &str = "m8 6 4 4-4 4";
/// A network.
pub const NET: &str =
    "M2.8 8.2a11 11 0 0 1 14.4 0M5.6 11.2a7 7 0 0 1 8.8 0M8.5 14a2.6 2.6 0 0 1 3 0M10 16.4v.1";
/// No network.
pub const NO_NET: &str =
    "M2.8 8.2a11 11 0 0 1 14.4 0M5.6 11.2a7 7 0 0 1 8.8 0M8.5 14a2.6 2.6 0 0 1 3 0M10 16.4v.1M3 3l14 14";
/// Contrast.
pub const CONTRAST: &str = "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM10 2.5v15M12 4v12M14 5.5v9";
/// Somebody.
pub const PERSON: &str = "M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM4 17a6 6 0 0 1 12 0";
/// Equipment.
pub const ASSET: &str = "M7.5 3h5v4h-5zM2.5 13h5v4h-5zM12.5 13h5v4h-5zM10 7v3M5 13v-3h10v3";
/// Begin.
pub const GO: &str = "M6.5 4.5v11l9-5.5Z";
/// This tablet.
pub const TABLET: &str = "M4.5 2.5h11v15h-11zM8.5 15h3";
/// A code.
pub const SCAN: &str = "M3 3h5.5v5.5H3zM11.5 3H17v5.5h-5.5zM3 11.5h5.5V17H3zM11.5 11.5h2.2v2.2h-2.2zM14.8 14.8H17V17h-2.2zM17 11.5v.8M12 17v-.5";
/// A problem.
pub const FLAG: &str = "M5 17.5V3M5 3.5h10l-2 3.5 2 3.5H5";
/// A lock.
pub const LOCK: &str = "M5.5 9h9v7.5h-9zM7 9V6.5a3 3 0 0 1 6 0V9";
/// A paper.
pub const PERMIT: &str = "M5 2.5h7l3 3v12H5zM7.5 9h5M7.5 12h5";
/// Done.
pub const TICK: &str = "m4 10.5 4 4 8-9";
/// Pause.
pub const PAUSE: &str = "M7 5v10M13 5v10";
/// Attention.
pub const WARN: &str = "M10 3 17.5 16.5h-15ZM10 8v4M10 14.3v.1";
/// A camera.
pub const CAMERA: &str =
    "M2.5 6.5h3.2L7 4.5h6l1.3 2h3.2v9.5h-15zM10 8.2a2.9 2.9 0 1 0 0 5.8 2.9 2.9 0 0 0 0-5.8Z";
/// On its way.
pub const UP: &str = "M10 16V4M5.5 8.5 10 4l4.5 4.5";

/// An icon of one path.
pub fn icon(path: &'static str) -> AnyView {
    view! {
        <svg class="g-icon" viewBox="0 0 20 20" aria-hidden="true"><path d=path></path></svg>
    }
    .into_any()
}
