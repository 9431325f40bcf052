package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.PublishTurns.Turn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PublishTurnsTest {

  @Property(tries = 200)
  void publishesGoInTheirOrder(@ForAll @IntRange(min = 1, max = 40) int count, @ForAll long seed) {
    Random random = new Random(seed);
    PublishTurns turns = new PublishTurns();
    List<Integer> sent = new ArrayList<>();
    List<Turn> held = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      if (random.nextBoolean()) {
        held.add(turns.hold(1, () -> sent.add(number)));
      } else if (turns.isEmpty()) {
        sent.add(number);
      } else {
        turns.follow(1, () -> sent.add(number));
      }
    }
    Collections.shuffle(held, random);
    held.forEach(turns::ready);
    assertEquals(IntStream.range(0, count).boxed().toList(), sent);
    assertTrue(turns.isEmpty());
  }

  @Test
  void whatIsDroppedNeverGoes() {
    PublishTurns turns = new PublishTurns();
    List<Integer> sent = new ArrayList<>();
    List<Integer> dropped = new ArrayList<>();
    Turn first = turns.hold(7, () -> sent.add(1));
    turns.follow(8, () -> sent.add(2));
    turns.drop(dropped::add);
    turns.ready(first);
    assertEquals(List.of(7, 8), dropped);
    assertTrue(sent.isEmpty());
  }
}
