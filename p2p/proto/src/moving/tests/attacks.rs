//! Each side against one that is not honest: refused, bounded, and said why.

use super::{
    account::{Account, WINDOW, content_of, device, manifest},
    world::World,
};
use crate::{
    limits::MOVE_ROOM_PER_PACKED,
    moving::{Output, Receiver, ReceiverView, Sender, SenderView},
};
use alloc::{vec, vec::Vec};
use nyx_crypto::{
    account::{AccountRootKey, OperatingKey},
    device_list::Identity,
    moving::{sign_done, sign_ready},
    secret::Secret,
    signature::Verified,
};
use nyx_testkit::network::Conditions;
use nyx_wire::{
    content::ContentHash,
    moving::{ChunkHead, Frame, Index, Item, ItemKind, Manifest, Offer, StopReason, WINDOW_CHUNKS_MAX},
};

fn world() -> World {
    World::new(5, Conditions { delay_ms: (1, 3), ..Conditions::default() })
}

/// A new device that has just heard this offer, and its disk has taken it.
fn offered(account: &Account, offer: Offer) -> (Receiver, Vec<Output>) {
    offered_to(Receiver::new(world_of(account), 0), offer)
}

fn offered_to(new: Receiver, offer: Offer) -> (Receiver, Vec<Output>) {
    let (new, _) = new.handle_link(0);
    let (new, mut outputs) = new.handle_frame(&Frame::Offer(offer).to_bytes(), 0);
    let (new, more) = new.handle_persisted(0);
    outputs.extend(more);
    (new, outputs)
}

fn world_of(account: &Account) -> crate::moving::Incoming {
    let keys = account.move_keys();
    crate::moving::Incoming { keys, aid: account.aid(), schema: 2, free_bytes: 1 << 30, window: WINDOW }
}

fn offer(account: &Account, manifest: &Verified<Manifest>) -> Offer {
    Offer { bundle: account.identity().to_bundle().into(), manifest: manifest.signed().clone() }
}

fn stopped(outputs: &[Output]) -> Option<StopReason> {
    outputs.iter().find_map(|output| if let Output::Stopped(why) = output { Some(*why) } else { None })
}

fn says_cancel(outputs: &[Output]) -> bool {
    outputs
        .iter()
        .any(|output| matches!(output, Output::Send(frame) if matches!(Frame::parse(frame), Ok(Frame::Cancel(_)))))
}

#[test]
fn a_foreign_manifest_is_refused_before_anything_is_stored() {
    let account = Account::tiny();
    let ark = AccountRootKey::from_seed(&Secret::from_bytes([8; 32]));
    let opkey = OperatingKey::from_seed(Secret::from_bytes([9; 32]));
    let cert = ark.certify(&opkey, 1).unwrap();
    let (_, foreign_device) = device(ark.aid(), 7);
    let list = opkey.first_list(&cert, vec![foreign_device.signed().clone()]).unwrap();
    let foreign = Identity::new(ark.public(), cert.signed(), list.signed()).unwrap();
    let of_foreign = opkey.sign_manifest(manifest(ark.aid(), &account.first_index));
    let usurped = opkey.sign_manifest(manifest(account.aid(), &account.first_index));
    for (bundle, manifest) in [
        (foreign.to_bundle(), of_foreign.signed()),
        (account.identity().to_bundle(), of_foreign.signed()),
        (account.identity().to_bundle(), usurped.signed()),
        (foreign.to_bundle(), account.first().signed()),
        (account.identity().to_bundle(), account.last().signed()),
        (vec![1; 50], account.first().signed()),
    ] {
        let (new, outputs) = offered(&account, Offer { bundle: bundle.into(), manifest: manifest.clone() });
        assert_eq!(
            (new.view(), stopped(&outputs)),
            (ReceiverView::Stopped(StopReason::Content), Some(StopReason::Content))
        );
        assert!(says_cancel(&outputs));
        assert!(!outputs.iter().any(|output| matches!(output, Output::Persist { .. } | Output::Store(_))));
    }
}

