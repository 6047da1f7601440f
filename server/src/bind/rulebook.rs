//! The rules that `gemba bind test` tries, and the model they are for.

use std::path::Path;

use bind::{Bound, Rule, Rules};
use model::{Checked, File, check_files};

use super::TestArgs;
use super::fits::mismatch;
use crate::formula::World;
use crate::model::command::Terminal;
use crate::model::folder;

/// Rules, and the model whose assets they should meet.
pub struct Rulebook {
    pub rules: Rules,
    pub model: Option<Checked>,
}

/// Reads the rules that the flags name; none when they are wrong, which is told.
pub fn open(args: &TestArgs, terminal: &mut dyn Terminal) -> anyhow::Result<Option<Rulebook>> {
    let mut bindings: Vec<(String, Rule)> = Vec::new();
    let mut whole = None;
    if let Some(dir) = &args.model {
        let Some(checked) = of_folder(dir, terminal) else {
            return Ok(None);
        };
        bindings.extend(of(&checked));
        whole = Some(checked);
    }
    if let Some(path) = &args.rule {
        let text = std::fs::read_to_string(path)
            .map_err(|error| anyhow::anyhow!(crate::shell::unreadable(path, &error)))?;
        let path = path.display().to_string();
        let files = [File {
            path: &path,
            text: &text,
        }];
        let checked = check_files(&files, &World);
        // Whether its assets are there a file alone cannot tell.
        if !checked.is_ok() {
            terminal.complain(&checked.render());
            return Ok(None);
        }
        bindings.extend(of(&checked));
    }
    if let Some(name) = &args.preset {
        let rule = Rule {
            preset: Some(name.as_str().into()),
            filter: args.filter.as_deref().map(Into::into),
            ..Rule::default()
        };
        bindings.push((name.clone(), rule));
    }
    if bindings.is_empty() {
        terminal.complain(
            "there is no rule: give --rule FILE, --model DIR or --preset NAME with `[bindings.NAME]`",
        );
        return Ok(None);
    }
    let (rules, told) = Rules::compile(bindings.iter().map(|(name, rule)| (name.as_str(), rule)), &World);
    if rules.is_empty() {
        for found in told {
            terminal.complain(&format!("{}: {}", found.binding, found.problem));
        }
        return Ok(None);
    }
    Ok(Some(Rulebook { rules, model: whole }))
}

fn of(checked: &Checked) -> impl Iterator<Item = (String, Rule)> {
    let bindings = checked.model.bindings.iter();
    bindings.map(|(name, rule)| (name.as_str().to_owned(), rule.clone()))
}

fn of_folder(dir: &Path, terminal: &mut dyn Terminal) -> Option<Checked> {
    let files = match folder::read(dir) {
        Ok(files) => files,
        Err(wrong) => {
            terminal.complain(&wrong.join("\n"));
            return None;
        }
    };
    let paths: Vec<String> = files
        .iter()
        .map(|file| dir.join(&file.path).display().to_string())
        .collect();
    let files: Vec<File<'_>> = files
        .iter()
        .zip(&paths)
        .map(|(file, path)| File {
            path,
            text: &file.text,
        })
        .collect();
    let checked = check_files(&files, &World);
    if !checked.is_ok() {
        terminal.complain(&checked.render());
        return None;
    }
    Some(checked)
}

impl Rulebook {
    /// What of a value does not fit the model: its asset, its property, its data type or its unit; none when
    /// all does, or nobody asked.
    pub fn wrong(&self, leaf: &Bound) -> Option<String> {
        let checked = self.model.as_ref()?;
        let (asset, property) = (&*leaf.asset, &*leaf.property);
        let Some(found) = checked.model.assets.get(asset) else {
            return Some(format!("the model has no asset `{asset}`"));
        };
        match checked.resolved.property(found, property) {
            None => Some(format!("a `{}` has no property `{property}`", found.ty)),
            Some(own) => mismatch(&own, leaf),
        }
    }
}
