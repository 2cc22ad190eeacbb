// By what a directory may find an identity besides fingerprint and key id (spec/protocol/identity.md section 16). The owner decides: an
// e-mail address in a user ID is there to be found unless they say no, a name only when they say yes.
import { decodeUtf8 } from "@p2pcrypt/bytes";
import type * as openpgp from "openpgp";

/** On the newest self-signature of a user ID: `yes` or `no`. */
export const FINDABLE_NOTATION = "findable@p2pcrypt";

/** Spelling in which terms are compared: case and Unicode form do not matter, everything else does. */
function normalTerm(text: string): string {
  return text.trim().normalize("NFC").toLowerCase();
}

/** Terms of one user ID, in the form of `normalTerm`. */
export function termsOfUserId(text: string, selfSignature: openpgp.SignaturePacket): string[] {
  const said = choice(selfSignature);
  if (said === "no") return [];
  const [, name = "", inBrackets] = /^([^<>]*)<([^<>\s]+)>$/.exec(text.trim()) ?? [];
  const address = inBrackets ?? text.trim();
  const isAddress = /^[^\s@<>]+@[^\s@<>]+$/.test(address);
  const terms = isAddress ? [address, text] : [];
  if (said === "yes") terms.push(text, name);
  return [...new Set(terms.map(normalTerm))].filter((term) => term !== "");
}

function choice({ rawNotations }: openpgp.SignaturePacket): string | undefined {
  const value = rawNotations.find(({ name }) => name === FINDABLE_NOTATION)?.value;
  try {
    return value === undefined ? undefined : decodeUtf8(value);
  } catch {
    return undefined; // not text: nothing was said
  }
}

/**
 * What somebody searches for, as a term of `Certificate.searchTerms`: a fingerprint or key id in hex, with or without 0x, or a whole e-mail
 * address, name or user ID. @returns undefined for what nothing can be found by, short key ids among it: they are easily made equal.
 */
export function parseSearch(text: string): string | undefined {
  const hex = text.replaceAll(" ", "").toUpperCase().replace(/^0X/, "");
  if (/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(hex)) return `fpr ${hex}`;
  if (/^[0-9A-F]{16}$/.test(hex)) return `kid ${hex}`;
  if (/^0x/i.test(text) || /^[0-9A-F]{8}$/.test(hex)) return undefined;
  // gpg marks a whole address with angle brackets and a whole user ID with an equals sign.
  const exact = /^<([^<>]+)>$/.exec(text.trim())?.[1] ?? text.trim().replace(/^=/, "");
  const term = normalTerm(exact);
  return term === "" || term.length > MAX_TERM_CHARACTERS ? undefined : `uid ${term}`;
}

const MAX_TERM_CHARACTERS = 512;
