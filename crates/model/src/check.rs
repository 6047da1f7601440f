//! What a model says, held against itself: names, kinds, units, formulas, links. Everything is
//! checked, whatever else is wrong.

mod assets;
mod bindings;
mod formulas;
mod links;
mod properties;
mod relations;
mod tags;
mod types;

pub use formulas::source_name;

use formula::Zones;

use crate::plant::Model;
use crate::problem::Told;
use crate::resolve::{Resolved, resolve};

pub(crate) fn check(model: &Model, zones: &dyn Zones, told: &mut Told) -> Resolved {
    relations::check(model, told);
    types::check(model, told);
    let resolved = resolve(model, told);
    for (name, effective) in &resolved.types {
        properties::check(name, effective, zones, told);
        let is_abstract = model.types.get(name).is_some_and(|ty| ty.is_abstract);
        // What an abstract type leaves open, those that extend it bring.
        if !is_abstract {
            formulas::check(name, effective, &resolved, zones, told);
        }
    }
    assets::check(model, &resolved, told);
    links::check(model, &resolved, told);
    bindings::check(model, zones, told);
    tags::check(model, &resolved, told);
    resolved
}
