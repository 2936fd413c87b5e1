// Binds `Dut` to the Verilated model of one design: the only harness source compiled for every design.
#include "dut.h"

#include "Vdut.h"
#include "verilated.h"
#ifdef ADDERFORGE_TRACE
#include "verilated_fst_c.h"
#endif

namespace {

// A port of up to 64 bits is a plain integer, a wider one an array of words.
struct PortWords {
  uint32_t buffer[2] = {0, 0};
  const uint32_t* of(uint64_t value) {
    buffer[0] = static_cast<uint32_t>(value);
    buffer[1] = static_cast<uint32_t>(value >> 32);
    return buffer;
  }
  template <std::size_t Words>
  const uint32_t* of(const VlWide<Words>& value) {
    return value.data();
  }
};

class VerilatedDut final : public Dut {
 public:
  explicit VerilatedDut(uint32_t seed) {
    context_.randReset(2);
    context_.randSeed(static_cast<int>(seed & 0x7fffffffu) | 1);
#ifdef ADDERFORGE_TRACE
    context_.traceEverOn(true);
#endif
    model_ = std::make_unique<Vdut>(&context_, "");
  }

  ~VerilatedDut() override { model_->final(); }

  void settle() override {
    Vdut& m = *model_;
    m.clk_i = 0;
    m.rst_ni = in.resetN;
    m.s_axil_awaddr_i = in.awaddr;
    m.s_axil_awvalid_i = in.awvalid;
    m.s_axil_wdata_i = in.wdata;
    m.s_axil_wstrb_i = in.wstrb;
    m.s_axil_wvalid_i = in.wvalid;
    m.s_axil_bready_i = in.bready;
    m.s_axil_araddr_i = in.araddr;
    m.s_axil_arvalid_i = in.arvalid;
    m.s_axil_rready_i = in.rready;
    m.s_axis_tdata_i = in.imageData;
    m.s_axis_tvalid_i = in.imageValid;
    m.s_axis_tlast_i = in.imageLast;
    m.m_axis_tready_i = in.resultReady;
    m.eval();
    out.awready = m.s_axil_awready_o;
    out.wready = m.s_axil_wready_o;
    out.bresp = m.s_axil_bresp_o;
    out.bvalid = m.s_axil_bvalid_o;
    out.arready = m.s_axil_arready_o;
    out.rdata = m.s_axil_rdata_o;
    out.rresp = m.s_axil_rresp_o;
    out.rvalid = m.s_axil_rvalid_o;
    out.imageReady = m.s_axis_tready_o;
    out.resultData = m.m_axis_tdata_o;
    out.resultValid = m.m_axis_tvalid_o;
    out.resultLast = m.m_axis_tlast_o;
    out.busy = m.mon_busy_o;
    out.op = m.mon_op_o;
    out.stall = m.mon_stall_o;
    out.monitorValid = m.mon_valid_o;
    if (out.monitorValid) out.monitor = monitorWords_.of(m.mon_data_o);
  }

  uint64_t monitorBits() const override { return 8 * sizeof(model_->mon_data_o); }

  void clock() override {
    model_->clk_i = 1;
    model_->eval();
  }

#ifdef ADDERFORGE_TRACE
  bool openTrace(const char* file) override {
    model_->trace(&trace_, 99);
    trace_.open(file);
    return trace_.isOpen();
  }
  void dumpTrace(uint64_t halfCycle) override { trace_.dump(halfCycle); }
  void closeTrace() override { trace_.close(); }
#else
  bool openTrace(const char*) override { return false; }
  void dumpTrace(uint64_t) override {}
  void closeTrace() override {}
#endif

 private:
  VerilatedContext context_;
  std::unique_ptr<Vdut> model_;
  PortWords monitorWords_;
#ifdef ADDERFORGE_TRACE
  VerilatedFstC trace_;
#endif
};

}  // namespace

std::unique_ptr<Dut> makeDut(uint32_t seed) { return std::make_unique<VerilatedDut>(seed); }
