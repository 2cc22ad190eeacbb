import { expect, it } from "vitest";
import { twinsAmong } from "../model/twins.ts";
import { nameHintOf, skeletonOf } from "./look-alike.ts";

it("I13: names that mix scripts in a word, imitate Latin or hide characters are told", () => {
  expect(nameHintOf("D\u0430vid")).toBe("mixedScripts");
  expect(nameHintOf("\u0410\u0441\u0435")).toBe("looksLatin");
  expect(nameHintOf("Ben\u200B")).toBe("hiddenCharacters");
});

it("I13: honest names of every script are left in peace", () => {
  const honest = ["Ana Torres", "José Núñez", "Дмитрий", "ליאת", "ليلى حداد", "李小龍", "Ольга Smith", "Ελένη", "O'Brien-Müller"];
  expect(honest.map(nameHintOf)).toEqual(honest.map(() => undefined));
});

it("I13: contacts that a person could take for each other are found, and others are not", () => {
  const [real, fake, other] = ["Paul", "Р\u0430u1", "Paula"].map((name, at) => ({ identityId: id(at), name }));
  if (real === undefined || fake === undefined || other === undefined) throw new TypeError();
  expect(twinsAmong([real, fake, other])).toEqual(new Set([real.identityId, fake.identityId]));
  expect(skeletonOf("Ánà")).toBe(skeletonOf("ana"));
});

function id(at: number): Parameters<typeof twinsAmong>[0][number]["identityId"] {
  return String(at).repeat(64) as ReturnType<typeof id>;
}
