// Whether the page's own origin is a node: then it is proposed as home.
export type FetchText = (url: string) => Promise<{ readonly ok: boolean; json(): Promise<unknown> }>;

/** @returns the origin, or undefined when something else serves the page or nothing answers. */
export async function homeNodeAt(origin: string, fetchText: FetchText): Promise<string | undefined> {
  try {
    const answer = await fetchText(`${origin}/v1/node`);
    const description: unknown = answer.ok ? await answer.json() : undefined;
    const isNode = typeof description === "object" && description !== null && "node" in description;
    return isNode ? origin : undefined;
  } catch {
    return undefined; // offline, or no JSON: not a node as far as can be known
  }
}
