//! What equipment and places are called: the words and abbreviations of the field.
//! Hierarchy words follow ISA-95 (IEC 62264-1), equipment classes ISO 14224 annex A where it has them.

use crate::words::words;

/// A class of equipment, and what it is called in names.
struct Class {
    /// Name of a type for it.
    name: &'static str,
    title: &'static str,
    /// Full names: words joined by blanks.
    words: &'static [&'static str],
    /// Abbreviations; what is read only as these is written out for people.
    short: &'static [&'static str],
}

const fn class(
    name: &'static str,
    title: &'static str,
    words: &'static [&'static str],
    short: &'static [&'static str],
) -> Class {
    Class {
        name,
        title,
        words,
        short,
    }
}

/// Those of two words before those of one.
const CLASSES: &[Class] = &[
    class(
        "dosing_pump",
        "Dosing pump",
        &["dosing pump", "metering pump"],
        &["dp"],
    ),
    class("dosing_skid", "Dosing skid", &["dosing skid"], &[]),
    class(
        "cooling_tower",
        "Cooling tower",
        &["cooling tower"],
        &["ct", "clt"],
    ),
    class(
        "heat_exchanger",
        "Heat exchanger",
        &["heat exchanger", "exchanger"],
        &["hx", "phe"],
    ),
    class(
        "air_handler",
        "Air handler",
        &["air handler", "air handling unit"],
        &["ahu"],
    ),
    class(
        "reverse_osmosis",
        "Reverse osmosis",
        &["reverse osmosis", "osmosis"],
        &["ro"],
    ),
    class("membrane_stage", "Membrane stage", &["membrane stage"], &[]),
    class(
        "heat_pump",
        "Heat pump",
        &["heat pump", "wärmepumpe", "waermepumpe", "pompe à chaleur"],
        &[],
    ),
    class("cooling_coil", "Cooling coil", &["cooling coil"], &[]),
    class("heating_coil", "Heating coil", &["heating coil"], &[]),
    class("pressure_cascade", "Pressure cascade", &["pressure cascade"], &[]),
    class(
        "electricity_meter",
        "Electricity meter",
        &["electricity meter", "power meter", "energy meter"],
        &["em"],
    ),
    class("flow_meter", "Flow meter", &["flow meter", "flowmeter"], &[]),
    class("pump", "Pump", &["pump", "pumpe", "pompe"], &["pmp", "pu", "pp"]),
    class("motor", "Motor", &["motor", "moteur"], &["mtr", "mot"]),
    class(
        "fan",
        "Fan",
        &["fan", "blower", "ventilator", "lüfter", "luefter", "ventilateur"],
        &["vent"],
    ),
    class(
        "compressor",
        "Compressor",
        &["compressor", "kompressor", "compresseur"],
        &["cmp", "comp"],
    ),
    class(
        "chiller",
        "Chiller",
        &[
            "chiller",
            "kältemaschine",
            "kaeltemaschine",
            "groupe froid",
            "refroidisseur",
        ],
        &["chlr"],
    ),
    class(
        "boiler",
        "Boiler",
        &["boiler", "kessel", "chaudière", "chaudiere"],
        &["blr"],
    ),
    class(
        "tank",
        "Tank",
        &[
            "tank",
            "vessel",
            "reservoir",
            "silo",
            "behälter",
            "behaelter",
            "cuve",
            "réservoir",
        ],
        &["tk", "tnk"],
    ),
    class(
        "valve",
        "Valve",
        &["valve", "ventil", "vanne"],
        &["vlv", "xv", "fcv"],
    ),
    class(
        "conveyor",
        "Conveyor",
        &["conveyor", "belt", "förderband", "foerderband", "convoyeur"],
        &["conv", "cv"],
    ),
    class(
        "filler",
        "Filler",
        &["filler", "filling machine", "füller", "fueller", "remplisseuse"],
        &["flr"],
    ),
    class("capper", "Capper", &["capper"], &[]),
    class("labeller", "Labeller", &["labeller", "labeler"], &["lbl"]),
    class(
        "packer",
        "Packer",
        &["packer", "verpackungsmaschine", "emballeuse"],
        &[],
    ),
    class(
        "palletiser",
        "Palletiser",
        &["palletiser", "palletizer", "palettierer", "palettiseur"],
        &[],
    ),
    class(
        "gearbox",
        "Gearbox",
        &["gearbox", "getriebe", "réducteur", "reducteur"],
        &[],
    ),
    class(
        "dryer",
        "Dryer",
        &["dryer", "drier", "trockner", "sécheur", "secheur"],
        &[],
    ),
    class("filter", "Filter", &["filter", "filtre"], &[]),
    class(
        "softener",
        "Softener",
        &["softener", "enthärter", "enthaerter", "adoucisseur"],
        &[],
    ),
    class(
        "mixer",
        "Mixer",
        &[
            "mixer",
            "agitator",
            "mischer",
            "rührwerk",
            "ruehrwerk",
            "mélangeur",
            "melangeur",
            "agitateur",
        ],
        &["mix"],
    ),
    class(
        "reactor",
        "Reactor",
        &["reactor", "reaktor", "réacteur", "reacteur"],
        &[],
    ),
    class("oven", "Oven", &["oven", "furnace", "kiln", "ofen", "four"], &[]),
    class("press", "Press", &["press", "presse"], &[]),
    class("robot", "Robot", &["robot", "roboter"], &["rob"]),
    class("turbine", "Turbine", &["turbine"], &[]),
    class(
        "generator",
        "Generator",
        &["generator", "genset", "générateur", "generateur"],
        &["gen"],
    ),
    class(
        "drive",
        "Drive",
        &["drive", "inverter", "antrieb", "umrichter", "variateur"],
        &["vfd", "vsd"],
    ),
    class(
        "transformer",
        "Transformer",
        &["transformer", "transformator", "transformateur"],
        &["trafo"],
    ),
    class("extruder", "Extruder", &["extruder"], &["ext"]),
    class("crane", "Crane", &["crane", "kran", "grue"], &[]),
    class("loop", "Loop", &["loop"], &["lp"]),
    class("stage", "Stage", &["stage"], &[]),
    class("skid", "Skid", &["skid"], &["skd"]),
    class("room", "Room", &["room", "raum", "salle"], &["rm"]),
    class("meter", "Meter", &["meter", "counter"], &[]),
    class("junction", "Junction", &["junction", "node"], &[]),
];

