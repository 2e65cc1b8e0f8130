//! Whether a folder is a place for a vault: nobody else may be able to put another one there (decision 5).

use crate::failure::Failure;
use std::path::Path;

/// Refuses a home under a folder in which others may rename what is ours. What is not there yet will be ours alone.
#[cfg(unix)]
pub(crate) fn must_be_ours(home: &Path) -> Result<(), Failure> {
    use std::{fs, io, os::unix::fs::PermissionsExt};
    let Some(parent) = home.parent().filter(|parent| !parent.as_os_str().is_empty()) else { return Ok(()) };
    // By where it really is: who can change a folder on the way of a link can change the link's end.
    let there = parent.ancestors().find_map(|folder| match fs::canonicalize(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found.map_err(|error| Failure::file(folder, error))),
    });
    let Some(there) = there.transpose()? else { return Ok(()) };
    for folder in there.ancestors() {
        let mode = fs::metadata(folder).map_err(|error| Failure::file(folder, error))?.permissions().mode();
        if mode & OTHERS_WRITE != 0 && mode & STICKY == 0 {
            return Err(Failure::OpenToOthers { folder: folder.to_owned() });
        }
    }
    Ok(())
}

/// Other systems give a person's folders to that person alone, and say otherwise in ways of their own.
#[cfg(not(unix))]
pub(crate) fn must_be_ours(_home: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Everybody may write. A group may be of one person alone, and often is.
#[cfg(unix)]
const OTHERS_WRITE: u32 = 0o002;
/// Everybody may add, and rename or remove only what is theirs, as in `/tmp`.
#[cfg(unix)]
const STICKY: u32 = 0o1000;
