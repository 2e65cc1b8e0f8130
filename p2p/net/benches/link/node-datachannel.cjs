// One end of what is measured, on node-datachannel. It says and hears the lines that `child.rs` does: its description, the
// other's, "enough", and what it measured.
"use strict";

const { createInterface } = require("node:readline");
const { PeerConnection } = require("node-datachannel");

const CHUNK = 64 * 1024;
const BUFFERED = 4 * 1024 * 1024;
const [side, time] = process.argv.slice(2);

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const heard = async () => (await lines.next()).value;
const hex = (value) => Buffer.from(JSON.stringify(value)).toString("hex");
const unhex = (line) => JSON.parse(Buffer.from(line, "hex").toString());

const peer = new PeerConnection(side, { iceServers: [] });
peer.onGatheringStateChange((state) => {
  if (state === "complete") console.log(hex(peer.localDescription()));
});

function meter() {
  const [began, before] = [Date.now(), process.cpuUsage()];
  return (bytes) => {
    const { user, system } = process.cpuUsage(before);
    const cpu = Math.round((user + system) / 1000);
    console.log(`${bytes} ${Date.now() - began} ${cpu} ${process.resourceUsage().maxRSS}`);
  };
}

async function send() {
  const channel = peer.createDataChannel("bulk");
  const { sdp, type } = unhex(await heard());
  const opened = new Promise((done) => channel.onOpen(done));
  peer.setRemoteDescription(sdp, type);
  await opened;
  const report = meter();
  const chunk = Buffer.alloc(CHUNK, 7);
  const pour = () => {
    while (channel.bufferedAmount() < BUFFERED) channel.sendMessageBinary(chunk);
  };
  channel.setBufferedAmountLowThreshold(BUFFERED / 2);
  channel.onBufferedAmountLow(pour);
  pour();
  await heard();
  report(0);
  process.exit(0);
}

// Counts from the first bytes on, for the time.
async function receive() {
  let bytes = 0;
  let report;
  peer.onDataChannel((channel) =>
    channel.onMessage((message) => {
      if (report) {
        bytes += message.length;
        return;
      }
      report = meter();
      setTimeout(() => {
        report(bytes);
        process.exit(0);
      }, Number(time));
    }),
  );
  const { sdp, type } = unhex(await heard());
  peer.setRemoteDescription(sdp, type);
}

(side === "send" ? send : receive)();
