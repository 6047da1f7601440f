//! First-order dynamics, slow disturbances and the properties of water and air.

/// A first-order lag, solved exactly, so any step is stable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lag {
    /// Where it is.
    pub value: f64,
    tau: f64,
}

impl Lag {
    /// Starts at `value`, with time constant `tau` in seconds.
    pub(crate) fn new(value: f64, tau: f64) -> Self {
        Self { value, tau }
    }

    /// Moves towards `target` for `dt` seconds.
    pub(crate) fn toward(&mut self, target: f64, dt: f64) -> f64 {
        self.value += (target - self.value) * (1.0 - (-dt / self.tau).exp());
        self.value
    }
}

/// A slow disturbance between -1 and 1: three sines whose periods (1.5 h, 31 min, 7 min) share no beat.
/// `t` in seconds, `phase` sets members apart.
pub(crate) fn wander(t: f64, phase: f64) -> f64 {
    // Whole turns go first: the sine of a large angle is slow.
    let turn = |period: f64| (t / period).fract() * std::f64::consts::TAU;
    0.5 * (turn(5_407.0) + phase).sin()
        + 0.3 * (turn(1_871.0) + 1.7 * phase).sin()
        + 0.2 * (turn(433.0) + 2.9 * phase).sin()
}

/// Saturation pressure of water in bar at `celsius`: Antoine, coefficients for 1 to 100 °C
/// (and near enough to 150 °C).
pub(crate) fn saturation_bar(celsius: f64) -> f64 {
    10f64.powf(8.071_31 - 1_730.63 / (233.426 + celsius)) * 0.001_333_22
}

/// Density of water in kg/m³ at `celsius`: quadratic fit of the IAPWS tables, 0 to 110 °C, within 0.3 %.
pub(crate) fn water_density(celsius: f64) -> f64 {
    1_000.6 - 0.012_8 * celsius - 0.003_5 * celsius * celsius
}

/// Heat capacity of water, kJ/(kg K).
pub(crate) const WATER_CP: f64 = 4.186;

/// Heat a water flow of `m3h` takes for each kelvin, kW/K.
pub(crate) fn water_capacity(m3h: f64) -> f64 {
    m3h / 3.6 * WATER_CP
}

/// Heat an air flow of `m3h` takes for each kelvin, kW/K (1.2 kg/m³, 1.006 kJ/(kg K)).
pub(crate) fn air_capacity(m3h: f64) -> f64 {
    m3h / 3_600.0 * 1.2 * 1.006
}

/// Effectiveness of a counterflow exchanger: Incropera, *Fundamentals of Heat and Mass Transfer*,
/// table 11.3. Heat capacity flows in kW/K, `ua` in kW/K.
pub(crate) fn counterflow(ua: f64, hot: f64, cold: f64) -> f64 {
    let (small, large) = (hot.min(cold).max(1e-6), hot.max(cold).max(1e-6));
    let (ntu, ratio) = (ua / small, small / large);
    if (1.0 - ratio).abs() < 1e-3 {
        return ntu / (1.0 + ntu);
    }
    let decay = (-ntu * (1.0 - ratio)).exp();
    (1.0 - decay) / (1.0 - ratio * decay)
}

/// Relative humidity in % of air with `grams` of water per kg at `celsius`, at sea level.
pub(crate) fn relative_humidity(grams: f64, celsius: f64) -> f64 {
    let ratio = grams / 1_000.0;
    let vapour = ratio * 1.013_25 / (0.622 + ratio);
    (100.0 * vapour / saturation_bar(celsius)).clamp(0.0, 100.0)
}

/// 0 below `from`, 1 above `to`, smooth between.
pub(crate) fn smooth(x: f64, from: f64, to: f64) -> f64 {
    let s = ((x - from) / (to - from)).clamp(0.0, 1.0);
    s * s * (3.0 - 2.0 * s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_is_the_same_in_one_step_or_many() {
        let (mut once, mut often) = (Lag::new(0.0, 10.0), Lag::new(0.0, 10.0));
        once.toward(1.0, 10.0);
        (0..100).for_each(|_| {
            often.toward(1.0, 0.1);
        });
        assert!((once.value - often.value).abs() < 1e-9);
    }

    #[test]
    fn properties_meet_the_tables() {
        assert!((saturation_bar(100.0) - 1.013).abs() < 0.01);
        assert!((saturation_bar(20.0) - 0.0234).abs() < 0.0005);
        assert!((water_density(20.0) - 998.2).abs() < 2.0);
        assert!((water_density(100.0) - 958.4).abs() < 8.0);
        assert!((counterflow(10.0, 10.0, 10.0) - 0.5).abs() < 1e-6);
        assert!((relative_humidity(7.3, 20.0) - 50.0).abs() < 2.0);
    }
}
