import { scaled } from "../support/scale.ts";
import { decodersAre } from "./fuzz-cases.ts";

decodersAre({ executions: scaled(10_000_000), ms: Number.POSITIVE_INFINITY });
