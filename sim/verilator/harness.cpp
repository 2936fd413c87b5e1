// Runs images through a Verilated accelerator and compares everything that leaves it with the golden model.
//
//     harness <run folder>
//
// The folder holds run.txt, codes.bin (input codes) and expected.bin (golden tensors); report.json, and
// trace.fst where asked for, are written into it. The current folder is the design's, where its memory
// images lie. Standard output says `images <n>` whenever another image is done.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "mapped_file.h"
#include "random.h"
#include "report.h"
#include "run_file.h"
#include "simulation.h"

namespace {

enum Register : uint8_t {
  Id = 0x00,
  Version = 0x04,
  Control = 0x08,
  Status = 0x0c,
  Images = 0x10,
  Done = 0x14,
  Cycles = 0x18,
  InputStall = 0x1c,
  OutputStall = 0x20,
};

class Session {
 public:
  Session(const Run& run, Simulation& sim)
      : run_(run), sim_(sim), random_(run.seed + 1), stalls_(run.stallPartsPerMillion > 0) {}

  void play() {
    sim_.reset(3 + random_.below(4));
    if (stalls_ && random_.chance(0.25)) {
      sim_.falseStart(random_.below(run_.plannedCycles() + run_.inputValues) + 8);
      sim_.reset(1);
    }
    expect("the register ID", sim_.readRegister(Id), 0x41444446);
    expect("the register VERSION", sim_.readRegister(Version), run_.version);
    expect("the register IMAGES after reset", sim_.readRegister(Images), 1);
    expect("the register DONE after reset", sim_.readRegister(Done), 0);
    // Two starts where there are images for it: the second must not remember the first.
    const uint64_t first = run_.images - (run_.images >= 2 && random_.chance(0.5) ? 1 : 0);
    startAndWait(first);
    if (first < run_.images) startAndWait(run_.images - first);
    // Whatever the accelerator still has to say must not be said.
    for (int i = 0; i < 64 && sim_.running(); ++i) sim_.tick();
    expect("the number of images computed", sim_.counter.images, run_.images);
  }

 private:
  void startAndWait(uint64_t images) {
    if (!sim_.running()) return;
    const uint64_t target = sim_.sink.images() + images;
    sim_.writeRegister(Images, static_cast<uint32_t>(images));
    expect("the register IMAGES", sim_.readRegister(Images), images);
    sim_.counter.start();
    sim_.writeRegister(Control, 1);
    const uint64_t idleAtStart = sim_.counter.idle;
    while (sim_.sink.images() < target && sim_.running()) {
      const uint64_t before = sim_.sink.images();
      // Reading the registers meanwhile must disturb nothing.
      if (random_.chance(0.001)) sim_.readRegister(random_.chance(0.5) ? Status : Done);
      else sim_.tick();
      if (sim_.sink.images() != before) std::cout << "images " << sim_.sink.images() << std::endl;
    }
    uint32_t status = sim_.readRegister(Status);
    while ((status & 1) != 0 && sim_.running()) status = sim_.readRegister(Status);
    expect("the register STATUS, bit 2 (TLAST misplaced),", status >> 2, 0);
    expect("the register DONE", sim_.readRegister(Done), images);
    expect("the register CYCLES", sim_.readRegister(Cycles), sim_.counter.lastWithWaits);
    expect("the register OUTPUT_STALL", sim_.readRegister(OutputStall), sim_.counter.resultWaits);
    // The start takes effect somewhere between its write and the answer.
    const uint64_t inputStall = sim_.readRegister(InputStall);
    const uint64_t most = sim_.counter.idleBeforeEnd;
    const uint64_t least = most > idleAtStart ? most - idleAtStart : 0;
    if (inputStall < least || inputStall > most) expect("the register INPUT_STALL", inputStall, least);
  }

  void expect(const char* what, uint64_t got, uint64_t want) {
    if (!sim_.running() || got == want) return;
    sim_.faults.add(std::string(what) + " is " + std::to_string(got) + " instead of " +
                    std::to_string(want));
    sim_.stop = Stop::Fault;
  }

  const Run& run_;
  Simulation& sim_;
  Random random_;
  bool stalls_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) die("one run folder is wanted");
  const std::string folder = argv[1];
  const Run run = readRun(folder + "/run.txt");
  Expected expected;
  for (const OpInfo& op : run.ops) expected.valuesPerImage += op.values();
  const MappedFile codes(folder + "/codes.bin", run.images * run.inputValues);
  const MappedFile tensors(folder + "/expected.bin", run.images * expected.valuesPerImage * 4);
  expected.data = tensors.as<int32_t>();

  Simulation sim(run, codes.as<uint8_t>(), expected, folder + "/trace.fst");
  Session session(run, sim);
  const auto start = std::chrono::steady_clock::now();
  session.play();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  writeReport(folder + "/report.json", sim, elapsed.count());
  return 0;
}
