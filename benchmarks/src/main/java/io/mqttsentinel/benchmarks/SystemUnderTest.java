package io.mqttsentinel.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is measured: its door, its Kafka and its processes.
 *
 * @param processes pid by name, for CPU and memory
 * @param httpPorts of health and metrics by name, of the services that have a process of their own
 * @param started what this benchmark started, in that order
 */
record SystemUnderTest(
    String description,
    HostPort mqtt,
    Optional<KafkaAccess> kafka,
    Credentials subscribers,
    Credentials publishers,
    Map<String, Long> processes,
    Map<String, Integer> httpPorts,
    List<ChildProcess> started)
    implements AutoCloseable {

  /** A yardstick on another Kafka gets as many partitions as our topics have by default. */
  private static final int FOREIGN_PARTITIONS = 12;

  private static final short BROKER_DEFAULT = -1;

  /** A broker that somebody else runs. */
  static SystemUnderTest foreign(BenchmarkOptions options) {
    HostPort target = options.target().orElseThrow();
    Map<String, Long> processes = new LinkedHashMap<>();
    options.pids().forEach(pid -> processes.put("pid " + pid, pid));
    return new SystemUnderTest(
        target.toString(),
        target,
        options
            .kafka()
            .map(
                kafka ->
                    new KafkaAccess(
                        kafka.toString(),
                        Optional.empty(),
                        "",
                        FOREIGN_PARTITIONS,
                        BROKER_DEFAULT)),
        options.subscriberCredentials(),
        options.publisherCredentials(),
        processes,
        Map.of(),
        List.of());
  }

  @Override
  public void close() {
    started.reversed().forEach(ChildProcess::close);
  }
}
