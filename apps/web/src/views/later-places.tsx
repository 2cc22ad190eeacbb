// Places that few visits need: fetched when they are wanted, or when nothing else is to be done.
import { Compare } from "../model/compare.ts";
import type { Platform } from "../platform/platform.ts";
import { AddPage } from "./add/AddPage.tsx";
import { ComparePage } from "./compare/ComparePage.tsx";
import type { IdentityId, PlaceProps } from "./places.tsx";
import { SheetPage } from "./settings/SheetPage.tsx";
import { useOwnModel, useSnapshot } from "./surroundings.ts";

export function NewPlace({ router }: PlaceProps) {
  return <AddPage onLink={(link) => router.go({ kind: "landing", link })} />;
}

export function SheetPlace({ workspace, platform }: PlaceProps) {
  return (
    <SheetPage
      nowMs={platform.nowMs()}
      onMake={() => workspace.client.account.recoverySheet()}
      onPrint={() => platform.print()}
    />
  );
}

export function ComparePlace({ workspace, platform, identityId }: PlaceProps & { readonly identityId: IdentityId }) {
  const compare = useOwnModel(() => new Compare(workspace.client, identityId), identityId);
  return compare === undefined ? undefined : <CompareHeld compare={compare} platform={platform} />;
}

function CompareHeld({ compare, platform }: { readonly compare: Compare; readonly platform: Platform }) {
  const snapshot = useSnapshot(compare);
  return (
    <ComparePage
      compare={snapshot}
      nowMs={platform.nowMs()}
      actions={{
        choose: (way) => compare.choose(way),
        startShortCode: () => compare.startShortCode(),
        acceptShortCode: () => compare.acceptShortCode(),
        confirmShortCode: (isEqual) => compare.confirmShortCode(isEqual),
        cancelShortCode: () => compare.cancelShortCode(),
        showCode: () => compare.showCode(),
        scanned: (text) => compare.scanned(text),
        confirmScan: (isThem) => compare.confirmScan(isThem),
        cancelScan: () => compare.cancelScan(),
        check: (digits) => compare.check(digits),
        allSame: () => compare.allSame(),
      }}
    />
  );
}
