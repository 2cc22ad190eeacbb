// Direct ways of files from one person to another (spec/protocol/direct-file.md): who may ask whom, which run a signal belongs to, and who
// is given what. Everything is said in the conversation of these two, wherever the file was sent.
import { encodeBase64Url } from "@p2pcrypt/bytes";
import type { ContentId, FileSignalContent, FileStep } from "@p2pcrypt/content";
import { SEGMENT_BYTES, sealedLayout } from "@p2pcrypt/files";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { Ephemerals } from "../conversation/ephemeral.ts";
import type { Core } from "../core.ts";
import type { FileDeps } from "../files/file-ports.ts";
import type { Stop } from "../files/stop.ts";
import type { DownloadRow, UploadRow } from "../store/file-rows.ts";
import type { GroupRow } from "../store/group-rows.ts";
import { agreedGroup, isTalkingTo, stunUrlsOf } from "./agreement.ts";
import { Asking } from "./asking.ts";
import { GivenDigests } from "./given-digests.ts";
import { type GivenFile, Giving } from "./giving.ts";
import type { PeerDevice, RunDeps } from "./run.ts";

/** Sealing a file costs whoever sent it, and looking it through no less: what is above takes the node's copy. */
const MAX_GIVEN = 4;
const MAX_ASKED_A_MINUTE = 30;

interface Run<Side> {
  readonly side: Side;
  readonly groupId: string;
}

/** Somebody else, and the conversation of two with them. */
interface Other {
  readonly group: GroupRow;
  readonly contactId: IdentityId;
}

export class DirectRuns {
  readonly #core: Core;
  readonly #files: FileDeps;
  readonly #openDirect: NonNullable<FileDeps["openDirect"]>;
  readonly #ephemerals: Ephemerals;
  readonly #asked = new Map<ContentId, Run<Asking>>();
  readonly #given = new Map<ContentId, Run<Giving>>();
  /** Asked for, and not yet known whether it is given. */
  readonly #looking = new Set<ContentId>();
  readonly #digests: GivenDigests;
  /** When the last ones were asked for, whoever asked. */
  #askedAtMs: readonly number[] = [];
  #isClosed = false;

  constructor(core: Core, files: FileDeps, openDirect: NonNullable<FileDeps["openDirect"]>, ephemerals: Ephemerals) {
    this.#core = core;
    this.#files = files;
    this.#openDirect = openDirect;
    this.#ephemerals = ephemerals;
    this.#digests = new GivenDigests(core);
  }

