// What a file that came is called on this disk (B4). The name in a message is somebody else's: it must not leave the folder, command a
// terminal or a desktop, hide its extension, or be one that a file system treats in a way of its own.
import { encodeUtf8 } from "@p2pcrypt/bytes";

const MAX_NAME_BYTES = 200;
/** Controls, marks that turn or hide letters, and halves of letters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu;
/** Not allowed in names somewhere. */
const FORBIDDEN = /[<>:"|?*]/g;
/** Devices of Windows, also with an extension. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|$)/i;
/** A desktop acts on these when a folder is shown or the file is touched. */
const ACTING =
  /\.(?:desktop|directory|lnk|url|website|webloc|inetloc|fileloc|scf|library-ms|search-ms|searchconnector-ms|theme)$/i;

/** One path component that is safe on every system; the extension is the true one. Never empty, never hidden. */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const shown = last.replace(HIDDEN, "").normalize("NFC").replace(FORBIDDEN, "_").replaceAll(/\s+/g, " ");
  const plain = shown.replace(/^[\s.~-]+/, "").replace(/[\s.]+$/, "");
  const named = plain === "" ? "file" : plain;
  const harmless = ACTING.test(named) ? `${named}.saved` : named;
  const short = shortened(harmless);
  return DEVICE.test(short) ? `_${short}` : short;
}

/** Of a name that is safe: the part that stays and the extension, with its dot, behind which a number may be put. */
export function splitExtension(name: string): { readonly stem: string; readonly extension: string } {
  const at = name.lastIndexOf(".");
  return at <= 0 || name.length - at > 20
    ? { stem: name, extension: "" }
    : { stem: name.slice(0, at), extension: name.slice(at) };
}

/** Cut in the middle, so that the extension stays what it is. */
function shortened(name: string): string {
  const { stem, extension } = splitExtension(name);
  let letters = [...stem];
  while (encodeUtf8(letters.join("") + extension).length > MAX_NAME_BYTES) letters = letters.slice(0, -1);
  return (letters.join("").replace(/[\s.]+$/, "") || "file") + extension;
}
