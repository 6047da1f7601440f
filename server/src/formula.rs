//! `gemba formula eval`: one formula over given values or over a file of samples. A thin edge: it
//! reads flags, the clock and the file, and prints what the crate `formula` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use formula::metric::Metric;
use formula::units::Unit;
use formula::{
    Declared, Formula, Inputs, Kind, Moment, Problem, Quality, Role, Sample, Scope, Severity, Time, Type,
    Value, Windows, Zone,
};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::shell::unreadable;

/// What `gemba formula` can do.
#[derive(Debug, Clone, Subcommand)]
pub enum FormulaCommand {
    /// Evaluate a formula; see docs/formulas.md for the language.
    Eval(EvalArgs),
}

/// Flags of `formula eval`.
#[derive(Debug, Clone, Args)]
pub struct EvalArgs {
    /// The formula, for example '(t - 32) * 5/9'.
    #[arg(allow_hyphen_values = true)]
    pub expr: String,
    /// A name and its value; numbers, true and false are that, everything else is a text.
    #[arg(long = "let", value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub lets: Vec<String>,
    /// A name and its unit, a UCUM code.
    #[arg(long = "unit", value_name = "NAME=CODE")]
    pub units: Vec<String>,
    /// What `now()` says: RFC 3339, or seconds since 1970 [default: the clock].
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub now: Option<String>,
    /// Samples: time, name, value and quality, one a line.
    #[arg(long, value_name = "FILE.csv")]
    pub series: Option<PathBuf>,
    /// Evaluate once for each window of this length: 1m, 8h, 1d, 1w; with --series.
    #[arg(long, value_name = "LENGTH", requires = "series")]
    pub window: Option<String>,
    /// Windows that overlap: how long after one the next ends.
    #[arg(long, value_name = "LENGTH", requires = "window")]
    pub every: Option<String>,
    /// Where windows are counted from: 6h, 06:00, 2021-07-23T06:00:00Z.
    #[arg(long, value_name = "OFFSET", requires = "window")]
    pub offset: Option<String>,
    /// The zone whose days and shifts the windows are.
    #[arg(long, value_name = "ZONE", requires = "window")]
    pub zone: Option<String>,
}

/// What goes to standard output and what to standard error.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Values, a line each.
    pub out: String,
    /// Warnings.
    pub err: String,
}

/// The zone data of this machine.
pub struct World;

impl formula::Zones for World {
    fn offset_at(&self, region: &str, utc_secs: i64) -> Option<i32> {
        let zone = TimeZone::get(region).ok()?;
        Some(
            zone.to_offset(jiff::Timestamp::from_second(utc_secs).ok()?)
                .seconds(),
        )
    }

    fn offset_of_wall(&self, region: &str, wall_secs: i64) -> Option<i32> {
        let zone = TimeZone::get(region).ok()?;
        let wall = TimeZone::UTC.to_datetime(jiff::Timestamp::from_second(wall_secs).ok()?);
        let offset = match zone.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } | AmbiguousOffset::Fold { before, .. } => before,
        };
        Some(offset.seconds())
    }
}

/// A formula, its inputs' values, and when it is evaluated.
struct Job {
    names: BTreeMap<String, Declared>,
    values: BTreeMap<String, Value>,
    now: Time,
}

