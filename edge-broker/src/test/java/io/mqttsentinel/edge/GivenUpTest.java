package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mqttsentinel.schemas.DeliveryOutcome;
import org.junit.jupiter.api.Test;

class GivenUpTest {

  @Test
  void remembersAsManyAsAnOwnerMayHaveOpen() {
    GivenUp givenUp = new GivenUp(2);
    for (long id = 1; id <= 3; id++) {
      givenUp.add(new GivenUp.Entry(id, DeliveryOutcome.REFUSED, 0x80 + (int) id));
    }
    assertNull(givenUp.find(1));
    assertEquals(0x82, givenUp.find(2).reasonCode());
    assertEquals(0x83, givenUp.find(3).reasonCode());
  }
}
