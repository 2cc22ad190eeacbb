// The HTTP binding as an OpenAPI 3.1 document, made from the table.
import * as z from "zod/mini";
import { BLOB_OPERATION_NAMES, type BlobOperation, blobOperation } from "./blob-operations.ts";
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
  for (const name of BLOB_OPERATION_NAMES) {
    const row = blobOperation(name);
    paths[row.path] = { ...paths[row.path], [row.method.toLowerCase()]: describeBlob(name, row) };
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
              [row.isKeyserver ? "application/x-www-form-urlencoded" : "application/json"]: {
                schema: { type: "object", properties: Object.fromEntries(rest), required, additionalProperties: false },
              },
            },
          },
        }),
    ...(takesToken ? { security: row.capability === "append" ? [{ capability: [] }, {}] : [{ capability: [] }] } : {}),
    responses: {
      200: { description: "done", content: answerContent(row) },
      ...refusals(row),
    },
  };
}

function describeBlob(name: string, row: BlobOperation): Json {
  const text = { schema: { type: "string" } };
  const octets = { schema: { type: "string", format: "binary" } };
  const inPath = row.path.endsWith("}") ? [{ name: "blob", in: "path", required: true, ...text }] : [];
  const inHeaders = row.requestHeaders.map((header) => ({ name: header, in: "header", required: header !== "range", ...text }));
  const answer = {
    description: "done",
    headers: Object.fromEntries(row.responseHeaders.map((header) => [header, text])),
    ...(row.method === "GET" ? { content: { "application/octet-stream": octets } } : {}),
  };
  return {
    operationId: name,
    summary: row.summary,
    parameters: [...inPath, ...inHeaders],
    ...(row.method === "PATCH"
      ? { requestBody: { required: true, content: { "application/offset+octet-stream": octets } } }
      : {}),
    security: [{ capability: [] }],
    responses: { [row.status]: answer, ...(row.method === "GET" ? { 206: answer } : {}), ...refusals(row) },
  };
}

function answerContent(row: Operation): Json {
  if (!row.isKeyserver) return { "application/json": { schema: jsonSchema(row.response) } };
  const text = { schema: { type: "string" } };
  return row.method === "GET" ? { "application/pgp-keys": text, "text/plain": text } : { "text/plain": text };
}

function refusals(row: Pick<Operation, "errors">): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...COMMON_ERRORS, ...row.errors]) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const body = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  return Object.fromEntries([...byStatus].map(([status, codes]) => [status, { description: codes.join(", "), content: body }]));
}

function jsonSchema(schema: z.ZodMiniType): Json {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}
