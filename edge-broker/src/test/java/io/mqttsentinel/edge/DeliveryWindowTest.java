package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.edge.DeliveryWindow.Out;
import io.mqttsentinel.edge.DeliveryWindow.Stage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DeliveryWindowTest {

  @Test
  void takesNoMoreThanItsSize() {
    DeliveryWindow window = new DeliveryWindow(2);
    window.send(1, Stage.PUBACK);
    window.send(2, Stage.PUBREC);
    assertTrue(window.isFull());
    assertThrows(IllegalStateException.class, () -> window.send(3, Stage.PUBACK));
  }

  @Test
  void finishesOnce() {
    DeliveryWindow window = new DeliveryWindow(2);
    Out out = window.send(77, Stage.PUBACK);
    assertEquals(out, window.find(77));
    window.finish(out);
    assertNull(window.find(77));
    assertFalse(window.contains(77));
    assertEquals(0, window.unacknowledged());
  }

  @Test
  void packetIdFollowsFromTheDeliveryId() {
    assertEquals(1, DeliveryWindow.packetId(1));
    assertEquals(65535, DeliveryWindow.packetId(65535));
    assertEquals(1, DeliveryWindow.packetId(65536), "0 is no packet id");
    assertEquals(2, DeliveryWindow.packetId(65537));
  }

  @Test
  void packetIdOfAnotherDeliveryIsNotTakenAway() {
    DeliveryWindow window = new DeliveryWindow(10);
    window.send(5, Stage.PUBACK);
    assertTrue(window.isTaken(65540));
    assertFalse(window.contains(65540));
    assertThrows(IllegalStateException.class, () -> window.send(65540, Stage.PUBACK));
  }

  @Property(tries = 200)
  void packetIdsAreValidAndFollowEachOther(@ForAll @LongRange(min = 1) long deliveryId) {
    int packetId = DeliveryWindow.packetId(deliveryId);
    assertTrue(packetId >= 1 && packetId <= 65535);
    if (deliveryId < Long.MAX_VALUE) {
      assertEquals(packetId % 65535 + 1, DeliveryWindow.packetId(deliveryId + 1));
    }
  }
}
