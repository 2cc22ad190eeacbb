import { ApiError } from "@p2pcrypt/api";
import { ConnectionError } from "../ports.ts";
import type { Step } from "../run/pump.ts";

const SOON_MS = 5_000;

/**
 * What a task does after a call failed in a way that time heals: without an answer it waits for the connection, which wakes it; told to
 * wait it waits. Everything else is thrown again: the task that called must know what it means.
 */
export function stepAfter(error: unknown): Step {
  if (error instanceof ConnectionError) return { kind: "idle" };
  if (error instanceof ApiError && error.isRetriable) return { kind: "wait", delayMs: error.fields.retryAfterMs ?? SOON_MS };
  throw error;
}
