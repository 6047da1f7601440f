//! Functions over the samples of a window. A window begins after its start and ends with its end:
//! `(start, end]`, as in SiteWise. Between two good samples the earlier one holds.

use std::collections::BTreeMap;

use super::Context;
use super::math::Tally;
use crate::functions::Fun;
use crate::node::{Argument, Node};
use crate::time::Time;
use crate::value::{Datum, Sample};

/// A stretch of time, without its start and with its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Window {
    /// The moment after which it begins.
    pub start: Time,
    /// Its last moment.
    pub end: Time,
}

/// A value at a time, after the argument's expression.
struct Point {
    time: Time,
    datum: Datum,
    /// What held before, again: for how long counts, how often does not.
    resumed: bool,
}

impl Window {
    /// The samples in it.
    pub(crate) fn inside(self, samples: &[Sample]) -> &[Sample] {
        let first = samples.partition_point(|sample| sample.time <= self.start);
        let after = samples.partition_point(|sample| sample.time <= self.end);
        samples.get(first..after).unwrap_or_default()
    }

    /// The samples before it.
    fn before(self, samples: &[Sample]) -> &[Sample] {
        let first = samples.partition_point(|sample| sample.time <= self.start);
        samples.get(..first).unwrap_or_default()
    }

    /// Its length in seconds.
    #[must_use]
    pub fn secs(self) -> f64 {
        self.end.since(self.start)
    }

    /// Seconds of the window over which the newest sample was a good one, and whether a good one
    /// came in it.
    pub(crate) fn known(self, samples: &[Sample]) -> (f64, bool) {
        let held = self.before(samples).last();
        let mut since = held.filter(|sample| sample.is_good()).map(|_| self.start);
        let (mut secs, mut any) = (0.0, false);
        for sample in self.inside(samples) {
            secs += since.map_or(0.0, |since| sample.time.since(since));
            since = sample.is_good().then_some(sample.time);
            any |= since.is_some();
        }
        (secs + since.map_or(0.0, |since| self.end.since(since)), any)
    }

    pub(crate) fn apply(self, cx: &Context<'_>, fun: Fun, arguments: &[Argument], extra: &[Node]) -> Datum {
        let extra: Vec<Datum> = extra.iter().map(|node| cx.eval(node)).collect();
        if fun.aggregates() {
            return self.aggregate(cx, fun, arguments);
        }
        let Some(argument) = arguments.first() else {
            return Datum::None;
        };
        let series = Series {
            window: self,
            cx,
            argument,
        };
        match fun {
            Fun::Percentile | Fun::Median => {
                let percent = match fun {
                    Fun::Median => Some(50.0),
                    _ => extra.first().and_then(Datum::number),
                };
                Datum::from(percent.and_then(|percent| percentile(series.numbers(), percent)))
            }
            Fun::Worst => self.worst(cx, argument, &extra),
            Fun::Mode | Fun::Distinct => series.repeated(fun),
            Fun::Range => Datum::from(series.tally().result(fun)),
            Fun::First => series.inside().next().map_or(Datum::None, |point| point.datum),
            Fun::Last => series.inside().last().map_or(Datum::None, |point| point.datum),
            Fun::Earliest => series.held().map_or(Datum::None, |point| point.datum),
            Fun::Latest => series.latest(),
            Fun::Increase | Fun::Rate | Fun::Resets => {
                Datum::from(series.counted(fun, extra.first().and_then(Datum::number)))
            }
            Fun::Delta => Datum::from(series.delta()),
            Fun::Entries => extra.first().map_or(Datum::None, |state| series.entries(state)),
            _ => Datum::from(series.weighed(fun, extra.first())),
        }
    }

