import { decodersAre } from "./fuzz-cases.ts";

/** Of each decoder, and at least 10 of each of a relay's three; together a minute and a half. P2PCRYPT_FUZZ_SECONDS=20 looks longer. */
const SECONDS = Number(process.env["P2PCRYPT_FUZZ_SECONDS"] ?? 2);
const budgetOf = (seconds: number) => ({ executions: Number.POSITIVE_INFINITY, ms: seconds * 1000 });

decodersAre(budgetOf(SECONDS), budgetOf(Math.max(SECONDS, 10)));
