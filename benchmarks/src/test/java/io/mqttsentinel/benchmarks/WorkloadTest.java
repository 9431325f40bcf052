package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {

  private final Workload workload = new Workload(1_000, 1, new BenchmarkPayload("0a1b2c3d", 300));

  @ParameterizedTest
  @ValueSource(ints = {1, 600, 601, 10_000, 50_000})
  void noPublisherIsTakenForAFlood(int rate) {
    int publishers = Workload.publishers(rate);
    long busiest =
        LongStream.range(0, rate)
            .boxed()
            .collect(
                java.util.stream.Collectors.groupingBy(
                    n -> workload.publisher(n, publishers), java.util.stream.Collectors.counting()))
            .values()
            .stream()
            .max(Long::compare)
            .orElseThrow();
    assertTrue(busiest < 100, busiest + " messages a second");
  }

  @Test
  void aTopicHasOnePublisher() {
    assertEquals(workload.publisher(7, 12), workload.publisher(1_007, 12));
    assertEquals(7, workload.client(1_007));
  }

  @Test
  void aClientsTopicIsInItsOwnTree() {
    assertEquals("clients/bench-00007/alerts", Workload.topic(7));
    assertEquals("bench-00007", Workload.clientId(7));
  }
}
