import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PageStreams, type StreamedFile } from "../src/platform/page-streams.ts";
import { type SavingDeps, saveFile } from "../src/platform/save-file.ts";
import { KEPT_GREETING } from "../src/protocol/kept-stream.ts";
import { type FillPiece, servePieces } from "../src/protocol/pieces.ts";
import { type AskedPage, KeptStreams } from "../src/service-worker/kept-streams.ts";

const ORIGIN = "https://app.example";
const MIB = 2 ** 20;
const content = new Uint8Array(randomBytes(5 * MIB + 3));

/** A page's view of its service worker, and the service worker's of the page. */
class Registered extends EventTarget implements AskedPage {
  readonly #isOfThisBuild: boolean;
  readonly active = {
    postMessage: (text: string, ports: readonly MessagePort[] = []) => {
      if (text === KEPT_GREETING && this.#isOfThisBuild) ports[0]?.postMessage(text);
    },
  };
  readonly controller = this.active;

  constructor(isOfThisBuild = true) {
    super();
    this.#isOfThisBuild = isOfThisBuild;
  }

  startMessages(): void {}

  async getRegistration(): Promise<{ readonly active: unknown }> {
    return { active: this.active };
  }

  postMessage(data: unknown, ports: MessagePort[]): void {
    this.dispatchEvent(new MessageEvent("message", { data, ports }));
  }
}

/** Timers that are over when a test says so. */
const waits: (() => void)[] = [];
const after = (_delayMs: number, run: () => void): (() => void) => {
  waits.push(run);
  return () => undefined;
};

let registered: Registered;
let page: PageStreams;
let streams: KeptStreams;
let read: [at: number, size: number][];

const file = (bytes: Uint8Array<ArrayBuffer> = content): StreamedFile => ({
  name: "sea (1).mp4",
  type: "video/mp4",
  bytes: bytes.length,
  pieces: piecesOf(async (at, into) => {
    read.push([at, into.length]);
    const part = bytes.subarray(at, at + into.length);
    into.set(part);
    return into.subarray(0, part.length);
  }),
});

/** As the client worker gives it. */
function piecesOf(fill: FillPiece): StreamedFile["pieces"] {
  return async () => {
    const { port1, port2 } = new MessageChannel();
    servePieces(port1, fill);
    return port2;
  };
}

function asked(url: string, range: string | null = null): Promise<Response> {
  return streams.answer({ url: `${ORIGIN}${url}`, range });
}

/** As browsers take it: each piece before they ask for the next one. */
async function taken({ body }: Response): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const reader = body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) pieces.push(Buffer.from(next.value));
  return Buffer.concat(pieces);
}

function pageOf(container: Registered): PageStreams {
  return new PageStreams(container as unknown as ServiceWorkerContainer, after);
}

beforeEach(() => {
  read = [];
  waits.length = 0;
  registered = new Registered();
  page = pageOf(registered);
  streams = new KeptStreams({ pages: async () => [registered], after });
});
afterEach(() => waits.splice(0));

