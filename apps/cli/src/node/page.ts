// The page a node shows to a browser: what it is, and how to talk through it.
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-store",
} as const;

export function nodePage({ name, nodeId }: { readonly name: string; readonly nodeId: string }): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
} {
  const body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}</title>
<style>
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
  code { background: #f0f0f0; padding: .1rem .3rem; border-radius: .2rem; overflow-wrap: anywhere }
  @media (prefers-color-scheme: dark) { body { color: #eee; background: #181818 } code { background: #2a2a2a } }
</style>
<h1>${escaped(name)}</h1>
<p>This is a node of P2P Crypt. It carries end-to-end encrypted conversations: it stores what it cannot read.</p>
<p>If you came by somebody's link, give the whole link to your own program:</p>
<p><code>p2pcrypt contact add LINK --hello "Hi"</code></p>
<p>Node id: <code>${escaped(nodeId)}</code></p>
<p>What it offers to programs: <a href="/v1/node">/v1/node</a></p>
</html>
`;
  return { headers: HEADERS, body };
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
