import type { HardwareConfig } from '../../generator/config.ts';
import type { OperandWidths } from '../fixed/operand.ts';
import type { FamilyId } from '../report/families.ts';
import type { Resources } from '../report/resources.ts';
import type { Accuracy } from './flow-types.ts';
import type { ImageSource } from './images.ts';

export interface CompareRequest {
  /** Folder of a float model. */
  readonly input: string;
  readonly source: ImageSource;
  readonly calibration: number;
  /** Images to evaluate with; default: the whole test split. */
  readonly images?: number | undefined;
  readonly widths: readonly OperandWidths[];
  readonly choice: Partial<HardwareConfig>;
  readonly family: FamilyId;
  /** Where models, designs and the report go. */
  readonly folder: string;
}

/** What one choice of widths gives. */
export interface ComparedWidths extends OperandWidths {
  /** Of the quantized model and its design below the folder. */
  readonly name: string;
  readonly top1: number;
  /** Percent of images for which float and integer network choose the same class. */
  readonly agreement: number;
  readonly cyclesPerImage: number;
  readonly total: Resources;
  readonly lutPerElement: number;
  /** Bits of the weight memory. */
  readonly weightBits: number;
}

export interface CompareReport {
  readonly folder: string;
  /** The picture's file. */
  readonly page: string;
  readonly network: string;
  readonly family: FamilyId;
  /** Program and version behind the resources. */
  readonly tool: string;
  readonly float: Accuracy;
  readonly rows: readonly ComparedWidths[];
}
