use super::*;

fn server(url: &str) -> IceServer {
    IceServer { url: url.into(), username: String::new(), credential: String::new() }
}

fn settings(lan_only: bool, relay_only: bool, servers: &[&str]) -> Settings {
    Settings { lan_only, relay_only, interfaces: Vec::new(), servers: servers.iter().map(|url| server(url)).collect() }
}

fn at(address: &str, prefix: u8) -> Local {
    Local { interface: "eth0".into(), address: address.parse().unwrap(), prefix }
}

fn locals() -> Vec<Local> {
    vec![
        Local { interface: "eth0".into(), address: [192, 168, 7, 2].into(), prefix: 24 },
        Local { interface: "wlan0".into(), address: "fd00:1::2".parse().unwrap(), prefix: 64 },
        Local { interface: "ppp0".into(), address: [10, 9, 8, 7].into(), prefix: 32 },
    ]
}

const STUN: &str = "stun:stun.example:3478";
const TURN: &str = "turn:turn.example:3478?transport=udp";
const TURNS: &str = "turns:turn.example:5349";

#[test]
fn every_combination_of_settings_has_its_line() {
    // lan_only, relay_only, servers -> discovery, hosting, by hand, dns, host, reflexive, relayed, servers left
    type Line = (bool, bool, &'static [&'static str], Result<([bool; 7], &'static [&'static str]), Contradiction>);
    let table: &[Line] = &[
        (false, false, &[], Ok(([true, true, true, true, true, true, true], &[]))),
        (false, false, &[STUN, TURN, TURNS], Ok(([true; 7], &[STUN, TURN, TURNS]))),
        (false, false, &["http://x", "nonsense", STUN], Ok(([true; 7], &[STUN]))),
        (true, false, &[], Ok(([true, true, true, false, true, false, false], &[]))),
        (true, false, &[STUN, TURN], Ok(([true, true, true, false, true, false, false], &[]))),
        (false, true, &[STUN, TURN], Ok(([false, false, false, true, false, false, true], &[TURN]))),
        (false, true, &[STUN], Err(Contradiction::NoRelayKnown)),
        (false, true, &[], Err(Contradiction::NoRelayKnown)),
        (true, true, &[TURN], Err(Contradiction::LanOnlyAndRelayOnly)),
        (true, true, &[], Err(Contradiction::LanOnlyAndRelayOnly)),
    ];
    for (lan_only, relay_only, servers, expected) in table {
        let decided = settings(*lan_only, *relay_only, servers).decide().map(|grant| {
            let Grant { drivers, candidates, servers, .. } = grant;
            let flags = [
                drivers.lan_discovery,
                drivers.lan_room,
                drivers.by_hand,
                drivers.dns,
                candidates.host,
                candidates.reflexive,
                candidates.relayed,
            ];
            (flags, servers.into_iter().map(|server| server.url).collect::<Vec<_>>())
        });
        let expected = expected.map(|(flags, left)| (flags, left.iter().map(ToString::to_string).collect()));
        assert_eq!(decided, expected, "lan_only {lan_only}, relay_only {relay_only}, {servers:?}");
    }
}

#[test]
fn lan_only_reaches_what_no_router_passes_on() {
    let grant = settings(true, false, &[]).decide().unwrap();
    for (address, on_link) in [
        ("192.168.7.9", true),
        ("192.168.8.9", false), // Private, but behind a router, and a router may lead anywhere.
        ("10.9.8.7", true),     // This machine itself.
        ("10.9.8.8", false),    // The other end of a dial-up: not this network.
        ("203.0.113.5", false),
        ("fd00:1::77", true),
        ("fd00:2::77", false),
        ("224.0.0.251", false),
        ("255.255.255.255", false),
        ("127.0.0.1", false),
        ("::ffff:192.168.7.9", true), // The same machine in other clothes.
        ("::ffff:8.8.8.8", false),
    ] {
        let address: IpAddr = address.parse().unwrap();
        let to = SocketAddr::new(address, 4000);
        assert_eq!(grant.may_send(to, &locals(), &[to]), on_link, "{address}");
        assert_eq!(grant.may_signal(address, &locals()), on_link, "{address}");
        assert_eq!(grant.may_try(CandidateKind::Host, address, &locals()), on_link, "{address}");
        assert!(!grant.may_try(CandidateKind::Reflexive, address, &locals()));
        assert!(!grant.may_try(CandidateKind::Relayed, address, &locals()));
    }
}

