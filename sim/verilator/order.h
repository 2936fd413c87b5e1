// The order in which an operation's results appear (the comment of `LayerInfo` in src/manifest.ts):
//
//     for block of blockPixels pixels; for tile of tileChannels channels; for pixel in block;
//       for group of lanes channels in the tile
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "run_file.h"

// One beat of the monitor: `count` values of consecutive channels from position `first` of the tensor.
struct Beat {
  uint32_t first;
  uint32_t count;
};

inline std::vector<Beat> beatsOf(const OpInfo& op, uint64_t blockPixels, uint64_t lanes) {
  std::vector<Beat> beats;
  const uint64_t pixels = op.pixels();
  for (uint64_t block = 0; block < pixels; block += blockPixels) {
    const uint64_t blockEnd = std::min(pixels, block + blockPixels);
    for (uint64_t tile = 0; tile < op.channels; tile += op.tileChannels) {
      const uint64_t tileEnd = std::min<uint64_t>(op.channels, tile + op.tileChannels);
      for (uint64_t pixel = block; pixel < blockEnd; ++pixel) {
        for (uint64_t group = tile; group < tileEnd; group += lanes) {
          beats.push_back({static_cast<uint32_t>(pixel * op.channels + group),
                           static_cast<uint32_t>(std::min(tileEnd, group + lanes) - group)});
        }
      }
    }
  }
  return beats;
}

// The order of the result stream: one value a beat.
inline std::vector<uint32_t> valuesInOrder(const std::vector<Beat>& beats) {
  std::vector<uint32_t> positions;
  for (const Beat& beat : beats) {
    for (uint32_t i = 0; i < beat.count; ++i) positions.push_back(beat.first + i);
  }
  return positions;
}
