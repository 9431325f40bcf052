package io.mqttsentinel.allinone;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What {@link AllInOne} starts and where.
 *
 * @param dataDirectory Kafka's records, the stores of the topologies, the logs; made if missing
 * @param host address on which the edge listens; everything else is on loopback
 * @param services those of {@link Services#ALL} that run from the start
 * @param partitions of every topic that is joined; fixed once the data directory has records
 * @param properties further configuration, which wins over what the laptop sets
 */
public record AllInOneOptions(
    Path dataDirectory,
    String host,
    Ports ports,
    Set<String> services,
    int partitions,
    Map<String, Object> properties) {

  private static final int PARTITIONS = 4;

  public AllInOneOptions {
    services = Set.copyOf(services);
    properties = Map.copyOf(properties);
    Services.check(services);
    if (partitions < 1) {
      throw new IllegalArgumentException(
          "partitions is %d, expected at least 1".formatted(partitions));
    }
  }

  /** All services on loopback and the usual ports. */
  public static AllInOneOptions in(Path dataDirectory) {
    return new AllInOneOptions(
        dataDirectory, "127.0.0.1", Ports.usual(), Services.ALL, PARTITIONS, Map.of());
  }

  public AllInOneOptions withHost(String other) {
    return new AllInOneOptions(dataDirectory, other, ports, services, partitions, properties);
  }

  public AllInOneOptions withPorts(Ports other) {
    return new AllInOneOptions(dataDirectory, host, other, services, partitions, properties);
  }

  /** Only some services, or none: the others can be started later in groups of their own. */
  public AllInOneOptions withServices(Set<String> some) {
    return new AllInOneOptions(dataDirectory, host, ports, some, partitions, properties);
  }

  public AllInOneOptions withPartitions(int other) {
    return new AllInOneOptions(dataDirectory, host, ports, services, other, properties);
  }

  public AllInOneOptions withProperty(String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(properties);
    more.put(key, value);
    return new AllInOneOptions(dataDirectory, host, ports, services, partitions, more);
  }
}
