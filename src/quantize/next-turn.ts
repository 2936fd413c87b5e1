/** Let timers, signals and the progress display have their turn in the middle of a long computation. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