/// Evaluates; errors are texts that name the place.
pub fn eval(args: &EvalArgs, clock: twin::Timestamp) -> Result<Answer, String> {
    let mut job = Job {
        names: BTreeMap::new(),
        values: BTreeMap::new(),
        now: args.now.as_deref().map_or(Ok(Time(clock.micros())), time)?,
    };
    for given in &args.lets {
        job.add_value(given)?;
    }
    let series = args.series.as_deref().map(read_series).transpose()?;
    for name in series.iter().flat_map(BTreeMap::keys) {
        if job.names.insert(name.clone(), Declared::default()).is_some() {
            return Err(format!(
                "`{name}` is given by --let and stands in the file; leave one of them out"
            ));
        }
    }
    for given in &args.units {
        job.add_unit(given)?;
    }
    match (series, &args.window) {
        (None, _) => job.eval_once(&args.expr),
        (Some(series), None) => job.eval_each(&args.expr, &series),
        (Some(series), Some(length)) => {
            let mut windows = Windows::tumbling(length)?;
            if let Some(step) = &args.every {
                windows = windows.sliding(step)?;
            }
            if let Some(zone) = &args.zone {
                let known = Zone::parse(zone).filter(|zone| zone.known(&World));
                windows = windows.in_zone(known.ok_or_else(|| format!("unknown time zone `{zone}`"))?);
            }
            if let Some(offset) = &args.offset {
                windows = windows.offset(offset)?;
            }
            job.eval_windows(&args.expr, &series, windows)
        }
    }
}

/// The values of the formula's inputs, by slot.
struct Given {
    current: Vec<Option<Sample>>,
    /// The newest good ones.
    good: Vec<Option<Sample>>,
    before: Vec<Option<Sample>>,
}

impl Inputs for Given {
    fn current(&self, slot: usize) -> Option<&Sample> {
        self.current.get(slot)?.as_ref()
    }

    fn good(&self, slot: usize) -> Option<&Sample> {
        self.good.get(slot)?.as_ref()
    }

    fn before(&self, slot: usize) -> Option<&Sample> {
        self.before.get(slot)?.as_ref()
    }
}

impl Job {
    fn add_value(&mut self, given: &str) -> Result<(), String> {
        let (name, text) = given
            .split_once('=')
            .ok_or_else(|| format!("--let {given}: write NAME=VALUE, for example --let x=3.2"))?;
        if !formula::is_name(name) {
            return Err(format!(
                "--let {given}: `{name}` is no name; letters, digits and `_` make one, with a letter first"
            ));
        }
        let value = value(text);
        let declared = Declared {
            ty: match value {
                Value::Number(_) => Type::Number,
                Value::Text(_) => Type::Text,
            },
            role: Role::Attribute,
            ..Declared::default()
        };
        if self.names.insert(name.to_owned(), declared).is_some() {
            return Err(format!(
                "--let {given}: `{name}` has a value already; give it one"
            ));
        }
        self.values.insert(name.to_owned(), value);
        Ok(())
    }

    fn add_unit(&mut self, given: &str) -> Result<(), String> {
        let (name, code) = given
            .split_once('=')
            .ok_or_else(|| format!("--unit {given}: write NAME=CODE, for example --unit x=bar"))?;
        let unit = Unit::parse(code).map_err(|(message, help)| match help {
            Some(help) => format!("--unit {given}: {message}; {help}"),
            None => format!("--unit {given}: {message}"),
        })?;
        let declared = self
            .names
            .get_mut(name)
            .ok_or_else(|| format!("--unit {given}: `{name}` is neither given nor in the file"))?;
        declared.unit = Some(unit);
        Ok(())
    }

    fn check(&self, source: &str, kind: Kind) -> Result<(Formula, String), String> {
        let scope = Scope {
            kind,
            names: &self.names,
            zones: &World,
        };
        let shown = |problems: &[Problem]| -> Vec<String> {
            problems.iter().map(|problem| problem.render(source)).collect()
        };
        match Formula::check(source, &scope) {
            Ok(formula) => {
                let warnings = shown(formula.warnings()).join("\n");
                Ok((formula, warnings))
            }
            Err(problems) => {
                let errors: Vec<Problem> = problems
                    .into_iter()
                    .filter(|problem| problem.severity == Severity::Error)
                    .collect();
                Err(shown(&errors).join("\n"))
            }
        }
    }

    /// A given value, as good as it gets and set now.
    fn given(&self, name: &str) -> Option<Sample> {
        Some(Sample::good(self.now, self.values.get(name)?.clone()))
    }

