// What has to be true of a world when the weather has cleared, whatever happened before.
import type { Entry, MemberSnapshot } from "@p2pcrypt/client";
import type { Person } from "../../src/index.ts";
import { assertRightlyStopped, between, type Cast } from "./cast.ts";

/** @throws when something promised did not come true. */
export async function judge(cast: Cast): Promise<void> {
  const { ana, ben, tablet, mallory, world, scene } = cast;
  for (const person of [ana, ben, ...(tablet === undefined ? [] : [tablet])]) await judgePerson(cast, person);
  if (mallory !== undefined) await judgeVictim(cast, mallory);
  if (!scene.isForking) judgeAgreement(cast);
  if (world.nonces.leaks.length > 0) throw new Error(`plaintext travelled: ${world.nonces.leaks[0]}`);
  if (world.nonces.violations() > 0) throw new Error("a key and nonce were used twice");
  if (world.nodes.faults.length > 0) throw new Error(`the node failed: ${world.nodes.faults[0]}`);
}

async function judgePerson(cast: Cast, person: Person): Promise<void> {
  const { ana, ben, tablet, spoken, scene } = cast;
  const { name } = person;
  const conversation = between(person, person === ana ? ben : ana);
  const entries = await historyOf(person, conversation?.id);
  const shown = textsOf(entries);
  const doubled = shown.filter((text, i) => shown.indexOf(text) !== i);
  if (doubled.length > 0) throw new Error(`${name} is shown twice: ${doubled.join(", ")}`);
  // What a dying process had stored may be there too, once; it was said all the same.
  const invented = shown.filter((text) => !/^canary \d+ (ana|ben|tablet)$/.test(text));
  if (invented.length > 0) throw new Error(`${name} is shown what nobody said: ${invented.join(", ")}`);
  const isHers = entries.every((entry) => entry.kind !== "text" || entry.text.endsWith(" ana") === (entry.authorName === "ana"));
  if (!isHers) throw new Error(`${name} is shown a message under another name`);
  assertRightlyStopped(cast, person);
  const defects = person.events.flatMap((event) => (event.kind === "fault" && event.code === "defect" ? [event.where] : []));
  if (defects.length > 0) throw new Error(`${name} has a defect in ${defects[0]}`);
  if (scene.isForking) return;
  const promised = spoken.filter(({ by, to }) => by === ben || by === tablet || (by === ana && to === ben));
  // A device that came later has nothing of before; what it said itself it has.
  const due = person === tablet ? promised.filter(({ by }) => by === tablet) : promised;
  const lost = person === tablet ? cast.tabletHas.filter((text) => !shown.includes(text)) : [];
  if (lost.length > 0) throw new Error(`${name} lost what its backup had: ${lost.join(", ")}`);
  const missing = due.filter(({ text }) => !shown.includes(text));
  if (missing.length > 0) throw new Error(`${name} never sees: ${missing.map(({ text }) => text).join(", ")}`);
  if (entries.some(({ kind }) => kind === "missing")) throw new Error(`${name} is told that something is missing`);
  const [warning] = conversation?.warnings ?? [];
  if (warning !== undefined && !scene.isLying) throw new Error(`${name} accuses an honest node: ${warning.kind}`);
}

/** Of a conversation with somebody who writes anything: nobody's words but theirs and one's own, each once. */
async function judgeVictim({ ana, spoken }: Cast, mallory: Person): Promise<void> {
  const shown = await historyOf(ana, between(ana, mallory)?.id);
  const own = shown.flatMap((entry) => (entry.kind === "text" && entry.isOwn ? [entry.text] : []));
  const said = spoken.filter(({ by, to }) => by === ana && to === mallory).map(({ text }) => text);
  const invented = own.filter((text) => !/^canary \d+ ana$/.test(text));
  if (invented.length > 0) throw new Error(`ana is shown as her own: ${invented.join(", ")}`);
  if (new Set(own).size !== own.length) throw new Error("ana is shown her own words twice");
  if (said.some((text) => !own.includes(text))) throw new Error("ana's words to mallory are gone");
}

function judgeAgreement({ ana, ben, tablet }: Cast): void {
  const deviceId = tablet?.client?.account.snapshot().deviceId;
  const shownAsNew = ana.client?.contacts.list().flatMap(({ newDevices }) => newDevices.map((one) => one.deviceId)) ?? [];
  if (deviceId !== undefined && !shownAsNew.includes(deviceId)) throw new Error("ana is not told of a new device");
  const seen = [between(ana, ben), between(ben, ana), ...(tablet === undefined ? [] : [between(tablet, ana)])];
  const rosters = seen.map((one) => JSON.stringify((one?.members ?? []).map(rolesOf).sort()));
  if (new Set(rosters).size !== 1) throw new Error("members disagree on who is a member");
  if (new Set(seen.map((one) => one?.code?.digits)).size !== 1) throw new Error("members see different histories");
}

function rolesOf({ identityId, isAdmin, deviceIds }: MemberSnapshot): readonly unknown[] {
  return [identityId, isAdmin, [...deviceIds].sort()];
}

async function historyOf(person: Person, id = ""): Promise<readonly Entry[]> {
  return (await person.client?.conversations.history(id, { limit: 1_000 })) ?? [];
}

function textsOf(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => (entry.kind === "text" ? [entry.text] : []));
}
