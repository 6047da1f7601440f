//! Free ports, and who has the others.

use std::net::{IpAddr, TcpListener};
use std::path::Path;

use super::{BrokerError, Ports};

/// Pairs tried above the wanted one.
const PAIRS: u16 = 50;

/// The wanted pair, or the next free one.
pub(super) fn free_pair(listen: IpAddr, wanted: Ports) -> Result<Ports, BrokerError> {
    (0..PAIRS)
        .filter_map(|step| {
            let v311 = wanted.v311.checked_add(step.checked_mul(2)?)?;
            let v5 = wanted.v5.checked_add(step.checked_mul(2)?)?;
            Some(Ports { v311, v5 })
        })
        .find(|pair| both_free(listen, *pair))
        .ok_or(BrokerError::NoPorts(wanted.v311))
}

fn both_free(listen: IpAddr, pair: Ports) -> bool {
    let first = TcpListener::bind((listen, pair.v311));
    let second = TcpListener::bind((listen, pair.v5));
    first.is_ok() && second.is_ok()
}

/// Says who listens on a TCP port of this machine, when that can be found out: `mosquitto (pid 812)`.
/// Reads `/proc`, so Linux only; elsewhere, and for a free port, `None`.
#[must_use]
pub fn taken_by(port: u16) -> Option<String> {
    let socket = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .find_map(|table| table.lines().find_map(|line| listening_inode(line, port)))?;
    Some(owner(&format!("socket:[{socket}]")).unwrap_or_else(|| "a program of another user".to_owned()))
}

/// The inode of the socket in this line of `/proc/net/tcp`, when it listens on `port`.
fn listening_inode(line: &str, port: u16) -> Option<u64> {
    let mut fields = line.split_ascii_whitespace();
    let (_, local_port) = fields.nth(1)?.rsplit_once(':')?;
    let listening = fields.nth(1)? == "0A";
    let matches = u16::from_str_radix(local_port, 16).ok()? == port;
    let inode = fields.nth(5)?.parse().ok()?;
    (listening && matches).then_some(inode)
}

/// The process that has this socket open.
fn owner(socket: &str) -> Option<String> {
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    let mut processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let pid = processes.find(|pid| holds(*pid, socket))?;
    let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    Some(format!("{} (pid {pid})", name.trim()))
}

fn holds(pid: u32, socket: &str) -> bool {
    let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    let mut descriptors = descriptors.flatten();
    descriptors.any(|entry| std::fs::read_link(entry.path()).is_ok_and(|link| link == Path::new(socket)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_ourselves() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let owner = taken_by(port).unwrap();
        assert!(
            owner.contains(&format!("(pid {})", std::process::id())),
            "{owner}"
        );
        drop(listener);
        assert_eq!(taken_by(port), None);
    }

    #[test]
    fn the_next_pair_when_one_is_taken() {
        let listen: IpAddr = "127.0.0.1".parse().unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let wanted = Ports {
            v311: port,
            v5: port.saturating_add(1),
        };
        let pair = free_pair(listen, wanted).unwrap();
        assert!(pair.v311 > port);
        assert_eq!((pair.v311 - port) % 2, 0);
        assert_eq!(pair.v5, pair.v311 + 1);
    }

    #[test]
    fn lines_of_the_table() {
        let line = "   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0";
        assert_eq!(listening_inode(line, 1883), Some(4711));
        assert_eq!(listening_inode(line, 1884), None);
        assert_eq!(listening_inode("  sl  local_address rem_address", 1883), None);
    }
}
