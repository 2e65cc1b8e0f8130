//! Places that a device hosts, and who hears anything of them.

use crate::ends::anywhere;
use nyx_net::{
    listen,
    policy::{Grant, Settings},
};
use nyx_testkit::hosts::{Between, Capture, FAR, LEFT, possible};
use std::{io::ErrorKind, net::TcpStream, time::Duration};

#[test]
fn only_this_network_hears_of_a_place_that_is_hosted_for_this_network() {
    if !possible("only_this_network_hears_of_a_place_that_is_hosted_for_this_network") {
        return;
    }
    let lan_only = Settings { lan_only: true, ..Settings::default() }.decide().unwrap();
    let hosts = Between::routed();
    let capture = Capture::start(&hosts.right);
    // It asks, and nothing comes back.
    assert_eq!(answers(&hosts, &lan_only), (true, false));
    assert_eq!(capture.conversations(), [format!("{FAR} > {LEFT}")].into());
    assert_eq!(answers(&hosts, &anywhere()), (true, true));
}

/// Whether a neighbour gets an answer, and whether somebody beyond a router does.
fn answers(hosts: &Between, grant: &Grant) -> (bool, bool) {
    let listener = hosts.left.enter(|| listen(grant, (LEFT, 0).into())).unwrap();
    let at = listener.local_addr().unwrap();
    let is_answered = || match TcpStream::connect_timeout(&at, Duration::from_secs(2)) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            false
        }
    };
    (hosts.middle.enter(is_answered), hosts.right.enter(is_answered))
}
