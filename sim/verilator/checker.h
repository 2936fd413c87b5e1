// Compares every value that leaves the post-op, and every value of the result stream, with the golden model.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "dut.h"
#include "faults.h"
#include "order.h"
#include "run_file.h"

// Golden tensors: for every image, for every op, one 32-bit integer a value, [height, width, channels].
struct Expected {
  const int32_t* data = nullptr;
  uint64_t valuesPerImage = 0;
};

struct Mismatch {
  uint64_t image, channel, row, column, cycle;
  int64_t want, got;
};

struct Comparison {
  uint64_t values = 0;
  uint64_t mismatches = 0;
  // Meaningful when mismatches > 0.
  Mismatch first{};

  void add(const OpInfo& op, uint64_t image, uint32_t position, uint64_t cycle, int64_t want,
           int64_t got) {
    ++values;
    if (want == got) return;
    if (mismatches++ == 0) {
      const uint64_t pixel = position / op.channels;
      first = {image, position % op.channels, pixel / op.width, pixel % op.width, cycle, want, got};
    }
  }
};

// `bits` bits of a wider vector as a number.
inline int64_t extract(const uint32_t* words, uint64_t at, uint64_t bits, bool isSigned) {
  const uint64_t word = at / 32, offset = at % 32;
  uint64_t value = words[word] >> offset;
  if (offset + bits > 32) value |= uint64_t(words[word + 1]) << (32 - offset);
  value &= (uint64_t(1) << bits) - 1;
  if (isSigned && (value >> (bits - 1)) & 1) return int64_t(value) - (int64_t(1) << bits);
  return int64_t(value);
}

// The monitor port: which image a beat belongs to follows from the number of beats the op has shown.
class MonitorChecker {
 public:
  std::vector<Comparison> ops;

  MonitorChecker(const Run& run, Expected expected)
      : ops(run.ops.size()), run_(run), expected_(expected), beatsSeen_(run.ops.size(), 0) {
    uint64_t offset = 0;
    for (const OpInfo& op : run.ops) {
      beats_.push_back(beatsOf(op, run.blockPixels, run.lanes));
      offsets_.push_back(offset);
      offset += op.values();
    }
  }

  const std::vector<Beat>& beatsOfLast() const { return beats_.back(); }

  // True when a beat was seen.
  bool observe(const DutOutputs& out, Faults& faults) {
    if (!out.monitorValid) return false;
    const uint64_t k = out.op;
    const uint64_t perImage = k < beats_.size() ? beats_[k].size() : 0;
    if (perImage == 0 || beatsSeen_[k] >= perImage * run_.images) {
      faults.add("the monitor shows a result of op " + std::to_string(k) + " too many");
      return true;
    }
    const uint64_t image = beatsSeen_[k] / perImage;
    const Beat& beat = beats_[k][beatsSeen_[k] % perImage];
    ++beatsSeen_[k];
    const OpInfo& op = run_.ops[k];
    const int32_t* want = expected_.data + image * expected_.valuesPerImage + offsets_[k];
    for (uint32_t lane = 0; lane < beat.count; ++lane) {
      const int64_t got =
          extract(out.monitor, lane * run_.monitorWidth, run_.monitorWidth, op.isSigned);
      ops[k].add(op, image, beat.first + lane, faults.cycle, want[beat.first + lane], got);
    }
    return true;
  }

 private:
  const Run& run_;
  Expected expected_;
  std::vector<uint64_t> beatsSeen_;
  std::vector<std::vector<Beat>> beats_;
  std::vector<uint64_t> offsets_;
};
