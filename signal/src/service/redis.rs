//! Rooms shared between instances over a Redis.
//!
//! A hash a room says which instance holds which seat; a key an instance says that it lives, and expires when it does
//! not: the seats of a dead instance count as free from then on. Scripts read and write both in one step.
//! Messages go over pub/sub, which forgets whatever nobody hears: each loss that can be noticed (no receiver, a gap in
//! the numbering, a new subscription) is told to the members, and every seat is compared with its hash again and again.

use crate::{
    bus::{Command, Event, Instance, Lease},
    hub::{Hub, Truth},
    room::{Full, StayId},
};
use axum::body::Bytes;
use futures_util::StreamExt;
use nyx_wire::{
    signal::{Number, RoomId, SeatToken},
    signal_bus::{self, Envelope},
};
use redis::{
    AsyncConnectionConfig, Pipeline, RedisError, RedisResult, Value, aio::MultiplexedConnection, from_redis_value,
};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

/// An instance that has not been heard of for this long is dead, and its seats are free.
const LIFE: Duration = Duration::from_secs(6);
/// Renewed often enough that two lost renewals do not kill.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// A standing room's hash outlives its last renewal by this.
const STANDING: Duration = Duration::from_secs(60);
/// Rooms younger than this are compared with the store every second, for this is when two devices meet; older ones
/// every tenth.
const YOUNG: Duration = Duration::from_secs(10);
const OLD_EVERY: u64 = 10;
/// Commands carried out in one round trip.
const BATCH: usize = 256;
/// How long the store may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait for a subscription that is being made.
const SOON: Duration = Duration::from_millis(20);
/// How long to wait before trying a store again that did not answer.
const RETRY: Duration = Duration::from_millis(250);
/// Instances remembered for the numbering of their messages; more than anybody runs.
const MAX_INSTANCES: usize = 1_024;

/// Keys: the room's hash. Arguments: this instance, the stay's name, the claimed token or nothing, standing or nothing,
/// the room's lifetime, a standing room's lifetime (both in ms), what instance keys start with.
/// Returns {1, token, other instance, evicted instance, evicted stay, age in ms, standing} or {0, both instances}.
const LEASE: &str = r"
local room, me, stay, claim, standing, life, standing_life, alive = KEYS[1], unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holders, mine, evicted, evicted_stay, token = {}, nil, '', '', stay
for i = 0, 1 do
  local holder = redis.call('HGET', room, 'at' .. i)
  if holder and redis.call('EXISTS', alive .. holder) == 0 then
    redis.call('HDEL', room, 'at' .. i, 'token' .. i, 'stay' .. i)
    holder = false
  end
  holders[i] = holder
  if holder and claim ~= '' and redis.call('HGET', room, 'token' .. i) == claim then
    mine, evicted, evicted_stay, token = i, holder, redis.call('HGET', room, 'stay' .. i), claim
  end
end
for i = 0, 1 do
  if not mine and not holders[i] then mine = i end
end
if not mine then return {0, holders[0], holders[1]} end
local born = (holders[0] or holders[1]) and redis.call('HGET', room, 'born')
if not born then
  redis.call('DEL', room)
  born = now
  redis.call('HSET', room, 'born', born)
end
redis.call('HSET', room, 'at' .. mine, me, 'token' .. mine, token, 'stay' .. mine, stay)
if standing ~= '' then redis.call('HSET', room, 'standing', '1') end
standing = redis.call('HGET', room, 'standing') or ''
local age = now - born
redis.call('PEXPIRE', room, standing ~= '' and standing_life or math.max(life - age, 1))
return {1, token, holders[1 - mine] or '', evicted, evicted_stay, age, standing}
";

/// Keys: the room's hash. Arguments: this instance, the stay. A later stay on the same seat is not touched.
const GIVE_UP: &str = r"
for i = 0, 1 do
  if redis.call('HGET', KEYS[1], 'at' .. i) == ARGV[1] and redis.call('HGET', KEYS[1], 'stay' .. i) == ARGV[2] then
    redis.call('HDEL', KEYS[1], 'at' .. i, 'token' .. i, 'stay' .. i)
  end
