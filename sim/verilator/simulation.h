// One simulation: the accelerator and everything around it, advanced together cycle by cycle.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "axi_lite.h"
#include "checker.h"
#include "cycles.h"
#include "dut.h"
#include "faults.h"
#include "run_file.h"
#include "streams.h"

// Why a simulation stopped before its end.
enum class Stop { None, Hang, Fault, TraceDone };

class Simulation {
 public:
  Faults faults;
  MonitorChecker monitor;
  ImageSource source;
  ResultSink sink;
  CycleCounter counter;
  AxiLiteMaster bus;
  Stop stop = Stop::None;
  DutOutputs lastSeen;

  Simulation(const Run& run, const uint8_t* codes, Expected expected, const std::string& traceFile)
      : monitor(run, expected),
        source(run, codes),
        sink(run, expected, monitor.beatsOfLast()),
        counter(run),
        bus(run.seed, run.stallPartsPerMillion > 0),
        run_(run),
        dut_(makeDut(static_cast<uint32_t>(run.seed))),
        traceFile_(traceFile) {
    if (dut_->monitorBits() < run.lanes * run.monitorWidth) {
      die("the monitor port is narrower than the run file says");
    }
    uint64_t longest = 0;
    for (const OpInfo& op : run.ops) longest = std::max(longest, op.plannedCycles);
    // Long pauses of both streams are no hang.
    patience_ = 2 * longest + 10'000 + (run.stallPartsPerMillion > 0 ? 4 * run.plannedCycles() : 0);
  }

  ~Simulation() {
    if (tracing_) dut_->closeTrace();
  }

  uint64_t cycle() const { return faults.cycle; }
  bool running() const { return stop == Stop::None; }

  // Hold reset for some cycles; nothing is expected of the outputs meanwhile.
  void reset(uint64_t cycles) {
    dut_->in = DutInputs{};
    for (uint64_t i = 0; i < cycles; ++i) edge();
    dut_->in.resetN = true;
    lastProgress_ = cycle();
  }

  // Start on something and forget it: a second reset has to bring everything back.
  void falseStart(uint64_t cycles) {
    for (uint64_t i = 0; i < cycles; ++i) {
      dut_->in.awvalid = dut_->in.wvalid = i < 8;
      dut_->in.awaddr = 0x08;
      dut_->in.wdata = 1;
      dut_->in.wstrb = 0xf;
      dut_->in.bready = dut_->in.resultReady = dut_->in.imageValid = true;
      dut_->in.imageData = static_cast<uint8_t>(i * 37);
      edge();
    }
  }

  // One clock cycle of ordinary work.
  void tick() {
    source.drive(dut_->in);
    sink.drive(dut_->in);
    bus.drive(dut_->in);
    dut_->settle();
    const DutOutputs& out = dut_->out;
    bool progress = source.observe(dut_->in, out);
    progress |= sink.observe(dut_->in, out, faults);
    progress |= monitor.observe(out, faults);
    progress |= out.op != lastSeen.op || out.busy != lastSeen.busy;
    bus.observe(dut_->in, out, faults);
    counter.observe(out, faults);
    lastSeen = out;
    if (progress) lastProgress_ = cycle();
    finishCycle();
    if (cycle() - lastProgress_ > patience_) stop = Stop::Hang;
    if (!faults.first.empty()) stop = Stop::Fault;
    if (run_.traceStop > 0 && cycle() > run_.traceStop) stop = Stop::TraceDone;
  }

  uint32_t readRegister(uint8_t address) {
    bus.startRead(address);
    while (!bus.done() && running()) tick();
    return bus.data();
  }
  void writeRegister(uint8_t address, uint32_t data) {
    bus.startWrite(address, data);
    while (!bus.done() && running()) tick();
  }

 private:
  void edge() {
    dut_->settle();
    finishCycle();
  }

  void finishCycle() {
    const bool inWindow = cycle() >= run_.traceStart && cycle() < run_.traceStop;
    if (inWindow && !tracing_) {
      tracing_ = dut_->openTrace(traceFile_.c_str());
      if (!tracing_) die("the waveform cannot be written");
    }
    if (inWindow) dut_->dumpTrace(2 * cycle());
    dut_->clock();
    if (inWindow) dut_->dumpTrace(2 * cycle() + 1);
    ++faults.cycle;
  }

  const Run& run_;
  std::unique_ptr<Dut> dut_;
  std::string traceFile_;
  uint64_t patience_ = 0;
  uint64_t lastProgress_ = 0;
  bool tracing_ = false;
};
