//! What the forms of the page do.

use std::sync::Arc;

use access::Capability;
use app::api::backend::Viewer;
use app::api::error::ApiError;
use app::i18n::Messages;
use formula::units::Unit;
use learn::{Built, Decision, Edit, Pick, PropertyKind, Refused};
use model::{Checked, Model};
use serde_json::json;
use store::{ModelFile, ModelOrigin};
use wire::page::{LearnAct, LearnSaid};

use super::super::{Gemba, internal};
use crate::access::check_everywhere;
use crate::model::{Applied, Content, LoadedModel, Proposal};

impl Gemba {
    pub(in crate::backend) async fn learn_act(&self, viewer: &Viewer, act: LearnAct) -> Result<(), ApiError> {
        check_everywhere(viewer, Capability::ChangeModel)?;
        let said = match act.act.as_str() {
            "listen" => {
                self.listen_for(act.value.parse().unwrap_or(30));
                None
            }
            "stop" => {
                self.learning.stop();
                None
            }
            "forget" => {
                self.learning.clear();
                None
            }
            "apply" => Some(self.apply_learned(viewer, act.stamp).await?),
            _ => self.edit_learned(viewer, &act)?,
        };
        self.learning.say(said);
        Ok(())
    }

    fn listen_for(&self, secs: u32) {
        let shelf = self.model.clone();
        self.learning.listen(self.twin.clone(), secs, move || {
            (shelf.current().model.clone(), packs())
        });
    }

    fn edit_learned(&self, viewer: &Viewer, act: &LearnAct) -> Result<Option<LearnSaid>, ApiError> {
        let edit = match edit_from(act, Messages::of(viewer.locale))? {
            Ok(edit) => edit,
            Err(said) => return Ok(Some(said)),
        };
        let changed = self.learning.change(act.stamp, |session| match edit {
            Step::Undo => {
                session.undo();
                Ok(())
            }
            Step::Redo => {
                session.redo();
                Ok(())
            }
            Step::Edit(edit) => session.edit(edit),
            Step::Stay => Ok(()),
        });
        Ok(match changed {
            None => Some(LearnSaid::Old),
            Some(Ok(())) => None,
            Some(Err(refused)) => Some(said_from(refused)),
        })
    }

    /// What accepting comes to, with the files that hold: checked as applying would.
    pub(super) async fn built(&self) -> Result<Option<(Built, Checked, learn::Proposal)>, ApiError> {
        let Some(proposal) = self.learning.with(|session, _| session.proposal().clone()) else {
            return Ok(None);
        };
        let loaded = self.model.current();
        let built = tokio::task::spawn_blocking(move || {
            let built = learn::build(&proposal, &loaded.model, &packs());
            let checked = crate::model::shelf::check(&files(&loaded, &built));
            (built, checked, proposal)
        });
        built.await.map(Some).map_err(|error| internal(&error))
    }

    async fn apply_learned(&self, viewer: &Viewer, stamp: u32) -> Result<LearnSaid, ApiError> {
        if self.learning.change(stamp, |_| ()).is_none() {
            return Ok(LearnSaid::Old);
        }
        let loaded = self.model.current();
        let Some((built, ..)) = self.built().await? else {
            return Ok(LearnSaid::Old);
        };
        if built.added.assets.is_empty() {
            return Ok(LearnSaid::Nothing);
        }
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (assets, types) = (count(built.added.assets.len()), count(built.added.types.len()));
        let proposal = Proposal {
            base: Some(loaded.version),
            content: Content::Files(files(&loaded, &built)),
            author: viewer.who.name.to_string(),
            comment: format!("Learned: {assets} assets of {types} new types"),
            origin: ModelOrigin::Browser,
        };
        let applied = Box::pin(self.model.apply(proposal));
        Ok(
            match applied.await.map_err(|error| internal(&format!("{error:#}")))? {
                Applied::New(loaded) | Applied::Unchanged(loaded) => {
                    self.learning.clear();
                    let subject = format!("model {}", loaded.version);
                    let details = json!({"from": "learn", "assets": assets, "types": types});
                    let noted = self.accounts.audit.note(viewer, "model.apply", subject, details);
                    noted.await.map_err(|error| internal(&error))?;
                    LearnSaid::Applied {
                        version: loaded.version,
                        assets,
                        types,
                    }
                }
                Applied::Moved { .. } => LearnSaid::Moved,
                Applied::Wrong(checked) => {
                    let first = checked.problems.first().map(ToString::to_string);
                    LearnSaid::Wrong(first.unwrap_or_default())
                }
                Applied::Refused(why) => LearnSaid::Wrong(why),
                Applied::NotKept(_) => LearnSaid::Old,
            },
        )
    }
}

