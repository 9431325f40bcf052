package io.mqttsentinel.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the kernel counts; empty where there is no {@code /proc}, or no longer such a process. */
final class ProcFs {

  private final Path root;

  ProcFs(Path root) {
    this.root = root;
  }

  static ProcFs ofThisMachine() {
    return new ProcFs(Path.of("/proc"));
  }

  Optional<HostCpu> host() {
    return read("stat").map(HostCpu::parse);
  }

  Optional<ProcessUse> process(long pid) {
    Optional<String> stat = read(pid + "/stat");
    Optional<String> status = read(pid + "/status");
    return stat.flatMap(s -> status.map(more -> ProcessUse.parse(s, more)));
  }

  Optional<Long> memoryMiB() {
    return read("meminfo").map(text -> kibibytes(text, "MemTotal") / 1024);
  }

  /** The value of a line such as {@code VmRSS: 123 kB}; 0 where it is missing. */
  static long kibibytes(String text, String key) {
    return text.lines()
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).replace("kB", "").strip())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  private Optional<String> read(String file) {
    try {
      return Optional.of(Files.readString(root.resolve(file)));
    } catch (IOException e) { // another system than Linux, or the process has ended
      return Optional.empty();
    }
  }
}
