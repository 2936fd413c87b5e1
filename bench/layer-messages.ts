/** What a layer worker is started with: the weights and its gradient lie in shared memory. */
export interface LayerStart {
  /** `[3, 3, channels, channels]`. */
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly images: number;
  readonly size: number;
  readonly channels: number;
}