end
if redis.call('HEXISTS', KEYS[1], 'at0') + redis.call('HEXISTS', KEYS[1], 'at1') == 0 then redis.call('DEL', KEYS[1]) end
return 0
";

/// Keys: the room's hash. Arguments: this instance, the stay, a standing room's lifetime, what instance keys start with.
/// Returns {1, other instance, standing} or {0}.
const LOOK: &str = r"
for i = 0, 1 do
  if redis.call('HGET', KEYS[1], 'at' .. i) == ARGV[1] and redis.call('HGET', KEYS[1], 'stay' .. i) == ARGV[2] then
    local other = redis.call('HGET', KEYS[1], 'at' .. (1 - i))
    if other and redis.call('EXISTS', ARGV[4] .. other) == 0 then
      redis.call('HDEL', KEYS[1], 'at' .. (1 - i), 'token' .. (1 - i), 'stay' .. (1 - i))
      other = false
    end
    local standing = redis.call('HEXISTS', KEYS[1], 'standing')
    if standing == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
    return {1, other or '', standing}
  end
end
return {0}
";

const ALIVE: &[u8] = b"nyx:alive:";
const ROOM: &[u8] = b"nyx:room:";
const NUMBER: &[u8] = b"nyx:number:";
const CHANNEL: &[u8] = b"nyx:to:";

/// The task that owns the connection to the store.
pub(super) struct Store {
    client: redis::Client,
    connection: MultiplexedConnection,
    me: Instance,
    /// Set while this instance is known to live and hears the others.
    up: Arc<AtomicBool>,
}

impl Store {
    pub(super) async fn connect(url: &str, me: Instance, up: Arc<AtomicBool>) -> RedisResult<Self> {
        let client = redis::Client::open(url)?;
        let connection = connect(&client).await?;
        Ok(Self { client, connection, me, up })
    }

    /// Carries out commands until there can be no more, hears the other instances, and keeps this one alive.
    pub(super) async fn run(self, hub: Arc<Hub>, commands: mpsc::Receiver<Command>) {
        let listening = AtomicBool::new(false);
        let writer = Writer {
            connection: self.connection.clone(),
            client: self.client.clone(),
            me: self.me,
            up: Arc::clone(&self.up),
            life: hub.limits.room_secs * 1000,
            sequences: HashMap::new(),
            owed: Vec::new(),
        };
        tokio::join!(
            self.hear(&hub, &listening),
            self.live(&listening),
            self.compare(&hub),
            writer.carry_out(Arc::clone(&hub), commands),
        );
    }

    /// Hears what other instances say to this one.
    async fn hear(&self, hub: &Hub, listening: &AtomicBool) {
        let mut heard: HashMap<Instance, u64> = HashMap::new();
        loop {
            let subscribed = async {
                let mut pubsub = self.client.get_async_pubsub().await?;
                pubsub.subscribe(key(CHANNEL, &self.me.0)).await?;
                Ok::<_, RedisError>(pubsub)
            };
            let Ok(Ok(pubsub)) = timeout(PATIENCE, subscribed).await else {
                sleep(RETRY).await;
                continue;
            };
            // Whatever was said while nobody listened is gone.
            hub.all_frames_lost(None);
            listening.store(true, Ordering::Relaxed);
            let mut messages = pubsub.into_on_message();
            // Our own renewals are heard here as well: a subscription that is silent for longer is dead, though its
            // socket may not say so.
            while let Ok(Some(message)) = timeout(LIFE, messages.next()).await {
                let bytes = Bytes::from(message.get_payload::<Vec<u8>>().unwrap_or_default());
                let Ok(Envelope { from, sequence, room, event }) = Envelope::decode(&bytes) else { continue };
                let from = Instance(from);
                if heard.len() >= MAX_INSTANCES {
                    heard.clear();
                }
                let before = heard.insert(from, sequence);
                if before.is_some_and(|before| sequence != before.wrapping_add(1)) {
                    hub.all_frames_lost(Some(from));
                }
                let event = match event {
                    signal_bus::Event::Came => Event::Came,
                    signal_bus::Event::Went => Event::Went,
                    signal_bus::Event::ThirdRefused => Event::ThirdRefused,
                    signal_bus::Event::SeatTaken { stay } => Event::SeatTaken(StayId(stay)),
                    signal_bus::Event::Frame { payload } => Event::Frame(bytes.slice_ref(payload)),
                };
                hub.hear(from, room, event);
            }
            listening.store(false, Ordering::Relaxed);
            self.up.store(false, Ordering::Relaxed);
            tracing::warn!("the subscription to Redis ended; trying again");
            sleep(RETRY).await;
        }
    }

