//! Tags as controllers name them: several machines under one topic, three spellings of a line, data blocks.

use learn::{PropertyKind, Proposal, Reason};

use crate::common::{Ear, accepted, all_accepted, bindings, pack, show};

const LINES: [&str; 3] = ["Ln1", "LN_2", "line-03"];

/// How the lines send their tags.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A topic for each.
    Topics,
    /// One message with all of them.
    Flat,
    /// One message, an object for each machine.
    Nested,
}

impl Shape {
    fn messages(self, line: &str, tags: &[(&str, String, String)]) -> Vec<(String, String)> {
        let prefix = format!("FACTORY Süd/{line}");
        let pairs = |pairs: Vec<String>| format!("{{{}}}", pairs.join(","));
        match self {
            Self::Topics => {
                let plain = |value: &str| value.trim_matches('"').to_owned();
                let one = |(machine, tag, value): &(&str, String, String)| {
                    (format!("{prefix}/{machine}.{tag}"), plain(value))
                };
                tags.iter().map(one).collect()
            }
            Self::Flat => {
                let one =
                    |(machine, tag, value): &(&str, String, String)| format!("\"{machine}.{tag}\":{value}");
                vec![(prefix, pairs(tags.iter().map(one).collect()))]
            }
            Self::Nested => {
                let object = |machine: &str| {
                    let own = tags.iter().filter(|tag| tag.0 == machine);
                    let own = own.map(|(_, tag, value)| format!("\"{tag}\":{value}")).collect();
                    format!("\"{machine}\":{}", pairs(own))
                };
                vec![(
                    prefix,
                    pairs(MACHINES.iter().map(|machine| object(machine)).collect()),
                )]
            }
        }
    }
}

const MACHINES: [&str; 4] = ["PMP001", "PMP002", "FLR", "Cv_A"];

/// Three lines with two pumps, a filler and a conveyor each, and a controller with two data blocks.
fn heard(shape: Shape) -> Ear {
    let mut ear = Ear::new(1_793_697_600_000_000);
    for second in 0..20_u32 {
        let mut messages = Vec::new();
        let mut say = |topic: String, value: String| messages.push((topic, value.into_bytes()));
        for (at, line) in LINES.iter().enumerate() {
            let mut tags = Vec::new();
            for (machine, name) in MACHINES.into_iter().enumerate() {
                if name.starts_with("PMP") {
                    for tag in ["FT_", "PT_", "TT_"] {
                        tags.push((
                            name,
                            tag.to_owned(),
                            format!("{}.{}", 20 + second % 5, at + machine + 1),
                        ));
                    }
                    continue;
                }
                let text = ["RUN", "STOP", "FAULT"][(second as usize / 3 + at) % 3];
                tags.push((name, "SPD".to_owned(), format!("{}.5", 100 + second % 7)));
                tags.push((name, "Cnt".to_owned(), format!("{}", 1_000 + second)));
                tags.push((name, "STS".to_owned(), format!("\"{text}\"")));
            }
            for (topic, payload) in shape.messages(line, &tags) {
                say(topic, payload);
            }
        }
        for block in [12, 13] {
            let json = format!(
                r#"{{"DBD0":{}.5,"DBD4":{}.25,"DBW8":{},"DBX10.0":{},"DBX10.1":false}}"#,
                second % 4 + block,
                second % 3,
                second % 9,
                second % 2 == 0
            );
            say(format!("PLC7/DB{block}"), json);
        }
        ear.second(&messages);
    }
    ear
}

fn names_of(proposal: &Proposal, name: &str) -> Vec<String> {
    let ty = proposal.types.iter().position(|ty| ty.name.as_str() == name);
    let ty = ty.unwrap_or_else(|| panic!("no {name}\n{}", show(proposal)));
    proposal
        .assets_of(ty)
        .map(|(_, asset)| asset.name.to_string())
        .collect()
}

#[test]
fn machines_of_a_line_are_assets_of_their_own() {
    for shape in [Shape::Topics, Shape::Flat, Shape::Nested] {
        eprintln!("{shape:?}");
        check_machines(&heard(shape).learn());
    }
}

