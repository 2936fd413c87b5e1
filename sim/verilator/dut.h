// The accelerator as the harness sees it: plain pins, one cycle at a time.
//
// Nothing here depends on a design's widths, so the harness is compiled once; `shim.cpp` binds the
// pins to one Verilated model. AXI names follow the accelerator's ports without their prefixes.
#pragma once
#include <cstdint>
#include <memory>

struct DutInputs {
  bool resetN = false;
  // AXI4-Lite master.
  uint8_t awaddr = 0;
  bool awvalid = false;
  uint32_t wdata = 0;
  uint8_t wstrb = 0;
  bool wvalid = false;
  bool bready = false;
  uint8_t araddr = 0;
  bool arvalid = false;
  bool rready = false;
  // Image stream.
  uint8_t imageData = 0;
  bool imageValid = false;
  bool imageLast = false;
  // Result stream.
  bool resultReady = false;
};

struct DutOutputs {
  bool awready = false;
  bool wready = false;
  uint8_t bresp = 0;
  bool bvalid = false;
  bool arready = false;
  uint32_t rdata = 0;
  uint8_t rresp = 0;
  bool rvalid = false;
  bool imageReady = false;
  uint64_t resultData = 0;
  bool resultValid = false;
  bool resultLast = false;
  bool busy = false;
  uint8_t op = 0;
  bool stall = false;
  bool monitorValid = false;
  // Lane 0 in the low bits, 32 bits a word.
  const uint32_t* monitor = nullptr;
};

class Dut {
 public:
  virtual ~Dut() = default;
  DutInputs in;
  DutOutputs out;
  // Let the combinational paths follow `in`, clock low, and sample `out`.
  virtual void settle() = 0;
  // The rising edge.
  virtual void clock() = 0;
  // Bits that `out.monitor` holds.
  virtual uint64_t monitorBits() const = 0;
  // Waveform; false when the model was built without tracing.
  virtual bool openTrace(const char* file) = 0;
  virtual void dumpTrace(uint64_t halfCycle) = 0;
  virtual void closeTrace() = 0;
};

// Registers and memories without a reset value start with random bits of this seed.
std::unique_ptr<Dut> makeDut(uint32_t seed);
