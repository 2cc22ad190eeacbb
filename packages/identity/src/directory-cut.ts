// The largest part of a certificate that fits a limit, in whole signatures. What matters more comes first, and the first packet that does
// not fit ends it: so nothing that others add can push out what the owner said, and nothing at all a revocation.
import { encodeHex } from "@p2pcrypt/bytes";
import { isBy } from "./certification.ts";
import { framePacket, type PacketGroups, type RawPacket, TAG, writeGroups } from "./packets.ts";
import { readSignatureFacts, SIGNATURE_TYPE, type SignatureFacts } from "./signature-facts.ts";

/** Lower comes first; within one rank newer first, then by bytes. */
const RANK = {
  keyRevocation: 0,
  direct: 1,
  /** A component with its newest self-signature, and its revocation. */
  component: 2,
  attestation: 3,
  othersRevocation: 4,
  othersCertification: 5,
  older: 6,
} as const;

interface Item {
  readonly rank: number;
  readonly createdMs: number;
  /** undefined: on the key itself. */
  readonly component: number | undefined;
  readonly packets: readonly RawPacket[];
  readonly order: string;
}

export function certificateCut(groups: PacketGroups, own: string, maxBytes: number): Uint8Array {
  const whole = writeGroups(groups);
  if (whole.length <= maxBytes) return whole;
  const direct: RawPacket[] = [];
  const signatures = new Map<number, RawPacket[]>();
  let size = framePacket(groups.primary).length;
  for (const { component, packets } of itemsOf(groups, own)) {
    if (component !== undefined && !signatures.has(component) && packets[0]?.tag === TAG.signature) continue;
    size += packets.reduce((sum, packet) => sum + framePacket(packet).length, 0);
    if (size > maxBytes) break;
    const kept = packets.filter(({ tag }) => tag === TAG.signature);
    if (component === undefined) direct.push(...kept);
    else signatures.set(component, [...(signatures.get(component) ?? []), ...kept]);
  }
  const components = groups.components.flatMap(({ packet }, i) => {
    const kept = signatures.get(i);
    return kept === undefined ? [] : [{ packet, signatures: kept }];
  });
  return writeGroups({ primary: groups.primary, direct, components });
}

function itemsOf({ direct, components }: PacketGroups, own: string): Item[] {
  const items: Item[] = [];
  const add = (rank: number, component: number | undefined, packets: readonly RawPacket[], createdMs: number): void => {
    items.push({ rank, createdMs, component, packets, order: encodeHex(packets.at(-1)?.body ?? new Uint8Array()) });
  };
  for (const packet of direct) {
    const facts = readSignatureFacts(packet.body);
    add(
      facts?.type === SIGNATURE_TYPE.keyRevocation ? RANK.keyRevocation : RANK.direct,
      undefined,
      [packet],
      facts?.createdMs ?? 0,
    );
  }
  for (const [i, { packet, signatures }] of components.entries()) {
    const read = signatures.map((signature) => ({ signature, facts: readSignatureFacts(signature.body) }));
    const bindings = read.filter(({ facts }) => facts !== undefined && isBinding(facts, own));
    const newest = bindings.reduce<(typeof read)[number] | undefined>(
      (best, one) => ((one.facts?.createdMs ?? 0) > (best?.facts?.createdMs ?? -1) ? one : best),
      undefined,
    );
    if (newest === undefined) continue;
    add(RANK.component, i, [packet, newest.signature], newest.facts?.createdMs ?? 0);
    for (const { signature, facts } of read)
      if (signature !== newest.signature) add(rankOf(facts, own), i, [signature], facts?.createdMs ?? 0);
  }
  return items.sort(
    (a, b) =>
      a.rank - b.rank ||
      Number(a.packets.length === 1) - Number(b.packets.length === 1) ||
      b.createdMs - a.createdMs ||
      (a.order < b.order ? -1 : 1),
  );
}

function isBinding(facts: SignatureFacts, own: string): boolean {
  const { type } = facts;
  const isCertification = type >= SIGNATURE_TYPE.certGeneric && type <= SIGNATURE_TYPE.certPositive;
  return isBy(facts, own) && (isCertification || type === SIGNATURE_TYPE.subkeyBinding);
}

function rankOf(facts: SignatureFacts | undefined, own: string): number {
  if (facts === undefined) return RANK.older;
  const isRevocation = facts.type === SIGNATURE_TYPE.certRevocation || facts.type === SIGNATURE_TYPE.subkeyRevocation;
  if (isBy(facts, own)) {
    if (isRevocation) return RANK.component;
    return facts.type === SIGNATURE_TYPE.attestation ? RANK.attestation : RANK.older;
  }
  return isRevocation ? RANK.othersRevocation : RANK.othersCertification;
}
