export interface CompiledValidator {
  (document: unknown): boolean;
  readonly errors?: readonly import('../renderer/editor/text/problems.ts').SchemaError[] | null;
}
export function compileManifestValidator(schema: unknown): CompiledValidator;
