//! Words: how tags and levels are cut into them, and what the field's usual abbreviations stand for.

/// The words of a name in small letters: cut at what is no letter or digit, before a capital within a
/// word, and between letters and digits. `flowRate_2` is flow, rate, 2.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (at, c) in letters.iter().copied().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        if is_cut(before, c, after) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn is_cut(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else {
        return false;
    };
    let is_hump = c.is_uppercase() && before.is_lowercase();
    // The end of a row of capitals: `RMSValue`.
    let is_after_capitals =
        c.is_uppercase() && before.is_uppercase() && after.is_some_and(char::is_lowercase);
    !c.is_alphanumeric() || is_hump || is_after_capitals || c.is_ascii_digit() != before.is_ascii_digit()
}

/// What abbreviations in the names of tags stand for.
const TAG_WORDS: &[(&str, &str)] = &[
    ("amp", "current"),
    ("amps", "current"),
    ("cnt", "count"),
    ("cond", "conductivity"),
    ("cur", "current"),
    ("dp", "differential_pressure"),
    ("freq", "frequency"),
    ("hrs", "hours"),
    ("lvl", "level"),
    ("pos", "position"),
    ("pres", "pressure"),
    ("press", "pressure"),
    ("pwr", "power"),
    ("setpt", "setpoint"),
    ("spd", "speed"),
    ("st", "state"),
    ("stat", "status"),
    ("sts", "status"),
    ("temp", "temperature"),
    ("tmp", "temperature"),
    ("vib", "vibration"),
    ("volt", "voltage"),
    ("volts", "voltage"),
];

/// Words that name something measured: no equipment is called so.
const MEASURED: &[&str] = &[
    "accelerometer",
    "ch",
    "channel",
    "concentration",
    "conductivity",
    "count",
    "current",
    "density",
    "energy",
    "flow",
    "frequency",
    "h",
    "hours",
    "humidity",
    "l",
    "level",
    "load",
    "mass",
    "o",
    "output",
    "phase",
    "ph",
    "pm",
    "position",
    "power",
    "pressure",
    "probe",
    "rate",
    "sensor",
    "setpoint",
    "speed",
    "state",
    "status",
    "temperature",
    "thermocouple",
    "torque",
    "value",
    "vibration",
    "voltage",
    "volume",
    "weight",
];

/// Whether a word names something measured.
#[must_use]
pub fn is_measured(word: &str) -> bool {
    MEASURED.contains(&full(word)) || matches!(word, "co" | "m" | "pm" | "so" | "no" | "nh")
}

/// The word an abbreviation stands for, or the word itself.
#[must_use]
pub fn full(word: &str) -> &str {
    let found = TAG_WORDS.binary_search_by(|(short, _)| (*short).cmp(word));
    found
        .ok()
        .and_then(|at| TAG_WORDS.get(at))
        .map_or(word, |(_, full)| full)
}

/// The first letters of instrument tags: measured variables of ISA-5.1.
#[must_use]
pub fn isa_variable(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "a" => "analysis",
        "e" => "voltage",
        "f" => "flow",
        "i" => "current",
        "j" => "power",
        "l" => "level",
        "p" => "pressure",
        "s" => "speed",
        "t" => "temperature",
        "v" => "vibration",
        "w" => "weight",
        _ => return None,
    })
}

/// A name for formulas: small letters, digits and `_`, no digit first; at most 60 of them.
#[must_use]
pub fn identifier(words: &[String]) -> String {
    let mut name = String::new();
    for word in words {
        if !name.is_empty() {
            name.push('_');
        }
        name.extend(word.chars().map(ascii).flat_map(str::chars));
    }
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name.truncate(60);
    let name = name.trim_end_matches('_');
    if name.is_empty() {
        "tag".to_owned()
    } else {
        name.to_owned()
    }
}

