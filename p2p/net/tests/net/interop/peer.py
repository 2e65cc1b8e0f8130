"""The other end of a link, on aiortc: what p2p/docs/protocol/link.md says, in Python.

The test tells what to do over a socket, whose port is the argument: a word, a line break, what belongs to it, and a zero
byte; answers have the same form.
"""

import asyncio
import hashlib
import struct
import sys
import traceback

import aioice.ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

MESSAGE, CREDIT, END, ENDED = range(4)
CONTROL, CHAT, BULK = range(3)
WINDOWS = [256 * 1024, 1024 * 1024, 8 * 1024 * 1024]
CHUNK = 64 * 1024
BUFFERED = 1024 * 1024


def charge(message):
    return len(message) + 64


class Lane:
    def __init__(self, connection, number):
        self.window = WINDOWS[number]
        self.sent = self.allowed = self.taken = self.granted = 0
        self.received = []
        self.peer_ended = self.confirmed = False
        self.changed = asyncio.Event()
        self.channel = connection.createDataChannel("", negotiated=True, id=number)
        self.channel.bufferedAmountLowThreshold = BUFFERED // 2
        self.channel.on("open", self.grant)
        self.channel.on("bufferedamountlow", self.changed.set)
        self.channel.on("message", self.hear)

    async def send(self, message):
        await self.until(
            lambda: self.sent + charge(message) <= self.allowed and self.channel.bufferedAmount < BUFFERED
        )
        self.sent += charge(message)
        self.put(MESSAGE, message)

    async def receive(self):
        await self.until(lambda: self.received)
        message = self.received.pop(0)
        self.taken += charge(message)
        if self.taken + self.window - self.granted >= self.window // 4:
            self.grant()
        return message

    async def end(self):
        self.put(END)
        await self.until(lambda: self.confirmed)

    def hear(self, frame):
        kind, rest = frame[0], frame[1:]
        if kind == MESSAGE:
            self.received.append(rest)
        elif kind == CREDIT:
            is_first = self.allowed == 0
            (self.allowed,) = struct.unpack(">Q", rest)
            # The first one that was given may have been spoken into the void.
            if is_first:
                self.grant()
        elif kind == END:
            self.peer_ended = True
            self.put(ENDED)
        elif kind == ENDED:
            self.confirmed = True
        self.changed.set()

    def grant(self):
        self.granted = self.taken + self.window
        self.put(CREDIT, struct.pack(">Q", self.granted))

    def put(self, kind, rest=b""):
        self.channel.send(bytes([kind]) + rest)

    async def until(self, holds):
        while not holds():
            self.changed.clear()
            await self.changed.wait()


class Peer:
    def __init__(self, writer):
        self.writer = writer
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.lanes = [Lane(self.connection, number) for number in range(3)]
        self.echoes = asyncio.ensure_future(self.echo(self.lanes[CHAT]))
        self.lanes[CONTROL].channel.on("close", self.gone)

    def say(self, word, rest=""):
        self.writer.write(f"{word}\n{rest}\0".encode())

    def gone(self):
        self.say("gone", "ended" if all(lane.peer_ended for lane in self.lanes) else "cut")

    async def describe(self, description):
        # All candidates stand in it: aiortc does not trickle.
        await self.connection.setLocalDescription(description)
        self.say(self.connection.localDescription.type, self.connection.localDescription.sdp)

    async def echo(self, lane):
        while True:
            await lane.send(await lane.receive())

    async def pour(self, lane, chunks, seed):
        for number in range(chunks):
            await lane.send(struct.pack(">Q", number) + bytes([seed]) * (CHUNK - 8))

    async def drain(self, lane, chunks):
        together = hashlib.sha256()
        for _ in range(chunks):
            together.update(await lane.receive())
        return together.hexdigest()

    async def offer(self, sdp):
        # aiortc wants every offer to leave the choice to it, and then chooses wrongly.
        sdp = sdp.replace("a=setup:active", "a=setup:actpass")
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        self.connection.sctp.transport._set_role("server")
        await self.describe(await self.connection.createAnswer())

    async def answer(self, sdp):
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def invite(self, _):
        await self.describe(await self.connection.createOffer())

    async def exchange(self, what):
        chunks, seed = map(int, what.split())
        lane = self.lanes[BULK]
        together, _ = await asyncio.gather(self.drain(lane, chunks), self.pour(lane, chunks, seed))
        self.say("exchanged", together)

    async def close(self, _):
        for lane in reversed(self.lanes):
            await lane.end()
        self.lanes[CONTROL].channel.remove_all_listeners("close")
        await self.connection.close()
        self.say("closed")


async def main(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    peer = Peer(writer)
    while True:
        word, rest = (await reader.readuntil(b"\0"))[:-1].decode().split("\n", 1)
        try:
            await getattr(peer, word)(rest)
        except Exception:
            peer.say("failed", traceback.format_exc())


# The test is on this machine, and aiortc leaves loopback out.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
asyncio.run(main(int(sys.argv[1])))
