//! What carries the bytes.

use crate::{
    child::{Meter, Times, heard},
    network::Network,
    trips::{Trips, echo},
};
use bytes::Bytes;
use nyx_net::{
    lane::Purpose,
    link::{BulkCarrier, Congestion, Description, Link, Options, Tuning},
    policy::Settings,
};
use nyx_testkit::hosts::{LEFT, Pair};
use rtc::{ice::mdns::MulticastDnsMode, peer_connection::configuration::setting_engine::SettingEngineBuilder};
use socket2::SockRef;
use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    time::timeout,
};
use webrtc::{
    data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit},
    peer_connection::{
        PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState, RTCSessionDescription,
    },
};

#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Carrier {
    /// The link as it is: QUIC on its pair.
    Link,
    /// The same on a kernel whose caps nobody has raised.
    LinkStock,
    /// The link with what most of the Internet does about congestion.
    LinkCubic,
    /// The same with quinn's BBR.
    LinkBbr,
    /// The link where no QUIC gets through: one data channel.
    Channel,
    /// The same on a kernel whose caps nobody has raised.
    ChannelStock,
    /// The WebRTC crate with its defaults.
    Crate,
    /// quinn with its defaults.
    Quic,
    /// What the kernel does: TCP, cubic.
    Tcp,
    /// The same with the kernel's BBR.
    TcpBbr,
    /// node-datachannel with its defaults, in a process of its own kind: `node-datachannel.cjs`.
    Node,
}

const CHUNK: usize = 64 * 1024;
/// `net.core.rmem_max` of a stock Linux.
const STOCK_BUFFER: usize = 212_992;
/// Longer than a connection takes at 5 % loss.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

