package io.mqttsentinel.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerAddressTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3:4711,10.1.2.3",
    "/10.1.2.3:4711,10.1.2.3",
    "10.1.2.3,10.1.2.3",
    "[2001:db8::1]:4711,2001:db8:0:0::/64",
    "2001:db8:0:0:1::1,2001:db8:0:0::/64",
    "[::ffff:10.1.2.3]:1,::ffff:10.1.2.3",
    "gateway:1883,gateway",
    "[broken,[broken",
    "'',''"
  })
  void sourceIsHostOrNetwork(String remoteAddress, String source) {
    assertEquals(source, PeerAddress.source(remoteAddress));
  }
}
