//! The table against printed factors, and which row is taken.

use super::*;
use proptest::prelude::*;

#[test]
fn every_row_converts() {
    for (rows, entries) in [(SI, &ENTRIES.0), (US, &ENTRIES.1)] {
        assert_eq!(rows.len(), entries.len());
        for (row, entry) in rows.iter().zip(entries) {
            assert!(
                entry.shown.scale.factor > 0.0 && entry.shown.scale.factor.is_finite(),
                "{row:?}"
            );
        }
    }
}

#[test]
fn factors_are_those_of_the_printed_tables() {
    // NIST SP 811 (2008), appendix B.8, read from metric to customary; 60 °F water for no row: inH₂O is
    // the conventional one (249.0889 Pa).
    for (units, symbol, words, value, expect, shown_as) in [
        (Units::Us, "°C", "", 68.4, 155.12, "°F"),
        (Units::Us, "°C", "Approach", 5.0, 9.0, "Δ°F"),
        (Units::Us, "°C", "ΔT", 5.0, 9.0, "Δ°F"),
        (Units::Us, "K", "", 5.0, 9.0, "Δ°F"),
        (Units::Us, "bar", "", 1.0, 14.503_77, "psi"),
        (Units::Us, "bar(g)", "", 1.0, 14.503_77, "psig"),
        (Units::Us, "bar(a)", "", 1.0, 14.503_77, "psia"),
        (Units::Us, "kPa", "", 100.0, 14.503_77, "psi"),
        (Units::Us, "Pa", "", 249.088_9, 1.0, "inH₂O"),
        (Units::Us, "m³/h", "Flow", 1.0, 4.402_868, "gal/min"),
        (Units::Us, "m³/h", "Compressed air flow", 1.0, 0.588_577_8, "cfm"),
        (Units::Us, "m³/h", "Repair flow", 1.0, 4.402_868, "gal/min"),
        (Units::Us, "10³ m³/h", "Supply air", 1.0, 0.588_577_8, "10³ cfm"),
        (Units::Us, "l/min", "", 3.785_412, 1.0, "gal/min"),
        (Units::Us, "l", "", 3.785_412, 1.0, "gal"),
        (Units::Us, "m", "", 0.3048, 1.0, "ft"),
        (Units::Us, "mm/s", "", 25.4, 1.0, "in/s"),
        (Units::Us, "kg", "", 0.453_592_4, 1.0, "lb"),
        (Units::Us, "t", "", 0.907_184_7, 1.0, "ton"),
        (Units::Us, "N·m", "", 1.355_818, 1.0, "ft·lbf"),
        (Units::Us, "kW·h/m³", "", 1.0, 3.785_412, "kWh/kgal"),
        (Units::Us, "kg/m³", "", 16.018_46, 1.0, "lb/ft³"),
        (Units::Si, "°F", "", 155.12, 68.4, "°C"),
        (Units::Si, "psi", "", 1.0, 6.894_757, "kPa"),
        (Units::Si, "gpm", "", 1.0, 3.785_412, "l/min"),
        (Units::Si, "cfm", "", 1.0, 1.699_011, "m³/h"),
        (Units::Si, "hp", "", 1.0, 0.745_699_9, "kW"),
        (Units::Si, "lb", "", 1.0, 0.453_592_4, "kg"),
    ] {
        let got = shown(units, symbol, words).unwrap_or_else(|| panic!("{symbol} {words} has a row"));
        let value = got.scale.show(value);
        assert!(
            (value - expect).abs() < 1e-6 * expect.abs(),
            "{symbol} {words}: {value} is not {expect}"
        );
        assert_eq!(got.symbol, shown_as, "{symbol} {words}");
    }
}

#[test]
fn what_is_in_use_everywhere_stays() {
    for symbol in [
        "kW", "kWh", "MWh", "Hz", "V", "A", "%", "mg/l", "g", "µS/cm", "1/min", "s", "widgets", "",
    ] {
        assert_eq!(shown(Units::Us, symbol, ""), None, "{symbol}");
    }
    for symbol in ["bar", "°C", "m³/h", "kW", "mm/s"] {
        assert_eq!(shown(Units::Si, symbol, ""), None, "{symbol} is metric already");
    }
    assert_eq!(shown(Units::Measured, "°C", ""), None);
}

#[test]
fn as_many_digits_are_shown_as_were_known() {
    for (before, factor, after) in [
        (1, 1.8, 1),
        (2, 14.5, 1),
        (1, 0.0394, 3),
        (0, 4.4, 0),
        (0, 264.0, 0),
        (6, 1e-3, 6),
    ] {
        assert_eq!(decimals(before, factor), after, "{before} digits times {factor}");
    }
}

proptest! {
    #[test]
    fn what_is_entered_is_what_was_meant(tenths in -1_000_000_i32..1_000_000, row in 0..US.len()) {
        let scale = ENTRIES.1[row].shown.scale;
        let entered = f64::from(tenths) / 10.0;
        let there = rounded(scale.show(back(scale, entered)));
        prop_assert!((there - entered).abs() <= 1e-9 * entered.abs().max(1.0), "{there} is not {entered}");
    }
}

#[test]
fn what_a_message_states_leads_to_the_propertys_unit() {
    use twin::Conversion::{Linear, None, Unknown};
    for (from, to, expect) in [
        ("mbar", "bar", Linear(0.001, 0.0)),
        ("degC", "°C", Linear(1.0, 0.0)),
        ("°C", "K", Linear(1.0, 0.0)),
        ("Hz", "rpm", Linear(60.0, 0.0)),
        ("kW", "bar", None),
        ("furlongs a day", "bar", Unknown),
    ] {
        assert_eq!(conversion(from, to), expect, "{from} to {to}");
    }
}
