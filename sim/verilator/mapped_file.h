// A file read through the page cache: golden tensors of many images need not fit in memory.
#pragma once
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "run_file.h"

class MappedFile {
 public:
  MappedFile(const std::string& file, uint64_t expectedBytes) {
    const int descriptor = open(file.c_str(), O_RDONLY);
    if (descriptor < 0) die("\"" + file + "\" cannot be opened");
    struct stat status{};
    if (fstat(descriptor, &status) != 0 || uint64_t(status.st_size) != expectedBytes) {
      die("\"" + file + "\" has " + std::to_string(status.st_size) + " bytes instead of " +
          std::to_string(expectedBytes));
    }
    bytes_ = expectedBytes;
    data_ = mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (data_ == MAP_FAILED) die("\"" + file + "\" cannot be mapped");
  }
  ~MappedFile() { munmap(data_, bytes_); }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  template <typename T>
  const T* as() const {
    return static_cast<const T*>(data_);
  }

 private:
  void* data_ = nullptr;
  uint64_t bytes_ = 0;
};
