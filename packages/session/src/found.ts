// A new conversation with one leaf: the founder's device.

import { isContextGenuine, isContextManned, toExtensions } from "./group/context-rules.ts";
import type { ConversationContext, Place, StreamAdminKey } from "./group/conversation-context.ts";
import { decodeFoundingStatement, groupIdOf } from "./group/founding.ts";
import { EMPTY_HANDSHAKE_HEAD } from "./group/handshake-chain.ts";
import { rosterOf, withAdministrators } from "./group/tree-rules.ts";
import { type Device, generateKeyPackage } from "./key-package.ts";
import { cipherSuiteOf } from "./mls/cipher-suite.ts";
import { configure } from "./mls/configuration.ts";
import { createJudge } from "./mls/judge.ts";
import { createGroup } from "./mls/library.ts";
import type { SessionDeps } from "./session.ts";
import { SessionError } from "./session-error.ts";
import type { SessionState } from "./state.ts";

export interface FoundOptions {
  readonly device: Device;
  /** From `createFoundingStatement`, signed by this same device. */
  readonly founding: Uint8Array;
  readonly location: readonly Place[];
  readonly streamAdminKeys: readonly StreamAdminKey[];
  readonly nowMs: number;
  /** Of the founder's leaf, as in a key package. */
  readonly streamAdminKey?: Uint8Array;
  readonly name?: string;
  /** As in a change of the context. */
  readonly picture?: Uint8Array;
}

const HOUR_MS = 3_600_000;

export async function foundGroup(deps: SessionDeps, options: FoundOptions): Promise<SessionState> {
  const { device, location, streamAdminKeys, nowMs, streamAdminKey, name = "", picture = new Uint8Array(0) } = options;
  const founding = decodeFoundingStatement(options.founding);
  const context: ConversationContext = {
    founding,
    administrators: [founding.founder],
    roleLog: [],
    location,
    streamAdminKeys,
    name,
    disappearAfterS: 0,
    picture,
  };
  const groupId = groupIdOf(founding.bytes);
  const { publicPackage, privatePackage } = await generateKeyPackage(deps.crypto, {
    ...device,
    nowMs,
    lifetimeMs: HOUR_MS,
    isLastResort: false,
    ...(streamAdminKey === undefined ? {} : { streamAdminKey }),
  });
  const judge = createJudge(deps.verifyCredential, { atMs: nowMs });
  const suite = cipherSuiteOf(deps.crypto);
  const made = await createGroup(groupId, publicPackage, privatePackage, toExtensions(context), suite, configure(judge, nowMs));
  const { clientConfig: _, ...mls } = made;
  const roster = await rosterOf(mls.ratchetTree, judge);
  const isGenuine = await isContextGenuine(deps.crypto, deps.verifyCredential, context, groupId);
  if (roster === undefined) throw notAllowed("the own credential does not hold at this time");
  if (!isGenuine || roster[0]?.identityId !== founding.founder) throw notAllowed("not the founder's statement");
  if (!isContextManned(context, roster)) throw notAllowed("a stream key of somebody else");
  return {
    mls,
    context,
    roster: withAdministrators(roster, context.administrators),
    floorMs: nowMs,
    status: "active",
    positions: 0,
    handshakeHead: EMPTY_HANDSHAKE_HEAD,
    leaveRequests: [],
    sent: new Map(),
    pending: undefined,
  };
}

function notAllowed(reason: string): SessionError {
  return new SessionError({ code: "session/notAllowed", reason });
}
