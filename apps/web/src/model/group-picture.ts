// What is drawn as the picture of a group.
import { type DrawnType, drawnType } from "./picture.ts";

/** Many stand in one list. */
const MAX_PIXELS = 512 * 512;

/** @returns undefined for what is not drawn: another kind, a moving one, or one that says that it is larger */
export function groupPictureType(bytes: Uint8Array): DrawnType | undefined {
  const type = drawnType(bytes, MAX_PIXELS);
  return type === "image/jpeg" || type === "image/webp" ? type : undefined;
}
