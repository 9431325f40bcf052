package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.DEFAULTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import org.junit.jupiter.api.Test;

class PayloadSizeDetectorTest {

  private final PayloadSizeDetector detector = new PayloadSizeDetector(DEFAULTS);

  @Test
  void tenKilobytesPassAndOneByteMoreIsQuarantined() {
    var atLimit = Samples.message(new byte[10_240]);
    assertTrue(detector.inspect(Samples.seen(atLimit), new Profile()).isEmpty());
    Finding finding =
        detector
            .inspect(Samples.seen(Samples.message(new byte[10_241])), new Profile())
            .orElseThrow();
    assertEquals(Action.QUARANTINE, finding.getAction());
    assertEquals("10241 bytes", finding.getAttributes().get("observed"));
  }
}
