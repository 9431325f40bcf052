package io.mqttsentinel.aggregator;

import static io.mqttsentinel.aggregator.Messages.finding;
import static io.mqttsentinel.aggregator.Messages.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RecentEventsTest {

  private final RecentEvents events = new RecentEvents(3);

  @Test
  void newestComeFirstWhateverTheOrderOfArrival() {
    LongStream.of(2, 3, 1).forEach(i -> events.add(event(i)));
    assertEquals(List.of(3L, 2L, 1L), sequences(events));
    assertEquals(List.of(3L), sequences(events.newest(1, e -> true)));
    assertEquals(List.of(2L, 1L), sequences(events.newest(5, e -> e.getSequence() < 3)));
  }

  @Test
  void eachIdOnce() {
    assertTrue(events.add(event(1)));
    assertFalse(events.add(event(1)));
    assertEquals(1, sequences(events).size());
  }

  @Test
  void oldestMakesRoomAndIsForgotten() {
    LongStream.of(1, 2, 3, 4).forEach(i -> events.add(event(i)));
    assertEquals(List.of(4L, 3L, 2L), sequences(events));
    assertTrue(events.find(event(1).getEventId()).isEmpty());
    assertTrue(events.find(event(4).getEventId()).isPresent());
    assertFalse(events.add(event(1)), "older than all that fit");
  }

  @Property
  void isWhatASortedListWouldBe(@ForAll List<@IntRange(max = 40) Integer> arrivals) {
    RecentEvents recent = new RecentEvents(10);
    arrivals.forEach(i -> recent.add(event(i)));
    List<Long> expected =
        arrivals.stream()
            .distinct()
            .sorted(Comparator.reverseOrder())
            .limit(10)
            .map(Integer::longValue)
            .toList();
    assertEquals(expected, sequences(recent));
  }

  private static List<Long> sequences(RecentEvents events) {
    return sequences(events.newest(100, e -> true));
  }

  private static List<Long> sequences(List<SecurityEvent> events) {
    return events.stream().map(SecurityEvent::getSequence).toList();
  }

  private static SecurityEvent event(long i) {
    return MessageEvents.of(
        message("dev-1", i, finding("rule", Action.FLAG, Severity.LOW)),
        Action.FLAG,
        Messages.ACCEPTED.plusSeconds(i));
  }
}
