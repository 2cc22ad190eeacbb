/** While one segment is read, another is sealed or opened and a third hashed: WebCrypto works in threads of its own. */
const DEPTH = 3;

/** What `make` makes of each item, in order, a few of them at once. What came before a failure is handed out before it is thrown. */
export async function* inFlight<Item, Value>(
  items: AsyncGenerator<Item>,
  make: (item: Item) => Promise<Value>,
): AsyncGenerator<Value> {
  const begun: Promise<{ readonly value: Value } | undefined>[] = [];
  const begin = (): void => {
    // A generator answers its calls in order, so that they may be made ahead.
    const made = items.next().then(async (next) => (next.done === true ? undefined : { value: await make(next.value) }));
    made.catch(() => undefined); // awaited when its turn comes, unless one before it fails
    begun.push(made);
  };
  while (begun.length < DEPTH) begin();
  try {
    for (let made = await begun.shift(); made !== undefined; made = await begun.shift()) {
      begin();
      yield made.value;
    }
  } finally {
    // Not awaited: it waits for a read that may still be going on.
    items.return(undefined).catch(() => undefined);
  }
}
