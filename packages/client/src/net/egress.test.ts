import { describe, expect, it } from "vitest";
import type { BlobTransport } from "../files/file-ports.ts";
import { Stop } from "../files/stop.ts";
import { guardedBlobs, isAllowed } from "./egress.ts";

const MACHINE = [
  "http://127.0.0.1:8787",
  "http://localhost:8787",
  "https://a.localhost",
  "https://127.9.9.9",
  "https://0.0.0.0",
  "https://[::1]:8787",
  "https://[::]",
  "https://[::ffff:7f00:1]",
  "https://[64:ff9b::7f00:1]",
  "https://[2002:7f00:1::]",
  "https://2130706433",
  "https://0x7f000001",
  "https://0177.0.0.1",
  "https://127.1",
  "https://10.1",
  "https://127.0.0.1.",
];
const NETWORK = [
  "https://10.0.0.5",
  "https://172.16.0.1",
  "https://172.31.255.255",
  "https://192.168.1.1:8787",
  "https://169.254.169.254",
  "https://100.64.0.1",
  "https://[fd00::1]",
  "https://[fe80::1]",
  "https://router",
  "https://printer.local",
  "https://nas.lan",
  "https://db.internal",
];
const EVERYBODY = [
  "https://talk.example",
  "https://talk.example:8787",
  "https://172.32.0.1",
  "https://192.0.2.7",
  "https://8.8.8.8",
  "https://[2001:db8::1]",
  "https://localhost.example",
  "https://10.0.0.5.example",
];
const NO_ADDRESS = [
  "http://talk.example",
  "https://talk.example/path",
  "https://talk.example?q=1",
  "https://user@talk.example",
  "https://127.0.0.1#.example",
  "file:///etc/passwd",
  "ws://talk.example",
  "",
];

describe("A15: where others lead a client", () => {
  it("is neither this machine nor its network, for who has a node that everybody reaches", () => {
    for (const url of [...MACHINE, ...NETWORK]) expect(isAllowed(url, "https://home.example"), url).toBe(false);
    for (const url of EVERYBODY) expect(isAllowed(url, "https://home.example"), url).toBe(true);
    for (const url of [...MACHINE, ...NETWORK]) expect(isAllowed(url, undefined), url).toBe(false);
  });

  it("is not this machine, for who has a node in the network", () => {
    for (const url of MACHINE) expect(isAllowed(url, "https://192.168.1.1"), url).toBe(false);
    for (const url of [...NETWORK, ...EVERYBODY]) expect(isAllowed(url, "https://192.168.1.1"), url).toBe(true);
  });

  it("is anywhere, for who has a node on this machine, as one who tries the program has", () => {
    for (const url of [...MACHINE, ...NETWORK, ...EVERYBODY]) expect(isAllowed(url, "http://127.0.0.1:8787"), url).toBe(true);
  });

  it("is the own node, wherever that is", () => {
    expect(isAllowed("https://router", "https://router")).toBe(true);
  });

  it("is never what is no address of a node", () => {
    for (const url of NO_ADDRESS) expect(isAllowed(url, "http://127.0.0.1:8787"), url).toBe(false);
  });

  it("A15: a message that names the node of a file leads there no further than a contact does", async () => {
    const asked: string[] = [];
    const note = async ({ nodeUrl }: { readonly nodeUrl: string }): Promise<never> => {
      asked.push(nodeUrl);
      throw new Error("asked");
    };
    const inner: BlobTransport = {
      create: note,
      write: note,
      delete: note,
      async *read(place) {
        yield await note(place);
      },
    };
    const blobs = guardedBlobs(inner, () => "https://home.example");
    const tryAll = async (nodeUrl: string): Promise<string[]> => {
      const place = { nodeUrl, blob: "", token: new Uint8Array(32) };
      const stop = new Stop();
      const calls = [
        blobs.create(place, { bytes: 1, readTokenHash: new Uint8Array(32) }, stop),
        blobs.write(place, 0, [new Uint8Array(1)], stop),
        blobs.delete(place, stop),
        blobs.read(place, 0, stop)[Symbol.asyncIterator]().next(),
      ];
      return Promise.all(
        calls.map((call) =>
          call.then(
            () => "",
            (error: { code?: string }) => error.code ?? "asked",
          ),
        ),
      );
    };
    for (const url of [...MACHINE, ...NETWORK, ...NO_ADDRESS])
      expect([url, ...(await tryAll(url))]).toEqual([url, ...Array<string>(4).fill("connection/notAllowed")]);
    expect(asked).toEqual([]);
    expect(await tryAll("https://talk.example")).toEqual(Array<string>(4).fill("asked"));
  });
});
