//! Where a vault may be made.
#![cfg(unix)]

use crate::front::{Front, password};
use nyx_p2p::{Command, Failure, WordCount};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

#[tokio::test]
async fn no_vault_is_made_where_others_can_put_another_one() {
    let dir = tempfile::tempdir().unwrap();
    let (open, inner) = (dir.path().join("open"), dir.path().join("open/inner"));
    fs::create_dir_all(&inner).unwrap();
    symlink(&inner, dir.path().join("link")).unwrap();
    for (mode, is_refused) in [(0o777, true), (0o773, true), (0o1777, false), (0o775, false), (0o755, false)] {
        set(&open, mode);
        // Directly in it, further below, not there yet, and behind a link.
        for home in ["open/home", "open/inner/home", "open/new/home", "link/home"] {
            let home = dir.path().join(home);
            let begun = begin(&home).await;
            let refused = matches!(&begun, Err(Failure::OpenToOthers { folder }) if folder.ends_with("open"));
            assert_eq!(refused, is_refused, "{mode:o} {}: {begun:?}", home.display());
            assert!(refused || begun.is_ok(), "{begun:?}");
        }
    }
}

#[tokio::test]
async fn a_vault_that_is_there_opens_whatever_became_of_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    let parent = dir.path().join("open");
    fs::create_dir(&parent).unwrap();
    let (front, _) = Front::with_account(&parent.join("home"), None).await;
    front.close().await;
    set(&parent, 0o777);
    let mut front = Front::at(&parent.join("home"));
    front.unlock().await.unwrap();
}

async fn begin(home: &Path) -> Result<(), Failure> {
    let mut front = Front::at(home);
    let begin = Command::NewAccount { name: "Ayu".to_owned(), password: password(), words: WordCount::Twelve };
    front.run(begin).await.map(drop)
}

fn set(folder: &Path, mode: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}
