//! docs/packs.md has a table for each type of the utilities pack, made from its files.
//!
//! `GEMBA_WRITE_PACKS=1 cargo test -p model --test packs` writes it again.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use model::{AssetType, Kind, Limits, Model, Property};

use crate::{files, read};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/packs.md");
const BEGIN: &str = "<!-- made from packs/utilities by crates/model/tests/packs/document.rs -->\n";

fn numbers(property: &Property) -> (String, String) {
    let normal = property
        .normal
        .map(|(low, high)| format!("{} to {}", formula::shortest(low), formula::shortest(high)));
    let limit = |(name, limit): (&str, model::Limit)| {
        let short = match name {
            "low_low" => "LL",
            "low" => "L",
            "high" => "H",
            _ => "HH",
        };
        format!("{short} {}", formula::shortest(limit.at))
    };
    let limits: Vec<String> = Limits::each(&property.limits).map(limit).collect();
    (normal.unwrap_or_default(), limits.join(", "))
}

/// What a property is, in a cell.
fn what(property: &Property) -> String {
    let text = property.about.description.as_deref().unwrap_or_default();
    let text = text.replace('|', "\\|");
    match (property.kind, &property.formula, &property.window) {
        (Some(Kind::Computed), Some(formula), window) => {
            let formula = formula.replace('|', "\\|");
            let over = window.as_ref().map(|window| format!(" over {window}"));
            format!("`{formula}`{}. {text}", over.unwrap_or_default())
        }
        (Some(Kind::State), ..) => {
            let names: Vec<&str> = property.states.iter().map(|state| &*state.name).collect();
            format!("{} {text}", names.join(", ")).trim().to_owned()
        }
        (Some(Kind::Attribute), ..) => format!("attribute {text}").trim().to_owned(),
        _ => text,
    }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let quoted: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

fn section(name: &str, ty: &AssetType) -> String {
    let title = ty.about.name.as_deref().unwrap_or(name);
    let mut out = format!("### {title} `{name}`\n\n");
    out.push_str(ty.about.description.as_deref().unwrap_or_default());
    out.push('\n');
    if !ty.extends.is_empty() {
        writeln!(
            out,
            "A kind of {}.",
            listed(ty.extends.iter().map(model::TypeName::as_str))
        )
        .unwrap();
    }
    if let Some(class) = ty.about.notes.get("x-iso14224") {
        writeln!(out, "ISO 14224: {class}.").unwrap();
    }
    if !ty.parameters.is_empty() {
        writeln!(
            out,
            "Parameters: {}.",
            listed(ty.parameters.keys().map(model::ParameterName::as_str))
        )
        .unwrap();
    }
    if !ty.components.is_empty() {
        let components = ty
            .components
            .iter()
            .map(|(name, component)| format!("`{name}` ({})", component.ty));
        writeln!(out, "Components: {}.", components.collect::<Vec<_>>().join(", ")).unwrap();
    }
    if !ty.properties.is_empty() {
        out.push_str("\n| property | unit | normal | limits | what it is |\n|---|---|---|---|---|\n");
    }
    // What is computed comes after what it is computed from.
    let rank = |property: &Property| property.kind == Some(Kind::Computed);
    let mut properties: Vec<_> = ty.properties.iter().collect();
    properties.sort_by_key(|(_, property)| rank(property));
    for (key, property) in properties {
        let name = property.about.name.as_deref().unwrap_or_default();
        let unit = property.unit.as_ref().map(|unit| format!("`{}`", unit.code()));
        let (normal, limits) = numbers(property);
        let cells = [
            format!("{name} `{key}`").trim().to_owned(),
            unit.unwrap_or_default(),
            normal,
            limits,
            what(property),
        ];
        writeln!(out, "| {} |", cells.join(" | ")).unwrap();
    }
    out.push('\n');
    out
}

/// Which file each type stands in, and what its first line says.
fn chapters() -> Vec<(String, String, Vec<String>)> {
    let types = |text: &str| -> Vec<String> {
        let name = |line: &str| Some(line.strip_prefix("[types.")?.strip_suffix(']')?.to_owned());
        text.lines()
            .filter_map(name)
            .filter(|name| !name.contains('.'))
            .collect()
    };
    files(&["utilities/model"])
        .into_iter()
        .map(|(path, text)| {
            let head = text.lines().next().unwrap_or_default();
            let head = head.trim_start_matches("# ").to_owned();
            (path, head, types(&text))
        })
        .filter(|(_, _, types)| !types.is_empty())
        .collect()
}

fn tables(model: &Model) -> String {
    let types: BTreeMap<&str, &AssetType> =
        model.types.iter().map(|(name, ty)| (name.as_str(), ty)).collect();
    let mut out = String::new();
    let mut told = 0;
    for (path, head, names) in chapters() {
        let file = path.rsplit('/').next().unwrap_or_default();
        writeln!(out, "## {file}\n\n{head}\n").unwrap();
        for name in names {
            out.push_str(&section(&name, types[name.as_str()]));
            told += 1;
        }
    }
    assert_eq!(told, types.len(), "a type stands in no file of its own");
    out
}

#[test]
fn the_document_says_what_is_in_the_packs() {
    let made = tables(&read(&["utilities/model"]).model);
    let document = std::fs::read_to_string(DOCUMENT).unwrap();
    let (before, after) = document.split_once(BEGIN).unwrap();
    if std::env::var_os("GEMBA_WRITE_PACKS").is_some() {
        std::fs::write(DOCUMENT, format!("{before}{BEGIN}\n{}\n", made.trim_end())).unwrap();
        return;
    }
    let help = "run it with GEMBA_WRITE_PACKS=1 and look at what changes";
    for (line, (told, made)) in after.trim().lines().zip(made.trim().lines()).enumerate() {
        assert_eq!(told, made, "line {line} of the tables; {help}");
    }
    assert_eq!(
        after.trim().lines().count(),
        made.trim().lines().count(),
        "{help}"
    );
}
