/** Whether a look is worth offering; what it is, its bytes say. */
export function isPdfFile({ name, type }: { readonly name: string; readonly type: string }): boolean {
  return type === "application/pdf" || /\.pdf$/i.test(name);
}
