//! Roles, and what each may do.

/// Something that may be done. Each is asked for by the pages, functions and selectors that do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// See assets, their values and states, and find them.
    See,
    /// See what was, beyond the newest value.
    SeeHistory,
    /// Take data away as a file.
    Export,
    /// See brokers, topics, samples of payloads, and what could not be read.
    SeeSources,
    /// See how the server is doing.
    SeeStatus,
    /// Set limits, names and units of a point.
    ChangePoint,
    /// Learn, apply and roll back the model.
    ChangeModel,
    /// Test, add and stop brokers.
    ChangeSources,
    /// Start faults in the demo plant, and set its speed.
    RunDemo,
    /// See work orders of what one sees.
    SeeWork,
    /// Report a problem, ask for work, comment on it.
    RequestWork,
    /// Do work: steps, findings, start, block, done.
    DoWork,
    /// Say whether, how, when and by whom work is done.
    PlanWork,
    /// Say that work helped, and close it.
    VerifyWork,
    /// Make share links to what one sees.
    Share,
    /// See, pause and revoke the links of others.
    ManageLinks,
    /// Invite people, give roles, end sessions, make tokens for displays.
    ManageAccounts,
    /// The same for owners.
    ManageOwners,
    /// Read the audit log.
    SeeAudit,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::See,
        Self::SeeHistory,
        Self::Export,
        Self::SeeSources,
        Self::SeeStatus,
        Self::ChangePoint,
        Self::ChangeModel,
        Self::ChangeSources,
        Self::RunDemo,
        Self::SeeWork,
        Self::RequestWork,
        Self::DoWork,
        Self::PlanWork,
        Self::VerifyWork,
        Self::Share,
        Self::ManageLinks,
        Self::ManageAccounts,
        Self::ManageOwners,
        Self::SeeAudit,
    ];

    /// A stable word for it, as tokens and logs say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::SeeHistory => "see_history",
            Self::Export => "export",
            Self::SeeSources => "see_sources",
            Self::SeeStatus => "see_status",
            Self::ChangePoint => "change_point",
            Self::ChangeModel => "change_model",
            Self::ChangeSources => "change_sources",
            Self::RunDemo => "run_demo",
            Self::SeeWork => "see_work",
            Self::RequestWork => "request_work",
            Self::DoWork => "do_work",
            Self::PlanWork => "plan_work",
            Self::VerifyWork => "verify_work",
            Self::Share => "share",
            Self::ManageLinks => "manage_links",
            Self::ManageAccounts => "manage_accounts",
            Self::ManageOwners => "manage_owners",
            Self::SeeAudit => "see_audit",
        }
    }
}

