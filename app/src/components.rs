//! What pages are made of. A component takes props and gives callbacks; pages fetch and read context.
//!
//! Two things every component may ask for by itself, because passing them through would drown the
//! props: the reader's words ([`crate::i18n`]) and the reader's formats ([`crate::fmt`]).

pub mod feed;
pub mod judgement;

pub mod analog_indicator;
pub mod asset_tree;
pub mod crumbs;
pub mod data_badge;
pub mod data_table;
pub mod empty_state;
pub mod key_value;
pub mod kpi_tile;
pub mod live_row;
pub mod live_value;
pub mod need_row;
pub mod operating_state;
pub mod panel;
pub mod sparkline;
pub mod sprite;
pub mod state_times;
pub mod status_shape;

pub use sprite::Sprite;
