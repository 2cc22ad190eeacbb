// Failures cross between threads as data and become the same error on the other side, without its stack or cause.
import { ClientError, type ClientFailure } from "@p2pcrypt/client";
import { IdentityError, type IdentityFailure } from "@p2pcrypt/identity";
import { VaultError, type VaultFailure } from "@p2pcrypt/vault";
import { WebError, type WebFailure } from "./web-error.ts";

export type SentFailure =
  | { readonly of: "client"; readonly failure: ClientFailure }
  | { readonly of: "identity"; readonly failure: IdentityFailure }
  | { readonly of: "vault"; readonly failure: VaultFailure }
  | { readonly of: "web"; readonly failure: WebFailure };

export function toFailure(error: unknown): SentFailure {
  if (error instanceof ClientError) return { of: "client", failure: error.failure };
  if (error instanceof IdentityError) return { of: "identity", failure: error.code };
  if (error instanceof VaultError) return { of: "vault", failure: error.failure };
  if (error instanceof WebError) return { of: "web", failure: error.failure };
  // The text of an unforeseen error may hold anything, so only its kind crosses.
  return { of: "web", failure: { code: "web/defect", name: error instanceof Error ? error.name : typeof error } };
}

export function toError(sent: SentFailure): ClientError | IdentityError | VaultError | WebError {
  switch (sent.of) {
    case "client":
      return new ClientError(sent.failure);
    case "identity":
      return new IdentityError(sent.failure);
    case "vault":
      return new VaultError(sent.failure);
    case "web":
      return new WebError(sent.failure);
  }
}
