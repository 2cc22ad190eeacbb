// A look at a PDF, wired. Fetched when somebody wants one.
import type { KeptFile } from "../model/attachments.ts";
import { PdfLook } from "../model/pdf-look.ts";
import { pdfDesk } from "../platform/pdf-desk.ts";
import type { Platform } from "../platform/platform.ts";
import { PdfView, type PdfViewProps } from "./files/PdfView.tsx";
import { useOwnModel, useSnapshot } from "./surroundings.ts";

interface PdfPlaceProps extends Pick<PdfViewProps, "name" | "onSave" | "onClose"> {
  readonly kept: KeptFile;
  readonly platform: Platform;
}

export function PdfPlace({ kept, platform, ...shown }: PdfPlaceProps) {
  const look = useOwnModel(() => new PdfLook(kept, pdfDesk(platform)), kept);
  return look === undefined ? undefined : <PdfHeld look={look} {...shown} />;
}

function PdfHeld({ look, ...shown }: { readonly look: PdfLook } & Omit<PdfViewProps, "look" | "onDraw">) {
  return <PdfView look={useSnapshot(look)} onDraw={(page, width) => look.draw(page, width)} {...shown} />;
}
