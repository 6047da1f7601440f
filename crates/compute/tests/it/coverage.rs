//! Coverage of roll-ups: what is missing is counted, listed, and never passed over in silence.

use crate::support::Plant;

fn plant(station: &str, site: &str) -> Plant {
    let mut text = format!(
        r#"
        [types.pump.properties]
        flow = {{ kind = "measurement" }}
        [types.station]
        inputs.flows = {{ through = "has_part", property = "flow" }}
        properties.flow = {{ kind = "computed", formula = "sum(flows)"{station} }}
        [types.site]
        inputs.flows = {{ through = "has_part", property = "flow" }}
        properties.flow = {{ kind = "computed", formula = "sum(flows)"{site} }}
        properties.count = {{ kind = "computed", formula = "count_if(flows > 0)" }}
        [assets.site]
        type = "site"
        "#
    );
    for station in 0..2 {
        text.push_str(&format!(
            "[assets.s-{station}]\ntype = \"station\"\nrelations.part_of = \"site\"\n"
        ));
        for pump in 0..4 {
            text.push_str(&format!(
                "[assets.p-{station}{pump}]\ntype = \"pump\"\nrelations.part_of = \"s-{station}\"\n"
            ));
        }
    }
    let mut plant = Plant::new(&text);
    for station in 0..2 {
        for pump in 0..4 {
            plant.put(&format!("p-{station}{pump}/flow"), 1.0);
        }
    }
    plant.settle();
    assert_eq!(plant.shown("s-0/flow"), "4 4/4");
    assert_eq!(plant.shown("site/flow"), "8 8/8");
    plant
}

#[test]
fn a_missing_input_means_no_output_and_is_listed() {
    let mut plant = plant("", "");
    plant.lose("p-01/flow");
    plant.settle();
    assert_eq!(plant.shown("s-0/flow"), "no output 3/4");
    assert_eq!(plant.shown("site/flow"), "no output 7/8");
    assert_eq!(plant.missing("site/flow"), ["p-01/flow NotFresh"]);
    assert_eq!(plant.shown("s-1/flow"), "4 4/4");
    // The values are gone already, but the coverage goes on changing.
    plant.lose("p-02/flow");
    plant.settle();
    assert_eq!(plant.shown("site/flow"), "no output 6/8");
    assert!(plant.told["site/flow"].only_coverage);
    assert_eq!(plant.told["site/flow"].coverage.fresh, 6);
    plant.put("p-01/flow", 1.0);
    plant.put("p-02/flow", 3.0);
    plant.settle();
    assert_eq!(plant.shown("site/flow"), "10 8/8");
    assert!(!plant.told["site/flow"].only_coverage);
}

#[test]
fn with_a_coverage_it_goes_on_and_is_uncertain() {
    let mut plant = plant(", coverage = 0.5", ", coverage = 0.6");
    plant.lose("p-01/flow");
    plant.settle();
    assert_eq!(plant.shown("s-0/flow"), "~3 3/4");
    assert_eq!(plant.shown("site/flow"), "~7 7/8");
    assert_eq!(
        plant.shown("site/count"),
        "no output 7/8",
        "one without a coverage takes no uncertain value"
    );
    plant.lose("p-02/flow");
    plant.lose("p-03/flow");
    plant.settle();
    // One of four is too few there; five of eight are enough above.
    assert_eq!(plant.shown("s-0/flow"), "no output 1/4");
    assert_eq!(plant.shown("site/flow"), "~4 5/8");
    let explained = plant.compute.explain("s-0", "flow").unwrap();
    assert_eq!(explained.why, Some(compute::Why::TooFew));
    assert_eq!(
        plant.missing("site/flow"),
        ["p-01/flow NotFresh", "p-02/flow NotFresh", "p-03/flow NotFresh"]
    );
    plant.lose("p-11/flow");
    plant.settle();
    assert_eq!(plant.shown("site/flow"), "no output 4/8");
    for point in ["p-01/flow", "p-02/flow", "p-03/flow", "p-11/flow"] {
        plant.put(point, 1.0);
    }
    plant.settle();
    assert_eq!(plant.shown("s-0/flow"), "4 4/4");
    assert_eq!(plant.shown("site/flow"), "8 8/8");
    assert_eq!(plant.shown("site/count"), "2 8/8");
}

