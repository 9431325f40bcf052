package io.mqttsentinel.e2e;

import io.mqttsentinel.e2e.Part.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * How many processes of each kind a cluster has.
 *
 * @param kafkaNodes 1, or 3 for a cluster that loses nothing with any one of them
 * @param stages instances of each stage, each a process; 0: all four stages in one process
 * @param detour whether the last edge reaches Kafka through proxies that can be cut
 * @param watchLeaks whether edges look for buffers that nobody releases, which costs time
 */
record ClusterLayout(
    int kafkaNodes, int stages, int fanouts, int edges, boolean detour, boolean watchLeaks) {

  /** As few processes as a message between two edges can do with. */
  static final ClusterLayout SMALL = new ClusterLayout(1, 0, 1, 2, true, true);

  private static final List<Kind> STAGES =
      List.of(
          Kind.PATTERN_MATCHER, Kind.ANOMALY_DETECTOR, Kind.AUTH_VERIFIER, Kind.EVENT_AGGREGATOR);

  /** All but the bridge. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>(kafka());
    parts.addAll(services());
    return parts;
  }

  List<Part> kafka() {
    return instances(Kind.KAFKA, kafkaNodes);
  }

  List<Part> services() {
    List<Part> services = new ArrayList<>();
    if (stages == 0) {
      services.add(Part.INSPECTION);
    } else {
      STAGES.forEach(stage -> services.addAll(instances(stage, stages)));
    }
    services.addAll(instances(Kind.FANOUT, fanouts));
    services.addAll(instances(Kind.EDGE, edges));
    return services;
  }

  private static List<Part> instances(Kind kind, int count) {
    List<Part> instances = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      instances.add(new Part(kind, i));
    }
    return instances;
  }
}
