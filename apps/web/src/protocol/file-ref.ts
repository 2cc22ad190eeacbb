// What the page calls a file for the client. It lies in the vault, so it may say which file it was.

/** `id`: never used before. */
export function uploadRef(id: string, file: Pick<File, "lastModified" | "size">): string {
  return `${id} ${versionOf(file)}`;
}

/** Another one when a file was changed. */
export function versionOf({ lastModified, size }: Pick<File, "lastModified" | "size">): string {
  return `${lastModified} ${size}`;
}

export function versionOfRef(ref: string): { readonly version: string; readonly bytes: number } | undefined {
  const [, version, bytes] = /^\S+ (-?\d+ (\d+))$/.exec(ref) ?? [];
  return version === undefined ? undefined : { version, bytes: Number(bytes) };
}
