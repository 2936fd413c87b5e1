// The two AXI4-Stream partners: a source of images and a sink of results, both with random stalls.
//
// A stall is one of two kinds: single cycles, each with the given probability, and, with the same
// probability at the start of an image, one long pause of up to an image's time. The single cycles try
// the handshake; only the pauses make the accelerator wait for an image or for its results to drain.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "checker.h"
#include "dut.h"
#include "faults.h"
#include "random.h"
#include "run_file.h"

class Pauses {
 public:
  Pauses(const Run& run, uint64_t salt)
      : random_(run.seed * 0x100000001b3ull + salt),
        probability_(run.stallProbability()),
        longest_(run.plannedCycles() * 3 / 2 + 16) {}

  void imageStarts() {
    if (random_.chance(probability_)) left_ = random_.below(longest_);
  }
  bool stalled() {
    if (left_ > 0) {
      --left_;
      return true;
    }
    return probability_ > 0 && random_.chance(probability_);
  }

 private:
  Random random_;
  double probability_;
  uint64_t longest_;
  uint64_t left_ = 0;
};

class ImageSource {
 public:
  ImageSource(const Run& run, const uint8_t* codes)
      : run_(run), codes_(codes), pauses_(run, 0x1a) {}

  uint64_t beats() const { return position_; }

  void drive(DutInputs& in) {
    if (!offering_ && position_ < run_.images * run_.inputValues) {
      if (position_ % run_.inputValues == 0 && paused_ != position_ + 1) {
        pauses_.imageStarts();
        paused_ = position_ + 1;
      }
      // Once valid is up it stays up until the handshake, as AXI4-Stream demands.
      offering_ = !pauses_.stalled();
    }
    in.imageValid = offering_;
    // Between beats the data lines carry what no image holds there.
    in.imageData = offering_ ? codes_[position_] : static_cast<uint8_t>(0xa5 ^ position_);
    in.imageLast = offering_ && (position_ + 1) % run_.inputValues == 0;
  }

  bool observe(const DutInputs& in, const DutOutputs& out) {
    if (!in.imageValid || !out.imageReady) return false;
    ++position_;
    offering_ = false;
    return true;
  }

 private:
  const Run& run_;
  const uint8_t* codes_;
  Pauses pauses_;
  uint64_t position_ = 0;
  // Position + 1 at which the pause before an image was last drawn.
  uint64_t paused_ = 0;
  bool offering_ = false;
};

class ResultSink {
 public:
  Comparison comparison;

  ResultSink(const Run& run, Expected expected, const std::vector<Beat>& beats)
      : run_(run),
        expected_(expected),
        order_(valuesInOrder(beats)),
        offset_(expected.valuesPerImage - run.ops.back().values()),
        pauses_(run, 0x2b) {}

  uint64_t beats() const { return position_; }
  uint64_t images() const { return position_ / order_.size(); }

  void drive(DutInputs& in) { in.resultReady = !pauses_.stalled(); }

  bool observe(const DutInputs& in, const DutOutputs& out, Faults& faults) {
    if (waiting_ && !out.resultValid) faults.add("the result stream drops TVALID");
    if (waiting_ && out.resultValid && (out.resultData != data_ || out.resultLast != last_)) {
      faults.add("the result stream changes a value that waits");
    }
    waiting_ = out.resultValid && !in.resultReady;
    data_ = out.resultData;
    last_ = out.resultLast;
    if (!out.resultValid || !in.resultReady) return false;
    const uint64_t image = images();
    if (image >= run_.images) {
      faults.add("the result stream carries more values than expected");
      return true;
    }
    const OpInfo& op = run_.ops.back();
    const uint32_t at = order_[position_ % order_.size()];
    const int32_t want = expected_.data[image * expected_.valuesPerImage + offset_ + at];
    const uint32_t words[2] = {static_cast<uint32_t>(out.resultData),
                               static_cast<uint32_t>(out.resultData >> 32)};
    const int64_t got = extract(words, 0, run_.outStreamWidth, op.isSigned);
    comparison.add(op, image, at, faults.cycle, want, got);
    ++position_;
    const bool isLast = position_ % order_.size() == 0;
    if (isLast != out.resultLast) {
      faults.add("the result stream's TLAST is wrong at value " + std::to_string(position_));
    }
    if (isLast) pauses_.imageStarts();
    return true;
  }

 private:
  const Run& run_;
  Expected expected_;
  std::vector<uint32_t> order_;
  uint64_t offset_;
  Pauses pauses_;
  uint64_t position_ = 0;
  bool waiting_ = false;
  uint64_t data_ = 0;
  bool last_ = false;
};