impl Carrier {
    pub(crate) const ALL: [Self; 11] = [
        Self::Link,
        Self::LinkStock,
        Self::LinkCubic,
        Self::LinkBbr,
        Self::Channel,
        Self::ChannelStock,
        Self::Crate,
        Self::Quic,
        Self::Tcp,
        Self::TcpBbr,
        Self::Node,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::LinkStock => "link-stock-kernel",
            Self::LinkCubic => "link-cubic",
            Self::LinkBbr => "link-bbr",
            Self::Channel => "channel",
            Self::ChannelStock => "channel-stock-kernel",
            Self::Crate => "webrtc-defaults",
            Self::Quic => "quinn",
            Self::Tcp => "tcp",
            Self::TcpBbr => "tcp-bbr",
            Self::Node => "node-datachannel",
        }
    }

    /// Makes the network such that this is what carries.
    pub(crate) fn arrange(self, pair: &Pair) {
        match self {
            Self::Channel | Self::ChannelStock => {
                pair.left.swallow_quic();
                pair.right.swallow_quic();
            }
            _ => {}
        }
    }

    /// Whether the whole table has it there. Everything everywhere would take an hour.
    pub(crate) fn belongs(self, network: Network) -> bool {
        match self {
            Self::Link | Self::Tcp | Self::TcpBbr => true,
            Self::Channel | Self::LinkCubic | Self::LinkBbr => network.is_narrow() || network.is_usual(),
            Self::LinkStock | Self::ChannelStock | Self::Crate | Self::Quic | Self::Node => {
                network.is_near() && network.is_usual()
            }
        }
    }

    /// Whether the table of paths has it.
    pub(crate) const fn belongs_to_paths(self) -> bool {
        matches!(self, Self::Link | Self::LinkStock | Self::Channel | Self::ChannelStock | Self::Quic | Self::Tcp)
    }

    /// Whether it is a link that has QUIC.
    const fn is_fast(self) -> bool {
        matches!(self, Self::Link | Self::LinkStock | Self::LinkCubic | Self::LinkBbr)
    }

    /// Whether it can be measured here.
    pub(crate) fn is_there(self) -> bool {
        match self {
            Self::Node => node_datachannel().is_some(),
            Self::TcpBbr => std::fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")
                .is_ok_and(|names| names.split_whitespace().any(|name| name == "bbr")),
            _ => true,
        }
    }

    pub(crate) fn parse(name: &str) -> Self {
        Self::ALL.into_iter().find(|carrier| carrier.name() == name).unwrap()
    }

    pub(crate) async fn send(self) {
        match self {
            Self::Link | Self::LinkStock | Self::LinkCubic | Self::LinkBbr | Self::Channel | Self::ChannelStock => {
                let (link, offer) = Link::offer(self.options()).await.unwrap();
                println!("{}", hex(&offer.encode()));
                link.accept(&Description::decode(&unhex(&heard().await)).unwrap()).await.unwrap();
                link.opened().await.unwrap();
                if self.is_fast() {
                    let mut carrier = link.bulk_carrier();
                    let quic = carrier.wait_for(|carrier| *carrier == BulkCarrier::Quic);
                    timeout(PATIENCE, quic).await.unwrap().unwrap();
                }
                let (lane, trips) = (link.lane(Purpose::Bulk), Trips::begin(link.lane(Purpose::Chat)));
                let meter = push(async |chunk| lane.send(chunk).await.is_ok()).await;
                meter.report(0, trips.end());
            }
            Self::Crate => {
                let (peer, channel) = bare_peer().await;
                let offer = peer.create_offer(None).await.unwrap();
                println!("{}", hex(local(&peer, offer).await.as_bytes()));
                let answer = String::from_utf8(unhex(&heard().await)).unwrap();
                peer.set_remote_description(RTCSessionDescription::answer(answer).unwrap()).await.unwrap();
                opened(&channel).await;
                push(async |chunk| channel.send(chunk[..].into()).await.is_ok()).await.report(0, None);
            }
            Self::Quic => {
                let (endpoint, certificate) = quic_server();
                println!("{}", hex(&certificate));
                heard().await;
                let connection = endpoint.accept().await.unwrap().await.unwrap();
                let mut stream = connection.open_uni().await.unwrap();
                push(async |chunk| stream.write_chunk(chunk).await.is_ok()).await.report(0, None);
            }
            Self::Tcp | Self::TcpBbr => {
                let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
                println!("{}", listener.local_addr().unwrap().port());
                heard().await;
                let (mut stream, _) = listener.accept().await.unwrap();
                // Whatever this machine is set to.
                let control: &[u8] = if self == Self::TcpBbr { b"bbr" } else { b"cubic" };
                SockRef::from(&stream).set_tcp_congestion(control).unwrap();
                push(async |chunk| stream.write_all(&chunk).await.is_ok()).await.report(0, None);
            }
            Self::Node => unreachable!("another program does it"),
        }
    }

    pub(crate) async fn receive(self, times: Times) {
        match self {
            Self::Link | Self::LinkStock | Self::LinkCubic | Self::LinkBbr | Self::Channel | Self::ChannelStock => {
                let offer = Description::decode(&unhex(&heard().await)).unwrap();
                let (link, answer) = Link::answer(self.options(), &offer).await.unwrap();
                println!("{}", hex(&answer.encode()));
                let lane = link.lane(Purpose::Bulk);
                tokio::spawn(echo(link.lane(Purpose::Chat)));
                pull(times, async || lane.receive().await.unwrap().map_or(0, |message| message.len())).await;
            }
            Self::Crate => {
                let (peer, channel) = bare_peer().await;
                let offer = String::from_utf8(unhex(&heard().await)).unwrap();
                peer.set_remote_description(RTCSessionDescription::offer(offer).unwrap()).await.unwrap();
                let answer = peer.create_answer(None).await.unwrap();
                println!("{}", hex(local(&peer, answer).await.as_bytes()));
                opened(&channel).await;
                pull(times, async || {
                    loop {
                        match channel.poll().await {
                            Some(DataChannelEvent::OnMessage(message)) => return message.data.len(),
                            Some(_) => {}
                            None => std::future::pending().await,
                        }
                    }
                })
                .await;
            }
            Self::Quic => {
                let certificate = unhex(&heard().await);
                println!("ready");
                let endpoint = quic_client(certificate);
                let connecting = endpoint.connect((LEFT, QUIC_PORT).into(), "bench").unwrap();
                let connection = connecting.await.unwrap();
                let mut stream = connection.accept_uni().await.unwrap();
                pull(times, async || {
                    stream.read_chunk(CHUNK, true).await.unwrap().map_or(0, |chunk| chunk.bytes.len())
                })
                .await;
            }
            Self::Tcp | Self::TcpBbr => {
                let port: u16 = heard().await.parse().unwrap();
                println!("ready");
                let mut stream = TcpStream::connect((LEFT, port)).await.unwrap();
                let mut buffer = vec![0; CHUNK];
                pull(times, async || stream.read(&mut buffer).await.unwrap()).await;
            }
            Self::Node => unreachable!("another program does it"),
        }
    }

    fn options(self) -> Options {
        let mut options = Options::new(Settings::default().decide().unwrap());
        match self {
            Self::LinkStock | Self::ChannelStock => {
                options.tuning = Tuning { socket_buffer: STOCK_BUFFER, ..Tuning::default() }
            }
            Self::LinkCubic => options.tuning.congestion = Congestion::Cubic,
            Self::LinkBbr => options.tuning.congestion = Congestion::Bbr,
            _ => {}
        }
        options
    }
}

