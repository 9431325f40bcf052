package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFsTest {

  private static final String STAT =
      "4711 (a name) with (parens) S 1 4711 4711 0 -1 4194560 100 0 0 0 1234 566 0 0 20 0 42 0"
          + " 8000 123456789 5000 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n";
  private static final String STATUS =
      """
      Name:\tjava
      VmPeak:\t  400000 kB
      VmHWM:\t  300000 kB
      VmRSS:\t  204800 kB
      """;

  @Test
  void readsTheHostsTimes() {
    HostCpu cpu = HostCpu.parse("cpu  100 1 50 800 9 2 3 35 7 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    assertEquals(new HostCpu(1_000, 809, 35), cpu);
    assertEquals(3.5, cpu.stealPercent());
    assertEquals(15.6, cpu.busyPercent(), 0.001);
  }

  @Test
  void onlyTheDifferenceCounts() {
    HostCpu before = new HostCpu(1_000, 900, 10);
    HostCpu after = new HostCpu(1_200, 1_000, 60);
    assertEquals(25, after.minus(before).stealPercent());
    assertEquals(25, after.minus(before).busyPercent());
    assertEquals(new HostCpu(2_200, 1_900, 70), after.plus(before));
  }

  @Test
  void aHostThatDidNotTickUsedNothing() {
    assertEquals(0, new HostCpu(0, 0, 0).stealPercent());
    assertEquals(0, new HostCpu(0, 0, 0).busyPercent());
  }

  @Test
  void refusesAnotherFile() {
    assertThrows(IllegalArgumentException.class, () -> HostCpu.parse("intr 1 2 3 4 5 6 7 8 9"));
    assertThrows(IllegalArgumentException.class, () -> HostCpu.parse(""));
    assertThrows(IllegalArgumentException.class, () -> ProcessUse.parse("4711", STATUS));
  }

  @Test
  void readsAProcessWhateverItsName() {
    assertEquals(new ProcessUse(18.0, 200), ProcessUse.parse(STAT, STATUS));
  }

  @Test
  void readsFilesWhereTheyAre(@TempDir Path proc) throws IOException {
    Files.createDirectory(proc.resolve("4711"));
    Files.writeString(proc.resolve("4711/stat"), STAT);
    Files.writeString(proc.resolve("4711/status"), STATUS);
    Files.writeString(proc.resolve("meminfo"), "MemFree: 1 kB\nMemTotal:       2048 kB\n");
    ProcFs here = new ProcFs(proc);
    assertEquals(Optional.of(new ProcessUse(18.0, 200)), here.process(4711));
    assertEquals(Optional.of(2L), here.memoryMiB());
    assertEquals(Optional.empty(), here.process(4712));
    assertEquals(Optional.empty(), here.host());
  }

  @Test
  void theMachinesOwnFilesAreReadable() {
    ProcFs proc = ProcFs.ofThisMachine();
    if (proc.host().isEmpty()) {
      return; // not Linux
    }
    assertTrue(proc.host().get().total() > 0);
    ProcessUse self = proc.process(ProcessHandle.current().pid()).orElseThrow();
    assertTrue(self.cpuSeconds() > 0 && self.rssMiB() > 1, self.toString());
  }
}