#[test]
fn relay_only_sends_to_the_relay_and_nowhere_else() {
    let grant = settings(false, true, &[TURN]).decide().unwrap();
    let relay: SocketAddr = "203.0.113.5:3478".parse().unwrap();
    assert!(grant.may_send(relay, &locals(), &[relay]));
    assert!(!grant.may_send("203.0.113.5:3479".parse().unwrap(), &locals(), &[relay]));
    assert!(!grant.may_send("192.168.7.9:3478".parse().unwrap(), &locals(), &[relay]));
    assert!(!grant.may_send(relay, &locals(), &[]));
    assert!(grant.candidates.allow(CandidateKind::Relayed));
    assert!(!grant.candidates.allow(CandidateKind::Host) && !grant.candidates.allow(CandidateKind::Reflexive));
}

#[test]
fn named_interfaces_are_the_only_ones_and_loopback_must_be_named() {
    let loopback = Local { interface: "lo".into(), address: [127, 0, 0, 1].into(), prefix: 8 };
    let all = settings(false, false, &[]).decide().unwrap();
    assert!(all.may_bind(&locals()[0]) && all.may_bind(&locals()[1]) && !all.may_bind(&loopback));
    let some = Settings { interfaces: vec!["lo".into(), "wlan0".into()], ..Settings::default() }.decide().unwrap();
    assert!(!some.may_bind(&locals()[0]) && some.may_bind(&locals()[1]) && some.may_bind(&loopback));
}

#[test]
fn a_code_of_somebody_else_leads_to_no_program_here_no_metadata_and_nowhere_in_clear_text() {
    let locals = [at("192.168.1.7", 24), at("169.254.3.4", 16)];
    let anywhere = Settings::default().decide().unwrap();
    for (to, encrypted, clear) in [
        ("198.51.100.7", true, false),
        ("2001:db8::7", true, false),
        ("10.9.8.7", true, true),
        ("192.168.1.9", true, true),
        ("fd12::7", true, true),
        ("127.0.0.1", false, false),
        ("::1", false, false),
        ("::ffff:127.0.0.1", false, false),
        ("0.0.0.0", false, false),
        ("::", false, false),
        ("169.254.169.254", false, false),
        ("fd00:ec2::254", false, false),
        ("169.254.9.9", true, true),
        ("fe80::1", false, false),
        ("224.0.0.251", false, false),
        ("255.255.255.255", false, false),
    ] {
        let to: IpAddr = to.parse().unwrap();
        let may = |is_encrypted| anywhere.may_follow(to, is_encrypted, &locals);
        assert_eq!((may(true), may(false)), (encrypted, clear), "{to}");
        // What a person chose, they chose.
        assert!(anywhere.may_signal(to, &locals));
    }
    let lan_only = Settings { lan_only: true, ..Settings::default() }.decide().unwrap();
    assert!(lan_only.may_follow("192.168.1.9".parse().unwrap(), false, &locals));
    assert!(!lan_only.may_follow("10.9.8.7".parse().unwrap(), true, &locals));
    assert!(!lan_only.may_follow("198.51.100.7".parse().unwrap(), true, &locals));
}

#[test]
fn a_place_that_is_hosted_where_nothing_may_cross_a_router_admits_neighbours() {
    let locals = [at("192.168.1.7", 24)];
    let of = |lan_only, relay_only| Settings { lan_only, relay_only, ..Settings::default() }.before_servers().unwrap();
    let (near, far) = ("192.168.1.9".parse().unwrap(), "10.9.8.7".parse().unwrap());
    assert!(of(true, false).may_admit(near, &locals) && !of(true, false).may_admit(far, &locals));
    assert!(of(false, false).may_admit(near, &locals) && of(false, false).may_admit(far, &locals));
    assert!(!of(false, true).may_admit(near, &locals));
}
