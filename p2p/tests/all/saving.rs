//! Attachments on their way out of the vault.

use crate::front::Front;
use nyx_p2p::{AttachmentId, Command, Event, Failure, FileTrouble, SaveTo, Source};
use std::{
    fs,
    path::{Path, PathBuf},
};

async fn attachment(front: &mut Front, name: &str, bytes: &[u8]) -> AttachmentId {
    front.attach(vec![Source::Bytes { name: name.to_owned(), bytes: bytes.into() }]).await.attachments[0].id
}

async fn save(front: &mut Front, attachment: AttachmentId, to: SaveTo) -> Result<PathBuf, Failure> {
    let heard = front.run(Command::SaveAttachment { attachment, to }).await?;
    Ok(heard
        .into_iter()
        .find_map(|event| if let Event::Saved { path, .. } = event { Some(path) } else { None })
        .unwrap())
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o777
}

#[tokio::test]
async fn a_file_that_the_person_chose_is_replaced_by_a_whole_one_or_stays() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    let id = attachment(&mut front, "report.pdf", &[5; 200_000]).await;
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let chosen = out.join("mine.pdf");
    fs::write(&chosen, "an older one").unwrap();
    assert_eq!(save(&mut front, id, SaveTo::File(chosen.clone())).await.unwrap(), chosen);
    assert_eq!(fs::read(&chosen).unwrap(), [5; 200_000]);
    assert_eq!(save(&mut front, id, SaveTo::Folder(out.clone())).await.unwrap(), out.join("report.pdf"));
    // Damaged in the vault: what is there stays, and nothing is left beside it.
    for shelf in fs::read_dir(home.join("blobs")).unwrap() {
        for blob in fs::read_dir(shelf.unwrap().path()).unwrap() {
            let blob = blob.unwrap().path();
            let mut bytes = fs::read(&blob).unwrap();
            bytes[150_000] ^= 1;
            fs::write(blob, bytes).unwrap();
        }
    }
    fs::write(&chosen, "precious").unwrap();
    assert!(matches!(save(&mut front, id, SaveTo::File(chosen.clone())).await, Err(Failure::Damaged(_))));
    assert_eq!(fs::read(&chosen).unwrap(), b"precious");
    assert_eq!(names(&out), ["mine.pdf", "report.pdf"]);
    let folder = save(&mut front, id, SaveTo::File(out.join("nowhere/mine.pdf"))).await;
    assert!(
        matches!(folder, Err(Failure::File { trouble: FileTrouble::Missing, path }) if path == out.join("nowhere/mine.pdf"))
    );
    assert!(save(&mut front, id, SaveTo::File(out.clone())).await.is_err());
    assert_eq!(names(&out), ["mine.pdf", "report.pdf"]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_passes_through_is_private_and_goes_with_the_keys() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (mut front, _) = Front::with_account(&home, None).await;
    let id = attachment(&mut front, "../photo.jpg", b"a photo").await;
    let first = save(&mut front, id, SaveTo::Passing).await.unwrap();
    let second = save(&mut front, id, SaveTo::Passing).await.unwrap();
    assert_ne!(first, second);
    for path in [&first, &second] {
        // Programs show the name, so it is kept.
        assert_eq!(
            (path.file_name().unwrap().to_str(), fs::read(path).unwrap()),
            (Some("photo.jpg"), b"a photo".to_vec())
        );
        assert_eq!((mode(path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(mode(path.parent().unwrap().parent().unwrap()), 0o700);
    }
    front.run(Command::Lock).await.unwrap();
    let place = first.parent().unwrap().parent().unwrap().to_owned();
    assert!(!place.exists());
    front.unlock().await.unwrap();
    let third = save(&mut front, id, SaveTo::Passing).await.unwrap();
    front.close().await;
    assert!(!third.exists() && !place.exists());
}

#[tokio::test]
async fn what_a_dead_process_left_passing_goes_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let (front, _) = Front::with_account(&home, None).await;
    front.close().await;
    let left = home.join("passing/0123");
    let leave = || {
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("letter.txt"), "secret").unwrap();
    };
    leave();
    let mut front = Front::at(&home);
    front.run(Command::Find).await.unwrap();
    assert!(!home.join("passing").exists());
    front.close().await;
    leave();
    let mut front = Front::at(&home);
    front.unlock().await.unwrap();
    assert!(!home.join("passing").exists());
    leave();
    front.run(Command::Erase).await.unwrap();
    assert!(!home.exists());
}
