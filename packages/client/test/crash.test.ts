// A disk that fails after so many writes, as a process that is killed leaves it; then the same vault is opened again.
import { expect, it } from "vitest";
import { DyingDisk } from "./support/dying-disk.ts";
import { conversationOf, heard, type Person, say, World } from "./support/world.ts";

it("a client that dies at any write loses no message, shows none twice, and is not taken for a clone", async () => {
  const world = await World.create();
  const [ana, first] = [await world.person("Ana"), await world.person("Ben")];
  await world.acquainted(first, ana);
  await world.pass(5_000);
  await first.client.close();
  const stored: string[] = [];
  const isStopped = ({ events }: Person): boolean => events.some(({ kind }) => kind === "stopped");
  for (let writes = 0; writes < 12; writes++) {
    await say(ana, `to ${writes}`);
    const dying = await world.again("Ben", new DyingDisk(first.disk, writes));
    const text = `from ${writes}`;
    await say(dying, text).then(
      () => stored.push(text),
      () => undefined,
    );
    await world.until("dead or done", () => isStopped(dying) || conversationOf(dying)?.queued === 0);
    await world.pass(3_000);
    await dying.client.close();
    const living = await world.again("Ben", first.disk);
    await world.until("sent", () => conversationOf(living)?.queued === 0 && conversationOf(living)?.isCaughtUp === true);
    expect(living.events.filter(({ kind }) => kind === "stopped")).toEqual([]);
    const entries = await living.client.conversations.history(conversationOf(living)?.id ?? "", { limit: 1_000 });
    const read = entries.flatMap((entry) => (entry.kind === "text" && !entry.isOwn ? [entry.text] : [])).reverse();
    await living.client.close();
    expect(read).toEqual(Array.from({ length: writes + 1 }, (_, n) => `to ${n}`));
  }
  await world.until("all arrived", () => heard(ana).length >= stored.length);
  expect(heard(ana)).toEqual(stored);
  expect(stored.length).toBeGreaterThan(6);
  await world.close(ana);
});
