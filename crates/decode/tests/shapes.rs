//! Every payload shape met in the field, with what it gives: one line a leaf,
//! `asset : field = value unit @time-in-ms quality`.

use decode::{Decoded, Limits, LocalZone, Reason, decode};
use twin::{Leaf, Quality, Timestamp, Value};

/// 2026-01-02T03:04:05.678Z
const ARRIVAL: Timestamp = Timestamp::from_millis(1_767_323_045_678);

/// Two hours east of UTC, all year.
struct East;
impl LocalZone for East {
    fn utc_offset_secs(&self, _wall: Timestamp) -> i32 {
        7_200
    }
}

fn run(topic: &str, payload: &[u8]) -> Decoded {
    decode(topic, payload, ARRIVAL, &Limits::default(), &East)
}

fn line(leaf: &Leaf) -> String {
    let mut line = String::new();
    if let Some(asset) = &leaf.asset {
        line += &format!("{asset} : ");
    }
    let value = match &leaf.value {
        None => "none".to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(on)) => on.to_string(),
        Some(Value::Text(text)) => format!("'{text}'"),
    };
    line += &format!("{} = {value}", leaf.field);
    if let Some(unit) = &leaf.unit {
        line += &format!(" {unit}");
    }
    if let Some(time) = leaf.time {
        line += &format!(" @{}", time.micros() as f64 / 1_000.0);
    }
    match leaf.quality {
        Quality::Good => {}
        Quality::Uncertain => line += " uncertain",
        Quality::Bad => line += " bad",
    }
    line.trim_start().to_owned()
}

#[track_caller]
fn check(payload: &str, expect: &[&str]) {
    let decoded = run("plant/line/pump", payload.as_bytes());
    let lines: Vec<String> = decoded.leaves.iter().map(line).collect();
    assert_eq!(lines, expect, "{payload}\n{:?}", decoded.problems);
    assert_eq!(decoded.problems, [], "{payload}");
}

#[track_caller]
fn check_problem(payload: &[u8], reason: Reason, expect: &[&str]) {
    let decoded = run("plant/line/pump", payload);
    let lines: Vec<String> = decoded.leaves.iter().map(line).collect();
    assert_eq!(lines, expect, "{:?}", decoded.problems);
    let reasons: Vec<Reason> = decoded.problems.iter().map(|problem| problem.reason).collect();
    assert_eq!(reasons, [reason], "{:?}", decoded.problems);
}

#[test]
fn plain_scalars() {
    check("24.7", &["= 24.7"]);
    check(" -3\r\n", &["= -3"]);
    check("21,5", &["= 21.5"]);
    check("ON", &["= true"]);
    check("OFF", &["= false"]);
    check("true", &["= true"]);
    check("Running", &["= 'Running'"]);
    check("\"Running\"", &["= 'Running'"]);
    check("\"24.7\"", &["= 24.7"]);
    check("21.5 °C", &["= 21.5 °C"]);
    check("\u{feff}24.7\0", &["= 24.7"]);
    check("<script>alert(1)</script>", &["= '<script>alert(1)</script>'"]);
}

#[test]
fn umh() {
    check(
        r#"{"timestamp_ms":1733904005123,"value":42.5}"#,
        &["= 42.5 @1733904005123"],
    );
    check(
        r#"{"timestamp_ms":1733904005123,"head":{"x":1,"y":2}}"#,
        &["head.x = 1 @1733904005123", "head.y = 2 @1733904005123"],
    );
}

