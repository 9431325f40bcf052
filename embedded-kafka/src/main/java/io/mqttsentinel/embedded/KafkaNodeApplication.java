package io.mqttsentinel.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One node of a cluster as a process of its own, without a registry, until it is told to end. */
public final class KafkaNodeApplication {

  private static final int BAD_ARGUMENTS = 2;
  private static final int WITHOUT_DETOUR = 5;
  private static final int WITH_DETOUR = 7;

  private KafkaNodeApplication() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != WITHOUT_DETOUR && args.length != WITH_DETOUR) {
      System.err.printf(
          "%d arguments, expected: directory, node id, cluster id, port, all controllers' ports"
              + " separated by commas, and for a way through a proxy: its port, the proxy's port%n",
          args.length);
      System.exit(BAD_ARGUMENTS);
    }
    EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), node(args));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(kafka::close));
    Thread.currentThread().join();
  }

  private static KafkaNode node(String[] args) {
    List<Integer> controllerPorts =
        Arrays.stream(args[4].split(",", -1)).map(Integer::valueOf).toList();
    Optional<KafkaNode.Detour> detour =
        args.length == WITH_DETOUR
            ? Optional.of(
                new KafkaNode.Detour(Integer.parseInt(args[5]), Integer.parseInt(args[6])))
            : Optional.empty();
    return new KafkaNode(
        Integer.parseInt(args[1]), args[2], Integer.parseInt(args[3]), controllerPorts, detour);
  }
}
