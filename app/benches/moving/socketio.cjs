// A relay and its two ends, on Socket.IO: `relay` says its port; `receive PORT BYTES` says that it is ready, and when all is
// there; `send PORT BYTES` says that it is ready, and begins when its input ends.
"use strict";

const CHUNK = 500 * 1024;
const PAUSE_MS = 50;
const [role, port, bytes] = process.argv.slice(2);

const connected = () =>
  new Promise((done) => {
    const socket = require("socket.io-client").io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
    socket.on("connect", () => done(socket));
  });

function relay() {
  const server = require("node:http").createServer();
  const { Server } = require("socket.io");
  new Server(server, { maxHttpBufferSize: 2 * CHUNK }).on("connection", (socket) => {
    socket.on("chunk", (chunk, taken) => {
      socket.broadcast.emit("chunk", chunk);
      taken();
    });
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
}

async function receive() {
  const socket = await connected();
  const chunks = [];
  let left = Number(bytes);
  socket.on("chunk", (chunk) => {
    chunks.push(chunk);
    left -= chunk.length;
    if (left === 0) {
      console.log("done");
      setTimeout(() => process.exit(), 100);
    }
  });
  console.log("ready");
}

async function send() {
  const socket = await connected();
  console.log("ready");
  await new Promise((done) => process.stdin.on("end", done).resume());
  for (let left = Number(bytes); left > 0; left -= CHUNK) {
    await new Promise((taken) => socket.emit("chunk", Buffer.alloc(Math.min(CHUNK, left), 7), taken));
    await new Promise((rested) => setTimeout(rested, PAUSE_MS));
  }
  process.exit();
}

({ relay, receive, send })[role]();
