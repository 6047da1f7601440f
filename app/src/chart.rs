//! Trends: drawn as SVG on the server, taken over by plotly when somebody looks.

pub mod axis;
pub mod cursor;
#[cfg(feature = "hydrate")]
mod dress;
pub mod figure;
pub mod lines;
pub mod live_plot;
#[cfg(feature = "hydrate")]
mod live_plot_browser;
mod panel;
#[cfg(feature = "hydrate")]
mod plotly;
#[cfg(feature = "hydrate")]
mod theme;
pub mod trend_svg;

pub use panel::Chart;
pub use trend_svg::TrendSvg;
