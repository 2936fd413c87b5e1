// What the result FIFO must do, however its three sides hesitate: give every word once, in order,
// say truly whether there is one, and never promise a place that is not there.
//
// Words carry their number. That tells all: a FIFO does not look at its words, and 16 numbers
// never meet in 4 places. What stands in the FIFO's registers and memory is part of the claim, so
// that the induction begins from states that can be.
`default_nettype none

module result_fifo (
  input  logic clk_i,
  input  logic want_take_i,
  input  logic want_push_i,
  input  logic want_pop_i,
  output logic ok
);

  localparam int Depth = 4;

  logic       started_q = 1'b0;
  logic [3:0] taken_q   = 4'd0;
  logic [3:0] pushed_q  = 4'd0;
  logic [3:0] popped_q  = 4'd0;
  logic       shown_q   = 1'b0;
  logic [3:0] shown_number_q;
  logic [3:0] places, words, word;
  logic       take, push, pop, credit, valid;

  // Words wait in their places: a push belongs to an earlier take.
  assign take = started_q && want_take_i && credit;
  assign push = started_q && want_push_i && pushed_q != taken_q;
  assign pop  = started_q && want_pop_i && valid;

  always_ff @(posedge clk_i) begin
    started_q      <= 1'b1;
    taken_q        <= taken_q + 4'(take);
    pushed_q       <= pushed_q + 4'(push);
    popped_q       <= popped_q + 4'(pop);
    shown_q        <= started_q && valid;
    shown_number_q <= popped_q;
  end

  an_result_fifo #(
    .Width(4),
    .Depth(Depth)
  ) dut (
    .clk_i   (clk_i),
    .rst_ni  (started_q),
    .take_i  (take),
    .credit_o(credit),
    .push_i  (push),
    .word_i  (pushed_q),
    .valid_o (valid),
    .word_o  (word),
    .pop_i   (pop)
  );

  assign places = taken_q - popped_q;
  assign words  = pushed_q - popped_q;

  // The FIFO's own registers.
  logic [2:0] dut_level, dut_free;
  logic [1:0] dut_write, dut_read;
  logic [3:0] dut_mem0, dut_mem1, dut_mem2, dut_mem3;
  logic [3:0] kept;
  logic       registers_right, memory_right;
  assign registers_right = 4'(dut_level) == words && 4'(dut_free) == 4'(Depth) - places
                        && dut_write == pushed_q[1:0] && dut_read == popped_q[1:0];
  always_comb begin
    memory_right = 1'b1;
    kept         = '0;
    for (int i = 0; i < Depth; i++) begin
      kept = popped_q + 4'(i);
      if (4'(i) < words) begin
        if (kept[1:0] == 2'd0 && dut_mem0 != kept) memory_right = 1'b0;
        if (kept[1:0] == 2'd1 && dut_mem1 != kept) memory_right = 1'b0;
        if (kept[1:0] == 2'd2 && dut_mem2 != kept) memory_right = 1'b0;
        if (kept[1:0] == 2'd3 && dut_mem3 != kept) memory_right = 1'b0;
      end
    end
  end

  assign ok = !started_q
           || (words <= places && places <= 4'(Depth)
               && valid == (words != '0) && credit == (places != 4'(Depth))
               && (!shown_q || word == shown_number_q)
               && registers_right && memory_right);

endmodule
`default_nettype wire
