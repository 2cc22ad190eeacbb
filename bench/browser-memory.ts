// What all processes of one browser take together, beside the files that they map: their own pages and the memory they share, which counts
// in each of them. Cheap to ask: whoever walks through all pages holds the browser up.
import { readdirSync, readFileSync } from "node:fs";

interface Process {
  readonly pid: number;
  readonly parent: number;
}

/** MiB of the browser with that profile. */
export function browserMib(profileFolder: string): number {
  const all = processes();
  const family = new Set(
    all.filter(({ pid }) => read(pid, "cmdline").includes(`--user-data-dir=${profileFolder}`)).map(({ pid }) => pid),
  );
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const kib = [...family].flatMap((pid) =>
    [...read(pid, "status").matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)].map(([, found]) => Number(found)),
  );
  return Math.round(kib.reduce((sum, one) => sum + one, 0) / 1024);
}

function processes(): Process[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? read(pid, "stat") : "";
    return stat === "" ? [] : [{ pid, parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) }];
  });
}

/** Empty for one that is over. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
