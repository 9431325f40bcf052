package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {

  @Test
  void takesNoMoreThanItsSize() {
    DeliveryWindow window = new DeliveryWindow(2);
    window.send(1);
    window.send(2);
    assertTrue(window.isFull());
    assertThrows(IllegalStateException.class, () -> window.send(3));
  }

  @Test
  void acknowledgesOnce() {
    DeliveryWindow window = new DeliveryWindow(2);
    int packetId = window.send(77);
    assertEquals(77, window.acknowledge(packetId));
    assertEquals(DeliveryWindow.UNKNOWN, window.acknowledge(packetId));
    assertFalse(window.isFull());
  }

  @Test
  void packetIdsGoRoundPastThoseInUse() {
    DeliveryWindow window = new DeliveryWindow(10);
    int kept = window.send(1);
    assertEquals(1, kept);
    for (int i = 2; i <= 65535; i++) {
      assertEquals(i, window.send(i));
      window.acknowledge(i);
    }
    assertEquals(2, window.send(5), "0 is no packet id, and 1 is in use");
  }

  @Property(tries = 100)
  void everyDeliveryOutHasItsOwnPacketId(
      @ForAll @IntRange(min = 1, max = 300) int size, @ForAll long seed) {
    Random random = new Random(seed);
    DeliveryWindow window = new DeliveryWindow(size);
    Map<Integer, Long> out = new HashMap<>();
    for (long id = 1; id < 2000; id++) {
      if (!window.isFull() && random.nextBoolean()) {
        int packetId = window.send(id);
        assertTrue(packetId >= 1 && packetId <= 65535);
        assertEquals(null, out.put(packetId, id));
      } else if (!out.isEmpty()) {
        int packetId = out.keySet().iterator().next();
        assertEquals(out.remove(packetId), window.acknowledge(packetId));
      }
      assertEquals(out.size(), window.unacknowledged());
    }
  }
}
