// A program's value as it travels. The other direction is a schema's own `safeParse`.
import * as z from "zod/mini";

/** @throws {z.core.$ZodError} for a value that does not fit its schema: a caller's mistake. */
export function toWire<Schema extends z.ZodMiniType>(schema: Schema, value: z.output<Schema>): z.input<Schema> {
  return z.encode(schema, value);
}
