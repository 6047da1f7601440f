//! Embeds the built web files when `GEMBA_EMBED_SITE` names their directory (`cargo xtask dist` does);
//! otherwise the table is empty and the server reads them from disk.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed=GEMBA_EMBED_SITE");
    // The packs are in the binary too: a file that joins them is news that the compiler does not hear of.
    println!("cargo::rerun-if-changed=../packs");
    let mut table = String::from(
        "/// Name and contents of each embedded web file.\npub static EMBEDDED: &[(&str, &[u8])] = &[\n",
    );
    if let Some(site) = env::var_os("GEMBA_EMBED_SITE") {
        let site = PathBuf::from(site);
        println!("cargo::rerun-if-changed={}", site.display());
        for file in files(&site)? {
            let name = file.strip_prefix(&site)?.to_string_lossy().replace('\\', "/");
            writeln!(
                table,
                "    ({name:?}, include_bytes!({:?})),",
                file.display().to_string()
            )?;
        }
    }
    table.push_str("];\n");
    let out = env::var_os("OUT_DIR").ok_or("no OUT_DIR")?;
    fs::write(Path::new(&out).join("embedded.rs"), table)?;
    Ok(())
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
