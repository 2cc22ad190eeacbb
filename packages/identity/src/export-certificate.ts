// What of a certificate may leave this program, and in which form others can read it.
import type { PacketGroups, RawPacket } from "./packets.ts";
import { readSignatureFacts } from "./signature-facts.ts";
import { readSignatureParts } from "./signature-parts.ts";

/** gpg: readable by gpg 2.2, which refuses a whole version 4 certificate over one version 6 signature. any: everything that may leave. */
export type RecipientProgram = "gpg" | "any";

export function exportableGroups(groups: PacketGroups, program: RecipientProgram): PacketGroups {
  const keep = ({ body }: RawPacket): boolean => {
    if (readSignatureFacts(body)?.isExportable === false) return false;
    return program === "any" || groups.primary.body[0] !== 4 || readSignatureParts(body)?.version !== 6;
  };
  return {
    primary: groups.primary,
    direct: groups.direct.filter(keep),
    components: groups.components.map(({ packet, signatures }) => ({ packet, signatures: signatures.filter(keep) })),
  };
}
