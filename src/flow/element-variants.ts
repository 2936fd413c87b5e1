import { type ElementConfig, elementForms } from '../../generator/element.ts';

/** What is measured for the table, preferred ones first: what differs in size or is a candidate. */
export const tableVariants: readonly ElementConfig[] = elementForms.flatMap((element) => {
  const usual: ElementConfig = {
    element,
    vectorRows: 1,
    actSpan: 4,
    shadowWeights: false,
    registeredDifference: true,
    complementedWeights: false,
  };
  const shadow = element === 'signed' ? [{ ...usual, shadowWeights: true }] : [];
  // Where the inverter is not free, complemented weights save it.
  const complemented = element === 'maximum' ? [] : [{ ...usual, complementedWeights: true }];
  return [usual, ...complemented, { ...usual, vectorRows: 2 }, ...shadow];
});
