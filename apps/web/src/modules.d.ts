// What Vite makes of imports that are no modules by themselves.
declare module "*.css";

/** Address of a worker's built script. */
declare module "*?worker&url" {
  const url: string;
  export default url;
}

interface ImportMeta {
  /** Set by Vite: whether this is a build. */
  readonly env: { readonly PROD: boolean };
}
