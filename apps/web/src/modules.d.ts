// What Vite makes of imports that are no modules by themselves.
declare module "*.css";

/** Address of a worker's built script. */
declare module "*?worker&url" {
  const url: string;
  export default url;
}

/** Address of a file as it is. */
declare module "*.wasm?url" {
  const url: string;
  export default url;
}

/** Sets a global that the other half of the library looks for; see src/pdf. */
declare module "pdfjs-dist/build/pdf.worker.mjs";

interface ImportMeta {
  /** Set by Vite: whether this is a build. */
  readonly env: { readonly PROD: boolean };
}
