package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short fault run: {@code ./sentinel faults} is the long one. */
class LedgerIT {

  // Kills an edge, fan-out, the stages and a Kafka node, in this order.
  private static final long SEED = Long.getLong("sentinel.faults.seed", 28);

  @TempDir Path directory;

  @Test
  void nothingAcknowledgedIsLostWhenPartsAreKilled() {
    FaultOptions options =
        new FaultOptions(
            Duration.ofSeconds(48),
            Duration.ofSeconds(12),
            SEED,
            60,
            Features.HIGHEST_QOS,
            0,
            false,
            Optional.empty(),
            Map.of(),
            Optional.of(directory));
    try (Cluster cluster = Cluster.start(directory, options.layout(), options.settings())) {
      FaultReport report = new FaultRun(cluster, options, System.out).run();
      System.out.println(report.markdown());
      assertTrue(report.isClean(), () -> report.command() + "\n" + report.details());
    }
  }
}
