// Every table of the client, and the one place that knows their names.
import type { OwnDeviceRow, OwnStateRow } from "./device-rows.ts";
import type { DownloadRow, UploadRow } from "./file-rows.ts";
import type { GroupRow } from "./group-rows.ts";
import type { HistoryRow } from "./history-rows.ts";
import type { Ledger } from "./ledger.ts";
import type { AccountRow, CertifiedRow, ContactRow, KeyPackageRow, MailRow, OutboxRow, ThreadRow } from "./rows.ts";
import { Table } from "./table.ts";

export const SELF = "self";

export interface Tables {
  /** One row, by SELF. */
  readonly account: Table<AccountRow>;
  /** By identity id. */
  readonly contacts: Table<ContactRow>;
  /** By identity id. */
  readonly certified: Table<CertifiedRow>;
  /** By reference, hex. */
  readonly keyPackages: Table<KeyPackageRow>;
  readonly mail: Table<MailRow>;
  readonly threads: Table<ThreadRow>;
  /** By thread and content id. */
  readonly outbox: Table<OutboxRow>;
  /** By group id, hex. */
  readonly groups: Table<GroupRow>;
  readonly uploads: Table<UploadRow>;
  readonly downloads: Table<DownloadRow>;
  /** By device id, hex. */
  readonly devices: Table<OwnDeviceRow>;
  readonly ownStates: Table<OwnStateRow>;
  /** By run. */
  readonly histories: Table<HistoryRow>;
}

export function createTables(): Tables {
  return {
    account: new Table("account"),
    contacts: new Table("contacts"),
    certified: new Table("certified"),
    keyPackages: new Table("keyPackages"),
    mail: new Table("mail"),
    threads: new Table("threads"),
    outbox: new Table("outbox"),
    groups: new Table("groups"),
    uploads: new Table("uploads"),
    downloads: new Table("downloads"),
    devices: new Table("devices"),
    ownStates: new Table("ownStates"),
    histories: new Table("histories"),
  };
}

export async function loadTables(ledger: Ledger, tables: Tables): Promise<void> {
  await ledger.load(tables.account);
  await ledger.load(tables.contacts);
  await ledger.load(tables.certified);
  await ledger.load(tables.keyPackages);
  await ledger.load(tables.mail);
  await ledger.load(tables.threads);
  await ledger.load(tables.outbox);
  await ledger.load(tables.groups);
  await ledger.load(tables.uploads);
  await ledger.load(tables.downloads);
  await ledger.load(tables.devices);
  await ledger.load(tables.ownStates);
  await ledger.load(tables.histories);
}
