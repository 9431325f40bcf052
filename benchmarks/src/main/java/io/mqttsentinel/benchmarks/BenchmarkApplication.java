package io.mqttsentinel.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** {@code ./sentinel bench}: exits with 0 when it measured, whatever the figures say. */
public final class BenchmarkApplication {

  private static final int COULD_NOT_MEASURE = 1;
  private static final int BAD_ARGUMENTS = 2;

  private BenchmarkApplication() {}

  public static void main(String[] args) {
    List<String> arguments = List.of(args);
    boolean connections =
        !arguments.isEmpty() && arguments.getFirst().equals(ConnectionsOptions.NAME);
    if (connections) {
      arguments = arguments.subList(1, arguments.size());
    }
    if (arguments.contains("--help") || arguments.contains("-h")) {
      System.out.print(connections ? ConnectionsOptions.USAGE : BenchmarkOptions.USAGE);
      return;
    }
    System.exit(run(arguments, connections));
  }

  private static int run(List<String> arguments, boolean connections) {
    try {
      if (connections) {
        connections(ConnectionsOptions.parse(arguments));
      } else {
        measure(BenchmarkOptions.parse(arguments));
      }
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println("sentinel bench: " + e.getMessage());
      System.err.println("sentinel bench --help lists the options");
      return BAD_ARGUMENTS;
    } catch (IOException e) {
      System.err.println("sentinel bench: " + e.getMessage());
      return COULD_NOT_MEASURE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return COULD_NOT_MEASURE;
    }
  }

  private static void measure(BenchmarkOptions options) throws IOException, InterruptedException {
    try (SystemUnderTest system = start(options)) {
      Report report = new Benchmark(options, system, name(), System.err).measure();
      System.out.println();
      System.out.print(ReportText.markdown(report));
      if (options.json().isPresent()) {
        write(report, options.json().get());
      }
    }
  }

  private static void connections(ConnectionsOptions options)
      throws IOException, InterruptedException {
    Optional<TlsAccess> tls =
        options.tls() ? Optional.of(TlsAccess.create(Stack.freePort())) : Optional.empty();
    List<String> settings = tls.map(TlsAccess::settings).orElse(List.of());
    try (SystemUnderTest system = Stack.start(options.stack(settings))) {
      String report = new ConnectionsBenchmark(options, system, tls, name(), System.err).measure();
      System.out.println();
      System.out.print(report);
    }
  }

  private static String name() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  private static SystemUnderTest start(BenchmarkOptions options)
      throws IOException, InterruptedException {
    return options.target().isPresent() ? SystemUnderTest.foreign(options) : Stack.start(options);
  }

  private static void write(Report report, Path file) throws IOException {
    Files.writeString(
        file,
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report)
            + System.lineSeparator());
  }
}
