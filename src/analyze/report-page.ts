import { htmlPage } from '../report/html-page.ts';
import { element } from '../report/svg/markup.ts';
import { distributionSection } from './report-distributions.ts';
import { gradientSection } from './report-gradients.ts';
import { varianceSection } from './report-variances.ts';
import type { Analysis } from './types.ts';

/** Write the analysis as one HTML page. */
export function reportPage(analysis: Analysis): string {
  const { network, twin, dataset, images, tracedImages } = analysis;
  const other = twin === undefined ? '' : ` beside ${twin.name} (${twin.arch})`;
  return htmlPage(
    `Analysis of ${network.name}`,
    element(
      'p',
      {},
      `${network.arch}${other}; ${images} training images of ${dataset}, the first ${tracedImages} of them for distributions of maps and the first ${network.gradients.images} for gradients.`,
    ),
    distributionSection(analysis),
    gradientSection(analysis),
    varianceSection(analysis),
  );
}
