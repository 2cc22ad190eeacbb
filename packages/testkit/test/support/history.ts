// One history of a world: people meet, talk, and everything fails in between, as the seed says. Afterwards the weather clears, and what
// was promised must have come true.
import { type Person, World, type WorldOptions } from "../../src/index.ts";
import { between, type Cast, NO_TALLY, NODE, remember, sceneOf, type Tally } from "./cast.ts";
import { Deeds } from "./deeds.ts";
import { judge } from "./judge.ts";
import { MaliciousMember } from "./malicious-member.ts";

const idle = async (): Promise<void> => {
  // Promises of this turn and of what they lead to: none of them waits for anything outside.
  await new Promise<void>((resolve) => setImmediate(resolve));
};

export async function liveThrough(
  seed: string,
  options: Pick<WorldOptions, "fidelity"> & { readonly steps: number },
): Promise<Tally> {
  const world = new World({ seed, idle, fidelity: options.fidelity });
  try {
    return await live(world, options.steps);
  } catch (error) {
    throw new Error(`seed ${seed} (P2PCRYPT_SEED=${seed} replays it): ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

async function live(world: World, steps: number): Promise<Tally> {
  world.nodes.start(NODE);
  world.nonces.canaries.push("canary");
  const cast = await castOf(world);
  const { ana, ben, mallory, scene } = cast;
  const deeds = new Deeds(cast, mallory === undefined ? undefined : new MaliciousMember(world, mallory, NODE, cast.tally));
  if (scene.isForking) await seeTwoHistories(cast, deeds, steps);
  else {
    if (scene.isLying) deeds.lieOrNot();
    for (let step = 0; step < steps; step++) {
      await deeds.happen();
      await world.pass(world.dice(4) === 0 ? world.dice(20_000) : world.dice(300));
    }
    await deeds.clear();
    await settle(cast);
    // Whoever came later, or missed a push that was withheld, is with the others again at the next message.
    for (const [by, to] of [[ana, ben], [ben, ana], ...(cast.tablet === undefined ? [] : [[cast.tablet, ana] as const])] as const)
      await deeds.speak(by, to);
    await settle(cast);
  }
  await judge(cast);
  if (cast.tablet !== undefined && world.dice(2) === 0) await removed(cast, cast.tablet, deeds);
  for (const { client } of [ana, ben]) await client?.close();
  return cast.tally;
}

async function castOf(world: World): Promise<Cast> {
  const scene = sceneOf(world);
  const [ana, ben] = [await world.person("ana", NODE), await world.person("ben", NODE)];
  const mallory = scene.hasMallory ? await world.person("mallory", NODE) : undefined;
  for (const person of [ana, ben, mallory]) if (person !== undefined) remember(person);
  const cast: Cast = {
    world,
    tally: { ...NO_TALLY },
    scene,
    ana,
    ben,
    mallory,
    tablet: undefined,
    tabletHas: [],
    spoken: [],
    wereFull: new Set(),
  };
  // Half of the worlds are rough from the first meeting on.
  if (world.dice(2) === 0)
    world.network.weather = { loss: world.dice(6), delayMs: world.dice(400), doubled: world.dice(20), overtaken: world.dice(20) };
  await meet(world, ana, ben);
  if (mallory !== undefined) await meet(world, mallory, ana);
  return cast;
}

async function meet(world: World, asker: Person, asked: Person): Promise<void> {
  await world.until("published", () => [asker, asked].every(({ client }) => client?.account.snapshot().isPublished === true));
  const isCrossing = world.dice(4) === 0;
  await asker.client?.contacts.add(asked.client?.account.snapshot().link ?? "", "canary greeting");
  if (isCrossing) await asked.client?.contacts.add(asker.client?.account.snapshot().link ?? "", "canary greeting too");
  else {
    const asking = () => asked.client?.contacts.list().find(({ state }) => state === "asking");
    await world.until("asked", () => asking() !== undefined);
    const contact = asking();
    if (contact !== undefined) await asked.client?.contacts.accept(contact.identityId);
  }
  await world.until("joined", () => between(asker, asked)?.state === "active" && between(asked, asker)?.state === "active");
}

async function settle({ world, ana, ben, tablet }: Cast): Promise<void> {
  await world.until("settled", () => {
    const seen = [between(ana, ben), between(ben, ana), ...(tablet === undefined ? [] : [between(tablet, ana)])];
    return seen.every((one) => one?.state === "active" && one.queued === 0 && one.isCaughtUp);
  });
  await world.pass(30_000);
}

/** Ben is shown another history than Ana for a while. When he is shown hers again he has to notice, whatever each of them did. */
async function seeTwoHistories({ world, tally, ana, ben }: Cast, deeds: Deeds, steps: number): Promise<void> {
  world.calm();
  tally.forks += 1;
  await world.nodes.fork(NODE, (address) => address.startsWith("ben "));
  for (let step = 0; step < steps; step++) {
    const [by, to] = world.dice(2) === 0 ? [ana, ben] : [ben, ana];
    if (world.dice(3) > 0) await deeds.speak(by, to);
    else if (world.dice(2) === 0) await reopened(world, by);
    await world.pass(world.dice(5_000));
  }
  await deeds.speak(ben, ana);
  await world.until("said to his history", () => between(ben, ana)?.queued === 0);
  world.nodes.join(NODE);
  await deeds.speak(ana, ben);
  await world.until("noticed", () => (between(ben, ana)?.warnings.length ?? 0) > 0);
  await world.pass(120_000);
}

/** A device that was removed gets nothing more, and is told so; whoever is left goes on. */
async function removed(cast: Cast, tablet: Person, deeds: Deeds): Promise<void> {
  const { world, ana, ben } = cast;
  const text = await deeds.loseTablet();
  await world.until("heard by who is left", () => between(ana, ben)?.queued === 0 && between(ben, ana)?.isCaughtUp === true);
  await world.pass(60_000);
  const [left, gone] = [await textsAt(ben, between(ben, ana)?.id), await textsAt(tablet, between(tablet, ana)?.id)];
  if (!left.includes(text)) throw new Error(`ben never sees: ${text}`);
  if (gone.includes(text)) throw new Error(`a removed device sees: ${text}`);
  const isTold =
    between(tablet, ana)?.state === "removed" ||
    tablet.events.some((event) => event.kind === "stopped" && event.code === "client/removed");
  if (!isTold) throw new Error("a removed device is not told");
}

async function textsAt({ client }: Person, id = ""): Promise<readonly string[]> {
  const entries = (await client?.conversations.history(id, { limit: 1_000 })) ?? [];
  return entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
}

async function reopened(world: World, person: Person): Promise<void> {
  world.kill(person);
  await world.revive(person);
}
