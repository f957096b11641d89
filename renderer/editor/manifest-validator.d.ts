/** Made by the build: see scripts/manifest-validator.mjs. */
declare module 'conpaas:manifest-validator' {
  const validate: {
    (document: unknown): boolean;
    readonly errors?: readonly import('./text/problems.ts').SchemaError[] | null;
  };
  // biome-ignore lint/style/noDefaultExport: AJV's standalone code exports it so
  export default validate;
}