    /// SiteWise's aggregations: over all samples of all arguments together. `count` is 0 where
    /// there are none; the others need one sample of every input.
    fn aggregate(self, cx: &Context<'_>, fun: Fun, arguments: &[Argument]) -> Datum {
        let mut tally = Tally::default();
        // Texts have extremes of their own.
        let mut texts: Vec<Datum> = Vec::new();
        for argument in arguments {
            let mut points: u64 = 0;
            let mut add = |datum: Datum| {
                match datum {
                    Datum::None => return,
                    Datum::Number(number) if !number.is_finite() => return,
                    met if fun == Fun::CountIf => {
                        if met.holds() {
                            tally.count_one();
                        }
                    }
                    Datum::Number(number) => tally.add(number),
                    other => {
                        tally.count_one();
                        texts.push(other);
                    }
                }
                points += 1;
            };
            match argument {
                Argument::One(node) => add(cx.eval(node)),
                Argument::Each(slot, _) => {
                    for member in 0..cx.inputs.members(*slot) {
                        let samples = self.inside(cx.inputs.samples(*slot, member));
                        points_of(cx, argument, samples)
                            .filter(|point| !point.resumed)
                            .for_each(|point| add(point.datum));
                    }
                }
            }
            if points == 0 && fun != Fun::Count {
                return Datum::None;
            }
        }
        match fun {
            Fun::Count | Fun::CountIf => Datum::from(tally.result(fun)),
            _ if texts.is_empty() => Datum::from(tally.result(fun)),
            Fun::Min | Fun::Max => extreme(fun, &texts),
            _ => Datum::None,
        }
    }

    /// The word that stands first among the ranks; none when one of them has no rank.
    fn worst(self, cx: &Context<'_>, argument: &Argument, ranks: &[Datum]) -> Datum {
        let Argument::Each(slot, _) = argument else {
            return Datum::None;
        };
        let mut worst: Option<usize> = None;
        for member in 0..cx.inputs.members(*slot) {
            for point in points_of(cx, argument, self.inside(cx.inputs.samples(*slot, member))) {
                match ranks.iter().position(|rank| *rank == point.datum) {
                    Some(rank) => worst = Some(worst.map_or(rank, |worst| worst.min(rank))),
                    None => return Datum::None,
                }
            }
        }
        let found = worst.and_then(|rank| ranks.get(rank));
        found.cloned().unwrap_or(Datum::None)
    }
}

/// First or last text in lexicographic order; nothing for a mix.
fn extreme(fun: Fun, texts: &[Datum]) -> Datum {
    let ordered = texts.iter().filter_map(|datum| match datum {
        Datum::Text(text) => Some(text),
        _ => None,
    });
    let found = if fun == Fun::Min {
        ordered.min()
    } else {
        ordered.max()
    };
    found.map_or(Datum::None, |text| Datum::Text(text.clone()))
}

/// The good samples as the argument's expression sees them; what gives no value is left out.
fn points_of<'a>(
    cx: &Context<'a>,
    argument: &'a Argument,
    samples: &'a [Sample],
) -> impl DoubleEndedIterator<Item = Point> + use<'a> {
    let cx = *cx;
    samples
        .iter()
        .filter(|sample| sample.is_good())
        .filter_map(move |sample| {
            let datum = match argument {
                Argument::One(_) => return None,
                Argument::Each(slot, node) => Context {
                    sample: Some((*slot, sample)),
                    ..cx
                }
                .eval(node),
            };
            let fits = datum != Datum::None && datum.number().is_none_or(f64::is_finite);
            fits.then_some(Point {
                time: sample.time,
                datum,
                resumed: sample.resumed,
            })
        })
}

/// One argument over the window.
struct Series<'a, 'c> {
    window: Window,
    cx: &'c Context<'a>,
    argument: &'a Argument,
}