#[test]
fn no_room_and_an_unknown_schema_are_told_before_a_chunk_is_sent() {
    let account = Account::of(1);
    let small = crate::moving::Incoming { free_bytes: 700_000, ..world_of(&account) };
    let (new, outputs) = offered_to(Receiver::new(small, 0), offer(&account, &account.first()));
    assert!(stopped(&outputs) == Some(StopReason::NoRoom) && says_cancel(&outputs));
    let first = account.first();
    assert_eq!(new.missing_bytes(), (first.index_bytes + first.bytes) * 11 / 10 - 700_000);
    let early = crate::moving::Incoming { schema: 1, ..world_of(&account) };
    let (_, outputs) = offered_to(Receiver::new(early, 0), offer(&account, &account.first()));
    assert!(stopped(&outputs) == Some(StopReason::Version) && says_cancel(&outputs));
}

#[test]
fn a_vault_that_would_not_fit_is_told_at_its_index_before_anything_that_it_names_may_come() {
    let rows = |number, bytes| Item { kind: ItemKind::Rows, bytes, hash: ContentHash::sha256(&[number; 32]) };
    let file = Item { kind: ItemKind::Attachment, ..rows(3, 90_000) };
    let index = Index { dropped: vec![], items: vec![rows(1, 300_000), rows(2, 200_000), file] };
    let account = Account::with_first(index.clone());
    let first = manifest(account.aid(), &index);
    let arrives = (first.index_bytes + first.bytes) * 11 / 10;
    let begun = |free_bytes| {
        let incoming = crate::moving::Incoming { free_bytes, ..world_of(&account) };
        let (new, outputs) = offered_to(Receiver::new(incoming, 0), offer(&account, &account.first()));
        let (new, more) = index_comes(&account, &index, new);
        (new, [outputs, more].into_iter().flatten().collect::<Vec<_>>())
    };
    let needed = arrives + 500_000 * MOVE_ROOM_PER_PACKED;
    let (_, outputs) = begun(needed);
    assert!(stopped(&outputs).is_none() && may(&outputs) > 1);
    let (new, outputs) = begun(needed - 1);
    assert!(stopped(&outputs) == Some(StopReason::NoRoom) && says_cancel(&outputs));
    assert_eq!((new.missing_bytes(), may(&outputs)), (1, 1), "no more than the index");
}

/// How far the other side may send.
fn may(outputs: &[Output]) -> u64 {
    let credit = |output: &Output| match output {
        Output::Send(frame) => match Frame::parse(frame) {
            Ok(Frame::Credit { may, .. }) => Some(may),
            _ => None,
        },
        _ => None,
    };
    outputs.iter().filter_map(credit).max().unwrap_or(0)
}

/// What becomes of a move whose first index is this and whose manifest says that.
fn with_index(index: &Index, lie: impl FnOnce(Manifest) -> Manifest) -> Option<StopReason> {
    let account = Account::with_first(index.clone());
    let signed = account.opkey().sign_manifest(lie(manifest(account.aid(), index)));
    let (new, outputs) = offered(&account, offer(&account, &signed));
    let (_, more) = index_comes(&account, index, new);
    stopped(&outputs).or(stopped(&more))
}

/// The new device gets all of the first index.
fn index_comes(account: &Account, index: &Index, mut new: Receiver) -> (Receiver, Vec<Output>) {
    let mut outputs = Vec::new();
    for chunk in 0..index.to_bytes().len().div_ceil(65_536) as u32 {
        let message = account.chunk_of(&index.to_bytes(), ChunkHead { item: 0, chunk });
        let more;
        (new, more) = new.handle_chunk(message, 0);
        outputs.extend(more);
    }
    let (new, more) = new.handle_persisted(0);
    outputs.extend(more);
    (new, outputs)
}

#[test]
fn a_sender_that_lies_about_counts_sizes_and_contents_is_stopped_at_its_index() {
    let item = |number: u8, bytes| Item { kind: ItemKind::Attachment, bytes, hash: ContentHash::sha256(&[number; 32]) };
    let index = |items| Index { dropped: vec![], items };
    let honest = index(vec![item(1, 10), item(2, 20)]);
    assert_eq!(with_index(&honest, |manifest| manifest), None);
    let refused = Some(StopReason::Content);
    assert_eq!(with_index(&honest, |manifest| Manifest { items: 3, ..manifest }), refused);
    assert_eq!(with_index(&honest, |manifest| Manifest { bytes: 31, ..manifest }), refused);
    assert_eq!(with_index(&index(vec![item(1, 10), item(1, 10)]), |manifest| manifest), refused);
    assert_eq!(with_index(&Index { dropped: vec![0], items: vec![item(1, 1)] }, |manifest| manifest), refused);
    let pack = Item { kind: ItemKind::Rows, ..item(1, 2 << 20) };
    assert_eq!(with_index(&index(vec![pack]), |manifest| manifest), refused);
}

