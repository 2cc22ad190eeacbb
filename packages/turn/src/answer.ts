// What the parts that answer requests share.
import type { ClientAddress } from "./allocation.ts";
import type { Caller } from "./authenticate.ts";
import { familyOf } from "./ip-address.ts";
import { ATTRIBUTE, type ErrorNumber, METHOD } from "./stun/attributes.ts";
import type { StunAttribute, StunMessage } from "./stun/message.ts";
import { attributeOf, decodeUint32, encodeXorAddress } from "./stun/values.ts";

const DEFAULT_LIFETIME_S = 600;
const MAX_LIFETIME_S = 3600;

export interface Request {
  readonly message: StunMessage;
  readonly client: ClientAddress;
  readonly caller: Caller;
}

export type Answer =
  | { readonly kind: "success"; readonly attributes: readonly StunAttribute[] }
  | { readonly kind: "error"; readonly code: ErrorNumber; readonly attributes?: readonly StunAttribute[] };

export function fail(code: ErrorNumber): { readonly kind: "error"; readonly code: ErrorNumber } {
  return { kind: "error", code };
}

export function mappedAddress({ ip, port }: ClientAddress, transactionId: Uint8Array): StunAttribute {
  return encodeXorAddress(ATTRIBUTE.xorMappedAddress, { family: familyOf(ip), ip, port }, transactionId);
}

/** Not asked for: ten minutes. Asked for less: ten minutes too, but for 0, which ends it (RFC 8656 sections 7.2 and 8.2). */
export function lifetimeOf(message: StunMessage): number {
  const asked = decodeUint32(attributeOf(message, ATTRIBUTE.lifetime));
  if (asked === undefined) return DEFAULT_LIFETIME_S;
  if (asked === 0 && message.method === METHOD.refresh) return 0;
  return Math.min(MAX_LIFETIME_S, Math.max(DEFAULT_LIFETIME_S, asked));
}

/** The same request once more, because its answer was lost. Ids are public. */
export function isSameTransaction(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