    fn all_given(&self, formula: &Formula) -> Given {
        let inputs = formula.inputs().iter();
        let current: Vec<Option<Sample>> = inputs.map(|input| self.given(&input.name)).collect();
        Given {
            good: current.clone(),
            before: Vec::new(),
            current,
        }
    }

    fn eval_once(&self, source: &str) -> Result<Answer, String> {
        let (formula, err) = self.check(source, Kind::Transform)?;
        let given = self.all_given(&formula);
        let out = printed(formula.eval(&given, self.moment(self.now)).as_ref());
        Ok(Answer { out: out + "\n", err })
    }

    fn moment(&self, trigger: Time) -> Moment<'static> {
        Moment {
            now: self.now,
            trigger,
            zones: &World,
        }
    }

    /// A transform over a file: one value for every sample of its inputs. A bad one is what it has then,
    /// as in the running twin.
    fn eval_each(&self, source: &str, series: &Series) -> Result<Answer, String> {
        let (formula, err) = self.check(source, Kind::Transform)?;
        let mut given = self.all_given(&formula);
        let mut updates: Vec<(usize, &Sample)> = Vec::new();
        for (slot, input) in formula.inputs().iter().enumerate() {
            let samples = series.get(&input.name).into_iter().flatten();
            updates.extend(samples.map(|sample| (slot, sample)));
        }
        updates.sort_by_key(|(_, sample)| sample.time);
        let mut out = String::new();
        for (slot, sample) in updates {
            given.before.clone_from(&given.good);
            if let Some(good) = given.good.get_mut(slot).filter(|_| sample.is_good()) {
                *good = Some(sample.clone());
            }
            if let Some(current) = given.current.get_mut(slot) {
                *current = Some(sample.clone());
            }
            let value = formula.eval(&given, self.moment(sample.time));
            out += &format!("{} {}\n", stamp(sample.time), printed(value.as_ref()));
        }
        Ok(Answer { out, err })
    }

    /// A metric over a file: one value for every window, from that of the first sample to that of
    /// the last. Samples go in as they would come, so that only one window's are kept.
    fn eval_windows(&self, source: &str, series: &Series, windows: Windows) -> Result<Answer, String> {
        let (formula, err) = self.check(source, Kind::Metric)?;
        let formula = Arc::new(formula);
        let mut metric = Metric::new(Arc::clone(&formula), windows.clone(), &[]);
        let mut updates: Vec<(usize, &Sample)> = Vec::new();
        for (slot, input) in formula.inputs().iter().enumerate() {
            updates.extend(
                series
                    .get(&input.name)
                    .into_iter()
                    .flatten()
                    .map(|sample| (slot, sample)),
            );
            if let Some(sample) = self.given(&input.name) {
                metric.push(slot, 0, sample, &World);
            }
        }
        updates.sort_by_key(|(_, sample)| sample.time);
        let (mut out, mut count) = (String::new(), 0);
        let mut close = |metric: &mut Metric, until: Time| {
            while metric.due().is_some_and(|due| due <= until) {
                for closed in metric.advance(until, &World) {
                    let value = printed(closed.value.as_ref());
                    out += &format!("{} {value}\n", stamp(closed.window.end));
                    count += 1;
                }
                if count > MAX_WINDOWS {
                    return Err(format!("more than {MAX_WINDOWS} windows; choose longer ones"));
                }
            }
            Ok(())
        };
        for (slot, sample) in &updates {
            close(&mut metric, sample.time.plus_micros(-1))?;
            metric.push(*slot, 0, (*sample).clone(), &World);
        }
        if let Some((_, last)) = updates.last() {
            close(&mut metric, windows.end_from(last.time, &World))?;
        }
        Ok(Answer { out, err })
    }
}

/// Windows that one call evaluates.
const MAX_WINDOWS: usize = 1_000_000;

fn printed(value: Option<&Value>) -> String {
    value.map_or_else(|| "no output".to_owned(), ToString::to_string)
}

fn stamp(time: Time) -> String {
    jiff::Timestamp::from_microsecond(time.0)
        .map_or_else(|_| time.secs().to_string(), |time| time.to_string())
}

