use super::*;

const LIFETIME: Duration = Duration::from_secs(600);

fn terms() -> Terms {
    Terms {
        waiting_frames: 3,
        waiting_bytes: 10,
        waiting_in_all: Budget::new(15),
        alone: Duration::from_secs(120),
        lifetime: LIFETIME,
    }
}

const ROOM: RoomId = RoomId([7; 16]);

struct Table {
    rooms: Rooms<&'static str>,
    now: Instant,
    tokens: u8,
}

impl Table {
    fn new() -> Self {
        Self { rooms: Rooms::new(terms()), now: Instant::now(), tokens: 0 }
    }

    fn join_as(
        &mut self,
        member: &'static str,
        claim: Option<SeatToken>,
        standing: bool,
    ) -> Result<Joined<&'static str>, Full<&'static str>> {
        self.tokens += 1;
        let stay = StayId([self.tokens; 16]);
        let join = Join { member, claim, stay, granted: None, standing, born: self.now };
        self.rooms.join(ROOM, join, self.now)
    }

    fn join(&mut self, member: &'static str) -> Result<Joined<&'static str>, Full<&'static str>> {
        self.join_as(member, None, false)
    }

    fn send(&mut self, from: &'static str, payload: &'static [u8]) -> Relay<&'static str> {
        self.rooms.relay(ROOM, &from, || Bytes::from_static(payload))
    }

    fn pass(&mut self, secs: u64) -> Vec<(CloseReason, Vec<&'static str>)> {
        self.now += Duration::from_secs(secs);
        let ended = self.rooms.expire(self.now);
        ended.into_iter().map(|ended| (ended.why, ended.members.into_iter().map(|(_, m)| m).collect())).collect()
    }
}

#[test]
fn a_third_is_refused_and_both_members_are_known() {
    let mut table = Table::new();
    assert_eq!(table.join("ann").unwrap().peer, None);
    assert_eq!(table.join("bob").unwrap().peer, Some("ann"));
    assert_eq!(table.join("eve"), Err(Full(["ann", "bob"])));
    assert_eq!(table.send("eve", b"x"), Relay::NotInRoom);
}

#[test]
fn a_token_takes_ones_own_seat_over_even_in_a_full_room() {
    let mut table = Table::new();
    let seat = table.join("ann").unwrap().seat;
    table.join("bob").unwrap();
    let back = table.join_as("ann again", Some(seat), false).unwrap();
    assert_eq!((back.replaced, back.peer, back.seat), (Some("ann"), Some("bob"), seat));
    assert_eq!(table.send("ann", b"x"), Relay::NotInRoom);
    assert_eq!(table.send("ann again", b"x"), Relay::To("bob"));
}

#[test]
fn a_wrong_token_opens_no_full_room() {
    let mut table = Table::new();
    table.join("ann").unwrap();
    table.join("bob").unwrap();
    assert!(table.join_as("eve", Some(SeatToken([99; 16])), false).is_err());
}

#[test]
fn a_member_never_takes_both_seats() {
    let mut table = Table::new();
    let seat = table.join("ann").unwrap().seat;
    assert_eq!(table.join("ann").unwrap().seat, seat);
    assert_eq!(table.join("bob").unwrap().peer, Some("ann"));
    // Not even with the other's token.
    assert_eq!(table.join_as("bob", Some(seat), false).unwrap().replaced, None);
    assert_eq!(table.send("ann", b"x"), Relay::To("bob"));
}

#[test]
fn frames_wait_in_order_for_the_other_and_only_for_the_other() {
    let mut table = Table::new();
    let seat = table.join("ann").unwrap().seat;
    assert_eq!(table.send("ann", b"1"), Relay::Waits);
    assert_eq!(table.send("ann", b"2"), Relay::Waits);
    assert!(table.join_as("ann again", Some(seat), false).unwrap().waiting.is_empty());
    assert_eq!(table.join("bob").unwrap().waiting, [Bytes::from_static(b"1"), Bytes::from_static(b"2")]);
    assert_eq!(table.send("ann again", b"3"), Relay::To("bob"));
}

