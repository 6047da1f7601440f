//! Functions over values side by side: several arguments, or a property of many assets.

use super::Context;
use super::math::Tally;
use crate::functions::Fun;
use crate::node::{Argument, Node};
use crate::value::Datum;

impl Context<'_> {
    /// Sums and the like. All values are needed: what is missing is never passed over in silence,
    /// but by `count`, which counts what is there, and where the inputs say that members may be.
    pub(super) fn together(&self, fun: Fun, arguments: &[Argument], extra: &[Node]) -> Datum {
        match fun {
            Fun::Worst => self.worst(arguments, extra),
            Fun::WeightedAvg => Datum::from(self.weighted(arguments)),
            _ => self.tallied(fun, arguments),
        }
    }

    fn tallied(&self, fun: Fun, arguments: &[Argument]) -> Datum {
        let mut tally = Tally::default();
        let mut missing = false;
        for argument in arguments {
            self.each(argument, |value, context, node| {
                let datum = match (fun, value) {
                    (Fun::CountIf, _) => context
                        .and_then(|context| context.decided(node))
                        .map_or(Datum::None, Datum::truth),
                    (_, Datum::Number(number)) if !number.is_finite() => Datum::None,
                    (_, datum) => datum,
                };
                match datum.number() {
                    Some(number) if fun != Fun::CountIf => tally.add(number),
                    Some(number) if number > 0.0 => tally.count_one(),
                    Some(_) => {}
                    None if fun == Fun::Count && datum != Datum::None => tally.count_one(),
                    None if self.skips(argument) => {}
                    None => missing = true,
                }
            });
        }
        if missing && fun != Fun::Count {
            return Datum::None;
        }
        Datum::from(tally.result(fun))
    }

    fn skips(&self, argument: &Argument) -> bool {
        match argument {
            Argument::One(_) => false,
            Argument::Each(slot, _) => self.inputs.may_skip(*slot),
        }
    }

    /// The argument's value for each member, with what it is evaluated in.
    fn each(&self, argument: &Argument, mut visit: impl FnMut(Datum, Option<&Self>, &Node)) {
        match argument {
            Argument::One(node) => visit(self.eval(node), Some(self), node),
            Argument::Each(slot, node) => {
                for member in 0..self.inputs.members(*slot) {
                    match self.inputs.member(*slot, member) {
                        None => visit(Datum::None, None, node),
                        Some(sample) => {
                            let context = Self {
                                sample: Some((*slot, sample)),
                                ..*self
                            };
                            let value = match node {
                                // The way of every roll-up: no detour over the tree.
                                Node::Input(_) if sample.is_good() => {
                                    sample.value.as_ref().map_or(Datum::None, Datum::from)
                                }
                                _ => context.eval(node),
                            };
                            visit(value, Some(&context), node);
                        }
                    }
                }
            }
        }
    }

    /// The word that stands first among the ranks. A word that is none of them has no rank.
    fn worst(&self, arguments: &[Argument], ranks: &[Node]) -> Datum {
        let ranks: Vec<Datum> = ranks.iter().map(|rank| self.eval(rank)).collect();
        let (mut worst, mut missing) = (None, false);
        for argument in arguments {
            self.each(argument, |value, _, _| {
                match ranks.iter().position(|rank| *rank == value) {
                    Some(rank) => worst = Some(worst.map_or(rank, |worst: usize| worst.min(rank))),
                    None if value == Datum::None && self.skips(argument) => {}
                    None => missing = true,
                }
            });
        }
        let found = worst.filter(|_| !missing).and_then(|rank| ranks.get(rank));
        found.cloned().unwrap_or(Datum::None)
    }

    /// The mean, each value with the weight of the same member.
    fn weighted(&self, arguments: &[Argument]) -> Option<f64> {
        let [values, weights] = arguments else { return None };
        let gathered = |argument: &Argument| {
            let mut numbers = Vec::new();
            self.each(argument, |value, _, _| numbers.push(value.number()));
            numbers
        };
        let (numbers, sizes) = (gathered(values), gathered(weights));
        if numbers.len() != sizes.len() {
            return None;
        }
        let (mut sum, mut total) = (0.0, 0.0);
        for pair in numbers.into_iter().zip(sizes) {
            match pair {
                (Some(number), Some(weight)) if weight >= 0.0 => {
                    sum += number * weight;
                    total += weight;
                }
                (None, _) | (_, None) if self.skips(values) => {}
                _ => return None,
            }
        }
        (total > 0.0).then(|| sum / total)
    }
}
