package io.mqttsentinel.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Which fault comes when: the same for the same seed. Every part has its turn in each round. */
final class FaultPlan {

  private static final int SHORTEST_MILLIS = 200;
  private static final int LONGEST_MILLIS = 3_000;
  private static final int CUT_MILLIS = 5_000;

  private final SplittableRandom random;
  private final List<Part> parts;
  private final boolean detour;
  private final Optional<Duration> fixed;
  private final List<Part> round = new ArrayList<>();

  /**
   * @param fixed how long a killed process stays away; empty: a moment, at random
   */
  FaultPlan(long seed, ClusterLayout layout, Optional<Duration> fixed) {
    this.fixed = fixed;
    random = new SplittableRandom(seed); // small seeds give different plans too
    parts = layout.parts();
    detour = layout.detour();
  }

  Fault next() {
    if (round.isEmpty()) {
      round.addAll(parts);
      if (detour) {
        round.add(null); // stands for the network
      }
      Collections.shuffle(round, random);
    }
    Part part = round.removeLast();
    int down = random.nextInt(SHORTEST_MILLIS, LONGEST_MILLIS);
    return part == null
        ? new Fault(lastEdge(), true, Duration.ofMillis(CUT_MILLIS + down))
        : new Fault(part, false, fixed.orElse(Duration.ofMillis(down)));
  }

  private Part lastEdge() {
    return parts.stream().filter(p -> p.kind() == Part.Kind.EDGE).toList().getLast();
  }
}
