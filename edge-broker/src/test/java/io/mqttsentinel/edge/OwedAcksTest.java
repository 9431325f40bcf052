package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OwedAcksTest {

  @Property(tries = 200)
  void acksLeaveInTheOrderOfTheirPublishes(
      @ForAll @IntRange(min = 1, max = 50) int count, @ForAll long seed) {
    OwedAcks acks = new OwedAcks();
    List<OwedAcks.Owed> owed =
        new ArrayList<>(
            IntStream.rangeClosed(1, count).mapToObj(i -> acks.expect(i, i % 2 == 0)).toList());
    Collections.shuffle(owed, new Random(seed));
    List<Integer> written = new ArrayList<>();
    for (OwedAcks.Owed one : owed) {
      acks.settle(one, 0, null, due -> written.add(due.packetId()));
    }
    assertEquals(IntStream.rangeClosed(1, count).boxed().toList(), written);
    assertEquals(0, acks.size());
  }
}
