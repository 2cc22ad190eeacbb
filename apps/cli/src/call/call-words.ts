// What a call in a terminal says of itself: a line for people, a value for programs, and a failure when nobody spoke.
import type { CallEnd, CallSnapshot, CallState, ContactSnapshot } from "@p2pcrypt/client";
import { CommandError, EXIT, type ExitCode } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import type { SoundCounts } from "./call-sound.ts";

const STATES: Record<Exclude<CallState, "ended">, (name: string) => string> = {
  calling: (name) => `Calling ${name} … (Ctrl-C hangs up)`,
  ringing: (name) => `${name} calls.`,
  connecting: () => "Answered, connecting …",
  connected: (name) => `Connected with ${name}.`,
  reconnecting: () => "The connection broke off, looking for another way …",
};

export function stateLine({ state, hidesAddress }: CallSnapshot, { name }: ContactSnapshot): string[] {
  if (state === "ended") return [];
  const line = STATES[state](printable(name));
  return state === "connected" && hidesAddress ? [`${line} Through the relay, so that your address stays hidden.`] : [line];
}

export function stateJson(call: CallSnapshot, { name, identityId }: ContactSnapshot): Record<string, unknown> {
  const { id, conversationId, isOutgoing, media, state, hidesAddress } = call;
  return {
    kind: "call",
    state,
    call: id,
    conversation: conversationId,
    with: name,
    identity: identityId,
    isOutgoing,
    media,
    hidesAddress,
  };
}

export interface CallResult {
  readonly counts: SoundCounts;
  readonly recorded: { readonly seconds: number } | undefined;
  readonly path: string | undefined;
}

/** @returns `failure` for a call in which nobody was ever connected, or that broke off. */
export function afterwards(
  call: CallSnapshot,
  contact: ContactSnapshot,
  { counts, recorded, path }: CallResult,
  nowMs: number,
): { readonly line: string[]; readonly value: Record<string, unknown>; readonly failure: CommandError | undefined } {
  const { connectedAtMs, end = "failed" } = call;
  const seconds = connectedAtMs === undefined ? 0 : Math.round((nowMs - connectedAtMs) / 100) / 10;
  const recording = recorded === undefined ? undefined : { path, seconds: Math.round(recorded.seconds * 10) / 10 };
  const value = { ...stateJson(call, contact), end, seconds, ...counts, recording };
  const [exit, sentence] = ENDS[end];
  const isSpoken = connectedAtMs !== undefined && (end === "hungUp" || end === "elsewhere");
  const failure = isSpoken || exit === EXIT.ok ? undefined : new CommandError(exit, `call/${end}`, sentence, value);
  const line = [connectedAtMs === undefined ? sentence : `The call is over, after ${seconds} s.`];
  if (recording !== undefined) line.push(`Recorded ${recording.seconds} s into ${printable(path ?? "")}`);
  else if (path !== undefined) line.push("Nothing was heard, so there is no recording.");
  if (counts.dropped > 0) line.push(`${counts.dropped} packets were not sealed for this call, and were dropped.`);
  return { line, value, failure };
}

const ENDS: Record<CallEnd, readonly [ExitCode, string]> = {
  hungUp: [EXIT.ok, "the call is over"],
  cancelled: [EXIT.ok, "the call was taken back"],
  replaced: [EXIT.failed, "they called at the same moment; call again, or answer"],
  elsewhere: [EXIT.ok, "another device of yours has the call"],
  declined: [EXIT.refused, "they declined"],
  busy: [EXIT.refused, "they are in another call"],
  noAnswer: [EXIT.refused, "nobody answered"],
  missed: [EXIT.refused, "they gave up"],
  failed: [EXIT.failed, "no connection came about; look at the node: p2pcrypt node doctor"],
  lost: [EXIT.failed, "the connection broke off and did not come back"],
  noRelay: [EXIT.refused, "this node has no relay, and without one your address could not stay hidden"],
};
