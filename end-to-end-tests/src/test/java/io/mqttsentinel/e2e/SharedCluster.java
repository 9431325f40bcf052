package io.mqttsentinel.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One small cluster for all tests that kill nothing; it ends with the JVM. */
final class SharedCluster {

  static final String USER = "device";
  static final String PASSWORD = "device-password";

  /** May do everything. */
  static final String OPERATOR = "operator";

  static final String OPERATOR_PASSWORD = "operator-password";

  private static Cluster cluster;

  private SharedCluster() {}

  static synchronized Cluster get() {
    if (cluster == null) {
      try {
        Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
        cluster = Cluster.start(Files.createTempDirectory(target, "cluster-"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      cluster.users().user(USER, PASSWORD, false);
      cluster.users().user(OPERATOR, OPERATOR_PASSWORD, true);
    }
    return cluster;
  }
}
