//! A twin that hears messages, and what is learned of it.

use std::collections::BTreeMap;

use learn::{Decision, Edit, Listening, Pick, Proposal, Session, Tag};
use model::{Checked, File, Model};
use twin::{Input, Message, SourceId, Timestamp, Twin, TwinConfig};

const SOURCE: SourceId = SourceId::new(1);
const SECOND: i64 = 1_000_000;

/// Hears messages second by second.
pub struct Ear {
    twin: Twin,
    listening: Listening,
    now: i64,
    secs: u32,
}

impl Ear {
    pub fn new(start_micros: i64) -> Self {
        let mut twin = Twin::new(TwinConfig::default());
        let now = Timestamp::from_micros(start_micros);
        let name = "broker".into();
        twin.handle(now, Input::SourceAdded { source: SOURCE, name });
        twin.handle(
            now,
            Input::SourceConnected {
                source: SOURCE,
                is_continued: false,
            },
        );
        Self {
            twin,
            listening: Listening::default(),
            now: start_micros,
            secs: 0,
        }
    }

    pub fn now(&self) -> i64 {
        self.now
    }

    /// What arrives within a second, then a look at it.
    pub fn second(&mut self, messages: &[(String, Vec<u8>)]) {
        self.now += SECOND;
        self.secs += 1;
        let arrival = Timestamp::from_micros(self.now);
        let decoded = messages.iter().map(|(topic, payload)| {
            let decoded = decode::decode(topic, payload, arrival, &decode::Limits::default(), &decode::Utc);
            Message {
                source: SOURCE,
                topic: topic.as_str().into(),
                arrival,
                retained: false,
                qos: 1,
                leaves: decoded.leaves,
                availability: decoded.availability,
            }
        });
        let messages = decoded.collect();
        self.twin.handle(arrival, Input::Messages(messages));
        while !self.listening.look(&self.twin) {}
    }

    pub fn tags(&self) -> Vec<Tag> {
        self.listening.tags(&self.twin, self.secs)
    }

    pub fn learn(&self) -> Proposal {
        learn::propose(self.tags(), &Model::default(), &Model::default())
    }
}

/// A session in which everything was accepted.
pub fn all_accepted(proposal: Proposal) -> Session {
    let mut session = Session::new(proposal);
    let (pick, decision) = (Pick::AtLeast(0), Decision::Accepted);
    session.edit(Edit::Decide { pick, decision }).unwrap();
    session
}

/// Everything accepted, written, read and checked again; with the tags the model has.
pub fn accepted(proposal: Proposal) -> (Checked, BTreeMap<String, String>, usize) {
    let session = all_accepted(proposal);
    let built = learn::build(session.proposal(), &Model::default(), &Model::default());
    let files: Vec<File<'_>> = built
        .files
        .iter()
        .map(|(path, text)| File { path, text })
        .collect();
    let checked = model::check_files(&files, &formula::NoZones);
    assert!(checked.problems.is_empty(), "{}", checked.render());
    assert_eq!(checked.model, built.model, "what is written is what was meant");
    let mapped = bindings(&checked).len();
    (checked, built.files, mapped)
}

/// Every binding of a model: topic and field, and the asset and property it is for.
pub fn bindings(checked: &Checked) -> BTreeMap<(String, String), (String, String)> {
    let of = |(key, asset)| {
        let bindings = checked.resolved.bindings(key, asset);
        bindings.into_iter().map(move |binding| {
            let tag = (binding.topic, binding.field.unwrap_or_default());
            (tag, (key.to_string(), binding.property.to_string()))
        })
    };
    checked.model.assets.iter().flat_map(of).collect()
}

/// Share of the pairs of fellows that are of one type, and of the pairs of one type that are fellows:
/// 1 and 1 when types are exactly the groups. Pairs are those of the Rand index.
pub fn typed_with_fellows(groups: &[(String, usize)]) -> (f64, f64) {
    let (mut together, mut fellows, mut same) = (0_u64, 0_u64, 0_u64);
    for (at, (truth, ty)) in groups.iter().enumerate() {
        for (other_truth, other) in &groups[at + 1..] {
            let (is_fellow, is_same) = (truth == other_truth, ty == other);
            fellows += u64::from(is_fellow);
            same += u64::from(is_same);
            together += u64::from(is_fellow && is_same);
        }
    }
    (together as f64 / fellows as f64, together as f64 / same as f64)
}

/// What a person would see.
pub fn show(proposal: &Proposal) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for (at, ty) in proposal.types.iter().enumerate() {
        let names: Vec<&str> = proposal.assets_of(at).map(|(_, asset)| &*asset.name).collect();
        writeln!(
            text,
            "{} {}% {:?}: {}",
            ty.name,
            ty.confidence.percent(),
            ty.reason,
            names.join(", ")
        )
        .unwrap();
        for property in ty.properties.values() {
            let unit = property.unit.as_ref().map_or("", |unit| unit.code());
            let kind = property.kind.word();
            writeln!(
                text,
                "    {} {kind} {unit} {:?} {}%",
                property.name,
                property.expected_secs,
                property.confidence.percent()
            )
            .unwrap();
        }
    }
    text
}

/// The utilities pack of the repository.
pub fn pack() -> model::Model {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/utilities/model");
    let mut texts = Vec::new();
    let mut open = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                texts.push((
                    path.display().to_string(),
                    std::fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    let files: Vec<model::File<'_>> = texts
        .iter()
        .map(|(path, text)| model::File { path, text })
        .collect();
    model::check_files(&files, &formula::NoZones).model
}
