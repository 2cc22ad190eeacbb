// PDFs as a test needs them: a few objects, their places, and the end (ISO 32000-1 section 7.5). And what people see of them.
import { deflateSync } from "node:zlib";
import type { Locator } from "playwright-core";
import type { Person } from "../rig/person.ts";
import { cardOf, type GivenFile } from "./files.ts";

export interface PdfParts {
  /** What each page draws, in the operators of ISO 32000-1 annex A. */
  readonly pages: readonly string[];
  /** Forms that pages may draw by name (`/F0 Do`), each with the names of those it draws itself. */
  readonly forms?: readonly string[];
  /** More entries of the catalog. */
  readonly catalog?: string;
  /** More entries of each page. */
  readonly page?: string;
  /** More entries of the trailer. */
  readonly trailer?: string;
}

/** A page of 300 by 400 points, in Helvetica where it writes. */
const BOX = "/MediaBox [0 0 300 400]";

/**
 * A black square of eight by eight, as a scanner packs it (ITU-T T.6): eight lines that are each like the one above, and the end. The
 * library's decoder for it is a file of its own.
 */
const SCAN = Buffer.concat([
  Buffer.from(
    "<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 8 /Rows 8 /BlackIs1 true >> /Length 4 >>\nstream\n",
  ),
  Buffer.from([0xff, 0x00, 0x10, 0x01]),
  Buffer.from("\nendstream"),
]);

export function pdfOf({ pages, forms = [], catalog = "", page = "", trailer = "" }: PdfParts): Buffer {
  // 1 catalog, 2 pages, 3 font, 4 scan, then the forms, then two for each page.
  const formAt = 5;
  const pageAt = formAt + forms.length;
  const names = forms.map((_, at) => `/F${at} ${formAt + at} 0 R`).join(" ");
  const resources = `/Resources << /Font << /H 3 0 R >> /XObject << /Scan 4 0 R ${names} >> >>`;
  const kids = pages.map((_, at) => `${pageAt + 2 * at} 0 R`).join(" ");
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    SCAN,
    ...forms.map((drawn) => stream(drawn, `/Type /XObject /Subtype /Form /BBox [0 0 300 400] ${resources}`)),
    ...pages.flatMap((drawn, at) => [
      `<< /Type /Page /Parent 2 0 R ${BOX} ${resources} /Contents ${pageAt + 2 * at + 1} 0 R ${page} >>`,
      stream(drawn),
    ]),
  ];
  let file = Buffer.from("%PDF-1.7\n", "latin1");
  const places = objects.map((object, at) => {
    const place = file.length;
    const body = typeof object === "string" ? Buffer.from(object, "latin1") : object;
    file = Buffer.concat([file, Buffer.from(`${at + 1} 0 obj\n`), body, Buffer.from("\nendobj\n")]);
    return place;
  });
  const lines = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const end = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.concat([file, Buffer.from(end, "latin1")]);
}

function stream(drawn: string, entries = ""): Buffer {
  const packed = deflateSync(Buffer.from(drawn, "latin1"));
  const head = `<< ${entries} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), packed, Buffer.from("\nendstream")]);
}

/** A page of one colour with a line of text. */
export function pageOf(colour: string, text: string): string {
  return `${colour} rg 0 0 300 400 re f 0 g BT /H 24 Tf 30 200 Td (${text}) Tj ET`;
}

/** Of the standard security handler, with nothing that any password fits (ISO 32000-1 section 7.6.3). */
const LOCK = `/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${"00".repeat(32)}> /U <${"11".repeat(32)}> >> /ID [<00> <00>]`;

/** Forms that draw each other: a few hundred bytes ask for ten thousand million letters. */
export function endlessPdf(): Buffer {
  const depth = 10;
  const forms = Array.from({ length: depth }, (_, at) =>
    at === depth - 1 ? "BT /H 9 Tf (x) Tj ET" : `/F${at + 1} Do `.repeat(10),
  );
  return pdfOf({ pages: ["/F0 Do"], forms });
}

/** A few hundred kilobytes that become more than may be in one piece. */
export function bombPdf(): Buffer {
  return pdfOf({ pages: [" ".repeat(130 * 2 ** 20)] });
}

const given = (name: string, buffer: Buffer): GivenFile => ({ name, mimeType: "application/pdf", buffer });

/** Three pages, and whatever a PDF can ask a reader to do by itself. */
export const report = given(
  "report.pdf",
  pdfOf({
    pages: [
      pageOf("0 0.6 0.2", "First page"),
      pageOf("1 0 0", "Second page"),
      `${pageOf("0 0 1", "Third page")} q 300 0 0 400 0 0 cm /Scan Do Q`,
    ],
    catalog: "/OpenAction << /S /JavaScript /JS (app.alert\\('ran'\\)) >>",
    page: "/AA << /O << /S /URI /URI (https://evil.invalid/) >> >> /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 300 400] /A << /S /URI /URI (https://evil.invalid/) >> >>]",
  }),
);

export const endless = given("endless.pdf", endlessPdf());

export const hostilePdfs = [
  { ...given("locked.pdf", pdfOf({ pages: [""], trailer: LOCK })), ends: "pdf.locked" },
  { ...given("broken.pdf", report.buffer.subarray(40, 400)), ends: "pdf.broken" },
  { ...given("bomb.pdf", bombPdf()), ends: "pdf.pageBroken" },
] as const;

/** Fetches it and opens it. @returns the window in which it is read */
export async function readPdf(person: Person, { name }: GivenFile): Promise<Locator> {
  const { t } = person.words;
  const card = cardOf(person, name).last();
  await card.getByRole("button", { name: t("file.fetch") }).click({ timeout: 60_000 });
  await card.getByRole("button", { name: t("file.read") }).click({ timeout: 60_000 });
  const dialog = person.page.getByRole("dialog", { name });
  await dialog.waitFor();
  return dialog;
}

/** Of a corner of the page that is shown. */
export function colourOf({ page }: Person): Promise<readonly number[] | undefined> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>("canvas.pdf-page");
    return canvas === null ? undefined : [...(canvas.getContext("2d")?.getImageData(9, 9, 1, 1).data ?? [])].slice(0, 3);
  });
}

/** What script could do in the frame, and in the worker in which the file is taken apart. */
export async function aboutSandbox({ page }: Person) {
  const frame = page.frames().find((one) => one.url().endsWith("/sandbox.html"));
  const worker = page.workers().find((one) => one.url().startsWith("blob:null"));
  if (frame === undefined || worker === undefined) throw new Error("there is no frame, or no worker in it");
  return { frame: await frame.evaluate(tried), worker: await worker.evaluate(tried) };
}

/** Runs over there. A worker has no page: no local storage, and nothing it is part of. */
async function tried() {
  const outcomeOf = async (attempt: () => unknown): Promise<string> => {
    try {
      await attempt();
      return "possible";
    } catch {
      return "refused";
    }
  };
  // What the driver runs may evaluate text; what runs after it is held by the policy.
  const later = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
  return {
    origin: self.origin,
    localStorage: await outcomeOf(() => localStorage.length),
    database: await outcomeOf(() => indexedDB.open("p2pcrypt")),
    folder: await outcomeOf(() => navigator.storage.getDirectory()),
    parent: await outcomeOf(() => parent.document.title),
    ownNode: await outcomeOf(() => fetch("/v1/node", { mode: "no-cors" })),
    network: await outcomeOf(() => fetch("https://evil.invalid/", { mode: "no-cors" })),
    code: await outcomeOf(() => later().then(() => new Function("return 1")())),
  };
}
