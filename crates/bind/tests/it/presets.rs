//! Each preset with what its product really sends; sources beside the payloads.

use crate::figures::{apply, check, check_misses, line, preset, rule};

#[test]
fn umh() {
    let rules = preset("umh", "");
    // umh-core/docs/usage/unified-namespace/payload-formats.md
    check(
        &rules,
        "umh/v1/acme/lyon/l1/_raw/motor/temperature",
        r#"{"timestamp_ms":1733904005123,"value":42.5}"#,
        &["acme.lyon.l1 motor.temperature = 42.5 @1733904005123"],
    );
    check(
        &rules,
        "umh/v1/acme/_pump_v1/state",
        r#"{"value":"running","timestamp_ms":1733904005123}"#,
        &["acme state = 'running' @1733904005123"],
    );
    // The classic _historian: several keys, nested ones are groups.
    check(
        &rules,
        "umh/v1/acme/lyon/_historian",
        r#"{"timestamp_ms":1733904005123,"head":{"x":1,"y":2},"speed":3}"#,
        &[
            "acme.lyon head.x = 1 @1733904005123",
            "acme.lyon head.y = 2 @1733904005123",
            "acme.lyon speed = 3 @1733904005123",
        ],
    );
    // No contract, no rule: such a topic is read as without one.
    assert!(apply(&rules, "umh/v1/acme/lyon/other", b"1", false).is_none());
}

#[test]
fn kepware() {
    let rules = preset("kepware", "");
    // thingsboard-gateway issue 338
    check(
        &rules,
        "iotgateway",
        r#"{"timestamp":1593698672213,"values":[{"id":"Channel1.Device1.Tag1","v":1121,"q":true,"t":1593698671342},
            {"id":"Channel1.Device1.Group.Tag2","v":0,"q":false,"t":1593698671342}]}"#,
        &[
            "Channel1.Device1 Tag1 = 1121 @1593698671342",
            "Channel1.Device1 Group.Tag2 = 0 @1593698671342 bad",
        ],
    );
    // The advanced template of Clarify's documentation.
    check(
        &rules,
        "iotgateway/x",
        r#"[{"tagname":"Group A.Device C - D.Tag 42","timestamp":1651604184861,"value":1291}]"#,
        &["Group-A.Device-C-D Tag_42 = 1291 @1651604184861"],
    );
    let named = preset(
        "kepware",
        "filter = \"plant1/kepware\"\nassets = { \"Channel1.Device1\" = \"p-14\" }\nproperties = { Tag1 = \"flow\" }\nunits = { flow = { path = [\"m3/h\"] } }",
    );
    check(
        &named,
        "plant1/kepware",
        r#"{"timestamp":1,"values":[{"id":"Channel1.Device1.Tag1","v":7,"q":true,"t":1593698671342}]}"#,
        &["p-14 flow = 7 m3/h @1593698671342"],
    );
    check_misses(
        &rules,
        "iotgateway",
        r#"{"timestamp":1,"values":[{"id":"Loose","v":7}]}"#,
        &[],
        &[
            "0: `Loose` is not like the pattern of `parts`",
            // The other template's rule.
            "timestamp: `@.tagname` does not hold",
            "values: `@.tagname` does not hold",
        ],
    );
}

#[test]
fn thingsboard() {
    let rules = preset("thingsboard", "");
    // thingsboard-gateway PR 55 and issue 14491; docs: telemetry of the device API
    check(
        &rules,
        "v1/devices/me/telemetry",
        r#"{"ts":1451649600512,"values":{"temperature":36.6,"model":"T1000"}}"#,
        &[
            "me model = 'T1000' @1451649600512",
            "me temperature = 36.6 @1451649600512",
        ],
    );
    check(
        &rules,
        "v1/devices/me/telemetry",
        r#"[{"ts":1451649600512,"values":{"a":1}},{"ts":1451649601512,"values":{"a":2}}]"#,
        &["me a = 1 @1451649600512", "me a = 2 @1451649601512"],
    );
    check(
        &rules,
        "v1/devices/me/telemetry",
        r#"{"temperature":42.2,"humidity":70}"#,
        &["me humidity = 70", "me temperature = 42.2"],
    );
    // What tb-mqtt-client 1.13.14 (PyPI) makes of {"temperature": 41.9, "enabled": False}.
    check(
        &rules,
        "v1/devices/me/telemetry",
        r#"[{"temperature":41.9,"enabled":false}]"#,
        &["me enabled = false", "me temperature = 41.9"],
    );
    check(
        &rules,
        "v1/gateway/telemetry",
        r#"{"Device A":[{"ts":1764834102955,"values":{"temperature":45.1}}],"B":[]}"#,
        &["Device-A temperature = 45.1 @1764834102955"],
    );
}

