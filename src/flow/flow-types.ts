import type { HardwareChoice } from '../../generator/config.ts';
import type { CosimReport } from '../../sim/cosim-report.ts';
import type { EstimateReport } from '../report/estimate-report.ts';
import type { DesignFacts } from './generate-design.ts';
import type { ImageSource } from './images.ts';
import type { StepOutcome } from './stepper.ts';

/** Everything that a flow can be told. */
export interface FlowRequest {
  /** A checkpoint file or the folder of a float model. */
  readonly input: string;
  /** Architecture of a checkpoint. */
  readonly arch?: string | undefined;
  readonly source: ImageSource;
  /** Images to evaluate with; default: the whole test split. */
  readonly images?: number | undefined;
  /** Training images to calibrate on. */
  readonly calibration: number;
  readonly bits: number;
  readonly weightBits: number;
  readonly choice: HardwareChoice;
  /** Images to simulate; at most those that are evaluated. */
  readonly cosimImages: number;
  readonly stallProbability: number;
  readonly seed: number;
  readonly families: readonly string[];
  /** Where everything goes. */
  readonly folder: string;
}

/** Accuracy found by one evaluation. */
export interface Accuracy {
  readonly images: number;
  readonly top1: number;
}

/** What a flow found. */
export interface FlowReport {
  readonly folder: string;
  /** The design folder. */
  readonly design: string;
  readonly steps: readonly StepOutcome[];
  readonly float: Accuracy;
  readonly integer: Accuracy;
  /** Percent of images for which float and integer network choose the same class. */
  readonly agreement: number;
  readonly generate: DesignFacts;
  readonly cosim: CosimReport;
  readonly estimate: EstimateReport;
}
