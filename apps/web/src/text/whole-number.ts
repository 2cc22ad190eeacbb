/** Also in the digits of Arabic and Persian keyboards. NaN for what is no number. */
export function wholeNumberIn(text: string): number {
  const digits = text.trim().replaceAll(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 15));
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}
