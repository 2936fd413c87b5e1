import type { Refuse } from './globals.ts';
import type { PickleValue } from './pickle-value.ts';

type Frame = { readonly value: object; readonly children: Iterator<PickleValue> };

/** Refuse a structure that contains itself; walks without recursion, each container once. */
export function refuseCycles(root: PickleValue, refuse: Refuse): void {
  const open = new Set<object>();
  const done = new Set<object>();
  const path: Frame[] = [];
  const enter = (value: PickleValue): void => {
    const children = childrenOf(value);
    if (children === undefined || done.has(value as object)) return;
    if (open.has(value as object)) refuse('it has a structure that contains itself');
    open.add(value as object);
    path.push({ value: value as object, children });
  };
  enter(root);
  while (path.length > 0) {
    const { value, children } = path[path.length - 1];
    const next = children.next();
    if (!next.done) enter(next.value);
    else {
      open.delete(value);
      done.add(value);
      path.pop();
    }
  }
}

function childrenOf(value: PickleValue): Iterator<PickleValue> | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined;
  if (value.kind === 'dict') return value.entries.values();
  if (value.kind === 'list' || value.kind === 'tuple') return value.items.values();
  return undefined;
}
