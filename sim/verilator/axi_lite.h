// An AXI4-Lite master that raises each of its signals after a random delay.
#pragma once
#include <cstdint>

#include "dut.h"
#include "faults.h"
#include "random.h"

class AxiLiteMaster {
 public:
  AxiLiteMaster(uint64_t seed, bool delays) : random_(seed ^ 0x5c), delays_(delays) {}

  void startWrite(uint8_t address, uint32_t data) {
    address_ = address;
    data_ = data;
    awLeft_ = delay();
    wLeft_ = delay();
    answerLeft_ = delay();
    awDone_ = wDone_ = done_ = false;
    writing_ = true;
  }
  void startRead(uint8_t address) {
    address_ = address;
    awLeft_ = delay();
    answerLeft_ = delay();
    awDone_ = done_ = false;
    reading_ = true;
  }
  bool done() const { return done_; }
  uint32_t data() const { return data_; }

  void drive(DutInputs& in) {
    in.awvalid = writing_ && !awDone_ && awLeft_ == 0;
    in.wvalid = writing_ && !wDone_ && wLeft_ == 0;
    in.arvalid = reading_ && !awDone_ && awLeft_ == 0;
    in.bready = writing_ && answerLeft_ == 0;
    in.rready = reading_ && answerLeft_ == 0;
    in.awaddr = in.awvalid ? address_ : 0xff;
    in.araddr = in.arvalid ? address_ : 0xff;
    in.wdata = in.wvalid ? data_ : 0xdeadbeef;
    in.wstrb = in.wvalid ? 0xf : 0;
    if (awLeft_ > 0) --awLeft_;
    if (wLeft_ > 0) --wLeft_;
    if (answerLeft_ > 0) --answerLeft_;
  }

  void observe(const DutInputs& in, const DutOutputs& out, Faults& faults) {
    if (out.bvalid && !(writing_ && awDone_ && wDone_)) {
      faults.add("AXI4-Lite answers a write that was not made");
    }
    if (out.rvalid && !(reading_ && awDone_)) {
      faults.add("AXI4-Lite answers a read that was not made");
    }
    if (answerWaits_ && !out.bvalid && !out.rvalid) {
      faults.add("AXI4-Lite drops an answer");
    }
    if (answerWaits_ && out.rvalid && reading_ && out.rdata != waitingData_) {
      faults.add("AXI4-Lite changes RDATA that waits");
    }
    answerWaits_ = (out.bvalid && !in.bready) || (out.rvalid && !in.rready);
    waitingData_ = out.rdata;
    if ((out.bvalid && in.bready && out.bresp != 0) || (out.rvalid && in.rready && out.rresp != 0)) {
      faults.add("AXI4-Lite answers with an error");
    }
    if ((out.bvalid && in.bready) || (out.rvalid && in.rready)) {
      if (reading_) data_ = out.rdata;
      reading_ = writing_ = false;
      done_ = true;
    }
    if ((in.awvalid && out.awready) || (in.arvalid && out.arready)) awDone_ = true;
    if (in.wvalid && out.wready) wDone_ = true;
  }

 private:
  uint32_t delay() { return delays_ ? static_cast<uint32_t>(random_.below(6)) : 0; }

  Random random_;
  bool delays_;
  uint8_t address_ = 0;
  uint32_t data_ = 0;
  uint32_t awLeft_ = 0, wLeft_ = 0, answerLeft_ = 0;
  bool writing_ = false, reading_ = false, done_ = true;
  bool awDone_ = false, wDone_ = false;
  bool answerWaits_ = false;
  uint32_t waitingData_ = 0;
};
