//! The bar's first word: it speaks of the plant, not of the socket.

use wire::page::{PlantStatus, SourceState};

/// How far the plant as a whole is live: the bar's first word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PlantState {
    /// Every source is connected, and all but one in twenty tags are live.
    Live,
    Partly,
    Nothing,
    /// None of so many sources is connected.
    Lost(u64),
    /// Nothing has come yet.
    Waiting,
}

impl PlantState {
    /// From what the live socket says of the plant.
    pub(super) fn of(plant: &PlantStatus) -> Self {
        let in_state = |state| {
            plant
                .sources
                .iter()
                .filter(|source| source.state == state)
                .count()
        };
        let used = plant.sources.len() - in_state(SourceState::Stopped);
        let (all, up) = (used, in_state(SourceState::Connected));
        let connecting = in_state(SourceState::Connecting);
        let (live, points) = (u64::from(plant.summary.live), u64::from(plant.summary.points));
        match () {
            () if all > 0 && up + connecting == 0 => Self::Lost(all as u64),
            () if points == 0 || (all > 0 && up == 0) => Self::Waiting,
            () if live == 0 => Self::Nothing,
            () if up == all && live * 20 >= points * 19 => Self::Live,
            () => Self::Partly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::page::SourceStatus;

    #[track_caller]
    fn check(live: u32, points: u32, sources: &[SourceState], expect: PlantState) {
        let source = |state: &SourceState| SourceStatus {
            source: 1,
            name: "broker".to_owned(),
            state: *state,
            since_millis: 0,
        };
        let plant = PlantStatus {
            summary: wire::message::Summary {
                points,
                live,
                ..wire::message::Summary::default()
            },
            sources: sources.iter().map(source).collect(),
            history_stopped_millis: None,
            assets: 1,
        };
        assert_eq!(PlantState::of(&plant), expect, "{live} of {points}, {sources:?}");
    }

    #[test]
    fn the_first_word_is_the_plants() {
        use SourceState::{Connected, Connecting, Lost, Refused, Stopped};
        check(1_284, 1_310, &[Connected, Connected], PlantState::Live);
        check(523, 1_104, &[Connected], PlantState::Partly);
        check(1_304, 1_310, &[Connected, Lost], PlantState::Partly);
        check(0, 47, &[Connected], PlantState::Nothing);
        check(0, 47, &[Lost], PlantState::Lost(1));
        check(0, 47, &[Lost, Refused], PlantState::Lost(2));
        check(46, 47, &[Connected, Stopped], PlantState::Live);
        check(0, 47, &[Connecting], PlantState::Waiting);
        check(0, 0, &[Connected], PlantState::Waiting);
        check(0, 0, &[], PlantState::Waiting);
        check(3, 3, &[], PlantState::Live);
    }
}
