package io.mqttsentinel.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.metadata.storage.FormatterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A KRaft node, broker and controller, on loopback: alone or one of several. Started again on the
 * same directory it has the same records and offsets.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final String HOST = "127.0.0.1";
  private static final String CLUSTER_ID_FILE = "cluster.id";
  // After which the others take a silent node for lost; the lower, the shorter the pause.
  private static final int BROKER_SESSION_MILLIS = 4_000;
  private static final int BROKER_HEARTBEAT_MILLIS = 1_000;

  private final int port;
  private final KafkaRaftServer server;

  private EmbeddedKafka(int port, KafkaRaftServer server) {
    this.port = port;
    this.server = server;
  }

  /**
   * Starts a node whose records live in a directory, made if missing.
   *
   * @param port the client port, or 0 for any free one
   * @throws IOException if the directory cannot be used
   */
  public static EmbeddedKafka start(Path directory, int port) throws IOException {
    Files.createDirectories(directory);
    Path idFile = directory.resolve(CLUSTER_ID_FILE);
    if (Files.notExists(idFile)) {
      Files.writeString(idFile, Uuid.randomUuid().toString());
    }
    return start(
        directory,
        new KafkaNode(
            1,
            Files.readString(idFile).strip(),
            port == 0 ? freePort() : port,
            List.of(freePort()),
            Optional.empty()));
  }

  /**
   * Starts one of several nodes; it serves when most of them run.
   *
   * @throws IOException if the directory cannot be used
   */
  public static EmbeddedKafka start(Path directory, KafkaNode node) throws IOException {
    Files.createDirectories(directory);
    Properties properties = properties(directory.resolve("log"), node);
    format(directory, node, properties);
    long start = System.nanoTime();
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
    LOG.info(
        "Kafka listens on {}:{} after {} ms",
        HOST,
        node.port(),
        (System.nanoTime() - start) / 1_000_000);
    return new EmbeddedKafka(node.port(), server);
  }

  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void format(Path directory, KafkaNode node, Properties properties)
      throws IOException {
    try {
      String logDirectory = properties.getProperty("log.dirs");
      new Formatter()
          .setClusterId(node.clusterId())
          .setNodeId(node.id())
          .addDirectory(logDirectory)
          .setMetadataLogDirectory(logDirectory)
          .setControllerListenerName("CONTROLLER")
          .setIgnoreFormatted(true)
          .setUnstableFeatureVersionsEnabled(false)
          // It would print what it does to the standard output, which belongs to others.
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
          .run();
    } catch (FormatterException e) {
      throw new IOException(
          "%s is not a usable Kafka directory: %s".formatted(directory, e.getMessage()), e);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) { // declared by Formatter.run
      throw new IOException("Kafka's directory %s could not be formatted".formatted(directory), e);
    }
  }

  private static Properties properties(Path log, KafkaNode node) {
    Map<String, Object> p = new TreeMap<>();
    p.put("process.roles", "broker,controller");
    p.put("node.id", node.id());
    p.put("controller.quorum.voters", node.voters(HOST));
    p.put("controller.listener.names", "CONTROLLER");
    String clients = listener("CLIENT", node.port());
    String advertised = clients;
    if (node.detour().isPresent()) {
      clients += "," + listener("DETOUR", node.detour().get().port());
      advertised += "," + listener("DETOUR", node.detour().get().advertisedPort());
    }
    p.put("listeners", clients + "," + listener("CONTROLLER", node.controllerPort()));
    p.put("advertised.listeners", advertised);
    p.put(
        "listener.security.protocol.map", "CLIENT:PLAINTEXT,DETOUR:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("inter.broker.listener.name", "CLIENT");
    p.put("log.dirs", log.toString());
    p.put("default.replication.factor", node.replicas());
    if (node.replicas() > 1) { // nobody takes over from a node that is alone
      p.put("broker.session.timeout.ms", BROKER_SESSION_MILLIS);
      p.put("broker.heartbeat.interval.ms", BROKER_HEARTBEAT_MILLIS);
    }
    p.put("offsets.topic.replication.factor", node.replicas());
    p.put("offsets.topic.num.partitions", 4);
    p.put("transaction.state.log.replication.factor", node.replicas());
    p.put("transaction.state.log.min.isr", node.minInSync());
    p.put("share.coordinator.state.topic.replication.factor", node.replicas());
    p.put("share.coordinator.state.topic.min.isr", node.minInSync());
    p.put("group.initial.rebalance.delay.ms", 0);
    p.put("group.min.session.timeout.ms", 1000);
    p.put("auto.create.topics.enable", false);
    p.put("num.network.threads", 2);
    p.put("num.io.threads", 2);
    p.put("log.segment.bytes", 64 << 20);
    p.put("log.cleaner.dedupe.buffer.size", 8 << 20);
    p.put("log.index.size.max.bytes", 1 << 20);
    Properties properties = new Properties();
    p.forEach((key, value) -> properties.put(key, value.toString()));
    return properties;
  }

  private static String listener(String name, int port) {
    return name + "://" + HOST + ":" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }
}