/// The folder of packages in which node-datachannel is installed, if it is.
pub(crate) fn node_datachannel() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("NYX_NODE_MODULES")?);
    folder.join("node-datachannel").is_dir().then_some(folder)
}

/// Sends until the other side has enough.
async fn push(mut send: impl AsyncFnMut(Bytes) -> bool) -> Meter {
    let (chunk, meter) = (Bytes::from(vec![7; CHUNK]), Meter::start(Duration::MAX));
    let enough = heard();
    tokio::pin!(enough);
    loop {
        tokio::select! {
            biased;
            _ = &mut enough => break,
            sent = send(chunk.clone()) => if !sent {
                enough.await;
                break;
            },
        }
    }
    meter
}

/// Counts from the first bytes on, for the time.
async fn pull(times: Times, mut receive: impl AsyncFnMut() -> usize) {
    timeout(PATIENCE, receive()).await.expect("something arrives");
    let settling = Meter::start(times.before);
    while !settling.is_over() && timeout(settling.left(), receive()).await.is_ok() {}
    let (mut bytes, meter) = (0, Meter::start(times.counted));
    while !meter.is_over() {
        match timeout(meter.left(), receive()).await {
            Ok(len) => bytes += len as u64,
            Err(_) => break,
        }
    }
    meter.report(bytes, None);
}

struct Gathered(Notify);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Gathered {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.0.notify_one();
        }
    }
}

/// As the crate's own examples build it; with a bound to what is queued, for without one it takes all memory.
async fn bare_peer() -> (Arc<dyn PeerConnection>, Arc<dyn DataChannel>) {
    let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
    let peer = PeerConnectionBuilder::new()
        .with_setting_engine(settings)
        .with_handler(Arc::new(Gathered(Notify::new())))
        .with_udp_addrs(vec!["0.0.0.0:0"])
        .with_data_channel_send_buffer_limit(4 * 1024 * 1024)
        .build()
        .await
        .unwrap();
    let init = RTCDataChannelInit { negotiated: Some(0), ..RTCDataChannelInit::default() };
    let channel = peer.create_data_channel("bulk", Some(init)).await.unwrap();
    (Arc::new(peer), channel)
}

async fn local(peer: &Arc<dyn PeerConnection>, description: RTCSessionDescription) -> String {
    peer.set_local_description(description).await.unwrap();
    // Interfaces answer at once.
    tokio::time::sleep(Duration::from_millis(200)).await;
    peer.local_description().await.unwrap().sdp
}

async fn opened(channel: &Arc<dyn DataChannel>) {
    while !matches!(timeout(PATIENCE, channel.poll()).await.unwrap(), Some(DataChannelEvent::OnOpen)) {}
}

fn quic_server() -> (quinn::Endpoint, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["bench".into()]).unwrap();
    let certificate = made.cert.der().to_vec();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config = quinn::ServerConfig::with_single_cert(vec![certificate.clone().into()], key.into()).unwrap();
    (quinn::Endpoint::server(config, (Ipv4Addr::UNSPECIFIED, QUIC_PORT).into()).unwrap(), certificate)
}

fn quic_client(certificate: Vec<u8>) -> quinn::Endpoint {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.into()).unwrap();
    let mut endpoint = quinn::Endpoint::client(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))).unwrap();
    endpoint.set_default_client_config(quinn::ClientConfig::with_root_certificates(Arc::new(roots)).unwrap());
    endpoint
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

const QUIC_PORT: u16 = 4433;
