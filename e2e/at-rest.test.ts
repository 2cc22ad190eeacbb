// The search itself: what a page leaves on the disk is found, whichever way it was stored.
import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it } from "vitest";
import { createCanary, findTraces } from "./attack/at-rest.ts";
import { Person } from "./rig/person.ts";
import { useStage } from "./rig/stage.ts";

const stage = useStage();

it("finds a word that a page stored in IndexedDB, localStorage, Cache or a private file, and no other", async () => {
  const server = createServer((_request, response) => response.end("<!doctype html><title>x</title>"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const nodeUrl = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const ana = await Person.open("Ana", { folder: `${stage().folder}/careless`, nodeUrl });
  const words = ["indexed", "local", "cached", "file"].map(createCanary);
  const [indexed = "", local = "", cached = "", file = ""] = words;
  try {
    ana.complaints.expect(/favicon/);
    await ana.goTo("/");
    await ana.page.evaluate(storeAll, { indexed, local, cached, file });
    await ana.closeBrowser();
    const found = findTraces(ana.profileFolder, [...words, createCanary("never")]);
    expect(new Set(found.map(({ word }) => word))).toEqual(new Set(words));
  } finally {
    await ana.close();
    server.closeAllConnections();
    server.close();
  }
});

interface Words {
  readonly indexed: string;
  readonly local: string;
  readonly cached: string;
  readonly file: string;
}

async function storeAll({ indexed, local, cached, file }: Words): Promise<void> {
  localStorage.setItem("word", local);
  await (await caches.open("words")).put("/word", new Response(cached));
  const handle = await (await navigator.storage.getDirectory()).getFileHandle("word", { create: true });
  const writable = await handle.createWritable();
  await writable.write(file);
  await writable.close();
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open("words", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("words");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("words", "readwrite", { durability: "strict" });
      // Twice, so that a database that compresses has something to compress.
      transaction.objectStore("words").put({ text: `${indexed} ${indexed} ☃` }, "word");
      transaction.oncomplete = () => resolve();
    };
  });
}
