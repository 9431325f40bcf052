package io.mqttsentinel.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code ./sentinel faults}: exits with 0 only if every promise was kept. */
public final class FaultsApplication {

  private static final int BROKEN_PROMISE = 1;
  private static final int BAD_ARGUMENTS = 2;

  private FaultsApplication() {}

  public static void main(String[] args) {
    List<String> arguments = List.of(args);
    if (arguments.contains("--help") || arguments.contains("-h")) {
      System.out.print(FaultOptions.USAGE);
      return;
    }
    FaultOptions options;
    try {
      options = FaultOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("sentinel faults: " + e.getMessage());
      System.exit(BAD_ARGUMENTS);
      return;
    }
    try {
      System.exit(run(options) ? 0 : BROKEN_PROMISE);
    } catch (IOException e) { // of a process that does not start, the end of its output
      System.err.println("sentinel faults: " + e.getMessage());
      System.exit(BROKEN_PROMISE);
    }
  }

  private static boolean run(FaultOptions options) throws IOException {
    Path directory =
        options.directory().isPresent()
            ? Files.createDirectories(options.directory().get())
            : Files.createTempDirectory("sentinel-faults");
    System.out.println("seed " + options.seed() + ", logs in " + directory.resolve("logs"));
    System.out.println("starting %d processes".formatted(options.layout().parts().size()));
    try (Cluster cluster = Cluster.start(directory, options.layout(), options.settings())) {
      FaultReport report = new FaultRun(cluster, options, System.out).run();
      System.out.println();
      System.out.print(report.markdown());
      System.out.println();
      System.out.print(report.details());
      System.out.println(report.isClean() ? "Every promise was kept." : "A promise was broken.");
      return report.isClean();
    }
  }
}