#[test]
fn tasmota() {
    // Its clock shows local time: the plant's here, and a zone of its own below.
    let sensor = r#"{"Time":"2021-06-13T06:59:52","ANALOG":{"CTEnergy":{"Energy":0.006,"Power":2068}},
        "DHT11":{"Temperature":23.0,"Humidity":37.0},"TempUnit":"C"}"#;
    check(
        &preset("tasmota", ""),
        "tele/meter/SENSOR",
        sensor,
        &[
            "meter ANALOG.CTEnergy.Energy = 0.006 @1623560392000",
            "meter ANALOG.CTEnergy.Power = 2068 W @1623560392000",
            "meter DHT11.Humidity = 37 % @1623560392000",
            "meter DHT11.Temperature = 23 Cel @1623560392000",
        ],
    );
    // Across the change of clocks: 02:30 of winter is there once, 02:30 of autumn twice.
    let zoned = preset(
        "tasmota",
        "time = { path = [\"$.Time\"], zone = \"Europe/Paris\" }",
    );
    for (wall, expect) in [
        ("2021-03-28T01:59:59", 1_616_893_199_000_i64),
        ("2021-03-28T03:00:00", 1_616_893_200_000),
        ("2021-10-31T02:30:00", 1_635_640_200_000),
        ("2021-12-01T00:00:00", 1_638_313_200_000),
    ] {
        let payload = format!(r#"{{"Time":"{wall}","POWER":"ON"}}"#);
        let applied = apply(&zoned, "tele/plug/STATE", payload.as_bytes(), false).unwrap();
        let lines: Vec<String> = applied.leaves.iter().map(line).collect();
        assert_eq!(lines, [format!("plug POWER = true @{expect}")], "{wall}");
    }
    // Whether a device is there is read without a rule.
    let lwt = apply(&zoned, "tele/plug/LWT", b"Online", true).unwrap();
    assert!(!lwt.is_taken(), "{lwt:?}");
}

#[test]
fn zigbee2mqtt() {
    let rules = preset("zigbee2mqtt", "");
    check(
        &rules,
        "zigbee2mqtt/kitchen",
        r#"{"battery":100,"linkquality":18,"occupancy":true,"temperature":19.9,"illuminance_lux":49}"#,
        &[
            "kitchen battery = 100 %",
            "kitchen illuminance_lux = 49 lx",
            "kitchen linkquality = 18",
            "kitchen occupancy = true",
            "kitchen temperature = 19.9 Cel",
        ],
    );
    for last_seen in ["\"2026-01-02T03:04:05.678Z\"", "1767323045678"] {
        check(
            &rules,
            "zigbee2mqtt/hall/lamp 2",
            &format!(
                r#"{{"color":{{"x":0.3,"y":0.4}},"state":"ON","last_seen":{last_seen},"update":{{"state":"idle"}}}}"#
            ),
            &[
                "hall.lamp-2 color.x = 0.3 @1767323045678",
                "hall.lamp-2 color.y = 0.4 @1767323045678",
                "hall.lamp-2 state = true @1767323045678",
            ],
        );
    }
    for topic in [
        "zigbee2mqtt/kitchen/availability",
        "zigbee2mqtt/bridge/devices",
        "zigbee2mqtt/x/set",
    ] {
        let applied = apply(&rules, topic, br#"{"state":"online"}"#, false).unwrap();
        assert!(!applied.is_taken(), "{topic}");
    }
}

#[test]
fn shelly() {
    let rules = preset("shelly", "");
    // Seconds with a fraction, names with a colon, only what changed.
    check(
        &rules,
        "shellyplus1pm-1/events/rpc",
        r#"{"src":"shellyplus1pm-1","dst":"x","method":"NotifyStatus","params":{"ts":1631186545.04,
            "switch:0":{"id":0,"apower":8.9,"voltage":237.5,"temperature":{"tC":45.1}}}}"#,
        &[
            "shellyplus1pm-1 switch_0.apower = 8.9 W @1631186545040",
            "shellyplus1pm-1 switch_0.temperature.tC = 45.1 Cel @1631186545040",
            "shellyplus1pm-1 switch_0.voltage = 237.5 V @1631186545040",
        ],
    );
    check(
        &rules,
        "shellyplus1pm-1/status/switch:0",
        r#"{"id":0,"source":"init","output":false,"apower":0.0}"#,
        &[
            "shellyplus1pm-1 switch_0.apower = 0 W",
            "shellyplus1pm-1 switch_0.output = false",
            "shellyplus1pm-1 switch_0.source = 'init'",
        ],
    );
    let event = r#"{"method":"NotifyEvent","params":{"ts":1.0,"events":[{"event":"x"}]}}"#;
    let applied = apply(&rules, "s/events/rpc", event.as_bytes(), false).unwrap();
    assert!(!applied.is_taken());
}