/// Runs until the new device has got some, then gives it this instead of what comes.
fn chunk_instead(make: impl Fn(&World) -> Vec<u8>) -> World {
    let mut world = world();
    let mut done = false;
    world.run(60_000, |world| {
        if !done && world.new.stored.len() > 1 && world.views().1 == Some(ReceiverView::Receiving) {
            done = true;
            let message = make(world);
            world.tell_new(|new, now| new.handle_chunk(message, now));
        }
    });
    assert!(done);
    world
}

#[test]
fn chunks_of_another_item_beyond_the_credit_or_of_nothing_end_the_move_on_both_sides() {
    let account = Account::of(5);
    let first = account.first_index.items[0];
    let content = nyx_crypto::moving::Content { bytes: first.bytes, hash: first.hash };
    let real = account.chunk(ChunkHead { item: 1, chunk: 0 }, &content);
    let at = |item, chunk| [&ChunkHead { item, chunk }.to_bytes()[..], &real[8..]].concat();
    let with_more = [account.chunk(ChunkHead { item: 1, chunk: 2 }, &content), vec![0]].concat();
    let strange = [at(9, 0), at(5, 0), at(400, 0), at(1, 3), at(1, u32::MAX), at(u32::MAX, 0), vec![], vec![1; 80_000]];
    for message in strange.into_iter().chain([with_more]) {
        let world = chunk_instead(|_| message.clone());
        assert_eq!([world.old.stopped, world.new.stopped], [Some(StopReason::Content); 2]);
        assert!(world.old.has_key && !world.new.active && world.new.stored.is_empty());
    }
    // A right one, too early by far.
    let beyond = ChunkHead { item: 5, chunk: 0 };
    let world = chunk_instead(|world| world.account.chunk(beyond, &content_at(world, 4)));
    assert_eq!([world.old.stopped, world.new.stopped], [Some(StopReason::Content); 2]);
    // What came before is no attack.
    let world = chunk_instead(|world| world.account.chunk(ChunkHead { item: 1, chunk: 0 }, &content_at(world, 0)));
    world.check_end("twice");
}

fn content_at(world: &World, place: usize) -> nyx_crypto::moving::Content {
    let item = world.account.first_index.items[place];
    nyx_crypto::moving::Content { bytes: item.bytes, hash: item.hash }
}

#[test]
fn content_that_was_not_signed_for_is_found_out_whenever_the_new_device_dies() {
    for step in 0..40 {
        let mut world = world();
        world.account.spoil(0);
        let mut killed = false;
        world.run(60_000, |world| {
            // In the middle of the item, so that its running hash is lost; and once more a little later.
            if !killed && world.new.kept == 2 {
                killed = true;
                world.kill_new();
                world.new.fuel = step;
            }
        });
        assert!(killed);
        assert_eq!(world.new.stopped, Some(StopReason::Content), "step {step}");
        assert!(world.old.has_key && !world.new.active && world.new.content.is_none(), "step {step}");
    }
    // And where it does not.
    let mut world = world();
    world.account.spoil(0);
    world.run(60_000, |_| {});
    assert_eq!((world.new.stopped, world.new.kept <= 3), (Some(StopReason::Content), true), "{}", world.new.kept);
}

/// Runs until the old device is in this state, and lets it hear this.
fn heard(state: SenderView, min_sent: u64, frame: impl Fn(&World) -> Frame) -> World {
    heard_when(|world| world.sent >= min_sent && world.views().0 == Some(state), frame)
}

/// Before that a receipt is refused because it is early, whatever it says.
fn has_said_last(world: &World) -> bool {
    world.views().0 == Some(SenderView::Finishing)
        && world.old.machine.as_ref().is_some_and(|old| old.last_manifest().is_some())
}

fn heard_when(is_time: impl Fn(&World) -> bool, frame: impl Fn(&World) -> Frame) -> World {
    let mut world = world();
    let mut done = false;
    world.run(60_000, |world| {
        if !done && is_time(world) {
            done = true;
            let frame = frame(world).to_bytes();
            world.tell_old(|old, now| old.handle_frame(&frame, now));
        }
    });
    assert!(done);
    world
}

