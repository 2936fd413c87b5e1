// Broken rules of the interfaces. Only the first is kept: the others follow from it.
#pragma once
#include <cstdint>
#include <string>

struct Faults {
  uint64_t cycle = 0;
  std::string first;
  // First cycle with a fault; UINT64_MAX without.
  uint64_t firstCycle = UINT64_MAX;

  void add(const std::string& text) {
    if (!first.empty()) return;
    first = text + " in cycle " + std::to_string(cycle);
    firstCycle = cycle;
  }
};