/// The plain letters of a letter; what has none is left out.
fn ascii(c: char) -> &'static str {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    if let Some(at) = PLAIN.find(c) {
        return PLAIN.get(at..=at).unwrap_or_default();
    }
    match c {
        'ä' | 'æ' => "ae",
        'ö' | 'ø' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ő' => "o",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ť' | 'ţ' => "t",
        'ù' | 'ú' | 'û' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

/// A level as a part of an id: small plain letters, digits and `_`, a `-` for all else. `FACTORY Süd` is
/// `factory-sued`.
#[must_use]
pub fn slug(level: &str) -> String {
    let mut slug = String::new();
    for c in level.chars().flat_map(char::to_lowercase) {
        match ascii(c) {
            "" if c == '_' => slug.push('_'),
            // A letter that is written apart from its accent.
            "" if ('\u{300}'..='\u{36f}').contains(&c) => {}
            "" if slug.ends_with('-') => {}
            "" => slug.push('-'),
            plain => slug.push_str(plain),
        }
    }
    let slug = slug.trim_matches(['-', '_']);
    if slug.is_empty() {
        "x".to_owned()
    } else {
        slug.to_owned()
    }
}

/// The key of a property: its words in full, so that `Temp` and `temperature` are one.
#[must_use]
pub fn property_key(label: &str) -> String {
    let mut words = words(label);
    for word in &mut words {
        let full = full(word);
        if full != word {
            *word = full.to_owned();
        }
    }
    identifier(&words)
}

/// Abbreviations that people write in capitals.
const CAPITALS: &[&str] = &[
    "cip", "co2", "db", "de", "hvac", "nde", "npsh", "oee", "plc", "rms", "ups",
];

/// A key as people read it: `bearing_temperature_de` is "Bearing temperature DE".
#[must_use]
pub fn title(key: &str) -> String {
    let mut title = String::new();
    for word in key.split(['_', ' ']).filter(|word| !word.is_empty()) {
        if !title.is_empty() {
            title.push(' ');
        }
        let mut letters = word.chars();
        match letters.next() {
            _ if CAPITALS.contains(&word) => title.push_str(&word.to_uppercase()),
            _ if word == "ph" => title.push_str("pH"),
            Some(first) if title.is_empty() => title.extend(first.to_uppercase().chain(letters)),
            _ => title.push_str(word),
        }
    }
    if title.is_empty() { key.to_owned() } else { title }
}

/// Letters of a text in their order, as people sort: numbers by their worth.
#[must_use]
pub fn natural(text: &str) -> Vec<(String, u64)> {
    let part = |word: &String| match word.parse::<u64>() {
        Ok(number) => (String::new(), number),
        Err(_) => (word.clone(), 0),
    };
    words(text).iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_convention_come_to_the_same_words() {
        for (text, expect) in [
            ("flowRate", "flow rate"),
            ("FlowRate", "flow rate"),
            ("flow_rate", "flow rate"),
            ("flow-rate", "flow rate"),
            ("Volume Flow RateRMS", "volume flow rate rms"),
            ("RMSValue2", "rms value 2"),
            ("pump01", "pump 01"),
            ("F_PU1", "f pu 1"),
            ("kühlung", "kühlung"),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), expect, "{text}");
        }
    }

    #[test]
    fn keys_are_names_for_formulas() {
        for (label, expect) in [
            ("Temp", "temperature"),
            ("bearingTemp DE", "bearing_temperature_de"),
            ("2nd stage", "_2_nd_stage"),
            ("Größe", "groesse"),
            ("温度", "tag"),
            ("voltage_1", "voltage_1"),
        ] {
            assert_eq!(property_key(label), expect, "{label}");
        }
        assert!(TAG_WORDS.is_sorted());
        for (level, expect) in [
            ("FACTORY Süd", "factory-sued"),
            ("LN_2", "ln_2"),
            ("-Łódź (Nord)-", "lodz-nord"),
            ("Su\u{308}d", "sud"),
            ("温度", "x"),
        ] {
            assert_eq!(slug(level), expect, "{level}");
        }
    }
}
