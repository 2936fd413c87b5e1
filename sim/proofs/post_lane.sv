// The golden model's affine step (src/quantize/types.ts, src/fixed/round.ts), as a lane of the
// post-op must compute it:
//
//   y = saturate(round((acc - mean) * mult + bias + (res - zero) * res_mult, shift), low, high)
//   round(u, s) = floor(u / 2^s + 1/2): u shifted, plus the highest bit that falls off
//
// The lane is told the bias with the rounding half in it. Constants stay while a tile lasts, so
// only what the lane takes in every cycle is free in every step; here all of it is.
`default_nettype none

module post_lane #(
  parameter int AccWidth     = 4,
  parameter int CodeWidth    = 3,
  parameter int MeanWidth    = 4,
  parameter int MultWidth    = 3,
  parameter int ResMultWidth = 3,
  parameter int BiasWidth    = 5,
  parameter int ShiftWidth   = 2,
  parameter int OutWidth     = 3,
  parameter bit HasResidual  = 1'b1,
  localparam int Width       = 16
) (
  input  logic                           clk_i,
  input  logic [AccWidth-1:0]            acc_i,
  input  logic signed [MeanWidth-1:0]    mean_i,
  input  logic signed [MultWidth-1:0]    mult_i,
  input  logic signed [BiasWidth-1:0]    bias_i,
  input  logic [ShiftWidth-1:0]          shift_i,
  input  logic                           residual_i,
  input  logic [CodeWidth-1:0]           res_i,
  input  logic [CodeWidth-1:0]           res_zero_i,
  input  logic signed [ResMultWidth-1:0] res_mult_i,
  input  logic signed [OutWidth:0]       low_i,
  input  logic signed [OutWidth:0]       high_i,
  output logic                           ok
);

  // What holds for a whole operation, is constant here.
  logic                       residual_q;
  logic [CodeWidth-1:0]       res_zero_q;
  logic signed [OutWidth:0]   low_q, high_q;
  logic                       started_q = 1'b0;
  logic                       residual;
  logic [CodeWidth-1:0]       res_zero;
  logic signed [OutWidth:0]   low, high;
  assign residual = started_q ? residual_q : residual_i;
  assign res_zero = started_q ? res_zero_q : res_zero_i;
  assign low      = started_q ? low_q      : low_i;
  assign high     = started_q ? high_q     : high_i;

  logic signed [Width-1:0] acc, mean, mult, bias, res, zero, res_mult, u, floor, above, rounded, y;
  logic                    fallen;
  assign acc      = Width'(acc_i);
  assign mean     = Width'(mean_i);
  assign mult     = Width'(mult_i);
  assign bias     = Width'(bias_i);
  assign res      = Width'(res_i);
  assign zero     = Width'(res_zero);
  assign res_mult = Width'(res_mult_i);
  assign u        = (acc - mean) * mult + bias
                  + ((HasResidual && residual) ? (res - zero) * res_mult : Width'(0));
  // Every shift by itself: beside an unsigned operand it would not keep the sign.
  assign floor    = u >>> shift_i;
  assign above    = u >>> (shift_i - 1);
  assign fallen   = (shift_i == '0) ? 1'b0 : above[0];
  assign rounded  = fallen ? floor + 1 : floor;
  assign y        = (rounded < Width'(low)) ? Width'(low)
                  : (rounded > Width'(high)) ? Width'(high) : rounded;

  // The lane's own latency; its shift of the bias' half needs one bit more.
  logic [5*OutWidth-1:0] expected_q;
  logic [4:0]            known_q = 5'd0;
  always_ff @(posedge clk_i) begin
    expected_q <= {expected_q[4*OutWidth-1:0], y[OutWidth-1:0]};
    known_q    <= {known_q[3:0], 1'b1};
    started_q  <= 1'b1;
    residual_q <= residual;
    res_zero_q <= res_zero;
    low_q      <= low;
    high_q     <= high;
  end

  logic signed [BiasWidth:0] lane_bias;
  logic [OutWidth-1:0]       out;
  assign lane_bias = (BiasWidth+1)'(bias_i)
                   + ((shift_i == '0) ? (BiasWidth+1)'(0) : (BiasWidth+1)'(1) <<< (shift_i - 1));

  an_post_lane #(
    .AccWidth    (AccWidth),
    .CodeWidth   (CodeWidth),
    .MeanWidth   (MeanWidth),
    .DiffWidth   (((AccWidth >= MeanWidth) ? AccWidth : MeanWidth) + 2),
    .MultWidth   (MultWidth),
    .ResMultWidth(ResMultWidth),
    .BiasWidth   (BiasWidth + 1),
    .ShiftWidth  (ShiftWidth),
    .TotalWidth  (Width),
    .OutWidth    (OutWidth),
    .HasResidual (HasResidual)
  ) dut (
    .clk_i          (clk_i),
    .acc_i          (acc_i),
    .mean_i         (mean_i),
    .mult_i         (mult_i),
    .bias_i         (lane_bias),
    .shift_i        (shift_i),
    .op_residual_i  (residual),
    .res_i          (res_i),
    .op_res_zero_i  (res_zero),
    .res_mult_i     (res_mult_i),
    .op_clamp_low_i (low),
    .op_clamp_high_i(high),
    .out_o          (out)
  );

  assign ok = !known_q[4] || out == expected_q[4*OutWidth +: OutWidth];

endmodule
`default_nettype wire
