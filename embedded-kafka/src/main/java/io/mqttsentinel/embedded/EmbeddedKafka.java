package io.mqttsentinel.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
 * One KRaft node, broker and controller, on loopback. Started again on the same directory it has
 * the same records and offsets.
 */
public final class EmbeddedKafka implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedKafka.class);
  private static final String HOST = "127.0.0.1";
  private static final int NODE_ID = 1;
  private static final String CLUSTER_ID_FILE = "cluster.id";

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
    int clientPort = port == 0 ? freePort() : port;
    int controllerPort = freePort();
    Properties properties = properties(directory.resolve("log"), clientPort, controllerPort);
    format(directory, properties);
    long start = System.nanoTime();
    KafkaRaftServer server =
        new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
    LOG.info(
        "Kafka listens on {}:{} after {} ms",
        HOST,
        clientPort,
        (System.nanoTime() - start) / 1_000_000);
    return new EmbeddedKafka(clientPort, server);
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

  private static void format(Path directory, Properties properties) throws IOException {
    Path idFile = directory.resolve(CLUSTER_ID_FILE);
    if (Files.notExists(idFile)) {
      Files.writeString(idFile, Uuid.randomUuid().toString());
    }
    try {
      String logDirectory = properties.getProperty("log.dirs");
      new Formatter()
          .setClusterId(Files.readString(idFile).strip())
          .setNodeId(NODE_ID)
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

  private static Properties properties(Path log, int clientPort, int controllerPort) {
    Map<String, Object> p = new TreeMap<>();
    p.put("process.roles", "broker,controller");
    p.put("node.id", NODE_ID);
    p.put("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
    p.put("controller.listener.names", "CONTROLLER");
    p.put(
        "listeners",
        "CLIENT://%1$s:%2$d,CONTROLLER://%1$s:%3$d".formatted(HOST, clientPort, controllerPort));
    p.put("advertised.listeners", "CLIENT://%s:%d".formatted(HOST, clientPort));
    p.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("inter.broker.listener.name", "CLIENT");
    p.put("log.dirs", log.toString());
    p.put("offsets.topic.replication.factor", 1);
    p.put("offsets.topic.num.partitions", 4);
    p.put("transaction.state.log.replication.factor", 1);
    p.put("transaction.state.log.min.isr", 1);
    p.put("share.coordinator.state.topic.replication.factor", 1);
    p.put("share.coordinator.state.topic.min.isr", 1);
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }
}
