//! What types say of other types.

use crate::name::TypeName;
use crate::plant::Model;
use crate::problem::{Finding, Told};

pub(super) fn check(model: &Model, told: &mut Told) {
    for (name, ty) in &model.types {
        let element = format!("types/{name}");
        for (at, parent) in ty.extends.iter().enumerate() {
            check_known(model, parent, &format!("{element}/extends/{at}"), told);
        }
        for (component, part) in &ty.components {
            let element = format!("{element}/components/{component}/type");
            check_known(model, &part.ty, &element, told);
            if model.types.get(&part.ty).is_some_and(|ty| ty.is_abstract) {
                let message = format!("`{}` is abstract: it is only there to be extended", part.ty);
                told.tell(Finding::error(element, message).help(concrete(model, &part.ty)));
            }
        }
        for (input, uses) in &ty.inputs {
            let element = format!("{element}/inputs/{input}");
            if let Some(of) = &uses.of {
                check_known(model, of, &format!("{element}/of"), told);
                if uses.through.is_none() {
                    let message = "`of` says which assets are meant, but no relation leads to them";
                    let help = "add for example `through = \"has_part\"`";
                    told.tell(Finding::error(format!("{element}/of"), message).help(help));
                }
            }
            if uses.levels.is_some() && uses.through.is_none() {
                let message = "`levels` says how far to go, but no relation leads anywhere";
                let help = "add for example `through = \"has_part\"`";
                told.tell(Finding::error(format!("{element}/levels"), message).help(help));
            }
            let through = uses.through.as_ref().map(|through| through.as_str());
            if let Some(through) = through.filter(|through| model.relation(through).is_none()) {
                let names = model
                    .relation_rules()
                    .flat_map(|rule| [Some(rule.name), rule.inverse]);
                let help = told
                    .nearest(through, names.flatten())
                    .unwrap_or_else(|| format!("write it: `[relations.{through}]`"));
                let message = format!("unknown relation `{through}`");
                told.tell(Finding::error(format!("{element}/through"), message).help(help));
            }
        }
    }
}

/// Tells a type that nobody wrote; one that could not be read is told already.
pub(super) fn check_known(model: &Model, ty: &TypeName, element: &str, told: &mut Told) {
    let name = ty.as_str();
    let written = name.is_empty()
        || model.types.contains_key(name)
        || told.places.key_of(&format!("types/{name}")).is_some();
    if !written {
        let help = told
            .nearest(name, model.types.keys().map(TypeName::as_str))
            .unwrap_or_else(|| format!("write it: `[types.{name}]`"));
        told.tell(Finding::error(element, format!("unknown type `{name}`")).help(help));
    }
}

/// A type to take in the place of an abstract one.
pub(super) fn concrete(model: &Model, of: &TypeName) -> String {
    let mut types = model.types.iter();
    match types.find(|(_, ty)| !ty.is_abstract && ty.extends.contains(of)) {
        Some((name, _)) => format!("take one that extends it, for example `{name}`"),
        None => format!("write a type with `extends = [\"{of}\"]`, and take that"),
    }
}
