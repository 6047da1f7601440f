//! The ground truth of faults: where each kind happens, and which tags show it.

use crate::board::Builder;
use crate::fault::FaultKind;
use crate::tag::TagId;

/// What a fault happens to.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub kind: FaultKind,
    /// The asset, as topic levels.
    pub asset: String,
    /// The tags that show it; for sensor faults the broken sensor alone.
    pub tags: Vec<TagId>,
}

/// A kind, its asset below `norvia/`, then its tags as `point` of that asset or `asset:point` of
/// another below `norvia/`; no tags means all below the asset.
const PLACES: [(FaultKind, &str, &[&str]); 14] = [
    (
        FaultKind::BearingWear,
        "rotterdam/utilities/cooling/pump-14",
        &[
            "bearing_envelope",
            "vibration_de",
            "vibration_nde",
            "bearing_temperature_de",
            "bearing_temperature_nde",
        ],
    ),
    (
        FaultKind::ImpellerWear,
        "lyon/utilities/water-system/loop-lp-01/pump-p-111",
        &[
            "discharge_pressure",
            "flow",
            "head",
            "efficiency",
            "vibration_de",
            "lyon/utilities/water-system/loop-lp-01:velocity",
            "lyon/utilities/water-system/loop-lp-01:supply_pressure",
            "lyon/utilities/water-system/loop-lp-01:return_temperature",
        ],
    ),
    (
        FaultKind::Cavitation,
        "rotterdam/utilities/steam-boiler-b-01/feed-pump-p-31",
        &[
            "npsh_margin",
            "suction_pressure",
            "vibration_de",
            "vibration_nde",
            "discharge_pressure",
            "speed",
            "efficiency",
        ],
    ),
    (
        FaultKind::AirLock,
        "lyon/utilities/water-system/dosing-skid-ds-01/dosing-pump-dp-01",
        &[
            "volumetric_efficiency",
            "flow",
            "pressure_pulsation",
            "stroke_rate",
            "discharge_pressure",
            "lyon/utilities/water-system/dosing-skid-ds-01:antiscalant",
        ],
    ),
    (
        FaultKind::ValveLeak,
        "lyon/utilities/water-system/dosing-skid-ds-01/dosing-pump-dp-01",
        &[
            "volumetric_efficiency",
            "stroke_rate",
            "pressure_pulsation",
            "head_temperature",
        ],
    ),
    (
        FaultKind::MembraneFouling,
        "lyon/utilities/water-system/reverse-osmosis-ro-01/stage-1",
        &[
            "differential_pressure",
            "lyon/utilities/water-system/reverse-osmosis-ro-01:normalised_permeate_flow",
            "lyon/utilities/water-system/reverse-osmosis-ro-01:normalised_pressure_drop",
            "lyon/utilities/water-system/reverse-osmosis-ro-01:feed_pressure",
            "lyon/utilities/water-system/reverse-osmosis-ro-01:salt_passage",
            "lyon/utilities/water-system/reverse-osmosis-ro-01:specific_energy",
        ],
    ),
    (
        FaultKind::FilterClogging,
        "lyon/utilities/hvac/ahu-02/filter-f7",
        &[
            "differential_pressure",
            "normalised_pressure_drop",
            "lyon/utilities/hvac/ahu-02/supply-fan:speed",
            "lyon/utilities/hvac/ahu-02/supply-fan:power",
            "lyon/utilities/hvac/ahu-02:supply_air_flow",
            "lyon/utilities/hvac/pressure-cascade:filling_hall_1_pressure",
        ],
    ),
    (
        FaultKind::ExchangerFouling,
        "rotterdam/utilities/cooling/exchanger-hx-03",
        &[
            "pressure_drop",
            "approach",
            "conductance",
            "hot_flow",
            "rotterdam/utilities/cooling/pump-14:discharge_pressure",
            "rotterdam/utilities/cooling/pump-14:flow",
            "rotterdam/utilities/cooling:process_supply_temperature",
        ],
    ),
    (
        FaultKind::StuckValve,
        "lyon/utilities/hvac/ahu-01/cooling-coil",
        &[
            "valve_deviation",
            "valve_position",
            "valve_command",
            "duty",
            "lyon/utilities/hvac/ahu-01:supply_air_temperature",
            "lyon/utilities/hvac/ahu-01:return_air_temperature",
        ],
    ),
    (
        FaultKind::DriftingSensor,
        "rotterdam/utilities/water-system/reverse-osmosis-ro-01",
        &["permeate_conductivity"],
    ),
    (
        FaultKind::FlatSensor,
        "lyon/utilities/compressed-air",
        &["pressure"],
    ),
    (
        FaultKind::DroppedSensor,
        "lyon/utilities/water-system/loop-lp-01",
        &["return_temperature"],
    ),
    (FaultKind::LateGateway, "lyon/filling-line-1", &[]),
    (FaultKind::CutNetwork, "rotterdam", &[]),
];

/// The targets of all kinds; those without tags of their own have all below their asset.
pub(crate) fn targets(builder: &Builder) -> Vec<Target> {
    PLACES
        .into_iter()
        .map(|(kind, asset, points)| {
            let asset = format!("norvia/{asset}");
            let tags = if points.is_empty() {
                builder.below(&asset)
            } else {
                points
                    .iter()
                    .filter_map(|point| match point.split_once(':') {
                        Some((elsewhere, point)) => builder.find(&format!("norvia/{elsewhere}"), point),
                        None => builder.find(&asset, point),
                    })
                    .collect()
            };
            Target { kind, asset, tags }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::{Site, first_route};

    #[test]
    fn every_tag_named_here_exists() {
        let mut builder = Builder::new(1, first_route());
        assert!(PLACES.iter().map(|(kind, ..)| *kind).eq(FaultKind::ALL));
        let _sites = (Site::lyon(&mut builder), Site::rotterdam(&mut builder));
        for (target, (kind, _, points)) in targets(&builder).into_iter().zip(PLACES) {
            assert_eq!(target.kind, kind);
            assert!(!target.tags.is_empty(), "{}", target.asset);
            assert!(
                points.is_empty() || points.len() == target.tags.len(),
                "{}",
                target.asset
            );
            assert!(
                builder.assets.iter().any(|asset| asset.path == target.asset),
                "{}",
                target.asset
            );
        }
    }
}
