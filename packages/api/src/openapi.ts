// The HTTP binding as an OpenAPI 3.1 document, made from the table.
import { z } from "zod";
import { ERRORS, type ErrorCode, errorBody } from "./errors.ts";
import { COMMON_ERRORS, type Operation } from "./operation.ts";
import { OPERATION_NAMES, operation } from "./operations.ts";

type Json = { readonly [key: string]: unknown };

export function toOpenApi(version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of OPERATION_NAMES) {
    const row = operation(name);
    if (row.isSocketOnly) continue;
    paths[row.path] = { ...paths[row.path], [row.method.toLowerCase()]: describe(name, row) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "P2P Crypt node", version, license: { name: "MIT" } },
    paths,
    components: {
      securitySchemes: { capability: { type: "http", scheme: "bearer", description: "base64url of a 32-byte token" } },
      schemas: { Error: jsonSchema(errorBody) },
    },
  };
}

function describe(name: string, row: Operation): Json {
  const schema = jsonSchema(row.request) as { readonly properties?: Json; readonly required?: readonly string[] };
  const inPath = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field ?? "");
  const rest = Object.entries(schema.properties ?? {}).filter(([field]) => !inPath.includes(field));
  const required = (schema.required ?? []).filter((field) => !inPath.includes(field));
  const parameters = [
    ...inPath.map((field) => ({ name: field, in: "path", required: true, schema: schema.properties?.[field] })),
    ...(row.method === "GET"
      ? rest.map(([field, value]) => ({ name: field, in: "query", required: required.includes(field), schema: value }))
      : []),
  ];
  const takesToken = ["read", "write", "append", "claim"].includes(row.capability);
  return {
    operationId: name,
    summary: row.summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(row.method === "GET"
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: { type: "object", properties: Object.fromEntries(rest), required, additionalProperties: false },
              },
            },
          },
        }),
    ...(takesToken ? { security: row.capability === "append" ? [{ capability: [] }, {}] : [{ capability: [] }] } : {}),
    responses: {
      200: { description: "done", content: { "application/json": { schema: jsonSchema(row.response) } } },
      ...refusals(row),
    },
  };
}

function refusals(row: Operation): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...COMMON_ERRORS, ...row.errors]) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const body = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, { description: codes.join(", "), content: body }]));
}

function jsonSchema(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}
