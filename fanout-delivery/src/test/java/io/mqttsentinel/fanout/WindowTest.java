package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.DeliveryWindow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Delivery ids, and the packet ids that edges make of them. */
class WindowTest {

  @Test
  void packetIdsGoOnWhereTheyWereBeforeARestart() {
    long floor = 123_456_789_000L;
    Window window = Window.of(new DeliveryWindow(0L, 70_000L, 0L, 0L, 0L, 0L), 0, floor);

    long id = window.add(false, 1, 10);

    assertTrue(id > floor && id <= floor + PacketIds.COUNT, "id " + id);
    assertEquals(packetId(70_001), packetId(id));
    assertEquals(id + 1, window.add(false, 2, 10));
  }

  @Test
  void packetIdsOfASessionThatBeginsAnewBeginWithOne() {
    for (long floor : new long[] {0, 1, 65_534, 65_535, 123_456_789_000L}) {
      long id = new Window(floor).add(false, 1, 10);

      assertTrue(id > floor && id <= floor + PacketIds.COUNT, "id " + id + " above " + floor);
      assertEquals(1, packetId(id));
    }
  }

  @Test
  void packetIdOfAMessageThatIsStillThereIsSkipped() {
    Window window = new Window(0);
    List<Long> queued = new ArrayList<>();
    queued.add(add(window, queued));
    queued.add(add(window, queued));
    for (int i = 0; i < 3 * PacketIds.COUNT; i++) {
      long id = add(window, queued);
      queued.forEach(other -> assertNotEquals(packetId(other), packetId(id)));
      window.removed(id, 1);
    }
  }

  @Test
  void everyPacketIdIsUsedBeforeOneComesAgain() {
    Window window = new Window(1000);
    Set<Long> used = new HashSet<>();
    for (int i = 0; i < PacketIds.COUNT; i++) {
      long id = add(window, List.of());
      used.add(packetId(id));
      window.removed(id, 1);
    }
    assertEquals(PacketIds.COUNT, used.size());
  }

  private static long add(Window window, List<Long> queued) {
    if (window.mayRepeatPacketId()) {
      window.keepApartFrom(queued);
    }
    return window.add(false, 1, 1);
  }

  private static long packetId(long deliveryId) {
    return 1 + (deliveryId - 1) % 65_535;
  }
}