/// What somebody is in the plant. Later roles are not always more: a planner plans, a technician works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Looks.
    Viewer,
    /// Runs the plant.
    Operator,
    /// Maintains it.
    Technician,
    /// Plans the work.
    Planner,
    /// Describes it: model, limits, bindings.
    Engineer,
    /// Looks after Gemba: people, brokers, links.
    Administrator,
    /// Answers for all of it; there is always one.
    Owner,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Viewer,
        Self::Operator,
        Self::Technician,
        Self::Planner,
        Self::Engineer,
        Self::Administrator,
        Self::Owner,
    ];

    /// A stable word for it, as records and configuration say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Technician => "technician",
            Self::Planner => "planner",
            Self::Engineer => "engineer",
            Self::Administrator => "administrator",
            Self::Owner => "owner",
        }
    }

    /// The role of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether somebody of this role may, inside their scope.
    #[must_use]
    pub const fn may(self, capability: Capability) -> bool {
        use Capability as C;
        match capability {
            C::See | C::SeeHistory | C::Export | C::SeeWork => true,
            C::SeeSources | C::Share | C::RequestWork => !matches!(self, Self::Viewer),
            C::DoWork => !matches!(self, Self::Viewer | Self::Operator | Self::Planner),
            C::PlanWork | C::VerifyWork => !matches!(self, Self::Viewer | Self::Operator | Self::Technician),
            C::SeeStatus | C::ChangePoint | C::ChangeModel | C::RunDemo => {
                matches!(self, Self::Engineer | Self::Administrator | Self::Owner)
            }
            C::ChangeSources | C::ManageLinks | C::ManageAccounts | C::SeeAudit => {
                matches!(self, Self::Administrator | Self::Owner)
            }
            C::ManageOwners => matches!(self, Self::Owner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_and_an_owner_may_all() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
            assert!(role.may(Capability::See), "{role:?}");
        }
        assert_eq!(Role::from_word("root"), None);
        assert!(
            Capability::ALL
                .into_iter()
                .all(|capability| Role::Owner.may(capability))
        );
    }

    #[test]
    fn a_planner_plans_and_a_technician_works() {
        use Capability as C;
        for (role, may) in [
            (Role::Viewer, &[C::SeeWork][..]),
            (Role::Operator, &[C::SeeWork, C::RequestWork]),
            (Role::Technician, &[C::SeeWork, C::RequestWork, C::DoWork]),
            (
                Role::Planner,
                &[C::SeeWork, C::RequestWork, C::PlanWork, C::VerifyWork],
            ),
            (
                Role::Engineer,
                &[C::SeeWork, C::RequestWork, C::DoWork, C::PlanWork, C::VerifyWork],
            ),
        ] {
            let work = [C::SeeWork, C::RequestWork, C::DoWork, C::PlanWork, C::VerifyWork];
            for capability in work {
                assert_eq!(
                    role.may(capability),
                    may.contains(&capability),
                    "{role:?} {capability:?}"
                );
            }
        }
    }

    #[test]
    fn nobody_but_who_looks_after_gemba_reaches_people_and_brokers() {
        for role in [
            Role::Viewer,
            Role::Operator,
            Role::Technician,
            Role::Planner,
            Role::Engineer,
        ] {
            for capability in [
                Capability::ManageAccounts,
                Capability::ManageLinks,
                Capability::ManageOwners,
                Capability::ChangeSources,
                Capability::SeeAudit,
            ] {
                assert!(!role.may(capability), "{role:?} {capability:?}");
            }
        }
        assert!(!Role::Administrator.may(Capability::ManageOwners));
    }

    /// Said a second time, so that a change of the first is seen.
    #[test]
    fn each_role_may_what_the_table_says() {
        let [
            viewer,
            operator,
            technician,
            planner,
            engineer,
            administrator,
            owner,
        ] = Role::ALL;
        let all = [
            viewer,
            operator,
            technician,
            planner,
            engineer,
            administrator,
            owner,
        ];
        let table: &[(Capability, &[Role])] = &[
            (Capability::See, &all),
            (Capability::SeeHistory, &all),
            (Capability::SeeWork, &all),
            (
                Capability::RequestWork,
                &[operator, technician, planner, engineer, administrator, owner],
            ),
            (Capability::DoWork, &[technician, engineer, administrator, owner]),
            (Capability::PlanWork, &[planner, engineer, administrator, owner]),
            (Capability::VerifyWork, &[planner, engineer, administrator, owner]),
            (Capability::Export, &all),
            (
                Capability::SeeSources,
                &[operator, technician, planner, engineer, administrator, owner],
            ),
            (
                Capability::Share,
                &[operator, technician, planner, engineer, administrator, owner],
            ),
            (Capability::SeeStatus, &[engineer, administrator, owner]),
            (Capability::ChangePoint, &[engineer, administrator, owner]),
            (Capability::ChangeModel, &[engineer, administrator, owner]),
            (Capability::RunDemo, &[engineer, administrator, owner]),
            (Capability::ChangeSources, &[administrator, owner]),
            (Capability::ManageLinks, &[administrator, owner]),
            (Capability::ManageAccounts, &[administrator, owner]),
            (Capability::SeeAudit, &[administrator, owner]),
            (Capability::ManageOwners, &[owner]),
        ];
        assert_eq!(table.len(), Capability::ALL.len());
        for (capability, roles) in table {
            for role in all {
                assert_eq!(
                    role.may(*capability),
                    roles.contains(&role),
                    "{role:?} {capability:?}"
                );
            }
        }
    }
}
