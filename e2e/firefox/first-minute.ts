// The first minute in Firefox: from an empty page to a link for others.
import type { Words } from "../rig/words.ts";
import type { Firefox } from "./bidi.ts";

/** @returns Ana's link. */
export async function startAsAna(firefox: Firefox, url: string, t: Words["t"]): Promise<string> {
  await firefox.goTo(`${url}/`);
  await firefox.press("button", t("start.start"));
  await firefox.press("textbox", t("start.nameLabel"));
  await firefox.type("Ana");
  await firefox.press("button", t("start.create"));
  await firefox.find("textbox", t("home.link"));
  return firefox.evaluate("document.querySelector('input.code').value");
}
