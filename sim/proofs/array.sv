// What an array must do: two tiles of weights after one another, as close as the walker lets them,
// and sums of |act - weight| for every beat of activations.
//
//   step     0 .. LoadAt      the first tile's weights, with ShadowWeights before its swap
//   SwapAt                    swap of the first tile; its first beat is the next step's
//   SwapAt + Gap              swap of the second
//
// Weights and activations are free in every step. Nothing of the array is used here but its ports:
// weights are kept by tile, group and column, activations by age.
`default_nettype none

module array #(
  parameter int Rows         = 2,
  parameter int Cols         = 2,
  parameter int Terms        = 1,
  parameter int Span         = 1,
  parameter int ActWidth     = 3,
  parameter int WeightWidth  = 3,
  parameter bit Shadow       = 1'b0,
  parameter bit Complemented = 1'b0,
  // The array adds the weights as they are stored.
  parameter bit AddsWeights  = 1'b0,
  parameter int Gap          = 3,
  // Cycles from the activations of group 0 to the sums of span 0.
  parameter int Latency      = 3,
  localparam int Groups       = Rows / Terms,
  localparam int Spans        = Cols / Span,
  localparam int OperandWidth = (ActWidth > WeightWidth) ? ActWidth : WeightWidth,
  localparam int PsumWidth    = OperandWidth + $clog2(Rows) + (AddsWeights ? 1 : 0),
  localparam int WordWidth    = Cols * Terms * WeightWidth
) (
  input  logic                     clk_i,
  input  logic [WordWidth-1:0]     weights_i,
  input  logic [Rows*ActWidth-1:0] acts_i,
  output logic                     ok
);

  localparam int SwapAt = 1;

  logic [5:0]            step_q = 6'd0;
  logic [Groups-1:0]     load;
  logic                  swap;
  logic [Cols*PsumWidth-1:0] psums;

  always_ff @(posedge clk_i) step_q <= step_q + 6'd1;
  assign swap = step_q == SwapAt || step_q == SwapAt + Gap;

  // Steps in which group g's weights come: with shadow registers they begin one step earlier.
  localparam int LoadAt = Shadow ? SwapAt - 1 : SwapAt;
  for (genvar g = 0; g < Groups; g++) begin : gen_load
    assign load[g] = step_q == LoadAt + g || step_q == LoadAt + Gap + g;
  end

  // Both tiles' weights, first tile lowest.
  logic [2*Groups*WordWidth-1:0] kept_q;
  for (genvar g = 0; g < Groups; g++) begin : gen_keep
    always_ff @(posedge clk_i) begin
      if (step_q == LoadAt + g)       kept_q[g*WordWidth +: WordWidth] <= weights_i;
      if (step_q == LoadAt + Gap + g) kept_q[(Groups+g)*WordWidth +: WordWidth] <= weights_i;
    end
  end

  // Activations by age, youngest lowest; the array gets group g's from g steps ago.
  localparam int Ages = Latency + Spans;
  localparam int AllActs = Rows * ActWidth;
  logic [Ages*AllActs-1:0]     past_q;
  logic [(Ages+1)*AllActs-1:0] past;
  logic [Rows*ActWidth-1:0]    skewed;
  assign past = {past_q, acts_i};
  always_ff @(posedge clk_i) past_q <= past[Ages*AllActs-1:0];
  for (genvar r = 0; r < Rows; r++) begin : gen_skew
    assign skewed[r*ActWidth +: ActWidth] = past[(r/Terms)*AllActs + r*ActWidth +: ActWidth];
  end

  an_array dut (
    .clk_i    (clk_i),
    .load_i   (load),
    .weights_i(Complemented ? ~weights_i : weights_i),
    .swap_i   (swap),
    .acts_i   (skewed),
    .psums_o  (psums)
  );

  logic [Cols-1:0] right;
  for (genvar c = 0; c < Cols; c++) begin : gen_check
    localparam int Age = Latency + c / Span;
    logic                    second;
    logic [OperandWidth-1:0] act, weight;
    logic [PsumWidth-1:0]    sum;
    // The second tile's first beat is the step after its swap.
    assign second = step_q > 6'(SwapAt + Gap + Age);
    always_comb begin
      sum    = '0;
      act    = '0;
      weight = '0;
      for (int r = 0; r < Rows; r++) begin
        act = (OperandWidth)'(past[Age*AllActs + r*ActWidth +: ActWidth]) << (OperandWidth - ActWidth);
        for (int b = 0; b < OperandWidth; b++) begin
          weight[OperandWidth-1-b] = kept_q[((second ? Groups : 0) + r/Terms)*WordWidth
              + (c*Terms + r%Terms)*WeightWidth + WeightWidth-1 - b % WeightWidth];
        end
        if (act > weight) sum = sum + act - weight;
        else              sum = sum + weight - act;
        // Inverted in a statement of its own, at the operand's width.
        if (Complemented) weight = ~weight;
        if (AddsWeights)  sum = sum + weight;
      end
    end
    assign right[c] = psums[c*PsumWidth +: PsumWidth] == sum || step_q <= 6'(SwapAt + Age);
  end

  assign ok = right == '1;

endmodule
`default_nettype wire
