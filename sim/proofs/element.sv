// What a processing element must do, whatever its form: add sum over t of |act - weight| to a sum.
//
// The forms that leave the activations' own sum to the array (an_array) and the weights' sum to
// the post-op's constants are held to the same: with a' and w' the operands as they are stored,
//
//   one-sided   2 (psum_o - psum_i) + sum of a' = sum of |act - weight| + sum of w'
//   maximum     2 (psum_o - psum_i) - sum of a' = sum of |act - weight| + sum of w'
//
// Here weights are remembered in the plainest way; `dut_weights` is connected to the element's own
// register, so that an induction may take the two to agree.
`default_nettype none

module element #(
  parameter int ActWidth     = 3,
  parameter int WeightWidth  = 3,
  parameter int Terms        = 1,
  parameter bit Shadow       = 1'b0,
  parameter bit Registered   = 1'b1,
  parameter bit Complemented = 1'b0,
  // 0: signed, 1: one-sided, 2: maximum.
  parameter int Form         = 0,
  parameter int Lead         = 1,
  localparam int OperandWidth = (ActWidth > WeightWidth) ? ActWidth : WeightWidth,
  localparam int SumWidth     = OperandWidth + $clog2(Terms) + 2
) (
  input  logic                         clk_i,
  input  logic                         load_i,
  input  logic                         swap_i,
  input  logic [Terms*WeightWidth-1:0] weights_i,
  input  logic [Terms*ActWidth-1:0]    acts_i,
  input  logic [OperandWidth-1:0]      psum_i,
  output logic                         ok
);

  logic [Terms*ActWidth-1:0]    late_acts_q;
  logic [Terms*WeightWidth-1:0] dut_weights, dut_shadow, weights_q, shadow_q;
  logic [OperandWidth-1:0]      psum_q;
  logic [SumWidth-1:0]          psum;

  // Weights are known from the first load (and swap) on.
  logic       shadow_known_q = 1'b0;
  logic       known_q        = 1'b0;
  logic [3:0] known_before_q = 4'd0;

  always_ff @(posedge clk_i) begin
    late_acts_q    <= acts_i;
    psum_q         <= psum_i;
    known_before_q <= {known_before_q[2:0], known_q};
    if (Shadow) begin
      if (load_i) shadow_q  <= weights_i;
      if (swap_i) weights_q <= shadow_q;
      shadow_known_q <= shadow_known_q || load_i;
      known_q        <= known_q || (swap_i && shadow_known_q);
      if (swap_i && !shadow_known_q) known_q <= 1'b0;
    end else begin
      if (load_i) weights_q <= weights_i;
      known_q <= known_q || load_i;
    end
  end

  `ELEMENT #(
    .ActWidth   (ActWidth),
    .WeightWidth(WeightWidth),
    .Terms      (Terms),
    .PsumInWidth(OperandWidth),
    .PsumWidth  (SumWidth)
  ) dut (
    .clk_i      (clk_i),
    .load_i     (load_i),
    .swap_i     (swap_i),
    .weights_i  (Complemented ? ~weights_i : weights_i),
    .acts_i     (acts_i),
    .late_acts_i(late_acts_q),
    .psum_i     (psum_i),
    .psum_o     (psum)
  );

  // The rule of src/fixed/operand.ts, bit by bit, and the sums.
  logic [OperandWidth-1:0] act, weight;
  logic [SumWidth-1:0]     acts_sum, weights_sum, distance;
  always_comb begin
    acts_sum    = '0;
    weights_sum = '0;
    distance    = '0;
    act         = '0;
    weight      = '0;
    for (int t = 0; t < Terms; t++) begin
      act = (OperandWidth)'(acts_i[t*ActWidth +: ActWidth]) << (OperandWidth - ActWidth);
      for (int b = 0; b < OperandWidth; b++) begin
        weight[OperandWidth-1-b] = weights_q[t*WeightWidth + WeightWidth-1 - b % WeightWidth];
      end
      if (act > weight) distance = distance + act - weight;
      else              distance = distance + weight - act;
      // As they are stored; inverted in a statement of its own, at the operand's width.
      if (Complemented) begin
        act    = ~act;
        weight = ~weight;
      end
      acts_sum    = acts_sum + act;
      weights_sum = weights_sum + weight;
    end
  end

  // As long ago as the element's own stages.
  logic [5*3*SumWidth-1:0] history;
  logic [3*SumWidth-1:0]   now, then;
  logic [4*3*SumWidth-1:0] history_q;
  assign now     = {acts_sum, weights_sum, distance};
  assign history = {history_q, now};
  always_ff @(posedge clk_i) begin
    history_q <= history[4*3*SumWidth-1:0];
  end
  assign then = history[(Lead+1)*3*SumWidth +: 3*SumWidth];

  logic [SumWidth-1:0] then_acts, then_weights, then_distance, added;
  logic                right, same_weights, same_shadow;
  assign {then_acts, then_weights, then_distance} = then;
  assign added = psum - psum_q;
  assign right = (Form == 0) ? added == then_distance
               : (Form == 1) ? SumWidth'(added << 1) + then_acts == then_distance + then_weights
               :               SumWidth'(added << 1) - then_acts == then_distance + then_weights;

  assign same_weights = dut_weights == (Complemented ? ~weights_q : weights_q);
  assign same_shadow  = !Shadow || dut_shadow == (Complemented ? ~shadow_q : shadow_q);
  assign ok = (right || !known_before_q[Lead]) && (same_weights || !known_q)
           && (same_shadow || !shadow_known_q);

endmodule
`default_nettype wire
