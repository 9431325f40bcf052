package io.mqttsentinel.benchmarks;

import io.mqttsentinel.allinone.AllInOne;
import io.mqttsentinel.allinone.AllInOneOptions;
import io.mqttsentinel.allinone.Login;
import io.mqttsentinel.allinone.Ports;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.h2.tools.Server;

/**
 * A JVM of the system under test: everything, or only what all services need (Kafka, registry, Auth
 * DB), which then other JVMs reach over the network.
 */
final class StackProcess {

  static final String WITH_SERVICES = "with-services";
  static final String WITHOUT_SERVICES = "without-services";

  private static final String JDBC_URL = "sentinel.edge.jdbc.url";
  private static final String IN_MEMORY = "jdbc:h2:";
  private static final CountDownLatch STOP = new CountDownLatch(1);

  private StackProcess() {}

  /** Arguments: ready file, data directory, with or without services, {@code key=value}… */
  public static void main(String[] args) throws Exception {
    boolean withServices = args[2].equals(WITH_SERVICES);
    AllInOneOptions options =
        AllInOneOptions.in(Path.of(args[1]))
            .withPorts(Ports.anyFree())
            .withServices(withServices ? AllInOne.SERVICES : Set.of());
    for (String setting : List.of(args).subList(3, args.length)) {
      int equals = setting.indexOf('=');
      options = options.withProperty(setting.substring(0, equals), setting.substring(equals + 1));
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stopped)));
    try (AllInOne stack = AllInOne.start(options)) {
      Server database = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon").start();
      ready(stack, options, withServices, database).write(Path.of(args[0]));
      STOP.await();
      database.stop();
    } finally {
      stopped.countDown();
    }
  }

  private static StackReady ready(
      AllInOne stack, AllInOneOptions options, boolean withServices, Server database) {
    Login subscribers = stack.authDatabase().addGenerated("bench-device");
    Login publishers = stack.authDatabase().addGenerated("bench-origin");
    stack.authDatabase().addRule(publishers.username(), "allow", "publish", "clients/+/alerts", 1);
    Map<String, String> configuration = new LinkedHashMap<>();
    stack
        .configuration("benchmark")
        .forEach((key, value) -> configuration.put(key, value.toString()));
    configuration.put(
        JDBC_URL,
        stack
            .authDatabase()
            .url()
            .replace(IN_MEMORY, IN_MEMORY + "tcp://127.0.0.1:" + database.getPort() + "/"));
    return new StackReady(
        withServices ? stack.services().edgePort() : 0,
        stack.bootstrapServers(),
        stack.registryUrl(),
        options.partitions(),
        user(subscribers),
        user(publishers),
        configuration);
  }

  private static StackReady.User user(Login login) {
    return new StackReady.User(login.username(), login.password());
  }

  private static void stopAndWait(CountDownLatch stopped) {
    STOP.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
