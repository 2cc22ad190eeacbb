// Many idle listeners on one node, and their return after it was killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { NodeProcess } from "../node-process.ts";
import type { Result } from "../result.ts";

const SOCKETS = 10_000;

export async function run(): Promise<Result[]> {
  const node = await NodeProcess.start();
  try {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const idleMib = node.rssMib();
    const crowd = spawn(
      process.execPath,
      [
        "--conditions=source",
        "--disable-warning=ExperimentalWarning",
        fileURLToPath(new URL("../crowd.ts", import.meta.url)),
        node.url,
        String(SOCKETS),
      ],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    await once(crowd.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const crowdedMib = node.rssMib();
    await node.stop("SIGKILL");
    const restartedMs = performance.now();
    await node.start();
    await once(crowd.stdout, "data");
    const backMs = performance.now() - restartedMs;
    const ended = once(crowd, "exit");
    crowd.kill("SIGKILL");
    await ended;
    return [
      { name: "idle node", value: idleMib, unit: "MiB RSS", goal: { atMost: 120 } },
      { name: `node with ${SOCKETS} idle subscribed sockets`, value: crowdedMib, unit: "MiB RSS", goal: { atMost: 300 } },
      {
        name: `all ${SOCKETS} back after kill -9 and restart`,
        value: Math.round(backMs / 100) / 10,
        unit: "s",
        goal: { atMost: 60 },
      },
    ];
  } finally {
    await node.remove();
  }
}
