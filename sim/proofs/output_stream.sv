// What the output stream must do, however the receiver hesitates: send every value once and in
// order, leave out the lanes that a tail group does not fill, hold a beat until it is taken, mark
// an image's last value, and say that there is room only where a whole image fits.
//
// Values carry their number, modulo 16.
`default_nettype none

module output_stream (
  input  logic clk_i,
  input  logic want_push_i,
  input  logic tail_i,
  input  logic ready_i,
  output logic ok
);

  localparam int Depth       = 4;
  localparam int ImageGroups = 2;

  logic       started_q = 1'b0;
  logic       room, valid, last, push, image_end;
  // Groups of the image under way; the next value to push, and to arrive.
  logic       within_q  = 1'b0;
  logic [3:0] pushed_q  = 4'd0;
  logic [3:0] arrived_q = 4'd0;
  // Whether a value is its image's last, by its number.
  logic [15:0] lasts_q  = 16'd0;
  logic [3:0] data, last_pushed;
  logic       held_q    = 1'b0;

  assign push        = started_q && want_push_i && (within_q || room);
  assign image_end   = within_q;
  assign last_pushed = tail_i ? pushed_q : pushed_q + 4'd1;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    held_q    <= started_q && valid && !ready_i;
    if (push) begin
      within_q <= !within_q;
      pushed_q <= last_pushed + 4'd1;
      lasts_q[pushed_q]    <= 1'b0;
      lasts_q[last_pushed] <= image_end;
    end
    if (started_q && valid && ready_i) arrived_q <= arrived_q + 4'd1;
  end

  an_output_stream #(
    .Lanes      (2),
    .Width      (4),
    .StreamWidth(4),
    .Signed     (1'b0),
    .ImageGroups(ImageGroups),
    .Depth      (Depth),
    .TailLanes  (1)
  ) dut (
    .clk_i   (clk_i),
    .rst_ni  (started_q),
    .push_i  (push),
    .group_i ({pushed_q + 4'd1, pushed_q}),
    .tail_i  (tail_i),
    .end_i   (image_end),
    .room_o  (room),
    .tdata_o (data),
    .tvalid_o(valid),
    .tready_i(ready_i),
    .tlast_o (last)
  );

  // A beat that waits stays; what arrives has been pushed, is the next one, and ends an image or not.
  assign ok = !started_q
           || ((!held_q || valid)
               && (!valid || (data == arrived_q && arrived_q != pushed_q
                              && last == lasts_q[arrived_q])));

endmodule
`default_nettype wire
