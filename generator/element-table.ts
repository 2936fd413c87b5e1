export function bestElement(_f: string) {
  return {
    element: 'signed',
    vectorRows: 1,
    actSpan: 4,
    shadowWeights: false,
    registeredDifference: true,
    complementedWeights: false,
  } as const;
}
