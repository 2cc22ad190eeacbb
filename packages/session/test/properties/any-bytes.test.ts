// Whatever bytes arrive: decoders throw DecodeError, stored parts SessionError, everything else answers.
import { DecodeError } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeConversationContext, encodeConversationContext } from "../../src/group/conversation-context.ts";
import { createFoundingStatement, decodeFoundingStatement } from "../../src/group/founding.ts";
import { decodeRoleLogEntry } from "../../src/group/role-log.ts";
import {
  generateInboxKey,
  openFromInbox,
  Session,
  SessionError,
  sealedKeyId,
  sealToInbox,
  verifyKeyPackage,
  type WelcomePackage,
} from "../../src/index.ts";
import { decodeSecrets } from "../../src/key-package.ts";
import { decodeContentFrame, decodeHandshakeHeader } from "../../src/wire/frames.ts";
import { decodeJoinFacts } from "../../src/wire/join-facts.ts";
import { decodeView } from "../../src/wire/view.ts";
import { Conversation, copyOf, viewOf } from "../support/conversation.ts";
import { stateOf } from "../support/forge.ts";
import { DAY_MS, Person, packageOf, START_MS, structuralDeps } from "../support/people.ts";

const NUMBER_OF_RUNS = 300;

/** Made of `good` by flips, cuts, doublings and insertions; or of nothing. Never `good` itself. */
function notQuite(good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat({ max: Math.max(0, good.length - 1) });
  const flipped = fc.tuple(at, fc.integer({ min: 1, max: 255 })).map(([index, bits]) => {
    const changed = good.slice();
    changed[index] = (changed[index] ?? 0) ^ bits;
    return changed;
  });
  const cut = at.map((length) => good.slice(0, length));
  const tail = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Uint8Array.from([...good, ...more]));
  const hole = fc.tuple(at, fc.integer({ min: 1, max: 8 })).map(([from, length]) => {
    return Uint8Array.from([...good.slice(0, from), ...good.slice(from + length)]);
  });
  const noise = fc.uint8Array({ maxLength: 300 });
  return fc
    .oneof({ arbitrary: flipped, weight: 6 }, cut, tail, hole, noise)
    .filter((bytes) => bytes.length !== good.length || bytes.some((byte, index) => byte !== good[index]));
}

async function forAll(
  good: Uint8Array,
  check: (bytes: Uint8Array) => void | Promise<void>,
  numRuns = NUMBER_OF_RUNS,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(notQuite(good), async (bytes) => {
      await check(bytes);
    }),
    { numRuns },
  );
}

const deps = structuralDeps("any bytes");
let conversation: Conversation;
let alice: Session;
let bob: Session;

beforeAll(async () => {
  conversation = await Conversation.found(deps, new Person("alice"));
  const end = conversation.end("alice");
  const other = await conversation.addPerson(end, deps, new Person("bob"));
  const carol = new Person("carol");
  await conversation.addPerson(end, deps, carol);
  await conversation.commit(end, { kind: "context", administrators: [...end.session.administrators, carol.identityId] });
  // A gap and a pending commit, so that every stored field is in use.
  await end.seal("not delivered");
  await other.open(await end.seal("delivered"));
  await other.commit({ kind: "update" }, conversation.tick());
  alice = end.session;
  bob = other.session;
});

describe("decoders", () => {
  const decoders = async (): Promise<[string, Uint8Array, (bytes: Uint8Array) => unknown][]> => {
    const { context } = stateOf(alice);
    const [entry] = context.roleLog;
    const picture = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0]);
    const [extension] = stateOf(alice).mls.groupContext.extensions;
    if (entry === undefined || extension === undefined) throw new RangeError("a role log");
    return [
      ["FoundingStatement", context.founding.bytes, decodeFoundingStatement],
      ["RoleLogEntry", entry.bytes, decodeRoleLogEntry],
      ["ConversationContext", extension.extensionData, decodeConversationContext],
      ["ConversationContext with a picture", encodeConversationContext({ ...context, picture }), decodeConversationContext],
      ["View", new Uint8Array(42), decodeView],
      ["ContentFrame", new Uint8Array(50), decodeContentFrame],
      ["HandshakeHeader", new Uint8Array(52), decodeHandshakeHeader],
      ["JoinFacts", new Uint8Array(9), decodeJoinFacts],
    ];
  };

  it("answer or throw DecodeError", async () => {
    for (const [name, good, decode] of await decoders()) {
      await forAll(good, (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error, name).toBeInstanceOf(DecodeError);
        }
      });
    }
  });
});