#[test]
fn opcua_pubsub() {
    let rules = preset("opcua-pubsub", "filter = \"plant/messages/#\"");
    // Azure/Industrial-IoT, docs/opc-publisher/messageformats.md; seven digits of a second
    check(
        &rules,
        "plant/messages/g",
        r#"{"MessageId":"18","MessageType":"ua-data","PublisherId":"opc.tcp://opcplc:50000_70FB9F43","Messages":[{"DataSetWriterId":1,
            "DataSetWriterName":"1000","SequenceNumber":27,"MessageType":"ua-deltaframe","Timestamp":"2022-03-18T12:55:21.3424136Z",
            "Payload":{"StepUp":{"Value":23305,"SourceTimestamp":"2022-03-18T12:55:21.3313539Z"},
            "AlternatingBoolean":{"Value":false,"StatusCode":2147483648},"Raw":7}}]}"#,
        &[
            "1000 AlternatingBoolean = false @1647608121342.413 bad",
            "1000 Raw = 7 @1647608121342.413",
            "1000 StepUp = 23305 @1647608121331.353",
        ],
    );
    check(
        &rules,
        "plant/messages/g",
        r#"{"DataSetWriterName":"pump","MessageType":"ua-keyframe","Payload":{"flow":{"Type":10,"Body":1.5}}}"#,
        &["pump flow = 1.5"],
    );
    for other in [
        r#"{"MessageType":"ua-metadata","MetaData":{"Fields":[{"Name":"a"}]}}"#,
        r#"{"MessageType":"ua-data","Messages":[{"DataSetWriterName":"1","MessageType":"ua-keepalive"}]}"#,
    ] {
        let applied = apply(&rules, "plant/messages/g", other.as_bytes(), false).unwrap();
        assert!(!applied.is_taken(), "{other}");
    }
}

#[test]
fn mtconnect() {
    let rules = preset("mtconnect", "");
    // cppagent wiki, MQTT JSON ingress
    check(
        &rules,
        "mtconnect/mill-1",
        r#"{"timestamp":"2023-11-06T12:12:44Z","tempId":22.6,"executionId":"ACTIVE","condId":{"level":"fault","nativeCode":"ABC"}}"#,
        &[
            "mill-1 condId.level = 'fault' @1699272764000",
            "mill-1 condId.nativeCode = 'ABC' @1699272764000",
            "mill-1 executionId = 'ACTIVE' @1699272764000",
            "mill-1 tempId = 22.6 @1699272764000",
        ],
    );
    check(
        &rules,
        "mtconnect/mill-1/x",
        r#"{"timestamp":"2023-11-06T12:12:44Z","series1":{"count":3,"frequency":100,"values":[1,2,3]},"load":"UNAVAILABLE"}"#,
        &[
            "mill-1 load = none @1699272764000 bad",
            "mill-1 series1 = 1 @1699272763980",
            "mill-1 series1 = 2 @1699272763990",
            "mill-1 series1 = 3 @1699272764000",
        ],
    );
}

#[test]
fn shapes_without_a_preset() {
    // kotori PR 41: the time is the key.
    let keyed = rule(
        r#"
        filter = "kotori/+asset"
        foreach = ["$.*", "@.*"]
        asset = "{asset}"
        property = "{key}"
        time = { path = ["{key1}"], unit = "s" }
        "#,
    );
    check(
        &keyed,
        "kotori/garden",
        r#"{"1611082554":{"temperature":21.42},"1611082568":{"temperature":42.84}}"#,
        &[
            "garden temperature = 21.42 @1611082554000",
            "garden temperature = 42.84 @1611082568000",
        ],
    );
    // Plain scalars, one tag, one topic.
    let plain = rule("filter = \"acme/+site/#tag\"\nasset = \"{site}\"\nproperty = \"{tag}\"");
    for (payload, expect) in [
        ("24.7", "lyon a.b = 24.7"),
        ("21,5", "lyon a.b = 21.5"),
        ("ON", "lyon a.b = true"),
        ("true", "lyon a.b = true"),
        ("\"24.7\"", "lyon a.b = 24.7"),
        ("21.5 °C", "lyon a.b = 21.5 °C"),
        ("Running", "lyon a.b = 'Running'"),
    ] {
        check(&plain, "acme/lyon/a/b", payload, &[expect]);
    }
    // A value with time, quality and unit beside it.
    let vtq = rule(
        r#"
        filter = "acme/+asset/+property"
        asset = "{asset}"
        property = "{property}"
        value = ["$.value"]
        time = { path = ["$.timestamp"] }
        quality = { path = ["$.quality"], map = { SUBNORMAL = "uncertain" } }
        unit = { path = ["$.unit"] }
        "#,
    );
    for (quality, expect) in [
        ("\"GOOD\"", ""),
        ("\"bad\"", " bad"),
        ("192", ""),
        ("500", " uncertain"),
        ("\"subnormal\"", " uncertain"),
        ("null", ""),
    ] {
        check(
            &vtq,
            "acme/p-1/pressure",
            &format!(
                r#"{{"value":42.5,"timestamp":"2026-01-02T03:04:05.678Z","quality":{quality},"unit":"bar"}}"#
            ),
            &[&format!("p-1 pressure = 42.5 bar @1767323045678{expect}")],
        );
    }
}
