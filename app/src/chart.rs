//! Trends: drawn as SVG on the server, taken over by plotly when somebody looks.

pub mod axis;
pub mod figure;
pub mod lines;
pub mod trend_svg;
mod panel;

pub use panel::Chart;