/// Numbers, true and false are that; everything else is a text.
fn value(text: &str) -> Value {
    match text {
        "true" => Value::Number(1.0),
        "false" => Value::Number(0.0),
        text => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map_or_else(|| Value::from(text), Value::Number),
    }
}

/// RFC 3339, in UTC where it names no zone; or seconds, milli-, micro- or nanoseconds since 1970,
/// told apart by their size.
fn time(text: &str) -> Result<Time, String> {
    if let Ok(number) = text.parse::<f64>() {
        let micros = match number.abs() {
            size if size < 1e11 => number * 1e6,
            size if size < 1e14 => number * 1e3,
            size if size < 1e17 => number,
            _ => number / 1e3,
        };
        return Ok(Time(micros.round() as i64));
    }
    let zoned = text.parse::<jiff::Timestamp>();
    let utc = || {
        text.parse::<jiff::civil::DateTime>()
            .and_then(|wall| wall.to_zoned(TimeZone::UTC))
    };
    zoned
        .or_else(|error| utc().map(|utc| utc.timestamp()).map_err(|_wall| error))
        .map(|at| Time(at.as_microsecond()))
        .map_err(|error| format!("`{text}` is no time ({error}); write for example 2026-11-22T14:00:00Z"))
}

/// Samples by name, in order of time.
type Series = BTreeMap<String, Vec<Sample>>;

/// Most bytes of a file of samples.
const MAX_FILE: u64 = 256 * 1024 * 1024;

fn read_series(path: &Path) -> Result<Series, String> {
    let shown = path.display();
    let size = std::fs::metadata(path)
        .map_err(|error| unreadable(path, &error))?
        .len();
    if size > MAX_FILE {
        return Err(format!("{shown}: larger than 256 MiB"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let mut series = Series::new();
    for (at, line) in text.lines().enumerate() {
        let fields = fields(line);
        let first = fields.first().map(String::as_str).unwrap_or_default();
        let header = at == 0 && first.trim_start_matches('\u{feff}').eq_ignore_ascii_case("time");
        if line.trim().is_empty() || header {
            continue;
        }
        let sample = sample(&fields).map_err(|error| format!("{shown}:{}: {error}", at + 1))?;
        let name = fields.get(1).cloned().unwrap_or_default();
        series.entry(name).or_default().push(sample);
    }
    series
        .values_mut()
        .for_each(|samples| samples.sort_by_key(|sample| sample.time));
    Ok(series)
}

/// time, name, value, quality; without a quality it is good.
fn sample(fields: &[String]) -> Result<Sample, String> {
    let [at, _, text, quality @ ..] = fields else {
        return Err("expected time,name,value,quality".to_owned());
    };
    let quality = quality.first().map(|word| word.trim().to_ascii_lowercase());
    let quality = match quality.as_deref() {
        None | Some("" | "good" | "192") => Quality::Good,
        Some("uncertain" | "64") => Quality::Uncertain,
        Some("bad" | "0") => Quality::Bad,
        Some(_) => {
            let word = fields.get(3).map_or("", |word| word.trim());
            return Err(format!("`{word}` is no quality; write GOOD, UNCERTAIN or BAD"));
        }
    };
    Ok(Sample {
        resumed: false,
        time: time(at.trim())?,
        value: (!text.is_empty()).then(|| value(text)),
        quality,
    })
}

/// The fields of a line; one in double quotes may hold commas, a doubled quote stands for one.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut quoted, mut chars) = (vec![String::new()], false, line.chars().peekable());
    while let Some(c) = chars.next() {
        let doubled = quoted && c == '"' && chars.peek() == Some(&'"');
        match (c, fields.last_mut()) {
            ('"', Some(field)) if doubled => {
                chars.next();
                field.push('"');
            }
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => fields.push(String::new()),
            (c, Some(field)) => field.push(c),
            (_, None) => {}
        }
    }
    fields
}
