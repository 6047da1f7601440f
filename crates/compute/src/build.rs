//! From a model to what runs. What cannot be built is told and left without output.

mod draft;

use std::collections::BTreeMap;
use std::sync::Arc;

use formula::graph::{Builder, Cause, CellId, Graph};
use formula::metric::Metric;
use formula::{Sample, Time, Zones};
use model::{Model, Resolved};
use twin::Timestamp;

use crate::coverage::Cover;
use crate::pace::Pace;
use crate::spec::{Specs, is_steady};
use crate::standing::Standing;
use crate::windows::{Metrics, Running};
use crate::{Compute, Problem, circles, confirm, run};
use draft::{Cell, Draft};

/// Problems that are told at once.
const MAX_PROBLEMS: usize = 1_000;

impl Compute {
    /// Everything that a model has computed, with the links that hold at `at`, and what cannot be:
    /// formulas with mistakes, formulas that go in circles across assets. No leaf has a value yet.
    #[must_use]
    pub fn new(
        model: &Model,
        resolved: &Resolved,
        at: Timestamp,
        zones: Arc<dyn Zones + Send + Sync>,
    ) -> (Self, Vec<Problem>) {
        let mut specs = Specs::new(model, resolved, &*zones);
        let mut draft = Draft::new(model, resolved, &mut specs, at);
        let mut problems = specs.problems;
        draft.add_outputs(at);
        draft.connect();
        tell_too_far(&draft, &mut problems);
        let circles = take_out_circles(&mut draft, &mut problems);
        let ranks = circles::ranks(&draft.inputs);
        let mut graph = build_graph(&draft, &mut problems);
        let mut metrics = Metrics::default();
        let mut least = BTreeMap::new();
        for (number, output) in draft.outputs.iter_mut().enumerate() {
            let share = output.spec.property.coverage.filter(|share| *share < 1.0);
            let inputs = draft
                .inputs
                .get(output.cell as usize)
                .cloned()
                .unwrap_or_default();
            match draft.cells.get(output.cell as usize) {
                Some(Cell::Formula(_)) => least.extend(share.map(|share| (output.cell, share))),
                Some(Cell::Metric(formula, windows)) => {
                    let members: Vec<usize> = inputs.iter().map(Vec::len).collect();
                    output.metric = Some(metrics.add(Running {
                        metric: Metric::new(Arc::clone(formula), windows.clone(), &members),
                        cell: output.cell,
                        output: number as u32,
                        rank: ranks.get(output.cell as usize).copied().unwrap_or_default(),
                        inputs,
                        least: share,
                        closed: None,
                        share: 0.0,
                        is_past: false,
                        silent: Vec::new(),
                    }));
                }
                _ => {}
            }
        }
        for (at, cell) in draft.cells.iter().enumerate() {
            if let Cell::Leaf(Some(value)) = cell {
                let sample = Sample::good(Time(0), value.clone());
                graph.set_because(CellId::new(at as u32), sample, Cause::NONE);
            }
        }
        steady_values(&graph, &mut metrics);
        count_results(&mut graph, &metrics, &draft);
        metrics.begin(Time(at.micros()), &*zones);
        let mut directory = draft.directory;
        directory.seal(draft.by_name, draft.leaf_names);
        let named = |cell: &u32| {
            let place = directory.place(*cell);
            let (asset, path) = directory.names(place.asset, place.path);
            (Arc::clone(asset), Arc::clone(path))
        };
        let circles = circles
            .iter()
            .map(|way| way.iter().map(named).collect())
            .collect();
        let is_reading = |cell: u32| {
            let leaf = directory
                .leaf_of(cell)
                .and_then(|leaf| draft.leaves.get(leaf as usize));
            leaf.map_or(directory.output_of(cell).is_some(), |leaf| leaf.counted)
        };
        let pace = Pace::new(&graph, is_reading);
        let mut compute = Self {
            cover: Cover::new(draft.cells.len(), least),
            standing: Standing::new(&graph, &metrics),
            graph,
            metrics,
            leaves: draft.leaves,
            outputs: draft.outputs,
            states: draft.states,
            circles,
            links_change: draft.links.change.map(|time| Timestamp::from_micros(time.0)),
            zones,
            run: run::Run::default(),
            pace,
            confirm: confirm::Confirm::default(),
            directory,
        };
        compute.count_readings(&draft.cells);
        let more = problems.len().saturating_sub(MAX_PROBLEMS);
        problems.truncate(MAX_PROBLEMS);
        if more > 0 {
            problems.push(Problem {
                element: String::new(),
                message: format!("{more} more problems are not shown"),
                help: None,
            });
        }
        (compute, problems)
    }

    /// What of a model without mistakes goes in circles across assets, along the links that are
    /// still open: the element that says the formula, and the way around.
    #[must_use]
    pub fn check(model: &Model, resolved: &Resolved, zones: &dyn Zones) -> Vec<Problem> {
        let mut specs = Specs::new(model, resolved, zones);
        let at = Timestamp::from_micros(i64::MAX);
        let mut draft = Draft::new(model, resolved, &mut specs, at);
        let mut problems = specs.problems;
        draft.add_outputs(at);
        draft.connect();
        tell_too_far(&draft, &mut problems);
        take_out_circles(&mut draft, &mut problems);
        problems
    }

