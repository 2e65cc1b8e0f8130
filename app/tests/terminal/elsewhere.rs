//! Two who come back to each other in another place.

use crate::mover::{Life, Move};
use nyx_testkit::{
    hosts::{Pair, possible},
    seed::Seeded,
};
use std::net::Ipv4Addr;

#[test]
fn two_whose_addresses_have_both_changed_find_each_other_on_their_network() {
    if !possible("two_whose_addresses_have_both_changed_find_each_other_on_their_network") {
        return;
    }
    let mut moving = Move::new(&mut Seeded::from_environment("elsewhere"), &[9_000_000]);
    moving.window = Some(8);
    moving.networks = Some(Pair::cable());
    for killed in moving.run([Life::killed(1), Life::killed(1)]) {
        assert!(!killed.has_ended(0), "{killed:?}");
    }
    // The place that one of them hosted is nowhere any more, and there is no service.
    let pair = moving.networks.as_ref().unwrap();
    pair.left.readdress(Ipv4Addr::new(10, 77, 0, 97));
    pair.right.readdress(Ipv4Addr::new(10, 77, 0, 98));
    for ended in moving.run([Life::whole(), Life::whole()]) {
        ended.assert_ended(0);
    }
    moving.assert_moved();
}
