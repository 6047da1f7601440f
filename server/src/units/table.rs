//! Which unit is shown for which, by what is measured: the one table.
//!
//! Metric units are shown as their US customary counterparts in use: NIST SP 811 (2008), appendix B.8, and
//! for air, water gauge and specific energy the inch-pound units of ASHRAE (Units and Conversions). The other
//! way leads to the SI unit, or one accepted with it, that the same tables name. The factors themselves are
//! UCUM's; tests compare them with the printed ones. What is not here is shown as measured in every system:
//! kW, kWh, Hz, V, A, %, mg/L, S/cm, g (of which nobody knows whether it is a mass or an acceleration) and what has no customary unit in a plant.

/// What a number is of, where its unit alone does not say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// Anything.
    Any,
    /// Air and gases: their volumes are told in cubic feet.
    Gas,
    /// The difference of two temperatures.
    Difference,
}

/// Measured in the first UCUM code, shown in the second; the third is how that is written.
pub type Row = (Of, &'static str, &'static str, &'static str);

/// From metric to US customary. The first row that fits holds.
pub const US: &[Row] = &[
    // Temperatures; kelvins in a plant are differences.
    (Of::Difference, "K", "[degR]", "Δ°F"),
    (Of::Any, "Cel", "[degF]", "°F"),
    // Pressure. Rooms, ducts and filters in pascal are told by the inch of water.
    (Of::Any, "Pa", "[in_i'H2O]", "inH₂O"),
    (Of::Any, "mbar", "[psi]", "psi"),
    (Of::Any, "kPa", "[psi]", "psi"),
    (Of::Any, "bar", "[psi]", "psi"),
    (Of::Any, "MPa", "[psi]", "psi"),
    (Of::Any, "m[H2O]", "[psi]", "psi"),
    // Flow by volume.
    (Of::Gas, "m3/h", "[cft_i]/min", "cfm"),
    (Of::Gas, "m3/s", "[cft_i]/min", "cfm"),
    (Of::Gas, "L/s", "[cft_i]/min", "cfm"),
    (Of::Gas, "L/min", "[cft_i]/min", "cfm"),
    (Of::Any, "m3/min", "[cft_i]/min", "cfm"),
    (Of::Any, "10*3.m3/h", "10*3.[cft_i]/min", "10³ cfm"),
    (Of::Any, "m3/h", "[gal_us]/min", "gal/min"),
    (Of::Any, "m3/s", "[gal_us]/min", "gal/min"),
    (Of::Any, "m3/d", "[gal_us]/d", "gal/d"),
    (Of::Any, "L/s", "[gal_us]/min", "gal/min"),
    (Of::Any, "L/min", "[gal_us]/min", "gal/min"),
    (Of::Any, "L/h", "[gal_us]/h", "gal/h"),
    (Of::Any, "L/d", "[gal_us]/d", "gal/d"),
    // Volume.
    (Of::Gas, "m3", "[cft_i]", "ft³"),
    (Of::Any, "m3", "[gal_us]", "gal"),
    (Of::Any, "L", "[gal_us]", "gal"),
    (Of::Any, "mL", "[foz_us]", "fl oz"),
    // Length, area, speed.
    (Of::Any, "km", "[mi_i]", "mi"),
    (Of::Any, "m", "[ft_i]", "ft"),
    (Of::Any, "cm", "[in_i]", "in"),
    (Of::Any, "mm", "[in_i]", "in"),
    (Of::Any, "um", "[mil_i]", "mil"),
    (Of::Any, "m2", "[sft_i]", "ft²"),
    (Of::Any, "mm/s", "[in_i]/s", "in/s"),
    (Of::Gas, "m/s", "[ft_i]/min", "ft/min"),
    (Of::Any, "m/s", "[ft_i]/s", "ft/s"),
    (Of::Any, "m/min", "[ft_i]/min", "ft/min"),
    (Of::Any, "km/h", "[mi_i]/h", "mi/h"),
    // Mass, force, torque.
    (Of::Any, "kg", "[lb_av]", "lb"),
    (Of::Any, "t", "[ston_av]", "ton"),
    (Of::Any, "kg/h", "[lb_av]/h", "lb/h"),
    (Of::Any, "kg/s", "[lb_av]/s", "lb/s"),
    (Of::Any, "t/h", "[ston_av]/h", "ton/h"),
    (Of::Any, "t/d", "[ston_av]/d", "ton/d"),
    (Of::Any, "kg/m3", "[lb_av]/[cft_i]", "lb/ft³"),
    (Of::Any, "N", "[lbf_av]", "lbf"),
    (Of::Any, "kN", "[lbf_av]", "lbf"),
    (Of::Any, "N.m", "[ft_i].[lbf_av]", "ft·lbf"),
    (Of::Any, "kN.m", "[ft_i].[lbf_av]", "ft·lbf"),
    // What energy and water do for a plant.
    (Of::Any, "kW.h/m3", "kW.h/(10*3.[gal_us])", "kWh/kgal"),
    (Of::Any, "kW.h/t", "kW.h/[ston_av]", "kWh/ton"),
    (Of::Any, "m3/t", "[gal_us]/[ston_av]", "gal/ton"),
    (Of::Any, "W/(m3/s)", "W/([cft_i]/min)", "W/cfm"),
    (Of::Any, "kW/K", "kW/[degR]", "kW/Δ°F"),
    (Of::Any, "kW/(m3/min)", "kW/(10*2.[cft_i]/min)", "kW/100 cfm"),
    (Of::Any, "L/(m2.h)", "[gal_us]/([sft_i].d)", "gal/(ft²·d)"),
];

/// From US customary to SI and units accepted with it.
pub const SI: &[Row] = &[
    (Of::Difference, "[degR]", "K", "K"),
    (Of::Any, "[degF]", "Cel", "°C"),
    (Of::Any, "[psi]", "kPa", "kPa"),
    (Of::Any, "[in_i'H2O]", "Pa", "Pa"),
    (Of::Any, "[in_i'Hg]", "kPa", "kPa"),
    (Of::Any, "[gal_us]/min", "L/min", "l/min"),
    (Of::Any, "[gal_us]/h", "L/h", "l/h"),
    (Of::Any, "[gal_us]/d", "m3/d", "m³/d"),
    (Of::Any, "[cft_i]/min", "m3/h", "m³/h"),
    (Of::Any, "[cft_i]", "m3", "m³"),
    (Of::Any, "[gal_us]", "L", "l"),
    (Of::Any, "[foz_us]", "mL", "ml"),
    (Of::Any, "[mi_i]", "km", "km"),
    (Of::Any, "[yd_i]", "m", "m"),
    (Of::Any, "[ft_i]", "m", "m"),
    (Of::Any, "[in_i]", "mm", "mm"),
    (Of::Any, "[mil_i]", "um", "µm"),
    (Of::Any, "[sft_i]", "m2", "m²"),
    (Of::Any, "[in_i]/s", "mm/s", "mm/s"),
    (Of::Any, "[ft_i]/s", "m/s", "m/s"),
    (Of::Any, "[ft_i]/min", "m/s", "m/s"),
    (Of::Any, "[mi_i]/h", "km/h", "km/h"),
    (Of::Any, "[oz_av]", "g", "g"),
    (Of::Any, "[lb_av]", "kg", "kg"),
    (Of::Any, "[ston_av]", "t", "t"),
    (Of::Any, "[lb_av]/h", "kg/h", "kg/h"),
    (Of::Any, "[lb_av]/[cft_i]", "kg/m3", "kg/m³"),
    (Of::Any, "[lbf_av]", "N", "N"),
    (Of::Any, "[ft_i].[lbf_av]", "N.m", "N·m"),
    (Of::Any, "[HP]", "kW", "kW"),
    (Of::Any, "[Btu_IT]/h", "W", "W"),
    (Of::Any, "[Btu_IT]", "kJ", "kJ"),
];
