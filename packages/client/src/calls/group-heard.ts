// What other devices say of calls of groups (spec/protocol/call.md section 7).
import { decodeHex, encodeBase64Url } from "@p2pcrypt/bytes";
import type { CallSignalContent, CallStep } from "@p2pcrypt/content";
import type { IdentityId, Member } from "@p2pcrypt/session";
import type { GroupRow } from "../store/group-rows.ts";
import { RING_FADES_MS } from "./call.ts";
import { type GroupCall, isBefore, MAX_IN_CALL, MAX_PARTS, type OwnPart, othersIn, type Part } from "./group-call.ts";
import type { GroupCallTable } from "./group-call-table.ts";

export class GroupHeard {
  readonly #table: GroupCallTable;

  constructor(table: GroupCallTable) {
    this.#table = table;
  }

  received(group: GroupRow, author: Member, signal: CallSignalContent): void {
    const device = encodeBase64Url(author.deviceId);
    const known = this.#table.calls.get(signal.call);
    if (known !== undefined && known.groupId !== group.groupId) return;
    if (signal.step === "ring") {
      this.#rang(group, author, signal, known);
    } else if (signal.step === "in") {
      const call = known ?? this.#table.begin(signal.call, group, signal.media, { by: author.identityId, isMine: false });
      this.#isIn(call, author, device, signal);
    } else if (known === undefined) {
      return;
    } else if (signal.step === "end") {
      this.#ended(known, author, device, signal.reason);
    } else if (signal.step !== "accept" && signal.step !== "media") {
      const part = known.parts.get(device);
      if (part?.leaf === author.leaf && signal.to === this.#ownDevice) this.#table.pairs.said(known, part, signal);
    }
  }

  #rang(
    group: GroupRow,
    author: Member,
    { call: id, media, whom }: CallSignalContent & { step: "ring" },
    known?: GroupCall,
  ): void {
    const core = this.#table.core;
    const { nowMs } = core;
    const self = core.account.identityId;
    if (author.identityId === self || (whom !== undefined && !whom.includes(encodeBase64Url(decodeHex(self))))) return;
    if (known?.state === "ringing") {
      this.#table.within(known, RING_FADES_MS, () => this.#table.stopRinging(known, "missed"));
      return;
    }
    if (known !== undefined && (known.own !== undefined || nowMs < known.quietUntilMs)) {
      known.quietUntilMs = nowMs + RING_FADES_MS;
      return;
    }
    const isElsewhere = [...(known?.parts.values() ?? [])].some(({ identityId }) => identityId === self);
    const isNew = known === undefined || known.state === "ended" || known.state === "running";
    if (isElsewhere || !isNew || !this.#table.rings.mayRing(author.identityId, nowMs)) return;
    const call = known ?? this.#table.begin(id, group, media, { by: author.identityId, isMine: false });
    if (this.#moved(call)) return;
    const other = [...this.#table.calls.values()].find(({ state, groupId }) => state === "ringing" && groupId === call.groupId);
    if (other !== undefined && other.id < id) {
      this.#table.settle(call); // two began at once: whoever has the higher id comes over
      return;
    }
    if (other !== undefined) this.#table.stopRinging(other, "replaced");
    call.quietUntilMs = nowMs + RING_FADES_MS;
    if (this.#table.isBusy) {
      this.#table.say(call, { step: "end", reason: "busy" });
      this.#table.settle(call);
      return;
    }
    call.state = "ringing";
    delete call.end;
    this.#table.within(call, RING_FADES_MS, () => this.#table.stopRinging(call, "missed"));
    this.#table.settle(call);
  }

  #isIn(call: GroupCall, author: Member, device: string, said: Extract<CallSignalContent, { step: "in" }>): void {
    const { identityId, leaf } = author;
    const { join, sinceMs, microphone, camera, screen, isHeld } = said;
    const before = call.parts.get(device);
    const isSame = before?.join === join && before.leaf === leaf;
    if (before !== undefined && !isSame) this.#table.dropPart(call, before);
    // Another's join names another's part (K2).
    const isTaken = call.own?.joinText === join || [...call.parts.values()].some((part) => part.join === join);
    if (!isSame && (isTaken || call.parts.size >= MAX_PARTS)) return;
    // With one device each: nobody takes the places of several.
    const other = [...call.parts.values()].find((part) => part.identityId === identityId && part.device !== device);
    if (other !== undefined && isBefore({ sinceMs, join }, other) < 0) return;
    if (other !== undefined) this.#table.dropPart(call, other);
    // A device is in one call.
    for (const elsewhere of this.#table.calls.values()) {
      const there = elsewhere === call ? undefined : elsewhere.parts.get(device);
      if (there === undefined) continue;
      this.#table.dropPart(elsewhere, there);
      this.#table.settle(elsewhere);
    }
    const part: Part = isSame ? before : { identityId, device, leaf, join, sinceMs, sends: said };
    part.sends = { microphone, camera, screen, ...(isHeld === undefined ? {} : { isHeld }) };
    call.parts.set(device, part);
    call.declined.delete(identityId);
    this.#table.fades(call, part);
    if (identityId === this.#table.core.account.identityId) {
      if (call.state === "ringing") this.#table.stopRinging(call, "elsewhere");
      // Whoever joins on another device goes on there.
      else if (call.own !== undefined && isBefore({ sinceMs: call.own.sinceMs, join: call.own.joinText }, part) < 0)
        this.#table.leave(call, "elsewhere", "hungUp");
    } else if (!this.#moved(call) && call.own !== undefined && !isSame) {
      this.#table.sayIn(call, call.own); // who comes hears at once who is there
      this.#table.pairs.admit(call);
      this.#leaveWhenFull(call, call.own);
    }
    this.#table.settle(call);
  }

  /** Five at once: whoever finds four before them, and is connected to nobody, is not in. */
  #leaveWhenFull(call: GroupCall, { sinceMs, joinText }: OwnPart): void {
    const before = [...call.parts.values()].filter((part) => isBefore(part, { sinceMs, join: joinText }) < 0);
    const isConnected = [...call.parts.values()].some(({ pair }) => pair?.state === "connected");
    if (before.length >= MAX_IN_CALL && !isConnected) this.#table.leave(call, "full", "hungUp");
  }

  /**
   * Two began at once, or one is alone in a call while others of the group talk in another: the lower id, or the one with more people, is
   * the call. Who is alone pressed to talk with the same people, and goes there.
   */
  #moved(to: GroupCall): boolean {
    const from = [...this.#table.calls.values()].find(({ own, groupId }) => own !== undefined && groupId === to.groupId);
    if (from === undefined || from === to || from.parts.size > 0 || to.own !== undefined) return false;
    if (to.id > from.id && to.parts.size < 2) return false;
    this.#table.leave(from, "replaced", "cancelled");
    this.#table.enter(to);
    to.state = "in";
    this.#table.pairs.admit(to);
    this.#table.settle(to);
    return true;
  }

  #ended(call: GroupCall, { identityId }: Member, device: string, reason: Extract<CallStep, { step: "end" }>["reason"]): void {
    const part = call.parts.get(device);
    if (part !== undefined) this.#table.dropPart(call, part);
    if (identityId === this.#table.core.account.identityId) {
      if (call.state === "ringing" && reason === "declined") this.#table.stopRinging(call, "elsewhere");
    } else if (reason === "declined" || reason === "busy") {
      call.declined.add(identityId);
    } else if (call.state === "ringing" && call.parts.size === 0) {
      this.#table.stopRinging(call, "missed");
    }
    const group = this.#table.core.tables.groups.get(call.groupId);
    const others = group === undefined ? new Set<IdentityId>() : othersIn(this.#table.core, group);
    if (call.state === "calling" && [...others].every((one) => call.declined.has(one)))
      this.#table.leave(call, "declined", "cancelled");
    else this.#table.settle(call);
  }

  get #ownDevice(): string {
    return encodeBase64Url(this.#table.core.account.device.deviceId);
  }
}
