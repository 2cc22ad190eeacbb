// Who answers at an address: the node's identity and the key of its checkpoints, checked.
import type { ResponseOf } from "@p2pcrypt/api";
import type { IdentityId } from "@p2pcrypt/session";
import type { IdentityPort } from "../identity-port.ts";
import { ConnectionError } from "../ports.ts";

export interface NodeFacts {
  readonly nodeId: IdentityId;
  readonly checkpointKey: Uint8Array;
  readonly publicUrl: string;
}

/** @throws {ConnectionError} connection/badAnswer when what the node says about itself does not hold. */
export async function identifyNode(
  identity: IdentityPort,
  description: ResponseOf<"node.describe">,
  at: { readonly atMs: number },
): Promise<NodeFacts> {
  const certificate = await identity.readCertificate(description.certificate, at);
  if (certificate === undefined || certificate.id !== description.node || !certificate.isUsable)
    throw new ConnectionError("connection/badAnswer");
  const nodeKey = await identity.verifyNodeKey(description.certificate, description.nodeKey, at);
  if (nodeKey === undefined) throw new ConnectionError("connection/badAnswer");
  return { nodeId: certificate.id, checkpointKey: nodeKey.checkpointKey, publicUrl: description.publicUrl };
}
