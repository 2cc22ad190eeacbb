// A keyring as gpg would export it: one person whom an organisation's members make a root, those whom they let introduce others, and so on.
import { type ForgedKey, forgeKey, forgeSignature, packet, subpacket } from "../../packages/trust/test/support/openpgp-forge.ts";

export interface Crowd {
  readonly keyring: Buffer;
  /** Names the first person, whom everybody is known through, as `gpg --export-ownertrust` does. */
  readonly ownerTrust: string;
}

/** How many each introducer certified. */
const EACH = 11;
const DAY_MS = 86_400_000;

export function crowd(size: number, nowMs: number): Crowd {
  const createdMs = Math.floor(nowMs / 1000 - 400 * 86_400) * 1000;
  const keys = Array.from({ length: size }, (_, at) => forgeKey(`crowd ${at}`, createdMs));
  const certificates = keys.map((key, at) => {
    const name = nameOf(at);
    const own = forgeSignature(key, key, name, {
      type: 0x13,
      createdMs,
      subpackets: [subpacket(27, Buffer.of(3)), subpacket(25, Buffer.of(1))],
    });
    const by = at === 0 ? [] : [...new Set([Math.floor((at - 1) / EACH), (at * 7919) % Math.min(at, 1 + EACH + EACH * EACH)])];
    const certifications = by.map((issuer) => certification(keys[issuer] ?? key, key, at, createdMs + DAY_MS));
    return Buffer.concat([packet(6, key.body), packet(13, Buffer.from(name)), own, ...certifications]);
  });
  return { keyring: Buffer.concat(certificates), ownerTrust: `# of a crowd\n${keys[0]?.fingerprint ?? ""}:5:\n` };
}

export function nameOf(at: number): string {
  return at === 0 ? "Chess Club" : `Member ${at}`;
}

/** The first may introduce, and those whom they certified; some count half. */
function certification(issuer: ForgedKey, target: ForgedKey, at: number, createdMs: number): Buffer {
  const depth = at <= EACH ? 2 : at <= EACH + EACH * EACH ? 1 : 0;
  const amount = at % 5 === 0 ? 60 : 120;
  const subpackets = depth === 0 && amount === 120 ? [] : [subpacket(5, Buffer.of(depth, amount))];
  return forgeSignature(issuer, target, nameOf(at), { type: 0x10, createdMs, subpackets });
}
