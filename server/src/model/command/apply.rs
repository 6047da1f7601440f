//! `gemba model apply`.

use anyhow::{Context as _, bail};
use store::ModelFile;

use super::access::{Access, read, versions};
use super::check::checked_in;
use super::plan::Comparison;
use super::{Answer, ApplyArgs, NOTHING_DONE, OK, Request, Terminal, WRONG, files_of, unexpected};
use crate::model::shelf;

pub(super) async fn run(args: &ApplyArgs, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    let access = Access::open(&args.data.dir()).await?;
    let Some(wanted) = wanted(args, &access, terminal).await? else {
        return Ok(WRONG);
    };
    let dir = &args.folder.dir;
    let checked = match wanted.restored {
        Some(_) => shelf::check(&wanted.files),
        None => checked_in(dir, &wanted.files),
    };
    if !checked.is_ok() {
        terminal.complain(&checked.render());
        terminal.complain("Nothing was applied.\n");
        return Ok(WRONG);
    }
    let mut comparison = Comparison::make(&access, &wanted.files, &checked).await?;
    if wanted.restored.is_some() {
        comparison = comparison.going_back();
    }
    let base = comparison.base();
    if let Some(expected) = args.expect.filter(|expected| *expected != base) {
        terminal.complain(&moved(expected, base));
        return Ok(NOTHING_DONE);
    }
    terminal.say(&comparison.shown(dir, args.all));
    if comparison.is_same() {
        terminal.say(&format!("Version {base} has these files already.\n"));
        return Ok(OK);
    }
    let undoes = comparison.undoes();
    if undoes > 0 && args.yes && args.expect.is_none() {
        terminal.complain(&format!(
            "Nothing was applied: it would undo {undoes} made in the browser. \
             Take them over, or say that you know: --expect {base}\n",
            undoes = counted(undoes),
        ));
        return Ok(NOTHING_DONE);
    }
    let access = if args.yes {
        access
    } else {
        // While a person reads, a server may start.
        access.close().await;
        if !terminal.confirm(&question(base + 1, undoes)) {
            terminal.complain("Nothing was applied.\n");
            return Ok(NOTHING_DONE);
        }
        Access::open(&args.data.dir()).await?
    };
    let answer = access.ask(wanted.request(base, args)).await?;
    access.close().await;
    told(&answer, base, terminal)
}

/// The files of the new version.
struct Wanted {
    files: Vec<ModelFile>,
    restored: Option<u32>,
}

impl Wanted {
    fn request(self, base: u32, args: &ApplyArgs) -> Request {
        let said = args.by.as_deref().map(str::trim).filter(|by| !by.is_empty());
        let author = said.map_or_else(author, str::to_owned);
        let comment = args.comment.clone();
        match self.restored {
            Some(version) => Request::Restore {
                base,
                version,
                author,
                comment,
            },
            None => Request::Apply {
                base,
                files: self.files.into_iter().map(Into::into).collect(),
                author,
                comment,
            },
        }
    }
}

async fn wanted(
    args: &ApplyArgs,
    access: &Access,
    terminal: &mut dyn Terminal,
) -> anyhow::Result<Option<Wanted>> {
    let Some(rollback) = args.rollback else {
        return Ok(files_of(&args.folder.dir, terminal).map(|files| Wanted {
            files,
            restored: None,
        }));
    };
    let number = match rollback {
        Some(number) => number,
        None => {
            let heads = versions(access).await?;
            let current = heads.first().context("there is no version yet to go back from")?;
            match heads.get(1) {
                Some(before) => before.number,
                None => bail!("there is no version before {}", current.number),
            }
        }
    };
    let (_, files) = read(access, Some(number)).await?;
    Ok(Some(Wanted {
        files,
        restored: Some(number),
    }))
}

fn told(answer: &Answer, base: u32, terminal: &mut dyn Terminal) -> anyhow::Result<u8> {
    match answer {
        Answer::Applied(version) => {
            terminal.say(&format!("Version {version} holds now.\n"));
            Ok(OK)
        }
        Answer::Unchanged(version) => {
            terminal.say(&format!("Version {version} has these files already.\n"));
            Ok(OK)
        }
        Answer::Moved(current) => {
            terminal.complain(&moved(base, *current));
            Ok(NOTHING_DONE)
        }
        Answer::Wrong(report) => {
            terminal.complain(report);
            terminal.complain("Nothing was applied.\n");
            Ok(WRONG)
        }
        Answer::Refused(why) => {
            terminal.complain(&format!("Nothing was applied: {why}\n"));
            Ok(WRONG)
        }
        Answer::NotKept(number) => {
            terminal.complain(&format!(
                "Nothing was applied: version {number} is not kept any more.\n"
            ));
            Ok(NOTHING_DONE)
        }
        other => Err(unexpected(other)),
    }
}

fn moved(expected: u32, current: u32) -> String {
    format!(
        "Nothing was applied: version {current} holds now, not {expected}. \
         Look at what the files would change: gemba model plan\n"
    )
}

fn question(next: u32, undoes: usize) -> String {
    let warning = match undoes {
        0 => String::new(),
        undoes => format!("This undoes {} made in the browser. ", counted(undoes)),
    };
    format!("{warning}Apply as version {next}? [y/N] ")
}

fn counted(changes: usize) -> String {
    match changes {
        1 => "1 change".to_owned(),
        many => format!("{many} changes"),
    }
}

/// Who applies it: the person at the shell, by the shell's word or by the system's list of users.
fn author() -> String {
    let by_shell = ["USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    let by_system = || {
        let user = rustix::process::getuid().as_raw();
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Some(name_of(&users, user).unwrap_or_else(|| format!("user {user}")))
    };
    by_shell.or_else(by_system).unwrap_or_default()
}

/// The name of a user in the system's list of them: `name:password:number:…` a line.
fn name_of(users: &str, user: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut parts = line.split(':');
        let (name, number) = (parts.next()?, parts.nth(1)?);
        (number.parse() == Ok(user) && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_number() {
        let users = "root:x:0:0:root:/root:/bin/sh\n# none\nada:x:1000:1000::/:/bin/sh\n";
        assert_eq!(name_of(users, 1_000).as_deref(), Some("ada"));
        assert_eq!(name_of(users, 0).as_deref(), Some("root"));
        assert_eq!(name_of(users, 7), None);
    }
}
