// A disk that refuses one write, or every write from one on: for each write of a short life. Nothing is acknowledged that is not stored,
// what is refused is tried again, and with room or a mended disk everything promised comes true.
import { expect, it } from "vitest";
import { NODE } from "./support/cast.ts";
import { atEveryCall, type Trouble, twoMessages } from "./support/short-life.ts";

function nodeFails(afterWrites: number, code: "storage/full" | "storage/failed", isForGood: boolean): Trouble {
  return {
    begin(world) {
      const store = world.nodes.process(NODE)?.store;
      if (store !== undefined) store.fault = { afterWrites, code, isForGood };
    },
    async end(world) {
      const store = world.nodes.process(NODE)?.store;
      const wasThere = (store?.refused ?? 0) > 0;
      if (store !== undefined) store.fault = undefined;
      // A full disk is told to who asks; one that fails is told to the operator too, and to nobody else.
      for (const fault of world.nodes.faults) expect(fault).toContain("storage/failed");
      if (code === "storage/failed" && wasThere) expect(world.nodes.faults.length).toBeGreaterThan(0);
      world.nodes.faults.length = 0;
      return wasThere;
    },
  };
}

function diskFails(of: string, afterWrites: number): Trouble {
  return {
    begin(_, people) {
      const person = people.find(({ name }) => name === of);
      if (person !== undefined) person.mortalDisk.failsAfter = afterWrites;
    },
    async end(_, people) {
      const disk = people.find(({ name }) => name === of)?.mortalDisk;
      const wasThere = disk?.hasFailed === true;
      if (disk !== undefined) disk.failsAfter = undefined;
      return wasThere;
    },
  };
}

for (const code of ["storage/full", "storage/failed"] as const) {
  for (const isForGood of [false, true]) {
    it(`O2: every write of a node's store refused as ${code}, ${isForGood ? "until it is mended" : "once"}`, async () => {
      expect(await atEveryCall((call) => nodeFails(call, code, isForGood), twoMessages)).toBeGreaterThan(3);
    });
  }
}

for (const of of ["ana", "ben"]) {
  it(`O2: every write of ${of}'s vault refused: the client says so and stops, and the next one goes on where it stood`, async () => {
    expect(await atEveryCall((call) => diskFails(of, call), twoMessages)).toBeGreaterThan(3);
  });
}