    /// Says again and again that this instance lives. Nothing else waits in this loop.
    async fn live(&self, listening: &AtomicBool) {
        let mut connection = self.connection.clone();
        loop {
            let mut renewal = Pipeline::new();
            renewal.cmd("SET").arg(key(ALIVE, &self.me.0)).arg(1).arg("PX").arg(millis(LIFE)).ignore();
            renewal.cmd("PUBLISH").arg(key(CHANNEL, &self.me.0)).arg(b"").ignore();
            let wait = match renewal.query_async::<()>(&mut connection).await {
                Ok(()) => {
                    let heard = listening.load(Ordering::Relaxed);
                    self.up.store(heard, Ordering::Relaxed);
                    // At start, and when it comes back, clients wait for the subscription.
                    if heard { RENEW_EVERY } else { SOON }
                }
                Err(error) => {
                    if self.up.swap(false, Ordering::Relaxed) {
                        tracing::warn!(kind = ?error.kind(), "Redis does not answer; joins are refused until it does");
                    }
                    if let Ok(fresh) = connect(&self.client).await {
                        connection = fresh;
                    }
                    RETRY
                }
            };
            sleep(wait).await;
        }
    }

    /// Compares the stays at this instance with the store.
    async fn compare(&self, hub: &Hub) {
        let mut connection = self.connection.clone();
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for tick in 0u64.. {
            second.tick().await;
            let all = tick % OLD_EVERY == 0;
            let stays: Vec<_> = hub.stays(YOUNG).into_iter().filter(|(_, _, young)| all || *young).collect();
            for batch in stays.chunks(BATCH) {
                if self.look(hub, &mut connection, batch).await.is_err() {
                    if let Ok(fresh) = connect(&self.client).await {
                        connection = fresh;
                    }
                    break;
                }
            }
        }
    }

    async fn look(
        &self,
        hub: &Hub,
        connection: &mut MultiplexedConnection,
        stays: &[(RoomId, StayId, bool)],
    ) -> RedisResult<()> {
        let asked = Instant::now();
        let mut pipeline = Pipeline::with_capacity(stays.len());
        for (room, stay, _) in stays {
            let look = pipeline.cmd("EVAL").arg(LOOK).arg(1).arg(key(ROOM, &room.0));
            look.arg(&self.me.0).arg(&stay.0).arg(millis(STANDING)).arg(ALIVE);
        }
        let answers: Vec<Value> = pipeline.query_async(connection).await?;
        for ((room, stay, _), answer) in stays.iter().zip(answers) {
            let truth = match parts(answer).as_deref() {
                Some([Value::Int(1), other, Value::Int(standing)]) => {
                    Truth::Yours { peer: instance(other).filter(|other| *other != self.me), standing: *standing == 1 }
                }
                Some([Value::Int(0)]) => Truth::NotYours,
                _ => continue,
            };
            hub.reconcile(*room, *stay, truth, asked);
        }
        Ok(())
    }
}

/// Carries out commands in their order, many in one round trip.
struct Writer {
    connection: MultiplexedConnection,
    client: redis::Client,
    me: Instance,
    up: Arc<AtomicBool>,
    life: u64,
    sequences: HashMap<Instance, u64>,
    /// Stays that a round trip without an answer may have begun, or may not have ended: given up with the next one, or
    /// they would lock their owners out.
    owed: Vec<(RoomId, StayId)>,
}

