package io.mqttsentinel.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AcknowledgementsTest {

  /** Whatever order Kafka answers in: in order, and as far as no message before is missing. */
  @Property
  void acknowledgesTheLongestSafeBeginning(@ForAll("orders") List<Integer> order) {
    List<Integer> sent = new ArrayList<>();
    Acknowledgements acknowledgements = new Acknowledgements(sent::add);
    List<Runnable> safe =
        IntStream.range(0, order.size()).mapToObj(acknowledgements::expect).toList();
    boolean[] done = new boolean[order.size()];
    for (int message : order) {
      safe.get(message).run();
      done[message] = true;
      int safeBeginning = 0;
      while (safeBeginning < done.length && done[safeBeginning]) {
        safeBeginning++;
      }
      assertEquals(IntStream.range(0, safeBeginning).boxed().toList(), sent);
    }
  }

  @Provide
  Arbitrary<List<Integer>> orders() {
    return Arbitraries.integers()
        .between(1, 40)
        .flatMap(size -> Arbitraries.shuffle(IntStream.range(0, size).boxed().toList()));
  }
}
