//! Attachments: into the vault, out of it, and gone.

use crate::{damage::files, ground::*};
use nyx_vault::{AttachmentError, WriteError};
use std::{
    fs,
    io::Read,
    io::{Seek, SeekFrom},
};

#[test]
fn the_name_of_an_attachment_that_is_gone_names_no_other() {
    let (_dir, home) = home();
    let vault = create(&home);
    let with_file = |number, content: &[u8]| {
        let mut message = note(number, "");
        message.attachments.push(attachment(&vault, "a", content));
        add(&vault, message);
        vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(number))?)).unwrap().unwrap().attachments[0]
            .id
    };
    let first = with_file(1, b"private");
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    let second = with_file(2, b"another");
    assert_ne!(first, second);
    assert!(matches!(vault.open_attachment(first), Err(AttachmentError::NoAttachment)));
}

#[test]
fn an_attachment_reads_from_any_place() {
    let (_dir, home) = home();
    let vault = create(&home);
    let content: Vec<u8> = (0..200_001u32).map(|place| (place / 13) as u8).collect();
    let mut message = note(1, "");
    message.attachments.push(attachment(&vault, "a", &content));
    message.attachments.push(attachment(&vault, "empty", b""));
    message.attachments.push(attachment(&vault, "exactly one chunk", &content[..65_536]));
    add(&vault, message);
    let message = vault.read::<_, WriteError>(|reader| Ok(reader.message(message_id(1))?)).unwrap().unwrap();
    let mut reader = vault.open_attachment(message.attachments[0].id).unwrap();
    for place in [0, 1, 65_535, 65_536, 65_537, 131_072, 199_999, 200_001, 300_000] {
        reader.seek(SeekFrom::Start(place)).unwrap();
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, content.get(place as usize..).unwrap_or_default());
    }
    for (attachment, length) in message.attachments.iter().zip([200_001, 0, 65_536]) {
        let mut out = Vec::new();
        vault.save_attachment(attachment.id, &mut out, &mut |_| true).unwrap();
        assert_eq!(out, content[..length]);
        assert_eq!(attachment.size, length as u64);
    }
}

#[test]
fn a_cancelled_or_broken_source_leaves_no_file() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("unplugged"))
        }
    }
    let (_dir, home) = home();
    let vault = create(&home);
    assert!(vault.store_blob(&mut Broken, &mut |_| true).is_err());
    assert!(vault.store_blob(&mut vec![0; 1_000_000].as_slice(), &mut |_| false).is_err());
    assert_eq!(fs::read_dir(home.join("blobs")).unwrap().count(), 0);
}

#[test]
fn a_blob_that_no_message_gets_goes_at_once() {
    let (_dir, home) = home();
    let vault = create(&home);
    let blobs = || files(&home.join("blobs")).len();
    drop(attachment(&vault, "orphan", b"nobody wants it"));
    assert_eq!(blobs(), 0);
    // Refused by the vault after it had its row, and by whoever writes.
    let mut refused = note(1, "with two files");
    refused.attachments = vec![attachment(&vault, "one", b"one"), attachment(&vault, &"x".repeat(5000), b"two")];
    assert!(vault.commit(|tx| tx.add_message(refused)).is_err());
    let mut given_up = note(2, "with a file");
    given_up.attachments.push(attachment(&vault, "one", b"one"));
    let given_up = vault.commit::<(), WriteError>(|tx| {
        tx.add_message(given_up)?;
        Err(WriteError::NoMessage)
    });
    assert!(given_up.is_err());
    assert_eq!(blobs(), 0);
    let mut kept = note(3, "with a file");
    kept.attachments.push(attachment(&vault, "kept", b"kept"));
    add(&vault, kept);
    assert_eq!(blobs(), 1);
}

#[test]
fn a_sweep_takes_blobs_that_nobody_has_and_no_others() {
    let (_dir, home) = home();
    let vault = create(&home);
    let mut kept = note(1, "with a file");
    kept.attachments.push(attachment(&vault, "kept", b"kept"));
    add(&vault, kept);
    let waiting = attachment(&vault, "waiting", b"not attached yet");
    // As a process leaves it that dies between a blob and its message.
    let orphan = home.join("blobs/00").join("0".repeat(64));
    fs::create_dir_all(home.join("blobs/00")).unwrap();
    fs::write(&orphan, "nobody wants it").unwrap();
    assert_eq!(vault.sweep().unwrap(), 1);
    assert_eq!(vault.sweep().unwrap(), 0);
    let mut second = note(2, "late");
    second.attachments.push(waiting);
    add(&vault, second);
    assert_eq!(vault.sweep().unwrap(), 0);
    vault.commit(|tx| tx.delete_message(message_id(1))).unwrap();
    assert_eq!(vault.sweep().unwrap(), 0, "deleting takes the file along");
    assert_eq!(files(&home.join("blobs")).len(), 1);
}
