import { expect, it } from "vitest";
import { linkTarget } from "./link-target.ts";
import { formatRoute, parseRoute, type Route } from "./routes.ts";

const ORIGIN = "https://talk.example";
const id = "ab".repeat(32);

it("every place has an address, and the address leads there", () => {
  const identityId = parseRoute(`#/p/${id}`, ORIGIN);
  if (identityId.kind !== "person") throw new TypeError("no person");
  const routes: readonly Route[] = [
    { kind: "home" },
    { kind: "me" },
    { kind: "add" },
    { kind: "requests" },
    { kind: "settings" },
    { kind: "sheet" },
    { kind: "conversation", id, details: false },
    { kind: "conversation", id, details: true },
    { kind: "conversation", id, details: false, at: 12 },
    { kind: "search", in: undefined },
    { kind: "starred" },
    { kind: "search", in: id },
    { kind: "newGroup" },
    { kind: "groupAdd", id },
    { kind: "person", identityId: identityId.identityId },
    { kind: "compare", identityId: identityId.identityId },
    { kind: "vouch", identityId: identityId.identityId },
    { kind: "introduce", identityId: identityId.identityId },
    { kind: "trust", identityId: identityId.identityId },
    { kind: "trust", identityId: undefined },
    { kind: "roots" },
    { kind: "root", link: `${ORIGIN}/#/add/AbC-_` },
    { kind: "landing", link: `${ORIGIN}/#/add/AbC-_` },
  ];
  for (const route of routes) {
    expect(formatRoute(route)).toMatch(/^#\//);
    expect(parseRoute(formatRoute(route), ORIGIN)).toEqual(route);
  }
});

it("W15: a contact link of this node and one from the protocol handler lead to the same landing page", () => {
  const link = `${ORIGIN}/#/add/AbC`;
  expect(parseRoute("#/add/AbC", ORIGIN)).toEqual({ kind: "landing", link });
  expect(parseRoute("#/move/AbC", ORIGIN)).toEqual({ kind: "landing", link: `${ORIGIN}/#/move/AbC` });
  expect(parseRoute(`#/open/${encodeURIComponent(`web+ptopcrypt:${link}`)}`, ORIGIN)).toEqual({
    kind: "landing",
    link: `web+ptopcrypt:${link}`,
  });
});

it("anything else is home, and no nonsense throws", () => {
  for (const fragment of ["", "#", "#/", "#/c/", "#/c/../../x", "#/p/xyz", "#/nowhere", "#javascript:alert(1)"]) {
    expect(parseRoute(fragment, ORIGIN)).toEqual({ kind: "home" });
  }
  expect(parseRoute("#/open/%E0%A4%A", ORIGIN)).toEqual({ kind: "landing", link: "%E0%A4%A" });
});

it("W15: what is no whole contact link names nobody", () => {
  for (const link of [
    "",
    "https://talk.example/#/add/AbC",
    "javascript:alert(1)//#/add/AAAA",
    `${ORIGIN}/x/#/add/${"A".repeat(46)}`,
  ]) {
    expect(linkTarget(link)).toBeUndefined();
  }
});