fn check_machines(proposal: &Proposal) {
    assert_eq!(
        names_of(proposal, "line"),
        ["line-03", "Ln1", "LN_2"].map(|name| name.replace("line-03", "Line 3"))
    );
    assert_eq!(names_of(proposal, "pump").len(), 6);
    assert_eq!(names_of(proposal, "filler").len(), 3);
    assert_eq!(names_of(proposal, "conveyor").len(), 3);
    assert_eq!(names_of(proposal, "db"), ["DB12", "DB13"]);
    assert_eq!(names_of(proposal, "site"), ["FACTORY Süd", "PLC7"]);
    assert_eq!(proposal.types.len(), 6, "{}", show(proposal));
    for name in ["filler", "conveyor"] {
        let ty = proposal.types.iter().find(|ty| ty.name.as_str() == name).unwrap();
        let kinds: Vec<(&str, PropertyKind)> = ty
            .properties
            .values()
            .map(|own| (own.name.as_str(), own.kind))
            .collect();
        let expect = [
            ("count", PropertyKind::Counter),
            ("speed", PropertyKind::Measurement),
            ("status", PropertyKind::State),
        ];
        assert_eq!(kinds, expect, "{name}");
    }
}

#[test]
fn reasons_and_ids_tell_the_truth() {
    let proposal = heard(Shape::Topics).learn();
    let asset = |name: &str| proposal.assets.iter().find(|asset| &*asset.name == name).unwrap();
    let named = |word: &str| Reason::Named { word: word.into() };
    assert_eq!(asset("FACTORY Süd").reason, named("factory"));
    assert_eq!(asset("PLC7").reason, Reason::Level { depth: 1 });
    assert_eq!(asset("Ln1").reason, named("ln"));
    assert_eq!(asset("Line 3").reason, named("line"));
    let keys = ["FACTORY Süd", "PLC7", "Ln1", "LN_2", "DB12"].map(|name| asset(name).key.to_string());
    assert_eq!(keys, ["factory-sued", "plc7", "ln1", "ln_2", "db12"]);
    let line = proposal.assets.iter().position(|asset| &*asset.name == "Line 3");
    let pump = proposal
        .assets
        .iter()
        .find(|asset| asset.levels.join("/") == "FACTORY Süd/line-03/PMP001");
    assert_eq!(pump.unwrap().parent, line);
}

#[test]
fn a_type_names_no_machine_and_an_asset_gives_its_prefix() {
    for shape in [Shape::Topics, Shape::Flat, Shape::Nested] {
        check_prefixes(heard(shape).learn());
    }
}

