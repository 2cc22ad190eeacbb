// Where a test plays: one real node, some people with browsers, and a folder that goes away. Closing it is a check of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { takePicture } from "./look.ts";
import { NodeProcess } from "./node-process.ts";
import { Person, type PersonOptions } from "./person.ts";

export class Stage {
  readonly folder: string;
  readonly node: NodeProcess;
  readonly people: Person[] = [];
  #count = 0;

  private constructor(folder: string, node: NodeProcess) {
    this.folder = folder;
    this.node = node;
  }

  static async open(flags: readonly string[] = []): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-browser-"));
    return new Stage(folder, await NodeProcess.start(join(folder, "node"), flags));
  }

  /** Somebody with a browser of their own that shows nothing yet. */
  async person(name: string, options: Omit<PersonOptions, "folder" | "nodeUrl"> = {}): Promise<Person> {
    const folder = join(this.folder, `${++this.#count}-${name}`);
    const person = await Person.open(name, { ...options, folder, nodeUrl: this.node.url });
    this.people.push(person);
    return person;
  }

  /** What no run of any test may leave behind: complaints of a browser, and traffic to anything but the node (W3). */
  check(): void {
    for (const person of this.people) {
      expect(person.complaints.take(), `${person.name}'s browser complained`).toEqual([]);
      const strangers = person.proxy.hosts().filter((host) => host !== this.node.host && !person.allowedHosts.has(host));
      expect(strangers, `${person.name}'s browser called others`).toEqual([]);
    }
  }

  /** What everybody sees now. */
  async takePictures(name: string): Promise<void> {
    const file = name.replaceAll(/[^\w]+/g, "-").slice(0, 80);
    for (const [at, { page, name: who }] of this.people.entries()) {
      if (!page.isClosed()) await takePicture(page, `${file}-${at}-${who}`);
    }
  }

  /** Lets those go who came after the first `count`. */
  async keepOnly(count: number): Promise<void> {
    await Promise.all(this.people.splice(count).map((person) => person.close()));
  }

  async close(): Promise<void> {
    await Promise.all(this.people.map((person) => person.close()));
    await this.node.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** For a file of tests: a stage that all of them share, checked after each. Whoever came for one test leaves with it. */
export function useStage(flags: readonly string[] = []): () => Stage {
  let stage: Stage | undefined;
  const present = (): Stage => {
    if (stage === undefined) throw new Error("the stage opens before the first test");
    return stage;
  };
  beforeAll(async () => {
    stage = await Stage.open(flags);
  });
  let residents = 0;
  beforeEach(() => {
    residents = present().people.length;
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await stage?.takePictures(`failed ${task.name}`);
    try {
      stage?.check();
    } finally {
      await stage?.keepOnly(residents);
    }
  });
  afterAll(() => stage?.close());
  return present;
}
