// What a commit may hold, and who may make it. Sender and receivers ask the same questions.
import type { IdentityId } from "../credential-verifier.ts";
import type { Judge } from "../mls/judge.ts";
import { bytesToBase64, type KeyPackage, type Proposal } from "../mls/library.ts";
import type { SkipReason } from "../outcomes.ts";
import type { LeaveRequest } from "../state.ts";
import { fromExtensions } from "./context-rules.ts";
import type { ConversationContext } from "./conversation-context.ts";
import type { Member } from "./roster.ts";

/** A commit's proposals, sorted; all of a kind that we know. */
export interface PlannedCommit {
  readonly adds: readonly KeyPackage[];
  readonly removals: readonly { readonly leaf: number; readonly isSelfRemoval: boolean }[];
  readonly context: ConversationContext | undefined;
}

type ProposalOrReference =
  | { readonly proposalOrRefType: "proposal"; readonly proposal: Proposal }
  | { readonly proposalOrRefType: "reference"; readonly reference: Uint8Array };

/** Sorts proposals, or says why a commit with them is skipped. */
export function planCommit(
  proposals: readonly ProposalOrReference[],
  leaveRequests: readonly LeaveRequest[],
): PlannedCommit | { readonly refused: SkipReason } {
  const adds: KeyPackage[] = [];
  const removals: { leaf: number; isSelfRemoval: boolean }[] = [];
  let context: ConversationContext | undefined;
  for (const item of proposals) {
    if (item.proposalOrRefType === "reference") {
      const wanted = bytesToBase64(item.reference);
      const request = leaveRequests.find(({ reference }) => bytesToBase64(reference) === wanted);
      if (request === undefined) return { refused: "forbiddenProposal" };
      removals.push({ leaf: request.leaf, isSelfRemoval: true });
      continue;
    }
    const { proposal } = item;
    if (proposal.proposalType === "add") adds.push(proposal.add.keyPackage);
    else if (proposal.proposalType === "remove") removals.push({ leaf: proposal.remove.removed, isSelfRemoval: false });
    else if (proposal.proposalType === "group_context_extensions" && context === undefined) {
      const read = readContext(proposal.groupContextExtensions.extensions);
      if (read === undefined) return { refused: "badContext" };
      context = read;
    } else return { refused: "forbiddenProposal" };
  }
  if (adds.length > 0 && removals.length > 0) return { refused: "mixedAddAndRemove" };
  if (new Set(removals.map(({ leaf }) => leaf)).size !== removals.length) return { refused: "forbiddenProposal" };
  return { adds, removals, context };
}

/**
 * Whether `committer` may do this: administrators may add, remove and change the context; every member may add or remove
 * leaves of its own identity, update itself, and commit other members' self-removals.
 */
export async function isCommitAllowed(
  committer: Member,
  plan: PlannedCommit,
  roster: readonly Member[],
  judge: Judge,
): Promise<boolean> {
  if (committer.isAdministrator) return true;
  if (plan.context !== undefined) return false;
  for (const { leafNode } of plan.adds) {
    const added = await judge.verdictOn(leafNode);
    if (added?.identityId !== committer.identityId) return false;
  }
  const identityOf = new Map<number, IdentityId>(roster.map((member) => [member.leaf, member.identityId]));
  return plan.removals.every(({ leaf, isSelfRemoval }) => isSelfRemoval || identityOf.get(leaf) === committer.identityId);
}

function readContext(extensions: Parameters<typeof fromExtensions>[0]): ConversationContext | undefined {
  try {
    return fromExtensions(extensions);
  } catch {
    // A DecodeError: for everybody alike these bytes are no context.
    return undefined;
  }
}
