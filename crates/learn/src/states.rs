//! The words controllers send for what a machine does, and what they mean: the states of PackML
//! (ISA-TR88.00.02), those of ISO 14224's operating states, and what French and German controllers say.

use model::{CountsAs, Language, Scalar, State};

/// A state that controllers have a word for.
struct Word {
    /// The participle, which formulas see.
    name: &'static str,
    counts_as: Option<CountsAs>,
    french: &'static str,
    german: &'static str,
    /// What is sent, in small letters; the participle is among it without being named.
    sent: &'static [&'static str],
}

const fn word(
    name: &'static str,
    counts_as: CountsAs,
    french: &'static str,
    german: &'static str,
    sent: &'static [&'static str],
) -> Word {
    Word {
        name,
        counts_as: Some(counts_as),
        french,
        german,
        sent,
    }
}

const fn place(
    name: &'static str,
    french: &'static str,
    german: &'static str,
    sent: &'static [&'static str],
) -> Word {
    Word {
        name,
        counts_as: None,
        french,
        german,
        sent,
    }
}

use CountsAs::{Failed, Maintenance, Running, Standby, Stopped};

const WORDS: &[Word] = &[
    word(
        "running",
        Running,
        "en marche",
        "läuft",
        &["run", "on", "marche", "läuft", "ein", "betrieb"],
    ),
    word("executing", Running, "en exécution", "führt aus", &["execute"]),
    word(
        "producing",
        Running,
        "en production",
        "produziert",
        &["produce", "production"],
    ),
    word("loaded", Running, "en charge", "unter Last", &["load"]),
    word("unloaded", Standby, "à vide", "im Leerlauf", &["unload"]),
    word("idle", Standby, "au repos", "untätig", &["idling"]),
    word(
        "standby",
        Standby,
        "en attente",
        "in Bereitschaft",
        &["stand by", "stand-by"],
    ),
    word("ready", Standby, "prêt", "bereit", &[]),
    word("waiting", Standby, "en attente", "wartet", &["wait"]),
    word(
        "starved",
        Standby,
        "sans alimentation",
        "ohne Zulauf",
        &["starve"],
    ),
    word("blocked", Standby, "bloqué", "blockiert", &["block"]),
    word("starting", Standby, "en démarrage", "fährt an", &["start"]),
    word("stopping", Stopped, "en cours d'arrêt", "fährt ab", &[]),
    word(
        "stopped",
        Stopped,
        "arrêté",
        "steht",
        &["stop", "off", "arret", "arrêt", "aus", "steht"],
    ),
    word("held", Stopped, "suspendu", "angehalten", &["hold"]),
    word("suspended", Stopped, "suspendu", "ausgesetzt", &["suspend"]),
    word("completed", Stopped, "terminé", "abgeschlossen", &["complete"]),
    word(
        "failed",
        Failed,
        "en panne",
        "ausgefallen",
        &["fail", "failure", "panne"],
    ),
    word(
        "faulted",
        Failed,
        "en défaut",
        "gestört",
        &["fault", "défaut", "defaut", "störung", "stoerung"],
    ),
    word(
        "in error",
        Failed,
        "en erreur",
        "fehlerhaft",
        &["error", "err", "erreur", "fehler"],
    ),
    word("in alarm", Failed, "en alarme", "im Alarm", &["alarm"]),
    word("tripped", Failed, "déclenché", "ausgelöst", &["trip"]),
    word("aborted", Failed, "abandonné", "abgebrochen", &["abort"]),
    word(
        "maintenance",
        Maintenance,
        "en maintenance",
        "in Wartung",
        &["maint", "service", "wartung"],
    ),
    word(
        "cleaning",
        Maintenance,
        "en nettoyage",
        "wird gereinigt",
        &["clean", "cip", "nettoyage", "reinigung"],
    ),
    place("open", "ouvert", "offen", &["opened"]),
    place("closed", "fermé", "geschlossen", &["close"]),
    place("opening", "en ouverture", "öffnet", &[]),
    place("closing", "en fermeture", "schliesst", &[]),
];

fn find(text: &str) -> Option<&'static Word> {
    let text = text.trim().to_lowercase();
    let is_it = |word: &&Word| word.name == text || word.sent.contains(&text.as_str());
    WORDS.iter().find(is_it)
}

/// Whether a text is a word for a state.
#[must_use]
pub fn is_state(text: &str) -> bool {
    find(text).is_some()
}

/// The state that a text means: `RUN` is running; what nobody knows stays as it is.
#[must_use]
pub fn name_of(text: &str) -> Box<str> {
    match find(text) {
        Some(word) => word.name.into(),
        None => text.trim().to_lowercase().into(),
    }
}

/// A state as the model has it.
#[must_use]
pub fn state(name: &str, values: &[Scalar]) -> State {
    let mut state = State {
        name: name.into(),
        values: values.to_vec(),
        ..State::default()
    };
    let Some(word) = WORDS.iter().find(|word| word.name == name) else {
        return state;
    };
    state.counts_as = word.counts_as;
    for (language, text) in [("en", word.name), ("fr", word.french), ("de", word.german)] {
        state
            .words
            .extend(Language::new(language).map(|language| (language, text.into())));
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_controllers_are_states() {
        for (text, expect) in [
            ("RUN", Some("running")),
            (" Stop ", Some("stopped")),
            ("FAULT", Some("faulted")),
            ("Execute", Some("executing")),
            ("Störung", Some("faulted")),
            ("Cola 0.5", None),
        ] {
            assert_eq!(is_state(text), expect.is_some(), "{text}");
            assert_eq!(&*name_of(text), expect.unwrap_or("cola 0.5"), "{text}");
        }
    }

    #[test]
    fn a_word_means_one_state() {
        let mut all: Vec<&str> = WORDS.iter().map(|word| word.name).collect();
        all.extend(WORDS.iter().flat_map(|word| word.sent));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