/// Words that end German compounds: a *Dosierpumpe* is a pump.
const ENDINGS: &[&str] = &[
    "pumpe",
    "ventil",
    "kessel",
    "behälter",
    "behaelter",
    "lüfter",
    "luefter",
    "motor",
    "filter",
    "mischer",
    "trockner",
    "antrieb",
    "kompressor",
    "getriebe",
];

/// The levels of ISA-95's role-based equipment hierarchy, and the words that stand for them.
const PLACES: &[(&str, &str, &[&str])] = &[
    (
        "enterprise",
        "Enterprise",
        &[
            "enterprise",
            "company",
            "corp",
            "group",
            "unternehmen",
            "konzern",
            "entreprise",
            "groupe",
        ],
    ),
    (
        "site",
        "Site",
        &["site", "plant", "factory", "werk", "standort", "fabrik", "usine"],
    ),
    (
        "area",
        "Area",
        &[
            "area",
            "building",
            "bldg",
            "hall",
            "halle",
            "department",
            "dept",
            "utilities",
            "zone",
            "floor",
            "hvac",
            "warehouse",
            "bereich",
            "gebäude",
            "gebaeude",
            "abteilung",
            "etage",
            "lager",
            "atelier",
            "bâtiment",
            "batiment",
            "secteur",
            "entrepôt",
        ],
    ),
    ("line", "Line", &["line", "linie", "ligne", "train", "ln"]),
    (
        "unit",
        "Unit",
        &[
            "unit", "cell", "station", "workcell", "zelle", "einheit", "unité", "unite", "poste", "cellule",
        ],
    ),
];

