//! Gemba's server: everything that touches the outside, put together around the pure twin.
//!
//! [`serve`] starts and stops it all, [`running`] is what runs, [`engine`] the only writer of the twin,
//! [`persist`] what outlives it, [`sources`] where readings come from, [`live`] how changes reach browsers,
//! [`backend`] what pages ask, [`http`] how they ask it.

// Pages are deeply nested types.
#![recursion_limit = "512"]

pub mod access;
pub mod accounts;
pub mod backend;
pub mod backup;
pub mod bind;
pub mod cli;
pub mod clock;
pub mod computing;
pub mod config;
pub mod core;
pub mod demo;
pub mod engine;
pub mod formula;
pub mod gaps;
pub mod http;
pub mod label;
pub mod live;
pub mod log;
pub mod loopback;
pub mod mail;
pub mod metrics;
pub mod model;
pub mod nearby;
pub mod needs;
pub mod openid;
pub mod persist;
pub mod plan;
pub mod plant;
pub mod random;
pub mod restore;
pub mod roster;
pub mod running;
pub mod schedule;
pub mod serve;
pub mod share;
pub mod shell;
pub mod simulate;
pub mod sources;
pub mod spark;
pub mod stock;
pub mod tls;
pub mod units;
pub mod view;
pub mod work;
pub mod zone;