#[test]
fn endless_credit_is_not_used_and_impossible_credit_ends_the_move() {
    // An attachment of a terabyte, of which nothing is ever read.
    let large = Item { kind: ItemKind::Attachment, bytes: 1 << 40, hash: ContentHash::sha256(&[1; 32]) };
    let account = Account::with_first(Index { dropped: vec![], items: vec![large] });
    let outgoing = crate::moving::Outgoing {
        keys: account.transfer_keys(),
        identity: account.identity(),
        manifest: account.first(),
        index: account.first_index.to_bytes(),
    };
    let sender = Sender::offer(outgoing, 0);
    let (sender, _) = sender.unwrap().0.handle_persisted(0);
    let (sender, _) = sender.handle_link(0);
    let (sender, outputs) = sender.handle_frame(&Frame::Credit { kept: 0, may: u64::MAX }.to_bytes(), 0);
    let chunks = outputs.iter().filter(|output| matches!(output, Output::Chunk { .. })).count() as u64;
    assert_eq!(chunks, WINDOW_CHUNKS_MAX);
    let (_, outputs) = sender.handle_frame(&Frame::Credit { kept: 0, may: u64::MAX }.to_bytes(), 0);
    assert!(outputs.is_empty(), "nothing is sent twice for being asked twice");
    for (kept, may) in [(5, 4), (u64::MAX, u64::MAX), (0, 1)] {
        let world = heard(SenderView::Sending, 300_000, |_| Frame::Credit { kept, may });
        assert_eq!((world.old.stopped, world.old.has_key, world.old.frozen), (Some(StopReason::Content), true, false));
    }
}

#[test]
fn a_ready_for_something_else_or_too_early_gets_nothing() {
    let early = heard(SenderView::Sending, 100_000, |world| {
        let (keys, cert) = world.account.new_device();
        let content = content_of(world.account.end_items());
        Frame::Ready(sign_ready(keys, cert, &world.account.last(), content).signed().clone())
    });
    assert!(early.old.stopped.is_some() && early.old.has_key && !early.new.active);
    for lie in 0..4 {
        let world = heard_when(has_said_last, |world| {
            let (keys, cert) = world.account.new_device();
            let (last, content) = (world.account.last(), content_of(world.account.end_items()));
            let (thief, of_thief) = device(AccountRootKey::from_seed(&Secret::from_bytes([8; 32])).aid(), 9);
            let other = world.account.opkey().sign_manifest(Manifest { transfer: [0; 16], ..(*last).clone() });
            let ready = match lie {
                0 => sign_ready(keys, cert, &other, content),
                1 => sign_ready(keys, cert, &last, [0; 32]),
                2 => sign_ready(&thief, &of_thief, &last, content),
                _ => sign_ready(&thief, cert, &last, content),
            };
            Frame::Ready(ready.signed().clone())
        });
        assert_eq!(world.old.stopped, Some(StopReason::Content), "{lie}");
        assert!(world.old.has_key && !world.old.frozen && !world.new.active, "{lie}");
    }
}

#[test]
fn a_replayed_or_forged_receipt_is_no_receipt() {
    for lie in 0..3 {
        let mut world = world();
        let mut at = None;
        world.run(600_000, |world| {
            if at.is_none() && world.views().0 == Some(SenderView::Released) {
                at = Some(world.now());
                world.unlink(60_000);
                let account = &world.account;
                let identity = account.identity();
                let (keys, cert) = account.new_device();
                let next = account.opkey().next_list(identity.opkey(), identity.list(), vec![cert.signed().clone()]);
                let next = nyx_crypto::device_list::verify(identity.opkey(), next.unwrap().signed()).unwrap();
                let (thief, _) = device(account.aid(), 9);
                let earlier =
                    account.opkey().sign_manifest(Manifest { transfer: [0; 16], ..(*account.last()).clone() });
                let done = match lie {
                    0 => sign_done(&thief, &account.last(), &next),
                    1 => sign_done(keys, &earlier, &next),
                    _ => sign_done(keys, &account.last(), identity.list()),
                };
                let frame = Frame::Done(done.signed().clone()).to_bytes();
                world.tell_old(|old, now| old.handle_frame(&frame, now));
            }
            if at.is_some_and(|at| world.now() < at + 50_000) {
                assert!(!world.old.moved && world.views().0 == Some(SenderView::Released), "{lie}");
            }
        });
        world.check_end("the right receipt came in the end");
    }
}

