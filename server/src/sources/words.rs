//! Why a source is not connected, or what was lost, in the reader's words. Behind them may stand what the broker,
//! or the machine, said by itself.

use app::fmt::Fmt;
use app::i18n::Messages;
use connect::{BrokerUrlError, ConnectError, Reason, Trouble, Words};

/// A reason and what was said with it: `The broker is shutting down (maintenance)`.
#[must_use]
pub fn link_words(m: Messages, words: &Words) -> String {
    let sentence = sentence(m, words.reason);
    match &words.said {
        Some(said) => format!("{sentence} ({said})"),
        None => sentence.to_owned(),
    }
}

/// Why a test could not listen.
#[must_use]
pub fn test_words(m: Messages, error: &ConnectError) -> String {
    match error {
        ConnectError::Refused(words) | ConnectError::Unreachable(words) | ConnectError::Config(words) => {
            link_words(m, words)
        }
    }
}

/// Why an address leads to no broker.
#[must_use]
pub fn address_words(m: Messages, error: &BrokerUrlError) -> String {
    match error {
        BrokerUrlError::Scheme(scheme) => m.server_address_scheme(scheme),
        BrokerUrlError::Host => m.server_address_host().to_owned(),
        BrokerUrlError::Port(port) => m.server_address_port(port),
        BrokerUrlError::Credentials => m.server_address_credentials().to_owned(),
        BrokerUrlError::Path => m.server_address_path().to_owned(),
    }
}

/// What was lost or may have been, and what to do about it.
#[must_use]
pub fn trouble_words(m: Messages, trouble: &Trouble) -> String {
    let fmt = Fmt::new(m.locale());
    match trouble {
        Trouble::SessionLost => m.server_trouble_session().to_owned(),
        Trouble::PacketTooLarge {
            bytes,
            limit,
            session_given_up,
        } => {
            let bytes = bytes.map_or_else(|| "?".to_owned(), |bytes| fmt.integer(bytes));
            let limit = fmt.integer(*limit);
            if *session_given_up {
                m.server_trouble_large_given_up(&bytes, &limit)
            } else {
                m.server_trouble_large(&bytes, &limit)
            }
        }
        Trouble::QueueFull { dropped, withheld } => {
            if *withheld {
                m.server_trouble_full_withheld(*dropped)
            } else {
                m.server_trouble_full(*dropped)
            }
        }
    }
}

/// Whether messages may be missing.
#[must_use]
pub const fn is_gap(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::SessionLost => true,
        Trouble::PacketTooLarge { session_given_up, .. } => *session_given_up,
        Trouble::QueueFull { dropped, .. } => *dropped > 0,
    }
}

fn sentence(m: Messages, reason: Reason) -> &'static str {
    match reason {
        Reason::FilterRefused => m.server_link_filter_refused(),
        Reason::FilterNotAllowed => m.server_link_filter_not_allowed(),
        Reason::FilterInvalid => m.server_link_filter_invalid(),
        Reason::FilterQuota => m.server_link_filter_quota(),
        Reason::FilterShared => m.server_link_filter_shared(),
        Reason::FilterWildcard => m.server_link_filter_wildcard(),
        Reason::Password => m.server_link_password(),
        Reason::NotAllowed => m.server_link_not_allowed(),
        Reason::ClientId => m.server_link_client_id(),
        Reason::Not311 => m.server_link_not_311(),
        Reason::Not5 => m.server_link_not_5(),
        Reason::NotReady => m.server_link_not_ready(),
        Reason::HungUpGreeting => m.server_link_hung_up_greeting(),
        Reason::HungUp => m.server_link_hung_up(),
        Reason::CutShort => m.server_link_cut_short(),
        Reason::Silent => m.server_link_silent(),
        Reason::NoAnswer => m.server_link_no_answer(),
        Reason::NotMqtt => m.server_link_not_mqtt(),
        Reason::TakenOver => m.server_link_taken_over(),
        Reason::ThrownOut => m.server_link_thrown_out(),
        Reason::OtherLogin => m.server_link_other_login(),
        Reason::Moved => m.server_link_moved(),
        Reason::NoMoreConnections => m.server_link_no_more_connections(),
        Reason::Refused => m.server_link_refused(),
        Reason::OperatorCut => m.server_link_operator_cut(),
        Reason::ShuttingDown => m.server_link_shutting_down(),
        Reason::KeepAlive => m.server_link_keep_alive(),
        Reason::UseTooMuch => m.server_link_use_too_much(),
        Reason::Ended => m.server_link_ended(),
        Reason::TooLarge => m.server_link_too_large(),
        Reason::NothingListens => m.server_link_nothing_listens(),
        Reason::NoWay => m.server_link_no_way(),
        Reason::UnknownHost => m.server_link_unknown_host(),
        Reason::HostNotNameable => m.server_link_host_not_nameable(),
        Reason::UnknownAuthority => m.server_link_unknown_authority(),
        Reason::OtherHost => m.server_link_other_host(),
        Reason::Expired => m.server_link_expired(),
        Reason::NotYetValid => m.server_link_not_yet_valid(),
        Reason::WantsCertificate => m.server_link_wants_certificate(),
        Reason::RejectsCertificate => m.server_link_rejects_certificate(),
        Reason::BadCertificate => m.server_link_bad_certificate(),
        Reason::NotTls => m.server_link_not_tls(),
        Reason::NoWebSocket => m.server_link_no_web_socket(),
        Reason::Files => m.server_link_files(),
        Reason::Broken => m.server_link_broken(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::i18n::Locale;

    #[test]
    fn each_reason_is_said_in_each_language() {
        let english = Messages::of(Locale::En);
        for locale in [Locale::Fr, Locale::De] {
            for reason in Reason::ALL {
                let words = sentence(Messages::of(locale), *reason);
                assert!(!words.is_empty());
                assert_ne!(
                    words,
                    sentence(english, *reason),
                    "{} in {locale:?}",
                    reason.as_str()
                );
            }
        }
    }

    #[test]
    fn what_the_broker_says_stands_behind() {
        let french = Messages::of(Locale::Fr);
        let words = Words {
            reason: Reason::ShuttingDown,
            said: Some("maintenance".to_owned()),
        };
        assert_eq!(link_words(french, &words), "Le broker s’arrête (maintenance)");
    }

    #[test]
    fn trouble_is_told_with_its_numbers() {
        let dropped = Trouble::QueueFull {
            dropped: 1_200,
            withheld: false,
        };
        let german = trouble_words(Messages::of(Locale::De), &dropped);
        assert!(german.contains("1.200"), "{german}");
        assert!(is_gap(&dropped));
        let large = Trouble::PacketTooLarge {
            bytes: Some(17_000_000),
            limit: 16_000_000,
            session_given_up: false,
        };
        assert!(!is_gap(&large));
        assert!(trouble_words(Messages::of(Locale::Fr), &large).contains("17"));
    }
}
