// The nodes that a client has something to do with. Letters, links and profiles name others, as many as somebody likes: a connection to one
// of those is not kept for ever.
import type { Core } from "../core.ts";

export function neededNodes({ tables, chosenNodeUrls }: Core): ReadonlySet<string> {
  const needed = new Set(chosenNodeUrls);
  const [account] = tables.account.all();
  for (const url of [account?.homeNodeUrl, account?.formerHome?.nodeUrl]) if (url !== undefined) needed.add(url);
  for (const { state, place, offers, former, unsettled, claim, wishes = [] } of tables.groups.all()) {
    if (state === "active" || state === "opening" || state === "stuck") needed.add(place.nodeUrl);
    for (const row of [...(offers ?? []), ...(former ?? []), unsettled, claim?.move])
      if (row !== undefined) needed.add(row.place.nodeUrl);
    for (const wish of wishes) {
      if (wish.kind === "move") needed.add(wish.nodeUrl);
      if (wish.kind === "add" || wish.kind === "devices")
        for (const url of tables.contacts.get(wish.identityId)?.nodeUrls ?? []) needed.add(url);
    }
  }
  for (const { to, copies = [] } of tables.mail.all())
    for (const url of [...(tables.contacts.get(to)?.nodeUrls ?? []), ...copies.map(({ nodeUrl }) => nodeUrl)]) needed.add(url);
  return needed;
}