  /** `segment`: the first one that is missing. @returns undefined when there is no direct way now. */
  async ask(row: DownloadRow, segment: number, stop: Stop): Promise<AsyncIterable<Uint8Array> | undefined> {
    const core = this.#core;
    const { threadId, author, messageId, secret } = row;
    const group = isTalkingTo(core, threadId, author) ? agreedGroup(core, author) : undefined;
    if (group === undefined) return undefined;
    if (!core.links.to(group.place.nodeUrl).isConnected) return undefined;
    const { sealedBytes } = sealedLayout({ trueBytes: secret.bytes, type: secret.type });
    const id = encodeBase64Url(core.deps.random(16));
    const run = new Asking(this.#runDeps(id, { group, contactId: author }, threadId), {
      from: segment * SEGMENT_BYTES,
      end: sealedBytes,
    });
    this.#asked.set(id, { side: run, groupId: group.groupId });
    const unhook = stop.onStop(() => run.end("done"));
    const isOpen = await run.begin(messageId);
    if (!isOpen) {
      unhook();
      this.#asked.delete(id);
      return undefined;
    }
    return this.#piecesOf(id, run, unhook);
  }

  received(group: GroupRow, author: Member, signal: FileSignalContent): void {
    const { groupId, threadId } = group;
    const contactId = author.identityId;
    // Of the other side of two, as long as both show each other where they are; from here on nothing else is listened to.
    if (this.#core.tables.threads.get(threadId)?.contactId !== contactId) return;
    const peer: PeerDevice = { device: encodeBase64Url(author.deviceId), leaf: author.leaf };
    if (signal.step === "ask") this.#askedFor({ group, contactId }, peer, signal.run, signal.file);
    if (signal.step === "ask" || signal.to !== this.#ownDevice) return;
    const [asked, given] = [this.#asked.get(signal.run), this.#given.get(signal.run)];
    if (asked?.groupId === groupId) {
      if (signal.step === "soon") asked.side.awaited(peer);
      if (signal.step === "offer") asked.side.offered(peer, signal.sdp);
      if (signal.step === "end") asked.side.ended(peer, devicesOf(group, author));
    } else if (given?.groupId === groupId) {
      if (signal.step === "answer") given.side.answered(peer, signal.sdp);
      if (signal.step === "end") given.side.ended(peer);
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const { side } of [...this.#asked.values(), ...this.#given.values()]) side.end();
  }

  async *#piecesOf(id: ContentId, run: Asking, unhook: () => void): AsyncGenerator<Uint8Array> {
    try {
      yield* run.pieces();
    } finally {
      unhook();
      this.#asked.delete(id);
    }
  }

  #askedFor(other: Other, peer: PeerDevice, id: ContentId, file: ContentId): void {
    if (this.#given.has(id) || this.#asked.has(id) || this.#looking.has(id)) return; // said again: the offer is, too
    this.#looking.add(id);
    this.#give(other, peer, id, file).catch(() => this.#refuse(other.group, peer, id)); // a file that cannot be read
  }

  async #give(other: Other, peer: PeerDevice, id: ContentId, file: ContentId): Promise<void> {
    const { group, contactId } = other;
    const row = this.#mayGive(contactId) ? this.#rowOf(contactId, file) : undefined;
    if (row !== undefined) this.#say(group, id, { step: "soon", to: peer.device });
    let given: GivenFile | undefined;
    try {
      given = row === undefined ? undefined : await this.#fileOf(row);
    } finally {
      this.#looking.delete(id);
    }
    if (given === undefined || this.#isClosed || this.#core.isStopped) {
      await given?.source.close();
      this.#refuse(group, peer, id);
      return;
    }
    const side = new Giving(this.#runDeps(id, other, given.row.threadId), given, peer);
    this.#given.set(id, { side, groupId: group.groupId });
    try {
      await side.run();
    } finally {
      this.#given.delete(id);
    }
  }

  /** One of those that are looked at is the one that is asked for. */
  #mayGive(contactId: IdentityId): boolean {
    const { nowMs } = this.#core;
    this.#askedAtMs = this.#askedAtMs.filter((atMs) => atMs > nowMs - 60_000);
    const isEnough = this.#given.size + this.#looking.size > MAX_GIVEN;
    if (this.#askedAtMs.length >= MAX_ASKED_A_MINUTE || isEnough) return false;
    this.#askedAtMs = [...this.#askedAtMs, nowMs];
    return agreedGroup(this.#core, contactId) !== undefined;
  }

  /** What this device sent where they read it, as long as the node would hand it out too. */
  #rowOf(contactId: IdentityId, file: ContentId): UploadRow | undefined {
    const core = this.#core;
    const row = core.tables.uploads.all().find(({ messageId }) => messageId === file);
    if (row === undefined || !isTalkingTo(core, row.threadId, contactId)) return undefined;
    if (row.state !== "done" || row.isFreed === true || row.isEnding === true) return undefined;
    return (row.expiresMs ?? 0) <= core.nowMs ? undefined : row;
  }

  /** @returns undefined when what is there is not what was sent. */
  async #fileOf(row: UploadRow): Promise<GivenFile | undefined> {
    const source = await this.#files.openSource(row.ref);
    if (source === undefined) return undefined;
    const { subtle } = this.#files;
    let digests: readonly Uint8Array[] | undefined;
    try {
      const isSame = source.version === row.version && source.bytes === row.bytes;
      if (isSame) digests = await this.#digests.of(subtle, row, source);
    } finally {
      if (digests === undefined) await source.close();
    }
    return digests && { row, source, digests, subtle };
  }

  #refuse(group: GroupRow, { device }: PeerDevice, run: ContentId): void {
    this.#say(group, run, { step: "end", to: device, reason: "none" });
  }

  #say({ threadId }: GroupRow, run: ContentId, step: FileStep): void {
    this.#ephemerals.signal(threadId, { kind: "fileSignal", run, ...step });
  }

  /** `threadId`: where the file was sent. */
  #runDeps(run: ContentId, { group, contactId }: Other, threadId: string): RunDeps {
    const core = this.#core;
    const isAgreed = (): boolean => agreedGroup(core, contactId) !== undefined && isTalkingTo(core, threadId, contactId);
    return {
      core,
      say: (step: FileStep) => this.#say(group, run, step),
      open: async (events) => {
        const stunUrls = await stunUrlsOf(core, group);
        if (!isAgreed()) throw new RangeError("the address is hidden by now");
        return this.#openDirect(stunUrls, events);
      },
      isAgreed,
    };
  }

  get #ownDevice(): string {
    return encodeBase64Url(this.#core.account.device.deviceId);
  }
}

function devicesOf({ roster }: GroupRow, { identityId }: Member): number {
  return roster.filter((one) => one.identityId === identityId).length;
}