#[test]
fn a_strict_sum_above_a_tolerant_one_waits() {
    let mut plant = plant(", coverage = 0.5", "");
    plant.lose("p-01/flow");
    plant.settle();
    assert_eq!(plant.shown("s-0/flow"), "~3 3/4");
    assert_eq!(plant.shown("site/flow"), "no output 7/8");
    assert_eq!(plant.missing("site/flow"), ["p-01/flow NotFresh"]);
}

#[test]
fn a_reading_that_comes_by_two_ways_counts_once() {
    let mut plant = Plant::new(
        r#"
        [types.pump.properties]
        flow = { kind = "measurement" }
        power = { kind = "measurement" }
        head = { kind = "computed", formula = "flow * 2" }
        work = { kind = "computed", formula = "head * flow + power" }
        default = { kind = "computed", formula = "coalesce(power, 0) + flow" }
        [assets.p]
        type = "pump"
        "#,
    );
    plant.put("p/flow", 3.0);
    plant.settle();
    assert_eq!(plant.shown("p/work"), "no output 1/2");
    // A default that the formula asks for is an output, and the coverage says what it is worth.
    assert_eq!(plant.shown("p/default"), "3 1/2");
    assert_eq!(plant.missing("p/default"), ["p/power NeverSeen"]);
}

const DEEP: &str = r#"
[types.fan.properties]
power = { kind = "measurement" }
[types.room]
[types.metered.properties]
power = { kind = "measurement" }
[types.hall]
inputs.all = { through = "has_part", property = "power", levels = "all" }
inputs.fans = { through = "has_part", property = "power", of = "fan", levels = "all" }
inputs.two = { through = "has_part", property = "power", levels = 2 }
inputs.near = { through = "has_part", property = "power", levels = "nearest" }
inputs.upstream = { through = "fed_by", property = "power", levels = "all" }
[types.hall.properties]
all_power = { kind = "computed", formula = "sum(all)" }
fan_power = { kind = "computed", formula = "sum(fans)" }
two_power = { kind = "computed", formula = "sum(two)" }
near_power = { kind = "computed", formula = "sum(near)" }
fed = { kind = "computed", formula = "sum(upstream)" }
[assets.hall]
type = "hall"
[assets.room]
type = "room"
relations.part_of = "hall"
[assets.cell]
type = "room"
relations.part_of = "room"
[assets.meter]
type = "metered"
relations.part_of = "room"
[assets.f-1]
type = "fan"
relations = { part_of = "cell", feeds = ["f-2", "hall"] }
[assets.f-2]
type = "fan"
relations = { part_of = "meter", feeds = ["f-1"] }
"#;

#[test]
fn an_input_goes_as_many_levels_as_it_says_along_any_relation() {
    let mut plant = Plant::new(DEEP);
    assert_eq!(plant.problems, []);
    for (point, power) in [("f-1/power", 1.0), ("f-2/power", 10.0), ("meter/power", 100.0)] {
        plant.put(point, power);
    }
    plant.settle();
    for (output, expect) in [
        ("hall/all_power", "111 3/3"),
        ("hall/fan_power", "11 2/2"),
        ("hall/two_power", "100 1/1"),
        ("hall/near_power", "101 2/2"),
        ("hall/fed", "11 2/2"),
    ] {
        assert_eq!(plant.shown(output), expect, "{output}");
    }
    plant.lose("f-2/power");
    plant.settle();
    assert_eq!(plant.shown("hall/all_power"), "no output 2/3");
    assert_eq!(plant.missing("hall/fan_power"), ["f-2/power NotFresh"]);
    assert_eq!(plant.shown("hall/near_power"), "101 2/2");
}
