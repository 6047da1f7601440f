//! What the topic alone says: whether readings come by it, and where devices say they are there.

/// What comes by a topic.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Readings,
    /// Between programs: no readings, and nothing wrong with that.
    Plumbing,
    /// Sparkplug B: protobuf.
    Sparkplug,
    /// Lists and descriptions of devices, often hundreds of texts, retained.
    Inventory,
}

pub(crate) fn kind(topic: &str) -> Kind {
    if let Some(rest) = topic.strip_prefix("spBv1.0/") {
        return if rest.starts_with("STATE/") {
            Kind::Plumbing
        } else {
            Kind::Sparkplug
        };
    }
    let (parents, last) = topic.rsplit_once('/').unwrap_or(("", topic));
    let inventory = match last {
        // Home Assistant's discovery, and Tasmota's.
        "config" => parents.starts_with("homeassistant/") || parents.starts_with("tasmota/discovery/"),
        "sensors" => parents.starts_with("tasmota/discovery/"),
        "devices" | "groups" | "info" | "definitions" | "extensions" | "converters" | "logging" => {
            parents == "zigbee2mqtt/bridge"
        }
        _ => false,
    };
    if inventory {
        Kind::Inventory
    } else {
        Kind::Readings
    }
}

/// Whether a device is there, where the topic is one of those that say so and the payload is one
/// of the words: zigbee2mqtt's `availability` and `bridge/state`, Tasmota's `LWT`, Shelly's
/// `online`, Homie's `$state`, and Home Assistant's default on a `status` topic.
pub(crate) fn availability(topic: &str, text: &str) -> Option<bool> {
    // The words are short; a `{"state": …}` around them is not much longer.
    if text.len() > 64 {
        return None;
    }
    let (parents, last) = topic.rsplit_once('/')?;
    if last.eq_ignore_ascii_case("lwt") || last == "availability" {
        return online(text).or_else(|| state_object(text));
    }
    match last {
        "state" if parents.ends_with("/bridge") => online(text).or_else(|| state_object(text)),
        "online" => match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        "$state" => match text {
            "ready" | "alert" | "sleeping" => Some(true),
            "lost" | "disconnected" => Some(false),
            _ => None,
        },
        // A machine may well say "Offline" of itself: only the exact convention counts here.
        "status" => match text {
            "online" => Some(true),
            "offline" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn online(text: &str) -> Option<bool> {
    let text = text.trim_matches('"');
    match text {
        _ if text.eq_ignore_ascii_case("online") => Some(true),
        _ if text.eq_ignore_ascii_case("offline") => Some(false),
        _ => None,
    }
}

/// `{"state":"online"}`
fn state_object(text: &str) -> Option<bool> {
    match crate::json::parse(text, 2, 8) {
        Ok(crate::json::Json::Object(members)) => members.iter().find_map(|(key, value)| match value {
            crate::json::Json::Text(word) if key == "state" => online(word),
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_say_they_are_there() {
        let check = |topic, text, expect| assert_eq!(availability(topic, text), expect, "{topic} {text}");
        check(
            "zigbee2mqtt/Kitchen/availability",
            r#"{"state":"online"}"#,
            Some(true),
        );
        check("zigbee2mqtt/Kitchen/availability", "offline", Some(false));
        check("zigbee2mqtt/bridge/state", r#"{"state":"offline"}"#, Some(false));
        check("tele/press/LWT", "Online", Some(true));
        check("tele/press/LWT", "Offline", Some(false));
        check("shelly-1/online", "false", Some(false));
        check("homie/pump/$state", "lost", Some(false));
        check("boiler/status", "offline", Some(false));
        check("line1/packer/status", "Offline", None);
        check("line1/packer/state", "offline", None);
        check("tele/press/SENSOR", "Online", None);
    }

    #[test]
    fn topics_without_readings_are_known() {
        assert_eq!(kind("spBv1.0/G/NDATA/E"), Kind::Sparkplug);
        assert_eq!(kind("spBv1.0/STATE/scada"), Kind::Plumbing);
        assert_eq!(kind("homeassistant/sensor/x/config"), Kind::Inventory);
        assert_eq!(kind("zigbee2mqtt/bridge/devices"), Kind::Inventory);
        assert_eq!(kind("plant/line/config"), Kind::Readings);
        assert_eq!(kind("zigbee2mqtt/Kitchen"), Kind::Readings);
    }
}
