// Credentials for a relay, asked for at a node.
import { limits } from "@p2pcrypt/api";
import { expect, it } from "vitest";
import { bytes, conversation, RELAY, START_MS, testNode } from "./support/test-node.ts";

it("R3: who may write to a stream gets credentials on its lease, for ten minutes, and nobody else does", async () => {
  const node = testNode({ relay: RELAY });
  const [mine, other] = [await conversation(node), await conversation(node)];
  const { stream } = mine;
  for (const capability of [undefined, bytes(0), mine.readToken, other.writeToken])
    expect(await node.call("relay.credentials", { stream }, capability)).toBe("forbidden");
  expect(await node.call("relay.credentials", { stream }, mine.writeToken)).toEqual({
    urls: ["turn:198.51.100.1:3478?transport=udp"],
    username: `for ${stream}`,
    credential: "password",
    expiresAtMs: START_MS + limits.RELAY_CREDENTIALS_LIFETIME_MS,
  });
  expect(await node.call("node.describe", {})).toMatchObject({ services: expect.arrayContaining(["relay"]) });
});

it("R4: credentials for one stream are not given without end; another stream gets its own", async () => {
  const node = testNode({ relay: RELAY });
  const [mine, other] = [await conversation(node), await conversation(node)];
  const ask = ({ stream, writeToken }: typeof mine) => node.call("relay.credentials", { stream }, writeToken);
  const answers = new Set<string>();
  for (let n = 0; n < 100; n++) {
    const answer = await ask(mine);
    answers.add(typeof answer === "string" ? answer : "given");
  }
  expect(answers).toEqual(new Set(["given", "rateLimited"]));
  expect(typeof (await ask(other))).toBe("object");
});

it("a node without a relay says so, to those who may ask", async () => {
  const node = testNode();
  const { stream, writeToken } = await conversation(node);
  expect(await node.call("relay.credentials", { stream }, bytes(0))).toBe("forbidden");
  expect(await node.call("relay.credentials", { stream }, writeToken)).toBe("notOffered");
  expect(await node.call("node.describe", {})).toMatchObject({ services: expect.not.arrayContaining(["relay"]) });
});
