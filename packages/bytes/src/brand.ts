declare const brand: unique symbol;

/** A string or number that only its parser makes: `Brand<string, "IdentityId">`. Objects get a class instead. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Ends an exhaustive switch: a new case becomes a compile error. */
export function unreachable(value: never): never {
  throw new TypeError(`unhandled case: ${String(value)}`);
}