#[test]
fn no_more_waits_than_may_wait() {
    let mut table = Table::new();
    table.join("ann").unwrap();
    assert_eq!(table.send("ann", b"12345678901"), Relay::WaitingFull);
    for _ in 0..3 {
        assert_eq!(table.send("ann", b"123"), Relay::Waits);
    }
    assert_eq!(table.send("ann", b""), Relay::WaitingFull);
    table.join("bob").unwrap();
    table.rooms.leave(ROOM, &"bob", table.now);
    assert_eq!(table.send("ann", b"1234567890"), Relay::Waits);
    assert_eq!(table.send("ann", b"1"), Relay::WaitingFull);
}

#[test]
fn a_room_ends_after_its_time_alone_and_after_its_time_in_all() {
    let mut table = Table::new();
    table.join("ann").unwrap();
    assert!(table.pass(119).is_empty());
    assert_eq!(table.pass(1), [(CloseReason::Alone, vec!["ann"])]);
    table.join("ann").unwrap();
    table.join("bob").unwrap();
    assert!(table.pass(599).is_empty());
    assert_eq!(table.pass(1), [(CloseReason::Expired, vec!["ann", "bob"])]);
}

#[test]
fn time_alone_counts_from_the_last_departure() {
    let mut table = Table::new();
    table.join("ann").unwrap();
    table.join("bob").unwrap();
    assert!(table.pass(200).is_empty());
    assert!(matches!(table.rooms.leave(ROOM, &"bob", table.now), Left::Alone(_, "ann")));
    assert!(table.pass(119).is_empty());
    assert_eq!(table.pass(1), [(CloseReason::Alone, vec!["ann"])]);
}

#[test]
fn a_standing_room_lives_while_somebody_is_in_it() {
    let mut table = Table::new();
    table.join("ann").unwrap();
    assert_eq!(table.join_as("bob", None, true).unwrap().ttl, None);
    table.rooms.leave(ROOM, &"bob", table.now);
    assert!(table.pass(100_000).is_empty());
    assert!(matches!(table.rooms.leave(ROOM, &"ann", table.now), Left::Closed(_)));
    // The next room of that name is an ordinary one.
    assert_eq!(table.join("ann").unwrap().ttl, Some(LIFETIME));
}

#[test]
fn what_waits_in_all_rooms_is_bounded_and_given_back() {
    let mut table = Table::new();
    let other = RoomId([8; 16]);
    table.join("ann").unwrap();
    let join =
        Join { member: "bob", claim: None, stay: StayId([99; 16]), granted: None, standing: false, born: table.now };
    table.rooms.join(other, join, table.now).unwrap();
    assert_eq!(table.send("ann", b"1234567890"), Relay::Waits);
    let send = |table: &mut Table| table.rooms.relay(other, &"bob", || Bytes::from_static(b"123456"));
    assert_eq!(send(&mut table), Relay::WaitingFull);
    table.rooms.leave(ROOM, &"ann", table.now);
    assert_eq!(send(&mut table), Relay::Waits);
}

#[test]
fn a_taken_over_seat_is_another_stay() {
    let mut table = Table::new();
    let seat = table.join("ann").unwrap().seat;
    table.join_as("ann again", Some(seat), false).unwrap();
    assert_eq!(table.rooms.staying(ROOM, StayId([1; 16])), None);
    assert_eq!(table.rooms.staying(ROOM, StayId([2; 16])), Some("ann again"));
}

#[test]
fn a_member_can_leave_once() {
    let mut table = Table::new();
    table.join("ann").unwrap();
    assert!(matches!(table.rooms.leave(ROOM, &"ann", table.now), Left::Closed(_)));
    assert_eq!(table.rooms.leave(ROOM, &"ann", table.now), Left::NotInRoom);
    assert!(!table.rooms.contains(&ROOM));
}
