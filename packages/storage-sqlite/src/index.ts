// A node's store on SQLite, the embedded default. Runs in Node alone.
export { BackupRefused, backupDatabase, restoreDatabase } from "./backup.ts";
export type { WriterOptions } from "./calls.ts";
export { type FileBlobOptions, openFileBlobStore } from "./file-blob-store.ts";
export { openSqliteNodeStore } from "./sqlite-node-store.ts";
