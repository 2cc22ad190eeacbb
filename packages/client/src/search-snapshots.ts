// What is asked of the search and what it answers.
import type { IdentityId } from "@p2pcrypt/session";
import type { FileEntry, TextEntry } from "./entry-snapshots.ts";
import type { ConversationId } from "./snapshots.ts";

export interface SearchQuery {
  /** All of them must be in the message, in any order, whole or in part; what stands in quotation marks, together. May be empty. */
  readonly words: string;
  readonly from?: IdentityId;
  readonly in?: ConversationId;
  /** By the node's clock. `beforeMs` is not included. */
  readonly afterMs?: number;
  readonly beforeMs?: number;
  readonly kind?: "text" | "file";
  /** How many (20, at most 200), and how many of the best are left out. */
  readonly limit?: number;
  readonly skip?: number;
}

export interface SearchHit {
  readonly entry: TextEntry | FileEntry;
  /** The part of the message, or the name of the file, that was found. */
  readonly excerpt: string;
  /** Where in the excerpt: from, until. */
  readonly marks: readonly (readonly [from: number, until: number])[];
}

export interface SearchAnswer {
  /** Best first: whole words before beginnings of words before parts of them, the newest first of equals. */
  readonly hits: readonly SearchHit[];
  readonly total: number;
  /** False while older messages are still being read for the first time: ask again. */
  readonly isComplete: boolean;
}
