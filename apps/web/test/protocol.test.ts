import { ClientError } from "@p2pcrypt/client";
import { VaultError } from "@p2pcrypt/vault";
import { describe, expect, it } from "vitest";
import { Caller } from "../src/protocol/caller.ts";
import { serve } from "../src/protocol/serve.ts";
import { WebError } from "../src/protocol/web-error.ts";
import { portPair } from "./support/port-pair.ts";

type Ops = {
  double: { request: number; answer: number };
  fail: { request: "client" | "vault" | "defect"; answer: undefined };
  wait: { request: undefined; answer: string };
};

function start() {
  const [page, worker] = portPair();
  const notices: string[] = [];
  const aborted: string[] = [];
  const release = Promise.withResolvers<string>();
  const tell = serve<Ops, string>(worker, {
    double: (value) => value * 2,
    fail: (how) => {
      if (how === "client") throw new ClientError({ code: "name/tooLong", maxBytes: 128 });
      if (how === "vault") throw new VaultError({ code: "vault/newer", version: 9 });
      throw new RangeError("Ana's secret diary");
    },
    wait: (_, signal) => {
      signal.addEventListener("abort", () => aborted.push("wait"));
      return release.promise;
    },
  });
  const caller = new Caller<Ops, string>(page, (notice) => notices.push(notice));
  return { caller, page, worker, notices, aborted, release, tell };
}

describe("the protocol between page and worker", () => {
  it("answers calls by their ids, in whatever order they end", async () => {
    const { caller, release } = start();
    const slow = caller.call("wait", undefined);
    expect(await Promise.all([caller.call("double", 2), caller.call("double", 5)])).toEqual([4, 10]);
    release.resolve("late");
    expect(await slow).toBe("late");
  });

  it("brings failures over as the same error with the same fields", async () => {
    const { caller } = start();
    await expect(caller.call("fail", "client")).rejects.toEqual(new ClientError({ code: "name/tooLong", maxBytes: 128 }));
    await expect(caller.call("fail", "client")).rejects.toBeInstanceOf(ClientError);
    const failed: unknown = await caller.call("fail", "vault").catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(VaultError);
    expect(failed).toMatchObject({ failure: { code: "vault/newer", version: 9 } });
  });

  it("lets nothing of an unforeseen error cross but its kind", async () => {
    const { caller, worker } = start();
    await expect(caller.call("fail", "defect")).rejects.toMatchObject({ failure: { code: "web/defect", name: "RangeError" } });
    expect(JSON.stringify(worker.posted)).not.toContain("diary");
  });

  it("cancels on both sides: the caller hears at once, the worker's signal says so, and no answer follows", async () => {
    const { caller, worker, aborted, release } = start();
    const controller = new AbortController();
    const cancelled = caller.call("wait", undefined, controller.signal);
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ failure: { code: "web/cancelled" } });
    await caller.call("double", 1);
    expect(aborted).toEqual(["wait"]);
    release.resolve("too late");
    await caller.call("double", 1);
    expect(worker.posted.map((message) => JSON.stringify(message)).join()).not.toContain("too late");
  });

  it("delivers notices in their order and before the answers that follow them", async () => {
    const { caller, notices, tell } = start();
    tell("one");
    tell("two");
    await caller.call("double", 1);
    expect(notices).toEqual(["one", "two"]);
  });

  it("fails everything that waits, and everything after, once the worker is gone", async () => {
    const { caller } = start();
    const waiting = caller.call("wait", undefined);
    caller.end();
    await expect(waiting).rejects.toBeInstanceOf(WebError);
    await expect(caller.call("double", 1)).rejects.toMatchObject({ failure: { code: "web/ended" } });
  });

  it("W7: ignores what is no message and refuses operations that there are not", async () => {
    const { page, worker, caller } = start();
    const junk = [undefined, null, 1, "call", [], {}, { kind: "call" }, { kind: "call", id: "1", op: "double", request: 1 }];
    for (const message of [...junk, { kind: "cancel", id: 77 }, { kind: "answer", id: 1, value: 1 }]) page.post(message);
    for (const op of ["constructor", "__proto__", "toString", ""]) page.post({ kind: "call", id: 100, op, request: 1 });
    await caller.call("double", 1);
    expect(worker.posted.slice(0, -1)).toEqual(
      Array.from({ length: 4 }, () => ({
        kind: "failure",
        id: 100,
        failure: { of: "web", failure: { code: "web/unknownOperation" } },
      })),
    );
  });
});
