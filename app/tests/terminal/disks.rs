//! A disk that is full, on either side: before the move, and in the middle of it. Each device has a small disk of its own.

use crate::{
    mover::{Move, Side},
    nyx::{Ended, Place, below},
    watched::{Watched, command},
};
use nyx_testkit::{
    hosts::{Conditions, Namespace, Pair, possible},
    process::Process,
    seed::Seeded,
};
use std::{
    process::{Command, Stdio},
    time::Duration,
};

/// A small disk where a place is, for the programs that are started below it. Dropping it takes it away.
struct Disk {
    holder: Process,
    place: Place,
}

impl Disk {
    /// Of so many MiB, with what is in the place.
    fn new(place: Place, mebibytes: u32) -> Self {
        let at = place.dir.path().display();
        let mount = format!(
            "cp -a {at} {at}.kept; mount -t tmpfs -o size={mebibytes}m tmpfs {at}; cp -a {at}.kept/. {at}; \
             rm -r {at}.kept; echo mounted >&2; exec sleep 600"
        );
        let mut command = Command::new("unshare");
        let mut holder = Process::start(command.args(["--mount", "sh", "-e", "-c", &mount]).stdout(Stdio::null()));
        holder.wait_for("mounted");
        Self { holder, place }
    }

    fn enter(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.holder.id().to_string(), program]);
        command
    }

    fn sh(&self, script: &str) {
        let done = self.enter("sh").args(["-e", "-c", script]).current_dir("/").status().unwrap();
        assert!(done.success(), "{script}");
    }

    /// Until nothing fits any more.
    fn fill(&self) {
        let at = self.place.dir.path().display();
        self.sh(&format!("cat /dev/zero > {at}/ballast 2>/dev/null || true"));
    }

    fn make_room(&self) {
        self.sh(&format!("rm {}/ballast", self.place.dir.path().display()));
    }

    /// From now on it is this large.
    fn resize(&self, mebibytes: u32) {
        self.sh(&format!("mount -o remount,size={mebibytes}m {}", self.place.dir.path().display()));
    }

    fn moving(&self, network: Option<&Namespace>, arguments: &[&str]) -> Command {
        below(|program| self.enter(program), &command(&self.place, network, arguments))
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let password = self.place.path("password");
        let shared = ["--json", "--password-file", password.to_str().unwrap()];
        let mut command = below(|program| self.enter(program), &self.place.command(&[arguments, &shared].concat()));
        Ended::of(command.stdin(Stdio::null()).output().unwrap())
    }
}

/// The account is on the new device, and nowhere else.
fn assert_moved(old: &Disk, new: &Disk) {
    let [one, other] = [old, new].map(|disk| disk.run(&["verify"]).event("verified")["content_hash"].clone());
    assert_eq!(one, other, "another content");
    let states = [old, new].map(|disk| disk.run(&["status"]).event("account")["state"].clone());
    assert_eq!(states, ["moved", "active"]);
}

/// Two devices, each with a disk of its own.
fn devices(random: &mut Seeded, size: usize, [old, new]: [u32; 2]) -> [Disk; 2] {
    let Move { old: leaves, new: comes, .. } = Move::new(random, &[size]);
    [Disk::new(leaves, old), Disk::new(comes, new)]
}

#[test]
fn a_new_device_without_room_says_how_much_is_missing_before_anything_is_sent() {
    if !possible("a_new_device_without_room_says_how_much_is_missing_before_anything_is_sent") {
        return;
    }
    let mut random = Seeded::from_environment("disks");
    let [old, new] = devices(&mut random, 9_000_000, [64, 8]);
    let [sent, received] = Watched::begin(old.moving(None, &["send"]), new.moving(None, &["receive"])).end();
    received.assert_error(7, "no-room");
    let said = received.event("error")["message"].as_str().unwrap().to_owned();
    assert!(said.contains("MiB more room"), "{said}");
    sent.assert_error(4, "no-room");
    assert!(sent.events().iter().all(|event| event["event"] != "progress" || event["done"] == 0), "{}", sent.out);
    assert_eq!(old.run(&["status"]).event("account")["state"], "active");
    new.run(&["status"]).assert_error(1, "no-account");
    new.resize(64);
    for ended in Watched::begin(old.moving(None, &["send"]), new.moving(None, &["receive"])).end() {
        ended.assert_done();
    }
    assert_moved(&old, &new);
}

#[test]
fn a_disk_that_fills_up_in_the_middle_is_said_and_with_room_the_same_command_goes_on() {
    if !possible("a_disk_that_fills_up_in_the_middle_is_said_and_with_room_the_same_command_goes_on") {
        return;
    }
    for side in [Side::New, Side::Old] {
        let mut random = Seeded::from_environment("disks");
        let path = Conditions::delayed(random.next_u64(), Duration::from_millis(3));
        let pair = Pair::path(Conditions { rate: 2_000_000, ..path });
        let [old, new] = devices(&mut random, 6_000_000, [48, 48]);
        let send = || old.moving(Some(&pair.left), &["send"]);
        let receive = || new.moving(Some(&pair.right), &["receive"]);
        let mut watched = Watched::begin(send(), receive());
        watched.until_under_way();
        let (full, other) = if side == Side::New { (&new, Side::Old) } else { (&old, Side::New) };
        full.fill();
        watched.until_all(vec![(side, "error"), (other, "stalled")]);
        full.make_room();
        watched.again(side, if side == Side::New { receive() } else { send() }).assert_error(7, "disk-full");
        for ended in watched.end() {
            ended.assert_done();
        }
        assert_moved(&old, &new);
    }
}

#[test]
fn an_old_device_without_room_says_so_before_it_shows_anything() {
    if !possible("an_old_device_without_room_says_so_before_it_shows_anything") {
        return;
    }
    let mut random = Seeded::from_environment("disks");
    let [old, new] = devices(&mut random, 100_000, [32, 32]);
    old.fill();
    old.run(&["send", "--interface", "lo"]).assert_error(7, "disk-full");
    old.make_room();
    for ended in Watched::begin(old.moving(None, &["send"]), new.moving(None, &["receive"])).end() {
        ended.assert_done();
    }
    assert_moved(&old, &new);
}