/// What a name says of what it names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// The class of equipment, where a word says it.
    pub class: Option<&'static str>,
    /// The ISA-95 level, where a word says it.
    pub place: Option<&'static str>,
    /// The word that says the level.
    pub word: Option<&'static str>,
    /// The words without numbers and codes: what fellows have in common.
    pub stem: String,
    /// What people read.
    pub title: String,
}

/// The title of a class or a place.
#[must_use]
pub fn title_of(name: &str) -> Option<&'static str> {
    let class = CLASSES
        .iter()
        .find(|class| class.name == name)
        .map(|class| class.title);
    class.or_else(|| PLACES.iter().find(|place| place.0 == name).map(|place| place.1))
}

/// Reads the name of an asset.
#[must_use]
pub fn read(level: &str) -> Named {
    let words = words(level);
    let stem: Vec<&str> = stem(&words);
    let joined = stem.join(" ");
    let class = class_of(&joined);
    let place = place_of(&stem);
    let is_place = place.is_some() && class.is_none();
    Named {
        class: class.map(|class| class.0.name),
        place: place.map(|(place, _)| place),
        word: place.map(|(_, word)| word),
        title: match is_written(level, &words, class, is_place) {
            true => level.trim().to_owned(),
            false => title(&words, class),
        },
        stem: joined,
    }
}

/// The words that are no numbers, and no letters of a tag number after other words (`feed pump p 101`).
fn stem(words: &[String]) -> Vec<&str> {
    let is_number = |word: &str| word.chars().all(|c| c.is_ascii_digit());
    let mut stem = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_code = at > 0
            && word.len() <= 3
            && words.get(at + 1).is_some_and(|next| is_number(next))
            && !stem.is_empty();
        let is_one_letter_end = !stem.is_empty() && at + 1 == words.len() && word.len() == 1;
        if !is_number(word) && !is_code && !is_one_letter_end {
            stem.push(word.as_str());
        }
    }
    stem
}

/// The class, and whether only an abbreviation says so. What ends the name counts before what begins
/// it: a feed pump is a pump, a pump station is a station.
fn class_of(stem: &str) -> Option<(&'static Class, bool)> {
    let ends = |name: &str| {
        stem.strip_suffix(name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with(' ') || ENDINGS.contains(&name))
    };
    let begins = |name: &str| {
        stem.strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let by = |holds: &dyn Fn(&str) -> bool| {
        let full = CLASSES
            .iter()
            .find(|class| class.words.iter().any(|word| holds(word)));
        let short = || {
            CLASSES
                .iter()
                .find(|class| class.short.iter().any(|word| holds(word)))
        };
        full.map(|class| (class, false))
            .or_else(|| short().map(|class| (class, true)))
    };
    let is_place = place_of(&stem.split(' ').collect::<Vec<_>>()).is_some();
    by(&ends).or_else(|| if is_place { None } else { by(&begins) })
}

/// The level and the word that says it.
fn place_of(stem: &[&str]) -> Option<(&'static str, &'static str)> {
    let last = stem.last()?;
    let first = stem.first()?;
    let of = |word: &str| {
        let said = |(place, _, words): &(&'static str, &str, &[&'static str])| {
            words.iter().find(|own| **own == word).map(|own| (*place, *own))
        };
        PLACES.iter().find_map(said)
    };
    of(last).or_else(|| of(first))
}

