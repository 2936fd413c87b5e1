/**
 * @file The design's manifest: what `generator` says of a design and `sim` believes. The two never import each other.
 */

/** An AXI4-Lite register of the accelerator. */
export interface RegisterInfo {
  readonly name: string;
  /** Byte address. */
  readonly offset: number;
  readonly access: 'ro' | 'rw' | 'wo';
  readonly description: string;
}

/**
 * One operation of the accelerator's schedule, and the order in which its results leave the post-op.
 *
 * The monitor port shows `lanes` values a beat. With P output pixels, the order is
 *
 *     for block of blockPixels pixels; for tile of tileChannels channels; for pixel in block;
 *       for group of lanes channels in the tile
 *
 * where the last block, tile and group may be partial: lanes beyond `shape[2]` carry no value, and groups
 * with no valid lane are not shown.
 */
export interface LayerInfo {
  /** Name of the quantized model's layer; `null` for a copy that the planner inserted (its values equal its input's). */
  readonly layer: string | null;
  /** Name of the tensor whose values it writes: a layer's name, or the copied tensor's. */
  readonly tensor: string;
  readonly kind: 'adder' | 'conv' | 'maxPool' | 'sumPool';
  readonly shape: readonly [number, number, number];
  readonly tileChannels: number;
  readonly outWidth: number;
  readonly outSigned: boolean;
  /** Clock cycles that the schedule predicts, from the operation's fetch to its last write. */
  readonly plannedCycles: number;
  /** Subtract-absolute-accumulate operations that do useful work. */
  readonly sadOps: number;
}

/** `manifest.json` of a design directory. */
export interface Manifest {
  readonly format: 'adderforge-design';
  readonly version: 1;
  /** `adderforge <version>`. */
  readonly generator: string;
  readonly name: string;
  /** Verilog module of the accelerator, of its array and of its processing element. */
  readonly top: string;
  readonly arrayModule: string;
  readonly elementModule: string;
  /** The quantized model, copied beside the RTL: `model.json` and `weights.safetensors` in this folder. */
  readonly model: { readonly folder: string; readonly sha256: string };
  /** SystemVerilog files in compile order, relative to the design directory. */
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
  /** `$readmemh` images; tools run in the design directory so that they are found. */
  readonly memories: readonly {
    readonly file: string;
    readonly sha256: string;
    readonly words: number;
    readonly width: number;
  }[];
  readonly hardware: {
    readonly rows: number;
    readonly cols: number;
    readonly lanes: number;
    readonly blockPixels: number;
    /** Rows of codes, or prefix words with decoders. */
    readonly weightMemory: 'plain' | 'packed';
    readonly actWidth: number;
    readonly weightWidth: number;
    readonly accWidth: number;
    /** Bits of one monitored value: the widest of all layers' `outWidth`. */
    readonly monitorWidth: number;
    /** Bits of the output stream's TDATA, a multiple of 8; a value sits in its low `outWidth` bits, sign-extended. */
    readonly outStreamWidth: number;
  };
  /** One code a beat in TDATA[7:0], row by row, channels fastest; TLAST on the last beat of an image. */
  readonly inputShape: readonly [number, number, number];
  /** In the order in which the accelerator runs them; the monitor's `mon_op_o` is the index. */
  readonly layers: readonly LayerInfo[];
  readonly plannedCyclesPerImage: number;
  readonly registers: readonly RegisterInfo[];
}
