package io.mqttsentinel.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

  private static final ClusterLayout LAYOUT = new ClusterLayout(3, 1, 2, 2, true, false);
  private static final int ROUND = LAYOUT.parts().size() + 1;

  @Test
  void theSameSeedPlansTheSame() {
    assertEquals(plan(5, 40), plan(5, 40));
    assertNotEquals(plan(5, 40), plan(6, 40));
  }

  @Test
  void everyPartAndTheNetworkHaveTheirTurnInARound() {
    List<Fault> round = plan(7, ROUND);
    assertEquals(
        new HashSet<>(LAYOUT.parts()),
        new HashSet<>(round.stream().filter(f -> !f.cut()).map(Fault::part).toList()));
    assertEquals(
        List.of(Part.edge(1)), round.stream().filter(Fault::cut).map(Fault::part).toList());
  }

  @Test
  void nothingIsCutWithoutADetour() {
    FaultPlan plan =
        new FaultPlan(1, new ClusterLayout(3, 0, 2, 2, false, false), Optional.empty());
    assertTrue(Stream.generate(plan::next).limit(50).noneMatch(Fault::cut));
  }

  @Test
  void aGivenTimeIsHowLongKilledProcessesStayAway() {
    Duration down = Duration.ofSeconds(20);
    FaultPlan plan = new FaultPlan(1, LAYOUT, Optional.of(down));
    assertTrue(
        Stream.generate(plan::next)
            .limit(50)
            .allMatch(fault -> fault.cut() || fault.downtime().equals(down)));
  }

  private static List<Fault> plan(long seed, int faults) {
    FaultPlan plan = new FaultPlan(seed, LAYOUT, Optional.empty());
    return Stream.generate(plan::next).limit(faults).toList();
  }
}
