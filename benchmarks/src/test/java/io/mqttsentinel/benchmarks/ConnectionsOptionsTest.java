package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConnectionsOptionsTest {

  @Test
  void defaultsAreThePromise() {
    ConnectionsOptions options = ConnectionsOptions.parse(List.of());
    assertEquals(15_000, options.connections());
    assertEquals(Processes.MANY, options.stack().processes());
    assertEquals(options.rate(), options.stack().rate());
  }

  @Test
  void commandRepeatsTheRun() {
    List<String> words =
        List.of(
            "--connections",
            "100",
            "--set",
            "sentinel.edge.drain-time=1s",
            "--tls",
            "yes",
            "--jvm=-Xmx1g");
    assertEquals(
        "./sentinel bench connections --connections 100 --clients 500 --rate 100 --seconds 30"
            + " --warmup 60 --at-once 1000 --returns 2 --tls yes --set sentinel.edge.drain-time=1s"
            + " --jvm='-Xmx1g'",
        ConnectionsOptions.parse(words).command());
  }

  @Test
  void moreThanAProcessMayHoldIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> ConnectionsOptions.parse(List.of("--connections", "17900")));
    assertTrue(refusal.getMessage().contains("18400"), refusal.getMessage());
  }

  @Test
  void heapIsTheTotalOfTheHistogram() throws IOException {
    String histogram =
        """
        12345:
         num     #instances         #bytes  class name (module)
           1:         10000         560000  [B (java.base@25)
        Total        150000        7654321
        """;
    assertEquals(7_654_321, JvmMemory.heapBytes(histogram));
  }

  @Test
  void whatIsNoHistogramIsSaid() {
    IOException refusal =
        assertThrows(IOException.class, () -> JvmMemory.heapBytes("12345: No such process"));
    assertTrue(refusal.getMessage().contains("No such process"), refusal.getMessage());
  }

  @Test
  void costOfEachIsTheDifference() {
    JvmMemory.Each each =
        new JvmMemory(3_000_000, 12).eachSince(new JvmMemory(1_000_000, 10), 1_000);
    assertEquals(2_000, each.heap());
    assertEquals(2_097.152, each.rss(), 0.001);
  }
}
