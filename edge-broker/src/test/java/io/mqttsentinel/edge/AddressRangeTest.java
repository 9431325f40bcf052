package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AddressRangeTest {

  @Property
  void containsExactlyWhatHasTheSamePrefix(
      @ForAll @Size(16) byte[] network,
      @ForAll @Size(16) byte[] other,
      @ForAll @IntRange(min = 0, max = 128) int prefix)
      throws Exception {
    InetAddress a = InetAddress.getByAddress(network);
    InetAddress b = InetAddress.getByAddress(other);
    Assume.that(!(a instanceof Inet4Address) && !(b instanceof Inet4Address));
    AddressRange range = AddressRange.parse(a.getHostAddress() + "/" + prefix);
    boolean same =
        new BigInteger(1, network)
            .shiftRight(128 - prefix)
            .equals(new BigInteger(1, other).shiftRight(128 - prefix));
    assertEquals(same, range.contains(b));
    assertTrue(range.contains(a));
  }

  @Example
  void fourLiesInSix() {
    AddressRange range = AddressRange.parse("192.0.2.0/24");
    assertTrue(range.contains(PeerAddress.parse("192.0.2.200")));
    assertTrue(range.contains(PeerAddress.parse("::ffff:192.0.2.200")));
    assertFalse(range.contains(PeerAddress.parse("192.0.3.1")));
    assertFalse(range.contains(PeerAddress.parse("2001:db8::1")));
    assertTrue(AddressRange.parse("0.0.0.0/0").contains(PeerAddress.parse("10.1.2.3")));
    assertFalse(AddressRange.parse("0.0.0.0/0").contains(PeerAddress.parse("2001:db8::1")));
  }

  @Example
  void whatIsNoRangeIsNone() {
    for (String text : new String[] {"", "x", "1.2.3.4/33", "1.2.3.4/-1", "::1/129", "1.2.3.4/x"}) {
      assertNull(AddressRange.parse(text), text);
    }
  }

  @Example
  void subscriberOfSixIsOnePeer() {
    assertEquals(
        PeerAddress.key("[2001:db8:1:2::1]:5000"), PeerAddress.key("[2001:db8:1:2:9:9:9:9]:77"));
    assertNotEquals(
        PeerAddress.key("[2001:db8:1:3::1]:5000"), PeerAddress.key("[2001:db8:1:2::1]:5000"));
    assertNotEquals(PeerAddress.key("192.0.2.1:1"), PeerAddress.key("192.0.2.2:1"));
    assertEquals(PeerAddress.NOBODY, PeerAddress.key(""));
    assertNotEquals(PeerAddress.NOBODY, PeerAddress.key("[0:0:0:0:0:0:0:1]:4711"));
  }
}
