//! Where a value belongs, read off its topic and its place in the payload. Pure; the engine makes
//! the assets and points.

/// Levels of a topic that become assets; what is deeper stays one level.
const MAX_LEVELS: usize = 24;

/// The place a value is proposed for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Place<'a> {
    /// Levels of the asset from the root; none when the topic names no asset at all.
    pub(crate) levels: Vec<&'a str>,
}

/// Plain value: the last level is the point, those before it the asset. Object: the whole topic is the
/// asset, and below it what the payload names. UMH: what stands before the first level beginning with
/// `_` and the virtual path after it is the asset, whatever the payload.
pub(crate) fn place<'a>(topic: &'a str, field: &str, leaf_asset: Option<&'a str>) -> Place<'a> {
    let mut levels = non_empty(topic);
    let contract = levels
        .iter()
        .skip(1)
        .position(|level| level.starts_with('_'))
        .map(|at| at + 1);
    if let Some(contract) = contract {
        // Without a name after the contract the leaves name the points, or the contract does.
        let end = if contract + 1 < levels.len() {
            levels.len() - 1
        } else {
            levels.len()
        };
        levels.truncate(end);
        levels.remove(contract);
        if levels.len() > 2 && levels.first() == Some(&"umh") && levels.get(1) == Some(&"v1") {
            levels.drain(..2);
        }
    } else if field.is_empty() {
        levels.pop();
    }
    if let Some(leaf_asset) = leaf_asset {
        levels.extend(non_empty(leaf_asset));
    }
    levels.truncate(MAX_LEVELS);
    Place { levels }
}

/// The point's tag: what its name and unit are read off.
pub(crate) fn tag<'a>(topic: &'a str, field: &'a str) -> std::borrow::Cow<'a, str> {
    let levels = non_empty(topic);
    let last = levels.last().copied().unwrap_or_default();
    let contract = levels
        .iter()
        .skip(1)
        .position(|level| level.starts_with('_'))
        .map(|at| at + 1);
    match contract {
        _ if field.is_empty() => last.into(),
        // UMH: several values under one name, unless the contract ends the topic.
        Some(contract) if contract + 1 < levels.len() => format!("{last}.{field}").into(),
        _ => field.into(),
    }
}

fn non_empty(path: &str) -> Vec<&str> {
    path.split('/').filter(|level| !level.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(topic: &str, field: &str, leaf_asset: Option<&str>, levels: &str, name: &str) {
        assert_eq!(
            place(topic, field, leaf_asset).levels.join("/"),
            levels,
            "{topic} {field}"
        );
        assert_eq!(tag(topic, field), name, "{topic} {field}");
    }

    #[test]
    fn plain_values_take_the_last_level() {
        check("acme/lyon/ro1/pressure", "", None, "acme/lyon/ro1", "pressure");
        check("temperature", "", None, "", "temperature");
        check("/acme//pump/speed/", "", None, "acme/pump", "speed");
        check("", "", None, "", "");
        check("///", "", None, "", "");
    }

    #[test]
    fn objects_take_the_whole_topic() {
        check(
            "tele/dev1/SENSOR",
            "DHT11.Temperature",
            None,
            "tele/dev1/SENSOR",
            "DHT11.Temperature",
        );
        check("kitchen", "temperature", None, "kitchen", "temperature");
        check(
            "iot/gw",
            "Tag1",
            Some("Channel1/Device1"),
            "iot/gw/Channel1/Device1",
            "Tag1",
        );
    }

    #[test]
    fn umh_splits_at_the_contract() {
        check(
            "umh/v1/acme/lyon/line1/_historian/speed",
            "",
            None,
            "acme/lyon/line1",
            "speed",
        );
        check(
            "umh/v1/acme/lyon/_raw/motor/electrical/current",
            "",
            None,
            "acme/lyon/motor/electrical",
            "current",
        );
        check(
            "umh/v1/acme/lyon/_historian/head",
            "pos.x",
            None,
            "acme/lyon",
            "head.pos.x",
        );
        check("acme/lyon/_historian", "speed", None, "acme/lyon", "speed");
        check("acme/lyon/_historian", "", None, "acme/lyon", "_historian");
        check("_raw/acme/speed", "", None, "_raw/acme", "speed");
    }

    #[test]
    fn endless_topics_stay_shallow() {
        let topic = "x/".repeat(500);
        assert_eq!(place(&topic, "y", None).levels.len(), MAX_LEVELS);
    }
}
