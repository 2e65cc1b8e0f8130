//! Whether other devices are to learn no address of this one, for whoever can't read the vault. A meeting may begin
//! before anybody has typed a password, and must not tell what its person wants hidden: so the setting, which is in the
//! vault, leaves an empty file beside the home. Why that may be: `p2p/docs/decisions/0027`.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// Whether hiding was wanted when the vault was last open. What can't be looked at is taken for a yes.
pub(crate) fn is_wanted(home: &Path) -> bool {
    !matches!(fs::symlink_metadata(path(home)), Err(error) if error.kind() == ErrorKind::NotFound)
}

/// Says from now on what the setting says.
pub(crate) fn keep(home: &Path, is_wanted: bool) -> io::Result<()> {
    let path = path(home);
    if is_wanted {
        return File::create(path)?.sync_all();
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Beside the home and named after it: the folder of the vault is the vault's alone.
fn path(home: &Path) -> PathBuf {
    let mut name = home.file_name().unwrap_or_default().to_owned();
    name.push(".hide-address");
    home.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_kept_last() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("nyx");
        assert!(!is_wanted(&home));
        for wanted in [true, true, false, false] {
            keep(&home, wanted).unwrap();
            assert_eq!(is_wanted(&home), wanted);
        }
        assert!(!home.exists());
    }
}