describe("a file under an address of its own", () => {
  it("B6: comes whole, in small pieces, and always as a download that nothing opens", async () => {
    let isEnded = false;
    const { url } = page.serve(file(), () => {
      isEnded = true;
    });
    expect([streams.isOurs(`${ORIGIN}${url}`, ORIGIN), streams.isOurs("https://else.example/kept/x", ORIGIN)]).toEqual([
      true,
      false,
    ]);
    const answer = await asked(url);
    expect(Buffer.compare(await taken(answer), content)).toBe(0);
    expect(Math.max(...read.map(([, size]) => size))).toBeLessThanOrEqual(2 * MIB);
    await expect.poll(() => isEnded).toBe(true);
    expect([answer.status, Object.fromEntries(answer.headers)]).toEqual([
      200,
      {
        "accept-ranges": "bytes",
        "cache-control": "no-store",
        "content-disposition": "attachment; filename*=UTF-8''sea%20%281%29.mp4",
        "content-length": String(content.length),
        "content-security-policy": "default-src 'none'; sandbox",
        "content-type": "video/mp4",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
      },
    ]);
  });

  it("is read from its middle, as a film is when somebody moves in it", async () => {
    const { url } = page.serve(file());
    const part = await asked(url, "bytes=1000-1003");
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 1000-1003/${content.length}`]);
    expect(Buffer.compare(await taken(part), content.subarray(1000, 1004))).toBe(0);
    const rest = await asked(url, `bytes=${content.length - 2}-`);
    expect(Buffer.compare(await taken(rest), content.subarray(-2))).toBe(0);
    expect(read.reduce((sum, [, size]) => sum + size, 0)).toBe(6);
    for (const range of [`bytes=${content.length}-`, "bytes=5-2", "bytes=-5", "bytes=0-1,4-5", "x"])
      expect((await asked(url, range)).status).toBe(416);
  });

  it("is not there when no page knows it, none is open, or it was taken back", async () => {
    const { url, end } = page.serve(file());
    end();
    expect((await asked(url)).status).toBe(404);
    streams = new KeptStreams({ pages: async () => [], after });
    expect((await asked(url)).status).toBe(404);
  });

  it("ends as a failed download when the page loses it in the middle", async () => {
    let isEnded = false;
    const { url } = page.serve({ ...file(), pieces: piecesOf(async (at, into) => (at === 0 ? into : undefined)) }, () => {
      isEnded = true;
    });
    await expect(taken(await asked(url))).rejects.toThrow(TypeError);
    // Who waits for it in the page waits no longer.
    await expect.poll(() => isEnded).toBe(true);
  });

  it("a page that does not answer does not hold the others up for ever", async () => {
    streams = new KeptStreams({ pages: async () => [{ postMessage: () => undefined }], after });
    const answer = asked("/kept/x");
    await expect.poll(() => waits.length).toBe(1);
    for (const run of waits) run();
    expect((await answer).status).toBe(404);
  });
});

describe("saving", () => {
  const large: StreamedFile = {
    ...file(),
    bytes: 65 * MIB,
    pieces: piecesOf(async (at, into) => into.subarray(0, 65 * MIB - at)),
  };
  const deps = (changed: Partial<SavingDeps> = {}): SavingDeps => ({
    save: () => expect.unreachable("from memory"),
    streams: page,
    picker: undefined,
    open: () => expect.unreachable("as a stream"),
    ...changed,
  });

  it("writes what is large into the file that the person chose, piece by piece", async () => {
    const sizes: number[] = [];
    let isClosed = false;
    const createWritable = async (): Promise<FileSystemWritableFileStream> =>
      ({
        write: async (part: Uint8Array) => void sizes.push(part.length),
        close: async () => {
          isClosed = true;
        },
      }) as unknown as FileSystemWritableFileStream;
    expect(await saveFile(deps({ picker: async () => ({ createWritable }) }), large)).toBe("saved");
    expect([sizes.reduce((sum, size) => sum + size, 0), Math.max(...sizes), isClosed]).toEqual([65 * MIB, 4 * MIB, true]);
  });

  it("nobody is asked twice, and a person may think better of it", async () => {
    const picker = (): Promise<never> => Promise.reject(new DOMException("", "AbortError"));
    expect(await saveFile(deps({ picker }), large)).toBe("canceled");
  });

  it("is a download that the service worker feeds where no file can be chosen", async () => {
    let got = 0;
    const open = async (url: string): Promise<void> => {
      const reader = (await asked(url)).body?.getReader();
      for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) got += next.value.length;
    };
    expect(await saveFile(deps({ open: (url) => void open(url) }), large)).toBe("saved");
    expect(got).toBe(65 * MIB);
  });

  it("does not leave the page for an address that a service worker of another build would not answer", async () => {
    const saved: Blob[] = [];
    const older = pageOf(new Registered(false));
    const saving = saveFile(deps({ streams: older, save: ({ bytes }) => void saved.push(bytes as Blob) }), large);
    await expect.poll(() => waits.length).toBe(1);
    for (const run of waits) run();
    expect([await saving, saved.map(({ size }) => size)]).toEqual(["saved", [65 * MIB]]);
    const none = new PageStreams(undefined, after);
    expect(await saveFile(deps({ streams: none }), { ...large, bytes: 600 * MIB })).toBe("impossible");
  });
});
