//! The table of functions: name, arguments, what they need, and whose they are. The checker, the
//! evaluator, the suggestions and docs/formulas.md all go by it.

use Fun::*;
use Needs::{Input, Nothing, Transform, Window};
use Origin::{Gemba, SiteWise};

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fun {
    Abs,
    Acos,
    Asin,
    Atan,
    Cbrt,
    Ceil,
    Cos,
    Cosh,
    Cot,
    Exp,
    Expm1,
    Floor,
    Log,
    Log10,
    Log1p,
    Log2,
    Pow,
    Signum,
    Sin,
    Sinh,
    Sqrt,
    Tan,
    Tanh,
    Round,
    Trunc,
    Deg,
    Rad,
    Atan2,
    Hypot,
    Mod,
    Clamp,
    Scale,
    Gt,
    Gte,
    Eq,
    Neq,
    Lt,
    Lte,
    Isnan,
    If,
    Elif,
    Case,
    Coalesce,
    IfBad,
    Len,
    Find,
    Contains,
    Upper,
    Lower,
    Jp,
    Join,
    Format,
    Trim,
    Replace,
    StartsWith,
    EndsWith,
    Number,
    Text,
    Now,
    Timestamp,
    Mktime,
    Localtime,
    Year,
    Mon,
    Mday,
    Wday,
    Yday,
    Hour,
    Minute,
    Sec,
    Pretrigger,
    Quality,
    IsGood,
    Age,
    HoldLast,
    To,
    Unit,
    Avg,
    Sum,
    Min,
    Max,
    Count,
    Stdev,
    Percentile,
    Median,
    Mode,
    Distinct,
    Range,
    First,
    Last,
    Earliest,
    Latest,
    Statetime,
    TimeWeightedAvg,
    TimeWeightedStDev,
    Increase,
    Rate,
    Resets,
    Delta,
    Integrate,
    DurationIn,
    Entries,
    Coverage,
    CountIf,
    WeightedAvg,
    Worst,
    Planned,
    Availability,
    Effectiveness,
    QualityRatio,
    Oee,
}

/// What a function works on beyond values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needs {
    /// Values only.
    Nothing,
    /// A property itself, not its value: its quality, its times.
    Input,
    /// The update that set the formula off: transforms only.
    Transform,
    /// The samples of a window: metrics, and where said values side by side.
    Window,
}

/// Whose a function is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The name and semantics of AWS IoT SiteWise.
    SiteWise,
    /// Ours: an export to SiteWise has to refuse or rewrite it.
    Gemba,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Function {
    pub(crate) fun: Fun,
    /// Name and arguments, as written; names are matched without case.
    pub signature: &'static str,
    /// Fewest arguments.
    pub least: usize,
    /// Most arguments.
    pub most: usize,
    /// What it works on.
    pub needs: Needs,
    /// Whose it is.
    pub origin: Origin,
}

impl Function {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.signature.split('(').next().unwrap_or_default()
    }

    /// The function of a name, in any case.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        FUNCTIONS
            .iter()
            .find(|function| function.name().eq_ignore_ascii_case(name))
    }

    /// The row of a function.
    pub(crate) fn of(fun: Fun) -> Option<&'static Self> {
        FUNCTIONS.iter().find(|function| function.fun == fun)
    }
}

/// Most arguments of a function that takes any number.
const MANY: usize = 256;

const fn row(
    fun: Fun,
    signature: &'static str,
    args: (usize, usize),
    needs: Needs,
    origin: Origin,
) -> Function {
    Function {
        fun,
        signature,
        least: args.0,
        most: args.1,
        needs,
        origin,
    }
}

