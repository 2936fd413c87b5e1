// Counts the clock cycles of every image and every op, and checks that they are the same for all images.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "dut.h"
#include "faults.h"
#include "run_file.h"

struct Range {
  uint64_t low = UINT64_MAX;
  uint64_t high = 0;
  void add(uint64_t value) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
};

class CycleCounter {
 public:
  // Cycles of an op, and of an image without and with waits for the result stream; over all images.
  std::vector<Range> ops;
  Range image, imageWithWaits;
  uint64_t images = 0;
  // Of the image that ended last.
  uint64_t lastWithWaits = 0;
  // Cycles since `start()` in which the accelerator waited for the result stream, or computed nothing;
  // the latter also as it was when the last image ended.
  uint64_t resultWaits = 0, idle = 0, idleBeforeEnd = 0;

  explicit CycleCounter(const Run& run) : ops(run.ops.size()), current_(run.ops.size(), 0) {}

  void start() { resultWaits = idle = idleBeforeEnd = 0; }

  void observe(const DutOutputs& out, Faults& faults) {
    const bool wraps = busy_ && out.busy && out.op == 0 && op_ + 1 == ops.size() && ops.size() > 1;
    if (busy_ && (!out.busy || wraps)) endImage(faults);
    if (out.busy) {
      const bool follows = !busy_ || wraps ? out.op == 0 : out.op == op_ || out.op == op_ + 1;
      if (!follows || out.op >= ops.size()) {
        faults.add("op " + std::to_string(out.op) + " follows op " + std::to_string(op_));
      }
      ++withWaits_;
      if (!out.stall && out.op < ops.size()) ++current_[out.op];
      op_ = out.op;
    } else {
      ++idle;
    }
    if (out.stall) ++resultWaits;
    busy_ = out.busy;
  }

 private:
  void endImage(Faults& faults) {
    if (op_ + 1 != ops.size()) faults.add("an image ends after op " + std::to_string(op_));
    uint64_t sum = 0;
    for (std::size_t k = 0; k < ops.size(); ++k) {
      ops[k].add(current_[k]);
      sum += current_[k];
      current_[k] = 0;
    }
    image.add(sum);
    imageWithWaits.add(withWaits_);
    lastWithWaits = withWaits_;
    idleBeforeEnd = idle;
    withWaits_ = 0;
    ++images;
  }

  std::vector<uint64_t> current_;
  uint64_t withWaits_ = 0;
  bool busy_ = false;
  uint64_t op_ = 0;
};
