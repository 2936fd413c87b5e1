// The result of a simulation as JSON; `sim/verilator/harness-report.ts` reads it.
#pragma once
#include <cstdint>
#include <fstream>
#include <string>

#include "run_file.h"
#include "simulation.h"

inline void writeComparison(std::ostream& json, const Comparison& c) {
  json << "\"values\":" << c.values << ",\"mismatches\":" << c.mismatches << ",\"first\":";
  if (c.mismatches == 0) {
    json << "null";
    return;
  }
  json << "{\"image\":" << c.first.image << ",\"channel\":" << c.first.channel
       << ",\"row\":" << c.first.row << ",\"column\":" << c.first.column
       << ",\"cycle\":" << c.first.cycle << ",\"want\":" << c.first.want
       << ",\"got\":" << c.first.got << "}";
}

inline void writeRange(std::ostream& json, const Range& range) {
  json << "[" << (range.high == 0 ? 0 : range.low) << "," << range.high << "]";
}

inline const char* nameOf(Stop stop) {
  switch (stop) {
    case Stop::None: return "end";
    case Stop::Hang: return "hang";
    case Stop::Fault: return "fault";
    case Stop::TraceDone: return "traceDone";
  }
  return "end";
}

inline void writeReport(const std::string& file, const Simulation& sim, double seconds) {
  std::ofstream json(file);
  json << "{\"stop\":\"" << nameOf(sim.stop) << "\",\"fault\":\"" << sim.faults.first
       << "\",\"cycles\":" << sim.cycle() << ",\"seconds\":" << seconds << ",\n\"at\":{\"op\":"
       << int(sim.lastSeen.op) << ",\"busy\":" << (sim.lastSeen.busy ? "true" : "false")
       << ",\"stall\":" << (sim.lastSeen.stall ? "true" : "false")
       << ",\"inputBeats\":" << sim.source.beats() << ",\"outputBeats\":" << sim.sink.beats()
       << "},\n\"images\":" << sim.counter.images << ",\"imageCycles\":";
  writeRange(json, sim.counter.image);
  json << ",\"imageCyclesWithWaits\":";
  writeRange(json, sim.counter.imageWithWaits);
  json << ",\n\"output\":{";
  writeComparison(json, sim.sink.comparison);
  json << "},\n\"ops\":[";
  for (std::size_t k = 0; k < sim.monitor.ops.size(); ++k) {
    json << (k == 0 ? "\n{\"cycles\":" : ",\n{\"cycles\":");
    writeRange(json, sim.counter.ops[k]);
    json << ",";
    writeComparison(json, sim.monitor.ops[k]);
    json << "}";
  }
  json << "]}\n";
  json.close();
  if (!json) die("the report cannot be written");
}
