// A group that somebody founds under the id of another one (M13).
import { describe, expect, it } from "vitest";
import type { CredentialVerifier, IdentityId } from "../src/credential-verifier.ts";
import { Session, type SessionDeps } from "../src/session.ts";
import { expectLife } from "./support/agreement.ts";
import { Conversation, viewOf } from "./support/conversation.ts";
import { stateOf } from "./support/forge.ts";
import { Person, packageOf, START_MS, structuralDeps, type TestDevice, verifyCredential } from "./support/people.ts";

describe("M13: a second group of the same id", () => {
  it("is joined by no member, and by nobody else under its founder's name", async () => {
    const deps = structuralDeps("hijack");
    const conversation = await Conversation.found(deps, new Person("alice"));
    const alice = conversation.end("alice");
    const bob = await conversation.addPerson(alice, deps, new Person("bob"));
    await conversation.addPerson(alice, deps, new Person("carol"));
    const mallory = await new Person("mallory").device(deps);
    const { context } = stateOf(bob.session);
    const lying = pretending(deps, mallory, alice.session.self.identityId);
    const founding = context.founding.bytes;
    const parallel = await Session.found(lying, {
      device: mallory,
      founding,
      location: [],
      streamAdminKeys: [],
      nowMs: START_MS,
    });
    expect(parallel.groupId).toEqual(bob.session.groupId);
    const people = await Promise.all(["alice", "bob", "dora"].map(async (name) => new Person(name).device(deps, 3)));
    const bundles = await Promise.all(people.map((device) => packageOf(deps, device)));
    const { session, record, welcome } = await parallel.commit(
      { kind: "add", keyPackages: bundles.map(({ publicPackage }) => publicPackage) },
      { nowMs: conversation.tick(), view: viewOf(parallel) },
    );
    if (welcome === undefined) throw new RangeError("a welcome");
    const reasons: string[] = [];
    for (const [at, device] of people.entries()) {
      const outcome = await Session.join(deps, {
        ...welcome,
        keyPackages: bundles.slice(at, at + 1),
        signatureSecretKey: device.signatureSecretKey,
        heldGroups: at < 2 ? [bob.session.groupId] : [],
        positions: 1,
        handshakeHead: new Uint8Array(32),
        atMs: conversation.nowMs,
      });
      reasons.push(outcome.kind === "refused" ? outcome.reason : outcome.kind);
    }
    expect(reasons).toEqual(["heldGroup", "heldGroup", "notAnAdministrator"]);
    // Its records change nothing in the true one: in the same epoch they are a sign of a fork.
    let own = session;
    for (let next = record; own.epoch < bob.session.epoch; ) {
      own = (await own.receiveHandshake(next, { position: own.positions + 1 })).session;
      const made = await own.commit({ kind: "update" }, { nowMs: conversation.tick(), view: viewOf(own) });
      [own, next] = [made.session, made.record];
    }
    const outcomes = await conversation.post(own.pendingRecord ?? new Uint8Array(0));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: "skipped", reason: "doesNotOpen", isForkAlarm: true });
    await expectLife(conversation);
  });
});

/** The client of somebody who takes its own device for another identity's. */
function pretending(deps: SessionDeps, device: TestDevice, identityId: IdentityId): SessionDeps {
  const verify: CredentialVerifier = async (credential, at) => {
    const verdict = await verifyCredential(credential, at);
    const isOwn = verdict.kind === "verified" && Buffer.compare(verdict.deviceId, device.deviceId) === 0;
    return isOwn ? { ...verdict, identityId } : verdict;
  };
  return { ...deps, verifyCredential: verify };
}
