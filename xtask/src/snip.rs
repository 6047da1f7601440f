//! Empties functions that are linked but never called: the linker keeps whatever a table of functions names.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, Function, Module};
use wasmparser::{FunctionBody, KnownCustom, Name, NameSectionReader, Operator, Parser, Payload, TypeRef};

/// Parts of names. A call would stop the page at once (`unreachable`), and with it every end-to-end test.
const NEVER: [&str; 3] = [
    // Hydration that awaits; ours is one synchronous walk (docs/decisions/0006).
    "hydrate_async",
    // The list of routes is the server's.
    "generate_routes",
    // Bodies of requests and answers that are streams; ours are whole.
    "intounderlying",
];
/// The compiler keeps one of several functions that are the same, under one of their names. What drops may stand
/// for others in tables, where nobody sees it.
const SHARED: &str = "drop_in_place";

/// A module without the bodies of such functions. wasm-opt then leaves out what only they called.
pub fn snip(module: &[u8]) -> Result<Vec<u8>> {
    let mut snip = Snip::read(module)?;
    let mut out = Module::new();
    snip.parse_core_module(&mut out, Parser::new(0), module)
        .map_err(|error| anyhow!("the client cannot be written: {error}"))?;
    Ok(out.finish())
}

/// Functions by their place among all, imported ones first.
struct Snip {
    never: BTreeSet<u32>,
    /// The next body's.
    next: u32,
}

impl Snip {
    fn read(module: &[u8]) -> Result<Self> {
        let (mut never, mut calls, mut imported) = (BTreeSet::new(), BTreeMap::new(), 0);
        let mut next = 0;
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                    }
                    next = imported;
                }
                Payload::CodeSectionEntry(body) => {
                    calls.insert(next, called(&body)?);
                    next += 1;
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        never = named(names)?;
                    }
                }
                _ => {}
            }
        }
        keep_called(&mut never, &calls);
        Ok(Self {
            never,
            next: imported,
        })
    }
}

/// The functions whose names say that they are never called.
fn named(names: NameSectionReader<'_>) -> Result<BTreeSet<u32>> {
    let mut never = BTreeSet::new();
    for names in names {
        if let Name::Function(names) = names? {
            for name in names {
                let name = name?;
                if NEVER.iter().any(|part| name.name.contains(part)) && !name.name.contains(SHARED) {
                    never.insert(name.index);
                }
            }
        }
    }
    Ok(never)
}

/// The functions that a body calls by name.
fn called(body: &FunctionBody<'_>) -> Result<Vec<u32>> {
    let mut called = Vec::new();
    for operator in body.get_operators_reader()? {
        if let Operator::Call { function_index } | Operator::RefFunc { function_index } = operator? {
            called.push(function_index);
        }
    }
    Ok(called)
}

/// What is called by anything that stays, stays: it stands for others that are the same.
fn keep_called(never: &mut BTreeSet<u32>, calls: &BTreeMap<u32, Vec<u32>>) {
    let mut kept: Vec<u32> = calls
        .keys()
        .copied()
        .filter(|index| !never.contains(index))
        .collect();
    while let Some(index) = kept.pop() {
        for callee in calls.get(&index).into_iter().flatten() {
            if never.remove(callee) {
                kept.push(*callee);
            }
        }
    }
}

impl Reencode for Snip {
    type Error = Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), Error<Infallible>> {
        let index = self.next;
        self.next += 1;
        if !self.never.contains(&index) {
            return utils::parse_function_body(self, code, body);
        }
        let mut empty = Function::new([]);
        empty.instructions().unreachable().end();
        code.function(&empty);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_something_else_calls_too_stays() {
        // 3 stays and calls 1, which calls 2; 4 is called by 0 only, which goes.
        let calls = BTreeMap::from([
            (0, vec![4]),
            (1, vec![2]),
            (2, vec![]),
            (3, vec![1]),
            (4, vec![0]),
        ]);
        let mut never = BTreeSet::from([0, 1, 2, 4]);
        keep_called(&mut never, &calls);
        assert_eq!(never, BTreeSet::from([0, 4]));
    }
}
