// Which user IDs a delegation reaches (RFC 4880 section 5.2.3.14).
import { matches } from "./regex-machine.ts";
import { type Instruction, parseRegex } from "./regex-parser.ts";

/** Longer ones are matched by no delegation that has a scope. OpenPGP has no limit; ours keeps matching short. */
const MAX_USER_ID_CHARACTERS = 1024;

/** Stands for a scope whose bytes are no text: invalid like every expression that ends in a backslash. */
export const INVALID_SCOPE = "\\";

/**
 * Whether any of the expressions matches. No expression at all matches everything; expressions of which none is valid match nothing.
 * A user ID with control characters is never matched, not even without expressions: it could look like another.
 */
export function isInScope(scopes: readonly string[], userId: string): boolean {
  if (CONTROL.test(userId)) return false;
  if (scopes.length === 0) return true;
  if (userId.length > MAX_USER_ID_CHARACTERS) return false;
  return scopes.some((scope) => {
    const program = compiled(scope);
    return program !== undefined && matches(program, userId);
  });
}

const CONTROL = /\p{Cc}/u;

/** A keyring repeats few expressions many times. */
const cache = new Map<string, readonly Instruction[] | undefined>();
const MAX_CACHED = 256;

function compiled(scope: string): readonly Instruction[] | undefined {
  if (cache.has(scope)) return cache.get(scope);
  const program = parseRegex(scope);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(scope, program);
  return program;
}
