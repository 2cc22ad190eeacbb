// What a member can send who does not keep to the rules: commits made with the library under the session, without its checks.

import { cipherSuiteOf } from "../../src/mls/cipher-suite.ts";
import { APPLICATION_PADDING, configure, HANDSHAKE_PADDING, withConfig } from "../../src/mls/configuration.ts";
import type { Judge } from "../../src/mls/judge.ts";
import {
  type CiphersuiteImpl,
  type ClientConfig,
  createCommit,
  encodeMlsMessage,
  encodeRatchetTree,
  type GroupState,
  type Proposal,
  protectApplicationData,
  protectProposal,
} from "../../src/mls/library.ts";
import { encodePrivateRecord, readKeyPackage } from "../../src/mls/messages.ts";
import type { Session } from "../../src/session.ts";
import type { SessionState } from "../../src/state.ts";
import { decodeState } from "../../src/state-codec.ts";
import { encodeHandshakeHeader } from "../../src/wire/frames.ts";
import { encodeJoinFacts, JOIN_FACTS_EXTENSION_TYPE } from "../../src/wire/join-facts.ts";
import { type Conversation, type End, viewOf } from "./conversation.ts";

export interface Forgery {
  readonly proposals?: readonly Proposal[];
  /** Proposals to commit by reference, as the library keeps them. */
  readonly byReference?: GroupState["unappliedProposals"];
  /** Authenticated data instead of an honest header. */
  readonly authenticatedData?: Uint8Array;
  readonly timeMs?: number;
  /** The time that the library is told; the commit's otherwise. */
  readonly madeAtMs?: number;
  readonly suite?: CiphersuiteImpl;
  /** What is changed in the own state before the commit is made from it. */
  readonly from?: (mls: GroupState) => GroupState;
  /** Another build of the library; as published it knows no padding by size. */
  createCommit?(...args: Parameters<typeof createCommit>): Promise<ForgedParts>;
  readonly paddingConfig?: ClientConfig["paddingConfig"];
}

const defaultPaddingConfig: ClientConfig["paddingConfig"] = { kind: "alwaysPad", paddingLength: 0 };

type ForgedParts = Omit<Awaited<ReturnType<typeof createCommit>>, "advancedSecretTree">;

export interface Forged {
  readonly record: Uint8Array;
  readonly parts: ForgedParts;
  /** For whoever is added. */
  readonly welcome: { readonly welcome: Uint8Array; readonly ratchetTree: Uint8Array } | undefined;
}

/** Asks nobody. */
export const credulous: Judge = {
  verdictOn: async () => undefined,
  service: { validateCredential: async () => true },
};

/** A proposal that travels alone. */
export async function forgeProposal(by: End, conversation: Conversation, proposal: Proposal): Promise<Uint8Array> {
  const { mls } = stateOf(by.session);
  const { privateMessage } = await protectProposal(
    mls.signaturePrivateKey,
    mls.keySchedule.senderDataSecret,
    proposal,
    encodeHandshakeHeader({ timeMs: conversation.tick(), view: viewOf(by.session) }),
    mls.groupContext,
    mls.secretTree,
    mls.privatePath.leafIndex,
    HANDSHAKE_PADDING,
    cipherSuiteOf(by.deps.crypto),
  );
  return encodePrivateRecord(privateMessage);
}

/** A proposal to add whoever made this key package. */
export function addition(publicPackage: Uint8Array): Proposal {
  const keyPackage = readKeyPackage(publicPackage);
  if (keyPackage === undefined) throw new RangeError("not a key package");
  return { proposalType: "add", add: { keyPackage } };
}

export function stateOf(session: Session): SessionState {
  return decodeState({ group: session.encodeGroup(), ratchet: session.encodeRatchet() });
}

/** Signed and sealed as it should be, whatever it says. */
export async function forge(
  by: Pick<End, "session" | "deps">,
  conversation: Pick<Conversation, "tick">,
  forgery: Forgery,
): Promise<Forged> {
  const { session, deps } = by;
  const state = stateOf(session);
  const timeMs = forgery.timeMs ?? conversation.tick();
  const mls = forgery.from?.(state.mls) ?? state.mls;
  const config = {
    ...configure(credulous, forgery.madeAtMs ?? timeMs),
    ...(forgery.createCommit === undefined ? {} : { paddingConfig: forgery.paddingConfig ?? defaultPaddingConfig }),
  };
  const extension = { extensionType: JOIN_FACTS_EXTENSION_TYPE, extensionData: encodeJoinFacts({ floorMs: state.floorMs }) };
  const parts = await (forgery.createCommit ?? createCommit)(
    {
      state: { ...withConfig(mls, config), unappliedProposals: forgery.byReference ?? {} },
      cipherSuite: forgery.suite ?? cipherSuiteOf(deps.crypto),
      pskIndex: { findPsk: () => new Uint8Array(deps.crypto.hashBytes) },
    },
    {
      extraProposals: [...(forgery.proposals ?? [])],
      authenticatedData: forgery.authenticatedData ?? encodeHandshakeHeader({ timeMs, view: viewOf(session) }),
      groupInfoExtensions: [extension],
    },
  );
  const welcome =
    parts.welcome === undefined
      ? undefined
      : {
          welcome: encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome: parts.welcome }),
          ratchetTree: encodeRatchetTree(parts.newState.ratchetTree),
        };
  return { record: encodeMlsMessage(parts.commit), parts, welcome };
}

/** An application record with anything inside, sealed with the ratchet of `leaf` and signed with the own key. */
export async function forgeMessage(
  by: Pick<End, "session" | "deps">,
  applicationData: Uint8Array,
  options: { readonly leaf?: number; readonly generation?: number; readonly authenticatedData?: Uint8Array } = {},
): Promise<Uint8Array> {
  const { mls } = stateOf(by.session);
  const { leaf = mls.privatePath.leafIndex, generation, authenticatedData = new Uint8Array(0) } = options;
  const secretTree = mls.secretTree.map((node, at) =>
    at === leaf * 2 && generation !== undefined ? { ...node, application: { ...node.application, generation } } : node,
  );
  const { privateMessage } = await protectApplicationData(
    mls.signaturePrivateKey,
    mls.keySchedule.senderDataSecret,
    applicationData,
    authenticatedData,
    mls.groupContext,
    secretTree,
    leaf,
    APPLICATION_PADDING,
    cipherSuiteOf(by.deps.crypto),
  );
  return encodePrivateRecord(privateMessage);
}
