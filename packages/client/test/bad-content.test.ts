// A member whose program writes nonsense: everything that starts with "raw:" is sealed as it stands.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import { expect, it, vi } from "vitest";
import { conversationOf, faults, heard, say, World } from "./support/world.ts";

vi.mock("@p2pcrypt/content", async (original) => {
  const content = await original<typeof import("@p2pcrypt/content")>();
  const encodeContent: typeof content.encodeContent = (one) =>
    one.kind === "text" && one.text.startsWith("raw:") ? encodeUtf8(one.text.slice(4)) : content.encodeContent(one);
  return { ...content, encodeContent };
});

const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const NONSENSE = [
  "not JSON",
  "{}",
  `{"v":1,"id":"${ID}","sentAtMs":-1,"kind":"text","text":"x"}`,
  `{"v":1,"id":"${ID}","sentAtMs":1,"kind":"text","text":7}`,
  `{"v":1,"id":"short","sentAtMs":1,"kind":"text","text":"x"}`,
  `{${Array.from({ length: 6_000 }, (_, n) => `"f${n}":1`).join(",")}}`,
  "[".repeat(30_000),
];

it("M25: nonsense of a member is noted at its place, an unknown kind is kept, and the next message is shown", async () => {
  const world = await World.create();
  const [ana, ben] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(ben, ana);
  for (const one of NONSENSE) await say(ben, `raw:${one}`);
  await say(ben, `raw:{"v":1,"id":"${ID}","sentAtMs":1,"kind":"hologram","depth":3}`);
  await say(ben, "and now in earnest");
  await world.until("shown", () => heard(ana).length === 1);
  expect(heard(ana)).toEqual(["and now in earnest"]);
  const entries = ana.events.flatMap((event) => (event.kind === "entry" ? [event.entry] : []));
  expect(entries.filter((entry) => entry.kind === "missing" && entry.reason === "badContent")).toHaveLength(NONSENSE.length);
  expect(entries.filter((entry) => entry.kind === "unknown")).toMatchObject([{ name: "hologram" }]);
  expect(faults(ana)).toEqual([]);
  await say(ana, "heard you");
  await world.until("answered", () => heard(ben).length === 1);
  expect(conversationOf(ana)?.warnings).toEqual([]);
  await world.close(ana, ben);
});
