/** @file The part of the WebAssembly interface that is used here: Node's types leave it out, the browser's bring too much. */

/** A compiled module; it can be sent to worker threads. */
export interface KernelModule {
  readonly kind?: never;
}

interface KernelMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyInterface {
  compile(bytes: Uint8Array): Promise<KernelModule>;
  /** `initial` is in pages of 65,536 bytes. */
  readonly Memory: new (limits: {
    readonly initial: number;
  }) => KernelMemory;
  readonly Instance: new (
    module: KernelModule,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
}

export const webAssembly: WebAssemblyInterface = (
  globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface }
).WebAssembly;
