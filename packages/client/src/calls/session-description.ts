// Session descriptions (RFC 8866) and candidates (RFC 8839), as far as they decide about safety: bounded, with one DTLS fingerprint, and
// without an address when it is to be hidden. What is in them otherwise is between the connections.
import { MAX_SDP_BYTES } from "@p2pcrypt/content";

const MAX_LINES = 600;
const MAX_SECTIONS = 8;
const FINGERPRINT = /^a=fingerprint:sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/i;

/**
 * @returns the SHA-256 fingerprint of the certificate that every section names, upper case; undefined for a description that is too large,
 * has another kind of fingerprint, several, or none.
 */
export function fingerprintOf(sdp: string): string | undefined {
  if (sdp.length > MAX_SDP_BYTES || !/^[\x20-\x7e\r\n]*$/.test(sdp)) return undefined;
  const lines = sdp.split(/\r?\n/);
  if (lines.length > MAX_LINES || lines.filter((line) => line.startsWith("m=")).length > MAX_SECTIONS) return undefined;
  const named = lines.filter((line) => /^a=fingerprint:/i.test(line)).map((line) => FINGERPRINT.exec(line)?.[1]?.toUpperCase());
  return new Set(named).size === 1 ? named[0] : undefined;
}

/** The same without any address but relayed ones (K1). */
export function withoutAddresses(sdp: string): string {
  return sdp
    .split("\r\n")
    .flatMap((line) => {
      if (line.startsWith("c=")) return ["c=IN IP4 0.0.0.0"];
      if (line.startsWith("a=rtcp:")) return ["a=rtcp:9 IN IP4 0.0.0.0"];
      if (line.startsWith("m=")) return [line.replace(/^(m=\S+) \d+/, "$1 9")];
      if (!line.startsWith("a=candidate:")) return [line];
      const relayed = relayedCandidate(line.slice(2));
      return relayed === undefined ? [] : [`a=${relayed}`];
    })
    .join("\r\n");
}

/** A relayed candidate without the address that it was asked for from; undefined for every other one (K1). */
export function relayedCandidate(candidate: string): string | undefined {
  if (!/^candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ relay( |$)/.test(candidate)) return undefined;
  return candidate.replace(/ raddr \S+/, " raddr 0.0.0.0").replace(/ rport \d+/, " rport 0");
}