/// What to do with the answer to one command.
enum Answer {
    Lease(RoomId, StayId, oneshot::Sender<Result<Lease, Full<Instance>>>),
    Reserved(oneshot::Sender<bool>),
    Claimed(oneshot::Sender<Option<RoomId>>),
    Published(RoomId),
    Gone(oneshot::Sender<()>),
    Nothing,
}

impl Writer {
    async fn carry_out(mut self, hub: Arc<Hub>, mut commands: mpsc::Receiver<Command>) {
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let received = match self.owed.is_empty() {
                true => Ok(commands.recv_many(&mut batch, BATCH).await),
                // What is owed must not wait for the next client.
                false => timeout(RETRY, commands.recv_many(&mut batch, BATCH)).await,
            };
            if received == Ok(0) {
                return;
            }
            let mut pipeline = Pipeline::with_capacity(batch.len() + self.owed.len());
            for (room, stay) in &self.owed {
                give_up(&mut pipeline, self.me, *room, *stay);
            }
            let skip = self.owed.len();
            let (mut answers, mut uncertain) = (Vec::with_capacity(batch.len()), Vec::new());
            for command in batch.drain(..) {
                if let Command::Lease { room, stay, .. } | Command::GiveUp { room, stay } = &command {
                    uncertain.push((*room, *stay));
                }
                answers.push(self.write(&mut pipeline, command));
            }
            match pipeline.query_async::<Vec<Value>>(&mut self.connection).await {
                Ok(values) => {
                    self.owed.clear();
                    for (answer, value) in answers.into_iter().zip(values.into_iter().skip(skip)) {
                        self.hand_on(&hub, answer, value);
                    }
                }
                Err(error) => {
                    // The waiting clients hear "unavailable" as their reply is dropped here.
                    tracing::warn!(kind = ?error.kind(), "Redis did not answer");
                    self.up.store(false, Ordering::Relaxed);
                    self.owed.extend(uncertain);
                    for answer in answers {
                        if let Answer::Published(room) = answer {
                            hub.frames_lost(room);
                        }
                    }
                    match connect(&self.client).await {
                        Ok(fresh) => self.connection = fresh,
                        Err(_) => sleep(RETRY).await,
                    }
                }
            }
        }
    }

    fn write(&mut self, pipeline: &mut Pipeline, command: Command) -> Answer {
        match command {
            Command::Lease { room, claim, stay, standing, reply } => {
                let lease = pipeline.cmd("EVAL").arg(LEASE).arg(1).arg(key(ROOM, &room.0)).arg(&self.me.0);
                lease.arg(&stay.0).arg(claim.map_or(Vec::new(), |claim| claim.0.to_vec()));
                lease.arg(if standing { "1" } else { "" }).arg(self.life).arg(millis(STANDING)).arg(ALIVE);
                Answer::Lease(room, stay, reply)
            }
            Command::GiveUp { room, stay } => {
                give_up(pipeline, self.me, room, stay);
                Answer::Nothing
            }
            Command::Publish { to, room, event } => {
                self.publish(pipeline, to, room, &event);
                Answer::Published(room)
            }
            Command::ReserveNumber { number, room, ttl, reply } => {
                let set = pipeline.cmd("SET").arg(number_key(number)).arg(&room.0);
                set.arg("NX").arg("PX").arg(millis(ttl));
                Answer::Reserved(reply)
            }
            Command::ClaimNumber { number, reply } => {
                pipeline.cmd("GETDEL").arg(number_key(number));
                Answer::Claimed(reply)
            }
            Command::Goodbye { reply } => {
                pipeline.cmd("DEL").arg(key(ALIVE, &self.me.0));
                Answer::Gone(reply)
            }
        }
    }

    fn publish(&mut self, pipeline: &mut Pipeline, to: Instance, room: RoomId, event: &Event) {
        if self.sequences.len() >= MAX_INSTANCES {
            self.sequences.clear();
        }
        let sequence = self.sequences.entry(to).or_default();
        *sequence = sequence.wrapping_add(1);
        let event = match event {
            Event::Came => signal_bus::Event::Came,
            Event::Went => signal_bus::Event::Went,
            Event::ThirdRefused => signal_bus::Event::ThirdRefused,
            Event::SeatTaken(stay) => signal_bus::Event::SeatTaken { stay: stay.0 },
            Event::Frame(payload) => signal_bus::Event::Frame { payload },
        };
        let envelope = Envelope { from: self.me.0, sequence: *sequence, room, event };
        pipeline.cmd("PUBLISH").arg(key(CHANNEL, &to.0)).arg(envelope.encode());
    }

    fn hand_on(&mut self, hub: &Hub, answer: Answer, value: Value) {
        match answer {
            Answer::Lease(room, stay, reply) => {
                let Some(parts) = parts(value) else { return };
                match parts.as_slice() {
                    [Value::Int(1), token, other, evicted, evicted_stay, Value::Int(age), standing] => {
                        let Some(token) = sixteen(token) else { return };
                        let evicted = instance(evicted).filter(|evicted| *evicted != self.me);
                        if let (Some(evicted), Some(old)) = (evicted, sixteen(evicted_stay)) {
                            hub.publish(evicted, room, Event::SeatTaken(StayId(old)));
                        }
                        let lease = Lease {
                            seat: SeatToken(token),
                            moved: evicted.is_some(),
                            peer: instance(other).filter(|other| *other != self.me),
                            age: Duration::from_millis(u64::try_from(*age).unwrap_or(0)),
                            standing: matches!(standing, Value::BulkString(text) if !text.is_empty()),
                        };
                        if reply.send(Ok(lease)).is_err() {
                            // The client stopped waiting.
                            self.owed.push((room, stay));
                        }
                    }
                    [Value::Int(0), first, second] => {
                        if let (Some(first), Some(second)) = (instance(first), instance(second)) {
                            let _ = reply.send(Err(Full([first, second])));
                        }
                    }
                    _ => {}
                }
            }
            Answer::Reserved(reply) => {
                let _ = reply.send(matches!(value, Value::Okay));
            }
            Answer::Claimed(reply) => {
                let room = from_redis_value::<Option<Vec<u8>>>(value).ok().flatten();
                let _ = reply.send(room.and_then(|room| room.try_into().ok()).map(RoomId));
            }
            Answer::Published(room) => {
                if matches!(value, Value::Int(0)) {
                    hub.frames_lost(room);
                }
            }
            Answer::Gone(reply) => {
                let _ = reply.send(());
            }
            Answer::Nothing => {}
        }
    }
}

async fn connect(client: &redis::Client) -> RedisResult<MultiplexedConnection> {
    // The crate's own limit is half a second, which one pause of a busy store exceeds.
    let config =
        AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
    client.get_multiplexed_async_connection_with_config(&config).await
}

fn give_up(pipeline: &mut Pipeline, me: Instance, room: RoomId, stay: StayId) {
    pipeline.cmd("EVAL").arg(GIVE_UP).arg(1).arg(key(ROOM, &room.0)).arg(&me.0).arg(&stay.0);
}

fn parts(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(parts) => Some(parts),
        _ => None,
    }
}

fn instance(value: &Value) -> Option<Instance> {
    match value {
        Value::BulkString(bytes) => bytes.as_slice().try_into().ok().map(Instance),
        _ => None,
    }
}

fn sixteen(value: &Value) -> Option<[u8; 16]> {
    match value {
        Value::BulkString(bytes) => bytes.as_slice().try_into().ok(),
        _ => None,
    }
}

fn key(kind: &[u8], id: &[u8]) -> Vec<u8> {
    [kind, id].concat()
}

fn number_key(Number(number): Number) -> Vec<u8> {
    key(NUMBER, number.to_string().as_bytes())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
