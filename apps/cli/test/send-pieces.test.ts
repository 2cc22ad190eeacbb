// A body on its way to somebody who reads it, or leaves.
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { sendPieces } from "../src/node/send-pieces.ts";

it("sends pieces in order, frees each, and stops asking for more when the other side is gone", async () => {
  const given: Uint8Array[] = [];
  let isOver = false;
  const body = async function* (count: number): AsyncGenerator<Uint8Array> {
    try {
      for (let n = 0; n < count; n++) {
        given.push(new Uint8Array(100_000).fill(n));
        yield given.at(-1) ?? new Uint8Array(0);
      }
    } finally {
      isOver = true;
    }
  };
  const outcomes: Promise<string>[] = [];
  const server = createServer((request, response) => {
    const count = request.url === "/all" ? 50 : 1_000_000;
    outcomes.push(
      sendPieces(response, body(count)).then(
        () => "sent",
        () => "broken off",
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const parts: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    get(`${url}/all`, (answer) => answer.on("data", (part: Buffer) => parts.push(part)).on("end", resolve)).on("error", reject);
  });
  const whole = Buffer.concat(parts);
  expect([whole.length, [0, 1, 49].map((n) => whole[n * 100_000 + 5]), await outcomes[0]]).toEqual([
    5_000_000,
    [0, 1, 49],
    "sent",
  ]);
  expect([isOver, given.every(({ length }) => length === 0)]).toEqual([true, true]);
  isOver = false;
  await new Promise<void>((resolve) => {
    const request = get(`${url}/some`, (answer) => {
      answer.once("data", () => {
        request.destroy();
        resolve();
      });
    });
    request.on("error", () => undefined);
  });
  expect([await outcomes[1], isOver]).toEqual(["broken off", true]);
  expect(given.length).toBeLessThan(10_000);
  server.close();
});
