//! What a tag is: its names, unit, limits and period; and how equipment declares its tags.

/// Limits of a value: HH and LL are the outer ones.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Limits {
    /// LL.
    pub low_low: Option<f64>,
    /// L.
    pub low: Option<f64>,
    /// H.
    pub high: Option<f64>,
    /// HH.
    pub high_high: Option<f64>,
}

impl Limits {
    /// Whether `value` lies beyond any limit.
    #[must_use]
    pub fn crossed(&self, value: f64) -> bool {
        [self.low_low, self.low]
            .into_iter()
            .flatten()
            .any(|low| value < low)
            || [self.high, self.high_high]
                .into_iter()
                .flatten()
                .any(|high| value > high)
    }
}

/// One point of the plant, as a reader of its messages meets it.
#[derive(Clone, PartialEq, Debug)]
pub struct TagSpec {
    /// The topic it is published on.
    pub topic: String,
    /// Path of its leaf in the payload; the Kepware id for the gateway; empty for one value a topic.
    pub field: String,
    /// The asset's path, as topic levels.
    pub asset: String,
    /// The point's key within the asset.
    pub point: String,
    /// What people call it.
    pub name: String,
    /// As shown: `bar`, `m³/h`; none for states, texts and plain numbers.
    pub unit: Option<String>,
    /// Where it is when all is well.
    pub normal: Option<(f64, f64)>,
    /// Alarm limits.
    pub limits: Limits,
    /// What an indicator's bar spans.
    pub range: Option<(f64, f64)>,
    /// How often it speaks; none: when it changes.
    pub period_millis: Option<u64>,
    /// Digits after the decimal sign.
    pub decimals: u8,
    /// It tells the asset's operating state.
    pub is_state: bool,
    /// Kept by the broker.
    pub retained: bool,
    /// Standard deviation of its sensor's noise; never strays further than 2.45 times this.
    pub noise: f64,
}

/// One asset of the plant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AssetSpec {
    /// Its path as topic levels, for example `norvia/lyon/utilities`.
    pub path: String,
    /// What people call it.
    pub name: String,
}

/// Which tag: an index into the board.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct TagId(pub u32);

impl TagId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// When a tag speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cadence {
    /// The usual period of its asset.
    Usual,
    /// Every so many seconds.
    Every(u32),
    /// When it changes.
    OnChange,
}

/// A tag being declared.
#[derive(Clone, Debug)]
pub(crate) struct Decl {
    pub name: &'static str,
    pub unit: &'static str,
    pub decimals: u8,
    pub normal: Option<(f64, f64)>,
    pub limits: Limits,
    pub range: Option<(f64, f64)>,
    pub noise: f64,
    pub cadence: Cadence,
    pub is_state: bool,
}

/// A measured number: noise of half a last digit unless said otherwise.
pub(crate) fn num(name: &'static str, unit: &'static str, decimals: u8) -> Decl {
    Decl {
        name,
        unit,
        decimals,
        normal: None,
        limits: Limits::default(),
        range: None,
        noise: 0.5 * 10f64.powi(-i32::from(decimals)),
        cadence: Cadence::Usual,
        is_state: false,
    }
}

/// A number that is counted or calculated, not measured: no noise.
pub(crate) fn count(name: &'static str, unit: &'static str, decimals: u8) -> Decl {
    num(name, unit, decimals).noise(0.0)
}

/// The asset's operating state, in words.
pub(crate) fn state() -> Decl {
    Decl {
        is_state: true,
        ..word("State")
    }
}

/// A word or a switch, sent when it changes.
pub(crate) fn word(name: &'static str) -> Decl {
    Decl {
        cadence: Cadence::OnChange,
        ..count(name, "", 0)
    }
}

impl Decl {
    /// Where it is when all is well.
    pub(crate) fn normal(mut self, low: f64, high: f64) -> Self {
        self.normal = Some((low, high));
        self
    }

    /// What a bar spans.
    pub(crate) fn bar(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self
    }

    pub(crate) fn low(mut self, limit: f64) -> Self {
        self.limits.low = Some(limit);
        self
    }

    pub(crate) fn low_low(mut self, limit: f64) -> Self {
        self.limits.low_low = Some(limit);
        self
    }

    pub(crate) fn high(mut self, limit: f64) -> Self {
        self.limits.high = Some(limit);
        self
    }

    pub(crate) fn high_high(mut self, limit: f64) -> Self {
        self.limits.high_high = Some(limit);
        self
    }

    /// Standard deviation of the sensor's noise.
    pub(crate) fn noise(mut self, sigma: f64) -> Self {
        self.noise = sigma;
        self
    }

    /// Period in seconds, other than the asset's usual one.
    pub(crate) fn every(mut self, secs: u32) -> Self {
        self.cadence = Cadence::Every(secs);
        self
    }

    /// With limits, range and normal range as an engineer would enter them: at most one digit beyond
    /// what is shown.
    pub(crate) fn rounded(mut self) -> Self {
        let scale = 10f64.powi(i32::from(self.decimals) + 1);
        let round = |x: f64| (x * scale).round() / scale;
        let both = |range: Option<(f64, f64)>| range.map(|(low, high)| (round(low), round(high)));
        self.normal = both(self.normal);
        self.range = both(self.range);
        let Limits {
            low_low,
            low,
            high,
            high_high,
        } = self.limits;
        self.limits = Limits {
            low_low: low_low.map(round),
            low: low.map(round),
            high: high.map(round),
            high_high: high_high.map(round),
        };
        self
    }

    /// Without limits and normal range: equipment that may stand still.
    pub(crate) fn unlimited(mut self, when: bool) -> Self {
        if when {
            self.normal = None;
            self.limits = Limits::default();
        }
        self
    }
}

/// Declares the tags of a piece of equipment once: a struct of handles, whose field names are the
/// points' keys, and the function that registers them.
macro_rules! tags {
    ($name:ident($($arg:ident: $ty:ty),*) { $($field:ident = $decl:expr,)* }) => {
        #[derive(Clone, Debug)]
        struct $name { $($field: $crate::tag::TagId,)* }
        impl $name {
            fn declare(builder: &mut $crate::board::Builder $(, $arg: $ty)*) -> Self {
                Self { $($field: builder.tag(stringify!($field), $decl),)* }
            }
        }
    };
}
