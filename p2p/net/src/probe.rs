//! Looks at what the drivers would use, for a person who wants to know why two devices do not find each other.

use crate::{
    interfaces::{Interfaces, Local},
    policy::Grant,
    signal::{Service, SignalClient, Standing},
};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::{net::UdpSocket, time::timeout};

/// The addresses that a grant allows, as they are now.
pub fn networks(grant: &Arc<Grant>) -> io::Result<Vec<Local>> {
    Interfaces::new(Arc::clone(grant)).now()
}

/// Whether what is said to all devices on the network of this interface is heard by them, as far as this machine alone
/// can tell: whether it hears itself. The group is the one by which devices find each other, the port is not, so nobody else is
/// disturbed.
pub async fn hears_itself(local: &Local, patience: Duration) -> io::Result<bool> {
    let IpAddr::V4(own) = local.address else { return Ok(false) };
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    let port = socket.local_addr()?.port();
    socket.join_multicast_v4(GROUP, own)?;
    let from = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None)?;
    from.bind(&SocketAddr::from((own, 0)).into())?;
    from.set_multicast_if_v4(&own)?;
    from.set_multicast_loop_v4(true)?;
    let word = getrandom::u64()?.to_be_bytes();
    from.send_to(&word, &SocketAddr::from((GROUP, port)).into())?;
    let heard = timeout(patience, async {
        let mut bytes = [0; 16];
        loop {
            let (length, _) = socket.recv_from(&mut bytes).await?;
            if bytes[..length] == word {
                return Ok::<_, io::Error>(());
            }
        }
    });
    match heard.await {
        Ok(heard) => heard.map(|()| true),
        Err(_) => Ok(false),
    }
}

/// Whether a service answers, within this time.
pub async fn answers(grant: Arc<Grant>, service: Service, patience: Duration) -> bool {
    let client = SignalClient::start(grant, service);
    let mut standing = client.standing();
    let settled = standing.wait_for(|standing| matches!(standing, Standing::Connected | Standing::Denied));
    matches!(timeout(patience, settled).await, Ok(Ok(standing)) if *standing == Standing::Connected)
}

/// The group of mDNS (RFC 6762).
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