/// Every function.
pub const FUNCTIONS: &[Function] = &[
    row(Abs, "abs(x)", (1, 1), Nothing, SiteWise),
    row(Acos, "acos(x)", (1, 1), Nothing, SiteWise),
    row(Asin, "asin(x)", (1, 1), Nothing, SiteWise),
    row(Atan, "atan(x)", (1, 1), Nothing, SiteWise),
    row(Cbrt, "cbrt(x)", (1, 1), Nothing, SiteWise),
    row(Ceil, "ceil(x)", (1, 1), Nothing, SiteWise),
    row(Cos, "cos(x)", (1, 1), Nothing, SiteWise),
    row(Cosh, "cosh(x)", (1, 1), Nothing, SiteWise),
    row(Cot, "cot(x)", (1, 1), Nothing, SiteWise),
    row(Exp, "exp(x)", (1, 1), Nothing, SiteWise),
    row(Expm1, "expm1(x)", (1, 1), Nothing, SiteWise),
    row(Floor, "floor(x)", (1, 1), Nothing, SiteWise),
    row(Log, "log(x)", (1, 1), Nothing, SiteWise),
    row(Log10, "log10(x)", (1, 1), Nothing, SiteWise),
    row(Log1p, "log1p(x)", (1, 1), Nothing, SiteWise),
    row(Log2, "log2(x)", (1, 1), Nothing, SiteWise),
    row(Pow, "pow(x, y)", (2, 2), Nothing, SiteWise),
    row(Signum, "signum(x)", (1, 1), Nothing, SiteWise),
    row(Sin, "sin(x)", (1, 1), Nothing, SiteWise),
    row(Sinh, "sinh(x)", (1, 1), Nothing, SiteWise),
    row(Sqrt, "sqrt(x)", (1, 1), Nothing, SiteWise),
    row(Tan, "tan(x)", (1, 1), Nothing, SiteWise),
    row(Tanh, "tanh(x)", (1, 1), Nothing, SiteWise),
    row(Round, "round(x[, places])", (1, 2), Nothing, Gemba),
    row(Trunc, "trunc(x)", (1, 1), Nothing, Gemba),
    row(Deg, "deg(x)", (1, 1), Nothing, Gemba),
    row(Rad, "rad(x)", (1, 1), Nothing, Gemba),
    row(Atan2, "atan2(y, x)", (2, 2), Nothing, Gemba),
    row(Hypot, "hypot(x, y)", (2, 2), Nothing, Gemba),
    row(Mod, "mod(x, y)", (2, 2), Nothing, Gemba),
    row(Clamp, "clamp(x, low, high)", (3, 3), Nothing, Gemba),
    row(
        Scale,
        "scale(x, from_low, from_high, to_low, to_high)",
        (5, 5),
        Nothing,
        Gemba,
    ),
    row(Gt, "gt(x, y)", (2, 2), Nothing, SiteWise),
    row(Gte, "gte(x, y)", (2, 2), Nothing, SiteWise),
    row(Eq, "eq(x, y)", (2, 2), Nothing, SiteWise),
    row(Neq, "neq(x, y)", (2, 2), Nothing, SiteWise),
    row(Lt, "lt(x, y)", (2, 2), Nothing, SiteWise),
    row(Lte, "lte(x, y)", (2, 2), Nothing, SiteWise),
    row(Isnan, "isnan(x)", (1, 1), Nothing, SiteWise),
    row(If, "if(condition, then[, else])", (2, 3), Nothing, SiteWise),
    row(Elif, "elif(condition, then[, else])", (3, 4), Nothing, SiteWise),
    row(
        Case,
        "case(condition, value, ...[, else])",
        (2, MANY),
        Nothing,
        Gemba,
    ),
    row(Coalesce, "coalesce(x, y, ...)", (1, MANY), Nothing, Gemba),
    row(IfBad, "if_bad(x, y)", (2, 2), Nothing, Gemba),
    row(Len, "len(s)", (1, 1), Nothing, SiteWise),
    row(Find, "find(s, part)", (2, 2), Nothing, SiteWise),
    row(Contains, "contains(s, part)", (2, 2), Nothing, SiteWise),
    row(Upper, "upper(s)", (1, 1), Nothing, SiteWise),
    row(Lower, "lower(s)", (1, 1), Nothing, SiteWise),
    row(Jp, "jp(s, path)", (2, 2), Nothing, SiteWise),
    row(Join, "join(delimiter, s, ...)", (1, MANY), Nothing, SiteWise),
    row(Format, "format(x: \"format\")", (1, MANY), Nothing, SiteWise),
    row(Trim, "trim(s)", (1, 1), Nothing, Gemba),
    row(Replace, "replace(s, part, by)", (3, 3), Nothing, Gemba),
    row(StartsWith, "starts_with(s, part)", (2, 2), Nothing, Gemba),
    row(EndsWith, "ends_with(s, part)", (2, 2), Nothing, Gemba),
    row(Number, "number(s)", (1, 1), Nothing, Gemba),
    row(Text, "text(x)", (1, 1), Nothing, Gemba),
    row(Now, "now()", (0, 0), Nothing, SiteWise),
    row(Timestamp, "timestamp([x])", (0, 1), Nothing, SiteWise),
    row(
        Mktime,
        "mktime([zone,] year, month, day[, hour, minute, second])",
        (3, 7),
        Nothing,
        SiteWise,
    ),
    row(
        Localtime,
        "localtime(unix_time[, zone])",
        (1, 2),
        Nothing,
        SiteWise,
    ),
    row(Year, "year(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Mon, "mon(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Mday, "mday(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Wday, "wday(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Yday, "yday(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Hour, "hour(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Minute, "minute(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Sec, "sec(localtime(...))", (1, 1), Nothing, SiteWise),
    row(Pretrigger, "pretrigger(x)", (1, 1), Transform, SiteWise),
    row(Quality, "quality(x)", (1, 1), Input, Gemba),
    row(IsGood, "is_good(x)", (1, 1), Input, Gemba),
    row(Age, "age(x)", (1, 1), Input, Gemba),
    row(HoldLast, "hold_last(x, max_age)", (2, 2), Input, Gemba),
    row(To, "to(x, 'unit')", (2, 2), Nothing, Gemba),
    row(Unit, "unit(x, 'unit')", (2, 2), Nothing, Gemba),
    row(Avg, "avg(x, ...)", (1, MANY), Window, SiteWise),
    row(Sum, "sum(x, ...)", (1, MANY), Window, SiteWise),
    row(Min, "min(x, ...)", (1, MANY), Window, SiteWise),
    row(Max, "max(x, ...)", (1, MANY), Window, SiteWise),
    row(Count, "count(x, ...)", (1, MANY), Window, SiteWise),
    row(Stdev, "stdev(x, ...)", (1, MANY), Window, SiteWise),
    row(Percentile, "percentile(x, percent)", (2, 2), Window, Gemba),
    row(Median, "median(x)", (1, 1), Window, Gemba),
    row(Mode, "mode(x)", (1, 1), Window, Gemba),
    row(Distinct, "distinct(x)", (1, 1), Window, Gemba),
    row(Range, "range(x)", (1, 1), Window, Gemba),
    row(First, "first(x)", (1, 1), Window, SiteWise),
    row(Last, "last(x)", (1, 1), Window, SiteWise),
    row(Earliest, "earliest(x)", (1, 1), Window, SiteWise),
    row(Latest, "latest(x)", (1, 1), Window, SiteWise),
    row(Statetime, "statetime(x)", (1, 1), Window, SiteWise),
    row(
        TimeWeightedAvg,
        "TimeWeightedAvg(x[, 'locf' | 'linear'])",
        (1, 2),
        Window,
        SiteWise,
    ),
    row(
        TimeWeightedStDev,
        "TimeWeightedStDev(x[, 'f' | 'p'])",
        (1, 2),
        Window,
        SiteWise,
    ),
    row(Increase, "increase(x[, rollover])", (1, 2), Window, Gemba),
    row(Rate, "rate(x[, rollover])", (1, 2), Window, Gemba),
    row(Resets, "resets(x)", (1, 1), Window, Gemba),
    row(Delta, "delta(x)", (1, 1), Window, Gemba),
    row(
        Integrate,
        "integrate(x[, 'locf' | 'linear'])",
        (1, 2),
        Window,
        Gemba,
    ),
    row(DurationIn, "duration_in(x, 'state')", (2, 2), Window, Gemba),
    row(Entries, "entries(x, 'state')", (2, 2), Window, Gemba),
    row(Coverage, "coverage(x)", (1, 1), Window, Gemba),
    row(CountIf, "count_if(condition, ...)", (1, MANY), Window, Gemba),
    row(WeightedAvg, "weighted_avg(x, weight)", (2, 2), Window, Gemba),
    row(Worst, "worst(x, 'worst', ..., 'best')", (3, MANY), Window, Gemba),
    row(Planned, "planned()", (0, 0), Window, Gemba),
    row(
        Availability,
        "availability(run_time, planned_time)",
        (2, 2),
        Nothing,
        Gemba,
    ),
    row(
        Effectiveness,
        "effectiveness(time_per_item, produced, run_time)",
        (3, 3),
        Nothing,
        Gemba,
    ),
    row(
        QualityRatio,
        "quality_ratio(good, produced)",
        (2, 2),
        Nothing,
        Gemba,
    ),
    row(
        Oee,
        "oee(availability, effectiveness, quality_ratio)",
        (3, 3),
        Nothing,
        Gemba,
    ),
];

impl Fun {
    /// Whether it takes any number of arguments and those of children: SiteWise's aggregations, and
    /// the count of those that meet a condition.
    pub(crate) fn aggregates(self) -> bool {
        matches!(self, Avg | Sum | Min | Max | Count | Stdev | CountIf)
    }

    /// Whether it works on values side by side where there is no window.
    pub(crate) fn stands_together(self) -> bool {
        self.aggregates() || matches!(self, Worst | WeightedAvg)
    }

    /// Whether it works on when values were, not only on which there were.
    pub(crate) fn temporal(self) -> bool {
        matches!(
            self,
            First
                | Last
                | Earliest
                | Latest
                | Statetime
                | TimeWeightedAvg
                | TimeWeightedStDev
                | Increase
                | Rate
                | Resets
                | Delta
                | Integrate
                | DurationIn
                | Entries
                | Coverage
        )
    }

    /// Whether it asks for how long values held, and not how many samples there were.
    pub(crate) fn weighs_time(self) -> bool {
        matches!(
            self,
            Earliest
                | Latest
                | Statetime
                | TimeWeightedAvg
                | TimeWeightedStDev
                | Delta
                | Integrate
                | DurationIn
                | Entries
                | Coverage
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_once() {
        for (at, function) in FUNCTIONS.iter().enumerate() {
            assert_eq!(
                FUNCTIONS.iter().position(|other| other.name() == function.name()),
                Some(at)
            );
            assert_eq!(Function::of(function.fun), Some(function));
        }
    }

    #[test]
    fn names_are_matched_without_case() {
        assert_eq!(
            Function::find("timeweightedavg").map(|f| f.fun),
            Some(TimeWeightedAvg)
        );
        assert_eq!(Function::find("Lower").map(|f| f.fun), Some(Lower));
        assert_eq!(Function::find("lowr"), None);
    }
}