/// Whether people wrote it as it is to be read: with blanks and capitals, or a code of their own (`Ln1`,
/// `DB12`), but no abbreviation that is written out.
fn is_written(level: &str, words: &[String], class: Option<(&'static Class, bool)>, is_place: bool) -> bool {
    let has_capital = level.contains(char::is_uppercase);
    if level.trim().contains(' ') {
        return has_capital && class.is_none_or(|(_, is_short)| !is_short);
    }
    let is_whole_word = is_place && words.first().is_some_and(|word| word.len() > 2);
    let is_code = matches!(words, [_, number] if number.chars().all(|c| c.is_ascii_digit()));
    has_capital && is_code && class.is_none() && !is_whole_word
}

/// `pump01` is "Pump 1", `ro1` "Reverse osmosis 1", `feed-pump-p-101` "Feed pump P-101".
fn title(words: &[String], class: Option<(&'static Class, bool)>) -> String {
    let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let next = words.get(at + 1).filter(|next| is_number(next));
        let short = class.filter(|(class, is_short)| *is_short && class.short.contains(&word.as_str()));
        if let Some((class, _)) = short {
            parts.push(class.title.to_owned());
        } else if is_number(word) {
            parts.push(plain_number(word));
        } else if let Some(number) =
            next.filter(|number| is_code(word, number) && (at > 0 || class.is_none()))
        {
            parts.push(format!("{}-{number}", word.to_uppercase()));
            at += 1;
        } else if parts.is_empty() {
            parts.push(crate::words::title(word));
        } else if word.len() == 1 && at + 1 == words.len() {
            parts.push(word.to_uppercase());
        } else {
            parts.push(word.clone());
        }
        at += 1;
    }
    parts.join(" ")
}

/// Letters and digits that are a tag number: `P-101`, `CH-01`, `G-2`, but not `rig1`.
fn is_code(word: &str, number: &str) -> bool {
    word.len() <= 2 || (word.len() == 3 && number.len() >= 2)
}

fn plain_number(word: &str) -> String {
    let plain = word.trim_start_matches('0');
    if plain.is_empty() {
        "0".to_owned()
    } else {
        plain.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(level: &str, class: Option<&str>, stem: &str, title: &str) {
        let named = read(level);
        assert_eq!(
            (named.class, &*named.stem, &*named.title),
            (class, stem, title),
            "{level}"
        );
    }

    #[test]
    fn names_say_what_they_name() {
        check("pump01", Some("pump"), "pump", "Pump 1");
        check("pumpStation", None, "pump station", "Pump station");
        check("dosierpumpe2", Some("pump"), "dosierpumpe", "Dosierpumpe 2");
        check("cuve_3", Some("tank"), "cuve", "Cuve 3");
        check("parameter", None, "parameter", "Parameter");
        check("feed-pump-p-101", Some("pump"), "feed pump", "Feed pump P-101");
        check(
            "dosing-pump-dp-01",
            Some("dosing_pump"),
            "dosing pump",
            "Dosing pump DP-01",
        );
        check("ro1", Some("reverse_osmosis"), "ro", "Reverse osmosis 1");
        check("pmp_07", Some("pump"), "pmp", "Pump 7");
        check("P-101", None, "p", "P-101");
        check("gearbox-g2", Some("gearbox"), "gearbox", "Gearbox G-2");
        check(
            "pressure-cascade",
            Some("pressure_cascade"),
            "pressure cascade",
            "Pressure cascade",
        );
        check("lyon", None, "lyon", "Lyon");
        check("Kompressor 3", Some("compressor"), "kompressor", "Kompressor 3");
        check("rig1", None, "rig", "Rig 1");
        check("42", None, "", "42");
        check("Ln1", None, "ln", "Ln1");
        check("LN_2", None, "ln", "LN_2");
        check("line-03", None, "line", "Line 3");
        check("FACTORY Süd", None, "factory süd", "FACTORY Süd");
        check("PLC7", None, "plc", "PLC7");
        check("DB12", None, "db", "DB12");
        check("PMP001", Some("pump"), "pmp", "Pump 1");
        check("FLR", Some("filler"), "flr", "Filler");
        check("Cv_A", Some("conveyor"), "cv", "Conveyor A");
    }

    #[test]
    fn places_are_told_by_their_words() {
        for (level, place) in [
            ("line3", Some("line")),
            ("filling-line-1", Some("line")),
            ("utilities", Some("area")),
            ("Building A", Some("area")),
            ("Ln1", Some("line")),
            ("FACTORY Süd", Some("site")),
            ("PLC7", None),
            ("lyon", None),
        ] {
            assert_eq!(read(level).place, place, "{level}");
        }
    }
}