impl<'a> Series<'a, '_> {
    fn samples(&self) -> &'a [Sample] {
        match self.argument {
            Argument::One(_) => &[],
            Argument::Each(slot, _) => self.cx.inputs.samples(*slot, 0),
        }
    }

    /// Points in the window; a single value is one at its end.
    fn inside(&self) -> impl DoubleEndedIterator<Item = Point> + use<'a> {
        let one = match self.argument {
            Argument::One(node) => Some(Point {
                time: self.window.end,
                datum: self.cx.eval(node),
                resumed: false,
            }),
            Argument::Each(..) => None,
        };
        points_of(self.cx, self.argument, self.window.inside(self.samples()))
            .chain(one.filter(|point| point.datum.clone().output().is_some()))
    }

    /// The last point before the window: what holds when it begins.
    fn held(&self) -> Option<Point> {
        match self.argument {
            Argument::One(node) => Some(Point {
                time: self.window.start,
                datum: self.cx.eval(node),
                resumed: false,
            }),
            Argument::Each(..) => {
                points_of(self.cx, self.argument, self.window.before(self.samples())).next_back()
            }
        }
    }

    /// The first point after the window.
    fn following(&self) -> Option<Point> {
        let samples = self.samples();
        let after = samples.partition_point(|sample| sample.time <= self.window.end);
        points_of(self.cx, self.argument, samples.get(after..).unwrap_or_default()).next()
    }

    fn latest(&self) -> Datum {
        let last = self.inside().next_back().or_else(|| self.held());
        last.map_or(Datum::None, |point| point.datum)
    }

    /// What was measured in the window, each once.
    fn measured(&self) -> impl Iterator<Item = Point> + use<'a> {
        self.inside().filter(|point| !point.resumed)
    }

    fn numbers(&self) -> Vec<f64> {
        self.measured().filter_map(|point| point.datum.number()).collect()
    }

    fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.numbers().into_iter().for_each(|number| tally.add(number));
        tally
    }

    /// The most frequent value, the earliest of several; or how many different ones there are.
    fn repeated(&self, fun: Fun) -> Datum {
        let mut counts: BTreeMap<String, (u64, usize, Datum)> = BTreeMap::new();
        for (at, point) in self.measured().enumerate() {
            let Some(written) = point.datum.written() else {
                continue;
            };
            counts.entry(written).or_insert((0, at, point.datum)).0 += 1;
        }
        if fun == Fun::Distinct {
            return Datum::Number(counts.len() as f64);
        }
        counts
            .into_values()
            .max_by_key(|(count, at, _)| (*count, std::cmp::Reverse(*at)))
            .map_or(Datum::None, |(_, _, datum)| datum)
    }

    /// A counter's steps. A smaller reading means that it was set back to zero, or, where its size
    /// is given, that it ran over.
    fn counted(&self, fun: Fun, rollover: Option<f64>) -> Option<f64> {
        let points = self.held().into_iter().chain(self.inside());
        let numbers: Vec<(Time, f64)> = points
            .filter_map(|point| Some((point.time, point.datum.number()?)))
            .collect();
        let (mut total, mut resets) = (0.0, 0.0);
        for pair in numbers.windows(2) {
            let [(_, before), (_, after)] = pair else { continue };
            if after >= before {
                total += after - before;
            } else {
                resets += 1.0;
                total += rollover.map_or(*after, |size| size - before + after);
            }
        }
        let (first, last) = (numbers.first()?, numbers.last()?);
        let steps = numbers.len() > 1;
        match fun {
            Fun::Resets => Some(resets),
            Fun::Increase => steps.then_some(total),
            _ => steps.then(|| total / last.0.since(first.0)),
        }
    }

    /// How far the value has moved: from what held at the start, or from the first one.
    fn delta(&self) -> Option<f64> {
        let from = self.held().or_else(|| self.inside().next())?;
        Some(self.latest().number()? - from.datum.number()?)
    }

    /// How often the value became this one.
    fn entries(&self, state: &Datum) -> Datum {
        let mut before = self.held();
        let mut count = 0.0;
        for point in self.inside() {
            let was = before.as_ref().is_some_and(|before| before.datum == *state);
            if point.datum == *state && !was {
                count += 1.0;
            }
            before = Some(point);
        }
        before.map_or(Datum::None, |_| Datum::Number(count))
    }

    /// The stretches of the window over which a value is known, each with the value at its start
    /// and the time and value of what follows.
    fn stretches(&self) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::new();
        let held = self.held().map(|point| Point {
            time: self.window.start,
            ..point
        });
        let real_start = self.held().map(|point| point.time);
        for point in held.into_iter().chain(self.inside()) {
            if let Some(last) = stretches.last_mut() {
                last.until = point.time;
                last.next = Some((point.time, point.datum.clone()));
            }
            stretches.push(Stretch {
                from: point.time,
                began: point.time,
                until: self.window.end,
                datum: point.datum,
                next: None,
            });
        }
        if let (Some(first), Some(began)) = (stretches.first_mut(), real_start) {
            first.began = began;
        }
        // The straight line over the end of the window, where it is known already.
        if let Some(last) = stretches.last_mut().filter(|last| last.next.is_none()) {
            last.next = self.following().map(|point| (point.time, point.datum));
        }
        stretches.retain(|stretch| stretch.until > stretch.from);
        stretches
    }

    /// Functions that weigh values with the time they held.
    fn weighed(&self, fun: Fun, extra: Option<&Datum>) -> Option<f64> {
        let stretches = self.stretches();
        let known: f64 = stretches.iter().map(Stretch::secs).sum();
        let total = |wanted: &dyn Fn(&Stretch) -> bool| {
            let secs = stretches
                .iter()
                .filter(|stretch| wanted(stretch))
                .map(Stretch::secs);
            // Not `sum`: of nothing that is -0.
            secs.fold(0.0, |total, secs| total + secs)
        };
        let some = known > 0.0;
        match fun {
            Fun::Coverage => Some(self.window.known(self.samples()).0 / self.window.secs()),
            _ if !some => None,
            Fun::Statetime => Some(total(&|stretch| {
                stretch.datum.number().is_some_and(|number| number > 0.0)
            })),
            Fun::DurationIn => Some(total(&|stretch| Some(&stretch.datum) == extra)),
            Fun::TimeWeightedAvg | Fun::Integrate => {
                let linear = matches!(extra, Some(Datum::Text(how)) if how.as_ref() == "linear");
                let area = stretches
                    .iter()
                    .map(|stretch| stretch.area(linear))
                    .sum::<Option<f64>>()?;
                Some(if fun == Fun::Integrate { area } else { area / known })
            }
            Fun::TimeWeightedStDev => {
                let population = matches!(extra, Some(Datum::Text(how)) if how.as_ref() == "p");
                deviation(&stretches, known, population)
            }
            _ => None,
        }
    }
}

