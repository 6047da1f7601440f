//! Maintenance, from need to done: what asks for work, how work lives, who does it when, and what it comes to.
//!
//! Pure: no IO, no clock, no randomness; time is an argument of every call. Read in this order: [`need`] (why
//! anything is to be done), [`plan`] and [`trend`] (where needs come from before anything fails), [`order`] (the
//! life of a work order, and what two tablets on one job do to each other), [`calendar`] (when people work and
//! lines run), [`stock`] (which parts are there), [`backlog`], [`risk`],
//! [`window`] and [`kpi`] (what planners look at), [`ical`], [`table`] and
//! `form` (how it gets in and out). Words, tables and formulas stand in `docs/maintenance.md`.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod backlog;
pub mod calendar;
#[cfg(feature = "form")]
pub mod form;
pub mod ical;
pub mod id;
pub mod iso14224;
pub mod kpi;
pub mod need;
pub mod order;
pub mod plan;
pub mod risk;
pub mod span;
pub mod stock;
pub mod table;
pub mod trend;
pub mod window;
mod words;
