// Sending and finding files in a conversation.
import type { Locator } from "playwright-core";
import type { Person } from "../rig/person.ts";

export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export async function attach(person: Person, ...files: readonly GivenFile[]): Promise<void> {
  const choosing = person.page.waitForEvent("filechooser");
  await person.press(person.words.t("file.attach"));
  await (await choosing).setFiles([...files]);
}

export async function attachPaths(person: Person, ...paths: readonly string[]): Promise<void> {
  const choosing = person.page.waitForEvent("filechooser");
  await person.press(person.words.t("file.attach"));
  await (await choosing).setFiles([...paths]);
}

export function cardOf(person: Person, name: string): Locator {
  return person.page.locator("article").filter({ has: person.page.getByText(name, { exact: true }) });
}

/** A photograph as a browser draws it, with words of a camera in it. */
export async function photograph(person: Person): Promise<Buffer> {
  const drawn = await person.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(640, 480);
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.fillStyle = "#2a7f62";
    pen.fillRect(0, 0, 640, 480);
    pen.fillStyle = "#ffffff";
    pen.fillRect(200, 140, 240, 200);
    const blob = await canvas.convertToBlob({ type: "image/jpeg" });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  const note = Buffer.from("Exif\0\0taken at 52.5N 13.4E", "latin1");
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, note.length + 2]), note]);
  return Buffer.concat([Buffer.from(drawn.slice(0, 2)), segment, Buffer.from(drawn.slice(2))]);
}