/// A value and how long it held.
struct Stretch {
    from: Time,
    /// When the value was measured; before `from` for what held at the start of the window.
    began: Time,
    until: Time,
    datum: Datum,
    next: Option<(Time, Datum)>,
}

impl Stretch {
    fn secs(&self) -> f64 {
        self.until.since(self.from)
    }

    /// Value times seconds: held, or on a straight line to the next one.
    fn area(&self, linear: bool) -> Option<f64> {
        let value = self.datum.number()?;
        let Some((time, next)) = self.next.as_ref().filter(|_| linear) else {
            return Some(value * self.secs());
        };
        let rise = (next.number()? - value) / time.since(self.began);
        let at = |moment: Time| value + rise * moment.since(self.began);
        Some((at(self.from) + at(self.until)) / 2.0 * self.secs())
    }
}

/// Time-weighted standard deviation: by default unbiased with the seconds as frequencies, else of
/// the population.
fn deviation(stretches: &[Stretch], known: f64, population: bool) -> Option<f64> {
    let numbers: Vec<(f64, f64)> = stretches
        .iter()
        .map(|stretch| Some((stretch.datum.number()?, stretch.secs())))
        .collect::<Option<_>>()?;
    let mean = numbers.iter().map(|(value, secs)| value * secs).sum::<f64>() / known;
    let squares: f64 = numbers
        .iter()
        .map(|(value, secs)| secs * (value - mean) * (value - mean))
        .sum();
    let weight = if population { known } else { known - 1.0 };
    (weight > 0.0).then(|| (squares / weight).sqrt())
}

/// The value below which so many percent lie, between neighbours on a straight line: definition 7
/// of Hyndman and Fan (1996), the default of R and NumPy.
fn percentile(mut numbers: Vec<f64>, percent: f64) -> Option<f64> {
    if !(0.0..=100.0).contains(&percent) {
        return None;
    }
    numbers.sort_by(f64::total_cmp);
    let place = (numbers.len().checked_sub(1)? as f64) * percent / 100.0;
    let low = numbers.get(place.floor() as usize)?;
    let high = numbers.get(place.ceil() as usize)?;
    Some(low + (high - low) * place.fract())
}
