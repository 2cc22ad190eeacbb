import { expect, it } from "vitest";
import { type DirectPort, type FromDirectDriver, PortConnection, type ToDirectDriver } from "./direct-port.ts";

function opened() {
  const posted: ToDirectDriver[] = [];
  const told: string[] = [];
  const port: DirectPort & { isClosed: boolean } = {
    isClosed: false,
    post: (message, transfer) => posted.push(structuredClone(message, { transfer })),
    close: () => {
      port.isClosed = true;
    },
  };
  const connection = new PortConnection(port, {
    open: () => told.push("open"),
    message: (bytes) => told.push(`message of ${bytes.length}`),
    closed: () => told.push("closed"),
  });
  const hear = (message: FromDirectDriver): void => connection.heard(message);
  return { posted, told, port, connection, hear };
}

it("hands bytes on without keeping them, and no more at once than the driver takes", async () => {
  const { posted, connection, hear, told } = opened();
  const described = connection.offer();
  hear({ kind: "described", sdp: "v=0" });
  expect([await described, posted]).toEqual(["v=0", [{ kind: "offer" }]]);
  hear({ kind: "open" });
  const whole = new Uint8Array(8).fill(1);
  await connection.send(whole);
  const part = new Uint8Array(8).fill(2).subarray(4);
  await connection.send(part);
  expect([whole.length, part.length]).toEqual([0, 4]);
  let sent = 2;
  for (let count = 0; count < 20; count++) void connection.send(Uint8Array.of(3)).then(() => sent++);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBe(16);
  hear({ kind: "sent" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(sent).toBe(17);
  hear({ kind: "message", bytes: Uint8Array.of(1, 2) });
  expect(told).toEqual(["open", "message of 2"]);
});

it("is over once, whoever ends it; what waited goes on and nothing is said afterwards", async () => {
  const { posted, told, port, connection, hear } = opened();
  for (let count = 0; count < 16; count++) await connection.send(Uint8Array.of(1));
  const waiting = connection.send(Uint8Array.of(1));
  hear({ kind: "closed" });
  await waiting;
  hear({ kind: "message", bytes: Uint8Array.of(1) });
  connection.close();
  expect([told, port.isClosed, posted.length]).toEqual([["closed"], true, 16]);
});

it("describes nothing once it is over: whoever waits for a description goes on too", async () => {
  const { connection, hear } = opened();
  const offered = expect(connection.offer()).rejects.toThrow(RangeError);
  hear({ kind: "closed" });
  await offered;
  await expect(connection.answer("v=0")).rejects.toThrow(RangeError);
  const other = opened();
  const ended = expect(other.connection.offer()).rejects.toThrow(RangeError);
  other.connection.close();
  await ended;
});
