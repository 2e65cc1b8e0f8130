//! Two hosts on networks of their own, and one between them that both reach: where a service runs, or a router.

use super::{INTERFACE, LEFT, Namespace, cable};
use std::net::Ipv4Addr;

/// Where both reach the one between them.
pub const MIDDLE: Ipv4Addr = Ipv4Addr::new(10, 77, 9, 9);
/// The address of the right one: on another network than [`LEFT`].
pub const FAR: Ipv4Addr = Ipv4Addr::new(10, 77, 1, 2);

/// Two namespaces with a third between them.
#[derive(Debug)]
pub struct Between {
    /// Has [`LEFT`].
    pub left: Namespace,
    /// Has [`MIDDLE`], and an address on each network.
    pub middle: Namespace,
    /// Has [`FAR`].
    pub right: Namespace,
}

impl Between {
    /// The one between them passes nothing on: neither reaches the other.
    pub fn apart() -> Self {
        Self::new("0")
    }

    /// The one between them is their router.
    pub fn routed() -> Self {
        Self::new("1")
    }

    fn new(forwards: &str) -> Self {
        let [left, middle, right] = ["left", "middle", "right"].map(Namespace::new);
        middle.run("ip", &["address", "add", &format!("{MIDDLE}/32"), "dev", "lo"]);
        // A new network takes over what the machine's own is set to.
        middle.run("sh", &["-c", &format!("echo {forwards} > /proc/sys/net/ipv4/ip_forward")]);
        for (namespace, side, address) in [(&left, "side0", LEFT), (&right, "side1", FAR)] {
            cable((namespace, INTERFACE), (&middle, side));
            let router = router(address);
            middle.run("ip", &["address", "add", &format!("{router}/24"), "dev", side]);
            middle.run("ip", &["link", "set", side, "up"]);
            namespace.run("ip", &["address", "add", &format!("{address}/24"), "dev", INTERFACE]);
            namespace.run("ip", &["link", "set", INTERFACE, "up"]);
            namespace.run("ip", &["route", "add", "default", "via", &router.to_string()]);
        }
        Self { left, middle, right }
    }

    /// Gives the left one another address on its network.
    pub fn move_left(&self, address: Ipv4Addr) {
        self.left.readdress(address);
        self.left.run("ip", &["route", "add", "default", "via", &router(address).to_string()]);
    }
}

/// The address of the one between on the network of another.
fn router(of: Ipv4Addr) -> Ipv4Addr {
    let [a, b, c, _] = of.octets();
    Ipv4Addr::new(a, b, c, 254)
}
