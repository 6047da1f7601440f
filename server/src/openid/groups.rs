//! Which roles the groups of a provider give, and where.

use access::{Grant, MOST_GRANTS, Role, Scope};
use twin::Twin;

/// `GROUP=ROLE`, or `GROUP=ROLE@PATH` for a part of the plant; the group `*` is everybody the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    group: String,
    role: Role,
    /// Where in the hierarchy by location; none: everywhere.
    path: Option<String>,
}

impl std::str::FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Names of groups may hold `=` (LDAP does), roles never.
        let (group, gives) = text
            .rsplit_once('=')
            .ok_or_else(|| format!("{text:?} has no ="))?;
        let (role, path) = match gives.split_once('@') {
            Some((role, path)) => (role, Some(path.trim_matches('/').to_owned())),
            None => (gives, None),
        };
        let known = || Role::ALL.map(Role::word).join(", ");
        let role = Role::from_word(role.trim())
            .ok_or_else(|| format!("{role:?} is none of the roles {}", known()))?;
        if group.trim().is_empty() || path.as_deref() == Some("") {
            return Err(format!("{text:?} names no group or no place"));
        }
        Ok(Self {
            group: group.trim().to_owned(),
            role,
            path,
        })
    }
}

/// What groups give. A place that is not there gives nothing, and is among the second.
#[must_use]
pub fn grants(rules: &[Rule], groups: &[String], twin: &Twin) -> (Vec<Grant>, Vec<String>) {
    let mut grants: Vec<Grant> = Vec::new();
    let mut unknown = Vec::new();
    let is_of = |rule: &&Rule| rule.group == "*" || groups.contains(&rule.group);
    for rule in rules.iter().filter(is_of) {
        let scope = match &rule.path {
            None => Scope::Plant,
            Some(path) => match twin.by_path(path) {
                Some(asset) => Scope::Below([asset].into_iter().collect()),
                None => {
                    unknown.push(path.clone());
                    continue;
                }
            },
        };
        let grant = Grant {
            role: rule.role,
            scope,
        };
        if grants.len() < MOST_GRANTS && !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    (grants, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_or_say_why_not() {
        let rule = |text: &str| text.parse::<Rule>();
        assert_eq!(
            rule("cn=crew,dc=plant=technician@Lyon/Utilities").unwrap(),
            Rule {
                group: "cn=crew,dc=plant".to_owned(),
                role: Role::Technician,
                path: Some("Lyon/Utilities".to_owned()),
            }
        );
        assert_eq!(rule("*=viewer").unwrap().path, None);
        for (text, says) in [
            ("crew", "no ="),
            ("crew=boss", "none of the roles"),
            ("=viewer", "no group"),
            ("crew=viewer@", "no place"),
        ] {
            let told = rule(text).unwrap_err();
            assert!(told.contains(says), "{text}: {told}");
        }
    }

    #[test]
    fn groups_give_what_their_rules_say() {
        let twin = Twin::new(twin::TwinConfig::default());
        let rules: Vec<Rule> = [
            "*=viewer",
            "eng=engineer",
            "crew=technician@Nowhere",
            "eng=engineer",
        ]
        .map(|text| text.parse().unwrap())
        .to_vec();
        let of = |groups: &[&str]| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            grants(&rules, &groups, &twin)
        };
        assert_eq!(of(&[]).0, [Grant::everywhere(Role::Viewer)]);
        assert_eq!(
            of(&["eng"]).0,
            [Grant::everywhere(Role::Viewer), Grant::everywhere(Role::Engineer)]
        );
        assert_eq!(of(&["crew"]).1, ["Nowhere"]);
        assert_eq!(grants(&[], &["eng".to_owned()], &twin).0, []);
    }
}