#[test]
fn a_release_to_another_device_or_with_another_key_is_not_taken() {
    let mut world = world();
    let mut tried = false;
    world.run(60_000, |world| {
        if tried || world.views().1 != Some(ReceiverView::Ready) {
            return;
        }
        tried = true;
        let account = &world.account;
        let (identity, last) = (account.identity(), account.last());
        let (_, other) = device(account.aid(), 9);
        let list = |cert: &Verified<nyx_wire::identity::DeviceCert>| {
            account.opkey().next_list(identity.opkey(), identity.list(), vec![cert.signed().clone()]).unwrap()
        };
        let mut rng = world.rng.clone();
        let keys = account.transfer_keys();
        let right = keys.wrap_operating_key(&account.opkey(), &last, &mut rng).unwrap();
        let wrong = keys.wrap_operating_key(&OperatingKey::generate(&mut rng), &last, &mut rng).unwrap();
        let own = &account.new_device().1;
        let both = account.opkey().next_list(
            identity.opkey(),
            identity.list(),
            vec![own.signed().clone(), identity.list().list().devices[0].clone()],
        );
        let next = nyx_crypto::device_list::verify(identity.opkey(), list(own).signed()).unwrap();
        let after_next = account.opkey().next_list(identity.opkey(), &next, vec![own.signed().clone()]).unwrap();
        let frames = [
            (list(&other), right),
            (list(own), wrong),
            (list(own), [0; 72]),
            (both.unwrap(), right),
            (after_next, right),
        ];
        for (list, opkey) in frames {
            let frame = Frame::Release(nyx_wire::moving::Release { list: list.signed().clone(), opkey }).to_bytes();
            world.tell_new(|new, now| new.handle_frame(&frame, now));
            assert_eq!(world.views().1, Some(ReceiverView::Ready));
        }
    });
    assert!(tried);
    world.check_end("the right release came in the end");
}

#[test]
fn a_last_manifest_that_continues_another_move_is_refused() {
    let account = Account::tiny();
    let last = |change: fn(&mut Manifest)| {
        let mut manifest = Manifest::clone(&account.last());
        change(&mut manifest);
        account.opkey().sign_manifest(manifest)
    };
    let all = account.layout().last_index;
    // Where the first has been read and not all of it is kept, there is no last one yet.
    for (kept, manifest, is_taken) in [
        (0, account.last(), false),
        (all - 1, account.last(), false),
        (all, account.first(), false),
        (all, last(|manifest| manifest.prev = [9; 32]), false),
        (all, last(|manifest| manifest.transfer[0] ^= 1), false),
        (all, last(|manifest| manifest.aid[0] ^= 1), false),
        (all, account.last(), true),
    ] {
        let new = holding(&account, kept);
        let (new, _) = new.handle_frame(&Frame::Last(manifest.signed().clone()).to_bytes(), 0);
        let view = if is_taken { ReceiverView::Receiving } else { ReceiverView::Stopped(StopReason::Content) };
        assert_eq!(new.view(), view, "{kept} items are here: {:?}", *manifest);
    }
    // There is one, and it stays that one.
    let (new, _) = holding(&account, all).handle_frame(&Frame::Last(account.last().signed().clone()).to_bytes(), 0);
    let (new, _) = new.handle_persisted(0);
    let other = last(|manifest| manifest.reset_public[0] ^= 1);
    let (new, _) = new.handle_frame(&Frame::Last(other.signed().clone()).to_bytes(), 0);
    assert_eq!(new.view(), ReceiverView::Stopped(StopReason::Content));
}

/// A new device that holds so many items of the sequence, each of which has one chunk.
fn holding(account: &Account, items: u32) -> Receiver {
    let places = account.layout();
    let (mut new, _) = offered(account, offer(account, &account.first()));
    for item in 0..items {
        let message = account.chunk(ChunkHead { item, chunk: 0 }, &places.content(item));
        let outputs;
        (new, outputs) = new.handle_chunk(message, 0);
        for output in outputs {
            if let Output::Sync(place) = output {
                (new, _) = new.handle_synced(place, 0);
            }
        }
    }
    new
}
