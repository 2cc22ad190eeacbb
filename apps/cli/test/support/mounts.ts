// File systems of their own for tests of faults: an ext4 in a file, and a small one in memory. Both need the rights of an administrator,
// and the first one a loop device; where they are not to be had, the tests say so in their names and are skipped.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IMAGE_BYTES = 96 * 1024 * 1024;

export class Mounts {
  readonly folder = mkdtempSync(join(tmpdir(), "p2pcrypt-disk-"));
  readonly #mounted: string[] = [];

  /** A new file system in a file. @returns the file. */
  image(name: string): string {
    const file = join(this.folder, name);
    run("truncate", ["-s", String(IMAGE_BYTES), file]);
    run("mkfs.ext4", ["-q", "-F", file]);
    return file;
  }

  mountImage(file: string, name: string): string {
    return this.#mount(name, ["-o", "loop", file]);
  }

  mountMemory(name: string, size: string): string {
    return this.#mount(name, ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs"]);
  }

  unmount(place: string): void {
    run("umount", [place]);
    this.#mounted.splice(this.#mounted.indexOf(place), 1);
  }

  end(): void {
    for (const place of [...this.#mounted]) this.unmount(place);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #mount(name: string, args: readonly string[]): string {
    const place = join(this.folder, name);
    mkdirSync(place, { recursive: true });
    run("mount", [...args, place]);
    this.#mounted.push(place);
    return place;
  }
}

/** The bytes of a file as they are on its disk now; holes stay holes. */
export function copyFile(from: string, to: string): void {
  run("cp", ["--sparse=always", from, to]);
}

export function canMount(kind: "image" | "memory"): boolean {
  const mounts = new Mounts();
  try {
    if (kind === "memory") mounts.mountMemory("probe", "1m");
    else mounts.mountImage(mounts.image("probe.img"), "probe");
    return true;
  } catch {
    return false; // no rights, no loop device, or no such program: what is asked is whether
  } finally {
    mounts.end();
  }
}

/** While it runs nothing else of this process does: what the other side answers meanwhile is heard afterwards. */
function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, PATH: PATHS } });
  if (status !== 0) throw new Error(`${command} failed: ${stderr ?? error?.message ?? ""}`);
}

const PATHS = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`;