#[test]
fn value_time_quality() {
    check(
        r#"{"value":42.5,"timestamp":"2026-01-02T03:04:05.678Z","quality":"GOOD","unit":"bar"}"#,
        &["= 42.5 bar @1767323045678"],
    );
    check(r#"{"Value":42.5,"Quality":"Bad"}"#, &["= 42.5 bad"]);
    check(r#"{"value":"42.5","quality":192}"#, &["= 42.5"]);
    check(r#"{"v":true,"q":500}"#, &["= true uncertain"]);
    check(
        r#"{"value":null,"timestamp":1733904005123}"#,
        &["= none @1733904005123"],
    );
    check(r#"{"value":7,"status":"Uncertain"}"#, &["= 7 uncertain"]);
    check(r#"{"value":7,"machine":"m1"}"#, &["value = 7", "machine = 'm1'"]);
    check(r#"{"name":"Temp","value":7,"type":"double"}"#, &["Temp = 7"]);
    check(
        r#"{"pressure":{"value":4.2,"unit":"bar","max":10}}"#,
        &["pressure = 4.2 bar", "pressure.max = 10"],
    );
    check(
        r#"{"value":{"x":1,"y":2},"timestamp_ms":1733904005123}"#,
        &["x = 1 @1733904005123", "y = 2 @1733904005123"],
    );
}

#[test]
fn kepware() {
    check(
        r#"{"timestamp":1593698672213,"values":[{"id":"Channel1.Device1.Tag1","v":1121,"q":true,"t":1593698671342},
            {"id":"Channel1.Device1.Tag2","v":0,"q":false,"t":1593698671342}]}"#,
        &[
            "Channel1/Device1 : Tag1 = 1121 @1593698671342",
            "Channel1/Device1 : Tag2 = 0 @1593698671342 bad",
        ],
    );
    check(
        r#"[{"tagname":"Group A.Device C - D.Tag 42","timestamp":1651604184861,"value":1291}]"#,
        &["Group A/Device C - D : Tag 42 = 1291 @1651604184861"],
    );
    check(r#"{"tagname":"A.B","value":1}"#, &["A : B = 1"]);
    check(r#"{"tagname":"A/B","value":1}"#, &["A : B = 1"]);
    // A name is no address.
    check(r#"{"name":"<b>on/off</b>","value":1}"#, &["<b>on/off</b> = 1"]);
    check(r#"{"name":"Flow 1/min","value":1}"#, &["Flow 1/min = 1"]);
}

#[test]
fn thingsboard() {
    check(
        r#"{"ts":1451649600512,"values":{"temperature":36.6,"model":"T1000"}}"#,
        &[
            "temperature = 36.6 @1451649600512",
            "model = 'T1000' @1451649600512",
        ],
    );
    check(
        r#"{"Device A":[{"ts":1764834102955,"values":{"temperature":45.1}},{"ts":1764834103955,"values":{"temperature":45.2}}]}"#,
        &[
            "Device A : temperature = 45.1 @1764834102955",
            "Device A : temperature = 45.2 @1764834103955",
        ],
    );
    check(
        r#"[{"ts":1451649600512,"values":{"a":1}},{"ts":1451649601512,"values":{"a":2}}]"#,
        &["a = 1 @1451649600512", "a = 2 @1451649601512"],
    );
}

#[test]
fn timestamp_as_key() {
    check(
        r#"{"1611082554":{"temperature":21.42},"1611082568":{"temperature":42.84}}"#,
        &[
            "temperature = 21.42 @1611082554000",
            "temperature = 42.84 @1611082568000",
        ],
    );
    check(r#"{"1":{"a":2},"2":{"a":3}}"#, &["1.a = 2", "2.a = 3"]);
}

#[test]
fn tasmota() {
    // 06:59:52 on a clock two hours ahead.
    check(
        r#"{"Time":"2021-06-13T06:59:52","ANALOG":{"CTEnergy":{"Energy":0.006,"Power":2068}},"DHT11":{"Temperature":23.0,"Humidity":37.0},"TempUnit":"C"}"#,
        &[
            "ANALOG.CTEnergy.Energy = 0.006 @1623560392000",
            "ANALOG.CTEnergy.Power = 2068 @1623560392000",
            "DHT11.Temperature = 23 °C @1623560392000",
            "DHT11.Humidity = 37 @1623560392000",
        ],
    );
    check(r#"{"POWER":"ON"}"#, &["POWER = true"]);
}

#[test]
fn zigbee2mqtt() {
    check(
        r#"{"battery":100,"linkquality":18,"occupancy":true,"temperature":19.9,"illuminance_lux":49,"update":null}"#,
        &[
            "battery = 100",
            "linkquality = 18",
            "occupancy = true",
            "temperature = 19.9",
            "illuminance_lux = 49",
            "update = none",
        ],
    );
    check(
        r#"{"temperature":19.9,"last_seen":"2026-01-02T03:04:05Z"}"#,
        &["temperature = 19.9 @1767323045000"],
    );
    check(
        r#"{"temperature":19.9,"last_seen":1767323045123}"#,
        &["temperature = 19.9 @1767323045123"],
    );
}

#[test]
fn devices_that_come_and_go() {
    for (topic, payload, expect) in [
        (
            "zigbee2mqtt/Kitchen/availability",
            r#"{"state":"online"}"#,
            Some(true),
        ),
        ("tele/press/LWT", "Offline", Some(false)),
        ("plant/press/LWT", "something else", None),
    ] {
        let decoded = run(topic, payload.as_bytes());
        assert_eq!(decoded.availability, expect, "{topic}");
        assert_eq!(decoded.leaves.is_empty(), expect.is_some(), "{topic}");
    }
}

#[test]
fn shelly() {
    check(
        r#"{"src":"shelly-1","method":"NotifyStatus","params":{"ts":1631186545.04,"switch:0":{"id":0,"apower":8.9,"voltage":237.5,"temperature":{"tC":45.1}}}}"#,
        &[
            "switch:0.apower = 8.9 @1631186545040",
            "switch:0.voltage = 237.5 @1631186545040",
            "switch:0.temperature.tC = 45.1 @1631186545040",
        ],
    );
}

#[test]
fn opc_ua_pubsub() {
    let message = |payload: &str| {
        format!(
            r#"{{"MessageId":"1","MessageType":"ua-data","PublisherId":"opc.tcp://opcplc:50000_70FB9F43","Messages":[{{"DataSetWriterId":1,
            "DataSetWriterName":"1000","SequenceNumber":27,"MessageType":"ua-deltaframe","Timestamp":"2022-03-18T12:55:21.3424136Z",
            "Payload":{payload}}}]}}"#
        )
    };
    check(
        &message(r#"{"StepUp":{"Value":23305,"SourceTimestamp":"2022-03-18T12:55:21.3313539Z"}}"#),
        &["1000 : StepUp = 23305 @1647608121331.353"],
    );
    check(
        &message(
            r#"{"A":{"Value":{"Type":11,"Body":1.5},"StatusCode":1073741824},"B":{"Value":"9007199254740","StatusCode":{"Code":2147483648}},"C":7}"#,
        ),
        &[
            "1000 : A = 1.5 @1647608121342.413 uncertain",
            "1000 : B = 9007199254740 @1647608121342.413 bad",
            "1000 : C = 7 @1647608121342.413",
        ],
    );
    check(
        r#"{"MessageId":"1","MessageType":"ua-metadata","MetaData":{"Name":"x"}}"#,
        &[],
    );
    check(r#"{"MessageId":"1","MessageType":"ua-keepalive"}"#, &[]);
}

#[test]
fn mtconnect() {
    check(
        r#"{"timestamp":"2023-11-06T12:12:44Z","tempId":22.6,"executionId":"ACTIVE","condId":{"level":"fault","nativeCode":"ABC"},"loadId":"UNAVAILABLE"}"#,
        &[
            "tempId = 22.6 @1699272764000",
            "executionId = 'ACTIVE' @1699272764000",
            "condId.level = 'fault' @1699272764000",
            "condId.nativeCode = 'ABC' @1699272764000",
            "loadId = none @1699272764000 bad",
        ],
    );
    check(
        r#"{"timestamp":"2023-11-06T12:12:44Z","series1":{"count":3,"frequency":100,"values":[1,2,3]}}"#,
        &[
            "series1 = 1 @1699272763980",
            "series1 = 2 @1699272763990",
            "series1 = 3 @1699272764000",
        ],
    );
    check(r#"{"series1":{"count":3,"values":[1,2,3]}}"#, &["series1 = 3"]);
}

#[test]
fn key_to_value_and_time() {
    check(
        r#"{"Pump/Speed":{"Value":1480,"SourceTimestamp":"2026-01-02T03:04:05Z","StatusCode":0},"Level":{"Value":2.5,"ServerTimestamp":"2026-01-02T03:04:06Z"}}"#,
        &["Pump/Speed = 1480 @1767323045000", "Level = 2.5 @1767323046000"],
    );
}

#[test]
fn plain_objects() {
    check(
        r#"{"a":{"b":{"c":1,"d":"x"}},"e":false}"#,
        &["a.b.c = 1", "a.b.d = 'x'", "e = false"],
    );
    check(
        r#"{"Temperature":1.5,"_timestamp":1733904005123}"#,
        &["Temperature = 1.5 @1733904005123"],
    );
    check(r#"{"temperature":21,"unit":"C"}"#, &["temperature = 21 C"]);
    check(
        r#"{"phases":[230.1,229.8]}"#,
        &["phases.0 = 230.1", "phases.1 = 229.8"],
    );
    check(
        r#"{"pumps":[{"id":"P1","speed":3},{"name":"P2","id":7,"speed":4}]}"#,
        &["pumps.P1.speed = 3", "pumps.P2.id = 7", "pumps.P2.speed = 4"],
    );
    check(
        r#"{"timestamp":1733904005123,"metrics":[{"name":"Motor/Temp","dataType":"Float","value":1.5}],"seq":1}"#,
        &[
            "metrics.Motor/Temp = 1.5 @1733904005123",
            "seq = 1 @1733904005123",
        ],
    );
    check(r#"{"a":1,"a":2}"#, &["a = 2"]);
    check(r#"{"":1}"#, &["\"\" = 1"]);
    check(r#"{"word":"\ud800!"}"#, &["word = '\u{fffd}!'"]);
}

#[test]
fn words_that_may_be_readings() {
    // A cycle time, an OEE rate, a machine's status: no meta data.
    check(
        r#"{"time":12.5,"quality":0.97,"status":"running"}"#,
        &["time = 12.5", "quality = 0.97", "status = 'running'"],
    );
    check(r#"{"t":21.5}"#, &["t = 21.5"]);
    check(r#"{"t":1767323045,"level":1}"#, &["level = 1 @1767323045000"]);
    check(r#"{"level":1,"quality":"UNCERTAIN"}"#, &["level = 1 uncertain"]);
    check(r#"{"batch":"4711"}"#, &["batch = '4711'"]);
}

#[test]
fn nothing_to_read_is_nothing() {
    let decoded = run("plant/line/pump", b"");
    assert_eq!(decoded, Decoded::default());
    check_problem(b"  \n", Reason::Empty, &[]);
    check_problem(b"{}", Reason::Empty, &[]);
    check_problem(b"[]", Reason::Empty, &[]);
}

#[test]
fn broken_payloads_are_counted_by_reason() {
    check_problem(b"\xff\xfe\x00", Reason::NotText, &[]);
    check_problem(b"\x08\x01\x12\x03abc", Reason::NotText, &[]);
    check_problem(b"{\"a\":1", Reason::BadJson, &[]);
    check_problem("[".repeat(33).as_bytes(), Reason::TooDeep, &[]);
    check_problem(&vec![b'1'; (1 << 20) + 1], Reason::TooLarge, &[]);
    check_problem(
        br#"{"a":1e999,"b":2}"#,
        Reason::UnusableNumber,
        &["a = none bad", "b = 2"],
    );
    check_problem(
        br#"{"a":NaN,"b":-Infinity}"#,
        Reason::UnusableNumber,
        &["a = none bad", "b = none bad"],
    );
    check_problem(b"NaN", Reason::UnusableNumber, &["= none bad"]);
    check_problem(b"1,234", Reason::AmbiguousNumber, &["= 1.234 uncertain"]);
    check_problem(
        br#"{"value":1,"quality":"purple"}"#,
        Reason::UnknownQuality,
        &["= 1 uncertain"],
    );
    check_problem(
        br#"{"value":1,"timestamp":"yesterday"}"#,
        Reason::UnreadableTime,
        &["= 1"],
    );
}

#[test]
fn limits_hold_and_what_fits_is_kept() {
    let many: String = (0..10_003).map(|i| format!("\"k{i}\":1,")).collect();
    let decoded = run("a/b", format!("{{{many}\"z\":1}}").as_bytes());
    assert_eq!(decoded.leaves.len(), 10_000);
    assert_eq!(decoded.problems[0].reason, Reason::TooManyLeaves);
    assert_eq!(
        decoded.problems[0].detail,
        "10004 values, the first 10000 are kept"
    );

    let long_list = format!("{{\"wave\":[{}0]}}", "1,".repeat(4_095));
    let decoded = run("a/b", long_list.as_bytes());
    assert_eq!(
        (decoded.leaves.len(), decoded.problems[0].reason),
        (64, Reason::LongArray)
    );

    let decoded = run("a/b", format!("{{\"{}\":1,\"b\":2}}", "k".repeat(600)).as_bytes());
    assert_eq!(
        (decoded.leaves.len(), decoded.problems[0].reason),
        (1, Reason::LongName)
    );

    let decoded = run("a/b", "é".repeat(600).as_bytes());
    assert_eq!(decoded.problems[0].reason, Reason::LongText);
    assert_eq!(decoded.leaves[0].value, Some(Value::Text("é".repeat(512).into())));
}

#[test]
fn messages_that_are_no_readings_say_so() {
    let decoded = run("spBv1.0/Plant/NDATA/Edge", b"\x08\x01");
    assert_eq!(decoded.problems[0].reason, Reason::Sparkplug);
    let decoded = run("homeassistant/sensor/x/config", br#"{"name":"x"}"#);
    assert_eq!(decoded.problems[0].reason, Reason::NotReadings);
}