fn check_prefixes(proposal: Proposal) {
    let tags = proposal.tags.len();
    let (checked, files, mapped) = accepted(proposal);
    assert_eq!(mapped, tags);
    let all: Vec<&str> = files.values().map(String::as_str).collect();
    let all = all.join("\n");
    assert!(
        all.contains(r#"field = "{prefix}FT_""#) && all.contains(r#"prefix = "PMP001.""#),
        "{all}"
    );
    // Nothing is different at any machine.
    for (key, asset) in &checked.model.assets {
        assert!(asset.properties.is_empty(), "{key}: {:?}", asset.properties);
    }
    let status = &checked.model.types["filler"].properties["status"];
    let states: Vec<(&str, usize)> = status
        .states
        .iter()
        .map(|state| (&*state.name, state.words.len()))
        .collect();
    assert_eq!(states, [("faulted", 3), ("running", 3), ("stopped", 3)]);
}

#[test]
fn a_machine_more_is_one_of_the_model() {
    let proposal = heard(Shape::Topics).learn();
    let mut tags = proposal.tags.clone();
    let (checked, ..) = accepted(proposal);
    let one: Vec<_> = tags
        .iter()
        .filter(|tag| tag.topic.contains("Ln1/PMP001."))
        .cloned()
        .collect();
    assert_eq!(one.len(), 3);
    for mut tag in one {
        tag.topic = tag.topic.replace("PMP001", "PMP077").into();
        tag.name = tag.name.replace("PMP001", "PMP077").into();
        tag.label = tag.label.replace("001", "077").into();
        tags.push(tag);
    }
    let again = learn::propose(tags, &checked.model, &model::Model::default());
    assert_eq!(again.assets.len(), 1, "{}", show(&again));
    let session = all_accepted(again);
    let built = learn::build(session.proposal(), &checked.model, &model::Model::default());
    assert_eq!(built.added.types.len(), 0, "{:?}", built.files);
    let pump = built.added.assets.values().next().unwrap();
    assert_eq!(
        (pump.ty.as_str(), pump.properties.len()),
        ("pump", 0),
        "{:?}",
        built.files
    );
}

/// What a pump of the pack tells.
const PUMP: [&str; 12] = [
    "power",
    "flow",
    "discharge_pressure",
    "suction_pressure",
    "speed",
    "npsh_margin",
    "running_hours",
    "starts",
    "bearing_temperature_de",
    "bearing_temperature_nde",
    "vibration_de",
    "vibration_nde",
];

/// With types of a pack that have a prefix themselves.
#[test]
fn machines_of_a_pack_give_their_prefix_too() {
    let mut ear = Ear::new(1_793_697_600_000_000);
    for second in 0..10 {
        let pump = |name: &str| {
            let tag = |tag: &&str| format!("\"{name}.{tag}\":{second}.5");
            PUMP.iter().map(tag).collect::<Vec<_>>().join(",")
        };
        let json = format!("{{{},{}}}", pump("PMP001"), pump("PMP002"));
        ear.second(&[("acme/line1".to_owned(), json.into_bytes())]);
    }
    let packs = pack();
    let proposal = learn::propose(ear.tags(), &model::Model::default(), &packs);
    let session = all_accepted(proposal);
    let built = learn::build(session.proposal(), &model::Model::default(), &packs);
    let checked = model::check_model(&built.model, &formula::NoZones);
    assert!(checked.is_ok(), "{}", checked.render());
    let bindings = bindings(&checked);
    let tags = &session.proposal().tags;
    let is_bound = |tag: &&learn::Tag| bindings.contains_key(&(tag.topic.to_string(), tag.field.to_string()));
    assert_eq!(
        (tags.iter().filter(is_bound).count(), tags.len()),
        (2 * PUMP.len(), 2 * PUMP.len()),
        "{:?}",
        built.files
    );
    assert_eq!(
        built.added.assets["pmp001"].ty.as_str(),
        "centrifugal_pump",
        "{}",
        show(session.proposal())
    );
    assert!(built.added.assets["pmp001"].properties.is_empty());
}

#[test]
fn what_spoke_once_is_no_asset_unless_its_name_says_what_it_is() {
    let mut ear = Ear::new(1_793_697_600_000_000);
    for second in 0..80_u32 {
        let mut messages: Vec<(String, Vec<u8>)> = ["fan-1", "fan-2"]
            .map(|fan| {
                let payload = format!(r#"{{"speed":{}.5,"power":{}}}"#, 900 + second, second % 7);
                (format!("works/hall/{fan}"), payload.into_bytes())
            })
            .into();
        if second == 7 {
            let once = [
                ("works/hall/tmp-4711", r#"{"who":"me","n":1}"#),
                ("works/hall/order/8812", "started"),
                ("works/hall/pump-9", r#"{"pressure":3.5}"#),
            ];
            messages.extend(once.map(|(topic, payload)| (topic.to_owned(), payload.as_bytes().to_vec())));
        }
        ear.second(&messages);
    }
    let proposal = ear.learn();
    let levels: Vec<String> = proposal
        .assets
        .iter()
        .map(|asset| asset.levels.join("/"))
        .collect();
    assert_eq!(
        levels,
        [
            "works",
            "works/hall",
            "works/hall/fan-1",
            "works/hall/fan-2",
            "works/hall/pump-9"
        ],
        "{}",
        show(&proposal)
    );
    let unmapped: Vec<&str> = proposal
        .unmapped()
        .iter()
        .map(|tag| &*proposal.tags[*tag].topic)
        .collect();
    assert_eq!(
        unmapped,
        [
            "works/hall/tmp-4711",
            "works/hall/tmp-4711",
            "works/hall/order/8812"
        ],
        "they are seen, and may be ignored"
    );
}