describe("what is stored", () => {
  it("is refused with SessionError naming the part when it is not what was written", async () => {
    const parts = { group: bob.encodeGroup(), ratchet: bob.encodeRatchet(), pending: bob.encodePending() };
    if (parts.pending === undefined) throw new RangeError("a pending commit");
    let refused = 0;
    for (const part of ["group", "ratchet", "pending"] as const) {
      await forAll(parts[part] ?? new Uint8Array(0), (bytes) => {
        try {
          Session.decode(deps, { ...parts, [part]: bytes });
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(SessionError);
          expect((error as SessionError).code).toBe("session/stateDamaged");
        }
      });
    }
    expect(refused).toBeGreaterThan(300);
    await forAll((await packageOf(deps, await new Person("dora").device(deps))).privatePackage, (bytes) => {
      try {
        decodeSecrets(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(SessionError);
      }
    });
  });
});

describe("what others send", () => {
  it("a changed message never opens, and the true one does afterwards", async () => {
    const { record } = await copyOf(deps, alice).seal(new Uint8Array(20), { view: viewOf(alice) });
    const receiver = copyOf(deps, bob);
    await forAll(record, async (bytes) => {
      const { kind } = await receiver.open(bytes, { positions: receiver.positions });
      expect(["unreadable", "wrongEpoch", "duplicate", "gap"]).toContain(kind);
    });
    expect((await receiver.open(record, { positions: receiver.positions })).kind).toBe("opened");
  });

  it("a changed commit is skipped by all alike, and the true one holds at the next position", async () => {
    const { record } = await copyOf(deps, alice).commit({ kind: "update" }, { nowMs: conversation.nowMs, view: viewOf(alice) });
    const position = bob.positions + 1;
    await forAll(
      record,
      async (bytes) => {
        const mine = await copyOf(deps, alice).receiveHandshake(bytes, { position });
        const theirs = await copyOf(deps, bob).receiveHandshake(bytes, { position });
        expect([mine.kind, theirs.kind]).toEqual(["skipped", "skipped"]);
        if (mine.kind === "skipped" && theirs.kind === "skipped") expect(mine.reason).toBe(theirs.reason);
        const next = await theirs.session.receiveHandshake(record, { position: position + 1 });
        expect(next.kind).toBe("applied");
      },
      60,
    );
  });

  it("a key package with one byte changed is refused", async () => {
    const { publicPackage } = await packageOf(deps, await new Person("erin").device(deps));
    await forAll(publicPackage, async (bytes) => {
      expect((await verifyKeyPackage(deps, bytes, { atMs: START_MS + DAY_MS })).kind).toBe("refused");
    });
    expect((await verifyKeyPackage(deps, publicPackage, { atMs: START_MS + DAY_MS })).kind).toBe("verified");
  });

  it("a changed Welcome or tree joins nothing, and the true one does afterwards", async () => {
    const device = await new Person("frank").device(deps);
    const bundle = await packageOf(deps, device);
    const { welcome } = await copyOf(deps, alice).commit(
      { kind: "add", keyPackages: [bundle.publicPackage] },
      { nowMs: conversation.nowMs, view: viewOf(alice) },
    );
    if (welcome === undefined) throw new RangeError("a Welcome");
    const join = (changed: Partial<WelcomePackage>) =>
      Session.join(deps, {
        ...welcome,
        ...changed,
        keyPackages: [bundle],
        signatureSecretKey: device.signatureSecretKey,
        heldGroups: [],
        positions: alice.positions + 1,
        handshakeHead: new Uint8Array(32),
        atMs: conversation.nowMs,
      });
    await forAll(welcome.welcome, async (bytes) => expect((await join({ welcome: bytes })).kind).toBe("refused"), 100);
    await forAll(welcome.ratchetTree, async (bytes) => expect((await join({ ratchetTree: bytes })).kind).toBe("refused"), 100);
    expect((await join({})).kind).toBe("joined");
  });

  it("a changed ephemeral or sealed record does not open", async () => {
    const ephemeral = await alice.sealEphemeral(new Uint8Array(5), { session: new Uint8Array(16), counter: 1 });
    const { publicKey, secretKey } = await generateInboxKey(deps.crypto);
    const place = { stream: new Uint8Array(32), keyId: 3 };
    const sealed = await sealToInbox(deps.crypto, publicKey, place, new Uint8Array(9));
    if (ephemeral === undefined || sealed === undefined) throw new RangeError("sealed");
    await forAll(ephemeral, async (bytes) => expect(await bob.openEphemeral(bytes)).toBeUndefined());
    await forAll(sealed, async (bytes) => {
      sealedKeyId(bytes);
      expect(await openFromInbox(deps.crypto, secretKey, place, bytes)).toBeUndefined();
    });
  });

  it("a founding statement with a byte changed founds nothing", async () => {
    const device = await new Person("grace").device(deps);
    const founding = await createFoundingStatement(deps.crypto, device, { kind: "group", nowMs: START_MS });
    await forAll(founding, async (bytes) => {
      const founded = Session.found(deps, { device, founding: bytes, location: [], streamAdminKeys: [], nowMs: START_MS });
      const error: unknown = await founded.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error instanceof SessionError || error instanceof DecodeError).toBe(true);
    });
  });
});
