package io.mqttsentinel.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mqttsentinel.testing.Await;
import io.mqttsentinel.testing.Requires;
import io.mqttsentinel.testing.TestKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs against real systems: whether it measures, not what. */
class BenchmarkIT {

  @Test
  void measuresAnotherBrokerAndAKafkaHop(@TempDir Path directory) throws Exception {
    int port = freePort();
    Process mosquitto = mosquitto(directory, port);
    try {
      Report report =
          run(
              "--target localhost:%d --kafka %s --pid %d --rate 200 --seconds 3 --clients 20"
                  .formatted(port, TestKafka.shared().bootstrapServers(), mosquitto.pid()));
      assertEverythingArrived(report, 200 * (3 + 1));
      assertTrue(report.latencies().yardstick().count() > 0, "the yardstick measured");
      assertEquals(0, report.latencies().yardstickLost());
      assertEquals(List.of(), report.latencies().stages());
      assertTrue(report.use().processes().containsKey("pid " + mosquitto.pid()));
    } finally {
      end(mosquitto);
    }
  }

  @Test
  void refusedCredentialsAreAnErrorThatNamesTheClient(@TempDir Path directory) throws Exception {
    int port = freePort();
    Path passwords = Files.createFile(directory.resolve("passwords"));
    Process mosquitto =
        mosquitto(
            directory, port, "allow_anonymous false", "password_file " + passwords, "user root");
    try {
      IOException failure =
          Assertions.assertThrows(
              IOException.class,
              () -> run("--target localhost:%d --clients 2 --user x --password y".formatted(port)));
      assertTrue(failure.getMessage().contains("bench-00000"), failure.getMessage());
      assertTrue(failure.getMessage().contains("NOT_AUTHORIZED"), failure.getMessage());
    } finally {
      end(mosquitto);
    }
  }

  @Test
  void measuresTheWholePipelineInOneJvm(@TempDir Path logs) throws Exception {
    Report report = run("--rate 100 --seconds 3 --clients 10 --warmup 3 --logs " + logs);
    assertEverythingArrived(report, 100 * (3 + 1));
    List<String> stages =
        report.latencies().stages().stream().map(MessageWays.Stage::name).toList();
    for (String stage :
        List.of("pattern-matcher", "anomaly-detector", "auth-verifier", "event-aggregator")) {
      assertTrue(stages.contains("→ " + stage), stages.toString());
    }
    assertEquals("→ received", stages.getLast());
    report
        .latencies()
        .stages()
        .forEach(stage -> assertEquals(300, stage.latency().count(), stage.name()));
    assertEquals(Map.of("ALLOW", 300L), report.latencies().verdicts());
    assertTrue(report.use().processes().get("all-in-one").cpuSeconds() > 0);
    String json = new ObjectMapper().writeValueAsString(report);
    assertEquals(400, new ObjectMapper().readTree(json).at("/messages/received").asInt());
  }

  @Test
  void measuresDecisionsOfAnEdgeAlone() throws Exception {
    var _ = Requires.program("initdb");
    DecisionsOptions options =
        DecisionsOptions.parse(List.of("--accounts=60", "--rate=20", "--seconds=2", "--warmup=1"));
    String report = DecisionsBenchmark.measure(options, nowhere());
    assertTrue(report.contains("| 40 | 40 | 0 | 0 |"), report);
    assertTrue(report.contains("| 40 | 40 | 40 | 0 |"), report);
  }

  private static void assertEverythingArrived(Report report, long sent) {
    Report.Messages messages = report.messages();
    assertEquals(sent, messages.sent());
    assertEquals(sent, messages.acknowledged());
    assertEquals(sent, messages.received());
    assertEquals(0, messages.lost());
    assertEquals(0, messages.outOfOrder());
    assertEquals(0, messages.foreign());
    assertTrue(report.latencies().pipeline().count() > 0, "latencies were measured");
  }

  private static Report run(String words) throws IOException, InterruptedException {
    BenchmarkOptions options =
        BenchmarkOptions.parse(List.of((words + noWarmup(words)).split(" ", -1)));
    try (SystemUnderTest system =
        options.target().isPresent() ? SystemUnderTest.foreign(options) : Stack.start(options)) {
      return new Benchmark(options, system, "0a1b2c3d", nowhere()).measure();
    }
  }

  private static PrintStream nowhere() {
    return new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
  }

  private static String noWarmup(String words) {
    return words.contains("--warmup") ? "" : " --warmup 0";
  }

  private static Process mosquitto(Path directory, int port, String... more) throws IOException {
    Path program = Requires.program("mosquitto");
    List<String> lines = new ArrayList<>();
    lines.add("listener %d 127.0.0.1".formatted(port));
    lines.add("persistence false");
    if (more.length == 0) {
      lines.add("allow_anonymous true");
    }
    lines.addAll(List.of(more));
    Path configuration = Files.write(directory.resolve("mosquitto.conf"), lines);
    Process process =
        new ProcessBuilder(program.toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("mosquitto.log").toFile())
            .start();
    Await.until("mosquitto listens on " + port, () -> isListening(port));
    return process;
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    assertTrue(process.waitFor(10, TimeUnit.SECONDS), "mosquitto ends when it is told to");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
