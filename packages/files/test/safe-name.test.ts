import { encodeUtf8 } from "@p2pcrypt/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { safeFileName, splitExtension } from "../src/index.ts";

describe("B4: the name of a file that came", () => {
  it.each([
    ["../../etc/passwd", "passwd"],
    ["/etc/cron.d/job", "job"],
    ["..\\..\\Windows\\win.ini", "win.ini"],
    ["C:\\autoexec.bat", "autoexec.bat"],
    ["..", "file"],
    [".", "file"],
    ["", "file"],
    ["/", "file"],
    ["CON", "_CON"],
    ["con.txt", "_con.txt"],
    ["LPT1", "_LPT1"],
    ["nul.tar.gz", "_nul.tar.gz"],
    ["console.log", "console.log"],
    ["trailing. . .", "trailing"],
    ["trailing \u2028", "trailing"],
    ["photo\u202egpj.exe", "photogpj.exe"],
    ["a\u200bb\ufeff.txt", "ab.txt"],
    ["new\nline\r\u0007.txt", "newline.txt"],
    ["nul\u0000.png", "_nul.png"],
    ["-rf", "rf"],
    ["--help.txt", "help.txt"],
    [".bashrc", "bashrc"],
    ["~root", "root"],
    ["Rechnung.desktop", "Rechnung.desktop.saved"],
    ["link.LNK", "link.LNK.saved"],
    ['a<b>c:d|e?f*g"h.txt', "a_b_c_d_e_f_g_h.txt"],
    ["Grüße aus Köln.pdf", "Grüße aus Köln.pdf"],
    ["写真.jpg", "写真.jpg"],
    ["e\u0301.txt", "\u00e9.txt"],
    ["two   spaces.txt", "two spaces.txt"],
    ["archive.tar.gz", "archive.tar.gz"],
    ["half \ud800 letter", "half letter"],
  ])("B4: %j becomes %j", (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  it("B4: a long name keeps its extension and fits every file system", () => {
    for (const name of [`${"x".repeat(300)}.pdf`, `${"ü".repeat(300)}.pdf`, `${"👩‍👩‍👧".repeat(100)}.pdf`, "x".repeat(1_000)]) {
      const safe = safeFileName(name);
      expect(encodeUtf8(safe).length).toBeLessThanOrEqual(200);
      expect(safe.endsWith(".pdf")).toBe(name.endsWith(".pdf"));
    }
  });

  it("B4: whatever the name, it is one visible component that means the same again", () => {
    const part = fc.constantFrom(
      "..",
      "/",
      "\\",
      ".",
      " ",
      "-",
      "CON",
      "\u202e",
      "\u0000",
      "\n",
      "x",
      ".txt",
      ":",
      "ü",
      "\ud800",
      "~",
      ".lnk",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(part).map((parts) => parts.join("")),
        ),
        (name) => {
          const safe = safeFileName(name);
          expect(safe).toMatch(/^[^/\\<>:"|?*\p{Cc}\p{Cf}.~\s-][^/\\<>:"|?*\p{Cc}\p{Cf}]*$/u);
          expect(safe).not.toMatch(/[. ]$/);
          expect(encodeUtf8(safe).length).toBeLessThanOrEqual(207);
          expect(safeFileName(safe)).toBe(safe);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("splits off what a number is put in front of", () => {
    expect(splitExtension("a.tar.gz")).toEqual({ stem: "a.tar", extension: ".gz" });
    expect(splitExtension("plain")).toEqual({ stem: "plain", extension: "" });
    expect(splitExtension(`x.${"y".repeat(30)}`)).toEqual({ stem: `x.${"y".repeat(30)}`, extension: "" });
  });
});
