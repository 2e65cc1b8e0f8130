//! An account with something of everything in it.

use crate::ground::*;
use getrandom::SysRng;
use nyx_crypto::{
    account::{AccountRootKey, OperatingKey},
    device::DeviceKeys,
    device_list::Identity,
    kdf::PasswordParams,
    secret::Secret,
};
use nyx_vault::{
    ContactId, DeviceId, NewPassword, OPERATING_KEY, Origin, StorageError, Vault, WriteError, backup_address,
    model::{Account, AccountState, Author, Device, Draft, Setting},
};
use nyx_wire::{
    codec,
    identity::{DeviceName, Signed},
};
use rand_core::UnwrapErr;
use std::path::Path;

pub(crate) const HER: ContactId = ContactId([7; 16]);

pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// A vault with an account and nothing else.
pub(crate) fn with_account(home: &Path) -> Vault {
    let typed = password(PASSWORD);
    let new = NewPassword { password: &typed, params: PasswordParams::floor() };
    let vault = nyx_vault::LockedVault::create(home, &new, &Origin::of(&root())).unwrap();
    let ark: AccountRootKey = root().account_root_key();
    let opkey = OperatingKey::generate(&mut rng());
    let cert = ark.certify(&opkey, 1).unwrap();
    let keys = DeviceKeys::generate(&mut rng());
    let device = keys.certify(ark.aid(), DeviceName::new("Old laptop").unwrap(), 0);
    let list = opkey.first_list(&cert, vec![device.signed().clone()]).unwrap();
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_account(&Account {
                aid: *ark.aid().as_bytes(),
                name: "Ana".into(),
                created_ms: NOW_MS,
                state: AccountState::Active,
                backup_public: backup_address(&root().backup_identity()),
                opkey_cert: codec::encode(cert.signed()),
                device_list: codec::encode(list.signed()),
            })?;
            tx.put_device(&Device {
                id: DeviceId(keys.device_id),
                name: "Old laptop".into(),
                certificate: codec::encode(device.signed()),
                this: true,
                revoked: false,
            })?;
            tx.put_setting("identity/account-root-public", &Setting { value: ark.public().to_vec(), moves: true })?;
            tx.put_setting("stays", &Setting { value: b"here".to_vec(), moves: false })?;
            tx.put_session(OPERATING_KEY, &[], opkey.seed().expose())?;
            tx.put_session("ratchet", b"her", b"never copied")?;
            tx.put_conversation(&notes())
        })
        .unwrap();
    vault
}

/// The same with a history: long and short texts, files large, small, empty and twice, edits, reactions, a draft, a contact with
/// a secret, messages that disappear.
pub(crate) fn with_history(home: &Path) -> Vault {
    let vault = with_account(home);
    fill(&vault, 300);
    vault
}

pub(crate) fn fill(vault: &Vault, notes: u64) {
    vault
        .commit::<_, WriteError>(|tx| {
            tx.put_contact(&somebody(HER))?;
            tx.set_contact_secret(HER, Some(&Secret::from_bytes([42; 32])))?;
            tx.put_conversation(&with(HER, 2))
        })
        .unwrap();
    vault
        .commit::<_, WriteError>(|tx| {
            for number in 1..=notes {
                tx.add_message(note(
                    number,
                    &format!("note {number} {}", "word ".repeat((number * 37 % 500) as usize)),
                ))?;
            }
            tx.react(message_id(3), Author::Contact(HER), "👍", NOW_MS)?;
            tx.react(message_id(3), Author::Me, "🎉", NOW_MS)?;
            tx.edit_message(message_id(4), "edited", NOW_MS + 1)?;
            tx.edit_message(message_id(4), "edited twice", NOW_MS + 2)?;
            tx.set_draft(NOTES, &Draft { body: "begun".into(), reply_to: Some(message_id(3)), updated_ms: NOW_MS })
        })
        .unwrap();
    for (number, content) in
        [(1_001, vec![7; 200_001]), (1_002, vec![1; 10]), (1_003, Vec::new()), (1_004, vec![7; 200_001])]
    {
        let mut message = note(number, if number == 1_002 { "" } else { "with a file" });
        message.attachments.push(attachment(vault, &format!("{number}.bin"), &content));
        message.attachments.push(attachment(vault, "second.txt", format!("second of {number}").as_bytes()));
        add(vault, message);
    }
    let mut theirs = note(1_100, "disappears when read");
    theirs.conversation = with(HER, 2).id;
    theirs.author = Author::Contact(HER);
    theirs.ttl_secs = Some(3_600);
    theirs.attachments.push(attachment(vault, "vanishing.bin", &[9; 70_000]));
    // The same content as one that stays.
    theirs.attachments.push(attachment(vault, "too.bin", &[7; 200_001]));
    add(vault, theirs);
    let mut mine = note(1_101, "its time runs");
    mine.ttl_secs = Some(7_200);
    add(vault, mine);
    vault
        .commit::<_, WriteError>(|tx| {
            tx.edit_message(message_id(1_101), "its time runs, edited", NOW_MS)?;
            tx.react(message_id(1_101), Author::Me, "⏳", NOW_MS)?;
            tx.start_timer(message_id(1_101), NOW_MS)
        })
        .unwrap();
}

/// Who the account is, as the vault says it.
pub(crate) fn identity(vault: &Vault) -> Identity {
    vault
        .read::<_, StorageError>(|reader| {
            let account = reader.account()?.unwrap();
            let ark = reader.setting("identity/account-root-public")?.unwrap().value.try_into().unwrap();
            let cert: Signed<_> = codec::decode_strict(&account.opkey_cert, 4096).unwrap();
            let list: Signed<_> = codec::decode_strict(&account.device_list, 40_000).unwrap();
            Ok(Identity::new(ark, &cert, &list).unwrap())
        })
        .unwrap()
}

pub(crate) fn operating_key(vault: &Vault) -> Option<OperatingKey> {
    vault
        .read::<_, StorageError>(|reader| {
            reader.session(OPERATING_KEY, &[], |seed| {
                seed.map(|seed| OperatingKey::from_seed(Secret::from_slice(seed).unwrap()))
            })
        })
        .unwrap()
}

pub(crate) fn state(vault: &Vault) -> AccountState {
    vault.read::<_, StorageError>(|reader| Ok(reader.account()?.unwrap().state)).unwrap()
}

pub(crate) fn content(vault: &Vault) -> [u8; 32] {
    crate::backup::hash(vault)
}

/// Every attachment comes out as it was put in.
pub(crate) fn files_in(vault: &Vault) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for conversation in [NOTES, with(HER, 2).id] {
        let messages = vault.read::<_, StorageError>(|reader| reader.attached(conversation, None, 1_000)).unwrap();
        for attachment in messages.into_iter().flat_map(|message| message.attachments) {
            let mut content = Vec::new();
            vault.save_attachment(attachment.id, &mut content, &mut |_| true).unwrap();
            files.push((attachment.about.unwrap().name, content));
        }
    }
    files
}