/// The types that could be taken in.
fn packs() -> Model {
    crate::model::shelf::check(&crate::demo::pack::utilities()).model
}

/// The files that hold, as they are written, and those of what was learned beside them.
fn files(loaded: &Arc<LoadedModel>, built: &Built) -> Vec<ModelFile> {
    let mut files = loaded.files.clone();
    for (path, text) in &built.files {
        let plain = path.trim_end_matches(".toml");
        let is_taken = |path: &str| {
            loaded
                .files
                .iter()
                .any(|file| file.path.eq_ignore_ascii_case(path))
        };
        let numbered = (2..).map(|number| format!("{plain}-{number}.toml"));
        let free = std::iter::once(path.clone())
            .chain(numbered)
            .find(|path| !is_taken(path));
        files.extend(free.map(|path| ModelFile {
            path,
            text: text.clone(),
        }));
    }
    files
}

enum Step {
    Edit(Edit),
    Undo,
    Redo,
    /// It is left where the model has it.
    Stay,
}

/// The edit a form says; what it says wrongly, in the words of the page.
fn edit_from(act: &LearnAct, m: Messages) -> Result<Result<Step, LearnSaid>, ApiError> {
    let unknown = || ApiError::BadRequest(m.server_error_act(&act.act));
    let picks = || Pick::Assets(act.picks.iter().map(|pick| *pick as usize).collect());
    let first = act.picks.first().map_or(usize::MAX, |pick| *pick as usize);
    let value = || Box::from(act.value.as_str());
    let key = || Box::from(act.key.as_str());
    let decide = |pick, decision| Edit::Decide { pick, decision };
    let edit = match act.act.as_str() {
        "undo" => return Ok(Ok(Step::Undo)),
        "redo" => return Ok(Ok(Step::Redo)),
        "move" if act.value == "under" => return Ok(Ok(Step::Stay)),
        "accept" => decide(picks(), Decision::Accepted),
        "reject" => decide(picks(), Decision::Rejected),
        "open" => decide(picks(), Decision::Open),
        "accept_type" => decide(Pick::Type(first), Decision::Accepted),
        "reject_type" => decide(Pick::Type(first), Decision::Rejected),
        "accept_below" => decide(Pick::Below(first), Decision::Accepted),
        "reject_below" => decide(Pick::Below(first), Decision::Rejected),
        "accept_above" => {
            let percent = act.value.parse().map_err(|_number| unknown())?;
            decide(Pick::AtLeast(percent), Decision::Accepted)
        }
        "name_type" => Edit::NameType {
            ty: first,
            title: value(),
        },
        "name_asset" => Edit::NameAsset {
            asset: first,
            name: value(),
        },
        "name_assets" => Edit::NameAssets {
            assets: act.picks.iter().map(|pick| *pick as usize).collect(),
            pattern: value(),
        },
        "name_property" => Edit::NameProperty {
            ty: first,
            key: key(),
            title: value(),
        },
        "merge" => Edit::Merge {
            from: first,
            into: act.value.parse().map_err(|_number| unknown())?,
        },
        "move" => Edit::Move {
            asset: first,
            under: act.value.parse().ok(),
        },
        "kind" => Edit::SetKind {
            ty: first,
            key: key(),
            kind: PropertyKind::from_word(&act.value).ok_or_else(unknown)?,
        },
        "unit" => {
            let wanted = act.value.trim();
            let unit = learn::unit_from_symbol(wanted);
            if unit.is_none() && !wanted.is_empty() {
                let meant = Unit::parse(wanted).err().map(|(message, _)| message);
                return Ok(Err(LearnSaid::NoUnit(meant.unwrap_or_default())));
            }
            Edit::SetUnit {
                ty: first,
                key: key(),
                unit,
            }
        }
        "ignore" => Edit::Ignore(value()),
        "heed" => Edit::Heed(value()),
        _ => return Err(unknown()),
    };
    Ok(Ok(Step::Edit(edit)))
}

fn said_from(refused: Refused) -> LearnSaid {
    match refused {
        Refused::Unknown => LearnSaid::Unknown,
        Refused::NoName => LearnSaid::NoName,
        Refused::NameTaken => LearnSaid::NameTaken,
        Refused::Circle => LearnSaid::Circle,
        Refused::NotYours => LearnSaid::NotYours,
        Refused::TooMany => LearnSaid::TooMany,
    }
}
