//! Announcing and hearing announcements, on one address of this machine.
//!
//! The ready-made mDNS of libp2p speaks on every interface, whatever was granted, calls whoever announces anything, and
//! goes on after it was dropped: `p2p/docs/decisions/0033-announcements-of-our-own.md`.

use super::limits::HEARD_AT_ONCE;
use crate::interfaces::Local;
use nyx_wire::lan::{ANNOUNCEMENT_LEN, Announcement};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    task::{Context, Poll, ready},
};
use tokio::{io::ReadBuf, net::UdpSocket};

/// One socket of multicast DNS.
pub(super) struct Voice {
    socket: UdpSocket,
    local: Local,
}

impl Voice {
    /// `None` for IPv6: its link-local addresses can't be called without their interface, and a network without any IPv4
    /// is met at a typed address.
    pub(super) fn open(local: &Local) -> io::Result<Option<Self>> {
        let IpAddr::V4(address) = local.address else { return Ok(None) };
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        // Whatever else speaks multicast DNS on this machine has the port too.
        socket.set_reuse_address(true)?;
        #[cfg(unix)]
        socket.set_reuse_port(true)?;
        // Bound to the group, the socket hears nothing that was sent to this machine alone.
        let group = if cfg!(unix) { GROUP } else { Ipv4Addr::UNSPECIFIED };
        socket.bind(&SocketAddr::new(group.into(), PORT).into())?;
        // Otherwise Linux gives it what came in on interfaces that other sockets have joined on.
        #[cfg(target_os = "linux")]
        socket.set_multicast_all_v4(false)?;
        socket.join_multicast_v4(&GROUP, &address)?;
        socket.set_multicast_if_v4(&address)?;
        // Two programs on one machine meet too.
        socket.set_multicast_loop_v4(true)?;
        socket.set_multicast_ttl_v4(255)?;
        socket.set_nonblocking(true)?;
        Ok(Some(Self { socket: UdpSocket::from_std(socket.into())?, local: local.clone() }))
    }

    pub(super) fn say(&self, announcement: &Announcement) {
        // An interface without multicast, or none any more: a typed address remains.
        if let Err(error) = self.socket.try_send_to(&announcement.encode(), SocketAddr::new(GROUP.into(), PORT)) {
            tracing::debug!(%error, "an announcement was not sent");
        }
    }

    /// The next announcement, and where its author listens by its own account.
    pub(super) fn poll_hear(&self, cx: &mut Context<'_>) -> Poll<io::Result<(Announcement, SocketAddr)>> {
        for _ in 0..HEARD_AT_ONCE {
            // One byte more than ours have, so that longer ones are not cut to their length.
            let mut bytes = [0; ANNOUNCEMENT_LEN + 1];
            let mut read = ReadBuf::new(&mut bytes);
            let from = ready!(self.socket.poll_recv_from(cx, &mut read))?;
            if let (Ok(said), true) = (Announcement::decode(read.filled()), self.local.is_on_link(from.ip())) {
                let at = SocketAddr::new(from.ip(), said.port);
                return Poll::Ready(Ok((said, at)));
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

/// RFC 6762 §3.
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const PORT: u16 = 5353;