    /// Counts the readings below every value.
    fn count_readings(&mut self, cells: &[Cell]) {
        let Self {
            cover,
            standing,
            graph,
            metrics,
            leaves,
            directory,
            ..
        } = self;
        let mut arrived: Vec<u32> = Vec::new();
        let mut count = |cover: &mut Cover, metrics: &mut Metrics, cell: u32, readings: u32| {
            arrived.clear();
            cover.count(graph, cell, readings, |cell| arrived.extend(metrics.fed_by(cell)));
            arrived.sort_unstable();
            arrived.dedup();
            for metric in &arrived {
                metrics.count(*metric, readings);
            }
        };
        for (at, cell) in cells.iter().enumerate() {
            let leaf = directory
                .leaf_of(at as u32)
                .and_then(|leaf| leaves.get(leaf as usize));
            let counted = match cell {
                Cell::Leaf(_) => leaf.is_some_and(|leaf| leaf.counted),
                // What can never have a value is an input that is never there.
                Cell::Nothing => true,
                Cell::Formula(_) | Cell::Metric(..) => false,
            };
            if counted {
                count(cover, metrics, at as u32, 1);
                standing.set(graph, metrics, at as u32, false);
            }
        }
        for metric in metrics.by_rank() {
            let (cell, readings) = metrics.readings(metric);
            count(cover, metrics, cell, readings);
            // Nothing is known of a window that did not close yet.
            cover.set(graph, cell, 0);
        }
        cover.grade_all(graph);
    }
}

/// Tells whose inputs go further than can be held.
fn tell_too_far(draft: &Draft<'_>, problems: &mut Vec<Problem>) {
    for (asset, relation) in &draft.too_far {
        let (asset, _) = draft.directory.names(*asset, 0);
        problems.push(Problem {
            element: format!("assets/{asset}"),
            message: format!(
                "`{asset}` uses too many assets along `{relation}`: all inputs together go too far"
            ),
            help: Some("say fewer `levels`, or carry sums from level to level".to_owned()),
        });
    }
}

/// Takes out what goes in circles, and tells each way around.
fn take_out_circles(draft: &mut Draft<'_>, problems: &mut Vec<Problem>) -> Vec<Vec<u32>> {
    let found = circles::find(&draft.inputs);
    for way in &found.ways {
        let names: Vec<String> = way
            .iter()
            .map(|cell| {
                let place = draft.directory.place(*cell);
                let (asset, path) = draft.directory.names(place.asset, place.path);
                format!("{asset}/{path}")
            })
            .collect();
        problems.push(Problem {
            element: way.first().map_or_else(String::new, |cell| said_at(draft, *cell)),
            message: format!(
                "`{}` depends on itself: {}",
                names.first().map_or("", String::as_str),
                names.join(" → ")
            ),
            help: Some("let one of them use measured values only".to_owned()),
        });
    }
    for (cell, way) in found.out {
        if let Some(inputs) = draft.inputs.get_mut(cell as usize) {
            inputs.clear();
        }
        if let Some(cell) = draft.cells.get_mut(cell as usize) {
            *cell = Cell::Nothing;
        }
        if let Some(output) = draft
            .directory
            .output_of(cell)
            .and_then(|output| draft.outputs.get_mut(output as usize))
        {
            output.circle = Some(way);
        }
    }
    found.ways
}

/// The element of the model that says how a cell is computed.
fn said_at(draft: &Draft<'_>, cell: u32) -> String {
    let place = draft.directory.place(cell);
    let (_, path) = draft.directory.names(place.asset, place.path);
    let effective = draft.directory.info(place.asset).map(|(_, ty)| &ty.effective);
    let Some(traced) = effective.and_then(|effective| effective.properties.get(&**path)) else {
        return String::new();
    };
    let key = match traced.value.kind {
        Some(model::Kind::State) => "states",
        _ => "formula",
    };
    let name = path.rsplit('.').next().unwrap_or_default();
    let said_by = traced.said_by(key).or(traced.origin());
    said_by.map_or_else(String::new, |ty| format!("types/{ty}/properties/{name}/{key}"))
}

fn build_graph(draft: &Draft<'_>, problems: &mut Vec<Problem>) -> Graph {
    let mut builder = Builder::default();
    for (cell, inputs) in draft.cells.iter().zip(&draft.inputs) {
        match cell {
            Cell::Formula(formula) => {
                let cells = |slot: &Vec<u32>| slot.iter().map(|cell| CellId::new(*cell)).collect();
                builder.formula(Arc::clone(formula), inputs.iter().map(cells).collect());
            }
            Cell::Leaf(_) | Cell::Metric(..) | Cell::Nothing => {
                builder.leaf();
            }
        }
    }
    builder.build().unwrap_or_else(|error| {
        problems.push(Problem {
            element: String::new(),
            message: format!("nothing can be computed: {error:?}"),
            help: None,
        });
        Graph::default()
    })
}

/// What the model says itself is known to metrics from the start.
fn steady_values(graph: &Graph, metrics: &mut Metrics) {
    for running in metrics.each_mut() {
        for (slot, members) in running.inputs.iter().enumerate() {
            for (member, cell) in members.iter().enumerate() {
                let sample = graph.sample(CellId::new(*cell));
                if let Some(sample) = sample.filter(|_| is_steady(running.metric.formula(), slot)) {
                    running.metric.recall(slot, member, sample.clone());
                }
            }
        }
    }
}

/// States and what windows are made of: each result of theirs counts, and when it was.
fn count_results(graph: &mut Graph, metrics: &Metrics, draft: &Draft<'_>) {
    for (cell, samples) in metrics.inputs() {
        graph.count(CellId::new(cell), samples);
    }
    for output in draft.outputs.iter().filter(|output| output.state.is_some()) {
        graph.count(CellId::new(output.cell), false);
    }
}
