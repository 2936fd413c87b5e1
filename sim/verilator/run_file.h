// `run.txt`: what to simulate, in words and integers; `sim/verilator/run-file.ts` writes it.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

// One operation of the schedule, as in the manifest's `layers`.
struct OpInfo {
  uint32_t height, width, channels;
  uint32_t tileChannels;
  uint32_t outWidth;
  uint32_t isSigned;
  uint64_t plannedCycles;
  uint64_t pixels() const { return uint64_t(height) * width; }
  uint64_t values() const { return pixels() * channels; }
};

struct Run {
  uint64_t images = 0;
  uint64_t inputValues = 0;
  uint64_t seed = 0;
  // Of 1,000,000.
  uint64_t stallPartsPerMillion = 0;
  uint64_t lanes = 0;
  // What the register VERSION must say.
  uint64_t version = 0;
  uint64_t blockPixels = 0;
  uint64_t monitorWidth = 0;
  uint64_t outStreamWidth = 0;
  // Half-open window of cycles to trace; empty: none.
  uint64_t traceStart = 0;
  uint64_t traceStop = 0;
  std::vector<OpInfo> ops;

  double stallProbability() const { return static_cast<double>(stallPartsPerMillion) / 1e6; }
  uint64_t plannedCycles() const {
    uint64_t sum = 0;
    for (const OpInfo& op : ops) sum += op.plannedCycles;
    return sum;
  }
};

[[noreturn]] inline void die(const std::string& reason) {
  std::cerr << "Cannot simulate: " << reason << std::endl;
  std::exit(2);
}

inline Run readRun(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) die("the run file cannot be read");
  Run run;
  std::string key;
  while (stream >> key) {
    if (key == "op") {
      OpInfo op{};
      stream >> op.height >> op.width >> op.channels >> op.tileChannels >> op.outWidth >>
          op.isSigned >> op.plannedCycles;
      run.ops.push_back(op);
    } else {
      uint64_t value = 0;
      stream >> value;
      if (key == "images") run.images = value;
      else if (key == "inputValues") run.inputValues = value;
      else if (key == "seed") run.seed = value;
      else if (key == "stallPartsPerMillion") run.stallPartsPerMillion = value;
      else if (key == "version") run.version = value;
      else if (key == "lanes") run.lanes = value;
      else if (key == "blockPixels") run.blockPixels = value;
      else if (key == "monitorWidth") run.monitorWidth = value;
      else if (key == "outStreamWidth") run.outStreamWidth = value;
      else if (key == "traceStart") run.traceStart = value;
      else if (key == "traceStop") run.traceStop = value;
      else die("the run file has an unknown key");
    }
    if (!stream) die("the run file is damaged");
  }
  if (run.images == 0 || run.ops.empty() || run.lanes == 0 || run.blockPixels == 0 ||
      run.monitorWidth == 0 || run.monitorWidth > 32 || run.outStreamWidth == 0 ||
      run.outStreamWidth > 64) {
    die("the run file is incomplete");
  }
  return run;
}
