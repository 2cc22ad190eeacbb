import { describe, expect, it } from "vitest";
import { BrowserUpdates, manifestOf, type Registration } from "../src/boot/updates.ts";

class FakeWorker extends EventTarget {
  state = "installing";
  readonly asked: string[] = [];

  postMessage(message: string): void {
    this.asked.push(message);
  }

  becomes(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

class FakeRegistration extends EventTarget implements Registration {
  waiting: FakeWorker | null = null;
  installing: FakeWorker | null = null;
  checks = 0;

  async update(): Promise<void> {
    this.checks += 1;
  }
}

function start(options: { readonly isControlled: boolean }) {
  const registration = new FakeRegistration();
  const done: string[] = [];
  let takenOver = (): void => undefined;
  const updates = new BrowserUpdates({
    register: async () => registration,
    isControlled: () => options.isControlled,
    whenTakenOver: (run) => {
      takenOver = run;
    },
    reload: () => done.push("reload"),
    readManifest: async () => new TextEncoder().encode("manifest"),
    digest: (bytes) => crypto.subtle.digest("SHA-256", bytes),
  });
  const installed = (): FakeWorker => {
    const worker = new FakeWorker();
    registration.installing = worker;
    registration.dispatchEvent(new Event("updatefound"));
    registration.installing = null;
    registration.waiting = worker;
    worker.becomes("installed");
    return worker;
  };
  return { updates, registration, done, installed, takeOver: () => takenOver() };
}

describe("updates", () => {
  it("tell the hash of the manifest as the build", async () => {
    const { updates } = start({ isControlled: true });
    await updates.begin();
    expect(updates.build().hash).toBe(await sha256("manifest"));
  });

  it("W9: are offered when another build waits, and taken only when asked", async () => {
    const { updates, done, installed, takeOver } = start({ isControlled: true });
    await updates.begin();
    const heard: boolean[] = [];
    updates.subscribe(() => heard.push(updates.build().isUpdateWaiting));
    const worker = installed();
    expect(heard).toEqual([true]);
    expect([worker.asked, done]).toEqual([[], []]);
    updates.apply();
    expect([worker.asked, done]).toEqual([["activate"], []]);
    takeOver();
    expect(done).toEqual(["reload"]);
  });

  it("are none when the first service worker is installed", async () => {
    const { updates, installed } = start({ isControlled: false });
    await updates.begin();
    installed();
    expect(updates.build().isUpdateWaiting).toBe(false);
  });

  it("reload the page where nothing waits", async () => {
    const { updates, done } = start({ isControlled: true });
    await updates.begin();
    updates.apply();
    expect(done).toEqual(["reload"]);
  });
});

describe("the manifest of the running build", () => {
  const bytes = new TextEncoder().encode('{"files":{"/assets/index-a.js":{}}}');

  it("counts when it names the script that runs", () => {
    expect(manifestOf(bytes, "https://node.example/assets/index-a.js")).toBe(bytes);
    expect(manifestOf(bytes, "https://node.example/assets/index-b.js")).toBeUndefined();
  });
});

async function sha256(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("hex");
}
