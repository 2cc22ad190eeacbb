import { decodersAre } from "./fuzz-cases.ts";

/** Of each decoder; all of them together take under a minute. P2PCRYPT_FUZZ_SECONDS=20 looks longer. */
const SECONDS = Number(process.env["P2PCRYPT_FUZZ_SECONDS"] ?? 2);

decodersAre({ executions: Number.POSITIVE_INFINITY, ms: SECONDS * 1000 });
